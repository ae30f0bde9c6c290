"""Core: the server's timeline: one clock for a room, whatever its publishers' timestamps do.

Room time is in microseconds and counts from the room's beginning (not told it, from the first publisher's). A
publisher's timestamps (whole milliseconds, 32 bits, wrapping) are moved by an offset so that its first frame lands at
max(end of everything before, elapsed wall time): time goes on across reconnects and never runs backwards.

Both tracks use one offset, so sound and picture stay as the publisher related them. When a track's timestamps jump,
backwards or forwards further than the wall clock explains, that track takes the other's offset if it fits there (the
other has jumped already), and otherwise a new one that lets exactly the time pass that really passed. A publisher that
wraps at 2^24 ms is such a jump; one that wraps at 2^32 ms is not even that.

Sound is timed by counting samples, because whole milliseconds would make every AAC frame overlap or gap. The count is
held against the message timestamps: late by more than DRIFT_US_MAX it skips ahead, early by more it leaves frames out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from media.part import Track

TIMESTAMP_WRAP_MS = 1 << 32
BACKWARD_US_MAX = 500_000
"""A timestamp this much before the last is jitter, and clamped; more is a jump."""
FORWARD_US_MAX = 10_000_000
"""Beyond the wall clock. An uplink that stalls lets encoders skip seconds of video at once; that is no jump."""
ADOPT_US_MAX = 1_000_000
"""How far from where it should be a track may land by taking the other track's offset."""
STEP_US_MIN = 1_000
"""Between two video frames: decode times strictly increase."""
COMPOSITION_US_MIN = -1_000_000
COMPOSITION_US_MAX = 3_000_000
DRIFT_US_MAX = 100_000
DRIFT_US_SETTLED = 20_000
"""Frames are left out until the count is at most this early."""
INTERVAL_US_DEFAULT = 33_000


@dataclass(frozen=True, slots=True)
class VideoTime:
    """When a frame is decoded and shown, in room time."""

    dts_us: int
    pts_us: int


class _Lane:
    """One track's relation between its publisher's timestamps and room time."""

    __slots__ = ("interval_us", "last_us", "offset_us", "raw_ms", "received_us")

    def __init__(self) -> None:
        self.offset_us = 0
        self.raw_ms: int | None = None
        """The last timestamp, unwrapped; None before the publisher's first frame."""
        self.last_us = -STEP_US_MIN
        self.received_us = 0
        self.interval_us = INTERVAL_US_DEFAULT


