"""Edge: what was taken down of a room's chat, counted for everybody: by whom, and what it looked like."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moderation.cases.states import ActorRole
from moderation.cases.suppression import Likeness

COUNTED_FOR: Final = timedelta(days=30)

_COUNTS: Final = """
SELECT a.actor_role AS by, coalesce(a.facts ->> 'likeness', 'other') AS looks, count(*) AS lines,
       count(u.action_id) AS undone
FROM moderation.action a LEFT JOIN moderation.action u ON u.undoes = a.action_id
WHERE a.room_id = $1 AND a.kind = 'remove' AND a.target IS NOT NULL AND a.created_at > $2 GROUP BY 1, 2
"""


async def count_deletions(connection: Any, room_id: UUID, *, now: datetime) -> dict[str, Any]:
    """Lines taken down in the room lately, by role of who did it and by what they looked like; and those put back."""
    since = now - COUNTED_FOR
    by = {role.value: {each.value: 0 for each in Likeness} for role in ActorRole}
    undone = 0
    for row in await connection.fetch(_COUNTS, room_id, since):
        by[row["by"]][row["looks"]] += row["lines"]
        undone += row["undone"]
    counts = [{"by": role, "total": sum(looks.values()), **looks} for role, looks in by.items()]
    return {"since": since, "total": sum(each["total"] for each in counts), "put_back": undone, "by": counts}
