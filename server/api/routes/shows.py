"""Edge: a room's orders and shows, for its host."""

from __future__ import annotations

from typing import Any, Final

from commerce.order.delivery import addresses_of
from commerce.refusals import Refused
from commerce.show.summaries import list_room_orders, list_shows
from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.shows import BeforeOrder, RoomOrders, ShowList, ShowSummaryView
from server.api.show_ending import finish_show

PAID: Final = "paid"


async def room_orders(call: Call) -> Any:
    query: BeforeOrder = call.any_query
    room_id = call.room.room_id
    listed = await list_room_orders(call.database, person_id=call.person_id, room_id=room_id, before=query.before)
    if isinstance(listed, Refused):
        return listed
    paid = [order["order_id"] for order in listed.orders if order["state"] == PAID]
    addresses = await addresses_of(
        call.services.database, call.services.data_key, person_id=call.person_id, order_ids=paid
    )
    return {
        "orders": [{**order, "address": addresses.get(order["order_id"])} for order in listed.orders],
        "totals": listed.totals.to_json(),
        "next_before": listed.next_before,
    }


async def shows(call: Call) -> Any:
    listed = await list_shows(call.database, person_id=call.person_id, room_id=call.room.room_id, now=call.now)
    return listed if isinstance(listed, Refused) else {"shows": [show.to_json() for show in listed]}


async def end(call: Call) -> Any:
    show_id = await finish_show(call)
    if isinstance(show_id, Refused):
        return show_id
    listed = await list_shows(
        call.database,
        person_id=call.person_id,
        room_id=call.room.room_id,
        now=call.services.now(),
        show_id=show_id,
    )
    if isinstance(listed, Refused):
        return listed
    return listed[0].to_json() if listed else Problem("not_found")


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/rooms/{slug}/orders",
        name="listRoomOrders",
        summary="The room's orders, newest first, and what they come to",
        who="host",
        handler=room_orders,
        query=BeforeOrder,
        answer=RoomOrders,
    ),
    Route(
        method="GET",
        path="/api/rooms/{slug}/shows",
        name="listShows",
        summary="The room's shows, newest first, with what each brought",
        who="host",
        handler=shows,
        answer=ShowList,
    ),
    Route(
        method="POST",
        path="/api/rooms/{slug}/show/end",
        name="endShow",
        summary="End the show: the publisher is put off the air, cards leave the screen, the summary is answered",
        who="host",
        handler=end,
        body=Nothing,
        answer=ShowSummaryView,
        codes=("wrong_state",),
    ),
]
