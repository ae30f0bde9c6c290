"""Edge: the log of what people decided, which is only ever added to: an undo is an entry of its own.

Whoever writes holds the case's row, where there is one; an action is undone once, which a unique key holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.cases.seconds import state_of
from moderation.cases.states import REASON_CHARS_MAX, ActorRole
from moderation.records import as_json, stored_text

_ADD: Final = """
INSERT INTO moderation.action
    (action_id, kind, undoes, actor_id, actor_role, subject_id, case_id, target, room_id, text, reason, facts,
     created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::jsonb, $13)
ON CONFLICT (undoes) DO NOTHING
"""
_SHOWN: Final = """
SELECT a.action_id, a.kind, actor.display_name AS actor_name, a.actor_role, a.subject_id,
       subject.display_name AS subject_name, a.case_id, r.slug AS room_slug, a.text, a.reason, a.created_at AS at,
       coalesce(m.until, x.until) AS until, u.created_at AS undone_at, undoer.display_name AS undone_by_name,
       u.reason AS undo_reason, a.facts ->> 'second' AS second_wanted,
       (a.facts ->> 'second_due_at')::timestamptz AS second_due_at, s.outcome AS second_outcome,
       seconder.display_name AS second_by_name, s.reason AS second_reason, s.created_at AS second_at
FROM moderation.action a
JOIN people.person actor ON actor.person_id = a.actor_id
LEFT JOIN people.person subject ON subject.person_id = a.subject_id
LEFT JOIN people.room r ON r.room_id = a.room_id
LEFT JOIN moderation.mute m ON m.action_id = a.action_id
LEFT JOIN moderation.restriction x ON x.action_id = a.action_id
LEFT JOIN moderation.action u ON u.undoes = a.action_id
LEFT JOIN people.person undoer ON undoer.person_id = u.actor_id
LEFT JOIN moderation.second s ON s.action_id = a.action_id
LEFT JOIN people.person seconder ON seconder.person_id = s.actor_id
"""
_ONE: Final = _SHOWN + "WHERE a.action_id = $1"
_SOME: Final = _SHOWN + "WHERE a.action_id = ANY ($1)"
_OF_CASES: Final = _SHOWN + "WHERE a.case_id = ANY ($1) AND a.kind <> 'undo' ORDER BY a.action_id"
_NEWEST: Final = (
    _SHOWN + "WHERE a.kind <> 'undo' AND ($1::uuid IS NULL OR a.action_id < $1) ORDER BY a.action_id DESC LIMIT $2"
)
_TO_UNDO: Final = """
SELECT a.action_id, a.kind, a.actor_id, a.actor_role, a.subject_id, a.case_id, a.target, a.room_id, a.text,
       a.facts::text AS facts, u.action_id IS NOT NULL AS is_undone, s.outcome AS second_outcome
FROM moderation.action a
LEFT JOIN moderation.action u ON u.undoes = a.action_id
LEFT JOIN moderation.second s ON s.action_id = a.action_id
WHERE a.action_id = $1
"""
_HOLD: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7))"
_TAKEN_DOWN: Final = """
SELECT a.action_id FROM moderation.action a
WHERE a.room_id = $1 AND a.target = $2 AND a.kind = 'remove'
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
"""
_HAS_ACTIONS: Final = "SELECT EXISTS (SELECT FROM moderation.action WHERE case_id = $1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """What somebody decided."""

    action_id: UUID
    kind: str
    """approve, remove, undo, or a sanction."""
    actor_id: UUID
    actor_role: ActorRole = ActorRole.MODERATOR
    subject_id: UUID | None
    case_id: UUID | None = None
    target: str | None = None
    """The line that was taken down in its room, without a case."""
    room_id: UUID | None = None
    text: str = ""
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What undoing it takes."""
    undoes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """An entry of the log, as undoing it needs it."""

    action_id: UUID
    kind: str
    actor_id: UUID
    actor_role: str
    subject_id: UUID | None
    case_id: UUID | None
    target: str | None
    room_id: UUID | None
    text: str
    facts: dict[str, Any]
    is_undone: bool
    second_outcome: str | None = None
    """What came of it, where it wanted a second and has one."""

    def undone_by(
        self, actor_id: UUID, undo_id: UUID, *, reason: str, facts: Mapping[str, Any] | None = None
    ) -> NewAction:
        """The entry that takes it back, in the same case and room, about the same person."""
        return NewAction(
            action_id=undo_id,
            kind="undo",
            undoes=self.action_id,
            actor_id=actor_id,
            subject_id=self.subject_id,
            case_id=self.case_id,
            room_id=self.room_id,
            text=self.text,
            reason=reason,
            facts=facts or {},
        )


async def add_action(connection: Any, action: NewAction, *, now: datetime) -> bool:
    """Write an action down; False for an undo of what was undone already."""
    status: str = await connection.execute(
        _ADD,
        action.action_id,
        action.kind,
        action.undoes,
        action.actor_id,
        action.actor_role.value,
        action.subject_id,
        action.case_id,
        action.target,
        action.room_id,
        stored_text(action.text),
        stored_text(action.reason, REASON_CHARS_MAX),
        as_json(action.facts),
        now,
    )
    return status == "INSERT 0 1"


async def hold_action(connection: Any, action_id: UUID) -> None:
    """Have nobody else undo, answer or second the action before the transaction ends; to be held before its case."""
    await connection.execute(_HOLD, action_id)


async def action_to_undo(connection: Any, action_id: UUID) -> Action | None:
    """The entry of that id."""
    row = await connection.fetchrow(_TO_UNDO, action_id)
    return None if row is None else Action(**{**row, "facts": msgspec.json.decode(row["facts"])})


async def is_taken_down(connection: Any, *, room_id: UUID, comment_id: str) -> bool:
    """Whether somebody took this line down in its room, and nobody undid that."""
    return await connection.fetchval(_TAKEN_DOWN, room_id, comment_id) is not None


async def has_actions(connection: Any, case_id: UUID) -> bool:
    """Whether anything was ever decided in the case."""
    return bool(await connection.fetchval(_HAS_ACTIONS, case_id))


async def action_view(connection: Any, action_id: UUID) -> dict[str, Any] | None:
    """An entry as moderators see it."""
    row = await connection.fetchrow(_ONE, action_id)
    return None if row is None else _shown(row)


async def action_views(connection: Any, action_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Some entries as moderators see them, by id."""
    return {row["action_id"]: _shown(row) for row in await connection.fetch(_SOME, action_ids)}


async def actions_of_cases(connection: Any, case_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The entries of some cases, oldest first."""
    return [_shown(row) for row in await connection.fetch(_OF_CASES, case_ids)]


async def newest_actions(connection: Any, *, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """The log from its end, or from before an entry."""
    return [_shown(row) for row in await connection.fetch(_NEWEST, before, limit)]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as it is told; `second`: what a severe sanction wants or got."""
    told = dict(row)
    wanted, outcome = told.pop("second_wanted"), told.pop("second_outcome")
    rest = {name: told.pop(f"second_{name}") for name in ("due_at", "by_name", "reason", "at")}
    state = state_of(wanted, outcome)
    return {**told, "second": None if state is None else {"state": state.value, **rest}}
