from __future__ import annotations

from moderation.conclusion import TOO_LONG, too_long, with_opinion
from moderation.verdict import Action, Category, Role, RuleHit, Span, Utterance
from tests.shipped_filter import shipped_engine

ENGINE = shipped_engine()
HIT = RuleHit("LM009", "题", "Title", "法", "Law", "因", "Why", Action.HOLD, 0.5)


def test_the_worst_rule_decides_and_all_are_told() -> None:
    verdict = ENGINE.decide(Utterance("加我微信 vx12345 日赚800 先交押金", Role.VIEWER, Category.JOBS), 0.0)
    worst = verdict.rules[0]
    assert verdict.action is worst.action
    assert [hit.action.severity for hit in verdict.rules] == sorted(
        (hit.action.severity for hit in verdict.rules), reverse=True
    )
    assert (verdict.reason_zh, verdict.article) == (worst.reason_zh, worst.article_zh)
    assert verdict.spans == tuple(sorted(verdict.spans, key=lambda span: (span.start, span.end, span.rule_id)))
    innocent = 1.0
    for hit in verdict.rules:
        innocent *= 1 - hit.weight
    assert abs(verdict.score - (1 - innocent)) < 0.001


def test_a_text_too_long_is_held_for_a_person() -> None:
    verdict = too_long("v")
    assert (verdict.action, verdict.rules, verdict.spans) == (Action.HOLD, (TOO_LONG,), ())


def test_the_models_word_comes_before_the_rules() -> None:
    verdict = with_opinion(too_long("v"), HIT, [Span(0, 2, "LM009")], "merged", "m1")
    assert [hit.rule_id for hit in verdict.rules] == ["LM009", TOO_LONG.rule_id]
    assert (verdict.reason_zh, verdict.article, verdict.view) == ("因", "法", "merged")
    assert verdict.engine_version.endswith("+m1")
    assert verdict.score == 0.75
    assert verdict.pack_version == "v"
