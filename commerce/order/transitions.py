"""Edge: moving rows from state to state: one guarded UPDATE each, its predicate taken from states.py, with its event
row in the same statement. Moving nothing is an answer: somebody else was first.

Lock order within a transaction: purchase_order, payment, reservation, stock. `lock_order` comes first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from commerce.order.states import ORDER, PAYMENT, RESERVATION, sources, target

OF_ONE_ROW: Final = (AssertionError, asyncpg.PostgresError)
"""What says that one order or payment can't be moved now, and nothing of the next: a fault of ours about that one, a
lock not had in time. Who works through many goes on with the others."""

_LOCK: Final = """
SELECT order_id, buyer_id, sku_id, quantity, total_minor, currency, state, closing_to, expires_at
FROM commerce.purchase_order WHERE order_id = $1 FOR UPDATE
"""

_MOVE_ORDER: Final = """
WITH moved AS (
    UPDATE commerce.purchase_order SET state = $2, version = version + 1, updated_at = $4,
        closing_to = coalesce($7, closing_to)
    WHERE order_id = $1 AND state = ANY ($3) RETURNING order_id, version, org_id, buyer_id)
INSERT INTO commerce.order_event (order_id, version, org_id, buyer_id, event, state, facts, at)
SELECT order_id, version, org_id, buyer_id, $5, $2, $6::text::jsonb, $4 FROM moved RETURNING version
"""

_MOVE_PAYMENT: Final = """
WITH moved AS (
    UPDATE commerce.payment SET state = $2, version = version + 1, updated_at = $4, checks = 0, next_check_at = $7,
        provider_ref = coalesce($8, provider_ref), captured_minor = coalesce($9, captured_minor),
        captured_currency = coalesce($10, captured_currency)
    WHERE payment_id = $1 AND state = ANY ($3) RETURNING payment_id, version, org_id, buyer_id)
INSERT INTO commerce.payment_event (payment_id, version, org_id, buyer_id, event, state, facts, at)
SELECT payment_id, version, org_id, buyer_id, $5, $2, $6::text::jsonb, $4 FROM moved RETURNING version
"""

_MOVE_RESERVATION: Final = """
UPDATE commerce.reservation SET state = $2, updated_at = $4
WHERE order_id = $1 AND state = ANY ($3) RETURNING sku_id, quantity
"""

_TOUCH_ORDER: Final = "UPDATE commerce.purchase_order SET version = version + 1, updated_at = $2 WHERE order_id = $1"
_ANNOUNCE_ORDER: Final = "SELECT commerce.announce_order($1)"
_CHANGE_STOCK: Final = "SELECT commerce.change_stock($1, $2, $3, $4)"


@dataclass(frozen=True, slots=True)
class LockedOrder:
    """An order whose row this transaction holds."""

    order_id: UUID
    buyer_id: UUID
    sku_id: UUID
    quantity: int
    total_minor: int
    currency: str
    state: str
    closing_to: str | None
    expires_at: datetime


async def lock_order(connection: asyncpg.Connection, order_id: UUID) -> LockedOrder | None:
    """Hold an order's row until the transaction ends; None where there is no such order."""
    row = await connection.fetchrow(_LOCK, order_id)
    return None if row is None else LockedOrder(**row)


async def move_order(
    connection: asyncpg.Connection,
    order_id: UUID,
    event: str,
    *,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    closing_to: str | None = None,
) -> bool:
    """Apply `event` to an order; False where its state does not know the event."""
    version = await connection.fetchval(
        _MOVE_ORDER,
        order_id,
        target(ORDER, event),
        sources(ORDER, event),
        now,
        event,
        json.dumps(facts or {}),
        closing_to,
    )
    return version is not None


async def move_payment(
    connection: asyncpg.Connection,
    payment_id: UUID,
    event: str,
    *,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    next_check_at: datetime | None = None,
    provider_ref: str | None = None,
    captured_minor: int | None = None,
    captured_currency: str | None = None,
) -> bool:
    """Apply `event` to a payment; False where its state does not know the event."""
    version = await connection.fetchval(
        _MOVE_PAYMENT,
        payment_id,
        target(PAYMENT, event),
        sources(PAYMENT, event),
        now,
        event,
        json.dumps(facts or {}),
        next_check_at,
        provider_ref,
        captured_minor,
        captured_currency,
    )
    return version is not None


async def move_reservation(connection: asyncpg.Connection, order_id: UUID, event: str, *, now: datetime) -> bool:
    """Apply `event` to an order's reservation; False where its state does not know the event."""
    row = await connection.fetchrow(
        _MOVE_RESERVATION, order_id, target(RESERVATION, event), sources(RESERVATION, event), now
    )
    return row is not None


async def touch_order(connection: asyncpg.Connection, order_id: UUID, *, now: datetime) -> None:
    """Raise an order's version, for a change of its payment alone."""
    await connection.execute(_TOUCH_ORDER, order_id, now)


async def announce_order(connection: asyncpg.Connection, order_id: UUID) -> None:
    """Write the order as it now stands to the outbox, for its buyer: once for each version."""
    await connection.execute(_ANNOUNCE_ORDER, order_id)


async def change_stock(
    connection: asyncpg.Connection, sku_id: UUID, *, on_hand: int = 0, reserved: int = 0, sold: int = 0
) -> bool:
    """Add to a SKU's counters and write the new stock to the outbox; False, and nothing, where there is not enough.

    Comes last in a transaction: this row is the one that buyers wait for.
    """
    return bool(await connection.fetchval(_CHANGE_STOCK, sku_id, on_hand, reserved, sold))
