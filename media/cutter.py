"""Core: cuts placed samples into parts: at every video keyframe, and else when a part is as long as it may be.

Latency decides the shape. A part leaves with the sample that fills it, so the duration of its last sample is not yet
known and is taken to be the frame interval (the shortest of the last few, so that it is rather too short). The part
after it begins exactly where this one ended: decode times have no holes, while presentation times stay exact, because
the difference goes into the composition offset and is worked off by the durations that follow. Browsers need this:
after a hole in decode time longer than two frames MSE drops everything up to the next keyframe. Only before a keyframe,
and only over RESYNC_US, does decode time jump.

Sound needs no guess: all frames of a codec configuration are equally long. A hole there is a real one and stays.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from media import boxes
from media.part import Init, Part

PART_US_MAX = 200_000
PART_SAMPLES_MAX = 64
PART_BYTES_MAX = 4 * 1024 * 1024
"""A part beyond this leaves early."""
RESYNC_US = 1_000_000
FRAME_INTERVAL_US_DEFAULT = 33_000
FRAME_INTERVAL_US_MAX = 1_000_000
"""Slower pictures than this are told to last so long; one such picture makes a part longer than PART_US_MAX."""
_INTERVALS_KEPT = 8
_TICKS_PER_MS = boxes.VIDEO_TIMESCALE_HZ // 1_000


def ticks_from_us(time_us: int) -> int:
    """Room time in video ticks, exact for whole milliseconds."""
    return time_us * _TICKS_PER_MS // 1_000


def us_from_ticks(ticks: int, timescale_hz: int) -> int:
    """Ticks in microseconds of room time, rounded down."""
    return ticks * 1_000_000 // timescale_hz


@dataclass(frozen=True, slots=True)
class VideoInput:
    """A frame with its true times on the room's timeline."""

    data: bytes
    keyframe: bool
    dts_us: int
    pts_us: int
    received_us: int


@dataclass(slots=True)
class _Pending:
    """What the next part will hold; times in ticks."""

    start_ticks: int
    true_start_ticks: int
    """What the first frame's own decode time is; `start_ticks` may lag behind it."""
    pts_ticks: int
    keyframe: bool
    received_us: int
    size_bytes: int = 0
    samples: list[boxes.VideoSample] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)


