"""Edge: notices: what a person was told, newest first, and how many of them are unread.

They are written by `people.tell()` in the database, within the change that they tell of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce.database import Database

PAGE_NOTICES_MAX: Final = 100

KINDS: Final = frozenset(
    {
        "account_closed",
        "account_reopened",
        "appeal_rejected",
        "appeal_upheld",
        "application_changed",
        "card_removed",
        "claim_doubted",
        "decision_undone",
        "host_on_air",
        "line_approved",
        "line_held",
        "line_removed",
        "moment_upheld",
        "mute_lifted",
        "muted",
        "name_removed",
        "post_removed",
        "report_upheld",
        "sanction_confirmed",
        "sanction_lifted",
        "sanctioned",
        "suppression_upheld",
        "title_removed",
    }
)
"""All that people are told (docs/notices.md); the browser's tests hold that each has words."""

_LIST: Final = """
SELECT notice_id, kind, created_at AS at, facts, read_at IS NOT NULL AS read FROM people.notice
WHERE person_id = $1 AND ($2::uuid IS NULL OR (created_at, notice_id) <
    (SELECT b.created_at, b.notice_id FROM people.notice b WHERE b.notice_id = $2 AND b.person_id = $1))
ORDER BY created_at DESC, notice_id DESC LIMIT $3
"""
_UNREAD: Final = "SELECT count(*) FROM people.notice WHERE person_id = $1 AND read_at IS NULL"
_READ: Final = "UPDATE people.notice SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL"
_TELL: Final = "SELECT people.tell($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Notices:
    """A page of them; `next_before` is where the next begins, None on the last."""

    notices: list[Mapping[str, Any]]
    unread: int
    next_before: str | None


async def list_notices(database: Database, person_id: UUID, *, before: UUID | None, limit: int) -> Notices:
    """A person's notices from the newest, or from the one before `before`; at most PAGE_NOTICES_MAX."""
    limit = min(limit, PAGE_NOTICES_MAX)
    async with database.transaction(person_id=person_id) as connection:
        rows = await connection.fetch(_LIST, person_id, before, limit + 1)
        unread = await connection.fetchval(_UNREAD, person_id)
    page: list[Mapping[str, Any]] = [dict(row) for row in rows[:limit]]
    return Notices(page, unread, str(page[-1]["notice_id"]) if len(rows) > limit else None)


async def read_notices(database: Database, person_id: UUID, *, now: datetime) -> None:
    """All that the person was told up to now is read."""
    async with database.transaction(person_id=person_id) as connection:
        await connection.execute(_READ, person_id, now)


async def tell(connection: Any, person_id: UUID, kind: str, facts: Mapping[str, Any]) -> None:
    """Tell a person something, within the change that it tells of."""
    assert kind in KINDS, kind
    await connection.execute(_TELL, person_id, kind, facts)
