"""Edge: what organisations sell: products, their SKUs, prices and stock. Written as the person who does it: row-level
security lets members of the organisation alone.

A price on a card that is shown changes there too, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.refusals import INVALID, NOT_FOUND, Refused
from commerce.shelf.cards import stock_value
from commerce.shelf.offers import PRICE_MINOR_MAX, ProductDraft
from commerce.shelf.showcase import job_facts, refresh_cards_of_product

if TYPE_CHECKING:
    import asyncpg

LIST_PRODUCTS_MAX: Final = 500

_IS_MEMBER: Final = "SELECT people.is_member($1)"
_ADD_PRODUCT: Final = """
INSERT INTO commerce.product (product_id, org_id, title, description, origin, promise, image_url, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_ADD_SKU: Final = """
INSERT INTO commerce.sku (sku_id, org_id, product_id, name, price_minor, currency, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_ADD_STOCK: Final = "INSERT INTO commerce.stock (sku_id, org_id, on_hand) VALUES ($1, $2, $3)"
_PRODUCTS: Final = "SELECT * FROM commerce.product WHERE org_id = $1 ORDER BY product_id LIMIT $2"
_PRODUCTS_BY_ID: Final = "SELECT * FROM commerce.product WHERE product_id = ANY ($1) ORDER BY product_id"
_SKUS: Final = """
SELECT k.*, s.on_hand, s.reserved, s.sold, s.version FROM commerce.sku k JOIN commerce.stock s USING (sku_id)
WHERE k.product_id = ANY ($1) ORDER BY k.sku_id
"""
_JOBS: Final = "SELECT * FROM commerce.job_post WHERE org_id = $1 AND state = 'open' ORDER BY job_id LIMIT $2"
_SKU: Final = "SELECT product_id, org_id, people.is_member(org_id) AS mine FROM commerce.sku WHERE sku_id = $1"
_PRICE: Final = """
UPDATE commerce.sku SET price_minor = $2, price_version = price_version + 1 WHERE sku_id = $1 AND price_minor <> $2
"""
_RESTOCK: Final = "SELECT commerce.change_stock($1, $2, 0, 0)"
_HOLD_PRODUCT: Final = "SELECT FROM commerce.product WHERE product_id = $1 FOR NO KEY UPDATE"
"""Before a change that cards show: a card pushed beside it holds the product too, and one waits for the other."""

_STOCK: Final = "SELECT on_hand, reserved FROM commerce.stock WHERE sku_id = $1"


@dataclass(frozen=True, slots=True)
class SkuView:
    """A SKU as its seller sees it."""

    sku_id: UUID
    name: str
    price_minor: int
    currency: str
    price_version: int
    state: str
    on_hand: int
    reserved: int
    sold: int

    def to_json(self) -> dict[str, Any]:
        return {
            "sku_id": str(self.sku_id),
            "name": self.name,
            "price_minor": self.price_minor,
            "currency": self.currency,
            "price_version": self.price_version,
            "state": self.state,
            "on_hand": self.on_hand,
            "reserved": self.reserved,
        } | stock_value({"sku_id": self.sku_id, "on_hand": self.on_hand, "reserved": self.reserved, "sold": self.sold})


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as its seller sees it."""

    product_id: UUID
    org_id: UUID
    title: str
    description: str
    origin: str
    promise: str
    image_url: str | None
    state: str
    skus: list[SkuView] = field(default_factory=list)

    def texts(self) -> list[str]:
        """Every line of it that viewers may read, as `ProductDraft.texts`."""
        written = (self.title, self.description, self.origin, self.promise, *(sku.name for sku in self.skus))
        return [text for text in written if text]

    def to_json(self) -> dict[str, Any]:
        return {
            "product_id": str(self.product_id),
            "org_id": str(self.org_id),
            "title": self.title,
            "description": self.description,
            "origin": self.origin,
            "promise": self.promise,
            "image_url": self.image_url,
            "state": self.state,
            "skus": [sku.to_json() for sku in self.skus],
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that an organisation may show in its rooms."""

    products: list[ProductView]
    jobs: list[dict[str, Any]]
    """Each as its card would show it, without what only a card has."""

    def to_json(self) -> dict[str, Any]:
        return {"products": [product.to_json() for product in self.products], "jobs": self.jobs}


async def create_product(
    database: Database, *, person_id: UUID, org_id: UUID, draft: ProductDraft, now: datetime
) -> ProductView | Refused:
    """Put a product with its SKUs and their stock on sale. Refused: invalid, not_found (not a member)."""
    if faults := draft.faults():
        return Refused(INVALID, {"fields": faults})
    product_id = uuid7()
    async with database.transaction(person_id=person_id) as connection:
        if not await connection.fetchval(_IS_MEMBER, org_id):
            return Refused(NOT_FOUND)
        await connection.execute(
            _ADD_PRODUCT,
            product_id,
            org_id,
            draft.title,
            draft.description,
            draft.origin,
            draft.promise,
            draft.image_url,
            now,
        )
        for sku in draft.skus:
            sku_id = uuid7()
            await connection.execute(
                _ADD_SKU, sku_id, org_id, product_id, sku.name, sku.price.minor, sku.price.currency, now
            )
            await connection.execute(_ADD_STOCK, sku_id, org_id, sku.on_hand)
        return await product_view(connection, product_id)


async def change_sku(
    database: Database,
    *,
    person_id: UUID,
    sku_id: UUID,
    price_minor: int | None = None,
    on_hand_delta: int = 0,
    now: datetime,
) -> ProductView | Refused:
    """Change a SKU's price, its stock, or both at once. Refused: invalid (less than is promised), not_found."""
    if price_minor is not None and not 0 < price_minor <= PRICE_MINOR_MAX:
        return Refused(INVALID, {"fields": {"price_minor": "range"}})
    if not -(10**9) <= on_hand_delta <= 10**9:
        return Refused(INVALID, {"fields": {"on_hand_delta": "range"}})
    async with database.transaction(person_id=person_id) as connection:
        sku = await connection.fetchrow(_SKU, sku_id)
        if sku is None or not sku["mine"]:
            return Refused(NOT_FOUND)
        await connection.execute(_HOLD_PRODUCT, sku["product_id"])
        if on_hand_delta:
            stock = await connection.fetchrow(_STOCK + " FOR UPDATE", sku_id)
            if not stock["reserved"] <= stock["on_hand"] + on_hand_delta < 2**31:
                return Refused(
                    INVALID,
                    {
                        "fields": {"on_hand_delta": "range"},
                        "on_hand_delta_min": stock["reserved"] - stock["on_hand"],
                    },
                )
        if price_minor is not None and await connection.execute(_PRICE, sku_id, price_minor) != "UPDATE 0":
            await refresh_cards_of_product(connection, sku["product_id"], now=now)
        if on_hand_delta:
            changed = await connection.fetchval(_RESTOCK, sku_id, on_hand_delta)
            assert changed
        return await product_view(connection, sku["product_id"])


async def list_catalogue(database: Database, *, person_id: UUID, org_id: UUID) -> Catalogue | Refused:
    """What an organisation sells and offers, for its members. Refused: not_found (not a member)."""
    async with database.transaction(person_id=person_id) as connection:
        if not await connection.fetchval(_IS_MEMBER, org_id):
            return Refused(NOT_FOUND)
        products = await connection.fetch(_PRODUCTS, org_id, LIST_PRODUCTS_MAX)
        skus = await connection.fetch(_SKUS, [product["product_id"] for product in products])
        jobs = await connection.fetch(_JOBS, org_id, LIST_PRODUCTS_MAX)
    return Catalogue([_product_view(product, skus) for product in products], [job_facts(job) for job in jobs])


async def product_view(connection: asyncpg.Connection, product_id: UUID) -> ProductView:
    """One product that is there."""
    [view] = await product_views(connection, [product_id])
    return view


async def product_views(connection: asyncpg.Connection, product_ids: Sequence[UUID]) -> list[ProductView]:
    """Products with all of their SKUs, in the order of their ids; those that may not be seen are left out."""
    if not product_ids:
        return []
    products = await connection.fetch(_PRODUCTS_BY_ID, product_ids)
    skus = await connection.fetch(_SKUS, product_ids)
    return [_product_view(product, skus) for product in products]


def _product_view(product: Any, skus: Sequence[Any]) -> ProductView:
    return ProductView(
        product["product_id"],
        product["org_id"],
        product["title"],
        product["description"],
        product["origin"],
        product["promise"],
        product["image_url"],
        product["state"],
        [
            SkuView(
                sku["sku_id"],
                sku["name"],
                sku["price_minor"],
                sku["currency"],
                sku["price_version"],
                sku["state"],
                sku["on_hand"],
                sku["reserved"],
                sku["sold"],
            )
            for sku in skus
            if sku["product_id"] == product["product_id"]
        ],
    )
