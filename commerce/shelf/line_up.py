"""Edge: a room's line-up: what its host means to show, in order. A card of it stands on screen where it stands here.

Written as the person who does it: row-level security lets members of the room's organisation alone. Every change holds
the room's row, so that two hands at one line-up follow each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.outbox import announce_items
from commerce.refusals import INVALID, LIMIT_REACHED, NOT_FOUND, Refused
from commerce.shelf.cards import card_key
from commerce.shelf.catalogue import product_views
from commerce.shelf.line_up_order import positions, reordered
from commerce.shelf.showcase import card_items, job_facts

if TYPE_CHECKING:
    import asyncpg

LINE_UP_MAX: Final = 100
"""Items of one room's line-up."""

_ROOM: Final = "SELECT org_id FROM people.room WHERE room_id = $1 AND people.is_member(org_id) FOR NO KEY UPDATE"
_ITEMS: Final = "SELECT * FROM commerce.line_up_item WHERE room_id = $1 ORDER BY position, item_id"
_SHOWN: Final = "SELECT * FROM commerce.card WHERE room_id = $1 AND state = 'shown' ORDER BY position, card_id"
_JOBS: Final = "SELECT * FROM commerce.job_post WHERE job_id = ANY ($1)"
_OFFERED: Final = """
SELECT org_id FROM commerce.product WHERE product_id = $1 UNION ALL
SELECT org_id FROM commerce.job_post WHERE job_id = $2
"""
_ADD: Final = """
INSERT INTO commerce.line_up_item (item_id, org_id, room_id, product_id, job_id, position, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_DROP: Final = "DELETE FROM commerce.line_up_item WHERE room_id = $1 AND item_id = $2 RETURNING product_id, job_id"
_WITHDRAW: Final = """
UPDATE commerce.card SET state = 'withdrawn', explaining = false, pinned = false, version = version + 1, updated_at = $4
WHERE room_id = $1 AND (product_id = $2 OR job_id = $3) AND state = 'shown' RETURNING card_id, version
"""
_PLACE: Final = """
UPDATE commerce.line_up_item SET position = p.position
FROM unnest($1::uuid[], $2::int[]) AS p (item_id, position)
WHERE line_up_item.item_id = p.item_id AND line_up_item.position <> p.position
"""
_PLACE_CARDS: Final = """
UPDATE commerce.card SET position = p.position, version = version + 1, updated_at = $3
FROM unnest($1::uuid[], $2::int[]) AS p (card_id, position)
WHERE card.card_id = p.card_id AND card.position <> p.position RETURNING card.*
"""


@dataclass(frozen=True, slots=True)
class LineUpItem:
    """A product or a job in the line-up, with its card if it is on screen."""

    item_id: UUID
    position: int
    product: dict[str, Any] | None
    job: dict[str, Any] | None
    card_id: UUID | None
    explaining: bool
    pinned: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "item_id": str(self.item_id),
            "kind": "job" if self.product is None else "product",
            "position": self.position,
            "product": self.product,
            "job": self.job,
            "card_id": None if self.card_id is None else str(self.card_id),
            "explaining": self.explaining,
            "pinned": self.pinned,
        }


async def list_line_up(database: Database, *, person_id: UUID, room_id: UUID) -> list[LineUpItem]:
    """The line-up, in order, for members of the room's organisation."""
    async with database.transaction(person_id=person_id) as connection:
        return await _line_up(connection, room_id)


async def add_to_line_up(
    database: Database,
    *,
    person_id: UUID,
    room_id: UUID,
    product_id: UUID | None = None,
    job_id: UUID | None = None,
    now: datetime,
) -> LineUpItem | Refused:
    """Put a product or a job of the organisation at the end; one that is there already stays where it is.

    Refused: not_found, limit_reached.
    """
    assert (product_id is None) != (job_id is None)
    async with database.transaction(person_id=person_id) as connection:
        org_id = await connection.fetchval(_ROOM, room_id)
        if org_id is None or await connection.fetchval(_OFFERED, product_id, job_id) != org_id:
            return Refused(NOT_FOUND)
        items = await connection.fetch(_ITEMS, room_id)
        held = next((item for item in items if (item["product_id"], item["job_id"]) == (product_id, job_id)), None)
        if held is None and len(items) >= LINE_UP_MAX:
            return Refused(LIMIT_REACHED, {"limit_max": LINE_UP_MAX})
        item_id = uuid7() if held is None else held["item_id"]
        if held is None:
            await connection.execute(_ADD, item_id, org_id, room_id, product_id, job_id, len(items) + 1, now)
            await _settle(connection, room_id, now)
        return next(item for item in await _line_up(connection, room_id) if item.item_id == item_id)


