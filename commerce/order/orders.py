"""Edge: reading orders. Row-level security shows a buyer their own, and a seller those of its organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from commerce.database import Database
from commerce.order.purchase import OrderView, order_view
from commerce.refusals import NOT_FOUND, Refused

if TYPE_CHECKING:
    import asyncpg

LIST_ORDERS_MAX: Final = 100

_ONE: Final = "SELECT * FROM commerce.order_view WHERE order_id = $1 AND buyer_id = $2"
_LIST: Final = "SELECT * FROM commerce.order_view WHERE buyer_id = $1 ORDER BY order_id DESC LIMIT $2"
_BEFORE: Final = """
SELECT * FROM commerce.order_view WHERE buyer_id = $1 AND order_id < $3 ORDER BY order_id DESC LIMIT $2
"""
_HELD: Final = "SELECT * FROM commerce.order_view WHERE order_id = $1"

_HAS_BOUGHT: Final = """
SELECT EXISTS (SELECT FROM commerce.purchase_order WHERE buyer_id = $1 AND room_id = $2 AND state = 'paid')
"""


async def get_order(database: Database, *, person_id: UUID, order_id: UUID) -> OrderView | Refused:
    """One order of this buyer."""
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_ONE, order_id, person_id)
    return Refused(NOT_FOUND) if row is None else order_view(row)


async def list_orders(
    database: Database, *, person_id: UUID, limit: int = LIST_ORDERS_MAX, before: UUID | None = None
) -> list[OrderView]:
    """A buyer's orders, newest first; `before` is the last order of the page already seen."""
    limit = min(limit, LIST_ORDERS_MAX)
    async with database.transaction(person_id=person_id) as connection:
        if before is None:
            rows = await connection.fetch(_LIST, person_id, limit)
        else:
            rows = await connection.fetch(_BEFORE, person_id, limit, before)
    return [order_view(row) for row in rows]


async def has_bought(database: Database, *, person_id: UUID, room_id: UUID) -> bool:
    """Whether the person has a paid order from this room."""
    async with database.transaction(person_id=person_id) as connection:
        bought: bool = await connection.fetchval(_HAS_BOUGHT, person_id, room_id)
        return bought


async def view_in(connection: asyncpg.Connection, order_id: UUID) -> OrderView:
    """An order as it stands within a transaction of the platform."""
    return order_view(await connection.fetchrow(_HELD, order_id))
