"""Training on a handful of texts: what is learnt, thresholds that benign texts bear, and a file that reads back."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from moderation.model import CLAIM, FRAUD, Model
from moderation.train import drawn, examples, main, seeds, train

BAD = [(f"请先交押金{n}元再来上班", {FRAUD: 1}) for n in range(10, 40)]
FINE = [(f"今天的苹果一共{n}斤很新鲜", {FRAUD: 0, CLAIM: 0}) for n in range(10, 40)]
CLAIMS = [(f"吃了{n}天血糖就降下来了", {CLAIM: 1}) for n in range(10, 40)]


def test_what_is_learnt_tells_the_heads_apart() -> None:
    model = Model(train([*BAD, *FINE, *CLAIMS], []))
    scam, claim, talk = (model.scores(text) for text in ("先交押金才上班", "血糖降下来了", "苹果很新鲜"))
    assert scam[0] > talk[0]
    assert claim[1] > talk[1]


def test_thresholds_rise_until_benign_texts_pass() -> None:
    benign = ["请先交押金但这其实是一句无害的玩笑话"] * 100
    model = Model(train([*BAD, *FINE, *CLAIMS], benign))
    scored = model.judge(benign[0])
    assert scored is None or not scored.hold


def test_seeds_and_examples_have_both_labels_and_no_alternatives_left() -> None:
    texts = [*seeds(), *examples()]
    assert {label for _, labels in texts for label in labels.values()} == {0, 1}
    assert not any("|" in text for text, _ in texts)
    assert drawn("(甲)(乙)?丙", random.Random(1)) in {"甲乙丙", "甲丙"}


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--model", str(tmp_path / "m.tsv")]) == 2
    assert "teleantifraud" in capsys.readouterr().err
