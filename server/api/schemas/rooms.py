"""Core: rooms and the cards on screen, as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.api.http.parsing import Body
from server.api.schemas.limits import Text120, Title

Moment = Annotated[datetime, Meta(tz=True)]


class NewRoom(Body, frozen=True):
    """Open a room for an organisation, hosted by whoever asks."""

    org_id: UUID
    title: Title
    slug: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{1,46}[a-z0-9]$")] | None = None
    """Its name in addresses; one is made where it is left out."""
    scheduled_at: Moment | None = None


class ChangeRoom(Body, frozen=True):
    """Rename a room, or announce when it begins; null announces no time."""

    title: Title | None = None
    scheduled_at: Moment | UnsetType | None = UNSET


class PushCard(Body, frozen=True):
    """Show a card of exactly one of these; with `explaining`, one that is shown already is explained instead."""

    product_id: UUID | None = None
    job_id: UUID | None = None
    title: Title | None = None
    """A notice's own words."""
    subtitle: Text120 | None = None
    explaining: bool = False


class ChangeCard(Body, frozen=True):
    """Say whether the host speaks about this card now, and whether it stands before all others."""

    explaining: bool | None = None
    pinned: bool | None = None


class StockView(Struct, frozen=True):
    sku_id: UUID
    available: int
    sold: int


class RoomView(Struct, frozen=True):
    """A room as it stands; its cards are the values of the live protocol's `card:` keys (docs/protocol.md)."""

    room_id: UUID
    slug: str
    kind: Literal["farm", "jobs"]
    title: str
    host_id: UUID
    host_name: str
    org_name: str
    scheduled_at: datetime | None
    """When the host has announced to begin."""
    on_air: bool
    viewers: int
    likes: int
    cards: list[dict[str, Any]]
    stock: dict[str, StockView]


class RoomList(Struct, frozen=True):
    rooms: list[RoomView]


class StreamKeyView(Struct, frozen=True):
    """The only sight of a stream key, and where to publish with it."""

    stream_key: str
    publish_url: str


class CardView(Struct, frozen=True):
    """A card's value; the rest of its fields follow its kind (docs/protocol.md)."""

    card_id: UUID
    kind: Literal["product", "job", "notice"]
    position: int
    explaining: bool
    pinned: bool
    title: str
    subtitle: str
    image_url: str | None
