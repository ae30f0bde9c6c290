"""Edge: what commerce has on screen in a room, for the room's owner when it starts or may have missed something."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from commerce.database import Database
from commerce.shelf.cards import StateItem
from commerce.shelf.showcase import card_items, stock_items

_SHOWN: Final = """
SELECT * FROM commerce.card WHERE room_id = $1 AND state = 'shown' ORDER BY position, card_id
"""


async def load(database: Database, room_id: UUID) -> list[StateItem]:
    """The cards shown in a room and the stock of what they offer, as (key, version, value).

    What changes while this reads also comes through the outbox; versions say which is newer.
    """
    async with database.transaction() as connection:
        cards = await connection.fetch(_SHOWN, room_id)
        items = await card_items(connection, cards)
        products = [card["product_id"] for card in cards if card["product_id"] is not None]
        return items + await stock_items(connection, products)
