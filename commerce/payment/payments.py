"""Edge: taking money for an order. The provider is called between transactions, never inside one.

Whatever way its word comes (the answer to a call, a webhook, an answer to being asked), it goes through `apply_charge`.
A word that is lost is asked for again by commerce/payment/reconcile.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.errors import ProviderRejected, ProviderUnavailable
from commerce.money import Money
from commerce.order.orders import view_in
from commerce.order.purchase import OrderView
from commerce.order.transitions import (
    LockedOrder,
    announce_order,
    change_stock,
    lock_order,
    move_order,
    move_payment,
    move_reservation,
    touch_order,
)
from commerce.payment.providers import Charge, Provider
from commerce.payment.settlement import SOLD_OUT_MEANWHILE, Decision, Settlement, settle
from commerce.payment.webhooks import Forged, verify
from commerce.refusals import BAD_SIGNATURE, BAD_WEBHOOK, NOT_FOUND, WRONG_STATE, Refused

if TYPE_CHECKING:
    import asyncpg

log = logging.getLogger("jishi.commerce.payments")

FIRST_CHECK_AFTER: Final = timedelta(seconds=15)
"""How long a payment is left to its webhooks before the provider is asked."""

_LATEST: Final = """
SELECT payment_id, state, provider FROM commerce.payment WHERE order_id = $1
ORDER BY created_at DESC, payment_id DESC LIMIT 1 FOR UPDATE
"""
_ORDER_OF: Final = "SELECT order_id FROM commerce.payment WHERE payment_id = $1"
_PAYMENT: Final = "SELECT state, amount_minor, currency FROM commerce.payment WHERE payment_id = $1 FOR UPDATE"
_NEW: Final = """
WITH made AS (
    INSERT INTO commerce.payment
        (payment_id, order_id, org_id, buyer_id, provider, amount_minor, currency, state, created_at, updated_at)
    SELECT $1, order_id, org_id, buyer_id, $3, total_minor, currency, 'created', $4, $4
    FROM commerce.purchase_order WHERE order_id = $2 RETURNING payment_id, org_id, buyer_id)
