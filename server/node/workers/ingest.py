"""Edge: what hosts send, onto the bus: one media stream and one window per room that has been on air.

Parts go out on the room's media topic as they are cut. An edge worker that begins to follow a room asks for what it
missed, and the room's window is published again; receivers know what they have by its sequence. Whether a room is on
air is told on every change and repeated, so that an owner that starts later knows it soon.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import math
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from media.part import INIT_ID_BITS, Part, Rejected
from media.rtmp.contract import Admitted, Publisher, Refused
from media.rtmp.decisions import MediaMessage
from media.rtmp.replies import DENIED, REJECTED
from media.stream import Item, Stream
from media.window import Window
from server.bus.contract import Bus, Subscription
from server.database.database import Database
from server.live import topics
from server.live.media_frames import encode_media
from server.people.stream_keys import stream_key_hash

log = logging.getLogger("jishi.ingest")

AIR_REPEAT_S: Final = 2.0
GRACE_S: Final = 30.0
"""How long a room whose host has dropped keeps its last picture for those who join."""
ENDED_BAR_S: Final = 15.0
"""How long a room whose show was ended takes no encoder: one that comes back by itself is told to stop, and does."""
PARTS_PER_S_MAX: Final = 50
"""A restarted worker numbers its parts from the clock, so that they follow those of the one before it."""


@dataclass(slots=True)
class _OnAir:
    """One room's stream since this worker first saw a publisher of it."""

    stream: Stream
    window: Window
    publisher: Publisher | None = None
    since_us: int = 0
    closed_at: float = 0.0
    barred_until: float = 0.0


class StreamKeys:
    """Admission by stream key, as PostgreSQL has them."""

    def __init__(self, database: Database, ingest: Ingest) -> None:
        self._database = database
        self._ingest = ingest
        self._publishers = 0

    async def admit(self, app: str, stream_key: str, peer: str) -> Admitted | Refused:
        """Let the holder of an open room's key publish in it."""
        async with self._database.transaction(platform=True) as connection:
            room = await connection.fetchrow(
                "SELECT room_id, state, created_at FROM people.room WHERE stream_key_hash = $1",
                stream_key_hash(stream_key),
            )
        if room is None:
            return Refused("this stream key is not known here: copy it again from the room's page, without spaces")
        if room["state"] != "open":
            return Refused("this room is closed")
        room_id = str(room["room_id"])
        if (wait_s := self._ingest.barred_s(room_id)) > 0:
            again = f"its host has just ended this show; for a new one start streaming again in {math.ceil(wait_s)} s"
            return Refused(again, REJECTED)
        self._publishers += 1
        self._ingest.expect(room_id, began_us=int(room["created_at"].timestamp() * 1_000_000))
        return Admitted(room_id, self._publishers)


class Ingest:
    """The sink of the RTMP server."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rooms: dict[str, _OnAir] = {}
        self._subscriptions: list[Subscription] = []
        self.parts = 0
        self.rejected = 0

    def start(self) -> None:
        """Answer those who want a room's window, and those who end its show."""
        self._subscriptions = [
            self._bus.subscribe(topics.MEDIA_WANT, self._wanted, _nothing_to_do),
            self._bus.subscribe(topics.MEDIA_END, self._ended, _nothing_to_do),
        ]

    async def run(self) -> None:
        """Repeat which rooms are on air, and forget those long gone, until cancelled."""
        while True:
            await asyncio.sleep(AIR_REPEAT_S)
            self.repeat(asyncio.get_running_loop().time())

    def repeat(self, now: float) -> None:
        """Tell of every room whether it is on air, and forget the last picture of those long gone."""
        for room_id, room in self._rooms.items():
            self._tell_air(room_id, room)
            if room.publisher is None and room.closed_at < now - GRACE_S:
                room.window.forget_parts()

    def on_air(self) -> int:
        """How many rooms have a publisher now."""
        return sum(room.publisher is not None for room in self._rooms.values())

    def barred_s(self, room_id: str) -> float:
        """How long the room takes no encoder, since its show was ended; 0 when it does."""
        room = self._rooms.get(room_id)
        return 0.0 if room is None else max(0.0, room.barred_until - asyncio.get_running_loop().time())

    def expect(self, room_id: str, *, began_us: int) -> None:
        """Make the room's stream, if it has none yet; its timeline counts from `began_us`.

        The room's own beginning, so that media time goes on where it was when this worker has been restarted.
        """
        if room_id not in self._rooms:
            stream = Stream(
                first_init_id=secrets.randbits(INIT_ID_BITS - 1),
                first_sequence=int(time.time() * PARTS_PER_S_MAX),
                began_us=began_us,
            )
            self._rooms[room_id] = _OnAir(stream, Window())

    # ---- PublisherSink -----------------------------------------------------------------------------------------------

    def opened(self, room_id: str, publisher: Publisher) -> None:
        room = self._rooms[room_id]
        room.publisher, room.since_us = publisher, _wall_us()
        self._publish(room_id, room, room.stream.publisher_opened(_wall_us()))
        self._tell_air(room_id, room)
        log.info("on air: %s with %s", room_id, publisher.software or "an unnamed encoder", extra={"room_id": room_id})

    def message(self, room_id: str, publisher_id: int, message: MediaMessage, now: float) -> None:
        room = self._rooms[room_id]
        self._publish(
            room_id, room, room.stream.feed_message(message.kind, message.timestamp_ms, message.payload, _wall_us())
        )

    def closed(self, room_id: str, publisher_id: int, reason: str) -> None:
        room = self._rooms[room_id]
        self._publish(room_id, room, room.stream.publisher_closed(_wall_us()))
        room.publisher, room.since_us = None, _wall_us()
        room.closed_at = asyncio.get_running_loop().time()
        self._tell_air(room_id, room)
        log.info("off air: %s (%s)", room_id, reason, extra={"room_id": room_id})

    # ---- Onto the bus ------------------------------------------------------------------------------------------------

    def _publish(self, room_id: str, room: _OnAir, items: list[Item] | list[Part]) -> None:
        for item in items:
            if isinstance(item, Rejected):
                self.rejected += 1
                log.warning("left out of %s: %s", room_id, item.reason, extra={"room_id": room_id})
                if item.fatal and room.publisher is not None:
                    room.publisher.close(DENIED, item.reason)
                    return
            elif room.window.add(item):
                self.parts += isinstance(item, Part)
                self._bus.publish(topics.media(room_id), encode_media(item))

    def _wanted(self, payload: bytes) -> None:
        room_id = payload.decode()
        if (room := self._rooms.get(room_id)) is not None:
            for item in room.window.snapshot():
                self._bus.publish(topics.media(room_id), encode_media(item))

    def _ended(self, payload: bytes) -> None:
        end = topics.end_decoder.decode(payload)
        room = self._rooms.get(end.room_id)
        if room is None or room.publisher is None:
            return
        room.barred_until = asyncio.get_running_loop().time() + ENDED_BAR_S
        room.publisher.close(REJECTED, end.reason)

    def _tell_air(self, room_id: str, room: _OnAir) -> None:
        health: dict[str, Any] = dataclasses.asdict(room.stream.health(_wall_us()))
        air = topics.MediaAir(room_id, room.publisher is not None, room.since_us, health)
        self._bus.publish(topics.MEDIA_AIR, topics.encoder.encode(air))


def _wall_us() -> int:
    return time.time_ns() // 1000


def _nothing_to_do() -> None:
    """An edge worker that gets no window asks again when its next viewer comes."""
