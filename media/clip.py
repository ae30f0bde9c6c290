"""Core: the last parts of a room as one file that any player plays: evidence of a moment.

A part is already a fragment of such a file. What is missing is one beginning for both tracks, made of their two, and
decode times that count from the clip's own start instead of the room's: players take the first for a hole of hours.
Source: ISO/IEC 14496-12, 8.2, 8.3, 8.8.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from media import boxes
from media.part import Init, Part

CLIP_US: Final = 10_000_000
"""How much of the past a clip shows, at least, once so much was there; it begins at a keyframe."""

BYTES_MAX: Final = 24 * 1024 * 1024
"""Of parts kept for a room: 15 s at 12 Mb/s, twice what hosts are advised to send."""

_BOX_HEAD: Final = struct.Struct(">I4s")
_TIME_AT: Final = 12
"""Of `tfdt`: its head, version and flags come before its 64 bits of time."""


@dataclass(frozen=True, slots=True)
class Clip:
    """An fMP4 file."""

    data: bytes
    began_us: int
    """Room time of its first picture, or first sound where it has no picture."""
    duration_us: int


class Recent:
    """The newest parts of one room's both tracks, from a keyframe on."""

    __slots__ = ("_audio", "_bytes", "_clip_us", "_inits", "_video")

    def __init__(self, *, clip_us: int = CLIP_US) -> None:
        self._clip_us = clip_us
        self._inits: dict[str, Init] = {}
        self._video: deque[Part] = deque()
        self._audio: deque[Part] = deque()
        self._bytes = 0

    @property
    def kept_bytes(self) -> int:
        """Of all parts that are kept."""
        return self._bytes

    @property
    def has_picture(self) -> bool:
        """Whether a group of pictures is kept."""
        return bool(self._video)

    def shed(self) -> None:
        """Let go of the oldest group of pictures and its sound; without pictures, of all sound."""
        if not self._video:
            self._drop(self._audio, len(self._audio))
            return
        self._drop(self._video, _next_keyframe(self._video) or len(self._video))
        since_us = self._video[0].pts_us if self._video else None
        while self._audio and (since_us is None or self._audio[0].pts_us + self._audio[0].duration_us <= since_us):
            self._drop(self._audio, 1)

    def init_of(self, part: Part) -> Init | None:
        """The configuration that a part belongs to; None where it was missed or is over."""
        init = self._inits.get(part.track)
        return init if init is not None and init.init_id == part.init_id else None

    def add(self, item: Init | Part) -> bool:
        """Take the next item; False if it was ignored: known already, or of no known configuration."""
        kept = self._video if item.track == "video" else self._audio
        if isinstance(item, Init):
            known = self._inits.get(item.track)
            if known is not None and known.init_id == item.init_id:
                return False
            self._inits[item.track] = item
            self._drop(kept, len(kept))
            return True
        if self.init_of(item) is None or (kept and item.sequence <= kept[-1].sequence):
            return False
        if item.track == "video" and not kept and not item.keyframe:
            return False
        kept.append(item)
        self._bytes += len(item.data)
        self._trim(item.pts_us + item.duration_us)
        return True

    def clip(self) -> Clip | None:
        """What is kept, as a file; None while nothing is."""
        first = self._video[0] if self._video else self._audio[0] if self._audio else None
        if first is None:
            return None
        inits = [self._inits[track] for track, parts in (("video", self._video), ("audio", self._audio)) if parts]
        rates = {init.track: _timescale_hz(init) for init in inits}
        start_ticks = _decode_ticks(first.data)
        fragments, end_us = [], first.pts_us
        for part in sorted([*self._video, *self._audio], key=lambda part: part.pts_us):
            from_ticks = start_ticks * rates[part.track] // rates[first.track]
            moved = _moved(part.data, from_ticks)
            if moved is not None:
                fragments.append(moved)
                end_us = max(end_us, part.pts_us + part.duration_us)
        return Clip(_beginning(inits) + b"".join(fragments), first.pts_us, end_us - first.pts_us)

    def _trim(self, end_us: int) -> None:
        while (second := _next_keyframe(self._video)) is not None and (
            end_us - self._video[second].pts_us >= self._clip_us or self._bytes > BYTES_MAX
        ):
            self._drop(self._video, second)
        if self._bytes > BYTES_MAX:
            self._drop(self._video, len(self._video))
        since_us = self._video[0].pts_us if self._video else end_us - self._clip_us
        while self._audio and (
            self._audio[0].pts_us + self._audio[0].duration_us <= since_us or self._bytes > BYTES_MAX
        ):
            self._drop(self._audio, 1)

    def _drop(self, parts: deque[Part], count: int) -> None:
        for _ in range(count):
            self._bytes -= len(parts.popleft().data)


def _next_keyframe(parts: deque[Part]) -> int | None:
    """Where the second group of pictures begins."""
    return next((place for place, part in enumerate(parts) if place and part.keyframe), None)


def _timescale_hz(init: Init) -> int:
    return boxes.VIDEO_TIMESCALE_HZ if init.track == "video" else init.sample_rate


def _beginning(inits: list[Init]) -> bytes:
    """ftyp+moov of all these tracks."""
    files = [dict(_boxes(init.data)) for init in inits]
    movies = [dict(_boxes(file[b"moov"])) for file in files]
    header = movies[0][b"mvhd"]
    tracks = [boxes.box(b"trak", movie[b"trak"]) for movie in movies]
    next_track = struct.pack(">I", max(boxes.VIDEO_TRACK_ID, boxes.AUDIO_TRACK_ID) + 1)
    return boxes.box(b"ftyp", files[0][b"ftyp"]) + boxes.box(
        b"moov",
        boxes.box(b"mvhd", header[: -len(next_track)], next_track),
        *tracks,
        boxes.box(b"mvex", *(movie[b"mvex"] for movie in movies)),
    )


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, begin, end in _places(data, 0, len(data)):
        yield kind, data[begin:end]


def _places(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the content of each box; what is read was written by boxes.py."""
    while at < end:
        size, kind = _BOX_HEAD.unpack_from(data, at)
        yield kind, at + _BOX_HEAD.size, at + size
        at += size


def _time_place(data: bytes) -> int:
    """Where in a fragment its decode time stands."""
    kind, begin, end = next(_places(data, 0, len(data)))
    for wanted in (b"traf", b"tfdt"):
        assert kind in (b"moof", b"traf"), kind
        kind, begin, end = next(place for place in _places(data, begin, end) if place[0] == wanted)
    return begin - _BOX_HEAD.size + _TIME_AT


def _decode_ticks(data: bytes) -> int:
    ticks: int = struct.unpack_from(">Q", data, _time_place(data))[0]
    return ticks


def _moved(data: bytes, by_ticks: int) -> bytes | None:
    """The fragment, so much earlier; None where it lies before the clip."""
    place = _time_place(data)
    ticks = _decode_ticks(data) - by_ticks
    if ticks < 0:
        return None
    return b"".join((data[:place], struct.pack(">Q", ticks), data[place + 8 :]))
