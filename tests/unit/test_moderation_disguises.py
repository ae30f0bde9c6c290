"""The evaluation's disguises: each is repeatable, and changes what it says it changes."""

from __future__ import annotations

import random

import pytest

from moderation.disguises import DISGUISES, changed

TEXT = "先交押金300元加vx12345"


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_is_repeatable_and_keeps_something(name: str) -> None:
    disguise = DISGUISES[name]
    parts = disguise(TEXT, random.Random(7))
    assert parts == disguise(TEXT, random.Random(7))
    assert all(parts)
    assert 1 <= len(parts) <= 4


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("traditional", "押金费用", ["押金費用"]),
        ("full_width", "vx1", ["ｖｘ１"]),
        ("circled", "130", ["①③⓪"]),
        ("chinese_digits", "138", ["一三八"]),
        ("reversed_text", "押金", ["金押"]),
        ("vertical", "押金", ["押\n金"]),
        ("full_pinyin", "押金", ["yajin"]),
    ],
)
def test_what_a_disguise_does(name: str, text: str, parts: list[str]) -> None:
    assert DISGUISES[name](text, random.Random(1)) == parts


def test_an_unchanged_text_is_told() -> None:
    assert not changed("押金", DISGUISES["latin_lookalikes"]("押金", random.Random(1)))
    assert changed("押金", ["押", "金"])
