"""Core: in which order the lobby shows rooms: those on air with most viewers first, then those that begin soonest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from server.api.services import RoomLive
from server.people.rooms import LATE_MAX, Room

_ON_AIR: Final = 0
_ANNOUNCED: Final = 1
_QUIET: Final = 2


def lobby_order(rooms: Sequence[Room], live: Mapping[UUID, RoomLive], now: datetime) -> list[Room]:
    """The rooms as the lobby shows them; those that are neither on air nor announced keep their order, at the end."""

    def rank(room: Room) -> tuple[int, float]:
        at_this_moment = live.get(room.room_id)
        if at_this_moment is not None and at_this_moment.on_air:
            return _ON_AIR, -at_this_moment.viewers
        if room.scheduled_at is not None and room.scheduled_at > now - LATE_MAX:
            return _ANNOUNCED, room.scheduled_at.timestamp()
        return _QUIET, 0.0

    return sorted(rooms, key=rank)
