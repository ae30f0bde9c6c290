"""Deleting an account: afterwards no table says who it was, and what others need of the past still adds up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from server.api.services import RoomLive
from server.database.database import Database
from server.live import topics
from server.people.notices import tell
from tests.http_edge import PASSWORD, Answer, Edge, open_edge
from tests.integration.test_server_api import cookie_of, product

LOGIN, NAME = "fangfang.1989", "芳芳不吃辣"
ADDRESS = {"name": "欧阳芳芳", "phone": "13912345678", "region": "陕西省延安市洛川县", "detail": "苹果路八号二单元"}


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


async def sign_up(edge: Edge, login: str = LOGIN, name: str = NAME) -> Answer:
    answer = await edge.call("POST", "/api/sign-up", {"login": login, "display_name": name, "password": PASSWORD})
    assert answer.status == 201, answer
    return answer


async def delete(edge: Edge, token: str, password: str = PASSWORD) -> Answer:
    return await edge.call("DELETE", "/api/me", {"password": password}, token=token)


async def buy(edge: Edge, token: str, *, key: str = "o1", slug: str = "apples") -> dict[str, Any]:
    room = (await edge.call("GET", f"/api/rooms/{slug}")).body
    wish = {
        "sku_id": next(iter(room["stock"])),
        "quantity": 1,
        "room_slug": slug,
        "card_id": room["cards"][0]["card_id"],
        "price_minor": 2990,
    }
    placed = await edge.call("POST", "/api/orders", wish, token=token, key=key)
    assert placed.status == 201, placed
    order: dict[str, Any] = placed.body
    return order


async def open_stall(edge: Edge) -> str:
    """A host with a product on screen in the room `apples`: the host's token."""
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    made = await product(edge, host, "apples")
    await edge.call("POST", "/api/rooms/apples/cards", {"product_id": made["product_id"]}, token=host, key="c1")
    return host


async def settle(owner: asyncpg.Connection) -> None:
    """Every order is paid."""
    await owner.execute("UPDATE commerce.payment SET state = 'captured'")
    await owner.execute("UPDATE commerce.purchase_order SET state = 'paid'")


async def everything(owner: asyncpg.Connection) -> str:
    """All rows of all tables as text, sealed bytes in hexadecimal among them."""
    tables = await owner.fetch(
        "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables"
        " WHERE table_schema IN ('people', 'commerce', 'moderation') AND table_type = 'BASE TABLE'"
    )
    assert len(tables) > 20
    rows = [
        await owner.fetchval(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table['name']} t")
        for table in tables
    ]
    return "\n".join(rows)


async def test_nothing_that_names_the_person_is_left_and_orders_still_count(
    edge: Edge, database: Database, owner_connection: asyncpg.Connection
) -> None:
    host = await open_stall(edge)
    token = (await sign_up(edge)).body["token"]
    person_id = await edge.person_id(token)
    added = await edge.call("POST", "/api/me/addresses", ADDRESS, token=token, key="a1")
    order = await buy(edge, token)
    sent = await edge.call(
        "POST", f"/api/orders/{order['order_id']}/address", {"address_id": added.body["address_id"]}, token=token
    )
    assert sent.status == 204
    await settle(owner_connection)
    resume = {
        "name": ADDRESS["name"],
        "phone": ADDRESS["phone"],
        "city": "延安",
        "years_experience": 3,
        "education": "senior",
        "skills": ["分拣苹果"],
        "experience": "在洛川果库分拣三年",
        "about": "手脚麻利",
        "expected_pay": "5000 元",
    }
    kept = await edge.call("PUT", "/api/me/resume", resume, token=token)
    assert kept.status < 300, kept
    host_id = await edge.person_id(host)
    assert (await edge.call("PUT", f"/api/hosts/{host_id}/follow", token=token)).status == 204
    async with database.transaction(platform=True) as connection:
        await tell(connection, person_id, "line_removed", {"text": f"{NAME}说的话"})
    before = await everything(owner_connection)
    assert all(word in before for word in (LOGIN, NAME, str(person_id)))

    assert (await delete(edge, token)).status == 204
    after = await everything(owner_connection)
    words = [
        LOGIN,
        NAME,
        *ADDRESS.values(),
        *(str(resume[name]) for name in ("city", "experience", "about", "expected_pay")),
        "分拣苹果",
    ]
    for word in words:
        assert word not in after, word
        assert word.encode().hex() not in after, word
    counted = await owner_connection.fetchrow("SELECT count(*), sum(total_minor) FROM commerce.purchase_order")
    assert tuple(counted) == (1, 2990)
    host_view = await owner_connection.fetchrow(
        "SELECT login, display_name, kind, state FROM people.person WHERE person_id = $1", person_id
    )
    assert host_view["login"].startswith("~")
    assert (host_view["kind"], host_view["state"]) == ("member", "closed")
    assert (await edge.call("GET", f"/api/hosts/{host_id}")).body["followers"] == 0


