from __future__ import annotations

import json
from pathlib import Path

import pytest

from moderation.backtest import backtest, development_texts, main, recorded, told
from moderation.engine import Engine
from moderation.folder import read_packs
from moderation.score import Line
from tests.unit.test_moderation_folder import RULE, folder

__all__ = ["folder"]
SAID = [Line(text="交押金"), Line(text="好吃"), Line(parts=["交押", "金"]), Line(text="押金和服装费")]


def changed(packs: Path, text: str) -> tuple[Engine, Engine]:
    before = Engine(read_packs(packs))
    (packs / "small.toml").write_text(text, "utf-8")
    return before, Engine(read_packs(packs))


def test_what_would_change_is_counted_by_action_and_rule(folder: Path) -> None:
    text = RULE.replace('"押金"]\n[[', '"服装费"]\n[[').replace('hits = ["交押金"]', 'hits = ["服装费"]')
    found = backtest(*changed(folder, text), SAID, examples_max=1)
    assert (found.lines, found.changed) == (4, 2)
    assert found.actions == {"block > allow": 2}
    assert (found.rules["TT001"].added, found.rules["TT001"].removed) == (0, 2)
    assert [each.text for each in found.rules["TT001"].examples] == ["交押金"]
    assert found.before_version != found.after_version
    assert "TT001: 0 hit anew, 2 no more" in told(found)


def test_a_milder_action_is_a_change_without_a_rule(folder: Path) -> None:
    found = backtest(*changed(folder, RULE.replace('"block"', '"flag"')), SAID)
    assert found.actions == {"block > flag": 3}
    assert found.rules == {}


def test_equal_packs_change_nothing(folder: Path) -> None:
    found = backtest(*changed(folder, RULE), SAID)
    assert (found.changed, found.actions, found.rules, found.broken_examples) == (0, {}, {}, [])


def test_lines_are_read_as_the_scorer_reads_them() -> None:
    assert [line.text for line in recorded(['{"text": "a"}', "", '{"text": "b", "role": "host"}'])] == ["a", "b"]
    assert sum(1 for _ in development_texts()) > 100


def test_the_command_tells_json_and_refuses_broken_packs(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = tmp_path / "recorded.jsonl"
    lines.write_text('{"text": "加我微信 vx12345 先交押金", "category": "jobs"}\n{"text": "好吃"}\n', "utf-8")
    arguments = ["--packs", str(folder), "--recorded", str(lines)]
    assert main([*arguments, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["lines"] == 2
    assert answer["changed"] == 1
    assert answer["rules"]["TT001"]["added"] == 1
    assert main(arguments) == 0
    assert "of 2 lines would change" in capsys.readouterr().out
    (folder / "small.toml").write_text(RULE.replace('hits = ["交押金"]', 'hits = ["交钱"]'), "utf-8")
    assert main(arguments) == 1
    assert "TT001 misses" in capsys.readouterr().out
    (folder / "small.toml").write_text("pack = ", "utf-8")
    assert main(arguments) == 2
    assert "small.toml" in capsys.readouterr().err
