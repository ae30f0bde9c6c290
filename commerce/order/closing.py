"""Edge: ending orders that are not paid: cancelled by their buyer, or not paid in time.

An order whose payment the provider may know of is first `closing`; the provider is told to close the payment, outside
any transaction, and its answer decides between released and paid after all. What a dead provider or a dead process
leaves `closing` is taken up again by the next `expire_reservations`.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from commerce.database import Database
from commerce.errors import CommerceError
from commerce.order.orders import view_in
from commerce.order.purchase import OrderView
from commerce.order.transitions import OF_ONE_ROW, LockedOrder, announce_order, lock_order, move_order, move_payment
from commerce.payment.payments import apply_charge, release
from commerce.payment.providers import Provider
from commerce.refusals import NOT_FOUND, WRONG_STATE, Refused

if TYPE_CHECKING:
    import asyncpg

log = logging.getLogger("jishi.commerce.order.closing")

CLOSE_AGAIN_AFTER: Final = timedelta(seconds=10)
"""How long an order may be `closing` before the provider is told again."""

ASKED_AT_ONCE: Final = 8
"""Payments that the provider is told to close at a time: one that it is slow with holds up few others."""

# Not those already `closing`: while a provider is silent they would leave no room for orders that it never heard of.
_DUE: Final = """
SELECT r.order_id FROM commerce.reservation r JOIN commerce.purchase_order o USING (order_id)
WHERE r.state = 'held' AND r.expires_at <= $1 AND o.state = 'awaiting_payment' ORDER BY r.expires_at LIMIT $2
"""
_STUCK: Final = """
SELECT order_id FROM commerce.purchase_order WHERE state = 'closing' AND updated_at <= $1 ORDER BY updated_at LIMIT $2
"""
_UNDER_WAY: Final = """
SELECT payment_id, state FROM commerce.payment WHERE order_id = $1 AND state IN ('created', 'pending') FOR UPDATE
"""
_TRIED: Final = "UPDATE commerce.purchase_order SET updated_at = $2 WHERE order_id = $1 AND state = 'closing'"


@dataclass(frozen=True, slots=True)
class Swept:
    """What one step of the sweeper did."""

    expired: int
    """Orders whose stock was freed."""
    waiting: int
    """Orders still `closing`: the provider did not answer, or says they are paid; and those that could not be ended."""


async def cancel_order(
    database: Database, provider: Provider, *, person_id: UUID, order_id: UUID, now: datetime
) -> OrderView | Refused:
    """End an unpaid order for its buyer. The answer may be `paid` (money was faster) or `closing` (provider silent)."""
    async with database.transaction(platform=True) as connection:
        order = await lock_order(connection, order_id)
        if order is None or order.buyer_id != person_id:
            return Refused(NOT_FOUND)
        if order.state == "awaiting_payment":
            pending = await _begin(connection, order, "cancelled", now)
        elif order.state in ("closing", "cancelled"):
            pending = None
        else:
            return Refused(WRONG_STATE, {"state": order.state})
    if pending is not None:
        await _ask_provider(database, provider, order_id, pending, now)
    async with database.transaction(platform=True) as connection:
        return await view_in(connection, order_id)


async def expire_reservations(database: Database, provider: Provider, *, now: datetime, limit: int = 100) -> Swept:
    """End orders whose time to pay is over, at most `limit`, oldest first; and go on with those left `closing`."""
    async with database.transaction(platform=True) as connection:
        due = [row["order_id"] for row in await connection.fetch(_DUE, now, limit)]
        stuck = [row["order_id"] for row in await connection.fetch(_STUCK, now - CLOSE_AGAIN_AFTER, limit)]
    ends = [(order_id, await _end_alone(database, order_id, now)) for order_id in dict.fromkeys(due + stuck)]
    slots = asyncio.Semaphore(ASKED_AT_ONCE)

    async def close(order_id: UUID, payment_id: UUID) -> bool:
        async with slots:
            return await _ask_alone(database, provider, order_id, payment_id, now)

    asked = [close(order_id, end) for order_id, end in ends if isinstance(end, UUID)]
    closed = await asyncio.gather(*asked, return_exceptions=True)
    for outcome in closed:
        if isinstance(outcome, BaseException):
            raise outcome
    done = [end for _, end in ends] + closed
    return Swept(expired=done.count(True), waiting=done.count(False))


async def _end_alone(database: Database, order_id: UUID, now: datetime) -> UUID | bool | None:
    """`_end`; an order that can't be ended keeps no other from it: False."""
    try:
        return await _end(database, order_id, now)
    except OF_ONE_ROW:
        log.exception("order %s could not be ended", order_id)
        return False


async def _end(database: Database, order_id: UUID, now: datetime) -> UUID | bool | None:
    """Take one order on the way to its end: True when it got there, the payment that the provider must close first, or
    None where there was nothing to do."""
    async with database.transaction(platform=True) as connection:
        order = await lock_order(connection, order_id)
        assert order is not None
        if order.state == "awaiting_payment" and order.expires_at <= now:
            pending = await _begin(connection, order, "expired", now)
        elif order.state == "closing":
            await connection.execute(_TRIED, order_id, now)
            pending = await _close_here(connection, order, now)
        else:
            return None
    return True if pending is None else pending


async def _begin(connection: asyncpg.Connection, order: LockedOrder, closing_to: str, now: datetime) -> UUID | None:
    """Move an order to `closing`, and on to its end at once where no provider was asked for money.

    Returns the payment that the provider must close first, or None.
    """
    moved = await move_order(connection, order.order_id, "close_requested", now=now, closing_to=closing_to)
    assert moved
    await announce_order(connection, order.order_id)
    closing = await lock_order(connection, order.order_id)
    assert closing is not None
    return await _close_here(connection, closing, now)


async def _close_here(connection: asyncpg.Connection, order: LockedOrder, now: datetime) -> UUID | None:
    """End a closing order where no provider was asked for money; otherwise the payment that it must close first."""
    payment = await connection.fetchrow(_UNDER_WAY, order.order_id)
    if payment is not None and payment["state"] == "pending":
        payment_id: UUID = payment["payment_id"]
        return payment_id
    if payment is not None:
        await move_payment(connection, payment["payment_id"], "closed", now=now)
    await release(connection, order, now=now)
    return None


async def _ask_alone(database: Database, provider: Provider, order_id: UUID, payment_id: UUID, now: datetime) -> bool:
    """`_ask_provider`; an answer that can't be carried out keeps no other from it."""
    try:
        return await _ask_provider(database, provider, order_id, payment_id, now)
    except OF_ONE_ROW:
        log.exception("order %s could not be ended", order_id)
        return False


async def _ask_provider(
    database: Database, provider: Provider, order_id: UUID, payment_id: UUID, now: datetime
) -> bool:
    """Have the provider close a payment, and do what its answer says: whether the order's stock is free."""
    try:
        charge = await provider.close_charge(payment_id)
    except CommerceError as failure:
        log.warning("order %s stays closing: %s", order_id, failure)
        return False
    async with database.transaction(platform=True) as connection:
        await apply_charge(connection, charge, now=now)
        view = await view_in(connection, order_id)
    return view.state in ("expired", "cancelled")
