"""Training on a handful of texts: what is learnt, thresholds that honest texts bear, and a file that reads back."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from moderation.calibrate import Judge, Judged
from moderation.model import CLAIM, FAMILIES, JOBS, Model
from moderation.train import Labelled, adverts, check, clauses, drawn, examples, main, seeds, train, written
from moderation.verdict import Category, Role


def labelled(text: str, family: str = "", source: str = "one") -> Labelled:
    return Labelled(text, Role.HOST, Category.FARM, bool(family), family, 1.0, (), family or "talk", source)


TEXTS = [
    *(labelled(f"请先交押金{n}元再来上班", JOBS, f"jobs {n % 3}") for n in range(10, 40)),
    *(labelled(f"吃了{n}天血糖就降下来了", CLAIM, f"claim {n % 3}") for n in range(10, 40)),
    *(labelled(f"今天的苹果一共{n}斤很新鲜", "", f"fine {n % 3}") for n in range(10, 40)),
]


def test_what_is_learnt_tells_bad_from_fine_and_the_families_apart() -> None:
    model = Model(train(TEXTS, [], []))
    fee, cure, talk = (
        model.judge(text, Role.HOST, Category.FARM)
        for text in ("请先交押金25元再来上班", "吃了25天血糖就降下来了", "今天的苹果一共25斤很新鲜")
    )
    assert fee is not None
    assert cure is not None
    assert talk is not None
    assert (fee.family, cure.family) == (JOBS, CLAIM)
    assert talk.score < min(fee.score, cure.score)


def test_thresholds_rise_until_honest_texts_pass() -> None:
    text = "请先交押金但这其实是一句无害的玩笑话"
    for role, fine, benign in [
        (Role.VIEWER, [], [[Judged(text, Role.VIEWER, Category.FARM)] * 100]),
        (Role.HOST, [Judged(text, Role.HOST, Category.FARM)], []),
    ]:
        scored = Model(train(TEXTS, fine, benign)).judge(text, role, Category.FARM)
        assert scored is not None
        assert not scored.family


def test_topics_left_out_are_told_by_what_the_others_have_alike() -> None:
    rows = {row.source: row for row in check(TEXTS, 0.0)}
    assert rows["jobs 0"].bad == 10
    assert rows["jobs 0"].told == 1.0
    assert rows["claim 1"].fine == 0


def test_own_texts_have_both_labels_known_families_and_no_alternatives_left() -> None:
    texts = [*seeds(), *examples(), *written(Judge())]
    assert {text.bad for text in texts} == {True, False}
    assert {text.family for text in texts if text.bad} == set(FAMILIES)
    assert not any("|" in text.text for text in seeds())
    assert drawn("(甲)(乙)?丙", random.Random(1)) in {"甲乙丙", "甲丙"}


def test_adverts_are_put_together_differently_for_several_roles() -> None:
    made = list(adverts())
    assert len({text.text for text in made}) > len(made) * 0.99
    assert {text.role for text in made} == {Role.CARD, Role.VIEWER, Role.HOST}
    assert not any(text.bad for text in made)


def test_talk_is_cut_into_comments_of_rooms_of_every_category(tmp_path: Path) -> None:
    folder = tmp_path / "cold"
    folder.mkdir()
    for part in ("dev", "test"):
        (folder / f"{part}.csv").write_text('label,TEXT\n0,"今天天气真的很好,短,我们一起出去走走吧"\n', "utf-8")
    texts = list(clauses(tmp_path))
    assert [text.text for text in texts[:2]] == ["今天天气真的很好", "我们一起出去走走吧"]
    assert not any(text.bad for text in texts)


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--model", str(tmp_path / "m.tsv")]) == 2
    assert "teleantifraud" in capsys.readouterr().err
