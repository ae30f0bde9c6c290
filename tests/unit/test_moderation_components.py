from __future__ import annotations

from moderation.components import Components


def test_only_characters_asked_for_are_joined() -> None:
    assert Components("押").find("扌甲钅戋") == [(0, 2, "押")]
    assert Components("押钱").find("扌甲钅戋") == [(0, 2, "押"), (2, 4, "钱")]


def test_other_ways_of_splitting() -> None:
    assert Components("信").find("亻言人言") == [(0, 2, "信"), (2, 4, "信")]


def test_nothing_to_join() -> None:
    assert Components("").find("扌甲") == []
    assert Components("押").find("苹果") == []


def test_rare_look_alikes_stand_for_characters_of_the_lexicon() -> None:
    components = Components("押治")
    assert components.read_alike("交狎金") == "交押金"
    assert components.read_alike("冶") == "治"
    assert components.read_alike("押") == "押"
