from __future__ import annotations

import pytest

from media.health import WINDOW_S, HealthMeter

START_US = 1_700_000_000_300_000


def test_rates_are_over_full_seconds_only() -> None:
    meter = HealthMeter()
    meter.publisher_opened(START_US)
    for n in range(100):
        meter.received("video", 1_000, START_US + 100_000 * n)
        meter.frame(START_US + 100_000 * n)
    health = meter.measure(START_US + 9_950_000)
    assert (health.fps, health.bitrate_bps) == (10.0, 80_000)
    assert (health.video_bps, health.audio_bps) == (80_000, 0)
    assert meter.measure(START_US + 60_000_000).bitrate_bps == 0


def test_a_publishers_first_seconds_count_from_its_opening() -> None:
    meter = HealthMeter()
    meter.publisher_opened(START_US)
    for n in range(7):
        meter.frame(START_US + 100_000 * n)
    assert meter.measure(START_US + 800_000).fps == 10.0
    assert meter.measure(START_US + 100_000).fps == 0.0


def test_memory_is_bounded_by_the_window() -> None:
    meter = HealthMeter()
    for n in range(1_000):
        meter.frame(START_US + n * 1_000_000)
    assert meter.measure(START_US + 1_000_000_000).fps == pytest.approx(1.0)
    assert len(meter._seconds) == WINDOW_S + 1
