"""Edge: which tokens are void before they expire, known to every edge within seconds.

The word comes over the bus at once, and by asking the database every `POLL_INTERVAL_S` when the bus is away. Checking a
token asks neither: it reads this process's own map. While the database cannot be asked the map stands as it was, and a
token's own short life is the bound.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from server.bus.contract import Bus
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.live.topics import REVOKED
from server.people.tokens import Identity

log = logging.getLogger("jishi.people")

POLL_INTERVAL_S: Final = 5.0
OVERLAP: Final = timedelta(seconds=30)
"""Changes are stamped before they commit: each poll reads so far back behind the last."""

TOKEN_LIFE_MAX: Final = timedelta(days=31)
"""No token, a demo's included, lives longer; older revocations are forgotten."""

OnRevoked = Callable[[frozenset[str]], None]
"""Called with the ids of people whose tokens became void: their connections sign out."""

_CHANGED: Final = """
SELECT person_id, state, tokens_valid_from FROM people.person
WHERE tokens_valid_from > $1 AND (tokens_valid_from > created_at OR state <> 'active')
"""
_LIMITED: Final = "SELECT person_id, state, tokens_valid_from FROM people.person WHERE state = 'limited'"


class Revocations:
    """This process's knowledge of void tokens and limited accounts."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._valid_from: dict[UUID, datetime] = {}
        self._closed: set[UUID] = set()
        self._limited: set[UUID] = set()
        self._listeners: list[OnRevoked] = []
        self._ask_now = asyncio.Event()
        self._read_to: datetime | None = None

    def is_void(self, identity: Identity) -> bool:
        """Whether this token no longer holds."""
        return identity.person_id in self._closed or self.is_outdated(identity)

    def is_outdated(self, identity: Identity) -> bool:
        """Whether this token was given out before its person's tokens were voided last."""
        valid_from = self._valid_from.get(identity.person_id)
        return valid_from is not None and identity.issued_at < valid_from

    def is_limited(self, person_id: UUID) -> bool:
        """Whether the account may look but not write."""
        return person_id in self._limited

    def may_write(self, person_id: UUID) -> bool:
        """Whether the account is neither closed nor limited: asked where no token is at hand."""
        return person_id not in self._limited and person_id not in self._closed

    def listen(self, on_revoked: OnRevoked) -> None:
        """Be told of people whose tokens became void, from now on."""
        self._listeners.append(on_revoked)

    async def serve(self) -> None:
        """Keep the knowledge fresh until cancelled."""
        subscription = self._bus.subscribe(REVOKED, lambda publication: self._ask_now.set(), self._ask_now.set)
        try:
            while True:
                self._ask_now.clear()
                try:
                    await self.poll()
                except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                    log.warning("revocations stand as they were: %s", error)
                    await asyncio.sleep(1)
                try:
                    async with asyncio.timeout(POLL_INTERVAL_S):
                        await self._ask_now.wait()
                except TimeoutError:
                    continue
        finally:
            subscription.cancel()

    async def poll(self) -> None:
        """Read what changed since the last poll.

        Raises: DatabaseUnavailable.
        """
        started = datetime.now(UTC)
        since = started - TOKEN_LIFE_MAX if self._read_to is None else self._read_to - OVERLAP
        async with self._database.transaction(platform=True) as connection:
            rows = await connection.fetch(_CHANGED, since)
            if self._read_to is None:
                rows += await connection.fetch(_LIMITED)
        first, self._read_to = self._read_to is None, started
        revoked = frozenset(str(row["person_id"]) for row in rows if self._apply(row))
        self._forget(started - TOKEN_LIFE_MAX)
        if revoked and not first:
            for listener in self._listeners:
                listener(revoked)

    def _apply(self, row: Any) -> bool:
        """Take one person's row; answers whether it is news."""
        person_id: UUID = row["person_id"]
        self._limited.discard(person_id)
        self._closed.discard(person_id)
        if row["state"] == "limited":
            self._limited.add(person_id)
        elif row["state"] == "closed":
            self._closed.add(person_id)
        known = self._valid_from.get(person_id)
        self._valid_from[person_id] = row["tokens_valid_from"]
        return bool(known != row["tokens_valid_from"])

    def _forget(self, before: datetime) -> None:
        for person_id in [person_id for person_id, valid_from in self._valid_from.items() if valid_from < before]:
            del self._valid_from[person_id]
            self._closed.discard(person_id)
