"""Core: what an organisation sells and offers, as the API takes and shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from server.api.http.parsing import Body
from server.api.schemas.limits import Currency, Labels, Minor, Text60, Text64, Text120, Text2000, Title


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
