"""The HTTP API on a real port and a real database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from commerce.payment.webhooks import sign
from server.api.app import ROUTES
from server.api.routes.people import REFRESH_COOKIE
from server.api.schemas.catalogue import CatalogueView, ProductView
from server.api.schemas.orders import OrderList, OrderView
from server.api.schemas.people import MeView, SessionView
from server.api.schemas.rooms import CardView, RoomList, RoomView
from server.bus.errors import RequestTimeout
from server.database.database import Database
from server.live.desk import Accepted
from server.live.topics import Refused
from server.people.accounts import REUSE_GRACE
from server.people.attempts import Attempts, Limit
from tests.http_edge import PASSWORD, WEBHOOK_SECRET, Answer, Edge, open_edge

APPLES = {
    "title": "红富士苹果",
    "origin": "陕西洛川",
    "promise": "坏果包赔",
    "skus": [{"name": "五斤装", "price_minor": 2990, "currency": "CNY", "on_hand": 100}],
}
WECHAT = "加我微信 abc12345 领红包"


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


def fits(answer: Answer, kind: type) -> Answer:
    """The answer's body is what the API's description says."""
    assert answer.status < 300, answer
    msgspec.convert(answer.body, kind)
    return answer


def cookie_of(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].split(";")[0].partition("=")[2]


# ---- Sessions --------------------------------------------------------------------------------------------------------


async def test_sign_up_in_and_out(edge: Edge) -> None:
    up = fits(
        await edge.call("POST", "/api/sign-up", {"login": "Wang", "display_name": "王芳", "password": PASSWORD}),
        SessionView,
    )
    assert up.status == 201
    cookie = up.headers["Set-Cookie"]
    assert cookie.startswith(f"{REFRESH_COOKIE}=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/api/session"))
    assert "Secure" not in cookie

    me = fits(await edge.call("GET", "/api/me", token=up.body["token"]), MeView)
    assert me.body["person"] == up.body["person"]
    assert me.body["person"]["login"] == "wang"
    assert me.headers["Cache-Control"] == "no-store"

    renewed = fits(await edge.call("POST", "/api/session/refresh"), SessionView)
    assert cookie_of(renewed) != cookie_of(up)
    assert (await edge.call("POST", "/api/session/sign-out")).status == 204
    assert (await edge.call("POST", "/api/session/refresh")).status == 204
    again = await edge.call(
        "POST", "/api/session/refresh", headers={"Cookie": f"{REFRESH_COOKIE}={cookie_of(renewed)}"}
    )
    assert again.code == "session_ended"

    fits(await edge.call("POST", "/api/sign-in", {"login": "wang", "password": PASSWORD}), SessionView)
    wrong = await edge.call("POST", "/api/sign-in", {"login": "wang", "password": "wrong password"})
    assert (wrong.status, wrong.code) == (401, "bad_credentials")


async def test_a_refresh_token_used_twice_ends_the_session(edge: Edge) -> None:
    up = await edge.call("POST", "/api/sign-up", {"login": "wang", "display_name": "W", "password": PASSWORD})
    renewed = await edge.call("POST", "/api/session/refresh")
    edge.clock.ahead = REUSE_GRACE + timedelta(seconds=5)
    edge.http.cookie_jar.clear()
    for cookie in (cookie_of(up), cookie_of(renewed)):
        answer = await edge.call("POST", "/api/session/refresh", headers={"Cookie": f"{REFRESH_COOKIE}={cookie}"})
        assert answer.code == "session_ended"


async def test_the_cookie_speaks_for_our_own_pages_only(edge: Edge) -> None:
    await edge.sign_up("wang")
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        for path in ("/api/session/refresh", "/api/session/sign-out"):
            assert (await edge.call("POST", path, headers=foreign)).code == "cross_site"
    for ours in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": edge.base_url}):
        assert (await edge.call("POST", "/api/session/refresh", headers=ours)).status == 200


async def test_tokens_that_are_not_good_are_refused(edge: Edge) -> None:
    token = await edge.sign_up("wang")
    for authorization in ("", "Basic eDp5", "Bearer x", f"Bearer {token}x"):
        answer = await edge.call("GET", "/api/me", headers={"Authorization": authorization})
        assert (answer.status, answer.code) == (401, "not_signed_in")
        assert "WWW-Authenticate" in answer.headers
    edge.clock.ahead = timedelta(minutes=16)
    assert (await edge.call("GET", "/api/me", token=token)).code == "not_signed_in"


async def test_signing_out_everywhere_voids_tokens(edge: Edge) -> None:
    token = await edge.sign_up("wang")
    assert (await edge.call("POST", "/api/me/sign-out-everywhere", token=token)).status == 204
    await edge.services.revocations.poll()
    assert (await edge.call("GET", "/api/me", token=token)).code == "not_signed_in"
    assert (await edge.call("POST", "/api/session/refresh")).code == "session_ended"


async def test_a_limited_account_may_look_but_not_write(edge: Edge, owner_connection: Any) -> None:
    await edge.sign_up("wang")
    await owner_connection.execute("UPDATE people.person SET state = 'limited'")
    await edge.services.revocations.poll()
    token = (await edge.call("POST", "/api/sign-in", {"login": "wang", "password": PASSWORD})).body["token"]
    assert (await edge.call("GET", "/api/me", token=token)).status == 200
    assert (await edge.call("POST", "/api/orders", {}, token=token)).code == "account_limited"


async def test_attempts_are_limited_by_the_clients_address(database: Database) -> None:
    attempts = Attempts(None, sign_in_per_address=Limit(2, 60), sign_in_per_login=Limit(100, 60))
    async with open_edge(database, attempts=attempts, trusted_proxies=["127.0.0.0/8"]) as edge:

        async def sign_in(forwarded_for: str) -> Answer:
            body = {"login": "nobody", "password": "wrong password"}
            return await edge.call("POST", "/api/sign-in", body, headers={"X-Forwarded-For": forwarded_for})

        assert [(await sign_in("192.0.2.1")).status for _ in range(3)] == [401, 401, 429]
        assert (await sign_in("192.0.2.2")).status == 401
        refused = await sign_in("203.0.113.9, 192.0.2.1, 127.0.0.2")
        assert refused.code == "rate_limited"
        assert int(refused.headers["Retry-After"]) <= 60
        assert refused.body["retry_after_ms"] > 0


async def test_a_cookie_is_secure_behind_a_trusted_proxy_with_tls(database: Database) -> None:
    async with open_edge(database, trusted_proxies=["127.0.0.1/32"]) as edge:
        body = {"login": "wang", "display_name": "W", "password": PASSWORD}
        up = await edge.call("POST", "/api/sign-up", body, headers={"X-Forwarded-Proto": "https"})
        assert "Secure" in up.headers["Set-Cookie"]


async def test_a_display_name_is_read_by_the_filter(edge: Edge) -> None:
    body = {"login": "wang", "display_name": "加微信abc12345", "password": PASSWORD}
    assert (await edge.call("POST", "/api/sign-up", body)).code == "filtered"


# ---- Requests that are no good ---------------------------------------------------------------------------------------


BODIES: list[tuple[bytes, str, dict[str, str] | None]] = [
    (b"{", "malformed", None),
    (b"[" * 50_000, "invalid", {"body": "value"}),
    (b'{"login": ' + b"[" * 50_000, "invalid", {"login": "value"}),
    (b"\xff", "malformed", None),
    (b"[]", "invalid", {"body": "value"}),
    (b'{"login": "a"}', "invalid", {"password": "missing"}),
    (b'{"login": 7, "password": "x"}', "invalid", {"login": "value"}),
    (b'{"login": "a", "password": "x", "admin": true}', "invalid", {"admin": "unknown"}),
    (b" " * 70_000, "too_large", None),
]


async def test_bodies_are_checked_field_by_field(edge: Edge) -> None:
    for raw, code, fields in BODIES:
        answer = await edge.call("POST", "/api/sign-in", raw=raw, headers={"Content-Type": "application/json"})
        assert (answer.code, answer.body.get("fields")) == (code, fields), raw[:60]


async def test_other_media_types_and_compression_are_refused(edge: Edge) -> None:
    form = await edge.call("POST", "/api/sign-in", raw=b"login=a", headers={"Content-Type": "text/plain"})
    assert form.code == "unsupported_media_type"
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await edge.call("POST", "/api/sign-in", raw=b"x", headers=headers)).code == "unsupported_media_type"


async def test_what_is_not_there_is_a_problem_for_programs_and_a_page_for_people(edge: Edge) -> None:
    assert (await edge.call("GET", "/api/nothing")).code == "not_found"
    assert (await edge.call("GET", "/api/rooms/nowhere")).code == "not_found"
    wrong = await edge.call("DELETE", "/api/rooms")
    assert (wrong.code, wrong.headers["Allow"]) == ("method_not_allowed", "GET,POST")
    other = await edge.call("OPTIONS", "/api/rooms/apples/line-up/order")
    assert (other.code, other.headers["Allow"]) == ("method_not_allowed", "PUT"), "and not what an item's path allows"
    escaped = await edge.call("DELETE", "/api/rooms/apples%2Fline-up%2Forder")
    assert (escaped.code, escaped.headers["Allow"]) == ("method_not_allowed", "GET,PATCH")
    page = await edge.call("GET", "/nothing", headers={"Accept": "text/html"})
    assert (page.status, "<!doctype html>" in page.body) == (404, True)


# ---- Rooms, cards and the catalogue ----------------------------------------------------------------------------------


async def product(edge: Edge, token: str, slug: str, key: str = "k-product") -> dict[str, Any]:
    room = await edge.services.rooms.room_by_slug(slug)
    assert room is not None
    made = await edge.call("POST", "/api/products", {"org_id": str(room.org_id), **APPLES}, token=token, key=key)
    body: dict[str, Any] = fits(made, ProductView).body
    return body


async def test_a_host_shows_explains_and_withdraws_a_card(edge: Edge) -> None:
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    made = await product(edge, host, "apples")
    pushed = await edge.call(
        "POST", "/api/rooms/apples/cards", {"product_id": made["product_id"]}, token=host, key="k1"
    )
    card = fits(pushed, CardView).body
    assert (pushed.status, card["explaining"], card["title"]) == (201, False, "红富士苹果")

    again = await edge.call("POST", "/api/rooms/apples/cards", {"product_id": made["product_id"]}, token=host, key="k2")
    assert (again.code, again.body["card_id"]) == ("already_shown", card["card_id"])
    explained = await edge.call(
        "POST",
        "/api/rooms/apples/cards",
        {"product_id": made["product_id"], "explaining": True},
        token=host,
        key="k2",
    )
    assert fits(explained, CardView).body["explaining"] is True
    path = f"/api/rooms/apples/cards/{card['card_id']}"
    assert fits(await edge.call("PATCH", path, {"explaining": False}, token=host), CardView).body["explaining"] is False

    room = fits(await edge.call("GET", "/api/rooms/apples"), RoomView).body
    sku_id = made["skus"][0]["sku_id"]
    assert [shown["card_id"] for shown in room["cards"]] == [card["card_id"]]
    assert room["stock"][sku_id] == {"sku_id": sku_id, "available": 100, "sold": 0}
    assert fits(await edge.call("GET", "/api/rooms"), RoomList).body["rooms"] == [room]
    fits(await edge.call("GET", "/api/rooms/apples/catalogue", token=host), CatalogueView)

    cheaper = await edge.call("PATCH", f"/api/skus/{sku_id}", {"price_minor": 1990, "on_hand_delta": 5}, token=host)
    assert fits(cheaper, ProductView).body["skus"][0] | {"price_minor": 1990, "on_hand": 105} == cheaper.body["skus"][0]
    assert (await edge.call("DELETE", path, token=host)).status == 204
    assert (await edge.call("GET", "/api/rooms/apples")).body["cards"] == []
    for path in ("/api/rooms/apples/cards/no-uuid", f"/api/rooms/apples/cards/{sku_id}"):
        assert (await edge.call("DELETE", path, token=host)).code == "not_found"


async def test_the_filter_stands_before_cards_titles_and_products(edge: Edge) -> None:
    host = await edge.sign_up("host")
    room = await edge.open_room(host, "apples")
    notice = await edge.call("POST", "/api/rooms/apples/cards", {"title": WECHAT}, token=host, key="k1")
    assert (notice.status, notice.code) == (422, "filtered")
    assert notice.body["text"] == WECHAT
    assert notice.body["rules"]
    assert notice.body["reason_zh"]
    assert notice.body["reason_en"]
    assert (await edge.call("PATCH", "/api/rooms/apples", {"title": WECHAT}, token=host)).code == "filtered"
    found = await edge.services.rooms.room_by_id(room.room_id)
    assert found is not None
    body = {**APPLES, "org_id": str(found.org_id), "promise": WECHAT}
    assert (await edge.call("POST", "/api/products", body, token=host, key="k2")).code == "filtered"
    halves = {"title": "联系 138", "subtitle": "00138000"}
    split = await edge.call("POST", "/api/rooms/apples/cards", halves, token=host, key="k1")
    assert (split.code, split.body["text"]) == ("filtered", "联系 138\n00138000")
    fine = await edge.call("POST", "/api/rooms/apples/cards", {"title": "今晚八点开播"}, token=host, key="k1")
    assert fine.status == 201
    renamed = fits(await edge.call("PATCH", "/api/rooms/apples", {"title": "洛川苹果"}, token=host), RoomView)
    assert renamed.body["title"] == "洛川苹果"


async def test_jobs_and_stream_keys(edge: Edge) -> None:
    host = await edge.sign_up("host")
    made = await edge.open_room(host, "factory", "jobs")
    room = await edge.services.rooms.room_by_id(made.room_id)
    assert room is not None
    job = {
        "org_id": str(room.org_id),
        "title": "装配工",
        "employer": "苏州某电子厂",
        "place": "苏州",
        "pay_min_minor": 550_000,
        "pay_max_minor": 650_000,
        "currency": "CNY",
        "pay_unit": "month",
        "base_min_minor": 400_000,
        "base_max_minor": 400_000,
        "headcount": 30,
        "employment": "full_time",
        "valid_until": "2099-01-01T00:00:00Z",
        "benefits": ["五险一金"],
        "requirements": ["年满 18 周岁"],
        "description": "流水线装配",
    }
    created = await edge.call("POST", "/api/jobs", job, token=host, key="k1")
    assert created.status == 201, created
    card = await edge.call("POST", "/api/rooms/factory/cards", {"job_id": created.body["job_id"]}, token=host, key="k2")
    assert fits(card, CardView).body["kind"] == "job"
    past = await edge.call("POST", "/api/jobs", {**job, "valid_until": "2020-01-01T00:00:00Z"}, token=host, key="k3")
    assert past.body["fields"] == {"valid_until": "past"}
    key = await edge.call("POST", "/api/rooms/factory/stream-key", token=host)
    assert await edge.services.rooms.room_of_stream_key(key.body["stream_key"]) == made.room_id


async def test_another_organisations_host_can_neither_read_nor_change(edge: Edge) -> None:
    """By the API's roles, and below them by row-level security, when a role is given by mistake."""
    host, other = await edge.sign_up("host"), await edge.sign_up("other")
    room = await edge.open_room(host, "apples")
    await edge.open_room(other, "pears")
    made = await product(edge, host, "apples")
    sku_id, ids = made["skus"][0]["sku_id"], {"product_id": made["product_id"]}
    card = (await edge.call("POST", "/api/rooms/apples/cards", ids, token=host, key="k1")).body
    requests: list[tuple[str, str, Any]] = [
        ("GET", "/api/rooms/apples/catalogue", None),
        ("PATCH", "/api/rooms/apples", {"title": "mine now"}),
        ("POST", "/api/rooms/apples/stream-key", None),
        ("POST", "/api/rooms/apples/cards", {"title": "看我的"}),
        ("PATCH", f"/api/rooms/apples/cards/{card['card_id']}", {"explaining": True}),
        ("DELETE", f"/api/rooms/apples/cards/{card['card_id']}", None),
        ("PATCH", f"/api/skus/{sku_id}", {"price_minor": 1}),
        ("POST", "/api/products", {**APPLES, "org_id": made["org_id"]}),
        ("POST", "/api/rooms/pears/cards", ids),
    ]

    async def refused() -> set[str]:
        return {(await edge.call(method, path, body, token=other, key="k9")).code for method, path, body in requests}

    assert await refused() == {"not_allowed", "not_found"}
    assert await edge.services.rooms.set_room_role(room.room_id, await edge.person_id(other), "host") is None
    assert await refused() == {"not_found"}
    for token in (None, await edge.sign_up("viewer")):
        for method, path, body in requests:
            answer = await edge.call(method, path, body, token=token, key="k9")
            assert answer.status in (401, 403, 404), (method, path, answer)
    shown = (await edge.call("GET", "/api/rooms/apples")).body
    assert (shown["title"], [one["explaining"] for one in shown["cards"]]) == ("apples", [False])


