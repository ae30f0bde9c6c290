"""Core: what a buyer asks for, and the order as its buyer sees it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from commerce.refusals import INVALID, QUANTITY, Refused

QUANTITY_MAX: Final = 99
"""Units of one SKU in one order."""

HOLD: Final = timedelta(minutes=15)
"""How long an order's stock is held for its payment."""

KEY_CHARS_MAX: Final = 255
"""Characters of an idempotency key."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """One buyer's wish for one SKU, at the unit price that the buyer saw."""

    person_id: UUID
    room_id: UUID
    card_id: UUID | None
    """The card it was bought from; None: any card of the room that shows the product."""
    sku_id: UUID
    quantity: int
    price_minor: int
    idempotency_key: str

    def hash(self) -> bytes:
        """SHA-256 of what is asked for: the same key with another hash is another request, and refused."""
        asked = [str(self.room_id), str(self.card_id), str(self.sku_id), self.quantity, self.price_minor]
        return hashlib.sha256(json.dumps(asked).encode()).digest()

    def refusal(self) -> Refused | None:
        """Why no database need be asked, or None."""
        if not 1 <= self.quantity <= QUANTITY_MAX:
            return Refused(QUANTITY, {"quantity_min": 1, "quantity_max": QUANTITY_MAX})
        if not 1 <= len(self.idempotency_key) <= KEY_CHARS_MAX:
            return Refused(INVALID, {"fields": {"idempotency_key": "length"}})
        if not self.idempotency_key.isprintable():
            return Refused(INVALID, {"fields": {"idempotency_key": "characters"}})
        if not 0 < self.price_minor < 2**63:
            return Refused(INVALID, {"fields": {"price_minor": "range"}})
        return None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its buyer sees it; `version` rises with every change of the order or its payment."""

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
    """The product's picture; None where it has none, or product or SKU isn't on sale any more."""

    def to_json(self) -> dict[str, Any]:
        """The Order of the HTTP API and of `order` messages: ids as text, times in ISO 8601."""
        return {
            "order_id": str(self.order_id),
            "state": self.state,
            "payment_state": self.payment_state,
            "room_slug": self.room_slug,
            "product_title": self.product_title,
            "sku_name": self.sku_name,
            "sku_id": str(self.sku_id),
            "quantity": self.quantity,
            "unit_price_minor": self.unit_price_minor,
            "total_minor": self.total_minor,
            "currency": self.currency,
            "created_at": self.created_at.isoformat(),
            "expires_at": self.expires_at.isoformat(),
            "version": self.version,
            "image_url": self.image_url,
        }


def order_view(row: Mapping[str, Any]) -> OrderView:
    """The view from a row of commerce.order_view, or from that row as JSON."""
    times = {
        name: datetime.fromisoformat(row[name]) if isinstance(row[name], str) else row[name]
        for name in ("created_at", "expires_at")
    }
    return OrderView(
        order_id=_uuid(row["order_id"]),
        state=row["state"],
        payment_state=row["payment_state"],
        room_slug=row["room_slug"],
        product_title=row["product_title"],
        sku_name=row["sku_name"],
        sku_id=_uuid(row["sku_id"]),
        quantity=row["quantity"],
        unit_price_minor=row["unit_price_minor"],
        total_minor=row["total_minor"],
        currency=row["currency"],
        version=row["version"],
        image_url=row["image_url"],
        **times,
    )


def _uuid(value: UUID | str) -> UUID:
    return UUID(value) if isinstance(value, str) else value
