"""Edge: where an order goes: the buyer's address as it stood when it was chosen, sealed with the order.

The buyer may choose until the order is over, and again after paying, since nothing here says yet that goods were sent.
The seller reads it of paid orders alone, which row-level security holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from commerce.database import Database
from commerce.order.addresses import Address, address_in
from commerce.order.transitions import announce_order, lock_order, touch_order
from commerce.refusals import NOT_FOUND, WRONG_STATE, Refused
from commerce.sealing import seal, unseal

STATES_WITH_DELIVERY: Final = frozenset({"awaiting_payment", "closing", "paid"})

_KEEP: Final = """
INSERT INTO commerce.order_address (order_id, org_id, buyer_id, sealed, created_at, updated_at)
SELECT o.order_id, o.org_id, o.buyer_id, $2, $3, $3 FROM commerce.purchase_order o WHERE o.order_id = $1
ON CONFLICT (order_id) DO UPDATE SET sealed = $2, updated_at = $3
"""
_OF_ORDERS: Final = "SELECT order_id, sealed FROM commerce.order_address WHERE order_id = ANY ($1)"


async def send_order_to(
    database: Database, data_key: bytes, *, person_id: UUID, order_id: UUID, address_id: UUID, now: datetime
) -> Refused | None:
    """Choose where a buyer's order goes. Refused: not_found (the order or the address), wrong_state (it is over)."""
    async with database.transaction(platform=True) as connection:
        order = await lock_order(connection, order_id)
        if order is None or order.buyer_id != person_id:
            return Refused(NOT_FOUND)
        if order.state not in STATES_WITH_DELIVERY:
            return Refused(WRONG_STATE, {"state": order.state})
        address = await address_in(connection, data_key, person_id, address_id)
        if address is None:
            return Refused(NOT_FOUND)
        sealed = seal(data_key, msgspec.json.encode(address), context=_context(order_id))
        await connection.execute(_KEEP, order_id, sealed, now)
        await touch_order(connection, order_id, now=now)
        await announce_order(connection, order_id)
    return None


async def addresses_of(
    database: Database, data_key: bytes, *, person_id: UUID, order_ids: Sequence[UUID]
) -> dict[UUID, Address]:
    """Where these orders go, as far as the person may know: as the buyer, or as the seller of paid ones."""
    if not order_ids:
        return {}
    async with database.transaction(person_id=person_id) as connection:
        rows = await connection.fetch(_OF_ORDERS, order_ids)
    return {
        row["order_id"]: msgspec.json.decode(
            unseal(data_key, row["sealed"], context=_context(row["order_id"])), type=Address
        )
        for row in rows
    }


def _context(order_id: UUID) -> bytes:
    return b"order_address:" + order_id.bytes