async def test_what_was_open_ends(edge: Edge, owner_connection: asyncpg.Connection) -> None:
    up = await sign_up(edge)
    token, refresh = up.body["token"], cookie_of(up)
    told: list[Any] = []
    edge.services.bus.subscribe(
        topics.REVOKED, lambda word: told.append(topics.revoked_decoder.decode(word)), lambda: None
    )
    person_id = await edge.person_id(token)

    wrong = await delete(edge, token, "not the password")
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    gone = await delete(edge, token)
    assert gone.status == 204
    assert "jishi_refresh=" in gone.headers["Set-Cookie"]
    # The edges close live connections at this word, and void the token at the next poll, which it brings about.
    assert [word.person_ids for word in told] == [[str(person_id)]]
    await edge.services.revocations.poll()
    assert (await edge.call("GET", "/api/me", token=token)).code == "not_signed_in"
    old = await edge.call("POST", "/api/session/refresh", headers={"Cookie": f"jishi_refresh={refresh}"})
    assert old.code == "session_ended"
    signed_in = await edge.call("POST", "/api/sign-in", {"login": LOGIN, "password": PASSWORD})
    assert signed_in.code == "bad_credentials"

    pseudonym = await owner_connection.fetchval("SELECT login FROM people.person")
    for password in (PASSWORD, ""):
        answer = await edge.call("POST", "/api/sign-in", {"login": pseudonym, "password": password})
        assert answer.code == "bad_credentials"
    taken = await edge.call("POST", "/api/sign-up", {"login": pseudonym, "display_name": "x", "password": PASSWORD})
    assert taken.code == "invalid"
    # Somebody new may have the login, and has nothing of the one before.
    new = await sign_up(edge, name="Newcomer")
    assert await edge.person_id(new.body["token"]) != person_id
    assert (await edge.call("GET", "/api/orders", token=new.body["token"])).body == {"orders": []}


async def test_nothing_is_told_to_who_is_gone(edge: Edge, database: Database, owner_connection: Any) -> None:
    token = (await sign_up(edge)).body["token"]
    person_id = await edge.person_id(token)
    assert (await delete(edge, token)).status == 204
    async with database.transaction(platform=True) as connection:
        await tell(connection, person_id, "application_changed", {"note": f"{NAME}, 来面试"})
    assert NAME not in await everything(owner_connection)


async def test_an_account_is_needed_while_an_order_is_under_way(
    edge: Edge, owner_connection: asyncpg.Connection
) -> None:
    host = await open_stall(edge)
    buyer = (await sign_up(edge)).body["token"]
    await buy(edge, buyer)
    refused = await delete(edge, buyer)
    assert (refused.status, refused.code) == (409, "account_needed")
    assert refused.body["reasons"] == [{"code": "orders", "count": 1}]
    [sales] = (await delete(edge, host)).body["reasons"]
    assert (sales["code"], sales["name"], sales["count"]) == ("sales", "apples org", 1)
    await settle(owner_connection)
    await owner_connection.execute("UPDATE commerce.payment SET state = 'refund_due'")
    assert (await delete(edge, buyer)).code == "account_needed"
    await owner_connection.execute("UPDATE commerce.payment SET state = 'refunded'")
    assert (await delete(edge, buyer)).status == 204


