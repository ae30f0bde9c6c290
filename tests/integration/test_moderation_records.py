"""The filter's decisions on a real database, under row-level security."""

from __future__ import annotations

import json
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from moderation.records import record_verdict
from moderation.verdict import Category, Role, Utterance
from server.database.database import Database
from tests.shipped_filter import shipped_engine

_INSERT_PERSON = "INSERT INTO people.person (person_id, login, display_name) VALUES ($1, $2, $2)"
TEXT = "先交押金\0\ud800"


async def open_room(owner: asyncpg.Connection) -> tuple[UUID, UUID, UUID]:
    """A room, a viewer and a moderator."""
    viewer, moderator, org, room = (uuid7() for _ in range(4))
    for person, login in ((viewer, "viewer1"), (moderator, "moderator1")):
        await owner.execute(_INSERT_PERSON, person, login)
    await owner.execute("INSERT INTO people.organisation (org_id, kind, name) VALUES ($1, 'merchant', 'Farm')", org)
    await owner.execute(
        "INSERT INTO people.room (room_id, org_id, slug, kind, title, host_id, stream_key_hash)"
        " VALUES ($1, $2, 'farm', 'farm', 'Farm', $3, $4)",
        room,
        org,
        moderator,
        b"hash",
    )
    return room, viewer, moderator


async def test_a_decision_is_written_once_and_read_by_its_sender_alone(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    room, viewer, moderator = await open_room(owner_connection)
    said = Utterance(TEXT, Role.VIEWER, Category.JOBS, str(viewer), str(room))
    verdict = shipped_engine().decide(said, 0.0)
    verdict_id = uuid7()
    async with database.transaction(platform=True) as connection:
        assert await record_verdict(connection, verdict_id=verdict_id, utterance=said, verdict=verdict)
        assert not await record_verdict(connection, verdict_id=verdict_id, utterance=said, verdict=verdict)

    async with database.transaction(person_id=viewer) as connection:
        row = await connection.fetchrow("SELECT action, text, rules::text, spans::text FROM moderation.verdict")
    assert row["action"] == "block"
    assert row["text"].startswith("先交押金")
    assert json.loads(row["rules"])[0]["id"] == verdict.rules[0].rule_id
    assert json.loads(row["spans"]) == [[span.start, span.end, span.rule_id] for span in verdict.spans]

    async with database.transaction(person_id=moderator) as connection:
        assert await connection.fetch("SELECT FROM moderation.verdict") == []


async def test_a_person_may_not_write_or_change_decisions(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    room, viewer, _ = await open_room(owner_connection)
    said = Utterance("先交押金", Role.VIEWER, Category.JOBS, str(viewer), str(room))
    verdict = shipped_engine().decide(said, 0.0)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(person_id=viewer) as connection:
            await record_verdict(connection, verdict_id=uuid7(), utterance=said, verdict=verdict)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(platform=True) as connection:
            await connection.execute("DELETE FROM moderation.verdict")
