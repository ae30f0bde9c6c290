"""Edge: brings the schema to what this version of the program needs.

Migrations are numbered SQL files, applied package by package in the order of `PACKAGES`, each in one transaction with
its row in `jishi_migration`: a start that is killed halfway goes on where it was. An advisory lock lets one migrate at
a time. A file that was applied is never edited: its hash is kept, and a difference stops the migration.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from server.database.database import connect
from server.errors import MigrationError

PACKAGES = ("people", "commerce", "moderation")
APPLICATION_ROLE = "jishi_app"
LOCK_KEY = 0x6A697368
"""Of the advisory lock: the letters «jish»."""
_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")

_TABLE = f"""
CREATE TABLE IF NOT EXISTS jishi_migration (
    package    text NOT NULL,
    number     int NOT NULL,
    name       text NOT NULL,
    sha256     bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (package, number)
);
GRANT SELECT ON jishi_migration TO {APPLICATION_ROLE};
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    package: str
    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.sql.encode()).digest()

    def __str__(self) -> str:
        return f"{self.package}/{self.number:04d}_{self.name}"


Applied = Mapping[tuple[str, int], bytes]
"""The hash of each migration that the database has, by package and number."""


def folders() -> dict[str, Path]:
    """Where each package keeps its migrations."""
    found = {"people": Path(__file__).with_name("migrations")}
    for package in PACKAGES[1:]:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        found[package] = Path(spec.origin).with_name("migrations")
    return found


def read(places: Mapping[str, Path]) -> list[Migration]:
    """Every migration in the order it is applied.

    Raises: MigrationError for a file that isn't named `0001_words.sql`, or two with one number.
    """
    migrations: dict[tuple[int, int], Migration] = {}
    for order, (package, folder) in enumerate(places.items()):
        for path in sorted(folder.glob("*.sql")):
            if (match := _NAME.fullmatch(path.name)) is None:
                raise MigrationError(f"{package}/{path.name} isn't named like 0001_words.sql")
            key = (order, int(match[1]))
            if key in migrations:
                raise MigrationError(f"{package} has two migrations numbered {match[1]}")
            migrations[key] = Migration(package, int(match[1]), match[2], path.read_text(encoding="utf-8"))
    return [migrations[key] for key in sorted(migrations)]


def outstanding(migrations: Sequence[Migration], applied: Applied) -> list[Migration]:
    """Those still to apply, in order.

    Raises: MigrationError when the database has one that was edited since, or that this version doesn't know.
    """
    known = {(migration.package, migration.number) for migration in migrations}
    if strangers := sorted(set(applied) - known):
        package, number = strangers[0]
        raise MigrationError(
            f"the database has migration {package}/{number:04d}, which this version doesn't know: run the newer version"
        )
    for migration in migrations:
        held = applied.get((migration.package, migration.number))
        if held is not None and held != migration.sha256:
            raise MigrationError(f"{migration} was edited after it was applied: restore it, and add a new one instead")
    return [migration for migration in migrations if (migration.package, migration.number) not in applied]


async def _fetch_applied(connection: Any) -> Applied:
    if not await connection.fetchval("SELECT to_regclass('public.jishi_migration') IS NOT NULL"):
        return {}
    rows = await connection.fetch("SELECT package, number, sha256 FROM public.jishi_migration")
    return {(row["package"], row["number"]): bytes(row["sha256"]) for row in rows}


async def pending(url: str) -> list[Migration]:
    """Those still to apply; either role may ask.

    Raises: DatabaseUnavailable, MigrationError.
    """
    connection = await connect(url, application_name="jishi migrate")
    try:
        return outstanding(read(folders()), await _fetch_applied(connection))
    finally:
        await connection.close()


async def migrate(owner_url: str, places: Mapping[str, Path] | None = None) -> list[Migration]:
    """Apply what is missing, as the owner; returns what was applied.

    Raises: DatabaseUnavailable, MigrationError (what was applied before the one that failed stays).
    """
    migrations = read(places if places is not None else folders())
    connection = await connect(owner_url, application_name="jishi migrate")
    try:
        if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", APPLICATION_ROLE):
            raise MigrationError(f"the role {APPLICATION_ROLE} is missing: make it first (docs/operations.md)")
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK_KEY)
        await connection.execute(f"SET client_min_messages = warning; {_TABLE}")
        missing = outstanding(migrations, await _fetch_applied(connection))
        for migration in missing:
            await _apply(connection, migration)
        return missing
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        raise MigrationError(f"the migration stopped: {error}") from error
    finally:
        await connection.close()


async def _apply(connection: Any, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "INSERT INTO public.jishi_migration (package, number, name, sha256) VALUES ($1, $2, $3, $4)",
                *(migration.package, migration.number, migration.name, migration.sha256),
            )
    except asyncpg.PostgresError as error:
        raise MigrationError(f"{migration} failed: {error}") from error
