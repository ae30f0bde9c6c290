"""Edge: what was decided about one's own words and account, by the filter and by people, as the law wants it told.

Read as the person, whose policies let them see their own; who of the moderators it was is not told. What was shown all
along (flagged, approved) decided nothing for its author and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.cases.appeals import ANSWER_WITHIN, APPEAL_WITHIN, appeal_until, state_of
from moderation.verdict import Action

_MINE: Final = """
WITH decided AS (
    (SELECT v.verdict_id AS decision_id, 'filter' AS by, v.action AS kind, v.room_id, v.text, v.spans, v.rules,
            '' AS reason, v.created_at AS at, NULL::timestamptz AS until, NULL::timestamptz AS undone_at,
            p.report_id AS appeal_id, p.note AS words, p.created_at AS appealed_at, p.created_at + $6 AS due_at,
            CASE d.kind WHEN 'approve' THEN 'uphold' WHEN 'remove' THEN 'reject' END AS answer,
            d.reason AS answer_reason, d.created_at AS answered_at, NULL::timestamptz AS second_due_at
     FROM moderation.verdict v
     LEFT JOIN moderation.report p ON p.case_id = v.verdict_id AND p.reporter_id = v.sender_id
     LEFT JOIN LATERAL (
         SELECT a.kind, a.reason, a.created_at FROM moderation.action a
         WHERE p.report_id IS NOT NULL AND a.case_id = v.verdict_id AND a.kind IN ('approve', 'remove')
             AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
         ORDER BY a.action_id DESC LIMIT 1) d ON true
     WHERE v.sender_id = $1 AND v.action = ANY ($4) AND $5::uuid IS NULL AND ($2::uuid IS NULL OR v.verdict_id < $2)
     ORDER BY v.verdict_id DESC LIMIT $3)
    UNION ALL
    (SELECT a.action_id, a.actor_role, a.kind, a.room_id, a.text, coalesce(a.facts -> 'spans', '[]'),
            coalesce(a.facts -> 'rules', '[]'), a.reason, a.created_at, (a.facts ->> 'until')::timestamptz,
            u.created_at, p.appeal_id, p.words, p.created_at, p.due_at, r.decision, r.reason, r.created_at,
            CASE WHEN s.action_id IS NULL THEN (a.facts ->> 'second_due_at')::timestamptz END
     FROM moderation.action a
     LEFT JOIN moderation.action u ON u.undoes = a.action_id
     LEFT JOIN moderation.second s ON s.action_id = a.action_id
     LEFT JOIN moderation.appeal p ON p.action_id = a.action_id
     LEFT JOIN moderation.appeal_answer r ON r.appeal_id = p.appeal_id
     WHERE a.subject_id = $1 AND a.kind <> 'undo' AND (a.kind <> 'approve' OR a.facts ->> 'did' = 'show')
         AND ($5::uuid IS NULL OR a.action_id = $5)
         AND ($2::uuid IS NULL OR a.action_id < $2)
     ORDER BY a.action_id DESC LIMIT $3))
SELECT d.decision_id, d.by, d.kind, r.slug AS room_slug, r.title AS room_title, d.text, d.spans::text AS spans,
       d.rules::text AS rules, d.reason, d.at, d.until, d.undone_at, d.appeal_id, d.words, d.appealed_at, d.due_at,
       d.answer, d.answer_reason, d.answered_at, d.second_due_at AS provisional_until
FROM decided d LEFT JOIN people.room r USING (room_id) ORDER BY d.decision_id DESC LIMIT $3
"""
_CLOSED_BY: Final = """
SELECT a.action_id FROM moderation.action a WHERE a.subject_id = $1 AND a.kind = 'close_account'
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id) ORDER BY a.action_id DESC LIMIT 1
"""
_PLAIN: Final = (
    "decision_id",
    "by",
    "kind",
    "room_slug",
    "room_title",
    "text",
    "reason",
    "at",
    "until",
    "undone_at",
    "provisional_until",
)
_TOLD: Final = [action.value for action in (Action.MASK, Action.RATELIMIT, Action.HOLD, Action.BLOCK)]


async def list_mine(
    connection: Any, person_id: UUID, *, before: UUID | None, limit: int, now: datetime, action_id: UUID | None = None
) -> list[dict[str, Any]]:
    """Decisions about the person whose transaction this is, newest first; or the one of that id."""
    rows = await connection.fetch(_MINE, person_id, before, limit, _TOLD, action_id, ANSWER_WITHIN)
    return [_mine(row, now) for row in rows]


async def closing_decision(connection: Any, person_id: UUID, *, now: datetime) -> dict[str, Any] | None:
    """The decision by which this person's account is closed, as they see it; None where it was not a moderator's."""
    action_id = await connection.fetchval(_CLOSED_BY, person_id)
    if action_id is None:
        return None
    return (await list_mine(connection, person_id, before=None, limit=1, now=now, action_id=action_id))[0]


def _mine(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    kind = row["kind"]
    if row["by"] != "filter":
        until = appeal_until(kind, row["at"])
    else:
        until = row["at"] + APPEAL_WITHIN if kind == Action.BLOCK.value and row["room_slug"] is not None else None
    may_appeal = until is not None and now <= until and row["undone_at"] is None and row["appeal_id"] is None
    return {
        **{name: row[name] for name in _PLAIN},
        "spans": msgspec.json.decode(row["spans"]),
        "rules": msgspec.json.decode(row["rules"]),
        "may_appeal": may_appeal,
        "appeal_until": until,
        "appeal": _appeal(row),
    }


def _appeal(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["appeal_id"] is None:
        return None
    return {
        "appeal_id": row["appeal_id"],
        "state": state_of(row["answer"], is_undone=row["undone_at"] is not None).value,
        "words": row["words"],
        "at": row["appealed_at"],
        "due_at": row["due_at"],
        "answered_at": row["answered_at"],
        "reason": row["answer_reason"] or "",
    }
