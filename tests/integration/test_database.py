"""Transactions on a real PostgreSQL: who they act for, how they end, and what a lost link looks like."""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID, uuid4

import asyncpg
import pytest

from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.node.engines.embedded import AloneOutput


async def make_person(connection: asyncpg.Connection, login: str) -> UUID:
    person_id = uuid4()
    await connection.execute(
        "INSERT INTO people.person (person_id, login, display_name) VALUES ($1, $2, $2)", person_id, login
    )
    return person_id


async def count_people(connection: asyncpg.Connection) -> int:
    count: int = await connection.fetchval("SELECT count(*) FROM people.person")
    return count


async def test_a_transaction_sees_what_its_person_may(database: Database, owner_connection: asyncpg.Connection) -> None:
    first = await make_person(owner_connection, "first")
    await make_person(owner_connection, "second")
    async with database.transaction(person_id=first) as connection:
        assert await connection.fetchval("SELECT login FROM people.person") == "first"
    async with database.transaction(platform=True) as connection:
        assert await count_people(connection) == 2
    async with database.transaction() as connection:
        assert await count_people(connection) == 0, "what one transaction acted for is forgotten by the next"


async def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    async def work() -> None:
        async with database.transaction(platform=True) as connection:
            await make_person(connection, "somebody")
            raise KeyError

    with pytest.raises(KeyError):
        await work()
    async with database.transaction(platform=True) as connection:
        assert await count_people(connection) == 0


async def test_a_transaction_within_is_a_savepoint(database: Database) -> None:
    async with database.transaction(platform=True) as connection:
        await make_person(connection, "kept")
        with pytest.raises(asyncpg.UniqueViolationError):
            async with connection.transaction():
                await make_person(connection, "kept")
        async with connection.transaction():
            await make_person(connection, "also")
    async with database.transaction(platform=True) as connection:
        assert await count_people(connection) == 2


async def test_a_failed_transaction_never_passes_for_a_commit(database: Database) -> None:
    async def work() -> None:
        async with database.transaction(platform=True) as connection:
            await make_person(connection, "lost")
            with contextlib.suppress(asyncpg.UniqueViolationError):
                await make_person(connection, "lost")

    with pytest.raises(AssertionError, match="failed transaction"):
        await work()


async def test_json_comes_and_goes_as_values(database: Database) -> None:
    value = {"名": ["集市", 1, None, True], "n": 2**40}
    async with database.transaction() as connection:
        assert await connection.fetchval("SELECT $1::jsonb", value) == value
        assert await connection.fetchval("SELECT $1::json", [value]) == [value]
        answered = await connection.fetchval("SELECT $1::uuid", wanted := uuid4())
        assert answered == wanted
        assert isinstance(answered, UUID)


async def test_limits_are_set_on_every_connection(database: Database) -> None:
    async with database.transaction() as connection:
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            assert await connection.fetchval("SELECT current_setting($1)", name) != "0"
        assert await connection.fetchval("SELECT current_setting('synchronous_commit')") is not None


async def test_a_cancelled_block_is_rolled_back_and_its_connection_goes_on(database: Database) -> None:
    entered = asyncio.Event()

    async def work() -> None:
        async with database.transaction(platform=True) as connection:
            await make_person(connection, "cancelled")
            entered.set()
            await connection.execute("SELECT pg_sleep(60)")

    async with asyncio.TaskGroup() as group:
        task = group.create_task(work())
        await entered.wait()
        task.cancel()
    async with database.transaction(platform=True) as connection:
        assert await count_people(connection) == 0


async def test_a_killed_session_is_one_error_whatever_asyncpg_calls_it(
    database: Database, engines: AloneOutput
) -> None:
    superuser = await asyncpg.connect(engines.superuser_url)

    async def work(*statements: str) -> None:
        async with database.transaction(platform=True) as connection:
            pid = await connection.fetchval("SELECT pg_backend_pid()")
            await superuser.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
            for statement in statements:
                await connection.execute(statement)

    try:
        with pytest.raises(DatabaseUnavailable) as raised:
            await work("SELECT 1")
        assert not raised.value.outcome_unknown
        with pytest.raises(DatabaseUnavailable) as raised:
            await work()
        assert raised.value.outcome_unknown
    finally:
        await superuser.close()
    async with database.transaction() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_nobody_there_is_said_at_once(database_url: str) -> None:
    with pytest.raises(DatabaseUnavailable):
        await Database.open("postgresql://jishi_app:x@/jishi?host=/nonexistent&port=5432")
    with pytest.raises(DatabaseUnavailable):
        await Database.open(database_url.replace("jishi_app:", "jishi_app:wrong"))
