"""The clock through real H.264 at low quality, resized, and over hostile pictures."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from media import clock_blocks
from media.clock_blocks import Luma
from media.scenes import farm, jobs
from media.scenes.scene import Builder
from media.scenes.sprites import Picture

NOW_MS = 1_795_000_000_123


def drawn(unix_ms: int = NOW_MS, width: int = 640, height: int = 360) -> Luma:
    luma = np.full((height, width), 90, dtype=np.uint8)
    clock_blocks.draw(luma, unix_ms)
    return luma


def clock_in(frame: av.VideoFrame) -> int | None:
    return clock_blocks.read(np.asarray(frame.to_ndarray()[:360], np.uint8))


def test_the_layout_cell_by_cell() -> None:
    luma = drawn(0x12345678AB)
    bits = "".join(str(int(luma[356, 8 * cell + 4] == clock_blocks.LUMA_ONE)) for cell in range(80))
    assert bits[:12] == bits[68:] == "0" * 12
    assert bits[12:20] == "10110010"
    assert int(bits[20:60], 2) == 0x12345678AB
    assert int(bits[60:68], 2) == clock_blocks.checksum(0x12345678AB)
    assert (luma[:352] == 90).all()
    assert set(np.unique(luma[352:])) == {clock_blocks.LUMA_ZERO, clock_blocks.LUMA_ONE}


# CRC-8 with polynomial 0x07, initial value 0.
@pytest.mark.parametrize(("time_ms", "crc"), [(0, 0x00), (1, 0x07), (0x3132333435, 0xCB)])
def test_checksum(time_ms: int, crc: int) -> None:
    assert clock_blocks.checksum(time_ms) == crc


@pytest.mark.parametrize("unix_ms", [0, 1, NOW_MS, (1 << 40) - 1, 1 << 40, NOW_MS << 3])
@pytest.mark.parametrize("size", [(640, 360), (480, 270), (1280, 720), (320, 180)])
def test_what_is_drawn_is_read(unix_ms: int, size: tuple[int, int]) -> None:
    assert clock_blocks.read(drawn(unix_ms, *size)) == unix_ms % (1 << 40)


@pytest.mark.parametrize("size", [(640, 352), (600, 360), (0, 0)])
def test_sizes_that_have_no_whole_cells(size: tuple[int, int]) -> None:
    assert not clock_blocks.fits(*size)


def test_other_pictures_hold_no_clock() -> None:
    noise = np.random.default_rng(1)
    assert clock_blocks.read(np.full((360, 640), 90, dtype=np.uint8)) is None
    assert clock_blocks.read(np.zeros((2, 2), dtype=np.uint8)) is None
    for _ in range(200):
        assert clock_blocks.read(noise.integers(0, 256, (360, 640), dtype=np.uint8)) is None


@pytest.mark.parametrize("cell", range(clock_blocks.FIRST_CELL, clock_blocks.FIRST_CELL + clock_blocks.BITS))
def test_one_wrong_cell_is_noticed(cell: int) -> None:
    luma = drawn()
    block = luma[352:, cell * 8 : cell * 8 + 8]
    block[:] = clock_blocks.LUMA_ONE + clock_blocks.LUMA_ZERO - block
    assert clock_blocks.read(luma) is None


@pytest.mark.parametrize("kbps", [600, 120])
@pytest.mark.parametrize("build", [farm.build, jobs.build])
def test_it_survives_the_encoder_on_moving_pictures(build: Builder, kbps: int) -> None:
    scene, picture = build(640, 360), Picture(640, 360)
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 640, 360, "yuv420p"
    encoder.time_base, encoder.thread_count = Fraction(1, 25), 1
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"keyint=25:bitrate={kbps}:vbv-maxrate={kbps}:vbv-bufsize={kbps // 2}",
    }
    decoder = av.CodecContext.create("h264", "r")
    read: list[int | None] = []
    for index in range(40):
        scene.paint(picture, index / 25)
        clock_blocks.draw(picture.y, NOW_MS + 40 * index)
        frame = av.VideoFrame.from_ndarray(picture.packed, format="yuv420p")
        frame.pts, frame.time_base = index, Fraction(1, 25)
        for packet in encoder.encode(frame):
            read += [clock_in(shown) for shown in decoder.decode(av.Packet(bytes(packet)))]
    read += [clock_in(shown) for shown in decoder.decode(None)]
    wrong = [at for index, at in enumerate(read) if at != (NOW_MS + 40 * index) % (1 << 40)]
    assert len(read) == 40
    assert [at for at in wrong if at is not None] == [], "unreadable is allowed, a wrong time is not"
    assert len(wrong) <= (0 if kbps == 600 else 4)