async def drop_from_line_up(
    database: Database, *, person_id: UUID, room_id: UUID, item_id: UUID, now: datetime
) -> Refused | None:
    """Take an item out of the line-up, and its card off the screen. Refused: not_found."""
    async with database.transaction(person_id=person_id) as connection:
        if await connection.fetchval(_ROOM, room_id) is None:
            return Refused(NOT_FOUND)
        item = await connection.fetchrow(_DROP, room_id, item_id)
        if item is None:
            return Refused(NOT_FOUND)
        gone = await connection.fetch(_WITHDRAW, room_id, item["product_id"], item["job_id"], now)
        await announce_items(connection, room_id, [(card_key(row["card_id"]), row["version"], None) for row in gone])
        await _settle(connection, room_id, now)
    return None


async def order_line_up(
    database: Database, *, person_id: UUID, room_id: UUID, item_ids: Sequence[UUID], now: datetime
) -> list[LineUpItem] | Refused:
    """Put the line-up in this order; items that are not named follow in the order they had. Cards on screen move along.

    Refused: not_found, invalid (an item that is not here, or twice).
    """
    async with database.transaction(person_id=person_id) as connection:
        if await connection.fetchval(_ROOM, room_id) is None:
            return Refused(NOT_FOUND)
        held = [row["item_id"] for row in await connection.fetch(_ITEMS, room_id)]
        ordered = reordered(held, list(item_ids))
        if ordered is None:
            return Refused(INVALID, {"fields": {"item_ids": "unknown"}})
        await connection.execute(_PLACE, ordered, list(range(1, len(ordered) + 1)))
        await _settle(connection, room_id, now)
        return await _line_up(connection, room_id)


async def _settle(connection: asyncpg.Connection, room_id: UUID, now: datetime) -> None:
    """Number the items from one on, and move the cards on screen to where their items stand; tell the room."""
    items = await connection.fetch(_ITEMS, room_id)
    await connection.execute(_PLACE, [item["item_id"] for item in items], list(range(1, len(items) + 1)))
    offers = [(item["product_id"], item["job_id"]) for item in items]
    cards = await connection.fetch(_SHOWN, room_id)
    placed = positions(offers, [(card["card_id"], (card["product_id"], card["job_id"])) for card in cards])
    moved = await connection.fetch(_PLACE_CARDS, list(placed), list(placed.values()), now)
    if moved:
        await announce_items(connection, room_id, await card_items(connection, moved))


async def _line_up(connection: asyncpg.Connection, room_id: UUID) -> list[LineUpItem]:
    items = await connection.fetch(_ITEMS, room_id)
    product_ids = [item["product_id"] for item in items if item["product_id"] is not None]
    products = {view.product_id: view.to_json() for view in await product_views(connection, product_ids)}
    job_ids = [item["job_id"] for item in items if item["job_id"] is not None]
    jobs = {job["job_id"]: job_facts(job) for job in await connection.fetch(_JOBS, job_ids)} if job_ids else {}
    cards = {(card["product_id"], card["job_id"]): card for card in await connection.fetch(_SHOWN, room_id)}
    line_up = []
    for item in items:
        card = cards.get((item["product_id"], item["job_id"]))
        line_up.append(
            LineUpItem(
                item_id=item["item_id"],
                position=item["position"],
                product=products.get(item["product_id"]),
                job=jobs.get(item["job_id"]),
                card_id=None if card is None else card["card_id"],
                explaining=card is not None and card["explaining"],
                pinned=card is not None and card["pinned"],
            )
        )
    return line_up
