"""Edge: the risk card: what is known of an account, with a reason for every point and a path for every link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from moderation.cases.standing import standing_of
from moderation.links.explaining import path_value, step_value
from moderation.links.graph import Graph, Path, Step
from moderation.links.risk import Known, assess
from moderation.links.sightings import neighbourhood
from server.database.database import Database

LINKS_MAX: Final = 50
DECISIONS_MAX: Final = 50

_PEOPLE: Final = """
SELECT p.person_id, p.display_name, p.login, p.kind, p.state, p.created_at, p.erased_at IS NOT NULL AS is_erased
FROM people.person p WHERE p.person_id = ANY ($1)
"""
_DECISIONS: Final = """
SELECT a.action_id, a.kind, a.actor_role, a.reason, a.created_at AS at, u.created_at AS undone_at
FROM moderation.action a LEFT JOIN moderation.action u ON u.undoes = a.action_id
WHERE a.subject_id = $1 AND a.kind NOT IN ('undo', 'approve') ORDER BY a.action_id DESC LIMIT $2
"""
_REPORTS: Final = """
SELECT count(*) FILTER (WHERE c.state = 'open') AS open, count(*) FILTER (WHERE c.state = 'removed') AS upheld,
       count(*) FILTER (WHERE c.state = 'approved') AS rejected
FROM moderation.report r JOIN moderation.case_file c USING (case_id) WHERE c.subject_id = $1
"""
_COMEBACKS: Final = """
SELECT closed_id AS person_id, case_id, created_at AS at FROM moderation.comeback
WHERE person_id = $1 ORDER BY created_at
"""


async def risk_of(database: Database, person_id: UUID, *, now: datetime) -> dict[str, Any] | None:
    """The card; None for nobody, or somebody who was erased."""
    async with database.transaction(platform=True) as connection:
        graph = Graph(await neighbourhood(connection, person_id), now)
        paths, weak = graph.paths(person_id)[:LINKS_MAX], graph.weak(person_id)[:LINKS_MAX]
        comebacks = [dict(row) for row in await connection.fetch(_COMEBACKS, person_id)]
        ids = {
            person_id,
            *(each["person_id"] for each in comebacks),
            *(path.to_id for path in paths),
            *(step.to_id for step in weak),
        }
        ids |= {end for path in paths for step in path.steps for end in (step.from_id, step.to_id)}
        people = {row["person_id"]: dict(row) for row in await connection.fetch(_PEOPLE, list(ids))}
        person = people.get(person_id)
        if person is None or person["is_erased"]:
            return None
        standing = (await standing_of(connection, [person_id], now=now))[person_id]
        decisions = [dict(row) for row in await connection.fetch(_DECISIONS, person_id, DECISIONS_MAX)]
        reports = dict(await connection.fetchrow(_REPORTS, person_id))
    known = Known(
        age=now - person["created_at"],
        closed_links=[path.strength for path in paths if people[path.to_id]["state"] == "closed"],
        limited_links=[path.strength for path in paths if people[path.to_id]["state"] == "limited"],
        weak_closed_links=[step.strength for step in weak if people[step.to_id]["state"] == "closed"],
        group_size=graph.groups.size(person_id),
        sanction_points=standing.points,
        reports=reports["open"],
        reports_upheld=reports["upheld"],
    )
    points, reasons = assess(known)
    return {
        "person": {**_shown(person), "login": person["login"], "kind": person["kind"]},
        "created_at": person["created_at"],
        "points": points,
        "reasons": [{"code": each.code, "points": each.points, "count": each.count} for each in reasons],
        "group_size": known.group_size,
        "links": [_link(people, path) for path in paths],
        "weak_links": [_weak(people, step) for step in weak],
        "sanction_points": standing.points,
        "decisions": decisions,
        "reports": reports,
        "comebacks": [{**each, "person": _shown(people[each["person_id"]])} for each in comebacks],
    }


def _link(people: Mapping[UUID, Mapping[str, Any]], path: Path) -> dict[str, Any]:
    names = {end: people[end]["display_name"] for step in path.steps for end in (step.from_id, step.to_id)}
    steps: Sequence[Mapping[str, Any]] = path_value(path)
    told = [{**step, "from_name": names[step["from_id"]], "to_name": names[step["to_id"]]} for step in steps]
    return {"person": _shown(people[path.to_id]), "strength": round(path.strength, 2), "path": told}


def _weak(people: Mapping[UUID, Mapping[str, Any]], step: Step) -> dict[str, Any]:
    told = step_value(step)
    return {
        "person": _shown(people[step.to_id]),
        **{name: told[name] for name in ("kind", "strength", "shared_by", "last_at")},
    }


def _shown(person: Mapping[str, Any]) -> dict[str, Any]:
    return {name: person[name] for name in ("person_id", "display_name", "state")}
