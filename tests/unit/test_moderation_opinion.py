"""What the model's word does: never a block, calm before warnings and complaints, milder for some roles."""

from __future__ import annotations

import pytest

from moderation.components import Components
from moderation.engine import Engine
from moderation.model import CLAIM, CLASSES, FRAUD, Model, Scored
from moderation.opinion import opinion, overruled
from moderation.verdict import Action, Category, Role, Utterance, Verdict
from moderation.views import Views
from tests.shipped_filter import rules_alone, shipped_engine

TEXT = "子丑寅卯甲乙丙丁戊己庚辛"
HEADER = "\t".join(["v1", "-1", "0", "0", "0", "0.5", "0.5", *("0" for _ in CLASSES)])
SURE = Model(f"{HEADER}\ng\t甲乙\t8500\t{list(CLASSES).index('fraud')}:7000\n")
ENGINE = Engine(shipped_engine().book, SURE)


def decide(text: str, role: Role = Role.VIEWER, category: Category = Category.FARM) -> Verdict:
    return ENGINE.decide(Utterance(text, role, category), 0.0)


def test_a_text_no_rule_knows_is_held_with_reason_words_and_versions() -> None:
    verdict = decide(TEXT)
    assert verdict.action is Action.HOLD
    assert [hit.rule_id for hit in verdict.rules] == ["LM001"]
    assert [TEXT[span.start : span.end] for span in verdict.spans] == ["甲乙"]
    assert verdict.reason_zh
    assert verdict.reason_en.isascii()
    assert verdict.engine_version.endswith("+v1")


@pytest.mark.parametrize("text", [TEXT + "都是骗局别信", TEXT + "吗", TEXT + "退款", "银行提醒切勿转账" + TEXT, "甲乙"])
def test_advice_questions_and_complaints_are_left_alone(text: str) -> None:
    assert decide(text).action is Action.ALLOW


def test_a_text_that_the_model_is_sure_of_is_flagged_in_spite_of_calm_words_but_never_held() -> None:
    assert decide("甲乙卯辰巳午未切勿").action is Action.FLAG


def test_rules_are_overruled_where_the_whole_text_is_harmless() -> None:
    text = "身份证统一保管 做满三个月退"
    ruled = rules_alone().decide(Utterance(text, Role.HOST, Category.JOBS), 0.0)
    assert ruled.action.severity >= Action.HOLD.severity
    assert overruled(Scored("", -3.0, False, ()), ruled, Role.HOST) is Action.ALLOW
    assert overruled(Scored("", -1.0, False, ()), ruled, Role.HOST) is Action.FLAG
    assert overruled(Scored(FRAUD, 0.5, False, ()), ruled, Role.HOST) is None


def test_a_viewer_who_tells_of_a_deposit_is_looked_at_and_not_held() -> None:
    text = "宿舍押金交了三百 退的时候不认这张纸"
    told = rules_alone().decide(Utterance(text, Role.VIEWER, Category.JOBS), 0.0)
    assert told.action.severity >= Action.HOLD.severity
    assert overruled(Scored("", -1.0, False, ()), told, Role.VIEWER) is Action.FLAG
    assert overruled(Scored("", -1.0, False, ()), told, Role.HOST) is None
    reached = rules_alone().decide(Utterance(text + " 加微信vx123456789", Role.VIEWER, Category.JOBS), 0.0)
    assert overruled(Scored("", -9.0, False, ()), reached, Role.VIEWER) is None


def test_what_the_model_cannot_read_is_left_to_the_rules() -> None:
    harmless = Scored("", -9.0, False, ())
    for text in ("13812345678 联系我", "xian jiao ya jin 才能上班"):
        ruled = rules_alone().decide(Utterance(text, Role.HOST, Category.JOBS), 0.0)
        assert ruled.rules
        assert overruled(harmless, ruled, Role.HOST) is None


def test_actions_by_role() -> None:
    views = Views(TEXT, Components(""))
    sure = Scored(CLAIM, 3.0, True, ((4, 6),))
    assert opinion(sure, views, Role.HOST)[0].action is Action.HOLD
    assert opinion(sure, views, Role.VIEWER)[0].action is Action.FLAG
    assert opinion(sure, views, Role.SPEECH)[0].action is Action.FLAG
    assert opinion(sure._replace(family=FRAUD), views, Role.CARD)[0].action is Action.FLAG
