"""Core: RTMP's 32-bit millisecond timestamps as one growing count.

The wire's timestamp wraps after 49.7 days, and audio and video interleave a little out of order around the wrap; each
timestamp is therefore read as the value nearest to the last one. That the encoder's clock jumps is not repaired here:
the room's timeline owns that rule and needs to see the jump.

Source: Adobe's Real Time Messaging Protocol (rtmp_specification_1.0), section 4 (serial arithmetic).
"""

from __future__ import annotations

WRAP_MS = 1 << 32
_HALF_MS = 1 << 31


class UnwrappedClock:
    """The count for one session, shared by its audio, video and data; never negative."""

    __slots__ = ("_last_ms",)

    def __init__(self) -> None:
        self._last_ms = -1

    def unwrap(self, timestamp_ms: int) -> int:
        """The 64-bit count of `timestamp_ms` (0 to 2^32 - 1)."""
        assert 0 <= timestamp_ms < WRAP_MS
        if self._last_ms < 0:
            self._last_ms = timestamp_ms
            return timestamp_ms
        step_ms = (timestamp_ms - self._last_ms + _HALF_MS) % WRAP_MS - _HALF_MS
        if self._last_ms + step_ms < 0:
            step_ms += WRAP_MS
        self._last_ms += step_ms
        return self._last_ms
