"""Core: what a card shows: the values that viewers get under `card:{card_id}` and `stock:{sku_id}`.

docs/protocol.md draws them for clients. Values hold facts in the seller's words; the client adds its own language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

CARDS_SHOWN_MAX: Final = 50
"""Cards on screen in one room at a time."""

SUBTITLE_CHARS_MAX: Final = 120

StateItem = tuple[str, int, dict[str, Any] | None]
"""(key, version, value): a lower version never replaces a higher one, and None removes the key."""

Row = Mapping[str, Any]
"""A row as the database names its columns."""


def card_key(card_id: object) -> str:
    """The key of a card's state."""
    return f"card:{card_id}"


def stock_key(sku_id: object) -> str:
    """The key of a SKU's stock."""
    return f"stock:{sku_id}"


def stock_value(stock: Row) -> dict[str, Any]:
    """What viewers see of a SKU's stock; commerce.announce_stock writes the same."""
    return {
        "sku_id": str(stock["sku_id"]),
        "available": stock["on_hand"] - stock["reserved"],
        "sold": stock["sold"],
    }


def product_card(card: Row, product: Row, skus: Sequence[Row]) -> dict[str, Any]:
    """A product card's value; `skus` are those on sale, cheapest first."""
    return _face(card, product["title"], product["description"], product["image_url"]) | {
        "product_id": str(product["product_id"]),
        "origin": product["origin"],
        "promise": product["promise"],
        "skus": [
            {
                "sku_id": str(sku["sku_id"]),
                "name": sku["name"],
                "price_minor": sku["price_minor"],
                "currency": sku["currency"],
                "price_version": sku["price_version"],
            }
            for sku in sorted(skus, key=lambda sku: (sku["price_minor"], str(sku["sku_id"])))
        ],
    }


def job_card(card: Row, job: Row) -> dict[str, Any]:
    """A job card's value."""
    return _face(card, job["title"], job["employer"], None) | {
        "job_id": str(job["job_id"]),
        "employer": job["employer"],
        "place": job["place"],
        "base_pay": _pay(job, "base"),
        "pay": _pay(job, "pay"),
        "headcount": job["headcount"],
        "employment": job["employment"],
        "shift": job["shift"],
        "benefits": list(job["benefits"]),
        "requirements": list(job["requirements"]),
        "valid_until": job["valid_until"].isoformat(),
    }


def _pay(job: Row, name: str) -> dict[str, Any] | None:
    """A range of pay; None on posts from before base pay was asked for."""
    if job[f"{name}_min_minor"] is None:
        return None
    return {
        "min_minor": job[f"{name}_min_minor"],
        "max_minor": job[f"{name}_max_minor"],
        "currency": job["currency"],
        "unit": job["pay_unit"],
    }


def notice_card(card: Row) -> dict[str, Any]:
    """A notice's value: its own words."""
    return _face(card, card["title"], card["subtitle"] or "", None)


def _face(card: Row, title: str, subtitle: str, image_url: str | None) -> dict[str, Any]:
    return {
        "card_id": str(card["card_id"]),
        "kind": card["kind"],
        "position": card["position"],
        "explaining": card["explaining"],
        "pinned": card["pinned"],
        "title": title,
        "subtitle": subtitle[:SUBTITLE_CHARS_MAX],
        "image_url": image_url,
    }


def shown_texts(value: Mapping[str, Any]) -> Iterator[str]:
    """Every line of a card that viewers read and that its seller wrote: what a filter must see before it is shown."""
    for name in ("title", "subtitle", "origin", "promise", "employer", "place", "shift"):
        if text := value.get(name):
            yield text
    yield from (sku["name"] for sku in value.get("skus", ()))
    for name in ("benefits", "requirements"):
        yield from value.get(name, ())
