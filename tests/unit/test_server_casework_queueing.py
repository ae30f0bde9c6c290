"""What the filter flags of several texts becomes one case, with the marks where the words stand."""

from __future__ import annotations

from moderation.verdict import Action, Category, Role, RuleHit, Span, Utterance, Verdict, allowed
from server.api.filtering import judge
from server.api.http.problem import Problem
from server.casework.queueing import Flagged


def verdict(action: Action, rule_id: str, start: int, end: int, score: float = 0.5) -> Verdict:
    hit = RuleHit(rule_id, "zh", "en", "法", "law", "因", "why", action, 0.5)
    return Verdict(action, (hit,), (Span(start, end, rule_id),), score, "folded", "因", "why", "法", "v1")


def decide(utterance: Utterance, now: float) -> Verdict:
    for word, action in (("最", Action.FLAG), ("微信", Action.HOLD)):
        if (place := utterance.text.find(word)) >= 0:
            return verdict(action, f"{action.value.upper()[:2]}001", place, place + len(word))
    return allowed("v1")


def ask(*texts: str) -> Problem | Flagged | None:
    return judge(decide, texts, Role.CARD, Category.FARM, 0.0)


def test_what_is_fine_is_fine() -> None:
    assert ask("苹果", "脆甜") is None
    assert ask() is None


def test_marks_stand_where_the_words_do_in_the_whole() -> None:
    flagged = ask("苹果", "最甜", "最脆")
    assert isinstance(flagged, Flagged)
    assert flagged.text == "苹果\n最甜\n最脆"
    whole = flagged.verdict()
    assert [flagged.text[span.start : span.end] for span in whole.spans] == ["最", "最"]
    assert [hit.rule_id for hit in whole.rules] == ["FL001"]


def test_one_text_that_may_not_be_shown_refuses_all() -> None:
    refused = ask("最甜", "加微信")
    assert isinstance(refused, Problem)
    assert (refused.code, refused.facts["text"]) == ("filtered", "加微信")


def test_the_most_severe_score_counts() -> None:
    flagged = Flagged(
        "ab", [(0, verdict(Action.FLAG, "AA001", 0, 1, 0.2)), (1, verdict(Action.FLAG, "BB001", 0, 1, 0.7))]
    )
    assert flagged.verdict().score == 0.7
    assert [(span.start, span.rule_id) for span in flagged.verdict().spans] == [(0, "AA001"), (1, "BB001")]