class VideoCutter:
    """Cuts one room's video; `sequence` is that of the next part."""

    __slots__ = ("_end_ticks", "_init", "_intervals", "_last", "_pending", "sequence")

    def __init__(self, first_sequence: int) -> None:
        self.sequence = first_sequence
        self._init: Init | None = None
        self._pending: _Pending | None = None
        self._last: VideoInput | None = None
        """The newest frame: in the pending part but for its duration, or already sent."""
        self._end_ticks = 0
        """Decode time at which `_last` begins while it is pending, else at which the last part ended."""
        self._intervals: deque[int] = deque(maxlen=_INTERVALS_KEPT)

    def configure(self, init: Init, frame_interval_us: int) -> list[Part]:
        """Use `init` from the next frame on, which must be a keyframe; `frame_interval_us` is a hint, or 0."""
        parts = self.flush()
        self._init = init
        if 0 < frame_interval_us <= FRAME_INTERVAL_US_MAX:
            self._intervals.clear()
            self._intervals.append(ticks_from_us(frame_interval_us))
        return parts

    def add(self, frame: VideoInput) -> list[Part]:
        """Take a frame, of a decode time after all before; the parts that it completes."""
        assert self._init is not None, "frames come after their configuration"
        parts: list[Part] = []
        dts_ticks = ticks_from_us(frame.dts_us)
        if self._last is not None:
            self._learn(dts_ticks - ticks_from_us(self._last.dts_us))
        if self._pending is not None:
            self._settle(dts_ticks)
            assert self._pending is not None
            if frame.keyframe or self._too_long(self._end_ticks, dts_ticks):
                parts.append(self._cut())
        if self._pending is None:
            self._begin(frame, dts_ticks)
        self._last = frame
        assert self._pending is not None
        self._pending.size_bytes += len(frame.data)
        if self._full(dts_ticks):
            self._settle(dts_ticks + self._interval())
            parts.append(self._cut())
        return parts

    def flush(self) -> list[Part]:
        """The part that is pending, if any, its last frame lasting one interval."""
        if self._pending is None or self._last is None:
            return []
        self._settle(ticks_from_us(self._last.dts_us) + self._interval())
        return [self._cut()]

    def pending_since_us(self) -> int | None:
        """When the oldest frame that waits was received."""
        return self._pending.received_us if self._pending is not None else None

    def _learn(self, interval_ticks: int) -> None:
        if interval_ticks <= ticks_from_us(FRAME_INTERVAL_US_MAX):
            self._intervals.append(max(interval_ticks, _TICKS_PER_MS))

    def _interval(self) -> int:
        return min(self._intervals, default=ticks_from_us(FRAME_INTERVAL_US_DEFAULT))

    def _begin(self, frame: VideoInput, dts_ticks: int) -> None:
        gap_ticks = dts_ticks - self._end_ticks
        if self._last is None or (frame.keyframe and gap_ticks > ticks_from_us(RESYNC_US)):
            self._end_ticks = dts_ticks
        pts_ticks = ticks_from_us(frame.pts_us)
        self._pending = _Pending(self._end_ticks, dts_ticks, pts_ticks, frame.keyframe, frame.received_us)

    def _full(self, dts_ticks: int) -> bool:
        """Whether a further frame would make the pending part, which ends with `_last`, too long."""
        pending = self._pending
        assert pending is not None
        if len(pending.samples) + 1 >= PART_SAMPLES_MAX or pending.size_bytes >= PART_BYTES_MAX:
            return True
        next_ticks = dts_ticks + self._interval()
        return self._too_long(self._end_ticks + self._duration(next_ticks), next_ticks)

    def _too_long(self, end_ticks: int, next_ticks: int) -> bool:
        """Whether a frame added at `end_ticks`, in truth at `next_ticks`, would stretch the part beyond its limit."""
        pending = self._pending
        assert pending is not None
        span = max(end_ticks - pending.start_ticks, next_ticks - pending.true_start_ticks)
        return span + self._interval() > ticks_from_us(PART_US_MAX)

    def _duration(self, next_ticks: int) -> int:
        """How long `_last` lasts in decode time if the next frame is due at `next_ticks`."""
        pending = self._pending
        assert pending is not None
        longest = ticks_from_us(PART_US_MAX) - (self._end_ticks - pending.start_ticks)
        if not pending.samples:
            longest = max(longest, 2 * self._interval())
        return max(min(next_ticks - self._end_ticks, longest), 1)

    def _settle(self, next_ticks: int) -> None:
        """Put `_last` into the pending part as a sample that ends at `next_ticks`."""
        pending, last = self._pending, self._last
        assert pending is not None
        assert last is not None
        duration = self._duration(next_ticks)
        composition = ticks_from_us(last.pts_us) - self._end_ticks
        pending.samples.append(boxes.VideoSample(last.data, duration, composition, last.keyframe))
        self._end_ticks += duration

    def _cut(self) -> Part:
        pending, init = self._pending, self._init
        assert pending is not None
        assert init is not None
        self._pending = None
        part = Part(
            init_id=init.init_id,
            rendition=init.rendition,
            track="video",
            sequence=self.sequence,
            keyframe=pending.keyframe,
            pts_us=us_from_ticks(pending.pts_ticks, boxes.VIDEO_TIMESCALE_HZ),
            duration_us=us_from_ticks(self._end_ticks - pending.start_ticks, boxes.VIDEO_TIMESCALE_HZ),
            wall_us=pending.received_us,
            data=boxes.video_part(self.sequence, pending.start_ticks, pending.samples),
        )
        self.sequence += 1
        return part


