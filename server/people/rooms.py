"""Edge: organisations, their members and rooms, who may do what in a room, and the keys that publish to it.

A stream key is shown once, when it is made; only its hash is kept. A person's roles in a room come from being its
host, from the organisation it belongs to, from a role given in the room, and from the platform's own moderators.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from server.database.database import Database
from server.people.refusals import INVALID, NOT_FOUND, SLUG_TAKEN, Refused

STREAM_KEY_BYTES: Final = 20
"""160 random bits: nobody guesses one."""

STREAM_KEY_CHARS: Final = 32
ROLES_FRESH_S: Final = 3.0
"""How long a person's roles in a room are taken from memory."""

ROLES_REMEMBERED_MAX: Final = 20_000
ROOM_FRESH_S: Final = 2.0
"""How long a room's facts are taken from memory: every order and every page of a room asks for them."""

ROOMS_REMEMBERED_MAX: Final = 2_000
SLUG_CHARS_MAX: Final = 48
TITLE_CHARS_MAX: Final = 60
ORG_NAME_CHARS_MAX: Final = 64
ROOMS_LISTED_MAX: Final = 500

HOST: Final = "host"
MODERATOR: Final = "moderator"
_NO_ROLES: Final[frozenset[str]] = frozenset()

_slug = re.compile(r"[a-z0-9][a-z0-9-]{1,46}[a-z0-9]")

_NEW_ORG: Final = "INSERT INTO people.organisation (org_id, kind, name, created_at) VALUES ($1, $2, $3, $4)"
_SET_MEMBER: Final = """
INSERT INTO people.membership (org_id, person_id, role) VALUES ($1, $2, $3)
ON CONFLICT (org_id, person_id) DO UPDATE SET role = $3
"""
_NEW_ROOM: Final = """
INSERT INTO people.room (room_id, org_id, slug, kind, title, host_id, stream_key_hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SET_ROOM_ROLE: Final = """
INSERT INTO people.room_role (room_id, person_id, role) VALUES ($1, $2, $3)
ON CONFLICT (room_id, person_id) DO UPDATE SET role = $3
"""
_SET_KIND: Final = "UPDATE people.person SET kind = $2, tokens_valid_from = $3 WHERE login = $1 RETURNING person_id"
_ROOM: Final = """
SELECT r.room_id, r.slug, r.kind, r.title, r.org_id, o.name AS org_name, r.host_id, p.display_name AS host_name, r.state
FROM people.room r JOIN people.organisation o USING (org_id) JOIN people.person p ON p.person_id = r.host_id
"""
_ROOM_BY_SLUG: Final = _ROOM + "WHERE r.slug = $1"
_ROOM_BY_ID: Final = _ROOM + "WHERE r.room_id = $1"
_ROOMS: Final = _ROOM + "WHERE r.state = 'open' ORDER BY r.created_at, r.room_id LIMIT $1"
_ROOM_OF_KEY: Final = "SELECT room_id FROM people.room WHERE stream_key_hash = $1 AND state = 'open'"
_REPLACE_KEY: Final = "UPDATE people.room SET stream_key_hash = $2 WHERE room_id = $1 RETURNING room_id"
_SET_TITLE: Final = "UPDATE people.room SET title = $2 WHERE room_id = $1 RETURNING room_id"
_ROLES: Final = """
SELECT 'host' AS role FROM people.room WHERE room_id = $1 AND host_id = $2
UNION SELECT 'host' FROM people.room r JOIN people.membership m USING (org_id)
      WHERE r.room_id = $1 AND m.person_id = $2 AND m.role IN ('owner', 'host')
UNION SELECT role FROM people.room_role WHERE room_id = $1 AND person_id = $2
UNION SELECT 'moderator' FROM people.person WHERE person_id = $2 AND kind IN ('moderator', 'admin')
"""
_IS_MEMBER: Final = "SELECT EXISTS (SELECT FROM people.membership WHERE org_id = $1 AND person_id = $2)"
_IS_MODERATOR: Final = """
SELECT EXISTS (SELECT FROM people.person WHERE person_id = $1 AND kind IN ('moderator', 'admin') AND state = 'active')
"""
_MEMBERSHIPS: Final = """
SELECT m.org_id, m.role, o.kind, o.name FROM people.membership m JOIN people.organisation o USING (org_id)
WHERE m.person_id = $1 ORDER BY m.created_at
"""
_ROOM_ROLES: Final = """
SELECT r.slug, 'host' AS role FROM people.room r WHERE r.host_id = $1
UNION SELECT r.slug, rr.role FROM people.room_role rr JOIN people.room r USING (room_id) WHERE rr.person_id = $1
UNION SELECT r.slug, 'host' FROM people.membership m JOIN people.room r USING (org_id)
      WHERE m.person_id = $1 AND m.role IN ('owner', 'host')
ORDER BY 1, 2
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


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A room just made, with the only sight of its stream key."""

    room_id: UUID
    slug: str
    stream_key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is on the platform beyond their account."""

    memberships: list[dict[str, str]]
    """org_id, name, kind (merchant or employer), role (owner, host or clerk)."""
    room_roles: list[dict[str, str]]
    """slug, role (host or moderator)."""


