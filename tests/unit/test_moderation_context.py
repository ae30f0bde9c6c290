"""Context, through the shipped lists: the same fee word, with what stands around it."""

from __future__ import annotations

import pytest

from moderation.verdict import Action, Category, Role, Utterance
from tests.shipped_filter import rules_alone

ENGINE = rules_alone()


def action(text: str, role: Role = Role.VIEWER, category: Category = Category.JOBS) -> Action:
    return ENGINE.decide(Utterance(text, role, category), 0.0).action


def test_the_bare_claim_is_blocked() -> None:
    assert action("入职先交押金") is Action.BLOCK


@pytest.mark.parametrize(
    "text",
    [
        "入职不用交押金",
        "不收取你们任何押金",
        "不交服装费、体检费、押金",
        "押金一律不收",
        "从不收取押金",
        "禁止收押金",
        "0押金入职",
    ],
)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.HOST, Role.CARD])
def test_negation(text: str, role: Role) -> None:
    assert action(text, role) is Action.ALLOW


@pytest.mark.parametrize("text", ["不交押金不能上岗", "不交押金就不安排面试", "不要犹豫, 先交押金", "2000押金先交"])
def test_what_only_looks_like_negation(text: str) -> None:
    assert action(text) is not Action.ALLOW


def test_a_question_is_believed_of_viewers_only() -> None:
    assert action("先交押金吗?", Role.VIEWER) is Action.ALLOW
    assert action("想入职吗? 先交押金", Role.HOST) is not Action.ALLOW


def test_warnings_pass_and_assurances_are_none() -> None:
    assert action("让你先交押金的都是骗子") is Action.ALLOW
    assert action("小心先交押金的岗位") is Action.ALLOW
    assert action("我们不是骗子 先交押金") is not Action.ALLOW
    assert action("绝不骗人 入职交押金就行") is not Action.ALLOW


def test_in_a_long_text_a_warning_counts_for_its_sentence() -> None:
    filler = "公司位于高新区。" * 15
    assert action(f"谨防诈骗。{filler}入职先交押金300元。", Role.CARD) is not Action.ALLOW


def test_complaints_are_believed_of_viewers() -> None:
    assert action("交了押金不退 差评") is Action.ALLOW


def test_negation_is_seen_through_separators() -> None:
    assert action("不 收 押 金") is Action.ALLOW
    assert action("先 交 押 金") is not Action.ALLOW
