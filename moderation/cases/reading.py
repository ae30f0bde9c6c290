"""Edge: cases as moderators see them: what was said, by whom, which rules it touches, the reports, what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.cases.log import actions_of_cases
from moderation.cases.points import suggested
from moderation.cases.priority import Waiting, in_order, priority
from moderation.cases.standing import Standing, standing_of
from moderation.cases.states import Reason

_CASES: Final = """
SELECT c.case_id, c.kind, c.state, c.target_id, c.screen_id, c.text, c.action, c.score, c.version,
       c.created_at, c.subject_role, c.audience, c.shown, c.rules::text AS rules, c.spans::text AS spans,
       c.around::text AS around, (c.facts -> 'card')::text AS card, (c.facts -> 'line')::text AS line,
       r.room_id, r.slug, r.title, r.kind AS room_kind,
       p.person_id AS subject_id, p.display_name, p.state AS subject_state,
       m.action_id AS mute_id, m.until AS muted_until,
       clip.channel, clip.duration_ms, clip.bytes, encode(clip.sha256, 'hex') AS sha256, clip.created_at AS clip_at,
       claim.moderator_id AS claimed_by, claimer.display_name AS claimed_by_name, claim.until AS claimed_until,
       (SELECT count(*) FROM moderation.case_file s
        WHERE s.fold = c.fold AND s.kind = c.kind AND s.state = 'open' AND s.case_id <> c.case_id) AS others_alike,
       (SELECT count(*) FROM moderation.action a
        WHERE a.subject_id = c.subject_id AND a.kind = 'remove' AND a.actor_role = 'moderator'
            AND a.case_id IS DISTINCT FROM c.case_id
            AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)) AS earlier_removals
FROM moderation.case_file c
LEFT JOIN people.room r ON r.room_id = c.room_id
LEFT JOIN moderation.clip clip ON clip.case_id = c.case_id
LEFT JOIN people.person p ON p.person_id = c.subject_id
LEFT JOIN moderation.claim claim ON claim.case_id = c.case_id AND claim.until > $1
LEFT JOIN people.person claimer ON claimer.person_id = claim.moderator_id
LEFT JOIN LATERAL (
    SELECT action_id, until FROM moderation.mute
    WHERE person_id = c.subject_id AND room_id = c.room_id AND lifted_at IS NULL AND (until IS NULL OR until > $1)
    ORDER BY until DESC NULLS FIRST LIMIT 1) m ON true
"""
_FILTER: Final = """
    {states} AND ($2::text IS NULL OR c.kind = $2) AND ($3::text IS NULL OR r.slug = $3)
    AND ($4::text IS NULL OR c.action = $4)
    AND ($5::text IS NULL OR c.rules @> jsonb_build_array(jsonb_build_object('id', $5::text)))
    AND ($6::timestamptz IS NULL OR c.created_at <= $6)
"""
_NEWEST: Final = "WHERE" + _FILTER + " AND ($7::uuid IS NULL OR c.case_id < $7) ORDER BY c.case_id DESC LIMIT $8"
_OPEN, _DONE = "c.state = 'open'", "c.state <> 'open'"
_OPEN_CASES: Final = _CASES + _NEWEST.format(states=_OPEN)
_DONE_CASES: Final = _CASES + _NEWEST.format(states=_DONE)
_CANDIDATES: Final = """
SELECT c.case_id, c.kind, c.action AS why, c.score, c.audience, c.shown, c.created_at, c.fold, c.subject_id,
       (SELECT count(*) FROM moderation.report t WHERE t.case_id = c.case_id AND t.reason <> 'appeal') AS reports
FROM moderation.case_file c LEFT JOIN people.room r USING (room_id)
WHERE $1::timestamptz IS NOT NULL AND (c.case_id = $7 OR ({filter})) ORDER BY c.case_id LIMIT $8
"""
_IN_ORDER: Final = _CANDIDATES.replace("{filter}", _FILTER.format(states=_OPEN))
_SOME: Final = _CASES + "WHERE c.case_id = ANY ($2)"
_ONE: Final = _CASES + "WHERE c.case_id = $2"
_OPEN_COUNT: Final = "SELECT count(*) FROM moderation.case_file WHERE state = 'open'"
_REPORTS: Final = """
SELECT case_id, report_id, reason, note, created_at AS at FROM moderation.report
WHERE case_id = ANY ($1) ORDER BY report_id
"""
CANDIDATES_MAX: Final = 5_000
"""Open cases that are put in order at once: the oldest; more than that no desk works off by urgency."""
HOSTS: Final = ("host", "employer")
"""Roles of those who put things before viewers."""
_REMOVED_CARD: Final = "SELECT moderation.is_removed_card($1, $2, $3, $4)"


async def is_removed_card(connection: Any, *, room_id: UUID, card: Mapping[str, Any]) -> bool:
    """Whether a moderator took down in this room what shows the same; any transaction may ask."""
    shows = {"product": "product_id", "job": "job_id"}.get(card["kind"], "title")
    return bool(await connection.fetchval(_REMOVED_CARD, room_id, card["kind"], shows, str(card[shows])))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases; None: all."""

    kind: str | None = None
    slug: str | None = None
    why: str | None = None
    """report, flag, hold or block."""
    rule_id: str | None = None
    before: datetime | None = None
    """Those that came by then."""


