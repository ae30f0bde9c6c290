"""Core: what a provider's word about a payment does to the payment, its order, its reservation and the stock.

Providers repeat themselves, overtake themselves and come late, so their word is a state, never a step: `settle`
compares it with where order and payment stand (both rows held) and answers what is to be done, which may be nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from commerce.money import Money
from commerce.order.states import PAYMENT
from commerce.payment.providers import Charge

AMOUNT_MISMATCH: Final = "amount_mismatch"
ORDER_ALREADY_PAID: Final = "order_already_paid"
ORDER_CANCELLED: Final = "order_cancelled"
SOLD_OUT_MEANWHILE: Final = "sold_out_meanwhile"


class Settlement(Enum):
    """What to do. Each is one transaction."""

    NOTHING = "nothing"
    CAPTURE = "capture"  # payment captured, order paid, reservation posted, stock leaves
    REVIVE = "revive"  # as CAPTURE if stock can be taken again, else as REFUND
    REFUND = "refund"  # money came that may not stay: payment refund_due
    FAIL = "fail"  # payment failed; the order waits on
    RELEASE = "release"  # payment closed, order expired or cancelled, stock free again
    REFUNDED = "refunded"  # the money is back


@dataclass(frozen=True, slots=True)
class Decision:
    settlement: Settlement
    reason: str | None = None


NOTHING: Final = Decision(Settlement.NOTHING)


def settle(*, order_state: str, payment_state: str, due: Money, charge: Charge) -> Decision:
    """What the provider's `charge` means for a payment of `due` in `payment_state`, of an order in `order_state`."""
    knows = PAYMENT[payment_state]
    match charge.state:
        case "succeeded":
            return _succeeded(order_state, due, charge) if "captured_unwanted" in knows else NOTHING
        case "failed":
            if order_state == "closing":
                return _released(payment_state)
            return Decision(Settlement.FAIL, charge.reason) if "failed" in knows else NOTHING
        case "closed":
            if order_state == "closing":
                return _released(payment_state)
            # Closed by the provider itself: as good as failed, and the buyer may try again.
            return Decision(Settlement.FAIL, "closed_by_provider") if "failed" in knows else NOTHING
        case "refunded":
            return Decision(Settlement.REFUNDED) if "refunded" in knows else NOTHING
        case "pending" | "unknown":
            return NOTHING


def _succeeded(order_state: str, due: Money, charge: Charge) -> Decision:
    if charge.amount != due:
        return Decision(Settlement.REFUND, AMOUNT_MISMATCH)
    match order_state:
        case "awaiting_payment" | "closing":
            return Decision(Settlement.CAPTURE)
        case "expired":
            return Decision(Settlement.REVIVE)
        case "cancelled":
            return Decision(Settlement.REFUND, ORDER_CANCELLED)
        case _:
            return Decision(Settlement.REFUND, ORDER_ALREADY_PAID)


def _released(payment_state: str) -> Decision:
    """Only the payment that is under way decides; what became of earlier ones is history."""
    return Decision(Settlement.RELEASE) if "closed" in PAYMENT[payment_state] else NOTHING
