"""Edge: cases whose rows are held while they are decided, so that no two decide one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.cases.states import CaseState, Kind

_LOCK: Final = """
SELECT c.case_id, c.kind, c.target_id, c.room_id, c.subject_id, c.text, c.action, c.shown, c.screen_id, c.state,
       c.decided_by, c.fold, c.rules::text AS rules, c.spans::text AS spans, c.facts::text AS facts, r.slug,
       r.title
FROM moderation.case_file c LEFT JOIN people.room r ON r.room_id = c.room_id WHERE c.case_id = $1 FOR UPDATE OF c
"""
_OF_LINE: Final = """
SELECT case_id FROM moderation.case_file WHERE kind = 'line' AND room_id = $1 AND (target_id = $2 OR screen_id = $2)
"""
_ALIKE: Final = """
SELECT c.case_id FROM moderation.case_file c
WHERE c.fold = $1 AND c.kind = $2 AND c.state = 'open' AND c.case_id <> $3 AND c.subject_id IS DISTINCT FROM $4
    AND NOT EXISTS (SELECT FROM moderation.claim l
                    WHERE l.case_id = c.case_id AND l.until > $5 AND l.moderator_id <> $4)
ORDER BY c.case_id LIMIT $6
"""
_HOLD_ALIKE: Final = """
SELECT pg_advisory_xact_lock(hashtextextended(coalesce(c.fold, c.case_id::text), 8)) FROM moderation.case_file c
WHERE c.case_id = $1
"""
ALIKE_MAX: Final = 100
"""Cases decided together; more are decided by asking again."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case whose row is held, as deciding it needs it."""

    case_id: UUID
    kind: Kind
    target_id: str
    room_id: UUID | None
    subject_id: UUID | None
    text: str
    action: str
    shown: bool
    screen_id: str | None
    state: CaseState
    decided_by: UUID | None
    fold: str | None
    """The same for cases of its kind that say the same."""
    rules: list[dict[str, Any]]
    spans: list[list[Any]]
    facts: dict[str, Any]
    slug: str | None
    """The room's."""
    title: str | None
    """The room's."""


async def hold_case(connection: Any, case_id: UUID) -> Case | None:
    """The case, held until the transaction ends, so that no two decide it."""
    row = await connection.fetchrow(_LOCK, case_id)
    if row is None:
        return None
    decoded = {name: msgspec.json.decode(row[name]) for name in ("rules", "spans", "facts")}
    return Case(**{**row, **decoded, "kind": Kind(row["kind"]), "state": CaseState(row["state"])})


async def case_of_line(connection: Any, *, room_id: UUID, comment_id: str) -> UUID | None:
    """The case that is about a line, named as it stands or stood on screen."""
    case_id: UUID | None = await connection.fetchval(_OF_LINE, room_id, comment_id)
    return case_id


async def cases_alike(connection: Any, case: Case, *, but_of: UUID, now: datetime) -> list[Case]:
    """Open cases that say the same, held, at most ALIKE_MAX; none of `but_of`'s words, none somebody else works on.

    Whoever decides them together has to hold what they say first, by `hold_alike`.
    """
    rows = await connection.fetch(_ALIKE, case.fold, case.kind.value, case.case_id, but_of, now, ALIKE_MAX)
    held = [await hold_case(connection, row["case_id"]) for row in rows]
    return [each for each in held if each is not None and each.state is CaseState.OPEN]


async def hold_alike(connection: Any, case_id: UUID) -> None:
    """Have nobody else decide together what says the same as this case, before the transaction ends."""
    await connection.execute(_HOLD_ALIKE, case_id)
