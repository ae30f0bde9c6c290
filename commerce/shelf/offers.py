"""Core: what a seller or an employer wants to offer, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from commerce.money import Money

TITLE_CHARS_MAX: Final = 60
DESCRIPTION_CHARS_MAX: Final = 2000
PROMISE_CHARS_MAX: Final = 120
URL_CHARS_MAX: Final = 500
IMAGE_PATHS: Final = ("/photos/", "/assets/")
"""Where a picture may stand: what was uploaded and re-encoded here, and what comes with the site."""
EMPLOYER_CHARS_MAX: Final = 64
LABEL_CHARS_MAX: Final = 30
"""Of an employment kind, a benefit or a requirement."""
LABELS_MAX: Final = 12
SKUS_MAX: Final = 20
"""SKUs of one product."""
STOCK_MAX: Final = 1_000_000
"""Units of one SKU when it is put on sale."""
PRICE_MINOR_MAX: Final = 10**12
HEADCOUNT_MAX: Final = 100_000
PAY_UNITS: Final = ("month", "day", "hour", "piece")

Faults = dict[str, str]
"""What is wrong, by field: `length`, `range`, `count`, `currency`, `scheme` and so on."""


@dataclass(frozen=True, slots=True)
class SkuDraft:
    name: str
    price: Money
    on_hand: int


@dataclass(frozen=True, slots=True)
class ProductDraft:
    title: str
    skus: Sequence[SkuDraft]
    description: str = ""
    origin: str = ""
    promise: str = ""
    image_url: str | None = None

    def faults(self) -> Faults:
        """What is wrong with it, by field; empty where nothing is."""
        faults = product_faults(
            title=self.title,
            description=self.description,
            origin=self.origin,
            promise=self.promise,
            image_url=self.image_url,
        )
        if not 1 <= len(self.skus) <= SKUS_MAX:
            faults["skus"] = "count"
        if len({sku.price.currency for sku in self.skus}) > 1:
            faults["skus"] = "currency"
        for place, sku in enumerate(self.skus):
            if not 1 <= len(sku.name) <= TITLE_CHARS_MAX:
                faults[f"skus.{place}.name"] = "length"
            if not 0 < sku.price.minor <= PRICE_MINOR_MAX:
                faults[f"skus.{place}.price_minor"] = "range"
            if not 0 <= sku.on_hand <= STOCK_MAX:
                faults[f"skus.{place}.on_hand"] = "range"
        return faults

    def texts(self) -> Iterator[str]:
        """Every line of it that viewers may read."""
        yield from (text for text in (self.title, self.description, self.origin, self.promise) if text)
        yield from (sku.name for sku in self.skus)


def product_faults(*, title: str, description: str, origin: str, promise: str, image_url: str | None) -> Faults:
    """What is wrong with what a product says of itself, by field."""
    faults = _lengths(
        ("title", title, 1, TITLE_CHARS_MAX),
        ("description", description, 0, DESCRIPTION_CHARS_MAX),
        ("origin", origin, 0, TITLE_CHARS_MAX),
        ("promise", promise, 0, PROMISE_CHARS_MAX),
        ("image_url", image_url or "", 0, URL_CHARS_MAX),
    )
    if image_url is not None and not image_url.startswith(IMAGE_PATHS):
        faults["image_url"] = "not_uploaded"
    return faults


def _lengths(*fields: tuple[str, str, int, int]) -> Faults:
    return {name: "length" for name, text, least, most in fields if not least <= len(text) <= most}
