"""Core: how a publisher's stream is doing: bit rate, frame rate, keyframes, and how old the newest part is.

Rates are over the last few seconds, in whole-second buckets, so that the cost per message is a few additions.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

WINDOW_S = 3
"""Full seconds that rates are averaged over."""


@dataclass(frozen=True, slots=True)
class StreamHealth:
    """A host's view of the stream; figures that aren't known yet are 0."""

    live: bool
    """Whether a publisher is connected."""
    bitrate_bps: int
    """Of everything received, RTMP payloads only."""
    video_bps: int
    audio_bps: int
    fps: float
    keyframe_interval_us: int
    """Between the last two keyframes."""
    keyframe_age_us: int | None
    """Since the last keyframe of this publisher; None before the first."""
    last_part_age_us: int | None
    """Since the newest part left; None before the first."""
    width: int
    height: int
    video_codec: str
    audio_codec: str
    sample_rate: int
    channels: int
    parts: int
    """Parts that left over the room's life."""
    publishers: int
    """Publishers that opened over the room's life."""
    rejected: int
    """Messages left out since the publisher opened."""
    timestamp_repairs: int
    """Timestamp jumps repaired and audio frames left out over the room's life."""


@dataclass(slots=True)
class _Second:
    at_s: int
    received_bytes: int = 0
    video_bytes: int = 0
    audio_bytes: int = 0
    frames: int = 0


class HealthMeter:
    """Counts what one room's publishers send."""

    __slots__ = (
        "_keyframe_interval_us",
        "_keyframe_us",
        "_live",
        "_opened_us",
        "_part_us",
        "_parts",
        "_publishers",
        "_seconds",
        "rejected",
    )

    def __init__(self) -> None:
        self._seconds: deque[_Second] = deque(maxlen=WINDOW_S + 1)
        self._live = False
        self._opened_us = 0
        self._keyframe_us: int | None = None
        self._keyframe_interval_us = 0
        self._part_us: int | None = None
        self._parts = 0
        self._publishers = 0
        self.rejected = 0

    def publisher_opened(self, now_us: int) -> None:
        self._seconds.clear()
        self._publishers += 1
        self._live = True
        self._opened_us = now_us
        self._keyframe_us = None
        self._keyframe_interval_us = 0
        self.rejected = 0

    def publisher_closed(self) -> None:
        self._live = False

    def received(self, kind: Literal["audio", "video", "data"], received_bytes: int, now_us: int) -> None:
        second = self._second(now_us)
        second.received_bytes += received_bytes
        if kind == "video":
            second.video_bytes += received_bytes
        elif kind == "audio":
            second.audio_bytes += received_bytes

    def frame(self, now_us: int) -> None:
        self._second(now_us).frames += 1

    def keyframe(self, now_us: int) -> None:
        if self._keyframe_us is not None:
            self._keyframe_interval_us = max(0, now_us - self._keyframe_us)
        self._keyframe_us = now_us

    def part(self, now_us: int, parts: int = 1) -> None:
        self._part_us = now_us
        self._parts += parts

    def measure(self, now_us: int) -> StreamHealth:
        """The figures at `now_us`; size and codecs are the caller's to fill in."""
        this_s = now_us // 1_000_000
        full = [second for second in self._seconds if this_s - WINDOW_S <= second.at_s < this_s]
        # A publisher's first second is rarely whole: while it is in the window, count from the opening.
        window_us = min(WINDOW_S * 1_000_000, this_s * 1_000_000 - self._opened_us)
        per_s = 1_000_000 / window_us if window_us >= 500_000 else 0.0
        return StreamHealth(
            live=self._live,
            bitrate_bps=round(8 * sum(second.received_bytes for second in full) * per_s),
            video_bps=round(8 * sum(second.video_bytes for second in full) * per_s),
            audio_bps=round(8 * sum(second.audio_bytes for second in full) * per_s),
            fps=round(sum(second.frames for second in full) * per_s, 1),
            keyframe_interval_us=self._keyframe_interval_us,
            keyframe_age_us=None if self._keyframe_us is None else max(0, now_us - self._keyframe_us),
            last_part_age_us=None if self._part_us is None else max(0, now_us - self._part_us),
            width=0,
            height=0,
            video_codec="",
            audio_codec="",
            sample_rate=0,
            channels=0,
            parts=self._parts,
            publishers=self._publishers,
            rejected=self.rejected,
            timestamp_repairs=0,
        )

    def _second(self, now_us: int) -> _Second:
        at_s = now_us // 1_000_000
        if not self._seconds or self._seconds[-1].at_s != at_s:
            self._seconds.append(_Second(at_s))
        return self._seconds[-1]
