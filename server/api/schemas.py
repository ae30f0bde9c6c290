"""Core: the bodies of the API, as structs: what is accepted, and what answers fit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from commerce.shelf.offers import PRICE_MINOR_MAX
from server.api.http.parsing import Body

Text32 = Annotated[str, Meta(max_length=32)]
Text60 = Annotated[str, Meta(max_length=60)]
Title = Annotated[str, Meta(min_length=1, max_length=60)]
Text64 = Annotated[str, Meta(max_length=64)]
Text120 = Annotated[str, Meta(max_length=120)]
Text255 = Annotated[str, Meta(max_length=255)]
Text2000 = Annotated[str, Meta(max_length=2000)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Minor = Annotated[int, Meta(ge=1, le=PRICE_MINOR_MAX)]
"""A price or a wage in minor units."""
Labels = Annotated[list[Annotated[str, Meta(max_length=30)]], Meta(max_length=12)]

# ---- Requests --------------------------------------------------------------------------------------------------------


class SignUp(Body, frozen=True):
    """Make an account and sign in."""

    login: Text64
    display_name: Text64
    password: Text255


class SignIn(Body, frozen=True):
    """Open a session."""

    login: Text64
    password: Text255


class Nothing(Body, frozen=True):
    """An empty object, or no body."""


class ChangeRoom(Body, frozen=True):
    """Rename a room."""

    title: Title


class PushCard(Body, frozen=True):
    """Show a card of exactly one of these; with `explaining`, one that is shown already is explained instead."""

    product_id: UUID | None = None
    job_id: UUID | None = None
    title: Title | None = None
    """A notice's own words."""
    subtitle: Text120 | None = None
    explaining: bool = False


class ChangeCard(Body, frozen=True):
    """Say whether the host speaks about this card now."""

    explaining: bool


class NewSku(Body, frozen=True):
    """One of a product's variants, with its stock."""

    name: Text60
    price_minor: Minor
    currency: Currency
    on_hand: Annotated[int, Meta(ge=0, le=1_000_000)]


class NewProduct(Body, frozen=True):
    """Put a product on sale for an organisation."""

    org_id: UUID
    title: Title
    skus: Annotated[list[NewSku], Meta(min_length=1, max_length=20)]
    description: Text2000 = ""
    origin: Text60 = ""
    promise: Text120 = ""
    image_url: Annotated[str, Meta(max_length=500)] | None = None


class NewJob(Body, frozen=True):
    """Open a job post for an organisation."""

    org_id: UUID
    title: Title
    employer: Text64
    place: Text60
    pay_min_minor: Minor
    pay_max_minor: Minor
    currency: Currency
    pay_unit: Literal["month", "day", "hour", "piece"]
    headcount: Annotated[int, Meta(ge=1, le=100_000)]
    employment: Annotated[str, Meta(max_length=30)]
    valid_until: Annotated[datetime, Meta(tz=True)]
    shift: Text60 = ""
    benefits: Labels = field(default_factory=list)
    requirements: Labels = field(default_factory=list)


class ChangeSku(Body, frozen=True):
    """Change a price, a stock, or both at once."""

    price_minor: Minor | None = None
    on_hand_delta: Annotated[int, Meta(ge=-(10**9), le=10**9)] = 0


class PlaceOrder(Body, frozen=True):
    """Buy from a card at the unit price that was seen."""

    sku_id: UUID
    quantity: int
    room_slug: Annotated[str, Meta(max_length=48)]
    price_minor: int
    card_id: UUID | None = None


class RemoveComment(Body, frozen=True):
    """Take a line off every screen."""

    reason: Annotated[str, Meta(max_length=200)] = ""


# ---- Answers ---------------------------------------------------------------------------------------------------------


class PersonView(Struct, frozen=True):
    person_id: UUID
    login: str
    display_name: str
    kind: Literal["member", "moderator", "admin"]


class SessionView(Struct, frozen=True):
    """A session; the refresh token is in the cookie jishi_refresh."""

    token: str
    expires_at: datetime
    person: PersonView


class MembershipView(Struct, frozen=True):
    org_id: UUID
    name: str
    kind: Literal["merchant", "employer"]
    role: Literal["owner", "host", "clerk"]


class RoomRoleView(Struct, frozen=True):
    slug: str
    role: Literal["host", "moderator"]


class MeView(Struct, frozen=True):
    person: PersonView
    memberships: list[MembershipView]
    room_roles: list[RoomRoleView]


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
    host_name: str
    org_name: str
    on_air: bool
    viewers: int
    cards: list[dict[str, Any]]
    stock: dict[str, StockView]


class RoomList(Struct, frozen=True):
    rooms: list[RoomView]


class StreamKeyView(Struct, frozen=True):
    """The only sight of a stream key."""

    stream_key: str


class CardView(Struct, frozen=True):
    """A card's value; the rest of its fields follow its kind (docs/protocol.md)."""

    card_id: UUID
    kind: Literal["product", "job", "notice"]
    position: int
    explaining: bool
    title: str
    subtitle: str
    image_url: str | None


class SkuView(Struct, frozen=True):
    sku_id: UUID
    name: str
    price_minor: int
    currency: str
    price_version: int
    state: str
    on_hand: int
    reserved: int
    available: int
    sold: int


class ProductView(Struct, frozen=True):
    product_id: UUID
    org_id: UUID
    title: str
    description: str
    origin: str
    promise: str
    image_url: str | None
    state: str
    skus: list[SkuView]


class CatalogueView(Struct, frozen=True):
    products: list[ProductView]
    jobs: list[dict[str, Any]]


class JobCreated(Struct, frozen=True):
    job_id: UUID


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


class OrderList(Struct, frozen=True):
    orders: list[OrderView]
