"""Edge: the program that opens a stranger's picture: from standard input to standard output, and nothing else.

What it reads was written by anybody, and the decoders below Pillow are C. So, before the first byte is decoded, it
gives up what it does not need: no descriptor can be opened any more (no file, no socket), no memory beyond a bound, a
few seconds of processor time, no new privileges, and where the kernel lets it, a network of its own that leads nowhere.

Output: width and height as two 32-bit numbers, then the WebP. Exit codes: 0 done; 3 no picture that is taken; 4 too
many pixels; a signal, where a bound was hit.
"""

from __future__ import annotations

import io
import struct
import sys
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps

from media.confinement import confine
from media.photos.rules import EDGE_PX_MAX, PIXELS_MAX, QUALITIES, UPLOAD_BYTES_MAX, WEBP_BYTES_MAX, fitted, format_of

EXIT_NO_PICTURE: Final = 3
EXIT_TOO_MANY_PIXELS: Final = 4
MEMORY_BYTES_MAX: Final = 768 * 1024 * 1024
"""Of address space: 64 million pixels in four bytes each, once decoded, beside the libraries."""

CPU_S_MAX: Final = 6


def main() -> int:
    """Read, shrink, write; the exit code."""
    prepare()
    confine(memory_bytes_max=MEMORY_BYTES_MAX, cpu_s_max=CPU_S_MAX)
    image = sys.stdin.buffer.read(UPLOAD_BYTES_MAX + 1)
    try:
        answer = shrink(image)
    except Image.DecompressionBombError:
        return EXIT_TOO_MANY_PIXELS
    except Exception:  # whatever a decoder makes of hostile bytes, they are no picture
        return EXIT_NO_PICTURE
    if isinstance(answer, int):
        return answer
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


def prepare() -> None:
    """Load what Pillow loads late, while files can still be opened."""
    Image.preinit()
    Image.init()
    ImageCms.createProfile("sRGB")
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    ImageFile.LOAD_TRUNCATED_IMAGES = False


def shrink(image: bytes) -> bytes | int:
    """The output, or an exit code. Raises what decoders raise."""
    kind = format_of(image)
    if kind is None or len(image) > UPLOAD_BYTES_MAX:
        return EXIT_NO_PICTURE
    with Image.open(io.BytesIO(image), formats=(kind,)) as opened:
        if opened.width * opened.height > PIXELS_MAX:
            return EXIT_TOO_MANY_PIXELS
        opened.draft("RGB", (EDGE_PX_MAX, EDGE_PX_MAX))  # a JPEG is decoded at a fraction of its size
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail(fitted(upright.width, upright.height), Image.Resampling.LANCZOS)
        plain = _opaque(_in_srgb(upright, opened.info.get("icc_profile")))
    for quality in QUALITIES:
        out = io.BytesIO()
        plain.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
        if out.tell() <= WEBP_BYTES_MAX:
            return struct.pack(">II", plain.width, plain.height) + out.getvalue()
    return EXIT_NO_PICTURE


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Its colours in the space that screens assume, since the profile is left behind."""
    if not profile or picture.mode not in ("RGB", "CMYK"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def _opaque(picture: Image.Image) -> Image.Image:
    """On white where it was see-through."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture.convert("RGB")


if __name__ == "__main__":
    sys.exit(main())
