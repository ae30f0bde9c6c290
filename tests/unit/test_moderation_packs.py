"""Every rule of the shipped packs: what it must hit, and the near misses it must pass."""

from __future__ import annotations

import pytest

from moderation.rules import Example, Rule
from moderation.verdict import Action, Category, Role, Utterance
from tests.shipped_filter import rules_alone

ENGINE = rules_alone()
BOOK = ENGINE.book


def cases(which: str) -> list[tuple[Rule, Example]]:
    return [(rule, example) for rule in BOOK.rules for example in rule.examples(which)]


def name(value: Rule | Example) -> str:
    return value.id if isinstance(value, Rule) else value.text


@pytest.mark.parametrize(("rule", "example"), cases("hits"), ids=name)
def test_rule_hits(rule: Rule, example: Example) -> None:
    verdict = ENGINE.decide(example.utterance, 0.0)
    assert rule.id in {hit.rule_id for hit in verdict.rules}
    assert verdict.action is not Action.ALLOW


@pytest.mark.parametrize(("rule", "example"), cases("passes"), ids=name)
def test_rule_passes(rule: Rule, example: Example) -> None:
    verdict = ENGINE.decide(example.utterance, 0.0)
    assert rule.id not in {hit.rule_id for hit in verdict.rules}


def test_there_are_at_least_forty_rules_each_with_a_law_and_reasons_in_two_languages() -> None:
    assert len(BOOK.rules) >= 40
    for rule in BOOK.rules:
        assert rule.law.zh
        assert rule.law.en.isascii()
        assert rule.reason.zh.endswith("。")
        assert rule.reason.en.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "你们这个押金要交吗",
        "这个苹果真甜",
        "主播是骗子,差评",
        "退款!投诉12315",
        "无需押金",
        "东西烂了,客服不理人,差评",
        "说好的能降血糖,吃了没用,骗人",
        "交了押金不退,大家小心",
        "凡是让你先交钱的都是骗子",
    ],
)
@pytest.mark.parametrize("category", list(Category))
def test_complaints_questions_and_warnings_pass(text: str, category: Category) -> None:
    assert ENGINE.decide(Utterance(text, Role.VIEWER, category), 0.0).action is Action.ALLOW


def test_the_scam_line_is_blocked_with_its_reason() -> None:
    verdict = ENGINE.decide(Utterance("加我微信 vx12345 日赚800 先交押金"), 0.0)
    assert verdict.action is Action.BLOCK
    assert {"JS027", "CT001"} <= {hit.rule_id for hit in verdict.rules}
    assert verdict.reason_zh
    assert verdict.reason_en
    assert verdict.article.startswith("《")
