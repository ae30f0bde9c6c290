from __future__ import annotations

import pytest

from moderation.contacts import MAY_BE_ADDRESS
from moderation.detectors import COUNT_CHARS, MAY_BE_NUMBER, MAY_DETECT, detect
from moderation.folding import fold


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set()),
        ("好吃", set()),
        ("加我13812345678", {"mobile"}),
        ("一天三百", {"daily_income", "amount"}),
        ("日赚八百", {"daily_income", "high_income", "amount"}),
        ("wx: abc_123", {"handle"}),
        ("八七三六四五一", {"number"}),
    ],
)
def test_what_all_detectors_find(text: str, names: set[str]) -> None:
    assert {name for name, _, _ in detect(fold(text))} == names


@pytest.mark.parametrize(
    "text",
    [
        "日赚三百",
        "三百一天",
        "每天三百元",
        "月入过万",
        "一小时稳赚八十块",
        "时薪五十",
        "年收入三十万",
        "8百/日",
        "15元",
        "加13812345678",
        "一三八一二三四五六七八",
        "六 七 八 九 〇 一",
        "十几万",
        "100万美金",
        "一小时赚八十块",
        "九十九十一天",
        "加1三八1二三四五六",
    ],
)
def test_the_looser_form_fits_whatever_is_found(text: str) -> None:
    assert detect(fold(text))
    assert MAY_DETECT.search(text)
    assert not COUNT_CHARS.isdisjoint(text) or MAY_BE_NUMBER.search(text.replace(" ", ""))


@pytest.mark.parametrize(
    "text", ["https://a.b", "WWW.abc", "ab.com", "ab。com", "ab点cc", "ab dot com", "ab．cn", "abc,top"]
)
def test_the_looser_form_fits_all_addresses(text: str) -> None:
    assert "url" in {name for name, _, _ in detect(fold(text))}
    assert MAY_BE_ADDRESS.search(fold(text))
