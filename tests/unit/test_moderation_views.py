from __future__ import annotations

import pytest

from moderation.components import Components
from moderation.views import EMOJI, FOLDED, MERGED, PINYIN, TEXT_CHARS_MAX, View, Views, tight_starts, tighten

COMPONENTS = Components("押钱信")


def views(text: str) -> Views:
    return Views(text, COMPONENTS)


def originals(made: Views, view: View) -> list[str]:
    """What each character of a view covers in the text as written."""
    spans = [made.original_span(*view.folded_span(i, i + 1)) for i in range(len(view.text))]
    return [made.original[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "tight"),
    [
        ("押 金", "押金"),
        ("押-.·金", "押金"),
        ("押押金金", "押金"),
        ("押\n金", "押金"),
        ("13888888888", "13888888888"),
        ("qq 1", "qq1"),
        ("押😀金", "押金"),
    ],
)
def test_tight(text: str, tight: str) -> None:
    assert views(text).tight.text == tight


def test_a_text_without_separators_is_its_own_tight_view() -> None:
    made = views("这个苹果真甜")
    assert made.tight is made.folded
    assert made.emoji() is made.folded
    assert made.merged() is made.folded
    assert made.folded.name == FOLDED


def test_emoji_are_read_aloud() -> None:
    made = views("赚💰 +V")
    assert made.emoji().name == EMOJI
    assert made.emoji().text == "赚钱加v"
    assert originals(made, made.emoji()) == ["赚", "💰", "+", "V"]


def test_split_characters_are_merged() -> None:
    made = views("先交 扌 甲金")
    assert made.merged().name == MERGED
    assert made.merged().text == "先交押金"
    assert originals(made, made.merged()) == ["先", "交", "扌 甲", "金"]


def test_pinyin_covers_letters_and_characters_alike() -> None:
    made = views("Ya 金, 扌甲jin")
    pinyin = made.pinyin()
    assert pinyin is not None
    assert pinyin.name == PINYIN
    assert pinyin.text[:2] == pinyin.text[2:]
    assert originals(made, pinyin) == ["Ya", "金", "扌甲", "jin"]


def test_a_text_without_syllables_has_no_pinyin() -> None:
    assert views("12345 !?").pinyin() is None


def test_positions_of_the_tight_view() -> None:
    made = views("先 交 押金")
    assert [made.tight.position(i) for i in range(6)] == [0, 1, 1, 2, 2, 3]


def test_what_is_beyond_the_cap_is_not_looked_at() -> None:
    assert len(views("押" * (TEXT_CHARS_MAX + 10)).original) == TEXT_CHARS_MAX


def test_tighten_gives_where_each_character_came_from() -> None:
    assert (tighten("a, b押 押"), tight_starts("a, b押 押")) == ("ab押", [0, 3, 4])


def test_noise_between_characters_is_cleared_away() -> None:
    views = Views("先交哈哈押啊金 a元", Components(""))
    cleared = views.cleared()
    assert cleared is not None
    assert cleared.text == "先交押金元"
    assert views.original_span(*cleared.folded_span(2, 4)) == (4, 7)
    assert Views("先交押金", Components("")).cleared() is None


def test_look_alikes_are_put_right_one_for_one() -> None:
    view = Views("先交狎金", Components("押金交先")).alike()
    assert view is not None
    assert view.text == "先交押金"
    assert view.folded_span(2, 4) == (2, 4)
