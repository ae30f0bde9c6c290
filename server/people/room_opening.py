"""Edge: a room that a person opens, by the function of the database that holds the rules of it (people.open_room)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from server.people.refusals import INVALID, LIMIT_REACHED, Refused
from server.people.room_rules import room_faults
from server.people.rooms import ROOM_BY_ID, Room, room_of
from server.people.stream_keys import new_stream_key, stream_key_hash

ROOMS_OWNED_MAX: Final = 20
"""Open rooms of one organisation."""

SLUG_BYTES: Final = 5
"""Of randomness, in a name that the server makes."""

_OPEN: Final = "SELECT people.open_room($1, $2, $3, $4, $5, $6, $7, $8)"


async def open_room(
    database: Database,
    *,
    person_id: UUID,
    org_id: UUID,
    title: str,
    slug: str | None,
    scheduled_at: datetime | None,
    now: datetime,
) -> Room | Refused:
    """Make a room of an organisation as its owner or host. Its stream key is one that nobody knows: ask for another.

    `slug` None: one is made. Refused: invalid, not_found, slug_taken, limit_reached.
    """
    if faults := room_faults(title=title, slug=slug, scheduled_at=scheduled_at, now=now):
        return Refused(INVALID, {"fields": faults})
    room_id, key_hash = uuid7(), stream_key_hash(new_stream_key())
    name = slug or f"live-{secrets.token_hex(SLUG_BYTES)}"
    async with database.transaction(person_id=person_id) as connection:
        code = await connection.fetchval(
            _OPEN, room_id, org_id, name, title, key_hash, scheduled_at, ROOMS_OWNED_MAX, now
        )
        if code is not None:
            return Refused(code, {"limit_max": ROOMS_OWNED_MAX} if code == LIMIT_REACHED else {})
        return room_of(await connection.fetchrow(ROOM_BY_ID, room_id))
