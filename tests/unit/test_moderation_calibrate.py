"""What rules and calm words do to the score a text may have, and the shares of honest texts that thresholds give up."""

from __future__ import annotations

from moderation.calibrate import Judge, Judged, limit, thresholds
from moderation.model import CLASSES, Model
from moderation.opinion import CALM_SCORE_MAX
from moderation.verdict import Category, Role

HEADER = "\t".join(["v", "0", "0", "0", "0", "0", "0", *("0" for _ in CLASSES)])
DRAFT = Model(f"{HEADER}\ng\t甲\t90000\t\n")
"""Scores a text by the share of 甲 in its length."""
HARMLESS = "今天的苹果一共十斤都很新鲜"


def said(count: int, kind: str = "", role: Role = Role.HOST) -> Judged:
    return Judged("甲" + "乙丙" * count, role, Category.FARM, kind=kind)


def test_rules_take_ease_away_and_calm_words_give_it() -> None:
    judge = Judge()
    plain = judge(HARMLESS, Role.HOST, Category.FARM, "talk")
    assert (plain.rules, plain.ease, plain.kind) == ((), 0.0, "talk")
    assert judge(HARMLESS + "吗", Role.VIEWER, Category.FARM).ease == -CALM_SCORE_MAX
    held = judge("身份证统一保管 做满三个月退", Role.HOST, Category.JOBS)
    assert "JS010" in held.rules
    assert 0 < held.ease < float("inf")
    assert judge("加我微信 vx123456789", Role.VIEWER, Category.FARM).ease == float("inf")


def test_a_limit_gives_up_its_share_and_what_cannot_be_helped() -> None:
    assert 8.0 < limit([9.0, 8.0, 7.0, 6.0], 0.25) < 9.0
    assert 8.0 < limit([float("inf"), 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0], 0.25) < 9.0
    assert limit([float("inf")], 0.0) == limit([], 0.5) == float("-inf")


def test_complaints_set_a_threshold_of_their_own() -> None:
    talk = [said(40 + number, "talk") for number in range(400)]
    hard = [said(8 + number) for number in range(50)]
    loose = thresholds(DRAFT, [*talk, *(text._replace(kind="talk") for text in hard)], [])[2]
    strict = thresholds(DRAFT, [*talk, *(text._replace(kind="complaint") for text in hard)], [])[2]
    assert strict > loose


def test_a_review_that_a_rule_concerns_takes_no_share_of_those_that_the_model_may_hold() -> None:
    reviews = [said(8 + number, role=Role.VIEWER) for number in range(4_000)]
    ruled = [*reviews[:-2], *(text._replace(ease=float("inf"), rules=("JS003",)) for text in reviews[-2:])]
    assert thresholds(DRAFT, [], [ruled])[3] == thresholds(DRAFT, [], [reviews])[3]


def test_real_adverts_raise_the_threshold_of_cards() -> None:
    adverts = [said(8 + number, role=Role.CARD)._replace(category=Category.JOBS) for number in range(20)]
    assert thresholds(DRAFT, [], [], adverts)[1] > thresholds(DRAFT, [], [])[1]
