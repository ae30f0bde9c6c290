"""What watching a room costs: the command as a person calls it, on a short show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from media.part import Init, Part
from media.senses import bench
from media.senses.wire import Answer


def test_the_cost_of_looking_for_codes_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--channels", "qr", "--seconds", "4", "--size", "320x180", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["film_s"] == pytest.approx(4, abs=0.3)
    assert told["qr_jobs"] == 2
    assert 0 < told["qr_core_per_room"] < 1
    assert told["qr_p50_ms"] <= told["qr_p99_ms"]
    assert told["qr_rss_mb"] > 10


def test_it_is_told_in_lines_and_what_is_not_installed_is_named() -> None:
    figures = {"film_s": 30.0, **bench.summed_up("qr", [Answer(["a"], True, 8_000), Answer([], False, 4_000)], 30.0)}
    figures |= {"qr_load_s": 0.4, "qr_rss_mb": 60}
    head, qr, speech = bench.lines(["qr", "speech"], figures, {"qr": [], "speech": ["faster-whisper"]})
    assert "30 s" in head
    assert "0.000 of a core a room; 2 looks, 1 passed by" in qr
    assert "CPU 6 ms at p50" in qr
    assert "pip install 'jishi[speech]'" in speech


def test_a_film_of_ones_own_is_cut_like_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "film.flv"
    path.write_bytes(bench.drawn(3, 320, 180))
    items = bench.cut(bench.recorded(path))
    assert bench.length_s(items) == pytest.approx(3, abs=0.4)
    assert {item.track for item in items if isinstance(item, Init)} == {"audio", "video"}
    assert sum(isinstance(item, Part) and item.keyframe and item.track == "video" for item in items) == 2
    assert len(list(bench.jobs_of("speech", items))) == 0


def test_a_file_that_is_not_there_is_a_wrong_command_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        bench.main(["--film", str(tmp_path / "none.mp4")])
    assert stopped.value.code == 2
