"""Core: whether what a seller says of stock, sales and price is so, by the order book.

False is only what the book contradicts plainly: a speaker lags behind the stock by seconds, rounds numbers, and may
mean another of the goods on screen. Whatever the book can't tell is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from commerce.shelf.claims import Claim, Said

LEFT_FACTOR: Final = 1.5
LEFT_SLACK_UNITS: Final = 2
"""So many are left as was said while there are no more than said times the factor, and the slack."""

SCARCE_UNITS: Final = 20
SCARCE_SHARE: Final = 0.15
"""Of all units there were: as few are scarce."""

PLENTY_UNITS: Final = 50
PLENTY_SHARE: Final = 0.4
"""Of all units there were: as many are not."""

SOLD_SHARE: Final = 0.9
"""Who sold so much of what is said only rounded."""

CURRENCY: Final = "CNY"
"""In which prices are said aloud."""


class Truth(Enum):
    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Variant:
    """One SKU as the book has it."""

    available: int
    sold: int
    price_minor: int
    currency: str = CURRENCY
    price_changed: bool = True
    """False: it never had another price."""
    paid_low_minor: int | None = None
    """The least and the most that was paid for one in the last 30 days; None: nothing was, or nobody looked."""
    paid_high_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """A product, with its SKUs on sale."""

    title: str
    variants: Sequence[Variant]

    @property
    def available(self) -> int:
        return sum(variant.available for variant in self.variants)

    @property
    def sold(self) -> int:
        return sum(variant.sold for variant in self.variants)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A claim, and what the book says to it."""

    claim: Claim
    truth: Truth
    goods: Goods | None = None
    """What a false claim was held against."""
    fact: int = 0
    """For a false one: the units left or sold, or the price in minor units, that the book has."""


def judged(claim: Claim, meant: Goods | None, shown: Sequence[Goods]) -> Judgement:
    """A claim against the goods that are meant, or where nobody knows which are, against all that are shown.

    What is false of the goods meant and true of others that are shown is unknown: they may be meant.
    """
    judge = _JUDGES.get(claim.said)
    held = [goods for goods in shown if goods.variants]
    if meant is not None and meant.variants:
        held = [meant, *(goods for goods in held if goods is not meant)]
    if judge is None or not held or any(_foreign(goods) for goods in held):
        return Judgement(claim, Truth.UNKNOWN)
    verdicts = [judge(claim, goods) for goods in held]
    if verdicts[0].truth is Truth.TRUE or (meant is None and any(each.truth is Truth.TRUE for each in verdicts)):
        return Judgement(claim, Truth.TRUE)
    decisive = verdicts[:1] if meant is not None and meant.variants else verdicts
    if any(each.truth is not Truth.FALSE for each in decisive) or any(each.truth is Truth.TRUE for each in verdicts):
        return Judgement(claim, Truth.UNKNOWN)
    return min(decisive, key=lambda each: each.fact)


def _foreign(goods: Goods) -> bool:
    return any(variant.currency != CURRENCY for variant in goods.variants)


def _left(claim: Claim, goods: Goods) -> Judgement:
    most = claim.high * LEFT_FACTOR + LEFT_SLACK_UNITS
    least = min(goods.available, *(variant.available for variant in goods.variants))
    return Judgement(claim, Truth.TRUE if least <= most else Truth.FALSE, goods, goods.available)


def _scarce(claim: Claim, goods: Goods) -> Judgement:
    def few(available: int, sold: int) -> bool:
        return available <= max(SCARCE_UNITS, SCARCE_SHARE * (available + sold))

    def many(available: int, sold: int) -> bool:
        return available >= max(PLENTY_UNITS, PLENTY_SHARE * (available + sold))

    amounts = [(goods.available, goods.sold), *((each.available, each.sold) for each in goods.variants)]
    if any(few(*amount) for amount in amounts):
        return Judgement(claim, Truth.TRUE)
    is_plenty = all(many(*amount) for amount in amounts)
    return Judgement(claim, Truth.FALSE if is_plenty else Truth.UNKNOWN, goods, goods.available)


def _sold(claim: Claim, goods: Goods) -> Judgement:
    if goods.sold >= claim.low * SOLD_SHARE:
        return Judgement(claim, Truth.TRUE)
    return Judgement(claim, Truth.UNKNOWN, goods, goods.sold)


def _sold_here(claim: Claim, goods: Goods) -> Judgement:
    """The book has all that was ever sold here: less than was said to be sold tonight is plainly false."""
    is_so = goods.sold >= claim.low * SOLD_SHARE
    return Judgement(claim, Truth.TRUE if is_so else Truth.FALSE, goods, goods.sold)


def _price(claim: Claim, goods: Goods) -> Judgement:
    """Cheaper than anything is to be had is false; dearer harms nobody."""
    prices = [variant.price_minor for variant in goods.variants]
    if claim.low in prices:
        return Judgement(claim, Truth.TRUE)
    return Judgement(claim, Truth.FALSE if claim.low < min(prices) else Truth.UNKNOWN, goods, min(prices))


def _former_price(claim: Claim, goods: Goods) -> Judgement:
    """What it cost before is what was paid for it; or what it costs, where that never changed."""
    prices = [variant.price_minor for variant in goods.variants]
    paid = [variant.paid_high_minor for variant in goods.variants if variant.paid_high_minor is not None]
    if claim.low <= max(prices + paid):
        return Judgement(claim, Truth.TRUE)
    if paid:
        return Judgement(claim, Truth.FALSE, goods, max(paid))
    if any(variant.price_changed for variant in goods.variants):
        return Judgement(claim, Truth.UNKNOWN, goods)
    return Judgement(claim, Truth.FALSE, goods, max(prices))


def _lowest_here(claim: Claim, goods: Goods) -> Judgement:
    paid = [
        variant.paid_low_minor
        for variant in goods.variants
        if variant.paid_low_minor is not None and variant.paid_low_minor < variant.price_minor
    ]
    return Judgement(claim, Truth.FALSE if paid else Truth.UNKNOWN, goods, min(paid, default=0))


_JUDGES: Final[Mapping[Said, Callable[[Claim, Goods], Judgement]]] = {
    Said.LEFT: _left,
    Said.SCARCE: _scarce,
    Said.SOLD: _sold,
    Said.SOLD_HERE: _sold_here,
    Said.PRICE: _price,
    Said.FORMER_PRICE: _former_price,
    Said.LOWEST_HERE: _lowest_here,
}
"""What others charge, and being cheapest of all, are not in the book."""
