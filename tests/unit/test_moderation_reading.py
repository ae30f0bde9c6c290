from __future__ import annotations

from moderation.components import Components
from moderation.lexicon import HITS_PER_SLOT_MAX, Hit, Lexicon
from moderation.reading import Reading
from moderation.views import FOLDED, Views

FEE, WARNING = 0, 1
LEXICON = Lexicon({"押金": frozenset({FEE})})
SURROUNDINGS = Lexicon({"骗子": frozenset({WARNING})})
COMPONENTS = Components(LEXICON.characters | SURROUNDINGS.characters)


def reading(text: str) -> Reading:
    return Reading(Views(text, COMPONENTS))


def test_characters_are_found_in_the_folded_and_the_tight_view() -> None:
    for text, found in (("交押金", True), ("押,金", True), ("扌甲金", False), ("鸭巾", False)):
        one = reading(text)
        assert one.scan_characters(LEXICON, one.hits) is found
        assert (FEE in one.hits) is found


def test_disguises_are_found_in_the_other_views() -> None:
    for text in ("扌甲金", "鸭巾", "yajin", "押啊金", "狎金"):
        one = reading(text)
        assert one.scan_disguises(LEXICON, one.hits)
        assert FEE in one.hits


def test_words_that_merely_sound_like_surroundings_take_no_sting() -> None:
    plain, sounding = reading("骗子"), reading("偏字")
    for one in (plain, sounding):
        one.look_around(SURROUNDINGS)
    assert WARNING in plain.around
    assert WARNING not in sounding.around


def test_a_glance_around_sees_what_is_plainly_written() -> None:
    plain, split = reading("骗子"), reading("马扁子")
    for one in (plain, split):
        one.glance_around(SURROUNDINGS)
    assert WARNING in plain.around
    assert WARNING not in split.around


def test_what_detectors_found_is_kept_up_to_a_bound() -> None:
    one = reading("1")
    one.keep([("number", 0, 1)] * (HITS_PER_SLOT_MAX + 5), {"number": 7})
    assert one.hits == {7: [Hit(0, 1, FOLDED, False)] * HITS_PER_SLOT_MAX}