class AudioCutter:
    """Cuts one room's sound; `sequence` is that of the next part."""

    __slots__ = ("_end_ticks", "_frame_samples", "_init", "_pending", "sequence")

    def __init__(self, first_sequence: int) -> None:
        self.sequence = first_sequence
        self._init: Init | None = None
        self._frame_samples = 0
        self._pending: _Pending | None = None
        self._end_ticks = 0

    def configure(self, init: Init, frame_samples: int) -> list[Part]:
        """Use `init` from the next frame on, each of `frame_samples` samples."""
        parts = self.flush()
        self._init = init
        self._frame_samples = frame_samples
        return parts

    def add(self, data: bytes, at_ticks: int, received_us: int) -> list[Part]:
        """Take a frame that starts at `at_ticks` of the sample rate, not before the last one's end."""
        assert self._init is not None, "frames come after their configuration"
        parts: list[Part] = []
        if self._pending is not None and at_ticks != self._end_ticks:
            parts.append(self._cut())
        if self._pending is None:
            self._pending = _Pending(at_ticks, at_ticks, at_ticks, True, received_us)
        self._pending.frames.append(data)
        self._pending.size_bytes += len(data)
        self._end_ticks = at_ticks + self._frame_samples
        next_end = self._end_ticks + self._frame_samples - self._pending.start_ticks
        long = next_end * 1_000_000 > PART_US_MAX * self._init.sample_rate
        if long or len(self._pending.frames) >= PART_SAMPLES_MAX or self._pending.size_bytes >= PART_BYTES_MAX:
            parts.append(self._cut())
        return parts

    def flush(self) -> list[Part]:
        """The part that is pending, if any."""
        return [self._cut()] if self._pending is not None else []

    def pending_since_us(self) -> int | None:
        """When the oldest frame that waits was received."""
        return self._pending.received_us if self._pending is not None else None

    def _cut(self) -> Part:
        pending, init = self._pending, self._init
        assert pending is not None
        assert init is not None
        self._pending = None
        start_us = us_from_ticks(pending.start_ticks, init.sample_rate)
        part = Part(
            init_id=init.init_id,
            rendition=init.rendition,
            track="audio",
            sequence=self.sequence,
            keyframe=True,
            pts_us=start_us,
            duration_us=us_from_ticks(self._end_ticks, init.sample_rate) - start_us,
            wall_us=pending.received_us,
            data=boxes.audio_part(self.sequence, pending.start_ticks, self._frame_samples, pending.frames),
        )
        self.sequence += 1
        return part


class StreamCutter:
    """Both tracks of a stream; what a call returns is in order of time, each track's parts in sequence."""

    __slots__ = ("audio", "video")

    STALE_US = 2 * PART_US_MAX
    """A part whose track has gone quiet leaves after this, with whatever it holds."""

    def __init__(self, first_sequence: int) -> None:
        self.audio = AudioCutter(first_sequence)
        self.video = VideoCutter(first_sequence)

    def add_video(self, frame: VideoInput) -> list[Part]:
        """Take a video frame; see `VideoCutter.add`."""
        return self._stale(self.audio, frame.received_us) + self.video.add(frame)

    def add_audio(self, data: bytes, at_ticks: int, received_us: int) -> list[Part]:
        """Take an audio frame; see `AudioCutter.add`."""
        return self._stale(self.video, received_us) + self.audio.add(data, at_ticks, received_us)

    def flush(self) -> list[Part]:
        """All that is pending."""
        return sorted(self.audio.flush() + self.video.flush(), key=lambda part: part.pts_us)

    def _stale(self, cutter: AudioCutter | VideoCutter, now_us: int) -> list[Part]:
        since_us = cutter.pending_since_us()
        return cutter.flush() if since_us is not None and now_us - since_us > self.STALE_US else []
