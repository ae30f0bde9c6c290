"""Core: what a seller or an employer wants to offer, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from commerce.money import Money

TITLE_CHARS_MAX: Final = 60
DESCRIPTION_CHARS_MAX: Final = 2000
PROMISE_CHARS_MAX: Final = 120
URL_CHARS_MAX: Final = 500
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
"""What is wrong, by field: `length`, `range`, `count`, `choice`, `currency`, `scheme` or `past`."""


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
        faults = _lengths(
            ("title", self.title, 1, TITLE_CHARS_MAX),
            ("description", self.description, 0, DESCRIPTION_CHARS_MAX),
            ("origin", self.origin, 0, TITLE_CHARS_MAX),
            ("promise", self.promise, 0, PROMISE_CHARS_MAX),
            ("image_url", self.image_url or "", 0, URL_CHARS_MAX),
        )
        if self.image_url is not None and not self.image_url.startswith(("/", "https://")):
            faults["image_url"] = "scheme"
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


@dataclass(frozen=True, slots=True)
class JobDraft:
    title: str
    employer: str
    place: str
    pay_min: Money
    pay_max: Money
    pay_unit: str
    headcount: int
    employment: str
    valid_until: datetime
    shift: str = ""
    benefits: Sequence[str] = field(default_factory=tuple)
    requirements: Sequence[str] = field(default_factory=tuple)

    def faults(self, now: datetime) -> Faults:
        """What is wrong with it, by field; empty where nothing is."""
        faults = _lengths(
            ("title", self.title, 1, TITLE_CHARS_MAX),
            ("employer", self.employer, 1, EMPLOYER_CHARS_MAX),
            ("place", self.place, 1, TITLE_CHARS_MAX),
            ("employment", self.employment, 1, LABEL_CHARS_MAX),
            ("shift", self.shift, 0, TITLE_CHARS_MAX),
        )
        if self.pay_min.currency != self.pay_max.currency:
            faults["pay"] = "currency"
        elif not 0 < self.pay_min.minor <= self.pay_max.minor <= PRICE_MINOR_MAX:
            faults["pay"] = "range"
        if self.pay_unit not in PAY_UNITS:
            faults["pay_unit"] = "choice"
        if not 0 < self.headcount <= HEADCOUNT_MAX:
            faults["headcount"] = "range"
        if self.valid_until <= now:
            faults["valid_until"] = "past"
        for name, labels in (("benefits", self.benefits), ("requirements", self.requirements)):
            if len(labels) > LABELS_MAX:
                faults[name] = "count"
            elif any(not 1 <= len(label) <= LABEL_CHARS_MAX for label in labels):
                faults[name] = "length"
        return faults

    def texts(self) -> Iterator[str]:
        """Every line of it that viewers may read."""
        yield from (text for text in (self.title, self.employer, self.place, self.employment, self.shift) if text)
        yield from self.benefits
        yield from self.requirements


def _lengths(*fields: tuple[str, str, int, int]) -> Faults:
    return {name: "length" for name, text, least, most in fields if not least <= len(text) <= most}
