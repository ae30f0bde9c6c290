"""Edge: seconds and second looks as rows that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from moderation.cases.log import action_views
from moderation.cases.reading import case_view
from moderation.cases.second_looks import LOOKED_AT_WITHIN
from moderation.cases.seconds import SecondState
from moderation.cases.states import REASON_CHARS_MAX
from moderation.records import stored_text

_OTHERS: Final = """
SELECT EXISTS (SELECT FROM people.person WHERE kind IN ('moderator', 'admin') AND state = 'active' AND erased_at IS NULL
    AND person_id <> ALL ($1))
"""
_SECOND: Final = """
INSERT INTO moderation.second (action_id, outcome, actor_id, reason, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
_EXTEND: Final = """
UPDATE moderation.restriction SET until = $2, changed_at = clock_timestamp() WHERE action_id = $1 AND lifted_at IS NULL
"""
_WAITING: Final = """
SELECT a.action_id, a.actor_id = $2 OR a.subject_id = $2 AS own FROM moderation.action a
WHERE a.kind IN ('close_account', 'stream_limited') AND a.facts ->> 'second' = 'wanted'
    AND NOT EXISTS (SELECT FROM moderation.second s WHERE s.action_id = a.action_id)
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
ORDER BY a.action_id LIMIT $1
"""
_TO_LOOK_AT: Final = """
SELECT a.action_id, a.case_id FROM moderation.action a
WHERE a.created_at > $2 AND a.kind IN ('approve', 'remove') AND a.facts ->> 'sampled' = 'true' AND a.case_id IS NOT NULL
    AND a.actor_id <> $1 AND a.subject_id IS DISTINCT FROM $1
    AND NOT EXISTS (SELECT FROM moderation.second_look l WHERE l.action_id = a.action_id)
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
ORDER BY a.action_id LIMIT $3
"""
_LOOKED_AT: Final = """
SELECT a.kind, a.actor_id, a.subject_id, a.facts ->> 'sampled' = 'true' AS sampled, l.action_id IS NOT NULL AS looked_at
FROM moderation.action a LEFT JOIN moderation.second_look l USING (action_id)
WHERE a.action_id = $1 AND a.kind IN ('approve', 'remove')
"""
_LOOK: Final = """
INSERT INTO moderation.second_look (action_id, actor_id, decision, agrees, reason, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
"""
_TOLD_BLIND: Final = (
    "kind",
    "text",
    "spans",
    "rules",
    "room",
    "around",
    "card",
    "photo_url",
    "action",
    "score",
    "created_at",
    "target_id",
)


async def has_other_moderators(connection: Any, *but: UUID) -> bool:
    """Whether somebody else than these could second or answer."""
    return bool(await connection.fetchval(_OTHERS, list(but)))


async def add_second(
    connection: Any, action_id: UUID, outcome: SecondState, *, actor_id: UUID | None, reason: str, now: datetime
) -> bool:
    """Write down what became of an action that wanted a second; False where that is written already."""
    told = stored_text(reason, REASON_CHARS_MAX)
    status: str = await connection.execute(_SECOND, action_id, outcome.value, actor_id, told, now)
    return status == "INSERT 0 1"


async def extend_restriction(connection: Any, action_id: UUID, until: datetime | None) -> None:
    """Let what held for the time being hold until then."""
    await connection.execute(_EXTEND, action_id, until)


async def waiting_for_second(
    connection: Any, reader_id: UUID, *, limit: int
) -> tuple[list[dict[str, Any]], list[UUID]]:
    """Actions that want a second, the longest first; and the ids of those that the reader may not second."""
    rows = await connection.fetch(_WAITING, limit, reader_id)
    views = await action_views(connection, [row["action_id"] for row in rows])
    return [views[row["action_id"]] for row in rows], [row["action_id"] for row in rows if row["own"]]


async def decisions_to_look_at(connection: Any, reader_id: UUID, *, limit: int, now: datetime) -> list[dict[str, Any]]:
    """Cases that somebody else decided, without what was decided."""
    rows = await connection.fetch(_TO_LOOK_AT, reader_id, now - LOOKED_AT_WITHIN, limit)
    found = []
    for row in rows:
        view = await case_view(connection, row["case_id"], now=now)
        assert view is not None
        found.append(_blind(row["action_id"], view))
    return found


def _blind(action_id: UUID, view: Mapping[str, Any]) -> dict[str, Any]:
    role = view["subject"]["role"] if view["subject"] is not None else None
    told = {name: view[name] for name in _TOLD_BLIND}
    return {"action_id": action_id, **told, "subject_role": role, "reports": view["reports"]}


async def decision_looked_at(connection: Any, action_id: UUID) -> Mapping[str, Any] | None:
    """A decision as far as looking at it again goes: kind, actor_id, subject_id, sampled, looked_at."""
    row: Mapping[str, Any] | None = await connection.fetchrow(_LOOKED_AT, action_id)
    return row


async def add_look(
    connection: Any, action_id: UUID, *, actor_id: UUID, decision: str, agrees: bool, reason: str, now: datetime
) -> bool:
    """Write a second look down; False where there is one already."""
    told = stored_text(reason, REASON_CHARS_MAX)
    status: str = await connection.execute(_LOOK, action_id, actor_id, decision, agrees, told, now)
    return status == "INSERT 0 1"
