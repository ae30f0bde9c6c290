"""Edge: what a moderator takes down from the shelf, and what undoing it puts back; in a transaction of the platform's.

Each answers which cards it took off or put back, so that an undo puts back those and no others. A card that could be
shown only twice (its product is on another card by now), or whose product or post is off the market, stays off.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID

from commerce.jobs.posts import remove_post, restore_post
from commerce.outbox import announce_items
from commerce.shelf.cards import card_key
from commerce.shelf.showcase import card_items, stock_items

if TYPE_CHECKING:
    import asyncpg

Thing = Literal["product", "post"]

_OFF: Final = """
UPDATE commerce.card SET state = 'withdrawn', explaining = false, pinned = false, version = version + 1, updated_at = $2
WHERE {which} AND state = 'shown' RETURNING card_id, room_id, version
"""
_CARD_OFF: Final = _OFF.format(which="card_id = $1")
_CARDS_OF_ROOM: Final = _OFF.format(which="room_id = $1")
_CARD_IN_ROOM: Final = """
SELECT kind, coalesce(product_id::text, job_id::text, title) AS shows FROM commerce.card
WHERE card_id = $1 AND room_id = $2
"""
_CARDS_OF: Final = {"product": _OFF.format(which="product_id = $1"), "post": _OFF.format(which="job_id = $1")}
_BACK: Final = """
UPDATE commerce.card c SET state = 'shown', version = version + 1, updated_at = $2
WHERE card_id = ANY ($1) AND state = 'withdrawn' AND NOT EXISTS (
    SELECT FROM commerce.card o WHERE o.room_id = c.room_id AND o.state = 'shown'
        AND (o.product_id = c.product_id OR o.job_id = c.job_id))
    AND (product_id IS NULL OR EXISTS (
        SELECT FROM commerce.product p WHERE p.product_id = c.product_id AND p.state = 'on_sale'))
    AND (job_id IS NULL OR EXISTS (SELECT FROM commerce.job_post j WHERE j.job_id = c.job_id AND j.state = 'open'))
RETURNING *
"""
_WITHDRAW: Final = """
UPDATE commerce.product SET state = 'withdrawn', removed_at = $2 WHERE product_id = $1 AND state = 'on_sale'
RETURNING product_id
"""
_RESTORE: Final = """
UPDATE commerce.product SET state = 'on_sale', removed_at = NULL
WHERE product_id = $1 AND state = 'withdrawn' AND removed_at IS NOT NULL RETURNING product_id
"""


async def take_card_down(connection: asyncpg.Connection, card_id: UUID, *, now: datetime) -> list[UUID]:
    """Take one card off its room's screen; empty if it was off already."""
    return await _off(connection, _CARD_OFF, card_id, now)


async def take_room_cards_down(connection: asyncpg.Connection, room_id: UUID, *, now: datetime) -> list[UUID]:
    """Take every card off a room's screen; those that were on it."""
    return await _off(connection, _CARDS_OF_ROOM, room_id, now)


async def shown_by(connection: asyncpg.Connection, card_id: UUID, *, room_id: UUID) -> dict[str, str] | None:
    """What a card of a room is of (`kind`), and which (`shows`: the product, the post, or a notice's title)."""
    row = await connection.fetchrow(_CARD_IN_ROOM, card_id, room_id)
    return None if row is None else dict(row)


async def take_down(
    connection: asyncpg.Connection, thing: Thing, thing_id: UUID, *, now: datetime
) -> tuple[bool, list[UUID]]:
    """Withdraw a product or post and every card of it; whether it was on offer, and the cards."""
    off = await _off(connection, _CARDS_OF[thing], thing_id, now)
    if thing == "post":
        return await remove_post(connection, thing_id, now=now), off
    return await connection.fetchval(_WITHDRAW, thing_id, now) is not None, off


async def put_cards_back(connection: asyncpg.Connection, card_ids: Sequence[UUID], *, now: datetime) -> list[UUID]:
    """Show cards again that were taken off, with the stock of what they offer."""
    rows = await connection.fetch(_BACK, card_ids, now)
    for row in rows:
        items = await card_items(connection, [row])
        stock = await stock_items(connection, [row["product_id"]] if row["product_id"] else [], hold=True)
        await announce_items(connection, row["room_id"], items + stock)
    return [row["card_id"] for row in rows]


async def put_back(
    connection: asyncpg.Connection, thing: Thing, thing_id: UUID, card_ids: Sequence[UUID], *, now: datetime
) -> bool:
    """Offer a product or post again, with those cards; False if it was not withdrawn any more."""
    if thing == "post":
        restored = await restore_post(connection, thing_id, now=now)
    else:
        restored = await connection.fetchval(_RESTORE, thing_id) is not None
    if restored:
        await put_cards_back(connection, card_ids, now=now)
    return restored


async def _off(connection: asyncpg.Connection, query: str, thing_id: UUID, now: datetime) -> list[UUID]:
    rows = await connection.fetch(query, thing_id, now)
    for row in rows:
        await announce_items(connection, row["room_id"], [(card_key(row["card_id"]), row["version"], None)])
    return [row["card_id"] for row in rows]
