"""Edge: transactions on PostgreSQL, each on behalf of somebody.

Row-level security shows a transaction what its person, or the platform, may see; both are set in the round trip that
begins it, and for it alone. asyncpg tells of a lost link in three unrelated kinds of exception (after a kill most
often `InternalClientError`, which its documentation doesn't name); here all of them become `DatabaseUnavailable`,
which also says when a COMMIT's outcome is unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Literal, Self
from uuid import UUID

import asyncpg
import msgspec

from server.errors import DatabaseUnavailable

POOL_SIZE_MAX = 10
STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 2_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
ACQUIRE_TIMEOUT_S = 3.0
"""How long a caller waits for a free connection: past it, it is better to refuse early than to answer late."""
CONNECT_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 5.0

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


class Savepoint:
    """A transaction within a transaction: what it did is undone when its block raises."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._name = f"jishi_{connection.next_savepoint()}"

    async def __aenter__(self) -> Self:
        await self._connection.execute(f"SAVEPOINT {self._name}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        if not self._connection.is_closed():
            undo = f"ROLLBACK TO SAVEPOINT {self._name}; " if kind is not None else ""
            await self._connection.execute(f"{undo}RELEASE SAVEPOINT {self._name}")
        return False


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A pooled connection. `transaction()` on it within `Database.transaction` is a savepoint."""

    # Nothing here outlives a transaction: no session setting, listener, cursor or session lock. So there is
    # nothing to reset, and a round trip is saved each time a connection goes back to the pool.
    __slots__ = ("_savepoints",)

    def get_reset_query(self) -> str:
        return ""

    def next_savepoint(self) -> int:
        self._savepoints: int = getattr(self, "_savepoints", 0) + 1
        return self._savepoints

    def transaction(self, **options: Any) -> Any:
        if self.is_in_transaction():
            assert not options, "a savepoint takes no options"
            return Savepoint(self)
        return super().transaction(**options)


class Database:
    """A pool of connections in one role."""

    def __init__(self, pool: Any, url: str) -> None:
        self._pool = pool
        self.url = url

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        pool_size_max: int = POOL_SIZE_MAX,
        statement_timeout_ms: int = STATEMENT_TIMEOUT_MS,
        lock_timeout_ms: int = LOCK_TIMEOUT_MS,
        idle_in_transaction_timeout_ms: int = IDLE_IN_TRANSACTION_TIMEOUT_MS,
        application_name: str = "jishi",
    ) -> Self:
        """Connect once to see that it can be done, then as needed.

        Raises: DatabaseUnavailable.
        """
        settings = {
            "application_name": application_name,
            "timezone": "UTC",
            "statement_timeout": str(statement_timeout_ms),
            "lock_timeout": str(lock_timeout_ms),
            "idle_in_transaction_session_timeout": str(idle_in_transaction_timeout_ms),
        }
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=pool_size_max,
                timeout=CONNECT_TIMEOUT_S,
                connection_class=Connection,
                init=_teach_json,
                server_settings=settings,
            )
        except (*_LOST, OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error
        return cls(pool, url)

    async def close(self) -> None:
        """Let the transactions under way end for a moment, then cut them. May be called more than once."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def pool_facts(self) -> tuple[int, int, int]:
        """Connections open, of these idle, and at most."""
        return self._pool.get_size(), self._pool.get_idle_size(), self._pool.get_max_size()

    @contextlib.asynccontextmanager
    async def transaction(self, *, person_id: UUID | None = None, platform: bool = False) -> AsyncIterator[Any]:
        """One transaction (read committed) that sees and writes what the person, or the platform, may.

        Yields an `asyncpg.Connection`. Commits when the block ends, rolls back when it raises.

        Raises: DatabaseUnavailable, also for a link that was lost under the block's own statements.
        """
        begin = (
            f"BEGIN; SELECT set_config('jishi.person', '{'' if person_id is None else UUID(str(person_id))}', true), "
            f"set_config('jishi.platform', '{'on' if platform else ''}', true)"
        )
        connection = await self._acquire()
        try:
            committing = False
            try:
                await connection.execute(begin)
                yield connection
                committing = True
                # A statement that failed and was caught without a savepoint has undone everything before it.
                assert await connection.execute("COMMIT") == "COMMIT", "a failed transaction can't be committed"
            except BaseException as error:
                await _roll_back(connection)
                if is_link_lost(error, connection):
                    raise DatabaseUnavailable(_words(error), outcome_unknown=committing) from error
                raise
        finally:
            await self._release(connection)

    async def _acquire(self) -> Any:
        try:
            return await self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
        except TimeoutError as error:
            raise DatabaseUnavailable(f"no connection was free within {ACQUIRE_TIMEOUT_S:g} s") from error
        except (*_LOST, OSError, asyncpg.InterfaceError) as error:
            raise DatabaseUnavailable(_words(error)) from error

    async def _release(self, connection: Any) -> None:
        with contextlib.suppress(*_LOST, OSError, asyncpg.InterfaceError):
            await self._pool.release(connection)


async def _roll_back(connection: Any) -> None:
    """Undo; a connection that can't any more is cut, which undoes as well."""
    if _is_gone(connection):
        return
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await connection.execute("ROLLBACK")
    except BaseException as error:
        connection.terminate()
        if isinstance(error, asyncio.CancelledError):
            raise


def is_link_lost(error: BaseException, connection: Any) -> bool:
    """Whether this failure means that the link is gone, and not that the statement was wrong."""
    if isinstance(error, _LOST):
        return True
    return isinstance(error, OSError | asyncpg.InterfaceError) and _is_gone(connection)


def _is_gone(connection: Any) -> bool:
    """Whether the link is closed; the pool takes a connection away from its user when the server closes it."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def _words(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _encode_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def _teach_json(connection: Any) -> None:
    """Hand json and jsonb over as values; uuid is `uuid.UUID` already."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_encode_json, decoder=msgspec.json.decode, format="text"
        )


async def connect(url: str, *, application_name: str = "jishi") -> Any:
    """One connection of its own, for work that isn't a request's (migrations, fixtures); the caller closes it.

    Raises: DatabaseUnavailable.
    """
    try:
        connection = await asyncpg.connect(
            url,
            timeout=CONNECT_TIMEOUT_S,
            server_settings={"application_name": application_name, "timezone": "UTC"},
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        raise DatabaseUnavailable(_words(error)) from error
    await _teach_json(connection)
    return connection
