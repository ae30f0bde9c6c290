"""Edge: following hosts. A host is whoever hosts an open room; of anybody else nothing is told here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce.database import Database
from server.people.refusals import LIMIT_REACHED, NOT_FOUND, Refused

FOLLOWS_MAX: Final = 500
"""Hosts that one person follows."""

_HOST: Final = """
SELECT p.person_id, p.display_name,
       (SELECT count(*) FROM people.follow f WHERE f.host_id = p.person_id) AS followers,
       EXISTS (SELECT FROM people.follow f WHERE f.host_id = p.person_id AND f.person_id = $2) AS followed
FROM people.person p WHERE p.person_id = $1 AND p.state <> 'closed'
  AND EXISTS (SELECT FROM people.room r WHERE r.host_id = p.person_id AND r.state = 'open')
"""
_IS_HOST: Final = """
SELECT EXISTS (SELECT FROM people.person p JOIN people.room r ON r.host_id = p.person_id
               WHERE p.person_id = $1 AND p.state <> 'closed' AND r.state = 'open')
"""
_ALONE: Final = "SELECT FROM people.person WHERE person_id = $1 FOR NO KEY UPDATE"
_COUNT: Final = "SELECT count(*) FROM people.follow WHERE person_id = $1 AND host_id <> $2"
_FOLLOW: Final = """
INSERT INTO people.follow (person_id, host_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_UNFOLLOW: Final = "DELETE FROM people.follow WHERE person_id = $1 AND host_id = $2"
_FOLLOWED: Final = """
SELECT p.person_id, p.display_name, f.created_at AS since
FROM people.follow f JOIN people.person p ON p.person_id = f.host_id
WHERE f.person_id = $1 AND p.state <> 'closed' ORDER BY f.created_at DESC, f.host_id
"""
_ROOMS: Final = """
SELECT room_id, host_id, slug, title, kind, scheduled_at FROM people.room
WHERE host_id = ANY ($1) AND state = 'open' ORDER BY created_at, room_id
"""


@dataclass(frozen=True, slots=True)
class Host:
    """A host as everybody may know them."""

    person_id: UUID
    display_name: str
    followers: int
    followed: bool
    """By who asks."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A host whom the person follows, with their rooms' rows (room_id, slug, title, kind, scheduled_at)."""

    person_id: UUID
    display_name: str
    since: datetime
    rooms: list[dict[str, Any]]


async def host(database: Database, host_id: UUID, *, person_id: UUID | None) -> Host | Refused:
    """A host, and whether `person_id` follows them."""
    async with database.transaction(platform=True) as connection:
        row = await connection.fetchrow(_HOST, host_id, person_id)
    return Refused(NOT_FOUND) if row is None else Host(**dict(row))


async def follow(database: Database, person_id: UUID, host_id: UUID, *, now: datetime) -> Refused | None:
    """Follow a host from now on; once more changes nothing. Refused: not_found, limit_reached."""
    async with database.transaction(platform=True) as connection:
        if not await connection.fetchval(_IS_HOST, host_id):
            return Refused(NOT_FOUND)
        await connection.execute(_ALONE, person_id)
        if await connection.fetchval(_COUNT, person_id, host_id) >= FOLLOWS_MAX:
            return Refused(LIMIT_REACHED, {"limit_max": FOLLOWS_MAX})
        await connection.execute(_FOLLOW, person_id, host_id, now)
    return None


async def unfollow(database: Database, person_id: UUID, host_id: UUID) -> None:
    """Follow a host no more, or still not."""
    async with database.transaction(platform=True) as connection:
        await connection.execute(_UNFOLLOW, person_id, host_id)


async def list_followed(database: Database, person_id: UUID) -> list[Followed]:
    """The hosts whom a person follows, the newest first."""
    async with database.transaction(platform=True) as connection:
        hosts = await connection.fetch(_FOLLOWED, person_id)
        rooms = await connection.fetch(_ROOMS, [row["person_id"] for row in hosts])
    by_host: dict[UUID, list[dict[str, Any]]] = {row["person_id"]: [] for row in hosts}
    for row in rooms:
        room = dict(row)
        by_host[room.pop("host_id")].append(room)
    return [Followed(**dict(row), rooms=by_host[row["person_id"]]) for row in hosts]
