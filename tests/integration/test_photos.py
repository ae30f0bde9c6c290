"""Pictures from strangers: what a confined child makes of them, and how they come back over HTTP."""

from __future__ import annotations

import asyncio
import io
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import pytest
from PIL import Image

from media.photos.darkroom import Darkroom, Photo, Unusable
from media.photos.rules import UPLOAD_BYTES_MAX
from server.api.http.uploads import Uploads
from server.api.route import Upload
from server.api.routes import photos as routes_photos
from server.database.database import Database
from tests.http_edge import Answer, Edge, open_edge

ORIENTATION = 0x0112
GPS = 0x8825


def picture(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    out = io.BytesIO()
    if mode == "I;16":
        image = image.convert("L").convert("I").point(lambda value: value * 256)
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is that large: a decompression bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def opened(photo: Photo | Unusable) -> Image.Image:
    assert isinstance(photo, Photo), photo
    image = Image.open(io.BytesIO(photo.webp))
    image.load()
    assert image.size == (photo.width, photo.height)
    assert not image.getexif()
    assert "exif" not in image.info
    assert "icc_profile" not in image.info
    return image


async def test_a_photo_is_turned_upright_made_small_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera lay on its side: what is left belongs on top
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "秘密地点"
    image = opened(await Darkroom().develop(picture(2000, 1500, exif=exif)))
    assert image.size == (900, 1200)
    top, bottom = image.getpixel((450, 100)), image.getpixel((450, 1100))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 100 > top[2]
    assert bottom[2] > 200 > 100 > bottom[0]


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L")]
)
async def test_every_kind_that_is_taken(kind: str, mode: str) -> None:
    image = opened(await Darkroom().develop(picture(300, 200, kind, mode)))
    assert image.size == (300, 200)
    left = image.getpixel((50, 100))
    assert isinstance(left, tuple)
    assert max(left) > 60, "as bright as it was"


async def test_hostile_files_cost_only_themselves() -> None:
    darkroom = Darkroom()
    good = picture(400, 300)
    files: list[tuple[bytes, str]] = [
        (b"GIF89a" + good, "type"),
        (b"<svg/>", "type"),
        (b"", "type"),
        (good[: len(good) // 2], "unreadable"),
        (b"\xff\xd8\xff" + bytes(1000), "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "unreadable"),
        (png_of_size(30_000, 30_000), "pixels"),
        (png_of_size(8_000, 7_999), "unreadable"),
    ]
    answers = await asyncio.gather(*(darkroom.develop(image) for image, _ in files))
    assert [answer.reason if isinstance(answer, Unusable) else answer for answer in answers] == [
        reason for _, reason in files
    ]
    assert opened(await darkroom.develop(good)).size == (400, 300)


async def test_a_child_that_takes_too_long_is_ended_and_a_crowd_is_told_to_wait() -> None:
    slow = Darkroom(timeout_s=0.001)
    assert await slow.develop(picture(30, 20)) == Unusable("unreadable")
    crowded = Darkroom(children_max=0)
    waiting = [asyncio.timeout(0.05) for _ in range(8)]

    async def wait_in_line(patience: asyncio.Timeout) -> None:
        async with patience:
            await crowded.develop(picture(30, 20))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_ended_by_time(wait_in_line(each))) for each in waiting]
        await asyncio.sleep(0)
        assert await crowded.develop(picture(30, 20)) == Unusable("busy")
    assert all(task.result() for task in tasks)


async def _ended_by_time(waiting: Any) -> bool:
    try:
        await waiting
    except TimeoutError:
        return True
    return False


def test_the_child_can_open_nothing_once_it_is_confined() -> None:
    program = """
import os, resource, socket
from media.photos import child
child.prepare(); child.confine(memory_bytes_max=child.MEMORY_BYTES_MAX, cpu_s_max=child.CPU_S_MAX)
done = []
for name, attempt in {
    "file": lambda: open("/etc/passwd"),
    "socket": lambda: socket.socket(),
    "pipe": lambda: os.pipe(),
    "limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)) or open("/etc/passwd"),
    "memory": lambda: bytearray(1024 * 1024 * 1024),
}.items():
    try:
        attempt()
        done.append(name)
    except (OSError, ValueError, MemoryError):
        pass
os.write(1, repr(done).encode())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    # Root may raise its own limit again; it is still in a network that leads nowhere.
    assert ran.stdout in (b"[]", b"['limits']"), ran


# ---- Over HTTP -------------------------------------------------------------------------------------------------------


async def send(edge: Edge, token: str | None, image: Any, kind: str = "image/jpeg", **headers: str) -> Answer:
    return await edge.call("POST", "/api/photos", token=token, raw=image, headers={"Content-Type": kind, **headers})


async def test_a_photo_is_sent_once_and_served_for_ever(database: Database) -> None:
    async with open_edge(database) as edge:
        host, viewer = await edge.sign_up("host"), await edge.sign_up("viewer")
        await edge.open_room(host, "apples")
        image = picture(1600, 1200)
        sent = await send(edge, host, image)
        assert sent.status == 201, sent
        again = await send(edge, host, image)
        assert again.body == sent.body
        async with edge.http.get(edge.base_url + sent.body["image_url"]) as served:
            assert served.status == 200
            assert served.headers["Content-Type"] == "image/webp"
            assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert served.headers["X-Content-Type-Options"] == "nosniff"
            assert served.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert Image.open(io.BytesIO(await served.read())).size == (1200, 900)
        for path in ("/photos/none.webp", "/photos/01900000-0000-7000-8000-000000000000.webp"):
            assert (await edge.call("GET", path)).status == 404

        assert (await send(edge, None, image)).code == "not_signed_in"
        assert (await send(edge, viewer, image)).code == "not_found"
        assert (await send(edge, host, b"GIF89a", "image/gif")).code == "unsupported_media_type"
        assert (await send(edge, host, image, **{"Content-Encoding": "gzip"})).code == "unsupported_media_type"
        unusable = await send(edge, host, b"<svg/>")
        assert (unusable.code, unusable.body["reason"]) == ("bad_photo", "type")
        too_large = await send(edge, host, io.BytesIO(bytes(UPLOAD_BYTES_MAX + 1)))
        assert (too_large.code, too_large.body["bytes_max"]) == ("too_large", UPLOAD_BYTES_MAX)
        large_json = await edge.call("POST", "/api/orgs", raw=b" " * 70_000, token=host, key="k")
        assert large_json.code in ("too_large", "unsupported_media_type")


async def test_a_photo_that_does_not_arrive_is_not_waited_for() -> None:
    [route] = routes_photos.ROUTES
    assert route.upload is not None
    hasty = Upload(route.upload.media_types, route.upload.bytes_max, timeout_s=0.2)
    uploads = Uploads(uploads_max=1)
    arriving = asyncio.Event()

    class Trickle:
        content_type, content_length = "image/jpeg", 1000
        headers: ClassVar[dict[str, str]] = {}

        @property
        def content(self) -> Trickle:
            return self

        async def iter_any(self) -> AsyncIterator[bytes]:
            yield b"\xff\xd8\xff"
            arriving.set()
            await asyncio.sleep(60)

    async with asyncio.TaskGroup() as group:
        first = group.create_task(uploads.read(Trickle(), hasty))
        await arriving.wait()
        second = await uploads.read(Trickle(), hasty)
        assert getattr(second, "code", None) == "busy"
    assert getattr(first.result(), "code", None) == "request_timeout"
