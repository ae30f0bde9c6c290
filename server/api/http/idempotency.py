"""Edge: a creating request that is sent again is answered the same again, and creates nothing.

The key's row is written first in the transaction that makes the change, and commits with it: a second request under the
key waits for the first at that row, and then finds its answer. A request that was refused leaves no row, so that it may
be put right and sent under the same key.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from server.api.http.problem import Problem

_CLAIM: Final = """
INSERT INTO people.idempotency (person_id, route, key, request_hash, status, body, created_at)
VALUES ($1, $2, $3, $4, 0, 'null', $5) ON CONFLICT DO NOTHING RETURNING key
"""
_FOUND: Final = """
SELECT request_hash, status, body FROM people.idempotency WHERE person_id = $1 AND route = $2 AND key = $3
"""
_KEEP: Final = "UPDATE people.idempotency SET status = $4, body = $5 WHERE person_id = $1 AND route = $2 AND key = $3"


@dataclass(frozen=True, slots=True)
class Replay:
    """What the first request under the key was answered."""

    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request under a key: who sends it, where to, and what it says."""

    person_id: UUID
    route: str
    key: str
    request_hash: bytes

    async def claim(self, connection: Any, now: datetime) -> Replay | Problem | None:
        """Take the key in this transaction; None: go on. Refused: idempotency_mismatch."""
        if await connection.fetchval(_CLAIM, self.person_id, self.route, self.key, self.request_hash, now):
            return None
        row = await connection.fetchrow(_FOUND, self.person_id, self.route, self.key)
        if row is None or row["request_hash"] != self.request_hash:
            return Problem("idempotency_mismatch")
        return Replay(row["status"], row["body"])

    async def keep(self, connection: Any, status: int, body: Any) -> None:
        """Keep the answer beside the change, in its transaction."""
        await connection.execute(_KEEP, self.person_id, self.route, self.key, status, body)


def request_hash(path: str, canonical_body: bytes) -> bytes:
    """What makes two requests the same: the path, and the body as it was understood."""
    return hashlib.sha256(path.encode() + b"\0" + canonical_body).digest()


class JoinedDatabase:
    """A database whose transactions are parts of one that is open: what they write commits with it, or not at all.

    They act for whom the open one was begun: a person, or the platform; it is for code that begins its own.
    """

    def __init__(self, connection: Any, person_id: UUID, *, platform: bool = False) -> None:
        self._connection = connection
        self._person_id = person_id
        self._platform = platform

    @contextlib.asynccontextmanager
    async def transaction(self, *, person_id: UUID | None = None, platform: bool = False) -> AsyncIterator[Any]:
        """A savepoint in the open transaction."""
        assert platform <= self._platform, "a part acts for the same person as the whole"
        assert person_id in (None, self._person_id)
        async with self._connection.transaction():
            yield self._connection
