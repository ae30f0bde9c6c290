"""Core: the life of an order, of its payments and of its reservation, as tables `{state: {event: state}}`.

A pair that is not in a table does not happen. Rows that processes share change only by a guarded UPDATE whose predicate
is `sources(table, event)` and whose new state is `target(table, event)`: see commerce/order/transitions.py.

An order that is not paid in time is first `closing`: the provider is told to close the payment, and only its answer
decides. Stock goes back when the provider says "closed"; if it says "already paid", the order is paid. Money that still
comes after that (a provider may be late) takes stock again if there is any (`revived`), and otherwise goes back to the
buyer. An order that its buyer cancelled is never revived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Table = Mapping[str, Mapping[str, str]]

ORDER: Final[Table] = {
    "awaiting_payment": {"paid": "paid", "close_requested": "closing"},
    "closing": {"paid": "paid", "expired": "expired", "cancelled": "cancelled"},
    "paid": {},
    "expired": {"revived": "paid"},
    "cancelled": {},
}
ORDER_FIRST: Final = "awaiting_payment"

PAYMENT: Final[Table] = {
    "created": {
        "started": "pending",
        "captured": "captured",
        "captured_unwanted": "refund_due",
        "failed": "failed",
        "closed": "closed",
    },
    "pending": {"captured": "captured", "captured_unwanted": "refund_due", "failed": "failed", "closed": "closed"},
    # A provider may have taken the money after it said that it would not.
    "failed": {"captured": "captured", "captured_unwanted": "refund_due"},
    "closed": {"captured": "captured", "captured_unwanted": "refund_due"},
    "captured": {},
    "refund_due": {"refunded": "refunded"},
    "refunded": {},
}
PAYMENT_FIRST: Final = "created"

RESERVATION: Final[Table] = {
    "held": {"posted": "posted", "voided": "voided", "expired": "expired"},
    "posted": {},
    "voided": {},
    "expired": {"retaken": "posted"},
}
RESERVATION_FIRST: Final = "held"


def sources(table: Table, event: str) -> list[str]:
    """The states in which `event` may happen, in the table's order."""
    found = [state for state, events in table.items() if event in events]
    assert found, f"no state knows the event {event}"
    return found


def target(table: Table, event: str) -> str:
    """The state that `event` leads to, which is the same from every state that knows it."""
    found = {events[event] for events in table.values() if event in events}
    assert len(found) == 1, f"the event {event} leads to {found}"
    return found.pop()
