"""Edge: a buyer's address book. Who reads the table learns whose an address is, and nothing that it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.refusals import LIMIT_REACHED, NOT_FOUND, Refused
from commerce.sealing import seal, unseal

if TYPE_CHECKING:
    import asyncpg

ADDRESSES_MAX: Final = 20
"""Addresses of one person."""

_LOCK_BOOK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('address:' || $1::uuid::text, 0))"
_LIST: Final = """
SELECT address_id, sealed, is_default FROM commerce.address WHERE person_id = $1 ORDER BY is_default DESC, address_id
"""
_ONE: Final = "SELECT sealed FROM commerce.address WHERE address_id = $1 AND person_id = $2"
_COUNT: Final = "SELECT count(*) FROM commerce.address WHERE person_id = $1"
_NO_DEFAULT: Final = """
UPDATE commerce.address SET is_default = false WHERE person_id = $1 AND is_default AND address_id <> $2
"""
_ADD: Final = """
INSERT INTO commerce.address (address_id, person_id, sealed, is_default, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $5)
"""
_CHANGE: Final = """
UPDATE commerce.address SET sealed = $3, is_default = is_default OR $4, updated_at = $5
WHERE address_id = $1 AND person_id = $2 RETURNING is_default
"""
_DROP: Final = "DELETE FROM commerce.address WHERE address_id = $1 AND person_id = $2 RETURNING is_default"
_NEXT_DEFAULT: Final = """
UPDATE commerce.address SET is_default = true WHERE address_id = (
    SELECT address_id FROM commerce.address WHERE person_id = $1 ORDER BY updated_at DESC, address_id LIMIT 1)
"""


class Address(msgspec.Struct, frozen=True):
    """Who gets the goods, where, and how to call them."""

    name: str
    phone: str
    region: str
    """Province, city, district."""
    detail: str
    """Street, house, door."""


@dataclass(frozen=True, slots=True)
class BookEntry:
    """An address in its owner's book; one of them is the default."""

    address_id: UUID
    name: str
    phone: str
    region: str
    detail: str
    is_default: bool


async def list_addresses(database: Database, data_key: bytes, person_id: UUID) -> list[BookEntry]:
    """A person's addresses, the default first."""
    async with database.transaction(person_id=person_id) as connection:
        rows = await connection.fetch(_LIST, person_id)
    return [
        _entry(row["address_id"], unseal_address(data_key, row["sealed"], row["address_id"]), row["is_default"])
        for row in rows
    ]


async def add_address(
    database: Database, data_key: bytes, person_id: UUID, address: Address, *, is_default: bool, now: datetime
) -> BookEntry | Refused:
    """Write an address into the book; the first is the default. Refused: limit_reached."""
    address_id = uuid7()
    sealed = _sealed(data_key, address, address_id)
    async with database.transaction(person_id=person_id) as connection:
        held = await _count_alone(connection, person_id)
        if held >= ADDRESSES_MAX:
            return Refused(LIMIT_REACHED, {"limit_max": ADDRESSES_MAX})
        is_default = is_default or held == 0
        if is_default:
            await connection.execute(_NO_DEFAULT, person_id, address_id)
        await connection.execute(_ADD, address_id, person_id, sealed, is_default, now)
    return _entry(address_id, address, is_default)


async def change_address(
    database: Database,
    data_key: bytes,
    person_id: UUID,
    address_id: UUID,
    address: Address,
    *,
    is_default: bool,
    now: datetime,
) -> BookEntry | Refused:
    """Write an address anew. It may become the default; another takes that from it, and it can't just lay it down."""
    sealed = _sealed(data_key, address, address_id)
    async with database.transaction(person_id=person_id) as connection:
        await _count_alone(connection, person_id)
        if await connection.fetchval(_ONE, address_id, person_id) is None:
            return Refused(NOT_FOUND)
        if is_default:
            await connection.execute(_NO_DEFAULT, person_id, address_id)
        kept = await connection.fetchval(_CHANGE, address_id, person_id, sealed, is_default, now)
    return _entry(address_id, address, kept)


async def drop_address(database: Database, person_id: UUID, address_id: UUID) -> Refused | None:
    """Take an address out of the book; the one last changed becomes the default in its place."""
    async with database.transaction(person_id=person_id) as connection:
        await _count_alone(connection, person_id)
        was_default = await connection.fetchval(_DROP, address_id, person_id)
        if was_default is None:
            return Refused(NOT_FOUND)
        if was_default:
            await connection.execute(_NEXT_DEFAULT, person_id)
    return None


async def address_in(
    connection: asyncpg.Connection, data_key: bytes, person_id: UUID, address_id: UUID
) -> Address | None:
    """One address of this person's book, within a transaction; None where it is not in it."""
    sealed = await connection.fetchval(_ONE, address_id, person_id)
    return None if sealed is None else unseal_address(data_key, sealed, address_id)


def unseal_address(data_key: bytes, sealed: bytes, address_id: UUID) -> Address:
    """An address of the book as it was written. Raises: Unreadable."""
    return msgspec.json.decode(unseal(data_key, sealed, context=_context(address_id)), type=Address)


def _sealed(data_key: bytes, address: Address, address_id: UUID) -> bytes:
    return seal(data_key, msgspec.json.encode(address), context=_context(address_id))


def _context(address_id: UUID) -> bytes:
    return b"address:" + address_id.bytes


async def _count_alone(connection: asyncpg.Connection, person_id: UUID) -> int:
    """How many addresses the person has; until the transaction ends, nobody else changes this book."""
    await connection.execute(_LOCK_BOOK, person_id)
    count: int = await connection.fetchval(_COUNT, person_id)
    return count


def _entry(address_id: UUID, address: Address, is_default: Any) -> BookEntry:
    return BookEntry(address_id, address.name, address.phone, address.region, address.detail, bool(is_default))
