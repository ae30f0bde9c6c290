from __future__ import annotations

import pytest

from moderation.contacts import find_contacts
from moderation.folding import fold


def kinds(text: str) -> set[str]:
    return {name for name, _, _ in find_contacts(fold(text))}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("13812345678", "mobile"),
        ("加我 138 1234 5678", "mobile"),
        ("+86 13812345678", "mobile"),
        ("一三八一二三四五六七八", "mobile"),
        ("①③⑧①②③④⑤⑥⑦⑧", "mobile"),
        ("壹叁捌壹贰叁肆伍陆柒捌", "mobile"),
        ("vx12345", "handle"),
        ("wang_88", "handle"),
        ("群 873645120", "number"),
        ("hb88点cc", "url"),
        ("www.abc.com", "url"),
        ("https://t.me/abc", "url"),
        ("ａｂｃ．ｔｏｐ", "url"),
        ("6222021234567890128", "bank_card"),
        ("11010519491231002X", "id_card"),
    ],
)
def test_contacts(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "这个苹果真甜",
        "12345斤",
        "9800元",
        "订单号 13812345678",
        "快递单号78123456789012",
        "身高178体重120",
        "2024年5月12日",
        "20240512",
        "66666666666",
        "23333333",
        "一千二百三十四",
        "一二三四",
        "3.5斤",
        "5点cc",
        "www.gov.cn",
        "尾号 88231",
    ],
)
def test_traps(text: str) -> None:
    assert kinds(text) <= {"word"}


def test_places_are_those_of_the_folded_text() -> None:
    assert find_contacts("加13812345678吧") == [("mobile", 1, 12)]