async def list_cases(
    connection: Any, which: Filter, *, is_open: bool, before: UUID | None, limit: int, now: datetime
) -> list[dict[str, Any]]:
    """Cases, newest first."""
    query = _OPEN_CASES if is_open else _DONE_CASES
    wanted = (which.kind, which.slug, which.why, which.rule_id, which.before)
    return await _views(connection, await connection.fetch(query, now, *wanted, before, limit), now)


async def list_by_priority(
    connection: Any, which: Filter, *, after: UUID | None, limit: int, now: datetime
) -> list[dict[str, Any]]:
    """Open cases, the most urgent first, those that say the same as one; after the one that has the case `after`."""
    wanted = (which.kind, which.slug, which.why, which.rule_id, which.before)
    rows = await connection.fetch(_IN_ORDER, now, *wanted, after, CANDIDATES_MAX)
    entries = in_order((Waiting(**dict(row)) for row in rows), now)
    place = next((place for place, entry in enumerate(entries) if after in entry.alike), -1)
    page = entries[place + 1 : place + 1 + limit]
    views = await _views(connection, await connection.fetch(_SOME, now, [each.case_id for each in page]), now)
    by_id = {view["case_id"]: view for view in views}
    return [by_id[each.case_id] for each in page]


async def case_view(connection: Any, case_id: UUID, *, now: datetime) -> dict[str, Any] | None:
    """One case."""
    views = await _views(connection, await connection.fetch(_ONE, now, case_id), now)
    return views[0] if views else None


async def open_cases(connection: Any) -> int:
    """How many wait for a decision."""
    count: int = await connection.fetchval(_OPEN_COUNT)
    return count


async def _views(connection: Any, rows: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    case_ids = [row["case_id"] for row in rows]
    subjects = {row["subject_id"] for row in rows if row["subject_id"] is not None}
    standing = await standing_of(connection, list(subjects), now=now)
    reports = _by_case(await connection.fetch(_REPORTS, case_ids))
    actions = _by_case(await actions_of_cases(connection, case_ids))
    return [
        _view(
            row, reports.get(row["case_id"], []), actions.get(row["case_id"], []), standing.get(row["subject_id"]), now
        )
        for row in rows
    ]


def _by_case(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["case_id"], []).append(dict(row))
    return found


def _view(
    row: Mapping[str, Any],
    reports: list[dict[str, Any]],
    actions: list[dict[str, Any]],
    standing: Standing | None,
    now: datetime,
) -> dict[str, Any]:
    card = msgspec.json.decode(row["card"]) if row["card"] is not None else None
    return {
        **{name: row[name] for name in ("case_id", "kind", "state", "target_id", "text", "action", "score", "version")},
        "created_at": row["created_at"],
        "audience": row["audience"],
        "priority": round(priority(_waiting(row, len(reports)), now), 3),
        "alike": row["others_alike"] + (row["state"] == "open"),
        "claimed_by": row["claimed_by"],
        "claimed_by_name": row["claimed_by_name"],
        "claimed_until": row["claimed_until"],
        "screen_id": row["screen_id"],
        "on_screen": row["screen_id"] is not None if row["kind"] == "line" else row["state"] != "removed",
        "room": _room(row),
        "subject": _subject(row, standing),
        "rules": msgspec.json.decode(row["rules"]),
        "spans": msgspec.json.decode(row["spans"]),
        "reports": [_report(report) for report in reports if report["reason"] != Reason.APPEAL.value],
        "appeal_words": next((each["note"] for each in reports if each["reason"] == Reason.APPEAL.value), None),
        "around": _around(row),
        "actions": actions,
        "card": card,
        "clip": _clip(row),
        "photo_url": card.get("image_url") if card is not None else None,
    }


def _report(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("report_id", "reason", "note", "at")}


def _waiting(row: Mapping[str, Any], reports: int) -> Waiting:
    return Waiting(
        case_id=row["case_id"],
        kind=row["kind"],
        why=row["action"],
        score=row["score"],
        reports=reports,
        audience=row["audience"],
        shown=row["shown"],
        created_at=row["created_at"],
        fold=None,
        subject_id=row["subject_id"],
    )


def _clip(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["channel"] is None:
        return None
    return {**{name: row[name] for name in ("channel", "duration_ms", "bytes", "sha256")}, "at": row["clip_at"]}


def _around(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was said around a line, and the line itself in its place."""
    lines = msgspec.json.decode(row["around"])
    if row["line"] is not None:
        line = msgspec.json.decode(row["line"])
        own = {"comment_id": row["target_id"], "name": line["name"], "text": row["text"], "wall_us": line["wall_us"]}
        lines = sorted([*lines, own], key=_said_at)
    return [{name: line[name] for name in ("comment_id", "name", "text", "wall_us")} for line in lines]


def _said_at(line: Mapping[str, Any]) -> int:
    said_at: int = line["wall_us"]
    return said_at


def _room(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if row["room_id"] is None:
        return None
    return {"room_id": row["room_id"], "slug": row["slug"], "title": row["title"], "kind": row["room_kind"]}


def _subject(row: Mapping[str, Any], standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "person_id": row["subject_id"],
        "display_name": row["display_name"],
        "role": row["subject_role"],
        "state": row["subject_state"],
        "muted": row["mute_id"] is not None,
        "muted_until": row["muted_until"],
        "earlier_removals": row["earlier_removals"],
        "points": standing.points,
        "suggested": suggested(standing.points, is_host=row["subject_role"] in HOSTS).value,
        "restrictions": [
            {"action_id": each.action_id, "kind": each.kind, "room_id": each.room_id, "until": each.until}
            for each in standing.restrictions
        ],
    }
