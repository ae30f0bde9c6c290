from __future__ import annotations

from commerce.show.summaries import takings
from commerce.show.tally import Takings


def row(currency: str, orders: int, paid: int, revenue_minor: int) -> dict[str, object]:
    return {"currency": currency, "orders": orders, "paid": paid, "units": paid, "revenue_minor": revenue_minor}


def test_sums_are_in_the_currency_of_most_orders() -> None:
    assert takings([]) == Takings(0, 0, 0, 0, "CNY")
    assert takings([row("CNY", 2, 1, 100), row("CNY", 3, 3, 200)]) == Takings(5, 4, 4, 300, "CNY")
    assert takings([row("CNY", 1, 1, 100), row("USD", 4, 2, 900)]) == Takings(5, 3, 3, 900, "USD")
