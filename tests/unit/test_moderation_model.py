"""The linear model by itself: a file read, scores, thresholds and the words that weigh most."""

from __future__ import annotations

import pytest

from moderation.model import CLAIM, FRAUD, MODEL_CHARS_MAX, Model, shipped_model

FILE = "v1\t-1\t0\t2\t-1\t0\t2\n押金\t8000\t0\n根治\t0\t8000\n天气\t-3000\t-3000\n"
FILLED = "先把那个押金交了再来上班"


def test_scores_are_bias_and_weights_over_the_root_of_the_length() -> None:
    model = Model(FILE)
    assert model.version == "v1"
    assert model.scores("押金押金") == (3.0, -1.0)
    assert model.scores("") == (-1.0, -1.0)


def test_a_text_is_judged_by_the_head_above_its_threshold() -> None:
    scored = Model(FILE).judge(FILLED)
    assert scored is not None
    assert scored.head == FRAUD
    assert not scored.hold
    assert [FILLED[start:end] for start, end in scored.spans] == ["押金"]
    assert Model(FILE).judge(FILLED, (CLAIM,)) is None


@pytest.mark.parametrize("text", ["押金", "押金" * MODEL_CHARS_MAX, "今天天气真好大家都出来走走吧"])
def test_short_long_and_plain_texts_are_left_alone(text: str) -> None:
    assert Model(FILE).judge(text) is None


def test_the_shipped_model_knows_a_scam_from_talk() -> None:
    model = shipped_model()
    assert model is not None
    scam = model.judge("您好我是银行客服您的账户异常请提供验证码配合我们核实身份")
    assert scam is not None
    assert scam.head == FRAUD
    assert model.judge("今年的果子比去年甜一些就是个头小了点") is None
