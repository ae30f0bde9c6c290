"""Core: goods as claims are judged against, from what rooms and catalogues know of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from commerce.shelf.cards import card_key, stock_key
from commerce.shelf.claim_facts import Goods, Variant

CARD_PREFIX: Final = card_key("")
ON_SALE: Final = "on_sale"
PaidPrices = Mapping[str, tuple[int, int]]
"""By SKU id: the least and the most that was paid for one lately."""


def goods_of_room(state: Mapping[str, Any], *, of_card: str | None = None) -> tuple[Goods | None, list[Goods]]:
    """The goods of this card, or else those that the host explains now, if any; and all that are shown.

    `state` is the room's, value by key.
    """
    of_this: Goods | None = None
    explained: Goods | None = None
    shown: list[Goods] = []
    for key, card in state.items():
        if not key.startswith(CARD_PREFIX) or card is None or card["kind"] != "product":
            continue
        stocked = [(sku, state.get(stock_key(sku["sku_id"]))) for sku in card["skus"]]
        goods = Goods(card["title"], [_variant(sku, stock, None) for sku, stock in stocked if stock is not None])
        shown.append(goods)
        if card["explaining"]:
            explained = goods
        if card["card_id"] == of_card:
            of_this = goods
    return of_this or explained, shown


def goods_of_product(product: Mapping[str, Any], paid: PaidPrices | None = None) -> Goods:
    """A product as its seller sees it (`commerce.shelf.catalogue.ProductView.to_json`)."""
    on_sale = [sku for sku in product["skus"] if sku["state"] == ON_SALE]
    return Goods(product["title"], [_variant(sku, sku, (paid or {}).get(sku["sku_id"])) for sku in on_sale])


def sku_ids(products: Iterable[Mapping[str, Any]]) -> list[UUID]:
    """Of all products."""
    return [UUID(sku["sku_id"]) for product in products for sku in product["skus"]]


def _variant(sku: Mapping[str, Any], stock: Mapping[str, Any], paid: tuple[int, int] | None) -> Variant:
    low, high = paid or (None, None)
    return Variant(
        available=stock["available"],
        sold=stock["sold"],
        price_minor=sku["price_minor"],
        currency=sku["currency"],
        price_changed=sku["price_version"] > 1,
        paid_low_minor=low,
        paid_high_minor=high,
    )
