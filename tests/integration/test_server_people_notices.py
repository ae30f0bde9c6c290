"""Notices: anybody's transaction tells anybody, they reach open pages, and each person reads their own alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from commerce.outbox import gather
from server.api.schemas.me import NoticeList
from server.bus.memory import MemoryBus
from server.bus.requests import Requests
from server.database.database import Database
from server.live import topics
from server.live.wire import server_decoder
from server.node.workers.clerk import Clerk
from server.people.notices import tell
from tests.http_edge import PASSWORD, Edge, open_edge
from tests.integration.test_node_clerk import NoProvider
from tests.integration.test_server_api import fits
from tests.waiting import eventually


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


async def tell_as(database: Database, teller: UUID | None, person_id: UUID, kind: str, facts: dict[str, Any]) -> None:
    async with database.transaction(person_id=teller) as connection:
        await tell(connection, person_id, kind, facts)


async def test_what_one_person_is_told_is_theirs_alone_and_read_once(edge: Edge, database: Database) -> None:
    wang, li = await edge.sign_up("wang"), await edge.sign_up("li4")
    wang_id, li_id = await edge.person_id(wang), await edge.person_id(li)
    for number in range(5):
        await tell_as(database, li_id, wang_id, "application_changed", {"job_title": f"采摘 {number}"})
    first = fits(await edge.call("GET", "/api/me/notices?limit=3", token=wang), NoticeList).body
    assert [notice["facts"]["job_title"] for notice in first["notices"]] == ["采摘 4", "采摘 3", "采摘 2"]
    assert (first["unread"], first["notices"][0]["read"]) == (5, False)
    rest = await edge.call("GET", f"/api/me/notices?limit=3&before={first['next_before']}", token=wang)
    assert [notice["facts"]["job_title"] for notice in rest.body["notices"]] == ["采摘 1", "采摘 0"]
    assert rest.body["next_before"] is None

    others = (await edge.call("GET", "/api/me/notices", token=li)).body
    assert others == {"notices": [], "unread": 0, "next_before": None}
    # Another's notice is no place to begin from, and their reading is not mine.
    assert (await edge.call("GET", f"/api/me/notices?before={first['next_before']}", token=li)).body["notices"] == []
    assert (await edge.call("POST", "/api/me/notices/read", {}, token=li)).status == 204
    assert (await edge.call("GET", "/api/me/notices", token=wang)).body["unread"] == 5
    assert (await edge.call("POST", "/api/me/notices/read", {}, token=wang)).status == 204
    after = (await edge.call("GET", "/api/me/notices", token=wang)).body
    assert (after["unread"], after["notices"][0]["read"]) == (0, True)


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "before=yesterday"])
async def test_a_query_that_cannot_be_is_refused(edge: Edge, query: str) -> None:
    answer = await edge.call("GET", f"/api/me/notices?{query}", token=await edge.sign_up("wang"))
    assert (answer.status, answer.code) == (422, "invalid")


async def test_the_application_writes_notices_by_telling_alone(edge: Edge, database: Database) -> None:
    person_id = await edge.person_id(await edge.sign_up("wang"))
    statement = (
        "INSERT INTO people.notice (notice_id, person_id, kind, facts, created_at) "
        "VALUES (gen_random_uuid(), $1, 'muted', '{}', now())"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(platform=True) as connection:
            await connection.execute(statement, person_id)
    async with database.transaction() as connection:
        await tell(connection, person_id, "muted", {})
        # What the function may, the rest of the transaction still may not.
        assert not await connection.fetchval("SELECT people.is_platform()")
        assert await connection.fetchval("SELECT count(*) FROM people.notice") == 0


async def test_telling_is_undone_with_its_change(edge: Edge, database: Database, owner_connection: Any) -> None:
    person_id = await edge.person_id(await edge.sign_up("wang"))

    async def fail_after_telling() -> None:
        async with database.transaction() as connection:
            await tell(connection, person_id, "muted", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_telling()
    assert await owner_connection.fetchval("SELECT count(*) FROM people.notice") == 0
    assert await owner_connection.fetchval("SELECT count(*) FROM commerce.outbox") == 0


async def test_the_clerk_carries_notices_and_orders_of_one_person(edge: Edge, database: Database) -> None:
    person_id = await edge.person_id(await edge.sign_up("wang"))
    bus = MemoryBus()
    await bus.start()
    requests = Requests(bus, "clerk")
    told: list[Any] = []
    bus.subscribe(topics.person(str(person_id)), lambda wire: told.append(server_decoder.decode(wire)), lambda: None)
    relaying = asyncio.get_running_loop().create_task(Clerk(database, NoProvider(), bus, requests).relay())
    try:
        await tell_as(database, None, person_id, "host_on_air", {"room_slug": "orchard"})
        async with database.transaction(platform=True) as connection:
            await connection.execute(
                "INSERT INTO commerce.outbox (topic, payload) VALUES ($1, $2)",
                f"person.{person_id}",
                {"order_id": "o1", "version": 1, "state": "paid"},
            )
        await tell_as(database, None, person_id, "host_on_air", {"room_slug": "mine"})
        await eventually(lambda: len(told) == 3)
    finally:
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
        await requests.stop()
        await bus.stop()
    notices = [message.notice for message in told if hasattr(message, "notice")]
    assert [(notice["kind"], notice["facts"]["room_slug"]) for notice in notices] == [
        ("host_on_air", "orchard"),
        ("host_on_air", "mine"),
    ]
    listed = (await edge.call("GET", "/api/me/notices", token=(await _token(edge)))).body["notices"]
    assert {notice["notice_id"] for notice in notices} == {notice["notice_id"] for notice in listed}


async def _token(edge: Edge) -> str:
    token: str = (await edge.call("POST", "/api/sign-in", {"login": "wang", "password": PASSWORD})).body["token"]
    return token


def test_each_notice_is_a_publication_of_its_own() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("person.a", {"notice": {"notice_id": "1"}}),
        ("person.a", {"order_id": "o", "version": 2}),
        ("person.a", {"order_id": "o", "version": 1}),
        ("person.a", {"notice": {"notice_id": "2"}}),
    ]
    assert gather(rows) == [rows[0], rows[1], rows[3]]