class Rooms:
    """Organisations and rooms in the database, and a short memory of who may do what."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._roles: OrderedDict[tuple[UUID, UUID], tuple[frozenset[str], float]] = OrderedDict()
        self._by_slug: OrderedDict[str, tuple[Room, float]] = OrderedDict()

    # ---- Organisations ---------------------------------------------------------------------------------------------

    async def create_organisation(self, kind: str, name: str, *, owner_id: UUID, now: datetime) -> UUID | Refused:
        """Make an organisation (merchant or employer) with its first member."""
        if kind not in ("merchant", "employer"):
            return Refused(INVALID, {"fields": {"kind": "unknown"}})
        if not 1 <= len(name) <= ORG_NAME_CHARS_MAX:
            return Refused(INVALID, {"fields": {"name": "length"}})
        org_id = uuid7()
        async with self._database.transaction(platform=True) as connection:
            await connection.execute(_NEW_ORG, org_id, kind, name, now)
            await connection.execute(_SET_MEMBER, org_id, owner_id, "owner")
        return org_id

    async def set_member(self, org_id: UUID, person_id: UUID, role: str) -> Refused | None:
        """Make somebody owner, host or clerk of an organisation."""
        if role not in ("owner", "host", "clerk"):
            return Refused(INVALID, {"fields": {"role": "unknown"}})
        try:
            async with self._database.transaction(platform=True) as connection:
                await connection.execute(_SET_MEMBER, org_id, person_id, role)
        except asyncpg.ForeignKeyViolationError:
            return Refused(NOT_FOUND)
        self._roles.clear()
        return None

    async def set_person_kind(self, login: str, kind: str, *, now: datetime) -> Refused | None:
        """Make somebody a member, moderator or admin of the platform; tokens that say otherwise become void."""
        if kind not in ("member", "moderator", "admin"):
            return Refused(INVALID, {"fields": {"kind": "unknown"}})
        async with self._database.transaction(platform=True) as connection:
            if await connection.fetchval(_SET_KIND, login, kind, now) is None:
                return Refused(NOT_FOUND)
        self._roles.clear()
        return None

    async def is_member(self, person_id: UUID, org_id: UUID) -> bool:
        """Whether the person belongs to the organisation, in any role."""
        async with self._database.transaction(person_id=person_id) as connection:
            return bool(await connection.fetchval(_IS_MEMBER, org_id, person_id))

    async def is_moderator(self, person_id: UUID) -> bool:
        """Whether the person moderates the whole platform."""
        async with self._database.transaction(person_id=person_id) as connection:
            return bool(await connection.fetchval(_IS_MODERATOR, person_id))

    async def standing(self, person_id: UUID) -> Standing:
        """A person's memberships and roles, read as that person."""
        async with self._database.transaction(person_id=person_id) as connection:
            memberships = await connection.fetch(_MEMBERSHIPS, person_id)
            room_roles = await connection.fetch(_ROOM_ROLES, person_id)
        return Standing(
            [{**row, "org_id": str(row["org_id"])} for row in map(dict, memberships)],
            [dict(row) for row in room_roles],
        )

    # ---- Rooms -----------------------------------------------------------------------------------------------------

    async def create_room(
        self, *, org_id: UUID, host_id: UUID, slug: str, kind: str, title: str, now: datetime
    ) -> NewRoom | Refused:
        """Make a room (farm or jobs) with a stream key."""
        faults = {}
        if not _slug.fullmatch(slug):
            faults["slug"] = "characters"
        if kind not in ("farm", "jobs"):
            faults["kind"] = "unknown"
        if not 1 <= len(title) <= TITLE_CHARS_MAX:
            faults["title"] = "length"
        if faults:
            return Refused(INVALID, {"fields": faults})
        room_id, stream_key = uuid7(), _new_stream_key()
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
            return [_room(row) for row in await connection.fetch(_ROOMS, ROOMS_LISTED_MAX)]

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
        room = _room(row)
        self._by_slug[slug] = (room, time.monotonic() + ROOM_FRESH_S)
        self._by_slug.move_to_end(slug)
        if len(self._by_slug) > ROOMS_REMEMBERED_MAX:
            self._by_slug.popitem(last=False)
        return room

    async def room_by_id(self, room_id: UUID) -> Room | None:
        """The room of that id, open or closed."""
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(_ROOM_BY_ID, room_id)
        return None if row is None else _room(row)

    async def set_title(self, room_id: UUID, title: str, *, person_id: UUID) -> Refused | None:
        """Rename a room, as a member of its organisation."""
        if not 1 <= len(title) <= TITLE_CHARS_MAX:
            return Refused(INVALID, {"fields": {"title": "length"}})
        async with self._database.transaction(person_id=person_id) as connection:
            renamed = await connection.fetchval(_SET_TITLE, room_id, title)
        self._by_slug.clear()
        return None if renamed else Refused(NOT_FOUND)

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
        stream_key = _new_stream_key()
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


def stream_key_hash(stream_key: str) -> bytes:
    """What is stored of a stream key. A key is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(stream_key.encode()).digest()


def _new_stream_key() -> str:
    return base64.b32encode(secrets.token_bytes(STREAM_KEY_BYTES)).decode().lower()


def _room(row: Any) -> Room:
    return Room(**dict(row))
