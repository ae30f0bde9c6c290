"""The first look passes nothing by that a closer look would act on."""

from __future__ import annotations

import random

import pytest

from moderation.disguises import DISGUISES
from moderation.engine import Audience, Engine
from moderation.evaluate import read_texts
from moderation.verdict import Category, Role, Utterance
from tests.shipped_filter import shipped_engine

ENGINE = shipped_engine()
DISGUISED_CHARS_MAX = 40
DISGUISED_SHARE = 0.15


class Thorough(Engine):
    """An engine that takes a closer look at every text."""

    def __init__(self, engine: Engine) -> None:
        self.__dict__ |= engine.__dict__

    def _needs_look(self, text: str, audience: Audience) -> bool:
        return True


THOROUGH = Thorough(ENGINE)


def utterances() -> list[Utterance]:
    """The development texts and the rules' own examples, some of them disguised in each way."""
    texts = [(each.text, each.role, each.category) for listed in read_texts().values() for each in listed]
    for rule in ENGINE.book.rules:
        for example in [*rule.examples("hits"), *rule.examples("passes")]:
            texts.append((example.text, Role(example.role), Category(example.category)))
    rng = random.Random(1)
    said = [Utterance(*each) for each in texts]
    for text, role, category in texts:
        if len(text) <= DISGUISED_CHARS_MAX:
            for disguise in DISGUISES.values():
                if rng.random() < DISGUISED_SHARE:
                    said += [Utterance(part, role, category) for part in disguise(text, rng)]
    return said


def test_a_glance_passes_by_nothing_that_matters() -> None:
    wrong = [each.text for each in utterances() if ENGINE.decide_afresh(each) != THOROUGH.decide_afresh(each)]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "哈哈哈哈",
        "主播好可爱",
        "这个苹果真甜",
        "来了来了!",
        "下次一定",
        "awsl",
        "233333",
        "前排",
        "  ",
        "",
        "。。。",
        "好 好 好",
    ],
)
def test_what_people_say_all_day_is_passed_by(text: str) -> None:
    assert not ENGINE.stages(Role.VIEWER, Category.ANY)["glance"](text)


@pytest.mark.parametrize(
    "text",
    [
        "先交押金",
        "先交鸭巾",
        "先 交 押 金",
        "先交扌甲金",
        "先交yajin",
        "金押交先",
        "先交押押押金",
        "先啊交哈押金",
        "先交狎金",
        "治癌",
        "13812345678",
        "一三八一二三四五六七八",
        "在家日赚三百, 先交押金",
        "www.abc.com",
        "加我𝐕𝐗12345",
        "押\n金",
    ],
)
def test_what_may_matter_is_looked_at(text: str) -> None:
    assert ENGINE.stages(Role.VIEWER, Category.JOBS)["glance"](text)
