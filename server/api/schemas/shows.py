"""Core: a room's orders and shows, as its host reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct


class BeforeOrder(Struct, frozen=True):
    """Where a page of orders begins: after this one, or with the newest."""

    before: UUID | None = None


class OrderAddress(Struct, frozen=True):
    """Where a paid order goes."""

    name: str
    phone: str
    region: str
    detail: str


class RoomOrderView(Struct, frozen=True):
    """An order as the seller sees it."""

    order_id: UUID
    state: str
    payment_state: str
    buyer_name: str
    product_title: str
    sku_name: str
    quantity: int
    total_minor: int
    currency: str
    created_at: datetime
    version: int
    address: OrderAddress | None
    """Of a paid order, where the buyer has chosen one."""


class TakingsView(Struct, frozen=True):
    """Sums in the currency of most orders; those in another one are counted and not added up."""

    orders: int
    """All that were placed, whatever became of them."""
    paid: int
    units: int
    """Sold, by paid orders."""
    revenue_minor: int
    """Of paid orders."""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class RoomOrders(Struct, frozen=True):
    """A page of the room's orders, newest first; the totals are of all orders of the room."""

    orders: list[RoomOrderView]
    totals: TakingsView
    next_before: UUID | None


class ProductTakingsView(Struct, frozen=True):
    title: str
    units: int
    revenue_minor: int


class ShowSummaryView(Struct, frozen=True):
    """One show. Orders of it that are paid later still come in."""

    show_id: UUID
    started_at: datetime
    ended_at: datetime | None
    """None while it runs."""
    duration_s: int
    viewers_peak: int
    comments: int
    likes: int
    lines_held: int
    lines_removed: int
    applications: int
    orders: int
    paid: int
    units: int
    revenue_minor: int
    currency: str
    products: list[ProductTakingsView]


class ShowList(Struct, frozen=True):
    shows: list[ShowSummaryView]
