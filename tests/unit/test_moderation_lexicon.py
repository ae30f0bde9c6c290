from __future__ import annotations

from moderation.components import Components
from moderation.lexicon import Hit, Lexicon
from moderation.views import Views

FEE, LEAD = 1, 2
LEXICON = Lexicon(
    {"押金": frozenset({FEE}), "vx": frozenset({LEAD}), "工资押一个月": frozenset({FEE}), "扣扣": frozenset({LEAD})}
)


def hits(text: str) -> dict[int, list[Hit]]:
    views = Views(text, Components(LEXICON.characters))
    found: dict[int, list[Hit]] = {}
    LEXICON.find(views.folded, found)
    return found


def sounds(text: str) -> list[Hit]:
    views = Views(text, Components(""))
    pinyin = views.pinyin()
    assert pinyin is not None
    found: dict[int, list[Hit]] = {}
    LEXICON.find_sounds(pinyin, views.folded.text, found)
    return found.get(FEE, [])


def test_terms_give_their_slots_and_places() -> None:
    assert hits("先交押金 vx1") == {FEE: [Hit(2, 4, "folded", False)], LEAD: [Hit(5, 7, "folded", False)]}


def test_latin_terms_are_whole_words() -> None:
    assert hits("avxb") == {}
    assert LEAD in hits("a vx 1")


def test_a_repeated_character_stays_repeated_where_nothing_else_is_left() -> None:
    assert LEAD in hits("扣扣")
    assert LEAD not in hits("扣")


def test_short_homophones_are_weak_and_letters_are_not() -> None:
    assert sounds("鸭巾") == [Hit(0, 2, "pinyin", True)]
    assert sounds("yajin") == [Hit(0, 5, "pinyin", False)]
    assert sounds("工姿鸭一个月") == [Hit(0, 6, "pinyin", False)]


def test_sounds_across_a_comma_are_weak() -> None:
    assert sounds("工姿,鸭一个月")[0].weak


def test_slots_that_take_only_sure_evidence() -> None:
    lexicon = Lexicon({"押金": frozenset({FEE})}, frozenset({FEE}))
    views = Views("鸭巾", Components(""))
    pinyin = views.pinyin()
    assert pinyin is not None
    found: dict[int, list[Hit]] = {}
    assert not lexicon.find_sounds(pinyin, views.folded.text, found)
