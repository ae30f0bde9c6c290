"""Money: exact, of one currency, and whole after splitting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.money import MINOR_MAX, Money


def test_arithmetic_is_exact() -> None:
    assert Money(1990, "CNY") * 3 + Money(1, "CNY") - Money(5970, "CNY") == Money(1, "CNY")
    assert Money(1, "JPY") < Money(2, "JPY") <= Money(2, "JPY")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Money(1, "CNY") + Money(1, "USD"),
        lambda: Money(1, "CNY") < Money(1, "USD"),
        lambda: Money(1.5, "CNY"),  # type: ignore[arg-type]
        lambda: Money(True, "CNY"),
        lambda: Money(1, "cny"),
        lambda: Money(1, "CNYX"),
        lambda: Money(MINOR_MAX + 1, "CNY"),
        lambda: Money(1, "CNY").split([0, 0]),
        lambda: Money(1, "CNY").split([2, -1]),
    ],
)
def test_what_is_no_money_is_a_bug(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(AssertionError):
        wrong()


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (2, [1, 1, 1], [1, 1, 0]),
        (10, [3, 0, 1], [8, 0, 2]),
        (10, [1, 3], [3, 7]),
        (0, [5], [0]),
    ],
)
def test_splits(minor: int, weights: list[int], parts: list[int]) -> None:
    assert [part.minor for part in Money(minor, "CNY").split(weights)] == parts


@given(st.integers(0, MINOR_MAX), st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_a_split_loses_nothing_and_is_fair_to_a_unit(minor: int, weights: list[int]) -> None:
    parts = [part.minor for part in Money(minor, "CNY").split(weights)]
    assert sum(parts) == minor
    total = sum(weights)
    assert all(abs(part * total - minor * weight) < total for part, weight in zip(parts, weights, strict=True))