class _SampleCount:
    """The count of audio samples, in ticks of `rate_hz`."""

    __slots__ = ("dropping", "next_ticks", "rate_hz", "running")

    def __init__(self) -> None:
        self.rate_hz = 0
        self.next_ticks = 0
        self.running = False
        """Whether the count continues; if not, the next frame is placed by its timestamp."""
        self.dropping = False

    def use_rate(self, rate_hz: int) -> None:
        if rate_hz != self.rate_hz:
            # Rounded up, so that the new ticks never begin before the old ones ended.
            self.next_ticks = -(-self.next_ticks * rate_hz // self.rate_hz) if self.rate_hz else 0
            self.rate_hz = rate_hz

    def next_us(self) -> int:
        return self.next_ticks * 1_000_000 // self.rate_hz if self.rate_hz else 0

    def advance(self, target_us: int, frame_samples: int) -> int | None:
        """Place a frame whose timestamp says `target_us`; None when it must be left out."""
        late_us = target_us - self.next_us()
        if not self.running or late_us > DRIFT_US_MAX:
            self.next_ticks = max(self.next_ticks, target_us * self.rate_hz // 1_000_000)
            self.running, self.dropping = True, False
        early_us = self.next_us() - target_us
        if early_us > (DRIFT_US_SETTLED if self.dropping else DRIFT_US_MAX):
            self.dropping = True
            return None
        self.dropping = False
        at = self.next_ticks
        self.next_ticks = at + frame_samples
        return at


class Timeline:
    """Room time for one room's life, over any number of publishers."""

    __slots__ = ("_count", "_lanes", "_started_us", "end_us", "repairs")

    def __init__(self, began_us: int | None = None) -> None:
        """`began_us`: the wall clock when room time was 0; the same for every process that carries the room on."""
        self._started_us = began_us
        self._lanes: Final[dict[Track, _Lane]] = {"audio": _Lane(), "video": _Lane()}
        self._count = _SampleCount()
        self.end_us = 0
        """The latest presentation end of anything placed so far."""
        self.repairs = 0
        """How many jumps were repaired and audio frames left out: a figure for the host's health page."""

    def publisher_opened(self, now_us: int) -> None:
        """A new publisher: its timestamps are unrelated to those before."""
        if self._started_us is None:
            self._started_us = now_us
        for lane in self._lanes.values():
            lane.raw_ms = None
        self._count.running = False

    def elapsed_us(self, now_us: int) -> int:
        """Room time according to the wall clock; 0 before the first publisher."""
        return 0 if self._started_us is None else max(0, now_us - self._started_us)

    def place_video(self, timestamp_ms: int, composition_ms: int, now_us: int) -> VideoTime:
        """Place a frame; decode times strictly increase over the room's life."""
        lane = self._lanes["video"]
        before_us, first = lane.last_us, lane.raw_ms is None
        target_us = self._map("video", timestamp_ms, now_us)
        dts_us = max(target_us, before_us + STEP_US_MIN)
        lane.last_us = dts_us
        if not first:
            lane.interval_us = min(max(dts_us - before_us, STEP_US_MIN), 1_000_000)
        composition_us = min(max(composition_ms * 1_000, COMPOSITION_US_MIN), COMPOSITION_US_MAX)
        pts_us = max(0, dts_us + composition_us)
        self.end_us = max(self.end_us, dts_us + lane.interval_us, pts_us + lane.interval_us)
        return VideoTime(dts_us, pts_us)

    def place_audio(self, timestamp_ms: int, frame_samples: int, rate_hz: int, now_us: int) -> int | None:
        """Place an AAC frame; its decode time in ticks of `rate_hz`, or None when it must be left out.

        Frames are contiguous to the tick unless the count had to skip ahead; they never overlap.
        """
        lane = self._lanes["audio"]
        lane.interval_us = frame_samples * 1_000_000 // rate_hz
        target_us = max(0, self._map("audio", timestamp_ms, now_us))
        lane.last_us = target_us
        self._count.use_rate(rate_hz)
        at = self._count.advance(target_us, frame_samples)
        if at is None:
            self.repairs += 1
        else:
            self.end_us = max(self.end_us, self._count.next_us() + 1)
        return at

    def _map(self, track: Track, timestamp_ms: int, now_us: int) -> int:
        """Room time of a timestamp, repairing jumps; updates the lane but for `last_us`."""
        lane = self._lanes[track]
        other = self._lanes["video" if track == "audio" else "audio"]
        near_ms = lane.raw_ms if lane.raw_ms is not None else other.raw_ms
        raw_ms = timestamp_ms if near_ms is None else _unwrap(timestamp_ms, near_ms)
        if lane.raw_ms is None:
            lane.offset_us = self._first_offset_us(other, raw_ms, now_us)
        else:
            delta_us = (raw_ms - lane.raw_ms) * 1_000
            passed_us = max(0, now_us - lane.received_us)
            if not -BACKWARD_US_MAX <= delta_us <= passed_us + FORWARD_US_MAX:
                expected_us = lane.last_us + max(lane.interval_us, passed_us)
                lane.offset_us = self._repaired_offset_us(lane, other, raw_ms, expected_us)
                self.repairs += 1
        lane.raw_ms = raw_ms
        lane.received_us = now_us
        return raw_ms * 1_000 + lane.offset_us

    def _first_offset_us(self, other: _Lane, raw_ms: int, now_us: int) -> int:
        """The offset of a track's first frame of this publisher: the other track's if that is near, else its own."""
        if other.raw_ms is not None and abs(raw_ms * 1_000 + other.offset_us - other.last_us) <= FORWARD_US_MAX:
            return other.offset_us
        base_us = max(self.end_us, self.elapsed_us(now_us))
        return -(-base_us // 1_000) * 1_000 - raw_ms * 1_000

    def _repaired_offset_us(self, lane: _Lane, other: _Lane, raw_ms: int, expected_us: int) -> int:
        adopted_us = raw_ms * 1_000 + other.offset_us
        if (
            other.raw_ms is not None
            and other.offset_us != lane.offset_us
            and abs(adopted_us - expected_us) <= ADOPT_US_MAX
        ):
            return other.offset_us
        return -(-expected_us // 1_000) * 1_000 - raw_ms * 1_000


def _unwrap(timestamp_ms: int, near_ms: int) -> int:
    """The number equal to `timestamp_ms` modulo 2^32 that is nearest to `near_ms`."""
    half = TIMESTAMP_WRAP_MS // 2
    return near_ms + (timestamp_ms - near_ms + half) % TIMESTAMP_WRAP_MS - half
