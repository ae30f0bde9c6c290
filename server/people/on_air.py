"""Edge: telling a host's followers that a room of theirs is on air: once for a show, however often its line drops.

The clerk hears of the air, notes it, and tells the followers in batches. Each batch commits with the place where the
next begins, so a clerk that is cut off anywhere tells nobody twice and leaves nobody out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from commerce.database import Database

NEW_SHOW_AFTER: Final = timedelta(hours=1)
"""A room that was off the air for less goes on with its show: nobody is told anew."""
NOTED_AGAIN_AFTER_S: Final = 60.0
"""How often it is noted that a room is still on air."""
FOLLOWERS_MAX: Final = 200
"""Followers told in one transaction."""

_NOTE: Final = """
INSERT INTO people.room_on_air AS a (room_id, heard_at)
SELECT r.room_id, $2 FROM people.room r WHERE r.room_id = $1 AND r.state = 'open'
ON CONFLICT (room_id) DO UPDATE SET heard_at = $2, is_told = a.is_told AND a.heard_at > $3,
    told_to = CASE WHEN a.heard_at > $3 THEN a.told_to END
RETURNING NOT is_told
"""
_WAS: Final = "SELECT last_on_air_at IS NOT NULL FROM people.room WHERE room_id = $1"
_TELL: Final = "SELECT people.tell_followers($1)"


async def note_on_air(database: Database, room_id: UUID, *, now: datetime) -> bool:
    """The room is on air; answers whether there is somebody, perhaps, who waits to be told."""
    async with database.transaction(platform=True) as connection:
        return bool(await connection.fetchval(_NOTE, room_id, now, now - NEW_SHOW_AFTER))


async def was_on_air(database: Database, room_id: UUID) -> bool:
    """Whether the room has ever been on air."""
    async with database.transaction() as connection:
        return bool(await connection.fetchval(_WAS, room_id))


async def tell_followers(database: Database) -> int | None:
    """Tell the next `FOLLOWERS_MAX`; answers how many were told, None when nobody waits to be told."""
    async with database.transaction(platform=True) as connection:
        told: int | None = await connection.fetchval(_TELL, FOLLOWERS_MAX)
    return told
