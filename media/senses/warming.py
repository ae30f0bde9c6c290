"""Core: a picture and some sound of our own, for a reader to read once while it may still open files.

Libraries load a part of themselves when they are first used. A child that could open nothing any more would fail then,
with the first picture of a stranger.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np

from media.senses.wire import Channel, Job

WIDTH_PX: Final = 320
HEIGHT_PX: Final = 180
SAMPLE_RATE_HZ: Final = 48_000
SOUND_S: Final = 2

_IN_FRAGMENTS: Final = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def job_of_our_own(channel: Channel) -> Job:
    """Something that a channel reads, of no room."""
    return Job("", _sound() if channel == "speech" else _picture(), [b""])


def _picture() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options=_IN_FRAGMENTS) as container:
        stream: Any = container.add_stream("libx264", rate=1)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.codec_context.thread_count = 1
        shades = np.linspace(0, 255, WIDTH_PX * HEIGHT_PX * 3).astype(np.uint8).reshape(HEIGHT_PX, WIDTH_PX, 3)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(shades, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def _sound() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options=_IN_FRAGMENTS) as container:
        stream: Any = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
        places = np.arange(SOUND_S * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
        wave = np.sin(2 * np.pi * 220 * places).astype(np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE_HZ, 0, Fraction(1, SAMPLE_RATE_HZ)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
