"""Edge: asking the provider about payments whose word never came, and sending back money that may not stay.

Payments that failed or were closed are asked about for a while as well: a provider may take the money after all, and
lose the word of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from commerce.database import Database
from commerce.errors import CommerceError
from commerce.money import Money
from commerce.order.transitions import OF_ONE_ROW
from commerce.payment.payments import apply_charge
from commerce.payment.providers import Charge, Provider

log = logging.getLogger("jishi.commerce.reconcile")

CHECK_AGAIN_AFTER: Final = timedelta(seconds=15)
CHECK_AGAIN_AFTER_MAX: Final = timedelta(minutes=30)
"""The time between questions about one payment doubles from the first to the second of these."""

CHECKS_OF_ENDED_MAX: Final = 8
"""Questions about a payment that failed or was closed: the last comes about an hour after its end."""

_TAKE: Final = """
UPDATE commerce.payment p SET checks = checks + 1,
    next_check_at = CASE WHEN state IN ('failed', 'closed') AND checks + 1 >= $5 THEN NULL
        ELSE $1::timestamptz + least($3::interval * power(2, least(checks, 20)), $4::interval) END
WHERE payment_id IN (
    SELECT payment_id FROM commerce.payment
    WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING payment_id, state, captured_minor, captured_currency,
    (SELECT o.state FROM commerce.purchase_order o WHERE o.order_id = p.order_id) AS order_state
"""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one step did."""

    asked: int
    changed: int
    unanswered: int


async def reconcile_payments(database: Database, provider: Provider, *, now: datetime, limit: int = 50) -> Reconciled:
    """Settle payments that are overdue, at most `limit`: each is asked about, closed or refunded at the provider.

    Safe to run beside itself and beside webhooks: whatever comes first counts.
    """
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(_TAKE, now, limit, CHECK_AGAIN_AFTER, CHECK_AGAIN_AFTER_MAX, CHECKS_OF_ENDED_MAX)
    changed = unanswered = 0
    for row in rows:
        try:
            charge = await _ask(provider, row)
            async with database.transaction(platform=True) as connection:
                decision = await apply_charge(connection, charge, now=now)
        except CommerceError as failure:
            log.warning("payment %s: %s", row["payment_id"], failure)
            unanswered += 1
        except OF_ONE_ROW:
            log.exception("payment %s could not be settled", row["payment_id"])
            unanswered += 1
        else:
            changed += decision.settlement.value != "nothing"
    return Reconciled(asked=len(rows), changed=changed, unanswered=unanswered)


async def _ask(provider: Provider, row: Any) -> Charge:
    if row["state"] == "refund_due":
        return await provider.refund(row["payment_id"], Money(row["captured_minor"], row["captured_currency"]))
    if row["state"] == "pending" and row["order_state"] not in ("awaiting_payment", "closing"):
        # Its order is paid otherwise: nothing more is to be taken.
        return await provider.close_charge(row["payment_id"])
    return await provider.fetch_charge(row["payment_id"])
