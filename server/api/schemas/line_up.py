"""Core: a room's line-up, as the API takes and shows it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from server.api.http.parsing import Body
from server.api.schemas.catalogue import ProductView


class NewLineUpItem(Body, frozen=True):
    """Put exactly one of these at the end of the line-up."""

    product_id: UUID | None = None
    job_id: UUID | None = None


class LineUpOrder(Body, frozen=True):
    """The items in their new order; those not named follow as they stood."""

    item_ids: Annotated[list[UUID], Meta(max_length=200)]


class LineUpItemView(Struct, frozen=True):
    """A product or a job that the host means to show; with its card where it is on screen."""

    item_id: UUID
    kind: Literal["product", "job"]
    position: int
    product: ProductView | None
    job: dict[str, Any] | None
    """As its card shows it, and its state."""
    card_id: UUID | None
    explaining: bool
    pinned: bool


class LineUpView(Struct, frozen=True):
    items: list[LineUpItemView]
