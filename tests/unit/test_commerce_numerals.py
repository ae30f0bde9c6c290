"""Numbers and prices as sellers say them."""

from __future__ import annotations

import pytest

from commerce.shelf.numerals import number, price_minor

NUMBERS = {
    "3": (3, 3),
    "三": (3, 3),
    "两": (2, 2),
    "十": (10, 10),
    "十二": (12, 12),
    "二十": (20, 20),
    "一百二": (120, 120),
    "一百零二": (102, 102),
    "三千五": (3_500, 3_500),
    "一万二": (12_000, 12_000),
    "两百五十": (250, 250),
    "二零二六": (2_026, 2_026),
    "1万": (10_000, 10_000),
    "1.5万": (15_000, 15_000),
    "万": (10_000, 10_000),
    "几": (2, 9),
    "十几": (10, 19),
    "几十": (20, 99),
    "几百": (200, 999),
    "两三": (2, 3),
    "三四十": (30, 49),
    "二十多": (20, 29),
    "100多": (100, 199),
    "十来": (10, 19),
    "最": None,
    "": None,
}
PRICES = {
    "99": 9_900,
    "39.9": 3_990,
    "39.90": 3_990,
    "¥599": 59_900,
    "99元": 9_900,
    "39块9": 3_990,
    "39块9毛": 3_990,
    "九块九": 990,
    "五百九十九元": 59_900,
    "一百二": 12_000,
    "39.9块9": None,
    "1.2.3": None,
    "元": None,
}


@pytest.mark.parametrize(("said", "meant"), NUMBERS.items())
def test_a_number_is_read_as_the_least_and_the_most_it_means(said: str, meant: tuple[int, int] | None) -> None:
    assert number(said) == meant


@pytest.mark.parametrize(("said", "minor"), PRICES.items())
def test_a_price_is_read_in_hundredths(said: str, minor: int | None) -> None:
    assert price_minor(said) == minor
