"""Edge: who may not do what, as the database has it: mutes, and the other sanctions that hold for a while.

A restriction is a row with its action; lifting it stamps the row, and nothing removes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from moderation.records import as_json

MUTE: Final = "mute"
ROOM_BAN: Final = "room_ban"
LIMITED_ACCOUNT: Final = "limited_account"

_ADD_MUTE: Final = """
INSERT INTO moderation.mute (action_id, room_id, person_id, until, reason) VALUES ($1, $2, $3, $4, $5)
"""
_ADD: Final = """
INSERT INTO moderation.restriction (action_id, kind, person_id, room_id, until, reason, card)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb)
"""
_LIFT: Final = """
UPDATE moderation.{table} SET lifted_at = $2, changed_at = clock_timestamp() WHERE action_id = $1 AND lifted_at IS NULL
"""
_LIFT_MUTE: Final = _LIFT.format(table="mute")
_LIFT_OTHER: Final = _LIFT.format(table="restriction")
_ALL: Final = """
SELECT action_id, kind, person_id, room_id, until, reason, lifted_at IS NOT NULL AS lifted
FROM (SELECT action_id, 'mute' AS kind, person_id, room_id, until, reason, lifted_at, changed_at FROM moderation.mute
      UNION ALL
      SELECT action_id, kind, person_id, room_id, until, reason, lifted_at, changed_at FROM moderation.restriction) r
"""
_STANDING: Final = _ALL + "WHERE lifted_at IS NULL AND (until IS NULL OR until > $1)"
_OF_PEOPLE: Final = _STANDING + " AND person_id = ANY ($2) ORDER BY action_id"
_CHANGED: Final = _ALL + "WHERE changed_at > $1"


@dataclass(frozen=True, slots=True)
class Restriction:
    """Somebody may not do something, in a room or anywhere, until a moment or until it is lifted."""

    action_id: UUID
    kind: str
    """mute, room_ban, card_off, limited_account or stream_limited."""
    person_id: UUID
    room_id: UUID | None
    """None: everywhere."""
    until: datetime | None
    reason: str
    lifted: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it still does."""
        return not self.lifted and (self.until is None or self.until > now)


async def add_restriction(connection: Any, restriction: Restriction, *, card: Mapping[str, Any] | None = None) -> None:
    """Have it hold, with the action that says so; `card`: which one is off, by `kind` and what it `shows`."""
    each = restriction
    if each.kind == MUTE:
        await connection.execute(_ADD_MUTE, each.action_id, each.room_id, each.person_id, each.until, each.reason)
        return
    which = None if card is None else as_json(card)
    await connection.execute(
        _ADD, each.action_id, each.kind, each.person_id, each.room_id, each.until, each.reason, which
    )


async def lift_restriction(connection: Any, action_id: UUID, *, now: datetime) -> None:
    """Let it hold no more; lifting what is lifted changes nothing."""
    await connection.execute(_LIFT_MUTE, action_id, now)
    await connection.execute(_LIFT_OTHER, action_id, now)


async def standing_restrictions(connection: Any, *, now: datetime) -> list[Restriction]:
    """All that hold."""
    return [Restriction(**dict(row)) for row in await connection.fetch(_STANDING, now)]


async def restrictions_of(connection: Any, person_ids: Sequence[UUID], *, now: datetime) -> list[Restriction]:
    """Those that hold for these people, oldest first."""
    return [Restriction(**dict(row)) for row in await connection.fetch(_OF_PEOPLE, now, person_ids)]


async def changed_restrictions(connection: Any, *, since: datetime) -> list[Restriction]:
    """Those that were made or lifted since a moment; stamped before they commit, so look back a little further."""
    return [Restriction(**dict(row)) for row in await connection.fetch(_CHANGED, since)]
