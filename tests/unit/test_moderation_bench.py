from __future__ import annotations

import json
from pathlib import Path

import pytest

from moderation.bench import Figures, main, measure, pieces, spread, told
from moderation.views import TEXT_CHARS_MAX
from tests.shipped_filter import shipped_engine

LINES = ["哈哈哈", "这个苹果真甜, 主播好可爱", "加我微信 vx12345 先交押金", "2333"]


def test_quantiles_are_of_microseconds() -> None:
    found = spread([*range(1_000, 101_000, 1_000)])
    assert (found.count, found.p50_us, found.p99_us, found.max_us) == (100, 51.0, 100.0, 100.0)


def test_pieces_are_as_long_as_asked() -> None:
    assert pieces(["ab", "c"], 2, 9) == ["ab", "ca", "bc"][: len(pieces(["ab", "c"], 2, 9))]
    assert {len(piece) for piece in pieces(LINES, TEXT_CHARS_MAX, 3)} == {TEXT_CHARS_MAX}
    assert len(pieces(LINES * 500, 120, 7)) == 7


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure(shipped_engine(), LINES, rounds=1)


def test_all_stages_and_sizes_are_measured(figures: Figures) -> None:
    assert figures.uncached.count == figures.cached.count == figures.floor.count == len(LINES)
    assert set(figures.stages_us) == {"fold", "glance", "views", "detectors", "rules", "model"}
    assert 0 < figures.closer_share < 1
    assert figures.floor.p50_us > 0
    assert all(each > 0 for each in figures.hostile.values())
    assert "floor" in told(figures)


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--texts", str(tmp_path / "none.txt")]) == 2
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    assert main(["--texts", str(tmp_path / "empty.txt")]) == 2
    assert "has no lines" in capsys.readouterr().err


def test_the_command_tells_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lines.txt").write_text("哈哈\n下次一定\n", "utf-8")
    assert main(["--texts", str(tmp_path / "lines.txt"), "--rounds", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["uncached"]["count"] == 2
