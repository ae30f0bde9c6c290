"""The second look says no to nothing that reading would find."""

from __future__ import annotations

import pytest

from moderation.components import Components
from moderation.doors import Doors
from moderation.gate import Gate, Look
from moderation.lexicon import Lexicon
from moderation.views import Views

FEE, PAY, APP = 0, 1, 2
LEXICON = Lexicon(
    {
        "押金": frozenset({FEE}),
        "先交": frozenset({PAY}),
        "治": frozenset({APP}),
        "vx": frozenset({APP}),
        "微信号": frozenset({FEE}),
    }
)
RULES = Doors([1 << FEE | 1 << PAY, 1 << APP], {FEE: 0.1, PAY: 0.2, APP: 0.3})
GATE = Gate(LEXICON, RULES, RULES)
COMPONENTS = Components(LEXICON.characters)


def look(text: str, detected: int = 0) -> Look:
    return GATE.look(Views(text, COMPONENTS), detected)


@pytest.mark.parametrize(
    "text",
    [
        "先交押金",
        "先交鸭巾",
        "先交 扌甲金",
        "xianjiao押金",
        "先交yj",
        "先啊交押呀金",
        "治",
        "zhi",
        "加vx1",
        "VX",
        "冶",
        "先交喂信号",
    ],
)
def test_all_ways_of_writing_are_seen(text: str) -> None:
    assert look(text).forwards


@pytest.mark.parametrize("text", ["", "好吃", "先交", "押金", "鸭巾先焦", "直", "2023", "awsl"])
def test_what_fills_no_rule_is_not(text: str) -> None:
    assert not look(text).forwards


def test_backwards_is_read_by_characters() -> None:
    assert look("金押交先") == Look(False, True)
    assert look("巾鸭交先") == Look(False, False)


def test_what_detectors_found_counts() -> None:
    assert look("押金", 1 << PAY).forwards
