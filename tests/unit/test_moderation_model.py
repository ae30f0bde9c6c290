"""The linear model by itself: a file read, scores, thresholds and the words that weigh most."""

from __future__ import annotations

import math

import pytest

from moderation.model import (
    CLASSES,
    FIRST_SHARE,
    FRAUD,
    MODEL_CHARS_MIN,
    Model,
    mixture,
    setting,
    shipped_model,
    themes,
)
from moderation.verdict import Category, Role

CLAIMS, FRAUDS, TALKS = (list(CLASSES).index(name) for name in ("claim", "fraud", "talk"))
FILE = "\n".join(
    [
        "\t".join(["v1", "-1", "0", "1", "1", "2", "2", *("0" for _ in CLASSES)]),
        f"g\t押金\t8000\t{FRAUDS}:9000",
        f"g\t根治\t8000\t{CLAIMS}:9000",
        f"g\t天气\t-3000\t{TALKS}:9000",
        "t\tdoctor\t1000\t",
        "s\tquestion\t-2000\t",
        "s\trole host\t1000\t",
        "r\tJS001\t1000\t",
        "",
    ]
)
EVEN = mixture([0.0] * len(CLASSES))
"""What the classes say of a text of which they know nothing."""
MODEL = Model(FILE)
FILLED = "先把那个押金交了再来上班"


def score(text: str, role: Role = Role.VIEWER, *, questioned: bool = False) -> float:
    return MODEL.score(text, role, Category.ANY, questioned=questioned)


def family(model: Model, text: str, role: Role = Role.VIEWER) -> str:
    scored = model.judge(text, role, Category.FARM)
    return "" if scored is None else scored.family


def test_a_score_is_made_of_what_the_first_head_and_the_classes_say() -> None:
    def both(first: float, classes: float = EVEN) -> object:
        return pytest.approx(FIRST_SHARE * first + (1 - FIRST_SHARE) * classes)

    assert MODEL.version == "v1"
    assert score("") == both(-1)
    assert score("医生") == both(-1 + 0.3)
    assert score("医生", questioned=True) == both(-1 + 0.3 - 1)
    assert score("医生", Role.HOST) == both(-1 + 0.3 + 0.5)
    logits = [9 / 2 if number == FRAUDS else 0.0 for number in range(len(CLASSES))]
    assert score("押金押金") == both(-1 + 8 / 2, mixture(logits))


def test_rules_that_apply_are_added() -> None:
    ruled = MODEL.score("医生", Role.VIEWER, Category.ANY, rules=["JS001", "JS999"])
    assert ruled == pytest.approx(score("医生") + 0.7)


def test_a_mixture_weighs_the_likeliest_bad_class_against_the_likeliest_honest_one() -> None:
    def sure(name: str) -> float:
        return mixture([20.0 if each == name else 0.0 for each in CLASSES])

    assert sure("claim") == pytest.approx(20 - math.log(9), abs=1e-6)
    assert sure("negation") == pytest.approx(math.log(6) - 20, abs=1e-6)


def test_plainly_harmless_texts_are_told_by_the_first_head_unless_a_rule_applies() -> None:
    scored = MODEL.judge("今天天气真好大家都", Role.VIEWER, Category.ANY, questioned=True)
    ruled = MODEL.judge("今天天气真好大家都", Role.VIEWER, Category.ANY, questioned=True, rules=["JS001"])
    assert scored is not None
    assert ruled is not None
    assert scored.score == pytest.approx(-1 - 3 / 3 - 1)
    assert ruled.score != scored.score


def test_a_suspect_text_gets_its_family_and_its_heavy_words() -> None:
    scored = MODEL.judge(FILLED, Role.VIEWER, Category.ANY)
    assert scored is not None
    assert scored.family == FRAUD
    assert not scored.hold
    assert [FILLED[start:end] for start, end in scored.spans] == ["押金"]
    healed = MODEL.judge("这个根治了医生都说根治", Role.VIEWER, Category.ANY)
    assert healed is not None
    assert healed.family == "claim"


def test_viewers_are_flagged_at_a_threshold_of_their_own() -> None:
    text = "押金押金今天出门去散散步吧好不好呢真的好呀大家"
    assert 0 < score(text) < 1
    assert family(MODEL, text, Role.VIEWER) == FRAUD
    assert not family(MODEL, text, Role.CARD)


@pytest.mark.parametrize("text", ["押金", "押金" * 2, "今天天气真好大家都出来走走吧"])
def test_short_and_plain_texts_are_left_alone(text: str) -> None:
    assert len(text) < MODEL_CHARS_MIN or score(text) < 0
    assert not family(MODEL, text)


def test_letters_strewn_among_characters_ask_for_more() -> None:
    assert family(MODEL, "押金押金今天出门去散散步吧好不好呢真的好呀大家") == FRAUD
    strewn = "押金押金今天cm去散散步吧hbh呢真的好呀大家"
    assert 0 < score(strewn) < 1
    assert not family(MODEL, strewn)


def test_themes_are_named_once_and_found_by_any_of_their_words() -> None:
    names = themes().names
    assert len(set(names)) == len(names)
    assert {names[theme] for theme in themes().of("我妈去医院")} >= {"family", "doctor"}


def test_the_setting_names_role_category_length_and_question() -> None:
    assert setting(30, Role.CARD, Category.JOBS, True) == [
        "role card",
        "category jobs",
        "card jobs",
        "length 3",
        "question",
    ]


def test_the_shipped_model_knows_a_scam_from_talk() -> None:
    model = shipped_model()
    assert model is not None
    scam = model.judge("您好我是银行客服您的账户异常请提供验证码配合我们核实身份", Role.VIEWER, Category.ANY)
    assert scam is not None
    assert scam.family == FRAUD
    assert not family(model, "今年的果子比去年甜一些就是个头小了点")
