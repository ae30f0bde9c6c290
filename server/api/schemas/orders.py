"""Core: orders, as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from server.api.http.parsing import Body


class PlaceOrder(Body, frozen=True):
    """Buy from a card at the unit price that was seen."""

    sku_id: UUID
    quantity: int
    room_slug: Annotated[str, Meta(max_length=48)]
    price_minor: int
    card_id: UUID | None = None


class OrderView(Struct, frozen=True):
    """An order as its buyer sees it; `version` rises with every change."""

    order_id: UUID
    state: str
    payment_state: str
    room_slug: str
    product_title: str
    sku_name: str
    sku_id: UUID
    quantity: int
    unit_price_minor: int
    total_minor: int
    currency: str
    created_at: datetime
    expires_at: datetime
    version: int
    image_url: str | None
    """Path of the product's picture; null where it has none, or product or SKU isn't on sale any more."""


class DeliveryAddress(Struct, frozen=True):
    """Where an order goes, as the address stood when it was chosen."""

    name: str
    phone: str
    region: str
    detail: str


class AddressedOrderView(OrderView, frozen=True):
    """An order with where it goes; null as long as its buyer has not said."""

    address: DeliveryAddress | None


class OrderList(Struct, frozen=True):
    orders: list[AddressedOrderView]


class ChooseAddress(Body, frozen=True):
    """Send the order to this address of the book."""

    address_id: UUID
