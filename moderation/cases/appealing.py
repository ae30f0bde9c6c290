"""Edge: appeals and their answers as rows that are only ever added; an appeal's state is read from both.

A decision is appealed against once, and an appeal answered once: unique keys hold that, whoever comes at the same time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from moderation.cases.appeals import WORDS_CHARS_MAX, Answer, AppealState, state_of
from moderation.cases.log import action_views
from moderation.cases.states import REASON_CHARS_MAX
from moderation.records import stored_text

_APPEALED_AGAINST: Final = """
SELECT a.kind, a.created_at AS decided_at, u.action_id IS NOT NULL AS is_undone, p.appeal_id IS NOT NULL AS is_appealed
FROM moderation.action a
LEFT JOIN moderation.action u ON u.undoes = a.action_id
LEFT JOIN moderation.appeal p ON p.action_id = a.action_id
WHERE a.action_id = $1 AND a.subject_id = $2
"""
_ADD: Final = """
INSERT INTO moderation.appeal (appeal_id, action_id, person_id, words, created_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
_ANSWER: Final = """
INSERT INTO moderation.appeal_answer (appeal_id, decision, actor_id, reason, created_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
_APPEALS: Final = """
SELECT p.appeal_id, p.action_id, p.person_id, p.words, p.created_at AS at, p.due_at, a.actor_id AS decided_by,
       u.action_id IS NOT NULL AS is_undone, r.decision, r.reason, r.created_at AS answered_at,
       answerer.display_name AS answered_by_name, person.display_name, person.state AS person_state
FROM moderation.appeal p
JOIN moderation.action a USING (action_id)
JOIN people.person person ON person.person_id = p.person_id
LEFT JOIN moderation.action u ON u.undoes = a.action_id
LEFT JOIN moderation.appeal_answer r ON r.appeal_id = p.appeal_id
LEFT JOIN people.person answerer ON answerer.person_id = r.actor_id
"""
_ONE: Final = _APPEALS + "WHERE p.appeal_id = $1"
_IS_OPEN: Final = "(r.appeal_id IS NULL AND u.action_id IS NULL)"
_OPEN: Final = _APPEALS + f"WHERE {_IS_OPEN} AND ($1::uuid IS NULL OR p.appeal_id > $1) ORDER BY p.appeal_id LIMIT $2"
_DONE: Final = (
    _APPEALS + f"WHERE NOT {_IS_OPEN} AND ($1::uuid IS NULL OR p.appeal_id < $1) ORDER BY p.appeal_id DESC LIMIT $2"
)
_COUNTS: Final = f"""
SELECT count(*) AS open, count(*) FILTER (WHERE p.due_at < $1) AS overdue
FROM moderation.appeal p
LEFT JOIN moderation.action u ON u.undoes = p.action_id
LEFT JOIN moderation.appeal_answer r ON r.appeal_id = p.appeal_id WHERE {_IS_OPEN}
"""  # noqa: S608 - a constant of this module


@dataclass(frozen=True, slots=True)
class AppealedAgainst:
    """A decision about a person, as far as appealing against it goes."""

    kind: str
    decided_at: datetime
    is_undone: bool
    is_appealed: bool


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal, as answering it needs it."""

    appeal_id: UUID
    action_id: UUID
    person_id: UUID
    decided_by: UUID
    state: AppealState


async def appealed_against(connection: Any, action_id: UUID, person_id: UUID) -> AppealedAgainst | None:
    """The decision of that id, if it is about this person."""
    row = await connection.fetchrow(_APPEALED_AGAINST, action_id, person_id)
    return None if row is None else AppealedAgainst(**dict(row))


async def add_appeal(
    connection: Any, *, appeal_id: UUID, action_id: UUID, person_id: UUID, words: str, now: datetime, due_at: datetime
) -> bool:
    """Write an appeal down; False where there is one already."""
    status: str = await connection.execute(
        _ADD, appeal_id, action_id, person_id, stored_text(words, WORDS_CHARS_MAX), now, due_at
    )
    return status == "INSERT 0 1"


async def add_answer(
    connection: Any, appeal_id: UUID, answer: Answer, *, actor_id: UUID, reason: str, now: datetime
) -> bool:
    """Write the answer down; False where there is one already, for whose transaction this waits."""
    told = stored_text(reason, REASON_CHARS_MAX)
    status: str = await connection.execute(_ANSWER, appeal_id, answer.value, actor_id, told, now)
    return status == "INSERT 0 1"


async def appeal_to_answer(connection: Any, appeal_id: UUID) -> Appeal | None:
    """The appeal of that id."""
    row = await connection.fetchrow(_ONE, appeal_id)
    if row is None:
        return None
    state = state_of(row["decision"], is_undone=row["is_undone"])
    return Appeal(row["appeal_id"], row["action_id"], row["person_id"], row["decided_by"], state)


async def appeal_view(connection: Any, appeal_id: UUID, *, reader_id: UUID, now: datetime) -> dict[str, Any] | None:
    """An appeal as a moderator sees it."""
    views = await _views(connection, await connection.fetch(_ONE, appeal_id), reader_id, now)
    return views[0] if views else None


async def list_appeals(
    connection: Any, *, is_open: bool, after: UUID | None, limit: int, reader_id: UUID, now: datetime
) -> list[dict[str, Any]]:
    """Those that wait, the longest first; or those that don't any more, newest first."""
    rows = await connection.fetch(_OPEN if is_open else _DONE, after, limit)
    return await _views(connection, rows, reader_id, now)


async def count_appeals(connection: Any, *, now: datetime) -> dict[str, int]:
    """How many are `open`, and `overdue` of them."""
    return dict(await connection.fetchrow(_COUNTS, now))


async def _views(
    connection: Any, rows: list[Mapping[str, Any]], reader_id: UUID, now: datetime
) -> list[dict[str, Any]]:
    actions = await action_views(connection, [row["action_id"] for row in rows])
    return [_view(row, actions[row["action_id"]], reader_id, now) for row in rows]


def _view(row: Mapping[str, Any], action: dict[str, Any], reader_id: UUID, now: datetime) -> dict[str, Any]:
    state = state_of(row["decision"], is_undone=row["is_undone"])
    is_open = state is AppealState.OPEN
    return {
        "appeal_id": row["appeal_id"],
        "state": state.value,
        "words": row["words"],
        "at": row["at"],
        "due_at": row["due_at"],
        "overdue": is_open and row["due_at"] < now,
        "may_answer": is_open and reader_id not in (row["decided_by"], row["person_id"]),
        "person": {
            "person_id": row["person_id"],
            "display_name": row["display_name"],
            "state": row["person_state"],
        },
        "action": action,
        "answer": None
        if row["decision"] is None
        else {
            "decision": row["decision"],
            "reason": row["reason"],
            "by_name": row["answered_by_name"],
            "at": row["answered_at"],
        },
    }
