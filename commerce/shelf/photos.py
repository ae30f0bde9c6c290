"""Edge: pictures of products in the database: added by people of an organisation, read by anybody, never changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.refusals import LIMIT_REACHED, NOT_FOUND, Refused

PHOTOS_MAX: Final = 1_000
"""Pictures of one person."""

PHOTOS_PER_DAY_MAX: Final = 200

_MAY_ADD: Final = "SELECT EXISTS (SELECT FROM people.membership WHERE person_id = $1)"
_KNOWN: Final = "SELECT photo_id FROM commerce.photo WHERE person_id = $1 AND sha256 = $2"
_COUNTS: Final = """
SELECT count(*) AS kept, count(*) FILTER (WHERE created_at > $2) AS lately FROM commerce.photo WHERE person_id = $1
"""
_ADD: Final = """
INSERT INTO commerce.photo (photo_id, person_id, sha256, width, height, webp, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person_id, sha256) DO NOTHING
"""
_WEBP: Final = "SELECT webp FROM commerce.photo WHERE photo_id = $1"


def photo_url(photo_id: UUID) -> str:
    """Where a picture is to be had."""
    return f"/photos/{photo_id}.webp"


async def known_photo(database: Database, *, person_id: UUID, sha256: bytes, now: datetime) -> UUID | Refused | None:
    """The picture that this person's same file has become before; None: a new one may be added.

    Refused: not_found (belongs to no organisation), limit_reached.
    """
    async with database.transaction(person_id=person_id) as connection:
        if not await connection.fetchval(_MAY_ADD, person_id):
            return Refused(NOT_FOUND)
        photo_id: UUID | None = await connection.fetchval(_KNOWN, person_id, sha256)
        if photo_id is not None:
            return photo_id
        counts = await connection.fetchrow(_COUNTS, person_id, now - timedelta(days=1))
    if counts["kept"] >= PHOTOS_MAX:
        return Refused(LIMIT_REACHED, {"limit_max": PHOTOS_MAX})
    if counts["lately"] >= PHOTOS_PER_DAY_MAX:
        return Refused(LIMIT_REACHED, {"limit_max": PHOTOS_PER_DAY_MAX})
    return None


async def add_photo(
    database: Database, *, person_id: UUID, sha256: bytes, width: int, height: int, webp: bytes, now: datetime
) -> UUID:
    """Keep a picture; its id, or that of the same one kept before."""
    async with database.transaction(person_id=person_id) as connection:
        await connection.execute(_ADD, uuid7(), person_id, sha256, width, height, webp, now)
        photo_id: UUID = await connection.fetchval(_KNOWN, person_id, sha256)
    return photo_id


async def fetch_photo(database: Database, photo_id: UUID) -> bytes | None:
    """A picture's WebP."""
    async with database.transaction() as connection:
        webp: bytes | None = await connection.fetchval(_WEBP, photo_id)
    return webp
