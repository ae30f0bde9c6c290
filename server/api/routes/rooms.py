"""Edge: rooms as the lobby and a visitor see them, and what their hosts put on screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from msgspec import UNSET

from commerce.refusals import ALREADY_SHOWN
from commerce.refusals import Refused as CommerceRefused
from commerce.shelf.cards import StateItem, shown_texts, stock_key
from commerce.shelf.line_up import list_line_up
from commerce.shelf.room_state import load, load_rooms
from commerce.shelf.showcase import Offer, explain_card, list_cards, pin_card, preview_card, push_card, withdraw_card
from moderation.cases.reading import is_removed_card
from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.lobby import LOBBY
from server.api.lobby_order import lobby_order
from server.api.publish_url import publish_url
from server.api.route import Route
from server.api.schemas.rooms import (
    CardView,
    ChangeCard,
    ChangeRoom,
    NewRoom,
    PushCard,
    RoomList,
    RoomView,
    StreamKeyView,
)
from server.api.services import RoomLive
from server.claims.flagging import makes_claims
from server.claims.goods import goods_of_product, goods_of_room
from server.people.refusals import Refused
from server.people.room_opening import open_room
from server.people.rooms import Room

STOCK_PREFIX: Final = stock_key("")
NOBODY: Final = RoomLive(on_air=False, viewers=0)


async def list_rooms(call: Call) -> Any:
    async def load_lobby() -> dict[str, Any]:
        rooms = await call.services.rooms.lobby_rooms(now=call.now)
        live = await call.services.rooms_live([room.room_id for room in rooms])
        return {"rooms": await room_views(call, lobby_order(rooms, live, call.now), live)}

    return await call.request.app[LOBBY].fetch(load_lobby)


async def get_room(call: Call) -> Any:
    return (await room_views(call, [call.room]))[0]


async def new_room(call: Call) -> Any:
    body: NewRoom = call.any_body
    if refused := call.filter_refusal([body.title, body.slug or ""], Role.TITLE, Category.ANY):
        return refused
    room = await open_room(
        call.database,
        person_id=call.person_id,
        org_id=body.org_id,
        title=body.title,
        slug=body.slug,
        scheduled_at=body.scheduled_at,
        now=call.now,
    )
    if isinstance(room, Refused):
        return room
    await call.queue_flagged("title", room.room_id, room=room)
    return (await room_views(call, [room], {}))[0]


async def change_room(call: Call) -> Any:
    body: ChangeRoom = call.any_body
    if body.title is not None and (refused := call.filter_refusal([body.title], Role.TITLE, Category(call.room.kind))):
        return refused
    rooms = call.services.rooms
    refusal = await rooms.change(
        call.room.room_id,
        person_id=call.person_id,
        title=body.title,
        reschedule=body.scheduled_at is not UNSET,
        scheduled_at=None if body.scheduled_at is UNSET else body.scheduled_at,
        now=call.now,
    )
    if refusal is not None:
        return refusal
    if body.title is not None and makes_claims([body.title]):
        items = await list_line_up(call.database, person_id=call.person_id, room_id=call.room.room_id)
        call.doubt_claims([body.title], None, [goods_of_product(item.product) for item in items if item.product])
    await call.queue_flagged("title", call.room.room_id, room=call.room)
    changed = await rooms.room_by_slug(call.room.slug)
    assert changed is not None
    return (await room_views(call, [changed]))[0]


async def replace_stream_key(call: Call) -> Any:
    """Not under a key: the answer would have to be kept, and a stream key is shown once."""
    stream_key = await call.services.rooms.replace_stream_key(call.room.room_id, person_id=call.person_id)
    if isinstance(stream_key, Refused):
        return stream_key
    address = publish_url(call.request.headers.get("Host", ""), call.services.rtmp_port)
    return {"stream_key": stream_key, "publish_url": address}


async def push(call: Call) -> Any:
    body: PushCard = call.any_body
    if [body.product_id, body.job_id, body.title].count(None) != 2:
        return Problem("invalid", {"fields": {"body": "exactly_one_of_product_id_job_id_title"}})
    offer = Offer(body.product_id, body.job_id, body.title, body.subtitle if body.title is not None else None)
    where: dict[str, Any] = {"person_id": call.person_id, "room_id": call.room.room_id}
    card = await preview_card(call.database, offer=offer, now=call.now, **where)
    if isinstance(card, CommerceRefused):
        return card
    if problem := call.filter_refusal(shown_texts(card), Role.CARD, Category(call.room.kind)):
        return problem
    async with call.database.transaction() as connection:
        if await is_removed_card(connection, room_id=call.room.room_id, card=card):
            return Problem("removed")
    pushed = await push_card(call.database, offer=offer, explaining=body.explaining, now=call.now, **where)
    if isinstance(pushed, CommerceRefused) and pushed.code == ALREADY_SHOWN and body.explaining:
        card_id = pushed.facts["card_id"]
        refused = await explain_card(call.database, card_id=UUID(card_id), explaining=True, now=call.now, **where)
        return refused or await _shown(call, card_id)
    if not isinstance(pushed, CommerceRefused):
        texts = list(shown_texts(pushed))
        if makes_claims(texts):
            state = {key: value for key, _, value in await load(call.database, call.room.room_id)}
            call.doubt_claims(texts, *goods_of_room(state, of_card=pushed["card_id"]))
        await call.queue_flagged("card", UUID(pushed["card_id"]), room=call.room, card=pushed)
    return pushed


async def change_card(call: Call) -> Any:
    body: ChangeCard = call.any_body
    card_id = call.uuid("card_id")
    if card_id is None:
        return Problem("not_found")
    where: dict[str, Any] = {"person_id": call.person_id, "room_id": call.room.room_id, "card_id": card_id}
    if body.pinned is not None and (
        refused := await pin_card(call.database, pinned=body.pinned, now=call.now, **where)
    ):
        return refused
    if body.explaining is not None and (
        refused := await explain_card(call.database, explaining=body.explaining, now=call.now, **where)
    ):
        return refused
    return await _shown(call, str(card_id))


async def withdraw(call: Call) -> Any:
    card_id = call.uuid("card_id")
    if card_id is None:
        return Problem("not_found")
    return await withdraw_card(
        call.database, person_id=call.person_id, room_id=call.room.room_id, card_id=card_id, now=call.now
    )


async def _shown(call: Call, card_id: str) -> Any:
    cards = await list_cards(call.database, room_id=call.room.room_id)
    return next((card for card in cards if card["card_id"] == card_id), Problem("not_found"))


async def room_views(
    call: Call, rooms: Sequence[Room], live: Mapping[UUID, RoomLive] | None = None
) -> list[dict[str, Any]]:
    """Rooms as `RoomView`s; `live` where it is known already."""
    room_ids = [room.room_id for room in rooms]
    if live is None:
        live = await call.services.rooms_live(room_ids)
    items = await load_rooms(call.services.database, room_ids)
    return [_view(room, live.get(room.room_id, NOBODY), items[room.room_id]) for room in rooms]


def _view(room: Room, live: RoomLive, items: Sequence[StateItem]) -> dict[str, Any]:
    values = [(key, value) for key, _, value in items if value is not None]
    return {
        "room_id": str(room.room_id),
        "slug": room.slug,
        "kind": room.kind,
        "title": room.title,
        "host_id": str(room.host_id),
        "host_name": room.host_name,
        "org_name": room.org_name,
        "scheduled_at": room.scheduled_at,
        "on_air": live.on_air,
        "viewers": live.viewers,
        "likes": live.likes,
        "cards": [value for key, value in values if not key.startswith(STOCK_PREFIX)],
        "stock": {value["sku_id"]: value for key, value in values if key.startswith(STOCK_PREFIX)},
    }


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/rooms",
        name="listRooms",
        summary="The open rooms",
        who="anyone",
        handler=list_rooms,
        answer=RoomList,
    ),
    Route(
        method="GET",
        path="/api/rooms/{slug}",
        name="getRoom",
        summary="One room, with what it shows",
        who="anyone",
        handler=get_room,
        answer=RoomView,
    ),
    Route(
        method="POST",
        path="/api/rooms",
        name="createRoom",
        summary="Open a room of an organisation, as its owner or host",
        who="person",
        handler=new_room,
        body=NewRoom,
        answer=RoomView,
        status=201,
        codes=("filtered", "not_found", "slug_taken", "limit_reached"),
        keyed="by_api",
    ),
    Route(
        method="PATCH",
        path="/api/rooms/{slug}",
        name="changeRoom",
        summary="Rename a room, or announce when it begins",
        who="host",
        handler=change_room,
        body=ChangeRoom,
        answer=RoomView,
        codes=("filtered",),
    ),
    Route(
        method="POST",
        path="/api/rooms/{slug}/stream-key",
        name="replaceStreamKey",
        summary="A new stream key, shown once; the old one opens nothing from now on",
        who="host",
        handler=replace_stream_key,
        body=Nothing,
        answer=StreamKeyView,
        status=201,
    ),
    Route(
        method="POST",
        path="/api/rooms/{slug}/cards",
        name="pushCard",
        summary="Show a card, once the filter has read it",
        who="host",
        handler=push,
        body=PushCard,
        answer=CardView,
        status=201,
        codes=("filtered", "removed", "not_on_sale", "already_shown", "too_many_cards"),
        keyed="by_api",
    ),
    Route(
        method="PATCH",
        path="/api/rooms/{slug}/cards/{card_id}",
        name="changeCard",
        summary="Explain or pin a card, or stop doing so",
        who="host",
        handler=change_card,
        body=ChangeCard,
        answer=CardView,
    ),
    Route(
        method="DELETE",
        path="/api/rooms/{slug}/cards/{card_id}",
        name="withdrawCard",
        summary="Take a card off the screen",
        who="host",
        handler=withdraw,
        status=204,
    ),
]
