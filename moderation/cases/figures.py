"""Edge: how the desk does: what waits, how long decisions took, by whom they were made, and how many did not stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)

_WAITING: Final = """
SELECT kind, count(*) AS open, min(created_at) AS oldest_at FROM moderation.case_file WHERE state = 'open' GROUP BY kind
"""
_TIMES: Final = """
WITH first AS (
    SELECT c.kind, extract(epoch FROM a.created_at - c.created_at) AS took_s
    FROM moderation.action a JOIN moderation.case_file c USING (case_id)
    WHERE a.created_at > $1 AND a.kind IN ('approve', 'remove') AND a.actor_role = 'moderator' AND a.target IS NULL
        AND NOT EXISTS (
            SELECT FROM moderation.action e WHERE e.case_id = a.case_id AND e.action_id < a.action_id
                AND e.kind IN ('approve', 'remove') AND e.actor_role = 'moderator' AND e.target IS NULL))
SELECT kind, count(*) AS decided,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY took_s) AS median_s,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY took_s) AS p90_s
FROM first GROUP BY kind
"""
_MODERATORS: Final = """
SELECT a.actor_id AS person_id, p.display_name AS name, count(*) FILTER (WHERE a.created_at > $1) AS day,
       count(*) AS week
FROM moderation.action a JOIN people.person p ON p.person_id = a.actor_id
WHERE a.created_at > $2 AND a.actor_role = 'moderator' AND a.kind <> 'undo'
GROUP BY 1, 2 ORDER BY week DESC, name
"""
_STOOD: Final = """
SELECT count(*) AS decided, count(u.action_id) AS undone
FROM moderation.action a LEFT JOIN moderation.action u ON u.undoes = a.action_id
WHERE a.created_at > $1 AND a.actor_role = 'moderator' AND a.kind <> 'undo'
"""
_APPEALS: Final = """
SELECT count(*) FILTER (WHERE decision = 'uphold') AS upheld, count(*) FILTER (WHERE decision = 'reject') AS rejected
FROM moderation.appeal_answer WHERE created_at > $1
"""
_LOOKS: Final = """
SELECT count(*) AS looked, count(*) FILTER (WHERE NOT agrees) AS disagreed
FROM moderation.second_look WHERE created_at > $1
"""
_SECONDS: Final = """
SELECT count(*) FILTER (WHERE outcome = 'agreed') AS agreed, count(*) FILTER (WHERE outcome = 'dropped') AS dropped,
       count(*) FILTER (WHERE outcome = 'lapsed') AS lapsed
FROM moderation.second WHERE created_at > $1
"""
_NO_TIMES: Final = {"decided": 0, "median_s": None, "p90_s": None}


async def desk_figures(connection: Any, *, now: datetime) -> dict[str, Any]:
    """The figures of the last day and week; times in seconds from filing to the first decision, None without any."""
    waiting = {row["kind"]: row for row in await connection.fetch(_WAITING)}
    day = await _times(connection, now - DAY)
    week = await _times(connection, now - WEEK)
    stood = await connection.fetchrow(_STOOD, now - WEEK)
    oldest = min((row["oldest_at"] for row in waiting.values()), default=None)
    return {
        "open": sum(row["open"] for row in waiting.values()),
        "oldest_s": None if oldest is None else max(0.0, (now - oldest).total_seconds()),
        "by_kind": [
            {
                "kind": kind,
                "open": waiting[kind]["open"] if kind in waiting else 0,
                "day": day.get(kind, _NO_TIMES),
                "week": week.get(kind, _NO_TIMES),
            }
            for kind in sorted({*waiting, *week})
        ],
        "moderators": [dict(row) for row in await connection.fetch(_MODERATORS, now - DAY, now - WEEK)],
        "decided": stood["decided"],
        "undone": stood["undone"],
        "undone_share": _share(stood["undone"], stood["decided"]),
        "appeals": dict(await connection.fetchrow(_APPEALS, now - WEEK)),
        "second_looks": dict(await connection.fetchrow(_LOOKS, now - WEEK)),
        "seconds": dict(await connection.fetchrow(_SECONDS, now - WEEK)),
    }


async def _times(connection: Any, since: datetime) -> dict[str, dict[str, Any]]:
    return {
        row["kind"]: {"decided": row["decided"], "median_s": float(row["median_s"]), "p90_s": float(row["p90_s"])}
        for row in await connection.fetch(_TIMES, since)
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
