"""Core: what waits to be read: of each room only the newest, the room that waits longest first.

Reading is slower than filming where many rooms are watched. What was not read when something newer of the same room
came is dropped and counted, so that what is read is never old, and no room starves another.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

ROOMS_MAX: Final = 1_000
"""Rooms that may wait at once; of more, the one that waits longest is dropped."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waiting(Generic[T]):
    """Something to read, and when what is new in it began to arrive."""

    room_id: str
    what: T
    received_us: int
    """Unix time."""


class Turns(Generic[T]):
    """The queue of one channel."""

    def __init__(self, *, rooms_max: int = ROOMS_MAX) -> None:
        self._rooms_max = rooms_max
        self._waiting: OrderedDict[str, Waiting[T]] = OrderedDict()
        self.dropped = 0
        """Since the start."""

    def __len__(self) -> int:
        return len(self._waiting)

    def offer(self, waiting: Waiting[T]) -> None:
        """Something newer of a room: it takes the place of what waits, in its turn."""
        if waiting.room_id in self._waiting:
            self.dropped += 1
        elif len(self._waiting) >= self._rooms_max:
            self._waiting.popitem(last=False)
            self.dropped += 1
        self._waiting[waiting.room_id] = waiting

    def take(self) -> Waiting[T] | None:
        """What is to be read next."""
        return self._waiting.popitem(last=False)[1] if self._waiting else None

    def forget(self, room_id: str) -> None:
        """The room is off the air."""
        self._waiting.pop(room_id, None)
