from __future__ import annotations

import pytest

from moderation.filter import Filter
from moderation.verdict import Action, Category, Role, Utterance, Verdict
from moderation.windows import COPIERS_TO_LIMIT, JOINED_WITHIN_S
from tests.shipped_filter import shipped_engine

ENGINE = shipped_engine()


def say(filter_: Filter, lines: list[str], gap_s: float = 1.0) -> list[Verdict]:
    return [
        filter_.decide(Utterance(line, Role.VIEWER, Category.JOBS, "sender", "room"), index * gap_s)
        for index, line in enumerate(lines)
    ]


@pytest.mark.parametrize("lines", [["先交", "押金"], ["先", "交", "押", "金"], ["日赚800", "要的人", "加我微"]])
def test_a_split_text_is_found_at_its_last_piece(lines: list[str]) -> None:
    verdicts = say(Filter(ENGINE), lines)
    assert verdicts[0].shown
    assert not verdicts[-1].shown
    assert verdicts[-1].spans
    assert all(0 <= span.start < span.end <= len(lines[-1]) for span in verdicts[-1].spans)


def test_what_was_not_shown_is_no_piece_of_what_follows() -> None:
    verdicts = say(Filter(ENGINE), ["加我", "微信", "vx", "12345"])
    assert [verdict.shown for verdict in verdicts] == [True, False, False, True]


def test_pieces_too_far_apart_are_not_joined() -> None:
    assert say(Filter(ENGINE), ["先交", "押金"], JOINED_WITHIN_S + 1)[-1].action is Action.ALLOW


def test_a_line_after_a_split_one_stands_by_itself() -> None:
    verdicts = say(Filter(ENGINE), ["先交", "押金", "苹果真甜"])
    assert [verdict.shown for verdict in verdicts] == [True, False, True]


def test_other_people_are_not_joined() -> None:
    filter_ = Filter(ENGINE)
    first = filter_.decide(Utterance("先交", sender_id="a", room_id="r"), 0.0)
    second = filter_.decide(Utterance("押金", sender_id="b", room_id="r"), 1.0)
    assert (first.action, second.action) == (Action.ALLOW, Action.ALLOW)


def test_copy_paste_by_many_accounts_is_limited() -> None:
    filter_ = Filter(ENGINE)
    text = "今天晚上的月亮真是又大又圆啊"
    actions = [
        filter_.decide(Utterance(text, sender_id=f"s{i}", room_id="r"), float(i)).action
        for i in range(COPIERS_TO_LIMIT)
    ]
    assert actions[0] is Action.ALLOW
    assert actions[-1] is Action.RATELIMIT


def test_a_card_is_decided_without_a_sender() -> None:
    filter_ = Filter(ENGINE)
    card = Utterance("这个苹果根治糖尿病", Role.CARD, Category.FARM)
    assert filter_.decide(card, 0.0).action is Action.BLOCK
    assert filter_.decide(Utterance("高山苹果 5斤装", Role.CARD, Category.FARM), 0.0).action is Action.ALLOW


def test_a_line_put_right_by_the_one_before_is_shown_and_seen_by_a_person() -> None:
    filter_ = Filter(shipped_engine())
    assert filter_.decide(Utterance("我们不", Role.VIEWER, Category.JOBS, "s", "r"), 0.0).action is Action.ALLOW
    verdict = filter_.decide(Utterance("收押金", Role.VIEWER, Category.JOBS, "s", "r"), 1.0)
    assert verdict.action is Action.FLAG
    assert verdict.shown


def test_a_line_that_only_looks_suspect_without_the_one_before_is_let_through() -> None:
    filter_ = Filter(shipped_engine())
    whole = "今天最佳赏味期七天"
    assert ENGINE.decide(Utterance(whole, Role.VIEWER, Category.FARM), 0.0).action is Action.ALLOW
    for at_s, line in enumerate(("今天最", "佳赏味期七天")):
        said = Utterance(line, Role.VIEWER, Category.FARM, "s", "r")
        assert filter_.decide(said, float(at_s)).action is Action.ALLOW


@pytest.mark.parametrize(
    ("before", "line", "role", "category"),
    [
        ("投诉", "入职先交押金300", Role.VIEWER, Category.JOBS),
        ("请问", "入职先交押金300", Role.VIEWER, Category.JOBS),
        ("谁说的", "孩子吃了智商提高", Role.HOST, Category.FARM),
        ("小心", "加我微信日赚300", Role.VIEWER, Category.JOBS),
    ],
)
def test_a_word_said_before_excuses_no_line_that_rules_act_on(
    before: str, line: str, role: Role, category: Category
) -> None:
    filter_ = Filter(shipped_engine())
    alone = filter_.engine.decide(Utterance(line, role, category), 0.0).action
    assert alone is not Action.ALLOW
    filter_.decide(Utterance(before, role, category, "s", "r"), 0.0)
    assert filter_.decide(Utterance(line, role, category, "s", "r"), 1.0).action.severity >= alone.severity
