"""The line-up, pins and product edits over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from server.api.schemas.catalogue import ProductView
from server.api.schemas.line_up import LineUpItemView, LineUpView
from server.api.schemas.rooms import CardView
from server.database.database import Database
from tests.http_edge import Answer, Edge, open_edge

WECHAT = "加我微信 abc12345 领红包"


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


def fits(answer: Answer, kind: type) -> Any:
    assert answer.status < 300, answer
    msgspec.convert(answer.body, kind)
    return answer.body


async def product(edge: Edge, token: str, slug: str, title: str) -> str:
    room = await edge.services.rooms.room_by_slug(slug)
    assert room is not None
    skus = [{"name": "五斤装", "price_minor": 2990, "currency": "CNY", "on_hand": 100}]
    body = {"org_id": str(room.org_id), "title": title, "skus": skus}
    made = fits(await edge.call("POST", "/api/products", body, token=token, key=title), ProductView)
    product_id: str = made["product_id"]
    return product_id


async def test_a_host_lines_up_orders_pins_and_drops(edge: Edge) -> None:
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    ids = [await product(edge, host, "apples", title) for title in ("苹果", "梨", "桃")]
    path = "/api/rooms/apples/line-up"
    items = []
    for product_id in ids:
        items.append(fits(await edge.call("POST", path, {"product_id": product_id}, token=host), LineUpItemView))
    again = await edge.call("POST", path, {"product_id": ids[0]}, token=host)
    assert again.body == items[0]
    assert [item["position"] for item in items] == [1, 2, 3]
    assert items[0]["product"]["skus"][0]["available"] == 100

    order = {"item_ids": [items[2]["item_id"], items[0]["item_id"], items[1]["item_id"]]}
    ordered = fits(await edge.call("PUT", f"{path}/order", order, token=host), LineUpView)
    assert [item["product"]["title"] for item in ordered["items"]] == ["桃", "苹果", "梨"]
    assert fits(await edge.call("GET", path, token=host), LineUpView) == ordered

    cards = []
    for number, product_id in enumerate(ids):
        answer = await edge.call(
            "POST", "/api/rooms/apples/cards", {"product_id": product_id}, token=host, key=f"c{number}"
        )
        cards.append(fits(answer, CardView))
    card_path = f"/api/rooms/apples/cards/{cards[1]['card_id']}"
    pinned = fits(await edge.call("PATCH", card_path, {"pinned": True, "explaining": True}, token=host), CardView)
    assert (pinned["pinned"], pinned["explaining"], pinned["position"]) == (True, True, 3)
    room = (await edge.call("GET", "/api/rooms/apples")).body
    assert [card["title"] for card in room["cards"]] == ["梨", "桃", "苹果"]
    listed = (await edge.call("GET", path, token=host)).body["items"]
    assert [(item["pinned"], item["explaining"]) for item in listed] == [(False, False), (False, False), (True, True)]

    assert (await edge.call("DELETE", f"{path}/{items[1]['item_id']}", token=host)).status == 204
    room = (await edge.call("GET", "/api/rooms/apples")).body
    assert [card["title"] for card in room["cards"]] == ["桃", "苹果"]
    for gone in (items[1]["item_id"], "none", str(uuid4())):
        assert (await edge.call("DELETE", f"{path}/{gone}", token=host)).code == "not_found"


async def test_line_ups_that_cannot_be(edge: Edge) -> None:
    host, other = await edge.sign_up("host"), await edge.sign_up("other")
    await edge.open_room(host, "apples")
    await edge.open_room(other, "pears")
    mine = await product(edge, host, "apples", "苹果")
    path = "/api/rooms/apples/line-up"
    body: dict[str, Any] | None
    for body in ({}, {"product_id": mine, "job_id": mine}):
        assert (await edge.call("POST", path, body, token=host)).code == "invalid"
    assert (await edge.call("POST", path, {"product_id": str(uuid4())}, token=host)).code == "not_found"
    assert (await edge.call("POST", "/api/rooms/pears/line-up", {"product_id": mine}, token=other)).code == "not_found"
    strange = await edge.call("PUT", f"{path}/order", {"item_ids": [str(uuid4())]}, token=host)
    assert strange.body["fields"] == {"item_ids": "unknown"}
    for method, of, body in (
        ("GET", "", None),
        ("POST", "", {"product_id": mine}),
        ("PUT", "/order", {"item_ids": []}),
        ("DELETE", f"/{uuid4()}", None),
    ):
        assert (await edge.call(method, path + of, body, token=other)).code == "not_allowed"


async def test_a_product_is_edited_by_its_own_people_and_read_by_the_filter(edge: Edge) -> None:
    host, other = await edge.sign_up("host"), await edge.sign_up("other")
    await edge.open_room(host, "apples")
    product_id = await product(edge, host, "apples", "苹果")
    path = f"/api/products/{product_id}"
    edit = {"title": "静宁苹果", "image_url": "/photos/a.webp", "promise": "坏果包赔"}
    changed = fits(await edge.call("PATCH", path, edit, token=host), ProductView)
    assert {name: changed[name] for name in edit} == edit
    assert fits(await edge.call("PATCH", path, {"image_url": None}, token=host), ProductView)["image_url"] is None
    assert (await edge.call("PATCH", path, {"promise": WECHAT}, token=host)).code == "filtered"
    assert (await edge.call("PATCH", path, {"description": "联系 138"}, token=host)).status == 200
    assert (await edge.call("PATCH", path, {"origin": "00138000"}, token=host)).code == "filtered"
    for elsewhere in ("http://x/y", "https://x/photos/y.webp", "//x/photos/y", "javascript:alert(1)", "/orders"):
        refused = await edge.call("PATCH", path, {"image_url": elsewhere}, token=host)
        assert refused.body["fields"] == {"image_url": "not_uploaded"}
    assert (await edge.call("PATCH", path, {"state": "gone"}, token=host)).code == "invalid"
    assert (await edge.call("PATCH", path, edit, token=other)).code == "not_found"
    assert (await edge.call("PATCH", "/api/products/x", edit, token=host)).code == "not_found"
    ended = fits(await edge.call("PATCH", path, {"state": "withdrawn"}, token=host), ProductView)
    assert ended["state"] == "withdrawn"
