"""Edge: the books of shows: begun and kept by the room's owner, ended by the host or by silence.

An owner writes the totals it has counted itself, under its own epoch, so that a write that is done twice changes
nothing and a new owner, who begins at zero, adds to what the one before it had written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.outbox import announce_items
from commerce.refusals import NOT_FOUND, WRONG_STATE, Refused
from commerce.shelf.cards import StateItem, card_key
from commerce.show.tally import Tally

SILENCE: Final = timedelta(minutes=10)
"""A show whose picture stays away so long is over; one that comes back earlier goes on."""

JUST_ENDED: Final = timedelta(minutes=1)
"""Within this, ending a show once more is answered like the first time."""

OFF_AIR: Final = "off_air"

_KEEP: Final = "SELECT commerce.keep_show($1, $2, $3, $4, $5)"
_WRITE: Final = """
INSERT INTO commerce.show_count AS c (show_id, epoch, org_id, viewers_peak, comments, likes, lines_held, lines_removed)
SELECT s.show_id, $2, s.org_id, $3, $4, $5, $6, $7 FROM commerce.show s WHERE s.show_id = $1
ON CONFLICT (show_id, epoch) DO UPDATE SET viewers_peak = greatest(c.viewers_peak, $3),
    comments = greatest(c.comments, $4), likes = greatest(c.likes, $5), lines_held = greatest(c.lines_held, $6),
    lines_removed = greatest(c.lines_removed, $7)
"""
_LIKES: Final = """
SELECT coalesce(sum(c.likes), 0)::bigint FROM commerce.show s JOIN commerce.show_count c USING (show_id)
WHERE s.room_id = $1
"""
_ROOM: Final = "SELECT org_id FROM people.room WHERE room_id = $1 AND people.is_member(org_id) FOR NO KEY UPDATE"
_END: Final = """
UPDATE commerce.show SET ended_at = greatest($2, started_at), seen_at = greatest(seen_at, $2), ended_by = $3
WHERE room_id = $1 AND ended_at IS NULL RETURNING show_id
"""
_LAST_ENDED: Final = """
SELECT show_id FROM commerce.show WHERE room_id = $1 AND ended_at > $2 AND ended_by IS NOT NULL
ORDER BY ended_at DESC LIMIT 1
"""
_WITHDRAW: Final = """
UPDATE commerce.card SET state = 'withdrawn', explaining = false, pinned = false, version = version + 1, updated_at = $2
WHERE room_id = $1 AND state = 'shown' RETURNING card_id, version
"""
_OFF_AIR: Final = "UPDATE people.room SET last_on_air_at = $2 WHERE room_id = $1"
_END_SILENT: Final = """
UPDATE commerce.show SET ended_at = seen_at WHERE ended_at IS NULL AND seen_at < $1 RETURNING show_id
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The show that a room on air is in."""

    show_id: UUID
    is_new: bool


async def keep_show(database: Database, *, room_id: UUID, on_air_since: datetime, now: datetime) -> Kept | None:
    """Note that a room is on air; the show that this is part of. None: its host ended the show of this publisher."""
    new_id = uuid7()
    async with database.transaction(platform=True) as connection:
        show_id: UUID | None = await connection.fetchval(_KEEP, room_id, new_id, on_air_since, now, SILENCE)
    return None if show_id is None else Kept(show_id, show_id == new_id)


async def write_tally(database: Database, *, show_id: UUID, epoch: str, tally: Tally) -> None:
    """Put down what an owner has counted so far; totals never fall."""
    async with database.transaction(platform=True) as connection:
        await connection.execute(
            _WRITE,
            show_id,
            epoch,
            tally.viewers_peak,
            tally.comments,
            tally.likes,
            tally.lines_held,
            tally.lines_removed,
        )


async def likes_of_room(database: Database, room_id: UUID) -> int:
    """The likes that all shows of a room were given."""
    async with database.transaction(platform=True) as connection:
        likes: int = await connection.fetchval(_LIKES, room_id)
    return likes


async def end_show(database: Database, *, person_id: UUID, room_id: UUID, now: datetime) -> UUID | Refused:
    """End the room's show as a member of its organisation, and take its cards off the screen; the show.

    Refused: not_found (not a member), wrong_state (no show runs, and none was ended just now).
    """
    async with database.transaction(person_id=person_id) as connection:
        if await connection.fetchval(_ROOM, room_id) is None:
            return Refused(NOT_FOUND)
        show_id: UUID | None = await connection.fetchval(_END, room_id, now, person_id)
        if show_id is None:
            show_id = await connection.fetchval(_LAST_ENDED, room_id, now - JUST_ENDED)
            return Refused(WRONG_STATE, {"state": OFF_AIR}) if show_id is None else show_id
        gone = await connection.fetch(_WITHDRAW, room_id, now)
        if gone:
            items: list[StateItem] = [(card_key(row["card_id"]), row["version"], None) for row in gone]
            await announce_items(connection, room_id, items)
        await connection.execute(_OFF_AIR, room_id, now)
    return show_id


async def end_silent_shows(database: Database, *, now: datetime) -> int:
    """Close the books of shows whose picture has stayed away; how many. What was on screen stays there."""
    async with database.transaction(platform=True) as connection:
        return len(await connection.fetch(_END_SILENT, now - SILENCE))
