"""Which case first: each factor by itself, all together, and cases that say the same as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from moderation.cases.priority import AGE_DOUBLES, RISK_OF, Waiting, fold_key, in_order, priority, risk

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


PLAIN = Waiting(
    case_id=UUID(int=0),
    kind="line",
    why="flag",
    score=0.0,
    reports=0,
    audience=0,
    shown=True,
    created_at=NOW,
    fold=None,
    subject_id=None,
)


def case(number: int, **more: Any) -> Waiting:
    return replace(PLAIN, **{"case_id": UUID(int=number), "subject_id": UUID(int=number), **more})


def test_risk_is_the_filters_or_its_whys_and_grows_with_reports() -> None:
    assert [risk(why, 0.0, 0) for why in ("report", "flag", "hold", "block")] == [
        pytest.approx(RISK_OF[why]) for why in ("report", "flag", "hold", "block")
    ]
    assert risk("flag", 0.95, 0) == pytest.approx(0.95)
    risks = [risk("report", 0.0, reports) for reports in range(20)]
    assert risks == sorted(risks)
    assert risks[-1] < 1


def test_more_viewers_and_more_age_are_more_urgent_and_what_nobody_sees_is_less() -> None:
    plain = priority(case(1), NOW)
    assert priority(case(1, audience=1_000), NOW) > priority(case(1, audience=10), NOW) > plain
    assert priority(case(1, created_at=NOW - AGE_DOUBLES), NOW) == pytest.approx(2 * plain)
    assert priority(case(1, shown=False), NOW) == pytest.approx(plain / 2)
    assert priority(case(1, created_at=NOW + timedelta(hours=1)), NOW) == pytest.approx(plain)


def test_a_crowd_goes_before_a_suspicion_and_age_before_both_in_the_end() -> None:
    crowd = case(1, why="report", audience=3_000)
    suspect = case(2, why="hold", score=0.9, shown=True, audience=2)
    old = case(3, why="report", created_at=NOW - timedelta(hours=8))
    assert [entry.case_id.int for entry in in_order([suspect, crowd, old], NOW)] == [3, 1, 2]
    assert [entry.case_id.int for entry in in_order([suspect, crowd], NOW)] == [1, 2]


def test_equal_ones_keep_the_order_in_which_they_came() -> None:
    cases = [case(number) for number in (3, 1, 2)]
    assert [entry.case_id.int for entry in in_order(cases, NOW)] == [1, 2, 3]


def test_what_says_the_same_is_one_entry_and_more_urgent_by_many_people() -> None:
    same = [case(1, fold="a"), case(2, fold="a", audience=9), case(3, fold="a")]
    alone = case(4, fold="b", audience=9)
    other_kind = case(5, fold="a", kind="name")
    entries = in_order([*same, alone, other_kind], NOW)
    assert [entry.case_id.int for entry in entries] == [2, 4, 5]
    assert [[each.int for each in entry.alike] for entry in entries] == [[2, 1, 3], [4], [5]]
    by_one = in_order([case(1, fold="a", subject_id=None), case(2, fold="a", subject_id=None)], NOW)
    assert by_one[0].priority == pytest.approx(priority(case(1), NOW))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("加我微信看更多", "加 我 微 信, 看更多!!!"),
        ("加我微信看更多", "加我微信看看看更多"),
        ("VX 1234", "ｖｘ１２３４"),
        ("買蘋果", "买苹果"),
    ],
)
def test_the_same_in_another_dress_is_the_same(one: str, other: str) -> None:
    assert fold_key(one) == fold_key(other) is not None


def test_other_words_are_not_the_same_and_no_words_are_like_nothing() -> None:
    assert fold_key("加我微信") != fold_key("加我好友")
    assert fold_key("!!! ...") is None
    assert fold_key("") is None
    assert fold_key("\ud800单独的代理") is not None
