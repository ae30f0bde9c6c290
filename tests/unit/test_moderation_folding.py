from __future__ import annotations

import pytest

from moderation.folding import FOLD_CHARS_MAX, common_chars, fold, fold_char, fold_starts, read_table


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＶＸ１２３", "vx123"),
        ("①②③④⑤", "12345"),
        ("❶➁➌", "123"),
        ("𝟏𝟐𝟑𝐯𝐱", "123vx"),
        ("🅰🇻", "av"),
        ("1️⃣2️⃣", "12"),
        ("押\u200b金\ufeff", "押金"),
        ("押\u0301金\u0336", "押金"),
        ("薪資賺錢壹貳", "薪资赚钱壹贰"),
        ("ѵхаоеν", "vxaoev"),
        ("一二三", "一二三"),
        ("l1O0I", "l1o0i"),
        ("你好？！，", "你好?!,"),
        ("\ud800\x00\ue000", "   "),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_starts_point_at_the_original() -> None:
    text = "押\u200b金㍿x"
    assert fold(text) == "押金株式会社x"
    assert fold_starts(text) == [0, 2, 3, 3, 3, 3, 4]


def test_a_phrase_in_one_character_is_cut() -> None:
    assert len(fold_char("\ufdfa")) == FOLD_CHARS_MAX


def test_the_fold_never_makes_digits_of_letters() -> None:
    for char, _ in read_table("lookalikes.tsv"):
        assert not char.isdigit()
        assert fold(char).isalpha()


@pytest.mark.parametrize("around", ["", "押金 ABC, ", "ΑΣ", "……", "\u200b", "薪資", "；（～"])
def test_texts_of_usual_characters_are_folded_as_each_character_is(around: str) -> None:
    for char in common_chars():
        text = f"{around}{char}{around}Σ"
        assert fold(text) == "".join(map(fold_char, text))
