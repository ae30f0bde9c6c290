"""The score on the development texts: that it can be read, and the floors it must keep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from moderation import evaluate as scoring
from moderation.disguises import DISGUISES
from moderation.evaluate import by_kind, main, of_others, read_texts
from tests.shipped_filter import shipped_engine

FLOORS = {"plain bad": 0.95, "subtle bad": 0.85}
FRESH_FLOORS = {"plain bad": 0.7, "subtle bad": 0.15}
"""Of texts that no rule was ever fitted to: what they show is where the filter stands, and it may only rise."""
UNSEEN_FLOORS = {"plain bad": 0.9, "subtle bad": 0.5, "told bad": 0.8}
"""Of texts that set thresholds, but that nothing was learnt from."""
FINE_MAX = 0.1
UNSEEN_FINE_MAX = 0.15
"""The kinds are small, and hard."""


def test_there_are_texts_of_every_kind_and_none_twice() -> None:
    texts = [text for listed in read_texts().values() for text in listed]
    assert len(texts) > 250
    assert len({(text.text, text.role) for text in texts}) == len(texts)
    assert {text.label for text in texts} == {"bad", "fine"}


def test_plain_and_subtle_texts_are_told_and_honest_ones_pass() -> None:
    for name, share in by_kind(shipped_engine(), read_texts()).items():
        told = share.acted / share.count
        if name.endswith("fine"):
            assert told <= (UNSEEN_FINE_MAX if name.startswith("unseen") else FINE_MAX), name
        else:
            kind = name.split(" ", 1)[1]
            floors = {"fresh": FRESH_FLOORS, "unseen": UNSEEN_FLOORS}.get(
                name.partition(" ")[0].partition("_")[0], FLOORS
            )
            assert told >= floors[kind], name


def test_the_command_prints_one_object(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(scoring, "DISGUISES", {"traditional": DISGUISES["traditional"]})
    assert main(["--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["kinds", "roles", "disguised_bad", "disguised_fine", "summary"]
    assert figures["summary"]["precision of any action"]["acted"] > 0.9
    assert figures["disguised_bad"]["traditional"]["acted"] >= 0.95


def test_texts_of_others_are_measured_by_group(tmp_path: Path) -> None:
    (tmp_path / "danmaku_vod").mkdir()
    (tmp_path / "danmaku_vod" / "danmaku_vod_dev.txt").write_text("哈哈哈\n加我微信 vx12345\n", "utf-8")
    shares = of_others(shipped_engine(), tmp_path)
    assert list(shares) == ["danmaku viewer any", "danmaku viewer farm", "danmaku viewer jobs"]
    assert all(share.count == 2 and share.held == 1 for share in shares.values())
