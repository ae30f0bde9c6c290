"""Edge: organisations and their members, and what a person is on the platform beyond their account.

A person founds an organisation through a function of the database (people.found_organisation), which holds the rules of
it: row-level security lets nobody but the platform write organisations and memberships.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from commerce.database import Database
from server.people.refusals import INVALID, LIMIT_REACHED, NOT_FOUND, Refused

ORG_NAME_CHARS_MAX: Final = 64
ORGANISATIONS_OWNED_MAX: Final = 10
"""Organisations that one person may found."""

_NEW_ORG: Final = "INSERT INTO people.organisation (org_id, kind, name, created_at) VALUES ($1, $2, $3, $4)"
_FOUND: Final = "SELECT people.found_organisation($1, $2, $3, $4, $5)"
_SET_MEMBER: Final = """
INSERT INTO people.membership (org_id, person_id, role) VALUES ($1, $2, $3)
ON CONFLICT (org_id, person_id) DO UPDATE SET role = $3
"""
_SET_KIND: Final = "UPDATE people.person SET kind = $2, tokens_valid_from = $3 WHERE login = $1 RETURNING person_id"
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
class Standing:
    """What a person is on the platform beyond their account."""

    memberships: list[dict[str, str]]
    """org_id, name, kind (merchant or employer), role (owner, host or clerk)."""
    room_roles: list[dict[str, str]]
    """slug, role (host or moderator)."""


class Organisations:
    """Organisations in the database, for the platform itself and for questions about one person."""

    def __init__(self, database: Database, *, roles_changed: Callable[[], object]) -> None:
        """`roles_changed` is called when somebody's roles are other ones than before."""
        self._database = database
        self._roles_changed = roles_changed

    async def create(self, kind: str, name: str, *, owner_id: UUID, now: datetime) -> UUID | Refused:
        """Make an organisation (merchant or employer) with its first member, as the platform."""
        if faults := organisation_faults(kind, name):
            return Refused(INVALID, {"fields": faults})
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
        self._roles_changed()
        return None

    async def set_person_kind(self, login: str, kind: str, *, now: datetime) -> Refused | None:
        """Make somebody a member, moderator or admin of the platform; tokens that say otherwise become void."""
        if kind not in ("member", "moderator", "admin"):
            return Refused(INVALID, {"fields": {"kind": "unknown"}})
        async with self._database.transaction(platform=True) as connection:
            if await connection.fetchval(_SET_KIND, login, kind, now) is None:
                return Refused(NOT_FOUND)
        self._roles_changed()
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


async def found_organisation(
    database: Database, kind: str, name: str, *, person_id: UUID, now: datetime
) -> UUID | Refused:
    """Make an organisation as the person who will own it. Refused: invalid, limit_reached, not_found (no person)."""
    if faults := organisation_faults(kind, name):
        return Refused(INVALID, {"fields": faults})
    org_id = uuid7()
    async with database.transaction(person_id=person_id) as connection:
        code = await connection.fetchval(_FOUND, org_id, kind, name, ORGANISATIONS_OWNED_MAX, now)
    if code is None:
        return org_id
    return Refused(code, {"limit_max": ORGANISATIONS_OWNED_MAX} if code == LIMIT_REACHED else {})


def organisation_faults(kind: str, name: str) -> dict[str, str]:
    """What is wrong with a new organisation, by field."""
    faults = {}
    if kind not in ("merchant", "employer"):
        faults["kind"] = "unknown"
    if not 1 <= len(name.strip()) <= len(name) <= ORG_NAME_CHARS_MAX:
        faults["name"] = "length"
    return faults