async def test_a_host_who_leaves_closes_the_shop(edge: Edge, owner_connection: asyncpg.Connection) -> None:
    host = await open_stall(edge)
    viewer = (await sign_up(edge)).body["token"]
    host_id = await edge.person_id(host)
    await edge.call("PUT", f"/api/hosts/{host_id}/follow", token=viewer)
    await buy(edge, viewer)
    await settle(owner_connection)

    assert (await delete(edge, host)).status == 204
    assert (await edge.call("GET", f"/api/hosts/{host_id}")).code == "not_found"
    assert (await edge.call("GET", "/api/me/follows", token=viewer)).body == {"hosts": []}
    for table, state in (("people.room", "closed"), ("commerce.card", "withdrawn"), ("commerce.product", "withdrawn")):
        assert await owner_connection.fetchval(f"SELECT state FROM {table}") == state
    told = await owner_connection.fetchval(
        "SELECT payload -> 'items' -> 0 FROM commerce.outbox WHERE topic LIKE 'room.%' ORDER BY id DESC LIMIT 1"
    )
    assert told[0].startswith("card:")
    assert told[2] is None
    # What was bought there is still the buyer's to look up.
    [order] = (await edge.call("GET", "/api/orders", token=viewer)).body["orders"]
    assert (order["state"], order["product_title"]) == ("paid", "红富士苹果")


async def test_others_are_not_left_without_an_owner(edge: Edge, owner_connection: asyncpg.Connection) -> None:
    host, helper = await open_stall(edge), await edge.sign_up("helper")
    room = await edge.services.rooms.room_by_slug("apples")
    assert room is not None
    helper_id = await edge.person_id(helper)
    organisations = edge.services.rooms.organisations
    await organisations.set_member(room.org_id, helper_id, "clerk")
    [reason] = (await delete(edge, host)).body["reasons"]
    assert (reason["code"], reason["org_id"]) == ("organisation", str(room.org_id))
    await organisations.set_member(room.org_id, helper_id, "owner")
    assert (await delete(edge, host)).status == 204
    assert await owner_connection.fetchval("SELECT state FROM people.room") == "open"
    assert await owner_connection.fetchval("SELECT host_id FROM people.room") == helper_id


async def test_the_platforms_own_people_hand_over_first(edge: Edge) -> None:
    await sign_up(edge)
    await edge.services.rooms.organisations.set_person_kind(LOGIN, "moderator", now=edge.clock())
    token = (await edge.call("POST", "/api/sign-in", {"login": LOGIN, "password": PASSWORD})).body["token"]
    assert (await delete(edge, token)).body["reasons"] == [{"code": "platform_role"}]


async def test_nobody_leaves_while_on_air(database: Database) -> None:
    async def all_live(room_ids: Sequence[UUID]) -> Mapping[UUID, RoomLive]:
        return {room_id: RoomLive(on_air=True, viewers=1) for room_id in room_ids}

    async with open_edge(database, rooms_live=all_live) as edge:
        host = await open_stall(edge)
        assert (await delete(edge, host)).body["reasons"] == [{"code": "on_air"}]


async def test_guessing_the_password_is_limited(edge: Edge) -> None:
    token = (await sign_up(edge)).body["token"]
    codes = [(await delete(edge, token, f"guess number {number}")).code for number in range(11)]
    assert codes == ["wrong_password"] * 10 + ["rate_limited"]
    edge.clock.ahead = timedelta(minutes=1)
    assert (await delete(edge, token)).code == "rate_limited"
