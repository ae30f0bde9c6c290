from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from moderation.errors import LineInvalid
from moderation.score import main, score_lines
from tests.shipped_filter import shipped_engine

ENGINE = shipped_engine()


def score(line: Mapping[str, object]) -> dict[str, object]:
    (answer,) = score_lines([json.dumps(line)], ENGINE)
    decoded: dict[str, object] = json.loads(answer)
    return decoded


def test_a_text_is_scored_with_rules_spans_and_time() -> None:
    answer = score({"text": "加我微信 vx12345 日赚800 先交押金"})
    assert list(answer) == ["action", "score", "rules", "spans", "us"]
    assert answer["action"] == "block"
    assert isinstance(answer["rules"], list)
    assert "CT001" in answer["rules"]
    assert isinstance(answer["spans"], list)
    assert [5, 12] in answer["spans"]
    assert isinstance(answer["us"], float)


def test_roles_and_categories() -> None:
    line = {"text": "三天见效", "role": "host", "category": "farm"}
    assert score(line)["action"] == "hold"
    assert score({"text": "三天见效"})["action"] == "allow"


def test_parts_give_the_worst_and_name_the_part_in_spans() -> None:
    answer = score({"parts": ["先交", "押金"], "category": "jobs"})
    assert answer["action"] == "block"
    assert answer["spans"] == [[1, 0, 2]]


def test_lines_are_answered_as_they_come() -> None:
    def lines() -> Iterator[str]:
        yield '{"text": "你好"}'
        raise AssertionError("read ahead")

    answers = score_lines(lines(), ENGINE)
    assert json.loads(next(answers))["action"] == "allow"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"text": "x", "role": "boss"}', "boss"),
        ('{"text": "x", "category": "pets"}', "pets"),
        ('{"text": 5}', "int"),
        ('{"text": "x", "colour": "red"}', "colour"),
        ('{"parts": "x"}', "array"),
        ("{}", "either text or parts"),
        ('{"text": "x", "parts": ["x"]}', "either text or parts"),
        ("not json", "malformed"),
    ],
)
def test_what_cannot_be_read_names_its_line(line: str, fault: str) -> None:
    with pytest.raises(LineInvalid) as caught:
        list(score_lines(['{"text": "x"}', "", line], ENGINE))
    assert caught.value.line_number == 3
    assert fault in str(caught.value)


def test_main_exits_non_zero_after_a_bad_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"text": "你好"}\n{"text": "x", "role": "boss"}\n'))
    assert main(["--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["action"] == "allow"
    assert "line 2" in captured.err


def test_the_module_runs_as_a_command() -> None:
    lines = '{"text": "无需押金"}\n{"text": "先交押金", "category": "jobs"}\n'
    done = subprocess.run(
        [sys.executable, "-m", "moderation.score"],
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert [json.loads(line)["action"] for line in done.stdout.splitlines()] == ["allow", "block"]
