from __future__ import annotations

import pytest

from moderation.folding import fold
from moderation.income import AMOUNT, find_income, yuan


@pytest.mark.parametrize(
    ("amount", "value"),
    [
        ("800", 800),
        ("1.5万", 15_000),
        ("三百", 300),
        ("过千", 1_000),
        ("几百", 300),
        ("2w", 20_000),
        ("三千五百", 3_500),
    ],
)
def test_yuan(amount: str, value: float) -> None:
    assert yuan(amount) == value


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("日赚800", {"daily_income", "high_income"}),
        ("日结200", {"daily_income"}),
        ("每天能赚500-800元", {"daily_income", "high_income"}),
        ("一小时到手80", {"daily_income", "high_income"}),
        ("日入过千", {"daily_income", "high_income"}),
        ("月入过万", {"daily_income"}),
        ("三万一个月", {"daily_income", "high_income"}),
        ("一天300块", {"daily_income"}),
        ("日薪①⑤⓪", {"daily_income"}),
        ("月薪六千", set()),
        ("一天三斤", set()),
        ("每月15号", set()),
        ("今天真好", set()),
        ("一天一百斤", set()),
        ("日结80", set()),
    ],
)
def test_promises(text: str, names: set[str]) -> None:
    assert {name for name, _, _ in find_income(fold(text))} - {AMOUNT} == names


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("先支付1980元费用", ["1980元"]),
        ("共三万八", ["三万八"]),
        ("转3.5万给我", ["3.5万"]),
        ("千万别信", []),
        ("一共12个", []),
    ],
)
def test_sums_of_money(text: str, sums: list[str]) -> None:
    assert [text[start:end] for name, start, end in find_income(text) if name == AMOUNT] == sums
