"""Edge: what accounts were seen with, written and read in transactions that act for the platform."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moderation.links.graph import PATH_STEPS_MAX, Sighting
from moderation.links.identifiers import Identifier, Kind

SEEN_AGAIN_AFTER: Final = timedelta(hours=1)
"""Sooner, it is not written again."""
KEPT_OF_ONE_MAX: Final = 64
"""Sightings of one account; the oldest go."""
HOLDERS_MAX: Final = 32
"""Of one identifier, the accounts that are looked at: more than any kind may have and still link."""
PEOPLE_MAX: Final = 200
"""Accounts that one look reaches."""
KEPT_FOR: Final = timedelta(days=3 * 365)
NETWORK_KEPT_FOR: Final = timedelta(days=30)

_NOTE: Final = """
INSERT INTO moderation.sighting (person_id, kind, digest, first_at, last_at)
SELECT $1, i.kind, i.digest, $4, $4 FROM unnest($2::text[], $3::bytea[]) AS i (kind, digest)
WHERE EXISTS (SELECT FROM people.person p WHERE p.person_id = $1 AND p.erased_at IS NULL FOR SHARE)
ON CONFLICT (person_id, kind, digest) DO UPDATE SET last_at = EXCLUDED.last_at WHERE sighting.last_at < $5
RETURNING first_at = $4 AND kind <> 'network' AS is_new
"""
_TOO_MANY: Final = """
DELETE FROM moderation.sighting WHERE person_id = $1 AND (kind, digest) IN (
    SELECT kind, digest FROM moderation.sighting WHERE person_id = $1 ORDER BY last_at DESC, kind, digest OFFSET $2)
"""
_OF_PEOPLE: Final = """
SELECT person_id, kind, digest, first_at, last_at FROM moderation.sighting WHERE person_id = ANY ($1)
"""
_HOLDERS: Final = """
SELECT s.person_id, s.kind, s.digest, s.first_at, s.last_at FROM unnest($1::bytea[]) AS d (digest)
CROSS JOIN LATERAL (
    SELECT * FROM moderation.sighting h WHERE h.digest = d.digest ORDER BY h.last_at DESC LIMIT $2) s
"""
_FORGET: Final = """
DELETE FROM moderation.sighting WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM moderation.sighting WHERE last_at < $1 OR (last_at < $2 AND kind = 'network') LIMIT $3))
"""
FORGOTTEN_MAX: Final = 5_000


async def note(connection: Any, person_id: UUID, identifiers: Collection[Identifier], *, now: datetime) -> bool:
    """Write down what an account was seen with; whether any of it that could link is new."""
    if not identifiers:
        return False
    # In one order, so that two sign-ins at once don't wait for each other in a ring.
    ordered = sorted(identifiers, key=lambda identifier: (identifier.kind.value, identifier.digest))
    kinds = [identifier.kind.value for identifier in ordered]
    digests = [identifier.digest for identifier in ordered]
    rows = await connection.fetch(_NOTE, person_id, kinds, digests, now, now - SEEN_AGAIN_AFTER)
    is_new = any(row["is_new"] for row in rows)
    if is_new:
        await connection.execute(_TOO_MANY, person_id, KEPT_OF_ONE_MAX)
    return is_new


async def neighbourhood(connection: Any, person_id: UUID) -> list[Sighting]:
    """The sightings of an account and of those within reach of it, at most `PEOPLE_MAX`."""
    found: dict[tuple[UUID, str, bytes], Sighting] = {}
    known: set[UUID] = set()
    asked: set[bytes] = set()
    edge = {person_id}
    for steps in range(PATH_STEPS_MAX):
        known |= edge
        rows = await connection.fetch(_OF_PEOPLE, list(edge))
        # Whoever came from the same network is looked at, and not who came from the same network as they.
        digests = {row["digest"] for row in rows if steps == 0 or row["kind"] != Kind.NETWORK.value} - asked
        asked |= digests
        holders = await connection.fetch(_HOLDERS, list(digests), HOLDERS_MAX)
        for row in holders:
            found[row["person_id"], row["kind"], row["digest"]] = _sighting(row)
        linking = {row["person_id"] for row in holders if row["kind"] != Kind.NETWORK.value}
        edge = set(sorted(linking - known)[: PEOPLE_MAX - len(known)])
        if not edge:
            break
    return list(found.values())


async def holders(connection: Any, digests: Iterable[bytes]) -> Sequence[Any]:
    """Sightings of these hashes: rows of person_id, kind, digest."""
    rows: Sequence[Any] = await connection.fetch(_HOLDERS, list(digests), HOLDERS_MAX)
    return rows


async def forget_old_sightings(connection: Any, *, now: datetime) -> None:
    """Forget what was not seen for long, some of it at a time."""
    await connection.execute(_FORGET, now - KEPT_FOR, now - NETWORK_KEPT_FOR, FORGOTTEN_MAX)


def _sighting(row: Any) -> Sighting:
    return Sighting(row["person_id"], Kind(row["kind"]), row["digest"], row["first_at"], row["last_at"])
