"""The score on the development texts: that it can be read, and the floors it must keep."""

from __future__ import annotations

import json

import pytest

from moderation import evaluate as scoring
from moderation.evaluate import by_kind, main, read_texts
from tests.shipped_filter import shipped_engine

FLOORS = {"plain bad": 0.95, "subtle bad": 0.85}
FRESH_FLOORS = {"plain bad": 0.7, "subtle bad": 0.15}
"""Of texts that no rule was ever fitted to: what they show is where the filter stands, and it may only rise."""
FINE_MAX = 0.05


def test_there_are_texts_of_every_kind_and_none_twice() -> None:
    texts = [text for listed in read_texts().values() for text in listed]
    assert len(texts) > 250
    assert len({(text.text, text.role) for text in texts}) == len(texts)
    assert {text.label for text in texts} == {"bad", "fine"}


def test_plain_and_subtle_texts_are_told_and_honest_ones_pass() -> None:
    for name, share in by_kind(shipped_engine(), read_texts()).items():
        told = share.acted / share.count
        if name.endswith("fine"):
            assert told <= FINE_MAX, name
        else:
            kind = name.split(" ", 1)[1]
            assert told >= (FRESH_FLOORS if name.startswith("fresh") else FLOORS)[kind], name


def test_the_command_prints_one_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(scoring, "DISGUISES", {"traditional": scoring.DISGUISES["traditional"]})
    assert main(["--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["kinds", "disguised_bad", "disguised_fine"]
    assert figures["disguised_bad"]["traditional"]["acted"] >= 0.95
