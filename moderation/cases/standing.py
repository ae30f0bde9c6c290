"""Edge: how people stand: the points that sanctions left with them, and what holds for them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from moderation.cases.points import COUNTED_FOR, POINTS, points_at
from moderation.cases.restrictions import Restriction, restrictions_of

_LAID: Final = """
SELECT a.subject_id, a.kind, a.created_at FROM moderation.action a
WHERE a.subject_id = ANY ($1) AND a.actor_role = 'moderator' AND a.kind = ANY ($2) AND a.created_at > $3
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's."""

    points: float
    restrictions: list[Restriction]


async def standing_of(connection: Any, person_ids: Sequence[UUID], *, now: datetime) -> dict[UUID, Standing]:
    """How each of these people stands."""
    laid: dict[UUID, list[tuple[str, datetime]]] = {person_id: [] for person_id in person_ids}
    for row in await connection.fetch(_LAID, person_ids, list(POINTS), now - COUNTED_FOR):
        laid[row["subject_id"]].append((row["kind"], row["created_at"]))
    held: dict[UUID, list[Restriction]] = {person_id: [] for person_id in person_ids}
    for restriction in await restrictions_of(connection, person_ids, now=now):
        held[restriction.person_id].append(restriction)
    return {person_id: Standing(points_at(laid[person_id], now), held[person_id]) for person_id in laid}
