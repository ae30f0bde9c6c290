"""Core: money as an integer count of a currency's smallest unit. Nothing here, or anywhere, is a float.

How an amount is written (its exponent, symbol and separators) is the client's affair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MINOR_MAX: Final = 10**15
"""No amount is larger, in minor units: far below a bigint, so that price × quantity can't overflow one."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (分 of CNY, yen of JPY) with its ISO 4217 code."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.minor) is int, self.minor
        assert abs(self.minor) <= MINOR_MAX, self.minor
        assert _CURRENCY.fullmatch(self.currency), self.currency

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def _same(self, other: Money) -> Money:
        assert other.currency == self.currency, f"{self.currency} and {other.currency} don't mix"
        return other

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Parts in proportion to `weights` (not negative, not all zero) that add up to the whole, to the last unit.

        What division leaves over goes, a unit each, to the largest remainders; among equals to the earlier part.
        """
        total = sum(weights)
        assert total > 0, weights
        assert min(weights) >= 0, weights
        assert self.minor >= 0, self.minor
        shares = [divmod(self.minor * weight, total) for weight in weights]
        left = self.minor - sum(whole for whole, _ in shares)
        largest = sorted(range(len(shares)), key=lambda place: (-shares[place][1], place))[:left]
        extra = set(largest)
        return [Money(whole + (place in extra), self.currency) for place, (whole, _) in enumerate(shares)]
