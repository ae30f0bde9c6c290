"""What live rooms are watched for: what lacks its extra stops the start, and the doctor tells what is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.config import Config
from server.errors import ConfigError
from server.lookout.clips import FOLDER
from server.node import doctor, serve


def config(folder: Path, *watch: str) -> Config:
    return Config(data_dir=folder, watch=watch)


@pytest.fixture
def without_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = {"speech": ["faster-whisper"]}
    monkeypatch.setattr(serve, "missing", lambda channel: lacking.get(channel, []))
    versions = {"speech": {"faster-whisper": None}, "qr": {"zxing-cpp": "3.1.1"}, "screen": {"rapidocr": "1.4.4"}}
    monkeypatch.setattr(doctor, "versions", versions.__getitem__)


@pytest.mark.usefixtures("without_speech")
def test_a_channel_without_its_extra_stops_the_start_and_says_what_to_install(tmp_path: Path) -> None:
    serve.check_extras(config(tmp_path, "qr"))
    with pytest.raises(ConfigError) as raised:
        serve.check_extras(config(tmp_path, "qr", "speech"))
    assert raised.value.faults == ("JISHI_WATCH has speech, which needs faster-whisper: pip install 'jishi[speech]'",)


def test_the_lookout_runs_where_something_is_watched_for_or_clips_are_kept(tmp_path: Path) -> None:
    def names(*watch: str) -> list[str]:
        return [child.name for child in serve.worker_children(config(tmp_path, *watch))]

    assert "lookout" not in names()
    assert names("qr")[-1] == "lookout"
    (tmp_path / FOLDER).mkdir()
    assert "lookout" not in names()
    (tmp_path / FOLDER / "0198d2f4-0000-7000-8000-000000000001.mp4").write_bytes(b"x")
    assert names()[-1] == "lookout"


@pytest.mark.usefixtures("without_speech")
def test_the_doctor_says_which_channels_are_here(tmp_path: Path) -> None:
    found = {each.name: (each.ok, each.detail) for each in doctor._watch(config(tmp_path, "qr", "speech"))}
    assert found["watch qr"] == (True, "watched for; zxing-cpp 3.1.1")
    assert found["watch screen"] == (None, "not watched for (JISHI_WATCH); rapidocr 1.4.4")
    ok, detail = found["watch speech"]
    assert ok is False
    assert "pip install 'jishi[speech]'" in detail
