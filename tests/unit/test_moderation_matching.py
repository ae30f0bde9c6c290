from __future__ import annotations

import pytest

from moderation.compiling import Compilation
from moderation.context import Context
from moderation.lexicon import Hit
from moderation.matching import INITIALS_WITHIN_CHARS, Compiled, Hits, worded
from moderation.rules import Rule
from moderation.verdict import Action, Role
from moderation.views import FOLDED, INITIALS, PINYIN, View
from tests.shipped_filter import shipped_engine

CONTEXT_LISTS = Compilation(shipped_engine().book).context_lists
FEE, PAY, FREE, NOTICE = 900, 901, 902, 903
NAMED = {"fee": FEE, "pay": PAY, "free": FREE, "notice": NOTICE}


def hit(start: int, end: int, *, view: str = FOLDED, weak: bool = False) -> Hit:
    return Hit(start, end, view, weak)


def compiled(**changes: object) -> Compiled:
    rule = shipped_engine().book.rules[0]
    fields = {name: getattr(rule, name) for name in rule.__struct_fields__}
    fields |= {"needs": ["@fee", "@pay"], "exempt": ["@free"], "lacks": ["@notice"], "within": 5, **changes}
    named = {name: 800 + place for place, name in enumerate(Compilation(shipped_engine().book).detector_slots)}
    return Compiled(Rule(**fields), (FEE, PAY), named | NAMED)


def match(hits: Hits, around: Hits | None = None) -> list[Hit] | None:
    text = "字" * 60
    context = Context(CONTEXT_LISTS, text, View(FOLDED, text), Role.VIEWER, around or {})
    return compiled().match(hits, around or {}, context)


def test_all_slots_within_reach_of_the_anchor() -> None:
    assert match({FEE: [hit(0, 2)], PAY: [hit(7, 9)]}) == [hit(0, 2), hit(7, 9)]
    assert match({FEE: [hit(0, 2)], PAY: [hit(8, 10)]}) is None


def test_the_nearest_hit_fills_a_slot_and_another_anchor_may_do() -> None:
    assert match({FEE: [hit(0, 2), hit(30, 32)], PAY: [hit(33, 35), hit(34, 36)]}) == [hit(30, 32), hit(33, 35)]


def test_weak_evidence_alone_is_none() -> None:
    weak = hit(0, 2, view=PINYIN, weak=True)
    assert match({FEE: [weak], PAY: [hit(2, 4, view=PINYIN, weak=True)]}) is None
    assert match({FEE: [weak], PAY: [hit(2, 4)]}) == [weak, hit(2, 4)]


def test_first_letters_count_right_beside_only() -> None:
    letters = hit(0, 2, view=INITIALS, weak=True)
    near, far = 2 + INITIALS_WITHIN_CHARS, 3 + INITIALS_WITHIN_CHARS
    assert match({FEE: [letters], PAY: [hit(near, near + 1)]})
    assert match({FEE: [letters], PAY: [hit(far, far + 1)]}) is None


def test_what_covers_the_anchor_exempts_it_and_what_lies_inside_it() -> None:
    hits: Hits = {FEE: [hit(4, 8), hit(5, 7)], PAY: [hit(8, 9)]}
    assert match(hits, {FREE: [hit(3, 5)]}) is None
    assert match(hits, {FREE: [hit(3, 5, weak=True)]})
    assert match({**hits, FEE: [*hits[FEE], hit(10, 12)]}, {FREE: [hit(3, 5)]}) == [hit(10, 12), hit(8, 9)]


def test_what_must_be_lacking() -> None:
    assert match({FEE: [hit(0, 2)], PAY: [hit(2, 4)]}, {NOTICE: [hit(50, 52)]}) is None


@pytest.mark.parametrize(
    ("filled", "is_worded"),
    [([hit(0, 3)], True), ([hit(0, 2)], False), ([hit(0, 2), hit(3, 4)], False), ([hit(0, 2), hit(3, 5)], True)],
)
def test_read_backwards_short_words_are_chance(filled: list[Hit], is_worded: bool) -> None:
    assert worded((compiled(), Action.HOLD, filled)) is is_worded
