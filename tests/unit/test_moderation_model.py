"""The linear model by itself: a file read, scores, thresholds and the words that weigh most."""

from __future__ import annotations

import pytest

from moderation.model import FRAUD, MODEL_CHARS_MIN, Model, setting, shipped_model, themes
from moderation.verdict import Category, Role

FILE = "\n".join(
    [
        "v1\t-1\t0\t1\t1\t2\t2\t0\t0.5\t0\t0",
        "g\t押金\t8000\t0\t4000\t0\t0",
        "g\t根治\t8000\t9000\t0\t0\t0",
        "g\t天气\t-3000\t0\t0\t0\t0",
        "t\tdoctor\t1000\t0\t0\t0\t0",
        "s\tquestion\t-2000\t0\t0\t0\t0",
        "s\trole host\t1000\t0\t0\t0\t0",
        "r\tJS001\t1000\t0\t0\t0\t0",
        "",
    ]
)
MODEL = Model(FILE)
FILLED = "先把那个押金交了再来上班"


def score(text: str, role: Role = Role.VIEWER, *, questioned: bool = False) -> float:
    return MODEL.score(text, role, Category.ANY, questioned=questioned)


def family(model: Model, text: str, role: Role = Role.VIEWER) -> str:
    scored = model.judge(text, role, Category.FARM)
    return "" if scored is None else scored.family


def test_a_score_is_the_bias_and_the_weights_of_the_parts() -> None:
    assert MODEL.version == "v1"
    assert score("押金押金") == pytest.approx(-1 + 8 / 2)
    assert score("") == pytest.approx(-1)
    assert score("押金医生") == pytest.approx(-1 + 8 / 2 + 0.3)
    assert score("押金押金", questioned=True) == pytest.approx(-1 + 8 / 2 - 1)
    ruled = MODEL.score("押金押金", Role.VIEWER, Category.ANY, rules=["JS001", "JS999"])
    assert ruled == pytest.approx(-1 + 8 / 2 + 0.7)
    assert score("押金押金", Role.HOST) == pytest.approx(-1 + 8 / 2 + 0.5)


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
    text = "押金押金今天出门去散散步吧好不好呢真的好呀"
    assert 0 < score(text) < 1
    assert family(MODEL, text, Role.VIEWER) == FRAUD
    assert not family(MODEL, text, Role.CARD)


@pytest.mark.parametrize("text", ["押金", "押金" * 2, "今天天气真好大家都出来走走吧"])
def test_short_and_plain_texts_are_left_alone(text: str) -> None:
    assert len(text) < MODEL_CHARS_MIN or score(text) < 0
    assert not family(MODEL, text)


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
