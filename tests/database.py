"""Real engines for the tests: one PostgreSQL and one Valkey for a whole run, a fresh database for each test.

The engines are the product's own (`server.node.engines.embedded`), run as a child without fsync in a temporary folder;
they end with the run, whichever way it ends. A database is migrated once, as a template, and each test gets a copy.
"""

from __future__ import annotations

import contextlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import msgspec

from server.database.migrate import migrate
from server.node.child import launch_argv
from server.node.engines.embedded import AloneInput, AloneOutput

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 40.0
TEMPLATE = "jishi_template"


@dataclass(frozen=True, slots=True)
class TestAddresses:
    """One test's own database, as the application and as the owner."""

    __test__ = False

    database_url: str
    migrate_url: str


def with_database(url: str, database: str) -> str:
    """The same address, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextlib.contextmanager
def running_engines(*, durable: bool = False) -> Iterator[AloneOutput]:
    """Both engines in a temporary folder, until the block ends or this process dies."""
    folder = Path(tempfile.mkdtemp(prefix="jishi-tests-"))
    command = (*launch_argv(signal.SIGTERM, "self"), sys.executable, "-m", "server.node.engines.embedded")
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin:
            process.stdin.write(msgspec.json.encode(AloneInput(str(folder), durable, temporary=True)))
        assert select.select([process.stdout], [], [], READY_TIMEOUT_S)[0], "the engines weren't ready in time"
        line = process.stdout.readline()
        assert line, "the engines ended before they were ready; what they said is above"
        yield msgspec.json.decode(line, type=AloneOutput)
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            shutil.rmtree(folder, ignore_errors=True)


class Cluster:
    """The run's PostgreSQL: a migrated template and its copies."""

    def __init__(self, engines: AloneOutput) -> None:
        self._engines = engines
        self._has_template = False
        self._copies = 0

    @contextlib.asynccontextmanager
    async def fresh(self, *, migrated: bool = True) -> AsyncIterator[TestAddresses]:
        """A database of one's own, dropped at the end with whoever is still connected."""
        superuser = await asyncpg.connect(self._engines.superuser_url)
        try:
            if migrated and not self._has_template:
                await self._make_template(superuser)
            self._copies += 1
            name = f"test_{self._copies}"
            origin = f"TEMPLATE {TEMPLATE} STRATEGY FILE_COPY" if migrated else ""
            await superuser.execute(f"CREATE DATABASE {name} OWNER jishi_owner {origin}")
            try:
                yield TestAddresses(
                    with_database(self._engines.database_url, name), with_database(self._engines.migrate_url, name)
                )
            finally:
                await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await superuser.close()

    async def _make_template(self, superuser: asyncpg.Connection) -> None:
        # A run whose migrations failed once tries again for the next test, with the same failure to show.
        await superuser.execute(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        await superuser.execute(f"CREATE DATABASE {TEMPLATE} OWNER jishi_owner")
        await migrate(with_database(self._engines.migrate_url, TEMPLATE))
        self._has_template = True
