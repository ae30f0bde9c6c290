"""Edge: rooms, who may do what in one, and the keys that publish to it.

A stream key is shown once, when it is made; only its hash is kept. A person's roles in a room come from being its
host, from the organisation it belongs to, from a role given in the room, and from the platform's own moderators.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from server.database.database import Database
from server.people.organisations import Organisations
from server.people.refusals import INVALID, NOT_FOUND, SLUG_TAKEN, Refused
from server.people.room_rules import SLUG_CHARS_MAX, room_faults
from server.people.stream_keys import STREAM_KEY_CHARS, new_stream_key, stream_key_hash

ROLES_FRESH_S: Final = 3.0
"""How long a person's roles in a room are taken from memory."""

ROLES_REMEMBERED_MAX: Final = 20_000
ROOM_FRESH_S: Final = 2.0
"""How long a room's facts are taken from memory: every order and every page of a room asks for them."""

ROOMS_REMEMBERED_MAX: Final = 2_000
ROOMS_LISTED_MAX: Final = 500
LOBBY_AIRED_MAX: Final = 150
LOBBY_SCHEDULED_MAX: Final = 50
"""Rooms of the lobby: those that were on air last, and those that begin soonest."""

LATE_MAX: Final = timedelta(hours=2)
"""A room that has not begun so long after its time is no longer announced."""

HOST: Final = "host"
MODERATOR: Final = "moderator"
_NO_ROLES: Final[frozenset[str]] = frozenset()

_NEW_ROOM: Final = """
INSERT INTO people.room (room_id, org_id, slug, kind, title, host_id, stream_key_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SET_ROOM_ROLE: Final = """
INSERT INTO people.room_role (room_id, person_id, role) VALUES ($1, $2, $3)
ON CONFLICT (room_id, person_id) DO UPDATE SET role = $3
"""
_ROOM: Final = """
SELECT r.room_id, r.slug, r.kind, r.title, r.org_id, o.name AS org_name, r.host_id, p.display_name AS host_name,
       r.state, r.scheduled_at
FROM people.room r JOIN people.organisation o USING (org_id) JOIN people.person p ON p.person_id = r.host_id
"""
_ROOM_BY_SLUG: Final = _ROOM + "WHERE r.slug = $1"
ROOM_BY_ID: Final = _ROOM + "WHERE r.room_id = $1"
_ROOMS: Final = _ROOM + "WHERE r.state = 'open' ORDER BY r.created_at, r.room_id LIMIT $1"
_LISTED: Final = """
JOIN (
    (SELECT room_id FROM people.room WHERE state = 'open' AND NOT moderation.is_unlisted(room_id)
     ORDER BY last_on_air_at DESC NULLS LAST, created_at, room_id LIMIT $1)
    UNION (SELECT room_id FROM people.room
           WHERE state = 'open' AND scheduled_at > $3 AND NOT moderation.is_unlisted(room_id)
           ORDER BY scheduled_at, room_id LIMIT $2)) AS listed USING (room_id)
ORDER BY r.last_on_air_at DESC NULLS LAST, r.created_at, r.room_id
"""
_LOBBY: Final = _ROOM + _LISTED
_HOSTED: Final = """
JOIN (
    SELECT room_id FROM people.room WHERE host_id = $1
    UNION SELECT room_id FROM people.room JOIN people.membership m USING (org_id)
          WHERE m.person_id = $1 AND m.role IN ('owner', 'host')
    UNION SELECT room_id FROM people.room_role WHERE person_id = $1 AND role = 'host') AS hosted USING (room_id)
ORDER BY r.created_at DESC, r.room_id DESC LIMIT $2
"""
_ROOMS_OF_PERSON: Final = _ROOM + _HOSTED
_ROOM_OF_KEY: Final = "SELECT room_id FROM people.room WHERE stream_key_hash = $1 AND state = 'open'"
_REPLACE_KEY: Final = "UPDATE people.room SET stream_key_hash = $2 WHERE room_id = $1 RETURNING room_id"
_CHANGE: Final = """
UPDATE people.room SET title = coalesce($2, title), scheduled_at = CASE WHEN $3 THEN $4 ELSE scheduled_at END
WHERE room_id = $1 RETURNING room_id
"""
_ROLES: Final = """
SELECT 'host' AS role FROM people.room WHERE room_id = $1 AND host_id = $2
UNION SELECT 'host' FROM people.room r JOIN people.membership m USING (org_id)
      WHERE r.room_id = $1 AND m.person_id = $2 AND m.role IN ('owner', 'host')
UNION SELECT role FROM people.room_role WHERE room_id = $1 AND person_id = $2
UNION SELECT 'moderator' FROM people.person WHERE person_id = $2 AND kind IN ('moderator', 'admin')
"""


@dataclass(frozen=True, slots=True)
class Room:
    """A room as everybody may know it."""

    room_id: UUID
    slug: str
    kind: str
    """farm or jobs."""
    title: str
    org_id: UUID
    org_name: str
    host_id: UUID
    host_name: str
    state: str
    """open or closed."""
    scheduled_at: datetime | None = None
    """When the host has announced to begin."""


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A room just made, with the only sight of its stream key."""

    room_id: UUID
    slug: str
    stream_key: str


