"""Edge: who may not speak where, as the database has it. A mute is a row with its action; lifting it stamps the row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

_ADD: Final = """
INSERT INTO moderation.mute (action_id, room_id, person_id, until, reason) VALUES ($1, $2, $3, $4, $5)
"""
_LIFT: Final = """
UPDATE moderation.mute SET lifted_at = $2, changed_at = clock_timestamp() WHERE action_id = $1 AND lifted_at IS NULL
"""
_STANDING: Final = """
SELECT action_id, room_id, person_id, until, reason, lifted_at IS NOT NULL AS lifted FROM moderation.mute
WHERE lifted_at IS NULL AND (until IS NULL OR until > $1)
"""
_CHANGED: Final = """
SELECT action_id, room_id, person_id, until, reason, lifted_at IS NOT NULL AS lifted FROM moderation.mute
WHERE changed_at > $1
"""


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody may not speak in a room until a moment, or for good."""

    action_id: UUID
    room_id: UUID
    person_id: UUID
    until: datetime | None
    reason: str
    lifted: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it still does."""
        return not self.lifted and (self.until is None or self.until > now)


async def add_mute(connection: Any, mute: Mute) -> None:
    """Mute somebody, with the action that says so."""
    await connection.execute(_ADD, mute.action_id, mute.room_id, mute.person_id, mute.until, mute.reason)


async def lift_mute(connection: Any, action_id: UUID, *, now: datetime) -> None:
    """Let somebody speak again; lifting what is lifted changes nothing."""
    await connection.execute(_LIFT, action_id, now)


async def standing_mutes(connection: Any, *, now: datetime) -> list[Mute]:
    """All that hold."""
    return [Mute(**dict(row)) for row in await connection.fetch(_STANDING, now)]


async def changed_mutes(connection: Any, *, since: datetime) -> list[Mute]:
    """Those that were made or lifted since a moment; stamped before they commit, so look back a little further."""
    return [Mute(**dict(row)) for row in await connection.fetch(_CHANGED, since)]
