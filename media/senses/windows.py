"""Core: which of a room's parts are looked at, and when: each keyframe for codes, one now and then for words, and the
sound in windows that overlap, so that no word is lost between two.

A keyframe is decoded by itself. Where a host's encoder sends one seldom, the newest picture is looked at all the same,
which takes all parts since the keyframe.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from media.part import Init, Part
from media.senses.turns import Waiting
from media.senses.wire import Channel, Job

QR_EVERY_US: Final = 900_000
"""An encoder that sends only keyframes is looked at about once a second."""

SCREEN_EVERY_US: Final = 3_500_000
"""With a keyframe every two seconds a word that appears is looked at within six."""

LATE_US: Final = 2_000_000
"""After so long without a keyframe a picture between two is looked at."""

GROUP_US_MAX: Final = 12_000_000
"""Of parts since a keyframe; later than that its pictures are not looked at, for they cost too much."""

GROUP_BYTES_MAX: Final = 24 * 1024 * 1024
SPEECH_WINDOW_US: Final = 5_000_000
SPEECH_OVERLAP_US: Final = 1_000_000
HOLE_US_MAX: Final = 500_000
"""Sound with a longer hole in it is two windows."""

_EVERY_US: Final[dict[Channel, int]] = {"qr": QR_EVERY_US, "screen": SCREEN_EVERY_US}


@dataclass(slots=True)
class Glances:
    """Which pictures of a room one channel looks at."""

    channel: Channel
    _looked_us: int | None = None
    _group: list[Part] = field(default_factory=list)
    """Since the newest keyframe; empty where a part is missing, or they are too many."""
    _group_bytes: int = 0

    def take(self, room_id: str, init: Init, part: Part) -> Waiting[Job] | None:
        """The picture to look at with this part, which is its job's last, or None."""
        if part.track != "video":
            return None
        self._gather(part)
        every_us = _EVERY_US[self.channel] if part.keyframe else max(LATE_US, _EVERY_US[self.channel])
        is_early = self._looked_us is not None and 0 <= part.pts_us - self._looked_us < every_us
        if is_early or not self._group:
            return None
        self._looked_us = part.pts_us
        return Waiting(room_id, Job(room_id, init.data, [each.data for each in self._group]), part.wall_us)

    def forget(self) -> None:
        """Let go of the parts that are held; the next keyframe is looked at again."""
        self._group, self._group_bytes = [], 0

    def _gather(self, part: Part) -> None:
        last = self._group[-1] if self._group else None
        if part.keyframe:
            self._group, self._group_bytes = [part], len(part.data)
        elif last is not None:
            follows = part.init_id == last.init_id and part.sequence == last.sequence + 1
            self._group_bytes += len(part.data)
            is_short = part.pts_us - self._group[0].pts_us < GROUP_US_MAX and self._group_bytes < GROUP_BYTES_MAX
            if follows and is_short:
                self._group.append(part)
            else:
                self._group = []


@dataclass(slots=True)
class Hearing:
    """The windows of a room's sound; each counts as received when its first new part was."""

    _init_id: int | None = None
    _new_since_us: int | None = None
    _parts: deque[Part] = field(default_factory=deque)

    def take(self, room_id: str, init: Init, part: Part) -> Waiting[Job] | None:
        """The window that is full with this part, or None."""
        if part.track != "audio":
            return None
        if part.init_id != self._init_id or (self._parts and abs(part.pts_us - self._end_us()) > HOLE_US_MAX):
            self._parts.clear()
            self._init_id, self._new_since_us = part.init_id, None
        self._parts.append(part)
        if self._new_since_us is None:
            self._new_since_us = part.wall_us
        if self._end_us() - self._parts[0].pts_us < SPEECH_WINDOW_US:
            return None
        full = Waiting(room_id, Job(room_id, init.data, [each.data for each in self._parts]), self._new_since_us)
        self._new_since_us = None
        keep_from_us = self._end_us() - SPEECH_OVERLAP_US
        while self._parts and self._parts[0].pts_us < keep_from_us:
            self._parts.popleft()
        return full

    def forget(self) -> None:
        """Let go of the parts that are held."""
        self._parts.clear()
        self._new_since_us = None

    def _end_us(self) -> int:
        return self._parts[-1].pts_us + self._parts[-1].duration_us


def windows_of(channel: Channel) -> Glances | Hearing:
    """What chooses a room's jobs for one channel."""
    return Hearing() if channel == "speech" else Glances(channel)
