"""Core: what an organisation sells and offers, as the API takes and shows it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from server.api.http.parsing import Body
from server.api.schemas.limits import Currency, Minor, Text60, Text120, Text2000, Title


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


class ChangeSku(Body, frozen=True):
    """Change a price, a stock, or both at once."""

    price_minor: Minor | None = None
    on_hand_delta: Annotated[int, Meta(ge=-(10**9), le=10**9)] = 0


class ChangeProduct(Body, frozen=True):
    """Change what a product says of itself; null for `image_url` takes the picture away. Cards that show it follow."""

    title: Title | None = None
    description: Text2000 | None = None
    origin: Text60 | None = None
    promise: Text120 | None = None
    image_url: Annotated[str, Meta(max_length=500)] | UnsetType | None = UNSET
    state: Literal["draft", "on_sale", "withdrawn"] | None = None
    """What is not on sale leaves every screen."""


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
