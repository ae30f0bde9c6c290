"""Edge: forgetting what nobody can use any more: answers of old idempotency keys, sessions that ended, old notices, and
which notifications of payment providers have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.database.database import Database

KEYS_KEPT: Final = timedelta(days=2)
"""How long a creating request may be sent again under its key; clients are promised a day."""

SESSIONS_KEPT: Final = timedelta(days=7)
"""How long the tokens of an expired session are kept, so that a late second use is still seen for what it is."""

NOTICES_KEPT: Final = timedelta(days=90)

WEBHOOKS_KEPT: Final = timedelta(days=30)
"""How long a notification that comes again is known; providers give up after a few days. One that comes later changes
nothing either, for the state it leads to is the one that stands."""

ROWS_MAX: Final = 5_000
"""Rows of each kind in one call, so that it never holds up others for long."""

_KEYS: Final = """
DELETE FROM people.idempotency WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM people.idempotency WHERE created_at < $1 LIMIT $2)) RETURNING 1
"""
_SESSIONS: Final = """
DELETE FROM people.refresh_token WHERE token_hash = ANY (ARRAY(
    SELECT token_hash FROM people.refresh_token WHERE expires_at < $1 LIMIT $2)) RETURNING 1
"""


_NOTICES: Final = """
DELETE FROM people.notice WHERE notice_id = ANY (ARRAY(
    SELECT notice_id FROM people.notice WHERE created_at < $1 LIMIT $2)) RETURNING 1
"""
_WEBHOOKS: Final = "SELECT commerce.forget_webhooks($1, $2)"


@dataclass(frozen=True, slots=True)
class Pruned:
    """Rows that are gone."""

    keys: int
    refresh_tokens: int
    notices: int = 0
    webhooks: int = 0

    @property
    def is_all(self) -> bool:
        """Whether nothing was left for the next call."""
        return max(self.keys, self.refresh_tokens, self.notices, self.webhooks) < ROWS_MAX


async def prune(database: Database, *, now: datetime) -> Pruned:
    """Forget what is too old, at most `ROWS_MAX` rows of each kind; for the clerk to call every hour."""
    async with database.transaction(platform=True) as connection:
        keys = await connection.fetch(_KEYS, now - KEYS_KEPT, ROWS_MAX)
        refresh_tokens = await connection.fetch(_SESSIONS, now - SESSIONS_KEPT, ROWS_MAX)
        notices = await connection.fetch(_NOTICES, now - NOTICES_KEPT, ROWS_MAX)
        webhooks = await connection.fetchval(_WEBHOOKS, now - WEBHOOKS_KEPT, ROWS_MAX)
    return Pruned(len(keys), len(refresh_tokens), len(notices), webhooks)
