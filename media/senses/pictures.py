"""Core: pictures out of parts, decoded by FFmpeg within the child that may die.

Never a file or an address for FFmpeg: bytes in memory alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import av
import numpy as np
from av.video.frame import VideoFrame

PIXELS_MAX: Final = 4096 * 2304
"""A larger picture is not opened: no camera that streams makes one."""

GRID: Final = (36, 64)
"""Rows and columns of fields by which two pictures are compared."""

FIELD_CHANGE: Final = 10
"""Levels of grey, of 256, by which a field's mean differs where something else is to be seen; noise moves it by 3."""

FIELDS_CHANGED_MIN: Final = 3
"""Two characters of a caption cover more."""

GRAY_FIRST: Final = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "gray", "nv12")
"""Formats whose first plane is the picture in grey."""

Gray = np.ndarray[Any, np.dtype[np.uint8]]
"""Rows, columns, and colours where there are any."""


def picture_of(init: bytes, parts: Sequence[bytes]) -> VideoFrame | None:
    """The picture that a part begins with, or of several parts, which begin with a keyframe, the last; None: there is
    none.

    Raises: av.FFmpegError, ValueError where it can't be decoded.
    """
    with av.open(io.BytesIO(init + b"".join(parts)), "r", format="mp4") as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        if not 0 < context.width * context.height <= PIXELS_MAX:
            return None
        context.thread_type, context.thread_count = "NONE", 1
        newest: VideoFrame | None = None
        for packet in container.demux(stream):
            if not packet.size:
                break
            newest = next(reversed(context.decode(packet)), newest)
            if len(parts) == 1:
                break
        return next(reversed(context.decode(None)), newest)


def gray_of(picture: VideoFrame) -> Gray:
    """The picture in levels of grey, a row a line."""
    if picture.format.name not in GRAY_FIRST:
        picture = picture.reformat(format="gray", threads=1)
    plane = picture.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: picture.height, : picture.width])


def colours_of(picture: VideoFrame) -> Gray:
    """The picture in blue, green and red, by a single thread: a confined child may begin no other."""
    return picture.to_ndarray(format="bgr24", threads=1).astype(np.uint8, copy=False)


def fields_of(gray: Gray) -> Gray:
    """The mean of each field of the grid; a picture smaller than the grid as it is."""
    rows, columns = GRID
    height, width = gray.shape[0] // rows * rows, gray.shape[1] // columns * columns
    if not height or not width:
        return gray
    blocks = gray[:height, :width].reshape(rows, height // rows, columns, width // columns)
    means: Gray = blocks.mean(axis=(1, 3)).astype(np.uint8)
    return means


def is_changed(before: Gray | None, now: Gray) -> bool:
    """Whether something else is to be seen, given the fields of both."""
    if before is None or before.shape != now.shape:
        return True
    moved = np.abs(before.astype(np.int16) - now.astype(np.int16)) > FIELD_CHANGE
    return int(moved.sum()) >= FIELDS_CHANGED_MIN
