from __future__ import annotations

import pytest

from moderation.syllables import divide, to_syllables


@pytest.mark.parametrize(
    ("run", "syllables"),
    [
        ("yajin", ("ya", "jin")),
        ("weixin", ("wei", "xin")),
        ("zhuanqian", ("zhuan", "qian")),
        ("vx", ("v", "x")),
        ("zzz", ("z", "z", "z")),
        ("bweixin", ("b", "wei", "xin")),
    ],
)
def test_divide(run: str, syllables: tuple[str, ...]) -> None:
    assert divide(run) == syllables


def test_homophones_are_equal_and_others_are_not() -> None:
    assert to_syllables("押金")[0] == to_syllables("鸭巾")[0] == to_syllables("yajin")[0]
    assert to_syllables("支援")[0] != to_syllables("治愈")[0]


def test_matches_begin_and_end_on_syllables() -> None:
    assert to_syllables("治愈")[0] not in to_syllables("支援")[0]
    assert "zhiyu" in "zhiyuan"


def test_characters_alone_map_one_for_one() -> None:
    assert to_syllables("押金123")[1:] == (None, None)


def test_letters_map_to_their_range() -> None:
    _, starts, ends = to_syllables("交yajin1")
    assert (starts, ends) == ([0, 1, 3, 6], [1, 3, 6, 7])
