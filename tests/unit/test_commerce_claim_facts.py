"""Claims against the order book: what is false, what is so, and what nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commerce.shelf.claim_facts import Goods, Judgement, Truth, Variant, judged
from commerce.shelf.claims import claims_in

PLENTY = Variant(available=86, sold=14, price_minor=9_900, price_changed=False)
FEW = replace(PLENTY, available=4, sold=96)
APPLES, ORANGES = Goods("苹果", [PLENTY]), Goods("橙子", [FEW])


def judge(text: str, meant: Goods | None, *shown: Goods) -> Judgement:
    [claim] = claims_in(text)
    return judged(claim, meant, shown)


TABLE: list[tuple[str, Variant, Truth, int]] = [
    ("最后三单", PLENTY, Truth.FALSE, 86),
    ("最后三单", FEW, Truth.TRUE, 0),
    ("最后 60 单", PLENTY, Truth.TRUE, 0),
    ("只剩几十份", PLENTY, Truth.TRUE, 0),
    ("只剩十几份", PLENTY, Truth.FALSE, 86),
    ("只剩一份", replace(PLENTY, available=0), Truth.TRUE, 0),
    ("库存告急", PLENTY, Truth.FALSE, 86),
    ("库存告急", FEW, Truth.TRUE, 0),
    ("库存告急", replace(PLENTY, available=40, sold=60), Truth.UNKNOWN, 0),
    ("库存告急", replace(PLENTY, available=100, sold=900), Truth.TRUE, 0),
    ("今晚已经卖了一万单", PLENTY, Truth.FALSE, 14),
    ("今晚已经卖了15单", PLENTY, Truth.TRUE, 0),
    ("已售 1000 份", PLENTY, Truth.UNKNOWN, 0),
    ("现价 99", PLENTY, Truth.TRUE, 0),
    ("现价 89", PLENTY, Truth.FALSE, 9_900),
    ("现价 109", PLENTY, Truth.UNKNOWN, 0),
    ("原价 599", PLENTY, Truth.FALSE, 9_900),
    ("原价 99", PLENTY, Truth.TRUE, 0),
    ("原价 599", replace(PLENTY, price_changed=True), Truth.UNKNOWN, 0),
    ("原价 599", replace(PLENTY, price_changed=True, paid_low_minor=9_900, paid_high_minor=59_900), Truth.TRUE, 0),
    (
        "原价 599",
        replace(PLENTY, price_changed=True, paid_low_minor=8_000, paid_high_minor=12_900),
        Truth.FALSE,
        12_900,
    ),
    ("历史最低价", PLENTY, Truth.UNKNOWN, 0),
    ("历史最低价", replace(PLENTY, paid_low_minor=7_900, paid_high_minor=9_900), Truth.FALSE, 7_900),
    ("超市卖 199", PLENTY, Truth.UNKNOWN, 0),
    ("全网最低价", PLENTY, Truth.UNKNOWN, 0),
    ("现价 89", replace(PLENTY, currency="USD"), Truth.UNKNOWN, 0),
]


@pytest.mark.parametrize(("text", "variant", "truth", "fact"), TABLE)
def test_a_claim_is_held_against_the_book(text: str, variant: Variant, truth: Truth, fact: int) -> None:
    judgement = judge(text, None, Goods("苹果", [variant]))
    assert judgement.truth is truth
    if truth is Truth.FALSE:
        assert judgement.fact == fact


def test_without_goods_nothing_is_known() -> None:
    assert judge("最后三单", None).truth is Truth.UNKNOWN
    assert judge("最后三单", None, Goods("没有规格", [])).truth is Truth.UNKNOWN


def test_a_claim_that_is_so_of_one_variant_is_so() -> None:
    assert judge("最后三单", None, Goods("苹果", [PLENTY, FEW])).truth is Truth.TRUE


def test_what_is_true_of_other_goods_on_screen_is_not_called_false() -> None:
    assert judge("最后三单", APPLES, APPLES, ORANGES).truth is Truth.UNKNOWN
    assert judge("最后三单", ORANGES, APPLES, ORANGES).truth is Truth.TRUE
    assert judge("最后三单", None, APPLES, ORANGES).truth is Truth.TRUE


def test_a_false_claim_names_the_goods_that_come_nearest() -> None:
    more = Goods("梨", [replace(PLENTY, available=500)])
    judgement = judge("最后三单", None, more, APPLES)
    assert (judgement.truth, judgement.goods, judgement.fact) == (Truth.FALSE, APPLES, 86)
    assert judge("最后三单", more, APPLES, more).goods is more
