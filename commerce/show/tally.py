"""Core: what is counted of a show, and the sums that its host reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

CURRENCY_WITHOUT_ORDERS: Final = "CNY"
"""What sums of nothing are named in."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened in a room while one owner had it, within one show."""

    viewers_peak: int = 0
    comments: int = 0
    """Lines that were accepted."""
    likes: int = 0
    lines_held: int = 0
    """Lines that the filter kept off the screen."""
    lines_removed: int = 0


@dataclass(frozen=True, slots=True)
class Takings:
    """What was ordered, in the currency of most orders; orders in another one are counted, not added up."""

    orders: int = 0
    """All that were placed, whatever became of them."""
    paid: int = 0
    units: int = 0
    """Sold, by paid orders."""
    revenue_minor: int = 0
    """Of paid orders."""
    currency: str = CURRENCY_WITHOUT_ORDERS

    def to_json(self) -> dict[str, Any]:
        return {
            "orders": self.orders,
            "paid": self.paid,
            "units": self.units,
            "revenue_minor": self.revenue_minor,
            "currency": self.currency,
        }


@dataclass(frozen=True, slots=True)
class ProductTakings:
    """What one product brought in."""

    title: str
    units: int
    revenue_minor: int


@dataclass(frozen=True, slots=True)
class ShowSummary:
    """One show, as its host reads it while it runs and afterwards. Orders that are paid later still come in."""

    show_id: UUID
    started_at: datetime
    ended_at: datetime | None
    duration_s: int
    tally: Tally
    takings: Takings
    applications: int
    products: list[ProductTakings] = field(default_factory=list)
    """Those that brought in most, first."""

    def to_json(self) -> dict[str, Any]:
        return {
            "show_id": str(self.show_id),
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "duration_s": self.duration_s,
            "viewers_peak": self.tally.viewers_peak,
            "comments": self.tally.comments,
            "likes": self.tally.likes,
            "lines_held": self.tally.lines_held,
            "lines_removed": self.tally.lines_removed,
            "applications": self.applications,
            "products": [
                {"title": product.title, "units": product.units, "revenue_minor": product.revenue_minor}
                for product in self.products
            ],
            **self.takings.to_json(),
        }
