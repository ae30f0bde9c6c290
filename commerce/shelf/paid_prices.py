"""Edge: what was paid for goods in a room lately: what a "former price" said there is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from commerce.database import Database

PAID_WITHIN: Final = timedelta(days=30)

_PAID: Final = """
SELECT sku_id, min(unit_price_minor) AS low, max(unit_price_minor) AS high FROM commerce.purchase_order
WHERE room_id = $1 AND created_at > $2 AND state = 'paid' AND sku_id = ANY ($3) GROUP BY sku_id
"""


async def paid_prices(
    database: Database, *, room_id: UUID, sku_ids: Sequence[UUID], now: datetime
) -> Mapping[str, tuple[int, int]]:
    """By SKU id: the least and the most that was paid for one in this room within PAID_WITHIN, in minor units.

    For those who may read the room's orders; whether they may is decided before.
    """
    if not sku_ids:
        return {}
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(_PAID, room_id, now - PAID_WITHIN, list(sku_ids))
    return {str(row["sku_id"]): (row["low"], row["high"]) for row in rows}
