from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from server.api.schemas.studio import HealthView
from server.api.stream_health import stream_health
from server.live.air import HeardAir
from server.live.topics import MediaAir

HEARD_AT = 1_780_000_000.0
NOW = datetime.fromtimestamp(HEARD_AT + 1, UTC)
WELL: dict[str, Any] = {
    "live": True,
    "bitrate_bps": 1_700_000,
    "video_bps": 1_600_000,
    "audio_bps": 96_000,
    "fps": 30.0,
    "keyframe_interval_us": 2_000_000,
    "keyframe_age_us": 1_000_000,
    "last_part_age_us": 120_000,
    "width": 1280,
    "height": 720,
    "video_codec": "avc1.42c01e",
    "audio_codec": "mp4a.40.2",
    "sample_rate": 48_000,
    "channels": 2,
    "parts": 500,
    "publishers": 3,
    "rejected": 0,
    "timestamp_repairs": 0,
}


def heard(*, on_air: bool = True, on_air_s: float = 60.0, **figures: Any) -> HeardAir:
    since_us = int((HEARD_AT - on_air_s) * 1e6)
    return HeardAir(MediaAir("room", on_air, since_us, {**WELL, **figures}), HEARD_AT)


def test_a_stream_that_does_well() -> None:
    view = stream_health(heard(), NOW)
    assert view == {
        "on_air": True,
        "since": datetime.fromtimestamp(HEARD_AT - 60, UTC),
        "uptime_s": 61,
        "measured_at": datetime.fromtimestamp(HEARD_AT, UTC),
        "video": {
            "codec": "avc1.42c01e",
            "width": 1280,
            "height": 720,
            "fps": 30.0,
            "bitrate_kbps": 1600,
            "keyframe_interval_s": 2.0,
        },
        "sound": {"codec": "mp4a.40.2", "sample_rate": 48_000, "channels": 2, "bitrate_kbps": 96},
        "last_part_age_ms": 120,
        "parts": 500,
        "publisher_reconnects": 2,
        "rejected": 0,
        "warnings": [],
    }
    msgspec.convert(view, HealthView)


@pytest.mark.parametrize(
    ("figures", "warnings"),
    [
        ({"last_part_age_us": 2_500_000}, ["stalled"]),
        ({"last_part_age_us": None}, ["stalled"]),
        ({"keyframe_interval_us": 8_300_000}, ["keyframes_sparse"]),
        ({"keyframe_age_us": 5_000_000}, ["keyframes_sparse"]),
        ({"fps": 10.0}, ["frame_rate_low"]),
        ({"video_bps": 400_000}, ["bitrate_low"]),
        ({"video_bps": 9_000_000}, ["bitrate_high"]),
        ({"video_bps": 0, "fps": 0.0}, ["no_picture"]),
        ({"audio_bps": 0}, ["no_sound"]),
        ({"audio_bps": 12_000}, ["sound_thin"]),
        ({"rejected": 4}, ["messages_rejected"]),
        ({"last_part_age_us": 9_000_000, "video_bps": 0, "audio_bps": 0}, ["stalled", "no_picture", "no_sound"]),
    ],
)
def test_warnings_say_what_the_figures_say(figures: dict[str, Any], warnings: list[str]) -> None:
    view = stream_health(heard(**figures), NOW)
    assert view["warnings"] == warnings
    msgspec.convert(view, HealthView)


def test_the_first_seconds_are_not_judged() -> None:
    nothing_yet: dict[str, Any] = {"video_bps": 0, "audio_bps": 0, "fps": 0.0}
    nothing_yet |= {"last_part_age_us": None, "keyframe_interval_us": 0}
    assert stream_health(heard(on_air_s=1.0, **nothing_yet), NOW)["warnings"] == []


@pytest.mark.parametrize("air", [None, heard(on_air=False), HeardAir(MediaAir("room", False, 1, {}), HEARD_AT)])
def test_off_air_nothing_is_claimed(air: HeardAir | None) -> None:
    view = stream_health(air, NOW)
    assert (view["on_air"], view["since"], view["uptime_s"], view["video"], view["sound"]) == (
        False,
        None,
        0,
        None,
        None,
    )
    assert view["warnings"] == []
    msgspec.convert(view, HealthView)
