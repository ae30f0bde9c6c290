"""Edge: a person's look at what the filter blocked by itself, when who said it asks for that.

It becomes a line's case like any other, with the verdict's own id, and the wish stands with it as its author's report.
Letting it through shows the line in its room, at the end of the chat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moderation.cases.appeals import APPEAL_WITHIN, WORDS_CHARS_MAX
from moderation.cases.permission import RATE_LIMITED, WRONG_STATE, Refused
from moderation.cases.priority import fold_key
from moderation.cases.states import Reason
from moderation.records import stored_text

REVIEWS_WITHIN: Final = timedelta(days=1)
REVIEWS_MAX: Final = 5
"""Looks that one person may ask for within `REVIEWS_WITHIN`: whoever is blocked often would fill the queue alone."""

_BLOCKED: Final = """
SELECT v.text, v.created_at AS decided_at, r.report_id IS NOT NULL AS is_asked
FROM moderation.verdict v LEFT JOIN moderation.report r ON r.case_id = v.verdict_id AND r.reporter_id = v.sender_id
WHERE v.verdict_id = $1 AND v.sender_id = $2 AND v.action = 'block' AND v.room_id IS NOT NULL
"""
_ASKED: Final = """
SELECT count(*) AS asked, min(created_at) AS first_at FROM moderation.report
WHERE reporter_id = $1 AND reason = $2 AND created_at > $3
"""
_FILE: Final = """
SELECT moderation.file_case(
    v.verdict_id, 'line', v.verdict_id::text, v.room_id, v.sender_id, v.role, v.text, 'block', v.rules, v.spans,
    v.score, false, NULL,
    jsonb_build_object('line', jsonb_build_object(
        'name', p.display_name, 'role', v.role, 'media_us', 0, 'reply_to', NULL,
        'wall_us', (extract(epoch FROM v.created_at) * 1000000)::bigint)),
    '[]', $2, 0, $3)
FROM moderation.verdict v JOIN people.person p ON p.person_id = v.sender_id WHERE v.verdict_id = $1
"""
_ADD: Final = """
INSERT INTO moderation.report (report_id, case_id, reporter_id, reason, note, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (case_id, reporter_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A line that the filter blocked."""

    text: str
    decided_at: datetime
    is_asked: bool


async def blocked_line(connection: Any, verdict_id: UUID, person_id: UUID) -> Blocked | None:
    """The line of this person's that the filter blocked under that id."""
    row = await connection.fetchrow(_BLOCKED, verdict_id, person_id)
    return None if row is None else Blocked(**dict(row))


async def ask_for_review(
    connection: Any, verdict_id: UUID, blocked: Blocked, *, report_id: UUID, person_id: UUID, words: str, now: datetime
) -> Refused | None:
    """Have a moderator look at it. Refused: wrong_state (appealed, too_late), rate_limited."""
    if blocked.is_asked:
        return Refused(WRONG_STATE, {"state": "appealed"})
    if now > blocked.decided_at + APPEAL_WITHIN:
        return Refused(WRONG_STATE, {"state": "too_late"})
    row = await connection.fetchrow(_ASKED, person_id, Reason.APPEAL.value, now - REVIEWS_WITHIN)
    if row["asked"] >= REVIEWS_MAX:
        wait = row["first_at"] + REVIEWS_WITHIN - now
        return Refused(RATE_LIMITED, {"retry_after_ms": max(1_000, int(wait.total_seconds() * 1_000))})
    case_id = await connection.fetchval(_FILE, verdict_id, now, fold_key(blocked.text))
    told = stored_text(words, WORDS_CHARS_MAX)
    await connection.execute(_ADD, report_id, case_id, person_id, Reason.APPEAL.value, told, now)
    return None
