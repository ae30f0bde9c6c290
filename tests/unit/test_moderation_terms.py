from __future__ import annotations

from moderation.syllables import sounds_of, to_syllables
from moderation.terms import KEY_SYLLABLES, Terms, mask_of

FEE, LEAD, EASY = 1, 2, 3
TERMS = Terms(
    {
        "押金": frozenset({FEE}),
        "牙巾": frozenset({LEAD}),
        "加wei信": frozenset({LEAD}),
        "治": frozenset({FEE, LEAD}),
        "扣扣": frozenset({LEAD}),
        "轻轻松松赚钱": frozenset({EASY}),
    },
    frozenset({EASY}),
)


def pattern(term: str) -> int:
    found = TERMS.automaton.find_matches_as_indexes(sounds_of(term), overlapping=True)
    return next(index for index, start, end in found if end - start == len(term))


def test_terms_of_one_sound_are_told_apart_by_their_spelling() -> None:
    one = pattern("押金")
    assert one == pattern("牙巾") == pattern("鸭斤")
    assert (TERMS.written[one], TERMS.written_slots[one]) == ("押金", (FEE,))
    assert TERMS.written_also[one] == {"牙巾": (LEAD,)}
    assert TERMS.sound_slots[one] == (FEE, LEAD)
    assert TERMS.masks[one] == mask_of([FEE, LEAD])
    assert TERMS.characters_of(one) == frozenset("押金牙巾")


def test_single_characters_are_kept_apart() -> None:
    assert TERMS.bare == {"治": (FEE, LEAD)}
    assert TERMS.syllables == {sounds_of("治"): (FEE, LEAD)}
    assert not TERMS.automaton.find_matches_as_indexes(sounds_of("治"))


def test_a_term_with_letters_is_found_spelt_and_said() -> None:
    for codes in (sounds_of("加wei信"), to_syllables("加wei信")[0]):
        assert TERMS.automaton.find_matches_as_indexes(codes)


def test_a_repeat_that_is_all_of_a_term_stays() -> None:
    assert TERMS.pairs["扣扣"] == mask_of([LEAD])


def test_keys_are_the_first_syllables() -> None:
    keys = TERMS.take_keys()
    assert all(len(key) <= KEY_SYLLABLES for key in keys)
    assert keys[sounds_of("轻松赚钱")[:KEY_SYLLABLES]] == mask_of([EASY])
    assert TERMS.take_keys() == {}


def test_what_stands_beside_a_character_in_any_term_is_known() -> None:
    before, after = TERMS.beside()["松"]
    assert (set(before), set(after)) == ({"轻"}, {"赚"})
    assert TERMS.beside()["押"] == ("", "金")


def test_slots_that_take_no_weak_evidence_have_no_first_letters() -> None:
    assert TERMS.initials == {"yj": (FEE, LEAD), "kk": (LEAD,)}
