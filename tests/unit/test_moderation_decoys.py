"""Words that anybody can add to a scam excuse it seldom: measured over all texts that rules must hit."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from moderation.decoys import AFTER, BEFORE, decoyed
from moderation.rules import shipped_packs
from moderation.verdict import Action, Category, Role, Utterance
from tests.shipped_filter import shipped_engine

ADDED = ("{},小心", "{},投诉", "{},我被骗了", "警惕,{}", "不是骗子,{}", "{},别信", "举报{}", "{},谨防假冒", "小心,{}")
"""None of them asks: questions of viewers are honest most of the time."""
ALLOWED_SHARE_MAX, VIEWER_ALLOWED_SHARE_MAX = 0.1, 0.15
"""Of texts held without the word; of a viewer, 举报 or 我被骗了 is what it says."""
HITS_ALLOWED_MAX = 0


def action(text: str, role: Role, category: Category) -> Action:
    return shipped_engine().decide_afresh(Utterance(text, role, category)).action


def hits() -> list[Utterance]:
    return [each.utterance for rule in shipped_packs().rules for each in rule.examples("hits")]


def test_what_rules_must_hit_is_acted_on_with_the_model_too() -> None:
    allowed = [said.text for said in hits() if action(said.text, said.role, said.category) is Action.ALLOW]
    assert len(allowed) <= HITS_ALLOWED_MAX, allowed


def test_a_word_added_excuses_few_of_the_texts_that_were_held() -> None:
    allowed: Counter[bool] = Counter()
    held: Counter[bool] = Counter()
    for said in hits():
        if action(said.text, said.role, said.category).severity < Action.HOLD.severity:
            continue
        for pattern in ADDED:
            viewer = said.role is Role.VIEWER
            held[viewer] += 1
            allowed[viewer] += action(pattern.format(said.text), said.role, said.category) is Action.ALLOW
    assert allowed[True] <= VIEWER_ALLOWED_SHARE_MAX * held[True], (allowed, held)
    assert allowed[False] <= ALLOWED_SHARE_MAX * held[False], (allowed, held)


@pytest.mark.parametrize("category", [Category.FARM, Category.JOBS])
def test_no_word_added_gets_a_card_shown_that_was_held(category: Category) -> None:
    shown = []
    for said in hits():
        if action(said.text, Role.CARD, category).severity >= Action.HOLD.severity:
            texts = [pattern.format(said.text) for pattern in ADDED]
            shown += [text for text in texts if action(text, Role.CARD, category) is Action.ALLOW]
    assert not shown


@pytest.mark.parametrize(
    ("text", "role", "category"),
    [
        ("本店茶叶包治百病,小心", Role.CARD, Category.FARM),
        ("本店茶叶包治百病,投诉", Role.CARD, Category.FARM),
        ("根治高血压,投诉", Role.HOST, Category.FARM),
        ("警惕,高薪招聘缅北客服月薪五万包机票", Role.HOST, Category.JOBS),
        ("保证根治糖尿病,三天见效,别信", Role.HOST, Category.FARM),
        ("举报本店茶叶包治百病,无效退款", Role.CARD, Category.FARM),
        ("我们不是骗子 先交押金", Role.VIEWER, Category.JOBS),
    ],
)
def test_texts_that_were_once_let_through_by_one_word(text: str, role: Role, category: Category) -> None:
    assert action(text, role, category) is not Action.ALLOW


@pytest.mark.parametrize("role", [Role.CARD, Role.TITLE])
def test_on_a_listing_such_a_word_gets_nothing_shown_unseen(role: Role) -> None:
    for word in ("{},小心", "{},投诉", "{},我被骗了", "举报{},无效退款", "{},骗人的吧"):
        text = word.format("本店茶叶包治百病")
        assert action(text, role, Category.FARM) is Action.HOLD, text


@pytest.mark.parametrize(
    "text",
    [
        "警方提示:缅北高薪客服是陷阱,切勿偷渡出境",
        "近期有人仿冒本店销售抗癌茶,本店仅售红薯制品",
        "温馨提示:如遇收取押金、扣留证件,请及时拨打12333",
        "本品为普通食品,不能代替药物,不具有疾病预防、治疗功能",
    ],
)
def test_a_listing_may_warn_all_the_same(text: str) -> None:
    assert action(text, Role.CARD, Category.JOBS) is Action.ALLOW


def test_a_word_is_added_before_or_after() -> None:
    said = {decoyed("甲", random.Random(seed)) for seed in range(200)}
    assert said <= {f"{word}甲" for word in BEFORE} | {f"甲{word}" for word in AFTER}
    assert len(said) > 20
