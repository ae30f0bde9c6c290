"""Migrating a real PostgreSQL: once, one at a time, resumable, and the roles as they must be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from server.database.migrate import folders, migrate, pending, read
from server.errors import MigrationError
from tests.database import Cluster, TestAddresses


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[TestAddresses]:
    async with cluster.fresh(migrated=False) as addresses:
        yield addresses


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row["tablename"] for row in rows}
    finally:
        await connection.close()


def write(folder: Path, **files: str) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    for name, sql in files.items():
        (folder / f"{name.removeprefix('m')}.sql").write_text(sql)
    return {"people": folder}


async def test_everything_is_applied_once_whoever_else_migrates(empty: TestAddresses) -> None:
    assert await pending(empty.database_url) == read(folders())
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(migrate(empty.migrate_url)) for _ in range(3)]
    assert sorted(len(run.result()) for run in runs) == [0, 0, len(read(folders()))]
    assert await pending(empty.database_url) == []


async def test_a_migration_that_fails_leaves_nothing_and_is_taken_up_again(
    empty: TestAddresses, tmp_path: Path
) -> None:
    places = write(
        tmp_path / "sql", m0001_good="CREATE TABLE good ();", m0002_bad="CREATE TABLE half (); SELECT 1 / 0;"
    )
    with pytest.raises(MigrationError, match="people/0002_bad failed: division by zero"):
        await migrate(empty.migrate_url, places)
    assert await tables(empty.migrate_url) == {"good", "jishi_migration"}
    write(tmp_path / "sql", m0002_bad="CREATE TABLE whole ();")
    assert [str(done) for done in await migrate(empty.migrate_url, places)] == ["people/0002_bad"]
    assert await tables(empty.migrate_url) == {"good", "whole", "jishi_migration"}


async def test_an_edited_file_stops_it(empty: TestAddresses, tmp_path: Path) -> None:
    places = write(tmp_path / "sql", m0001_good="CREATE TABLE good ();")
    await migrate(empty.migrate_url, places)
    write(tmp_path / "sql", m0001_good="CREATE TABLE better ();")
    with pytest.raises(MigrationError, match="edited after it was applied"):
        await migrate(empty.migrate_url, places)


async def test_the_application_can_neither_bypass_security_nor_change_the_schema(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        role = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert set(role.values()) == {False}
        for statement in ("CREATE TABLE public.mine ()", "CREATE SCHEMA mine", "DELETE FROM jishi_migration"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_every_table_is_under_forced_row_level_security(migrate_url: str) -> None:
    connection = await asyncpg.connect(migrate_url)
    try:
        bare = await connection.fetch(
            """SELECT relnamespace::regnamespace || '.' || relname AS name FROM pg_class
               WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
               AND relnamespace::regnamespace::text = 'people'"""
        )
        assert [row["name"] for row in bare] == []
    finally:
        await connection.close()
