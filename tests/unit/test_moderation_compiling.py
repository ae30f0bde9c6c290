from __future__ import annotations

from moderation.compiling import Compilation
from moderation.contacts import MOBILE
from moderation.terms import mask_of
from moderation.verdict import Action, Category, Role
from tests.shipped_filter import shipped_engine

BOOK = shipped_engine().book
COMPILATION = Compilation(BOOK)


def test_every_rule_is_live_for_whom_it_does_something() -> None:
    for role in Role:
        for category in Category:
            live = COMPILATION.live(role, category)
            found = {compiled.rule.id: action for listed in live.values() for compiled, action in listed}
            for rule in BOOK.rules:
                concerned = rule.category in ("any", category.value) or category is Category.ANY
                action = rule.action_for(role, category) if concerned else Action.ALLOW
                assert found.get(rule.id, Action.ALLOW) is action


def test_slots_that_only_single_rules_ask_for_take_sure_evidence_only() -> None:
    rules = [each for listed in COMPILATION.live(Role.HOST, Category.ANY).values() for each, _ in listed]
    together = {slot for each in rules for slot in each.slots if len(each.slots) > 1}
    assert not COMPILATION.sure_only & together
    assert COMPILATION.sure_only


def test_terms_fill_the_slots_that_ask_for_them() -> None:
    slots = {slot for term in COMPILATION.terms for slot in COMPILATION.terms[term]}
    rules = [each for listed in COMPILATION.live(Role.HOST, Category.ANY).values() for each, _ in listed]
    for each in rules:
        assert each.terms_mask & ~mask_of(slots) == 0
        assert each.mask | each.terms_mask == each.mask


def test_rules_of_detectors_alone_are_no_matter_of_terms() -> None:
    live = COMPILATION.live(Role.VIEWER, Category.ANY)
    mobile = 1 << COMPILATION.detector_slots[MOBILE]
    assert COMPILATION.doors(live).open(mobile, mobile)
    assert not COMPILATION.doors_behind(live).open(mobile, mobile)
