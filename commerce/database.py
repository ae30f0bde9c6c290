"""Core: the shape of the database that commerce's edges are given."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    import asyncpg


class Database(Protocol):
    """Transactions against PostgreSQL, each acting for one person, for the platform, or for nobody."""

    def transaction(
        self, *, person_id: UUID | None = None, platform: bool = False
    ) -> AbstractAsyncContextManager[asyncpg.Connection]:
        """A connection inside a transaction (read committed), committed on leaving and rolled back on an exception.

        Row-level security holds within it: `person_id` sees and changes what that person may, `platform` everything.
        """
