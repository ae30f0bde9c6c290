"""Core: which pictures are taken, and how large they leave."""

from __future__ import annotations

from typing import Final, Literal

UPLOAD_BYTES_MAX: Final = 4 * 1024 * 1024
EDGE_PX_MAX: Final = 1_200
"""Width and height of what is kept; a phone's screen is no wider."""

PIXELS_MAX: Final = 64_000_000
"""Of what is sent: the cameras of today's telephones, and an end for files that say they are larger."""

WEBP_BYTES_MAX: Final = 1_000_000
QUALITIES: Final = (80, 65, 45)
"""Of WebP, tried until the picture is small enough."""

MEDIA_TYPES: Final = ("image/jpeg", "image/png", "image/webp")
Format = Literal["JPEG", "PNG", "WEBP"]


def format_of(image: bytes) -> Format | None:
    """What the first bytes say it is, whatever its sender calls it; None for anything that is not taken."""
    if image.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if image.startswith(b"RIFF") and image[8:12] == b"WEBP":
        return "WEBP"
    return None


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size at which a picture is kept: never larger than it was, its shape unchanged, no edge below one pixel."""
    scale = min(1.0, EDGE_PX_MAX / width, EDGE_PX_MAX / height)
    return max(1, round(width * scale)), max(1, round(height * scale))
