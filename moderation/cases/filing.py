"""Edge: cases and reports as they come in. What is said again about a thing goes to the case that is open about it.

The rule of merging lives in SQL (`moderation.file_case`), since two workers may file at once; it acts for the platform
by itself, so that any transaction may file with the change that it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moderation.cases.permission import RATE_LIMITED, Refused
from moderation.cases.priority import fold_key
from moderation.cases.states import NOTE_CHARS_MAX, Kind, Reason, Why
from moderation.records import as_json, rules_told, spans_told, stored_text
from moderation.verdict import Verdict

REPORTS_WITHIN: Final = timedelta(minutes=10)
REPORTS_MAX: Final = 20
"""Reports of one person within `REPORTS_WITHIN`."""

GATHERED: Final = frozenset({Kind.HOST, Kind.SUPPRESSION})
"""Kinds whose text is no one's words, by which nothing is alike."""

_FILE: Final = """
SELECT moderation.file_case($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10::text::jsonb, $11, $12, $13,
    $14::text::jsonb, $15::text::jsonb, $16, $17, $18)
"""
_RECENT: Final = """
SELECT count(*) AS reports, min(created_at) AS first_at FROM moderation.report
WHERE reporter_id = $1 AND created_at > $2
"""
_REPORT: Final = """
INSERT INTO moderation.report (report_id, case_id, reporter_id, reason, note, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (case_id, reporter_id) DO NOTHING
"""
_REPORTED: Final = "SELECT report_id FROM moderation.report WHERE case_id = $1 AND reporter_id = $2"
_REPORTED_BEFORE: Final = """
SELECT r.report_id FROM moderation.report r JOIN moderation.case_file c USING (case_id)
WHERE r.reporter_id = $1 AND c.kind = $2 AND (c.target_id = $3 OR c.screen_id = $3)
    AND (c.state = 'open' OR c.kind = 'line')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A thing that people have to look at."""

    kind: Kind
    target_id: str
    subject_id: UUID | None
    subject_role: str
    """viewer, buyer, moderator, host or employer."""
    text: str
    why: Why
    shown: bool
    """Whether it can be seen now."""
    room_id: UUID | None = None
    verdict: Verdict | None = None
    """The filter's word on the text, where it has one."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """`line`: what putting a line back takes; `card`: its value as it was seen; `of`: whose name it is."""
    audience: int = 0
    """How many watched its room."""
    around: Sequence[Mapping[str, Any]] = ()
    """The lines before it: comment_id, person_id, name, text, wall_us."""


async def file_case(connection: Any, case: NewCase, *, case_id: UUID, now: datetime) -> UUID:
    """File it, within the change that it is about; the id of the case that it went to, `case_id` where that is new."""
    verdict = case.verdict
    filed: UUID = await connection.fetchval(
        _FILE,
        case_id,
        case.kind.value,
        case.target_id,
        case.room_id,
        case.subject_id,
        case.subject_role,
        stored_text(case.text),
        case.why.value,
        as_json(rules_told(verdict) if verdict is not None else []),
        as_json(spans_told(verdict) if verdict is not None else []),
        verdict.score if verdict is not None else 0.0,
        case.shown,
        case.target_id if case.kind is Kind.LINE and case.shown else None,
        as_json(case.facts),
        as_json(case.around),
        now,
        case.audience,
        fold_key(case.text) if case.kind not in GATHERED else None,
    )
    return filed


async def earlier_report(connection: Any, *, reporter_id: UUID, kind: Kind, target_id: str) -> UUID | None:
    """The report that this person has made about this thing already."""
    report_id: UUID | None = await connection.fetchval(_REPORTED_BEFORE, reporter_id, kind.value, target_id)
    return report_id


async def report_refusal(connection: Any, *, reporter_id: UUID, now: datetime) -> Refused | None:
    """Why this person may not report one more thing now, or None."""
    row = await connection.fetchrow(_RECENT, reporter_id, now - REPORTS_WITHIN)
    if row["reports"] < REPORTS_MAX:
        return None
    wait = row["first_at"] + REPORTS_WITHIN - now
    return Refused(RATE_LIMITED, {"retry_after_ms": max(1_000, int(wait.total_seconds() * 1_000))})


async def add_report(
    connection: Any, *, report_id: UUID, case_id: UUID, reporter_id: UUID, reason: Reason, note: str, now: datetime
) -> UUID:
    """Write a report down; a person's second about the same case is the first again, whose id is answered."""
    await connection.execute(
        _REPORT, report_id, case_id, reporter_id, reason.value, stored_text(note, NOTE_CHARS_MAX), now
    )
    made: UUID = await connection.fetchval(_REPORTED, case_id, reporter_id)
    return made
