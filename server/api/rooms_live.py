"""Edge: what rooms are at this moment, for the lobby: asked of their owners over the bus, and remembered for a moment.

A lobby that many load asks each owner at most every `FRESH_S`; an owner that does not answer in time counts as a room
that is off the air, and nobody waits for it longer than that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from server.api.services import RoomLive
from server.bus.errors import BusError
from server.bus.requests import Requests
from server.live.topics import RoomSnapshot, SnapshotRequest, answer_decoder, encoder, room_ask

FRESH_S: Final = 1.5
ANSWER_TIMEOUT_S: Final = 0.5
ROOMS_REMEMBERED_MAX: Final = 2_000

_OFF_AIR: Final = RoomLive(on_air=False, viewers=0)


class AskedRooms:
    """Knows rooms by asking their owners; a `RoomsLive` when called."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._known: dict[UUID, tuple[RoomLive, float]] = {}

    async def __call__(self, room_ids: Sequence[UUID]) -> Mapping[UUID, RoomLive]:
        now_s = time.monotonic()
        stale = [room_id for room_id in room_ids if self._known.get(room_id, (None, 0.0))[1] <= now_s]
        for room_id, room in zip(stale, await asyncio.gather(*map(self._ask, stale)), strict=True):
            self._known[room_id] = (room, time.monotonic() + FRESH_S)
        answer = {room_id: self._known[room_id][0] for room_id in room_ids}
        while len(self._known) > ROOMS_REMEMBERED_MAX:
            del self._known[next(iter(self._known))]
        return answer

    async def _ask(self, room_id: UUID) -> RoomLive:
        try:
            answer = answer_decoder.decode(
                await self._requests.ask(
                    room_ask(str(room_id)), encoder.encode(SnapshotRequest()), timeout_s=ANSWER_TIMEOUT_S
                )
            )
        except (BusError, msgspec.DecodeError):
            return _OFF_AIR
        if not isinstance(answer, RoomSnapshot):
            return _OFF_AIR
        air = next((item.value for item in answer.items if item.key == "air"), None) or {}
        return RoomLive(on_air=bool(air.get("on_air")), viewers=answer.viewers, likes=answer.likes)
