"""Fixtures for every test: the event loop the server runs on, and real engines.

Use by name: `database` (as jishi_app, under row-level security), `owner_connection` (as jishi_owner, acting for the
platform: for setting the scene), `database_url`, `migrate_url`, `valkey_url`, and `engines` and `cluster` below them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import asyncpg
import pytest
import redis
import uvloop
from xdist.scheduler import LoadScopeScheduling

from server.database.database import Database, connect
from server.node.engines.embedded import AloneOutput
from tests.database import Cluster, TestAddresses, running_engines


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the loop that the server runs on."""
    return {"uvloop": uvloop.new_event_loop}


class BrowserBesideTheRest(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Lets two processes share the run: the browser's tests go one after the other, for they mostly wait and would only
    be in each other's way; all else goes by the file.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "tests/browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BrowserBesideTheRest:
    """How the tests are dealt out with `-n`."""
    return BrowserBesideTheRest(config, log)


@pytest.fixture(scope="session")
def engines() -> Iterator[AloneOutput]:
    """The run's PostgreSQL and Valkey."""
    with running_engines() as addresses:
        yield addresses


@pytest.fixture(scope="session")
def cluster(engines: AloneOutput) -> Cluster:
    """The run's PostgreSQL, from which databases are had."""
    return Cluster(engines)


@pytest.fixture
async def test_database(cluster: Cluster) -> AsyncIterator[TestAddresses]:
    """The test's own migrated database."""
    async with cluster.fresh() as addresses:
        yield addresses


@pytest.fixture
def database_url(test_database: TestAddresses) -> str:
    """The test's database as the application (jishi_app)."""
    return test_database.database_url


@pytest.fixture
def migrate_url(test_database: TestAddresses) -> str:
    """The test's database as the owner (jishi_owner)."""
    return test_database.migrate_url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The test's database as the server uses it."""
    opened = await Database.open(database_url)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def owner_connection(migrate_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the owner that acts for the platform, so that forced row-level security lets it set the scene."""
    connection = await connect(migrate_url)
    try:
        await connection.execute("SELECT set_config('jishi.platform', 'on', false)")
        yield connection
    finally:
        await connection.close()


@pytest.fixture
def valkey_url(engines: AloneOutput) -> str:
    """The run's Valkey, emptied."""
    with redis.Redis.from_url(engines.valkey_url) as client:
        client.flushall()
    return engines.valkey_url
