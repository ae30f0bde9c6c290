"""The first look passes nothing by that a closer look would act on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence

import pytest

from moderation.disguises import DISGUISES
from moderation.engine import Audience, Engine
from moderation.evaluate import read_texts
from moderation.glance import EVERYWHERE, Look
from moderation.rules import expand
from moderation.verdict import Category, Role, Utterance
from tests.shipped_filter import shipped_engine

ENGINE = shipped_engine()
DISGUISED_CHARS_MAX = 40
DISGUISED_SHARE = 0.1
COMPOSED_TEXTS = 2_000
CLOSER_SHARE_MAX = 0.05
FILLING = (
    "",
    "",
    " ",
    ",",
    "啊",
    "就是",
    "这个",
    "哈哈哈",
    "大家今天都来看看, ",
    "\n",
    "👍",
    "🧧",
    "💰",
    "♥",
    "➕",
    "ok ",
    "3",
)
CONTACTS = ("13812345678", "扣扣873645120", "abc12345", "www.abc.com", "日赚800", "三千元", "62220212345")


class Thorough(Engine):
    """An engine that takes a closer look at every text."""

    def __init__(self, engine: Engine) -> None:
        self.__dict__ |= engine.__dict__

    def _glanced(self, text: str, audience: Audience) -> str | Look:
        return EVERYWHERE


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


def composed() -> Iterator[Utterance]:
    """What fills the slots of some rule, with something between, some of it disguised once or twice."""
    rng = random.Random(2)
    disguises = list(DISGUISES.values())
    for _ in range(COMPOSED_TEXTS):
        rule = rng.choice(ENGINE.book.rules)
        parts: list[str] = []
        for need in rng.sample(rule.needs, len(rule.needs)):
            if isinstance(need, str):
                terms: Sequence[str] = ENGINE.book.lists.get(need[1:], CONTACTS)
            else:
                terms = expand(rng.choice(need))
            part = rng.choice(terms)
            if rng.random() < 0.4:
                part = "".join(rng.choice(disguises)(part, rng))
            parts += (rng.choice(FILLING), part)
        text = "".join([*parts, rng.choice(FILLING)])
        if rng.random() < 0.4:
            text = "".join(rng.choice(disguises)(text, rng))
        yield Utterance(text, rng.choice(list(Role)), rng.choice(list(Category)))


@pytest.mark.parametrize("texts", [utterances, composed])
def test_a_glance_passes_by_nothing_that_matters(texts: Callable[[], Iterable[Utterance]]) -> None:
    wrong = [each.text for each in texts() if ENGINE.decide_afresh(each) != THOROUGH.decide_afresh(each)]
    assert wrong == []


def test_talk_is_hardly_ever_looked_at_closer() -> None:
    talk = [each for each in read_texts()["unseen_danmaku"] if each.label == "fine"]
    glance = ENGINE.stages(Role.VIEWER, Category.FARM)["glance"]
    assert sum(bool(glance(each.text)) for each in talk) <= CLOSER_SHARE_MAX * len(talk)


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
        "先交\n押金",
        "扣扣873645120🧧",
        "💰球球873645120",
    ],
)
def test_what_may_matter_is_looked_at(text: str) -> None:
    assert ENGINE.stages(Role.VIEWER, Category.JOBS)["glance"](text)
