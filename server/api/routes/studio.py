"""Edge: the host's studio: rooms of one's own, and how their streams do."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from commerce.jobs.posts import list_posts
from commerce.shelf.line_up import LineUpItem, list_line_up
from commerce.shelf.paid_prices import paid_prices
from moderation.cases.reading import is_removed_card
from moderation.verdict import Category, Role, Utterance
from server.api import pre_stream
from server.api.call import Call
from server.api.publish_url import publish_url
from server.api.route import Route
from server.api.routes.rooms import room_views
from server.api.schemas.pre_stream import PreStreamReport
from server.api.schemas.studio import HealthView, MyRoomList
from server.api.stream_health import stream_health
from server.claims.goods import goods_of_product, sku_ids
from server.people.on_air import was_on_air


async def my_rooms(call: Call) -> Any:
    rooms = await call.services.rooms.rooms_of(call.person_id)
    views = await room_views(call, rooms)
    address = publish_url(call.request.headers.get("Host", ""), call.services.rtmp_port)
    return {
        "rooms": [
            {**view, "state": room.state, "org_id": str(room.org_id), "publish_url": address}
            for room, view in zip(rooms, views, strict=True)
        ]
    }


async def health(call: Call) -> Any:
    return stream_health(call.services.air_of(call.room.room_id), call.now)


async def pre_stream_report(call: Call) -> Any:
    """Between two items it lets others go first: a hundred long descriptions take the filter a while."""
    room, decide_text = call.room, call.services.decide_text
    heard = call.services.air_of(room.room_id)
    on_air = heard is not None and heard.air.on_air
    items = await list_line_up(call.database, person_id=call.person_id, room_id=room.room_id)
    products = [item.product for item in items if item.product is not None]
    paid = await paid_prices(call.database, room_id=room.room_id, sku_ids=sku_ids(products), now=call.now)
    goods = {product["product_id"]: goods_of_product(product, paid) for product in products}
    posts = {}
    if any(item.job is not None for item in items):
        listed = await list_posts(call.database, person_id=call.person_id, org_id=room.org_id)
        posts = {str(post.job_id): post for post in listed}

    def decide(role: Role) -> pre_stream.DecideField:
        return lambda text: decide_text(Utterance(text, role, Category(room.kind)), time.monotonic())

    checked = [
        pre_stream.check_title(room, decide(Role.TITLE), list(goods.values())),
        pre_stream.check_organisation(room, decide(Role.TITLE)),
        pre_stream.check_stream_key(on_air=on_air, was_on_air=await was_on_air(call.database, room.room_id)),
        pre_stream.check_schedule(room, call.now, on_air=on_air),
        pre_stream.check_line_up(items),
    ]
    for item in items:
        given: dict[str, Any] = {"item_id": str(item.item_id), "removed": await _is_removed(call, item)}
        if item.product is not None:
            about = goods[item.product["product_id"]]
            checked.append(pre_stream.check_product(item.product, about, decide(Role.CARD), **given))
        elif item.job is not None and (post := posts.get(item.job["job_id"])) is not None:
            checked.append(pre_stream.check_job(post.draft, post.state, decide(Role.CARD), call.now, **given))
        await asyncio.sleep(0)
    return pre_stream.report(checked, call.now)


async def _is_removed(call: Call, item: LineUpItem) -> bool:
    """Whether a moderator took off in this room what shows the same."""
    shows = {"kind": "job", **(item.job or {})} if item.product is None else {"kind": "product", **item.product}
    async with call.database.transaction() as connection:
        return await is_removed_card(connection, room_id=call.room.room_id, card=shows)


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/me/rooms",
        name="listMyRooms",
        summary="The rooms that the person hosts",
        who="person",
        handler=my_rooms,
        answer=MyRoomList,
    ),
    Route(
        method="GET",
        path="/api/rooms/{slug}/health",
        name="getHealth",
        summary="How the room's stream does",
        who="host",
        handler=health,
        answer=HealthView,
    ),
    Route(
        method="GET",
        path="/api/rooms/{slug}/pre-stream-report",
        name="getPreStreamReport",
        summary="What is to be put right before the show: words, claims of stock and price, what is missing",
        who="host",
        handler=pre_stream_report,
        answer=PreStreamReport,
    ),
]
