"""Edge: what commerce has on screen in rooms: for a room's owner when it starts or may have missed something, and for
the lobby, which asks for many rooms at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from commerce.database import Database
from commerce.shelf.cards import StateItem
from commerce.shelf.showcase import card_items, pinned_first, stock_by_product

_SHOWN: Final = """
SELECT * FROM commerce.card WHERE room_id = ANY ($1) AND state = 'shown' ORDER BY position, card_id
"""


async def load(database: Database, room_id: UUID) -> list[StateItem]:
    """The cards shown in a room and the stock of what they offer, as (key, version, value).

    What changes while this reads also comes through the outbox; versions say which is newer.
    """
    return (await load_rooms(database, [room_id]))[room_id]


async def load_rooms(database: Database, room_ids: Sequence[UUID]) -> dict[UUID, list[StateItem]]:
    """`load` for several rooms, in as few questions as for one."""
    async with database.transaction() as connection:
        cards = pinned_first(await connection.fetch(_SHOWN, room_ids))
        items = await card_items(connection, cards)
        product_ids = {card["product_id"] for card in cards if card["product_id"] is not None}
        stock = await stock_by_product(connection, list(product_ids))
    shown: dict[UUID, list[StateItem]] = {room_id: [] for room_id in room_ids}
    for card, item in zip(cards, items, strict=True):
        shown[card["room_id"]].append(item)
    for card in cards:
        shown[card["room_id"]] += stock.get(card["product_id"], [])
    return shown
