"""Edge: ending a show: its publisher is put off the air, then its counts are written down, then its books are closed.

In this order, so that the room's owner, which begins a show for whoever is on air, does not begin another one. Each
step may fail alone: a media worker that is away leaves the publisher on air, and the books are closed all the same;
what the publisher then still sends belongs to no show.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Final
from uuid import UUID

import msgspec

from commerce.refusals import NOT_FOUND, Refused
from commerce.show.books import end_show, write_tally
from commerce.show.summaries import is_of_room
from server.api.call import Call
from server.api.services import Services
from server.bus.errors import BusError
from server.live import topics
from server.live.rooms.show_count import as_tally
from server.live.topics import MediaEnd, ShowTally, TallyRequest

log = logging.getLogger("jishi.shows")

OFF_AIR_TRIES: Final = 3
OFF_AIR_WAIT_S: Final = 0.8
"""How long each try is given; the media worker tells at once."""
OWNER_TIMEOUT_S: Final = 1.0
REASON: Final = "its host has ended this show; start streaming again with the same key for a new one"


async def finish_show(call: Call) -> UUID | Refused:
    """End the room's show; its id. Refused: not_found, wrong_state."""
    room_id = call.room.room_id
    if not await is_of_room(call.database, person_id=call.person_id, room_id=room_id):
        return Refused(NOT_FOUND)
    if not await _put_off_air(call.services, room_id):
        log.warning("the publisher of %s could not be put off the air", room_id, extra={"room_id": str(room_id)})
    await _count_once_more(call.services, room_id)
    return await end_show(call.database, person_id=call.person_id, room_id=room_id, now=call.services.now())


async def _put_off_air(services: Services, room_id: UUID) -> bool:
    """Whether nobody publishes to the room any more."""
    off = asyncio.Event()

    def told(payload: bytes) -> None:
        air = topics.air_decoder.decode(payload)
        if air.room_id == str(room_id) and not air.on_air:
            off.set()

    heard = services.air_of(room_id)
    if heard is None or not heard.air.on_air:
        return True
    subscription = services.bus.subscribe(topics.MEDIA_AIR, told, _it_is_repeated)
    try:
        for _ in range(OFF_AIR_TRIES):
            services.bus.publish(topics.MEDIA_END, topics.encoder.encode(MediaEnd(str(room_id), REASON)))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(OFF_AIR_WAIT_S):
                    await off.wait()
                return True
    finally:
        subscription.cancel()
    return False


def _it_is_repeated() -> None:
    """What was missed is told again within seconds."""


async def _count_once_more(services: Services, room_id: UUID) -> None:
    """Put down what the owner has counted by now; without it the books are a few seconds old."""
    question = topics.encoder.encode(TallyRequest())
    try:
        answer = topics.answer_decoder.decode(
            await services.requests.ask(topics.room_ask(str(room_id)), question, timeout_s=OWNER_TIMEOUT_S)
        )
    except (BusError, msgspec.DecodeError) as trouble:
        log.info("no last count of %s: %s", room_id, trouble, extra={"room_id": str(room_id)})
        return
    if isinstance(answer, ShowTally):
        await write_tally(services.database, show_id=UUID(answer.show_id), epoch=answer.epoch, tally=as_tally(answer))
