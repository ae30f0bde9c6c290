"""What a seller's words claim of stock, sales and price, and where."""

from __future__ import annotations

import time

import pytest

from commerce.shelf.claims import CLAIMS_MAX, Said, claims_in

CLAIMS: dict[str, list[tuple[Said, str, int, int]]] = {
    "最后三单": [(Said.LEFT, "最后三单", 3, 3)],
    "最後3單,手慢无": [(Said.LEFT, "最後3單", 3, 3)],
    "家人们 只剩 5 份!": [(Said.LEFT, "只剩 5 份", 5, 5)],
    "只剩最后的十份了": [(Said.LEFT, "只剩最后的十份", 10, 10)],
    "仅剩③份": [(Said.LEFT, "仅剩③份", 3, 3)],
    "剩下不到２０箱": [(Said.LEFT, "剩下不到２０箱", 20, 20)],
    "最后十几单": [(Said.LEFT, "最后十几单", 10, 19)],
    "库存只有 20 了": [(Said.LEFT, "库存只有 20", 20, 20)],
    "只剩几箱了": [(Said.LEFT, "只剩几箱", 2, 9)],
    "别急 最后三单": [(Said.LEFT, "最后三单", 3, 3)],
    "没抢到的看过来,最后五件": [(Said.LEFT, "最后五件", 5, 5)],
    "库存告急": [(Said.SCARCE, "库存告急", 0, 0)],
    "最后一波": [(Said.SCARCE, "最后一波", 0, 0)],
    "这个马上售罄": [(Said.SCARCE, "马上售罄", 0, 0)],
    "已售 1000 份": [(Said.SOLD, "已售 1000 份", 1_000, 1_000)],
    "今晚已经卖了一万单": [(Said.SOLD_HERE, "已经卖了一万单", 10_000, 10_000)],
    "原价 599 现价 99": [
        (Said.FORMER_PRICE, "原价 599", 59_900, 59_900),
        (Said.PRICE, "现价 99", 9_900, 9_900),
    ],
    "原價一百九十九,今天只要三十九块九": [
        (Said.FORMER_PRICE, "原價一百九十九", 19_900, 19_900),
        (Said.PRICE, "今天只要三十九块九", 3_990, 3_990),
    ],
    "到手价 29.9 元": [(Said.PRICE, "到手价 29.9 元", 2_990, 2_990)],
    "直播价￥19.9": [(Said.PRICE, "直播价￥19.9", 1_990, 1_990)],
    "超市卖30": [(Said.OTHERS_PRICE, "超市卖30", 3_000, 3_000)],
    "全网最低价": [(Said.LOWEST, "全网最低价", 0, 0)],
    "历史最低价": [(Said.LOWEST_HERE, "历史最低价", 0, 0)],
}

NONE_CLAIMED = [
    "不是最后三单,别慌",
    "还剩5份吗",
    "还剩几箱",
    "说最后三单的都是套路",
    "等到只剩 5 份我再说",
    "昨天最后三单没抢到的",
    "最后三天",
    "最后五分钟",
    "只要三分钟",
    "还剩 3 天",
    "最后说一下发货时间",
    "最后三个问题",
    "一箱只有12瓶",
    "今天100单包邮",
    "库存充足",
    "第二件只要9块9",
    "每斤只要3块",
    "只要3块9一斤",
    "只要九块九两斤",
    "比昨天便宜只要加5元",
    "五斤装39元",
    "last three left",
    "产地直发,48 小时内发货",
    "破一赔一 · 次日发货\n30 枚",
    "次日发货 30 枚",
    "顺丰到付收货 2 箱起",
    "最后\n5 斤装 3 箱",
    "1234567",
    "",
]


@pytest.mark.parametrize(("text", "claims"), CLAIMS.items())
def test_claims_are_found_where_they_stand(text: str, claims: list[tuple[Said, str, int, int]]) -> None:
    found = claims_in(text)
    assert [(claim.said, claim.words, claim.low, claim.high) for claim in found] == claims
    assert all(text[claim.start : claim.end] == claim.words for claim in found)


@pytest.mark.parametrize("text", NONE_CLAIMED)
def test_what_is_asked_denied_or_something_else_is_no_claim(text: str) -> None:
    assert claims_in(text) == []


def test_a_long_text_of_claims_is_bounded_in_number_and_time() -> None:
    began = time.perf_counter()
    assert len(claims_in("最后三单 原价 599 现价 99 库存告急 " * 90)) == CLAIMS_MAX
    for hostile in (
        "最" * 2_000,
        "库存" * 1_000,
        "一" * 2_000,
        "原价 " * 700,
        "9" * 2_000 + "元",
        "最后" + " " * 1_990,
    ):
        claims_in(hostile)
    assert time.perf_counter() - began < 2
