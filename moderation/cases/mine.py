"""Edge: what was decided about one's own words and account, by the filter and by people, as the law wants it told.

Read as the person, whose policies let them see their own; who of the moderators it was is not told. What was shown all
along (flagged, approved) decided nothing for its author and is left out.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.verdict import Action

_MINE: Final = """
WITH decided AS (
    (SELECT v.verdict_id AS decision_id, 'filter' AS by, v.action AS kind, v.room_id, v.text, v.spans, v.rules,
            '' AS reason, v.created_at AS at, NULL::timestamptz AS until, NULL::timestamptz AS undone_at
     FROM moderation.verdict v
     WHERE v.sender_id = $1 AND v.action = ANY ($4) AND ($2::uuid IS NULL OR v.verdict_id < $2)
     ORDER BY v.verdict_id DESC LIMIT $3)
    UNION ALL
    (SELECT a.action_id, a.actor_role, a.kind, a.room_id, a.text, coalesce(a.facts -> 'spans', '[]'),
            coalesce(a.facts -> 'rules', '[]'), a.reason, a.created_at, (a.facts ->> 'until')::timestamptz, u.created_at
     FROM moderation.action a LEFT JOIN moderation.action u ON u.undoes = a.action_id
     WHERE a.subject_id = $1 AND a.kind <> 'undo' AND (a.kind <> 'approve' OR a.facts ->> 'did' = 'show')
         AND ($2::uuid IS NULL OR a.action_id < $2)
     ORDER BY a.action_id DESC LIMIT $3))
SELECT d.decision_id, d.by, d.kind, r.slug AS room_slug, r.title AS room_title, d.text, d.spans::text AS spans,
       d.rules::text AS rules, d.reason, d.at, d.until, d.undone_at
FROM decided d LEFT JOIN people.room r USING (room_id) ORDER BY d.decision_id DESC LIMIT $3
"""
_TOLD: Final = [action.value for action in (Action.MASK, Action.RATELIMIT, Action.HOLD, Action.BLOCK)]


async def list_mine(connection: Any, person_id: UUID, *, before: UUID | None, limit: int) -> list[dict[str, Any]]:
    """Decisions about the person whose transaction this is, newest first."""
    rows = await connection.fetch(_MINE, person_id, before, limit, _TOLD)
    return [
        {**row, "spans": msgspec.json.decode(row["spans"]), "rules": msgspec.json.decode(row["rules"])} for row in rows
    ]