# ---- Idempotency -----------------------------------------------------------------------------------------------------


async def test_a_creating_request_sent_again_is_answered_the_same(edge: Edge) -> None:
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    first = await product(edge, host, "apples")
    body = {"org_id": first["org_id"], **APPLES}
    again = await edge.call("POST", "/api/products", body, token=host, key="k-product")
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first, "true")
    other_body = await edge.call("POST", "/api/products", {**body, "title": "梨"}, token=host, key="k-product")
    assert other_body.code == "idempotency_mismatch"
    other_key = await edge.call("POST", "/api/products", body, token=host, key="k-other")
    assert other_key.body["product_id"] != first["product_id"]
    assert (await edge.call("POST", "/api/products", body, token=host)).code == "idempotency_key_missing"
    assert (await edge.call("POST", "/api/products", body, token=host, key="k" * 256)).code == "invalid"
    someone_else = await edge.sign_up("other")
    assert (await edge.call("POST", "/api/products", body, token=someone_else, key="k-product")).code == "not_found"


async def test_the_same_request_many_times_at_once_creates_one(edge: Edge) -> None:
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    room = (await edge.services.rooms.list_rooms())[0]
    body = {"org_id": str(room.org_id), **APPLES}
    answers = await asyncio.gather(
        *(edge.call("POST", "/api/products", body, token=host, key="same") for _ in range(6))
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["product_id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 5
    listed = await edge.call("GET", "/api/rooms/apples/catalogue", token=host)
    assert len(listed.body["products"]) == 1


# ---- Orders ----------------------------------------------------------------------------------------------------------


async def test_buying_paying_and_cancelling(edge: Edge) -> None:
    host, buyer, other = [await edge.sign_up(login) for login in ("host", "buyer", "other")]
    await edge.open_room(host, "apples")
    made = await product(edge, host, "apples")
    card = await edge.call("POST", "/api/rooms/apples/cards", {"product_id": made["product_id"]}, token=host, key="k")
    wish = {
        "sku_id": made["skus"][0]["sku_id"],
        "quantity": 2,
        "room_slug": "apples",
        "card_id": card.body["card_id"],
        "price_minor": 2990,
    }
    placed = await edge.call("POST", "/api/orders", wish, token=buyer, key="o1")
    order = fits(placed, OrderView).body
    assert (placed.status, order["state"], order["total_minor"]) == (201, "awaiting_payment", 5980)
    assert (await edge.call("POST", "/api/orders", wish, token=buyer, key="o1")).body == order
    change: dict[str, Any]
    for change, code in (
        ({"quantity": 3}, "idempotency_mismatch"),
        ({"price_minor": 1}, "idempotency_mismatch"),
    ):
        assert (await edge.call("POST", "/api/orders", wish | change, token=buyer, key="o1")).code == code
    for change, code in (
        ({"quantity": 0}, "quantity"),
        ({"quantity": 99}, "sold_out"),
        ({"price_minor": 1}, "price_changed"),
        ({"room_slug": "nowhere"}, "not_found"),
        ({"card_id": made["product_id"]}, "not_on_sale"),
    ):
        assert (await edge.call("POST", "/api/orders", wish | change, token=buyer, key="o2")).code == code

    path = f"/api/orders/{order['order_id']}"
    for method, there in (("GET", path), ("POST", f"{path}/payment"), ("POST", f"{path}/cancellation")):
        assert (await edge.call(method, there, token=other)).code == "not_found"
    listed = fits(await edge.call("GET", "/api/orders", token=buyer), OrderList).body
    assert listed == {"orders": [order | {"address": None}]}
    assert (await edge.call("GET", "/api/orders", token=other)).body == {"orders": []}

    pending = await edge.call("POST", f"{path}/payment", token=buyer)
    assert (pending.status, pending.body["payment_state"]) == (202, "pending")
    await pay_by_webhook(edge, order)
    assert (await edge.call("GET", path, token=buyer)).body["state"] == "paid"
    assert (await edge.call("POST", f"{path}/cancellation", token=buyer)).code == "wrong_state"

    second = (await edge.call("POST", "/api/orders", wish, token=buyer, key="o3")).body
    cancelled = await edge.call("POST", f"/api/orders/{second['order_id']}/cancellation", token=buyer)
    assert fits(cancelled, OrderView).body["state"] == "cancelled"


async def pay_by_webhook(edge: Edge, order: dict[str, Any]) -> None:
    async with edge.services.database.transaction(platform=True) as connection:
        query = "SELECT payment_id::text FROM commerce.payment JOIN commerce.purchase_order o USING (order_id)"
        payment_id = await connection.fetchval(f"{query} WHERE o.order_id = $1", order["order_id"])
    charge = {
        "id": payment_id,
        "state": "succeeded",
        "amount": order["total_minor"],
        "currency": order["currency"],
        "receipt": "r_1",
    }
    body = json.dumps({"type": "charge.changed", "charge": charge}).encode()
    forged = sign(WEBHOOK_SECRET, "evt_1", int(time.time()), body + b" ")
    assert (await edge.call("POST", "/api/webhooks/simpay", raw=body, headers=forged)).code == "bad_signature"
    for _ in range(2):
        signed = sign(WEBHOOK_SECRET, "evt_1", int(time.time()), body)
        answer = await edge.call("POST", "/api/webhooks/simpay", raw=body, headers=signed)
        assert answer.status == 204, answer


# ---- Moderation ------------------------------------------------------------------------------------------------------


async def test_removing_a_line_is_for_hosts_and_moderators(edge: Edge) -> None:
    host, moderator, viewer = [await edge.sign_up(login) for login in ("host", "guard", "viewer")]
    room = await edge.open_room(host, "apples")
    await edge.services.rooms.set_room_role(room.room_id, await edge.person_id(moderator), "moderator")
    path = "/api/rooms/apples/comments/{}/removal"
    assert (await edge.call("POST", path.format("c1"), {"reason": "spam"}, token=viewer)).code == "not_allowed"
    for token in (host, moderator):
        assert (await edge.call("POST", path.format("c1"), {"reason": "spam"}, token=token)).status == 204
    assert (await edge.call("POST", path.format("unknown"), {}, token=host)).code == "not_found"
    assert [removal[2:] for removal in edge.removed] == [("c1", "spam")] * 2
    room_id = str(room.room_id)
    assert edge.retracted == [(room_id, ["c1"], "removed_by_host"), (room_id, ["c1"], "removed_by_moderator")]


# ---- The table and its description -----------------------------------------------------------------------------------


async def test_the_description_is_true_to_the_table(edge: Edge) -> None:
    described = (await edge.call("GET", "/api/openapi.json")).body
    operations = {
        (method.upper(), path): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert operations.keys() == {(route.method, route.path) for route in ROUTES}
    assert len({operation["operationId"] for operation in operations.values()}) == len(ROUTES)
    for route in ROUTES:
        operation = operations[route.method, route.path]
        assert str(route.status) in operation["responses"]
        assert ("requestBody" in operation) == (route.body is not None or route.upload is not None)

        path = route.path.format_map(dict.fromkeys(route.path_fields, "x"))
        answer = await edge.call(route.method, path, {} if route.body else None)
        assert str(answer.status) in operation["responses"], (route.name, answer)
        if route.who in ("person", "host", "guard"):
            assert answer.code == "not_signed_in"
        if answer.status >= 400:
            assert answer.code in route.all_codes()
    references = [part for part in json.dumps(described).split('"') if part.startswith("#/components/schemas/")]
    assert {reference.rpartition("/")[2] for reference in references} <= described["components"]["schemas"].keys()


async def test_a_database_that_is_away_is_unavailable(edge: Edge, database: Database) -> None:
    token = await edge.sign_up("wang")
    await database.close()
    answer = await edge.call("GET", "/api/me", token=token)
    assert (answer.status, answer.code) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


async def test_a_room_whose_owner_is_away_is_unavailable(database: Database) -> None:
    async def nobody_answers(person_id: str, room_id: str, comment_id: str, reason: str) -> Accepted | Refused:
        raise RequestTimeout("room.ask", 2.0)

    async with open_edge(database, remove_comment=nobody_answers) as edge:
        host = await edge.sign_up("host")
        await edge.open_room(host, "apples")
        answer = await edge.call("POST", "/api/rooms/apples/comments/c1/removal", {}, token=host)
        assert (answer.status, answer.code) == (503, "unavailable")


async def test_a_body_that_never_comes_is_not_waited_for(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.api.serving.BODY_TIMEOUT_S", 0.1)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    async with edge.http.post(
        f"{edge.base_url}/api/sign-in", data=trickle(), headers={"Content-Type": "application/json"}
    ) as answer:
        assert (await answer.json())["code"] == "request_timeout"
        assert answer.status == 408
