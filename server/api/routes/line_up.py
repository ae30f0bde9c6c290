"""Edge: what a room's host means to show, in order."""

from __future__ import annotations

from typing import Any, Final

from commerce.refusals import Refused
from commerce.shelf.line_up import LineUpItem, add_to_line_up, drop_from_line_up, list_line_up, order_line_up
from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.line_up import LineUpItemView, LineUpOrder, LineUpView, NewLineUpItem


async def line_up(call: Call) -> Any:
    return _listed(await list_line_up(call.database, person_id=call.person_id, room_id=call.room.room_id))


async def add(call: Call) -> Any:
    body: NewLineUpItem = call.any_body
    if (body.product_id is None) == (body.job_id is None):
        return Problem("invalid", {"fields": {"body": "exactly_one_of_product_id_job_id"}})
    item = await add_to_line_up(
        call.database,
        person_id=call.person_id,
        room_id=call.room.room_id,
        product_id=body.product_id,
        job_id=body.job_id,
        now=call.now,
    )
    return item.to_json() if isinstance(item, LineUpItem) else item


async def drop(call: Call) -> Any:
    item_id = call.uuid("item_id")
    if item_id is None:
        return Problem("not_found")
    return await drop_from_line_up(
        call.database, person_id=call.person_id, room_id=call.room.room_id, item_id=item_id, now=call.now
    )


async def order(call: Call) -> Any:
    body: LineUpOrder = call.any_body
    ordered = await order_line_up(
        call.database, person_id=call.person_id, room_id=call.room.room_id, item_ids=body.item_ids, now=call.now
    )
    return ordered if isinstance(ordered, Refused) else _listed(ordered)


def _listed(items: list[LineUpItem]) -> dict[str, Any]:
    return {"items": [item.to_json() for item in items]}


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/rooms/{slug}/line-up",
        name="getLineUp",
        summary="What the host means to show, in order",
        who="host",
        handler=line_up,
        answer=LineUpView,
    ),
    Route(
        method="POST",
        path="/api/rooms/{slug}/line-up",
        name="addToLineUp",
        summary="Put a product or a job at the end; one that is there already stays where it is",
        who="host",
        handler=add,
        body=NewLineUpItem,
        answer=LineUpItemView,
        status=201,
        codes=("limit_reached",),
    ),
    Route(
        method="DELETE",
        path="/api/rooms/{slug}/line-up/{item_id}",
        name="dropFromLineUp",
        summary="Take an item out, and its card off the screen",
        who="host",
        handler=drop,
        status=204,
    ),
    Route(
        method="PUT",
        path="/api/rooms/{slug}/line-up/order",
        name="orderLineUp",
        summary="Put the line-up in another order; cards on screen move along",
        who="host",
        handler=order,
        body=LineUpOrder,
        answer=LineUpView,
    ),
]
