"""Core: how much of the picture a slow viewer is sent: all of it, keyframes only, or none beside the sound.

Theory of operation. What tells of a line is whether the video lane overflowed (it had to skip ahead) and whether, when
the next part came, everything before it was gone. A second overflow within some seconds is one step down, as is any
overflow that follows soon after a climb or on a lower step. A line that kept up for a while is tried one step higher;
a climb that fails makes the next one wait longer, so that a viewer is not thrown up and down for ever.
"""

from __future__ import annotations

import enum
import math
from typing import Final

OVERFLOWS_WITHIN_S: Final = 10.0
"""Two overflows within this are not a hiccup."""
CLIMB_AFTER_S: Final = 4.0
"""How long a line has to keep up before it is tried one step higher."""
CLIMB_AFTER_S_MAX: Final = 60.0


class Level(enum.IntEnum):
    """What of the video lane is sent."""

    FULL = 0
    KEYFRAMES_ONLY = 1
    SOUND_ONLY = 2


class Ladder:
    """One viewer's level. It outlives the viewer's backlog, so that a line is known by its past."""

    __slots__ = ("_climb_after_s", "_climbed_at", "_overflowed_at", "_since", "level")

    def __init__(self) -> None:
        self.level = Level.FULL
        self._climb_after_s = CLIMB_AFTER_S
        self._climbed_at = -math.inf
        self._overflowed_at = -math.inf
        self._since: float | None = None  # when the line was first seen to keep up

    def overflowed(self, now: float) -> bool:
        """The video lane had to skip ahead. True when that is a step down."""
        self._since = None
        again = now - self._overflowed_at <= OVERFLOWS_WITHIN_S
        climb_failed = now - self._climbed_at <= OVERFLOWS_WITHIN_S
        self._overflowed_at = now
        if self.level is Level.SOUND_ONLY or not (again or climb_failed or self.level):
            return False
        self._climb_after_s = min(2 * self._climb_after_s, CLIMB_AFTER_S_MAX) if climb_failed else CLIMB_AFTER_S
        self.level = Level(self.level + 1)
        return True

    def video_came(self, now: float, *, keeps_up: bool) -> bool:
        """A part of video is about to be offered; `keeps_up`: nothing waits. True when that is a step up."""
        if self.level is Level.FULL or not keeps_up:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        if now - self._since < self._climb_after_s:
            return False
        self.level = Level(self.level - 1)
        self._since, self._climbed_at = None, now
        return True