class Rooms:
    """Rooms in the database, and a short memory of who may do what in them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._roles: OrderedDict[tuple[UUID, UUID], tuple[frozenset[str], float]] = OrderedDict()
        self._by_slug: OrderedDict[str, tuple[Room, float]] = OrderedDict()
        self.organisations = Organisations(database, roles_changed=self._roles.clear)

    # ---- Rooms -----------------------------------------------------------------------------------------------------

    async def create_room(
        self, *, org_id: UUID, host_id: UUID, slug: str, kind: str, title: str, now: datetime
    ) -> NewRoom | Refused:
        """Make a room (farm or jobs) with a stream key."""
        faults = room_faults(title=title, slug=slug, now=now)
        if kind not in ("farm", "jobs"):
            faults["kind"] = "unknown"
        if faults:
            return Refused(INVALID, {"fields": faults})
        room_id, stream_key = uuid7(), new_stream_key()
        try:
            async with self._database.transaction(platform=True) as connection:
                key_hash = stream_key_hash(stream_key)
                await connection.execute(_NEW_ROOM, room_id, org_id, slug, kind, title, host_id, key_hash, now)
        except asyncpg.UniqueViolationError:
            return Refused(SLUG_TAKEN)
        except asyncpg.ForeignKeyViolationError:
            return Refused(NOT_FOUND)
        return NewRoom(room_id, slug, stream_key)

    async def list_rooms(self) -> list[Room]:
        """The open rooms, oldest first."""
        async with self._database.transaction(platform=True) as connection:
            return [room_of(row) for row in await connection.fetch(_ROOMS, ROOMS_LISTED_MAX)]

    async def lobby_rooms(self, *, now: datetime) -> list[Room]:
        """The open rooms that the lobby shows: those on air last, and those announced."""
        async with self._database.transaction(platform=True) as connection:
            rows = await connection.fetch(_LOBBY, LOBBY_AIRED_MAX, LOBBY_SCHEDULED_MAX, now - LATE_MAX)
        return [room_of(row) for row in rows]

    async def rooms_of(self, person_id: UUID) -> list[Room]:
        """The rooms that the person hosts, open or closed, newest first."""
        async with self._database.transaction(platform=True) as connection:
            return [room_of(row) for row in await connection.fetch(_ROOMS_OF_PERSON, person_id, ROOMS_LISTED_MAX)]

    async def room_by_slug(self, slug: str) -> Room | None:
        """The room of that name, open or closed; up to `ROOM_FRESH_S` old."""
        known = self._by_slug.get(slug)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        if len(slug) > SLUG_CHARS_MAX:
            return None
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(_ROOM_BY_SLUG, slug)
        if row is None:
            return None
        room = room_of(row)
        self._by_slug[slug] = (room, time.monotonic() + ROOM_FRESH_S)
        self._by_slug.move_to_end(slug)
        if len(self._by_slug) > ROOMS_REMEMBERED_MAX:
            self._by_slug.popitem(last=False)
        return room

    async def room_by_id(self, room_id: UUID) -> Room | None:
        """The room of that id, open or closed."""
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(ROOM_BY_ID, room_id)
        return None if row is None else room_of(row)

    async def change(
        self,
        room_id: UUID,
        *,
        person_id: UUID,
        title: str | None,
        reschedule: bool,
        scheduled_at: datetime | None,
        now: datetime,
    ) -> Refused | None:
        """As a member of its organisation, rename a room, or announce it for another time or none (`reschedule`)."""
        if faults := room_faults(title=title, scheduled_at=scheduled_at, now=now):
            return Refused(INVALID, {"fields": faults})
        async with self._database.transaction(person_id=person_id) as connection:
            changed = await connection.fetchval(_CHANGE, room_id, title, reschedule, scheduled_at)
        self._by_slug.clear()
        return None if changed else Refused(NOT_FOUND)

    async def set_room_role(self, room_id: UUID, person_id: UUID, role: str) -> Refused | None:
        """Make somebody host or moderator of one room."""
        if role not in (HOST, MODERATOR):
            return Refused(INVALID, {"fields": {"role": "unknown"}})
        try:
            async with self._database.transaction(platform=True) as connection:
                await connection.execute(_SET_ROOM_ROLE, room_id, person_id, role)
        except asyncpg.ForeignKeyViolationError:
            return Refused(NOT_FOUND)
        self._roles.pop((person_id, room_id), None)
        return None

    async def roles_in_room(self, person_id: UUID, room_id: UUID) -> frozenset[str]:
        """Of `host` and `moderator`, what the person is in this room; up to `ROLES_FRESH_S` old."""
        now_s = time.monotonic()
        roles, fresh_until_s = self._roles.get((person_id, room_id), (_NO_ROLES, 0.0))
        if now_s < fresh_until_s:
            return roles
        async with self._database.transaction(person_id=person_id) as connection:
            rows = await connection.fetch(_ROLES, room_id, person_id)
        roles = frozenset(row["role"] for row in rows)
        self._roles[person_id, room_id] = (roles, now_s + ROLES_FRESH_S)
        self._roles.move_to_end((person_id, room_id))
        if len(self._roles) > ROLES_REMEMBERED_MAX:
            self._roles.popitem(last=False)
        return roles

    # ---- Stream keys -----------------------------------------------------------------------------------------------

    async def replace_stream_key(self, room_id: UUID, *, person_id: UUID) -> str | Refused:
        """A new stream key, as a member of the room's organisation; the old one opens nothing from now on."""
        stream_key = new_stream_key()
        async with self._database.transaction(person_id=person_id) as connection:
            replaced = await connection.fetchval(_REPLACE_KEY, room_id, stream_key_hash(stream_key))
        return stream_key if replaced else Refused(NOT_FOUND)

    async def room_of_stream_key(self, stream_key: str) -> UUID | None:
        """The open room this key publishes to, or None."""
        if len(stream_key) != STREAM_KEY_CHARS:
            return None
        async with self._database.transaction() as connection:
            room_id: UUID | None = await connection.fetchval(_ROOM_OF_KEY, stream_key_hash(stream_key))
        return room_id


def room_of(row: Any) -> Room:
    """A row of `ROOM_BY_ID` as a value."""
    return Room(**dict(row))
