"""Mutes and closed accounts: on every worker, by the bus and without it, through restarts, and undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from server.bus.memory import MemoryBus
from server.casework.restrictions import POLL_INTERVAL_S, Restrictions
from server.database.database import Database
from server.live.topics import REVOKED, Refused, Said, revoked_decoder
from server.people.closing import close_account
from tests.casework_scene import HELD, SLUG, Scene, open_desk, start_worker
from tests.http_edge import Answer
from tests.waiting import eventually


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        yield scene


async def sanction(desk: Scene, kind: str, *, who: str = "viewer", by: str = "moderator", **more: Any) -> Answer:
    body = {"person_id": str(desk.ids[who]), "kind": kind, "reason": "骂人", **more}
    return await desk.call(by, "POST", "/api/moderation/sanctions", body)


async def test_a_muted_person_is_told_why_and_until_when_and_speaks_again_when_it_is_undone(desk: Scene) -> None:
    serving = asyncio.get_running_loop().create_task(desk.worker.restrictions.serve())
    try:
        muted = await sanction(desk, "mute_10m", slug=SLUG)
        assert muted.status == 201
        assert (muted.body["kind"], muted.body["subject_name"], muted.body["room_slug"]) == ("mute_10m", "Viewer", SLUG)
        until = datetime.fromisoformat(muted.body["until"])
        assert timedelta(minutes=9) < until - datetime.now(UTC) <= timedelta(minutes=10)

        room, viewer = UUID(desk.room_id), desk.ids["viewer"]
        mutes = desk.worker.restrictions
        await eventually(lambda: mutes.silence(room, viewer, datetime.now(UTC)) is not None)
        refused = await desk.say("viewer", "还能说吗")
        assert isinstance(refused, Refused)
        assert refused.code == "muted"
        assert datetime.fromisoformat(refused.facts["until"]) == until
        assert (refused.facts["reason"], bool(refused.facts["reason_zh"])) == ("骂人", True)
        assert isinstance(await desk.say("host", "大家好", role="host"), Said)
        assert await desk.lines() == ["大家好"]
        assert await desk.queue() == []

        assert (await desk.undo(muted.body["action_id"])).status == 200
        await eventually(lambda: mutes.silence(room, viewer, datetime.now(UTC)) is None)
        assert isinstance(await desk.say("viewer", "又能说了"), Said)
        assert await desk.told("viewer") == ["muted", "mute_lifted"]
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_mute_outlives_its_worker_and_reaches_those_that_hear_nothing(desk: Scene, database: Database) -> None:
    deaf = Restrictions(database, MemoryBus())  # on a bus of its own: no word reaches it
    await deaf.poll()
    serving = asyncio.get_running_loop().create_task(deaf.serve())
    try:
        assert (await sanction(desk, "mute_room", slug=SLUG)).body["until"] is None
        room, viewer = UUID(desk.room_id), desk.ids["viewer"]
        assert POLL_INTERVAL_S < 5
        await eventually(lambda: deaf.silence(room, viewer, datetime.now(UTC)) is not None, timeout_s=15)
        assert deaf.silence(room, desk.ids["host"], datetime.now(UTC)) is None
        assert deaf.silence(uuid7(), viewer, datetime.now(UTC)) is None  # in this room alone
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    await desk.kill_owner()
    await desk.new_owner()
    refused = await desk.say("viewer", "换了一个进程")
    assert isinstance(refused, Refused)
    assert (refused.code, refused.facts["until"]) == ("muted", None)


async def test_of_several_mutes_the_longest_counts_and_each_is_lifted_by_itself(desk: Scene) -> None:
    short = (await sanction(desk, "mute_10m", slug=SLUG)).body
    long = (await sanction(desk, "mute_room", slug=SLUG)).body
    mutes, room, viewer = desk.worker.restrictions, UUID(desk.room_id), desk.ids["viewer"]
    await mutes.poll()
    standing = mutes.silence(room, viewer, datetime.now(UTC))
    assert standing is not None
    assert str(standing.action_id) == long["action_id"]
    await desk.undo(long["action_id"])
    await mutes.poll()
    standing = mutes.silence(room, viewer, datetime.now(UTC))
    assert standing is not None
    assert str(standing.action_id) == short["action_id"]
    assert mutes.silence(room, viewer, datetime.now(UTC) + timedelta(minutes=11)) is None


async def test_a_closed_account_is_out_at_once_and_comes_back_by_undoing_that(desk: Scene) -> None:
    revoked: list[str] = []
    watching = desk.worker.bus.subscribe(
        REVOKED, lambda payload: revoked.extend(revoked_decoder.decode(payload).person_ids), lambda: None
    )
    closed = await sanction(desk, "close_account")
    assert closed.status == 201
    await desk.settle()
    await eventually(lambda: revoked == [str(desk.ids["viewer"])])
    watching.cancel()
    await desk.edge.services.revocations.poll()
    assert (await desk.call("viewer", "GET", "/api/me")).status == 401
    again = await sanction(desk, "close_account")
    assert again.code == "wrong_state"
    assert again.body["decision"]["action_id"] == closed.body["action_id"]

    assert (await desk.undo(closed.body["action_id"])).status == 200
    await desk.edge.services.revocations.poll()
    assert (await desk.call("viewer", "GET", "/api/me")).status == 401  # the old token stays void
    issued = desk.edge.services.tokens.issue(
        person_id=desk.ids["viewer"], name="Viewer", kind="member", now=datetime.now(UTC) + timedelta(seconds=1)
    )
    desk.tokens["viewer"] = issued.token
    assert (await desk.call("viewer", "GET", "/api/me")).status == 200
    assert await desk.told("viewer") == ["account_closed", "account_reopened"]


async def test_a_limited_account_that_was_closed_is_limited_again(desk: Scene) -> None:
    async with desk.database.transaction(platform=True) as connection:
        await connection.execute("UPDATE people.person SET state = 'limited' WHERE person_id = $1", desk.ids["viewer"])
    closed = (await sanction(desk, "close_account")).body
    await desk.undo(closed["action_id"])
    async with desk.database.transaction(platform=True) as connection:
        state = await connection.fetchval("SELECT state FROM people.person WHERE person_id = $1", desk.ids["viewer"])
        assert state == "limited"
        assert await close_account(connection, desk.ids["viewer"], now=datetime.now(UTC)) == "limited"
        assert await close_account(connection, desk.ids["viewer"], now=datetime.now(UTC)) is None


async def test_what_may_not_be_sanctioned(desk: Scene) -> None:
    await desk.person("second", "moderator")
    assert (await sanction(desk, "mute_1d")).body["fields"] == {"slug": "missing"}
    assert (await sanction(desk, "mute_1d", slug="nowhere")).code == "not_found"
    assert (await sanction(desk, "mute_1d", slug=SLUG, who="second")).code == "not_allowed"
    assert (await sanction(desk, "mute_1d", slug=SLUG, who="moderator")).code == "not_allowed"
    assert (await sanction(desk, "mute_1d", slug=SLUG, case_id=str(uuid7()))).code == "not_found"
    for who in ("viewer", "host"):
        assert (await sanction(desk, "mute_1d", slug=SLUG, by=who)).code == "not_allowed"
    assert await desk.told("viewer") == []


async def test_a_case_shows_that_its_subject_is_muted_and_removed_before(desk: Scene) -> None:
    for _ in range(2):
        await desk.say("viewer", HELD)
    second, first = await desk.queue()
    await desk.decide(first["case_id"], "remove")
    await sanction(desk, "mute_room", slug=SLUG, case_id=second["case_id"])
    [case] = await desk.queue()
    assert (case["subject"]["muted"], case["subject"]["muted_until"]) == (True, None)
    assert case["subject"]["earlier_removals"] == 1
    assert [action["kind"] for action in case["actions"]] == ["mute_room"]
    muted = next(notice for notice in await desk.notices("viewer") if notice["kind"] == "muted")
    assert muted["facts"]["rules"]


async def test_a_person_reads_what_was_decided_about_them_and_nothing_of_others(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    removed = (await desk.decide(case["case_id"], "remove", reason="这是夸大")).body
    await sanction(desk, "mute_10m", slug=SLUG)
    await desk.undo(removed["actions"][0]["action_id"])
    mine = (await desk.get("viewer", "/api/me/decisions"))["decisions"]
    assert [(each["by"], each["kind"]) for each in mine] == [
        ("moderator", "mute_10m"),
        ("moderator", "remove"),
        ("filter", "hold"),
    ]
    assert mine[0]["until"] is not None
    assert (mine[1]["reason"], mine[1]["undone_at"] is not None) == ("这是夸大", True)
    assert mine[1]["rules"] == mine[2]["rules"]
    assert mine[2]["text"] == HELD
    assert (await desk.get("host", "/api/me/decisions"))["decisions"] == []
    page = await desk.get("viewer", "/api/me/decisions?limit=1")
    older = await desk.get("viewer", f"/api/me/decisions?limit=2&before={page['next_before']}")
    assert [page["decisions"][0], *older["decisions"]] == mine
    assert older["next_before"] is None


async def test_a_second_worker_of_the_same_bus_learns_of_a_mute_at_once(desk: Scene, database: Database) -> None:
    other = await start_worker(database, desk.exchange)
    serving = asyncio.get_running_loop().create_task(other.restrictions.serve())
    try:
        await eventually(lambda: other.restrictions._read_to is not None)
        started = asyncio.get_running_loop().time()
        await sanction(desk, "mute_10m", slug=SLUG)
        room, viewer = UUID(desk.room_id), desk.ids["viewer"]
        await eventually(lambda: other.restrictions.silence(room, viewer, datetime.now(UTC)) is not None, timeout_s=15)
        assert asyncio.get_running_loop().time() - started < 5 + POLL_INTERVAL_S
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await other.stop()
