"""What nobody can use any more is forgotten, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg

from server.database.database import Database
from server.people.pruning import KEYS_KEPT, NOTICES_KEPT, SESSIONS_KEPT, WEBHOOKS_KEPT, Pruned, prune

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


async def test_only_the_old_is_forgotten(database: Database, owner_connection: asyncpg.Connection) -> None:
    person_id, family_id = uuid4(), uuid4()
    await owner_connection.execute(
        "INSERT INTO people.person (person_id, login, display_name) VALUES ($1, 'wang', 'Wang')", person_id
    )
    for key, created_at in (("old", NOW - KEYS_KEPT - MOMENT), ("new", NOW - KEYS_KEPT + MOMENT)):
        await owner_connection.execute(
            "INSERT INTO people.idempotency VALUES ($1, 'route', $2, '', 201, '{}', $3)", person_id, key, created_at
        )
    for token, expires_at in ((b"old", NOW - SESSIONS_KEPT - MOMENT), (b"new", NOW - SESSIONS_KEPT + MOMENT)):
        await owner_connection.execute(
            "INSERT INTO people.refresh_token VALUES ($1, $2, $3, $4, $5)", token, family_id, person_id, NOW, expires_at
        )
    for kind, created_at in (("old", NOW - NOTICES_KEPT - MOMENT), ("new", NOW - NOTICES_KEPT + MOMENT)):
        await owner_connection.execute(
            "INSERT INTO people.notice VALUES ($1, $2, $3, '{}', $4)", uuid4(), person_id, kind, created_at
        )
    for event, received_at in (("old", NOW - WEBHOOKS_KEPT - MOMENT), ("new", NOW - WEBHOOKS_KEPT + MOMENT)):
        await owner_connection.execute(
            "INSERT INTO commerce.webhook_inbox VALUES ('simpay', $1, $2)", event, received_at
        )
    pruned = await prune(database, now=NOW)
    assert (pruned, pruned.is_all) == (Pruned(keys=1, refresh_tokens=1, notices=1, webhooks=1), True)
    assert await owner_connection.fetchval("SELECT string_agg(kind, '') FROM people.notice") == "new"
    assert await owner_connection.fetchval("SELECT string_agg(event_id, '') FROM commerce.webhook_inbox") == "new"
    assert await owner_connection.fetchval("SELECT string_agg(key, '') FROM people.idempotency") == "new"
    assert await owner_connection.fetchval("SELECT string_agg(token_hash, '') FROM people.refresh_token") == b"new"
    assert await prune(database, now=NOW) == Pruned(0, 0)