INSERT INTO commerce.payment_event (payment_id, version, org_id, buyer_id, event, state, at)
SELECT payment_id, 1, org_id, buyer_id, 'created', 'created', $4 FROM made
"""
_INBOX: Final = """
INSERT INTO commerce.webhook_inbox (provider, event_id, received_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING event_id
"""


@dataclass(frozen=True, slots=True)
class Handled:
    """A webhook that was believed. `duplicate`: it had been handled before, and changed nothing now."""

    duplicate: bool
    settlement: Settlement


async def start_payment(
    database: Database, provider: Provider, *, person_id: UUID, order_id: UUID, now: datetime
) -> OrderView | Refused:
    """Ask the provider to take an order's money; asked again while that is under way, answers how it stands.

    When the provider does not answer, the payment stays `pending` and the provider is asked later.
    """
    async with database.transaction(platform=True) as connection:
        order = await lock_order(connection, order_id)
        if order is None or order.buyer_id != person_id:
            return Refused(NOT_FOUND)
        if order.state == "paid":
            return await view_in(connection, order_id)
        if order.state != "awaiting_payment" or order.expires_at <= now:
            return Refused(WRONG_STATE, {"state": order.state})
        payment_id = await _pending_payment(connection, provider, order, now)
    try:
        charge = await provider.create_charge(
            payment_id, Money(order.total_minor, order.currency), description=str(order_id)
        )
    except ProviderUnavailable as failure:
        log.warning("payment %s of order %s: %s", payment_id, order_id, failure)
        charge = None
    except ProviderRejected as failure:
        log.error("payment %s of order %s: %s", payment_id, order_id, failure)
        charge = Charge(payment_id, "failed", None, reason="rejected_by_provider")
    async with database.transaction(platform=True) as connection:
        if charge is not None:
            await apply_charge(connection, charge, now=now)
        return await view_in(connection, order_id)


async def _pending_payment(
    connection: asyncpg.Connection, provider: Provider, order: LockedOrder, now: datetime
) -> UUID:
    """The order's payment under way, started now if need be, and made anew after one that failed."""
    latest = await connection.fetchrow(_LATEST, order.order_id)
    payment_id: UUID = latest["payment_id"]
    if latest["state"] == "pending":
        return payment_id
    if latest["state"] != "created":
        payment_id = uuid7()
        await connection.execute(_NEW, payment_id, order.order_id, provider.name, now)
    started = await move_payment(connection, payment_id, "started", now=now, next_check_at=now + FIRST_CHECK_AFTER)
    assert started
    await touch_order(connection, order.order_id, now=now)
    await announce_order(connection, order.order_id)
    return payment_id


async def handle_webhook(
    database: Database,
    provider: Provider,
    *,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Handled | Refused:
    """Verify a provider's notification and do what it says, once, however often it comes.

    The inbox row commits with the change. Answer 2xx for Handled, also of a duplicate; 4xx for Refused.
    """
    verified = verify(secrets, headers, body, now_s=now.timestamp())
    if isinstance(verified, Forged):
        log.warning("webhook of %s refused: %s", provider.name, verified.why)
        return Refused(BAD_SIGNATURE)
    charge = provider.read_event(verified.body)
    if charge is None:
        log.error("webhook %s of %s says nothing we can read", verified.event_id, provider.name)
        return Refused(BAD_WEBHOOK)
    return await apply_payment_event(
        database, provider=provider.name, event_id=verified.event_id, charge=charge, now=now
    )


async def apply_payment_event(
    database: Database, *, provider: str, event_id: str, charge: Charge, now: datetime
) -> Handled:
    """Do what a verified notification says about a payment, once for each `event_id`."""
    async with database.transaction(platform=True) as connection:
        if await connection.fetchval(_INBOX, provider, event_id, now) is None:
            return Handled(True, Settlement.NOTHING)
        decision = await apply_charge(connection, charge, now=now)
    return Handled(False, decision.settlement)


async def apply_charge(connection: asyncpg.Connection, charge: Charge, *, now: datetime) -> Decision:
    """Bring payment, order, reservation and stock to what the provider says, in this transaction of the platform."""
    order_id = await connection.fetchval(_ORDER_OF, charge.payment_id)
    if order_id is None:
        log.error("the provider speaks of payment %s, which is none of ours", charge.payment_id)
        return Decision(Settlement.NOTHING, "not_ours")
    order = await lock_order(connection, order_id)
    assert order is not None
    payment = await connection.fetchrow(_PAYMENT, charge.payment_id)
    due = Money(payment["amount_minor"], payment["currency"])
    decision = settle(order_state=order.state, payment_state=payment["state"], due=due, charge=charge)
    match decision.settlement:
        case Settlement.NOTHING:
            return decision
        case Settlement.CAPTURE:
            await _capture(connection, order, charge, now)
        case Settlement.REVIVE:
            if not await _revive(connection, order, charge, now):
                decision = Decision(Settlement.REFUND, SOLD_OUT_MEANWHILE)
                await _refund(connection, order, charge, decision, now)
        case Settlement.REFUND:
            await _refund(connection, order, charge, decision, now)
        case Settlement.FAIL:
            await _move_payment_alone(
                connection,
                order,
                charge.payment_id,
                "failed",
                now,
                reason=decision.reason,
                next_check_at=now + FIRST_CHECK_AFTER,
            )
        case Settlement.REFUNDED:
            await _move_payment_alone(connection, order, charge.payment_id, "refunded", now)
        case Settlement.RELEASE:
            closed = await move_payment(
                connection, charge.payment_id, "closed", now=now, next_check_at=now + FIRST_CHECK_AFTER
            )
            assert closed
            await release(connection, order, now=now)
    return decision


async def release(connection: asyncpg.Connection, order: LockedOrder, *, now: datetime) -> None:
    """End a closing order whose money can't come any more, and give its stock back."""
    assert order.closing_to is not None
    moved = await move_order(connection, order.order_id, order.closing_to, now=now)
    assert moved
    freed = await move_reservation(
        connection, order.order_id, "expired" if order.closing_to == "expired" else "voided", now=now
    )
    assert freed
    await announce_order(connection, order.order_id)
    returned = await change_stock(connection, order.sku_id, reserved=-order.quantity)
    assert returned


async def _capture(connection: asyncpg.Connection, order: LockedOrder, charge: Charge, now: datetime) -> None:
    await _captured(connection, charge, "captured", now)
    moved = await move_order(connection, order.order_id, "paid", now=now)
    assert moved
    posted = await move_reservation(connection, order.order_id, "posted", now=now)
    assert posted
    await announce_order(connection, order.order_id)
    left = await change_stock(
        connection, order.sku_id, on_hand=-order.quantity, reserved=-order.quantity, sold=order.quantity
    )
    assert left


async def _revive(connection: asyncpg.Connection, order: LockedOrder, charge: Charge, now: datetime) -> bool:
    """Take stock again for an order whose money came after its end; False, and nothing, when there is none."""
    if not await change_stock(connection, order.sku_id, on_hand=-order.quantity, sold=order.quantity):
        return False
    await _captured(connection, charge, "captured", now)
    moved = await move_order(connection, order.order_id, "revived", now=now)
    assert moved
    retaken = await move_reservation(connection, order.order_id, "retaken", now=now)
    assert retaken
    await announce_order(connection, order.order_id)
    return True


async def _refund(
    connection: asyncpg.Connection, order: LockedOrder, charge: Charge, decision: Decision, now: datetime
) -> None:
    log.warning("payment %s of order %s goes back: %s", charge.payment_id, order.order_id, decision.reason)
    await _captured(connection, charge, "captured_unwanted", now, reason=decision.reason, next_check_at=now)
    await touch_order(connection, order.order_id, now=now)
    await announce_order(connection, order.order_id)


async def _captured(
    connection: asyncpg.Connection,
    charge: Charge,
    event: str,
    now: datetime,
    *,
    reason: str | None = None,
    next_check_at: datetime | None = None,
) -> None:
    assert charge.amount is not None
    facts: dict[str, Any] = {"amount_minor": charge.amount.minor, "currency": charge.amount.currency}
    moved = await move_payment(
        connection,
        charge.payment_id,
        event,
        now=now,
        facts=facts | ({"reason": reason} if reason else {}),
        next_check_at=next_check_at,
        provider_ref=charge.provider_ref,
        captured_minor=charge.amount.minor,
        captured_currency=charge.amount.currency,
    )
    assert moved


async def _move_payment_alone(
    connection: asyncpg.Connection,
    order: LockedOrder,
    payment_id: UUID,
    event: str,
    now: datetime,
    *,
    reason: str | None = None,
    next_check_at: datetime | None = None,
) -> None:
    facts = {"reason": reason} if reason else {}
    moved = await move_payment(connection, payment_id, event, now=now, facts=facts, next_check_at=next_check_at)
    assert moved
    await touch_order(connection, order.order_id, now=now)
    await announce_order(connection, order.order_id)
