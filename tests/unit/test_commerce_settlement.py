"""What a provider's word does: every state of order and payment against every word."""

from __future__ import annotations

import pytest
from uuid_utils.compat import uuid7

from commerce.money import Money
from commerce.order.states import ORDER, PAYMENT
from commerce.payment.providers import CHARGE_STATES, Charge, ChargeState
from commerce.payment.settlement import Settlement, settle

DUE = Money(1990, "CNY")


def decide(order: str, payment: str, word: ChargeState, amount: Money | None = DUE) -> Settlement:
    return settle(order_state=order, payment_state=payment, due=DUE, charge=Charge(uuid7(), word, amount)).settlement


@pytest.mark.parametrize(
    ("order", "payment", "word", "expected"),
    [
        ("awaiting_payment", "pending", "succeeded", Settlement.CAPTURE),
        ("awaiting_payment", "created", "succeeded", Settlement.CAPTURE),
        ("awaiting_payment", "failed", "succeeded", Settlement.CAPTURE),
        ("closing", "pending", "succeeded", Settlement.CAPTURE),
        ("expired", "closed", "succeeded", Settlement.REVIVE),
        ("cancelled", "closed", "succeeded", Settlement.REFUND),
        ("paid", "failed", "succeeded", Settlement.REFUND),
        ("paid", "captured", "succeeded", Settlement.NOTHING),
        ("awaiting_payment", "pending", "failed", Settlement.FAIL),
        ("closing", "pending", "failed", Settlement.RELEASE),
        ("paid", "captured", "failed", Settlement.NOTHING),
        ("awaiting_payment", "pending", "closed", Settlement.FAIL),
        ("closing", "pending", "closed", Settlement.RELEASE),
        ("closing", "failed", "failed", Settlement.NOTHING),  # an earlier attempt, not the one that is closing
        ("expired", "closed", "closed", Settlement.NOTHING),
        ("cancelled", "refund_due", "refunded", Settlement.REFUNDED),
        ("cancelled", "refunded", "refunded", Settlement.NOTHING),
        ("cancelled", "refund_due", "succeeded", Settlement.NOTHING),
    ],
)
def test_decisions(order: str, payment: str, word: ChargeState, expected: Settlement) -> None:
    assert decide(order, payment, word) is expected


@pytest.mark.parametrize("amount", [None, Money(1989, "CNY"), Money(1990, "USD"), Money(0, "CNY")])
@pytest.mark.parametrize("order", ["awaiting_payment", "closing", "expired", "cancelled"])
def test_another_amount_pays_for_nothing(order: str, amount: Money | None) -> None:
    assert decide(order, "pending", "succeeded", amount) is Settlement.REFUND


@pytest.mark.parametrize("order", ORDER)
@pytest.mark.parametrize("payment", PAYMENT)
@pytest.mark.parametrize("word", sorted(CHARGE_STATES))
def test_no_word_is_acted_on_where_the_payment_does_not_know_it(order: str, payment: str, word: ChargeState) -> None:
    events = {
        Settlement.CAPTURE: "captured",
        Settlement.REVIVE: "captured",
        Settlement.REFUND: "captured_unwanted",
        Settlement.FAIL: "failed",
        Settlement.RELEASE: "closed",
        Settlement.REFUNDED: "refunded",
    }
    decided = decide(order, payment, word)
    assert decided is Settlement.NOTHING or events[decided] in PAYMENT[payment]
    if word in ("pending", "unknown"):
        assert decided is Settlement.NOTHING
