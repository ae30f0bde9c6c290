from __future__ import annotations

from moderation.verdict import Action, Category, Role, allowed, worst


def test_actions_are_ordered_by_severity() -> None:
    assert sorted(Action, key=lambda action: action.severity) == [
        Action.ALLOW,
        Action.FLAG,
        Action.MASK,
        Action.RATELIMIT,
        Action.HOLD,
        Action.BLOCK,
    ]


def test_worst_of_some_and_of_none() -> None:
    assert worst([Action.FLAG, Action.BLOCK, Action.HOLD]) is Action.BLOCK
    assert worst([]) is Action.ALLOW


def test_the_words_of_the_vocabulary() -> None:
    assert {each.value for each in Action} == {"allow", "flag", "mask", "hold", "block", "ratelimit"}
    assert {each.value for each in Role} == {"viewer", "host", "card", "title", "screen", "speech"}
    assert {each.value for each in Category} == {"farm", "jobs", "any"}


def test_an_allowed_verdict_is_shown_and_has_no_rules() -> None:
    verdict = allowed("p1")
    assert verdict.shown
    assert (verdict.rules, verdict.spans, verdict.score, verdict.pack_version) == ((), (), 0.0, "p1")
