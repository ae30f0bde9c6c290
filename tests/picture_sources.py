"""Live pictures for tests: rooms as ingest makes them, of real H.264 in which codes and words are drawn."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np
import zxingcpp

from media.part import Init, Part
from media.stream import Stream
from tests.media_sources import START_US, feed, flv_tags

Picture = np.ndarray[Any, np.dtype[np.uint8]]
"""Red, green, blue."""

WIDTH_PX: Final = 640
HEIGHT_PX: Final = 360
FPS: Final = 10


def scene(code: str | None = None, *, side_px: int = 140, seed: int = 7) -> Picture:
    """A picture as a camera sees it, uneven and noisy, with a code held into it."""
    noise = np.random.default_rng(seed).integers(-12, 12, (HEIGHT_PX, WIDTH_PX, 1))
    slope = np.linspace(60, 190, WIDTH_PX).reshape(1, -1, 1) + np.linspace(-20, 30, HEIGHT_PX).reshape(-1, 1, 1)
    picture = np.clip(slope + noise, 0, 255).astype(np.uint8).repeat(3, axis=2)
    if code is not None:
        drawn = code_picture(code, side_px)
        at_y, at_x = (HEIGHT_PX - len(drawn)) // 2, WIDTH_PX // 2
        picture[at_y : at_y + len(drawn), at_x : at_x + len(drawn)] = drawn[:, :, None]
    return picture


def code_picture(text: str, side_px: int) -> Picture:
    """A QR code with its quiet zone, in grey, about so large."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    small = np.array(barcode.to_image(add_quiet_zones=True))
    scale = max(1, side_px // len(small))
    large: Picture = small.repeat(scale, axis=0).repeat(scale, axis=1)
    return large


def film(pictures: list[Picture], *, keyframe_every: int = 2 * FPS, sound: bool = True) -> list[Init | Part]:
    """Pictures one after the other at FPS, encoded, sent as an encoder does and cut into parts, with a tone."""
    flv = io.BytesIO()
    with av.open(flv, "w", format="flv", options={"flvflags": "no_duration_filesize"}) as container:
        height, width, _ = pictures[0].shape
        video: Any = container.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.thread_count = 1
        video.codec_context.gop_size = keyframe_every
        video.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "26", "x264-params": "scenecut=0"}
        audio: Any = container.add_stream("aac", rate=48_000, layout="mono") if sound else None
        samples = 0
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(video.encode(frame))
            while audio is not None and samples < (index + 1) * 48_000 // FPS:
                container.mux(audio.encode(_tone(samples)))
                samples += 1024
        container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))
    stream = Stream(first_init_id=1_000, first_sequence=1)
    items = feed(stream, flv_tags(flv.getvalue()), START_US)
    return [item for item in items if isinstance(item, Init | Part)]


def _tone(at_sample: int) -> av.AudioFrame:
    places = np.arange(at_sample, at_sample + 1024) / 48_000
    frame = av.AudioFrame.from_ndarray(
        (0.2 * np.sin(2 * np.pi * 440 * places)).astype(np.float32).reshape(1, -1), format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts, frame.time_base = 48_000, at_sample, Fraction(1, 48_000)
    return frame
