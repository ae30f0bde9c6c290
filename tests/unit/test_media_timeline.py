"""Scripts of (timestamp, wall clock) → room time."""

from __future__ import annotations

import pytest

from media.timeline import Timeline

START_US = 1_700_000_000_000_000
WRAP_MS = 1 << 32


def opened(*, at_us: int = 0) -> Timeline:
    timeline = Timeline()
    timeline.publisher_opened(START_US + at_us)
    return timeline


def video(timeline: Timeline, timestamp_ms: int, at_ms: float, composition_ms: int = 0) -> float:
    """Decode time in ms of room time for a frame received `at_ms` after the start."""
    return timeline.place_video(timestamp_ms, composition_ms, START_US + round(at_ms * 1_000)).dts_us / 1_000


def audio(timeline: Timeline, timestamp_ms: int, at_ms: float) -> int | None:
    """Decode time in samples of a 48 kHz frame."""
    return timeline.place_audio(timestamp_ms, 1024, 48_000, START_US + round(at_ms * 1_000))


def sound(timeline: Timeline, timestamp_ms: int, at_ms: float) -> float | None:
    """Decode time in ms of a frame that lasts 40 ms."""
    at = timeline.place_audio(timestamp_ms, 1920, 48_000, START_US + round(at_ms * 1_000))
    return None if at is None else at / 48


def test_the_first_frame_lands_where_the_wall_clock_is() -> None:
    timeline = opened()
    assert [video(timeline, 5_000 + 40 * n, 300 + 40 * n) for n in range(3)] == [300, 340, 380]


def test_presentation_follows_the_composition_time() -> None:
    timeline = opened()
    placed = [timeline.place_video(0, 80, START_US), timeline.place_video(40, -20, START_US + 40_000)]
    assert [(time.dts_us, time.pts_us) for time in placed] == [(0, 80_000), (40_000, 20_000)]


def test_both_tracks_keep_their_relation() -> None:
    timeline = opened()
    assert video(timeline, 1_000, 100) == 100
    assert audio(timeline, 1_010, 110) == 110 * 48


def test_a_reconnect_continues_with_the_wall_clock() -> None:
    timeline = opened()
    video(timeline, 0, 0)
    timeline.publisher_opened(START_US + 20_000_000)
    assert video(timeline, 77_000_000, 20_000) == 20_000
    assert audio(timeline, 77_000_020, 20_020) == 20_020 * 48


def test_a_reconnect_never_overlaps_what_was_placed() -> None:
    timeline = opened()
    for n in range(100):
        video(timeline, 40 * n, 1, composition_ms=80)  # a burst: placed far ahead of the wall clock
    timeline.publisher_opened(START_US + 2_000)
    assert video(timeline, 0, 2) >= 99 * 40 + 80 + 40


@pytest.mark.parametrize("start_ms", [(1 << 24) - 100, WRAP_MS - 100, (1 << 31) - 100])
def test_time_passes_evenly_beyond_24_31_and_32_bits(start_ms: int) -> None:
    timeline = opened()
    placed = [video(timeline, (start_ms + 40 * n) % WRAP_MS, 40 * n) for n in range(10)]
    assert placed == [40 * n for n in range(10)]
    assert timeline.repairs == 0


def test_unwrapped_timestamps_beyond_32_bits_are_the_same() -> None:
    timeline = opened()
    assert [video(timeline, WRAP_MS - 80 + 40 * n, 40 * n) for n in range(5)] == [0, 40, 80, 120, 160]


@pytest.mark.parametrize("jump_ms", [-(1 << 24), -60_000, -600, 60_000, 1 << 30])
def test_a_jump_of_both_tracks_is_repaired_and_they_stay_together(jump_ms: int) -> None:
    timeline = opened()
    for n in range(25):
        now = (1 << 25) + 40 * n
        assert video(timeline, now, 40 * n) == 40 * n
        assert sound(timeline, now + 5, 40 * n + 5) == 40 * n + 5
    for n in range(25, 50):
        now = (1 << 25) + jump_ms + 40 * n
        assert video(timeline, now, 40 * n) == 40 * n
        assert sound(timeline, now + 5, 40 * n + 5) == 40 * n + 5
    assert timeline.repairs == 2


def test_a_straggler_of_the_other_track_does_not_start_ping_pong() -> None:
    timeline = opened()
    for n in range(10):
        video(timeline, 40 * n, 40 * n)
        sound(timeline, 40 * n, 40 * n)
    assert video(timeline, 500_000, 400) == 400
    assert sound(timeline, 400, 400) == 400
    assert video(timeline, 500_040, 440) == 440
    assert sound(timeline, 500_040, 440) == 440
    assert timeline.repairs == 2


def test_small_steps_backwards_are_clamped() -> None:
    timeline = opened()
    assert [video(timeline, ms, 1_000 + ms) for ms in (0, 40, 40, 30, 80)] == [1_000, 1_040, 1_041, 1_042, 1_080]


def test_a_stalled_uplink_that_skipped_frames_is_no_jump() -> None:
    timeline = opened()
    video(timeline, 0, 0)
    assert video(timeline, 4_000, 100) == 4_000
    assert video(timeline, 64_000, 60_100) == 64_000, "nothing came for a minute, and the clock agrees"
    assert timeline.repairs == 0


def test_a_wall_clock_that_steps_back_is_survived() -> None:
    timeline = opened()
    video(timeline, 0, 0)
    timeline.publisher_opened(START_US - 3_600_000_000)
    assert video(timeline, 0, -3_600_000) >= 33


def test_sound_is_contiguous_although_its_timestamps_are_whole_milliseconds() -> None:
    timeline = opened()
    first = audio(timeline, 0, 0)
    placed = [audio(timeline, n * 1024 // 48, n * 21.33) for n in range(1, 500)]
    assert first == 0
    assert placed == [1024 * n for n in range(1, 500)]


def test_sound_skips_ahead_when_it_is_late_by_more_than_100_ms() -> None:
    timeline = opened()
    audio(timeline, 0, 0)
    assert audio(timeline, 100, 100) == 1024, "79 ms late: jitter"
    assert audio(timeline, 143, 143) == 143 * 48, "100.3 ms late: a hole"


def test_sound_that_runs_ahead_loses_frames_until_it_fits() -> None:
    timeline = opened()
    placed = [audio(timeline, n * 15, n * 15) for n in range(100)]
    assert None in placed
    kept = [at for at in placed if at is not None]
    assert kept == [1024 * n for n in range(len(kept))], "without a hole or an overlap"
    assert abs(kept[-1] / 48 - 99 * 15) < 130
    assert timeline.repairs == placed.count(None)


def test_another_sample_rate_goes_on_from_the_same_time() -> None:
    timeline = opened()
    for n in range(10):
        audio(timeline, n * 1024 // 48, n * 21)
    timeline.place_audio(213, 1024, 44_100, START_US + 213_000)
    assert timeline.place_audio(236, 1024, 44_100, START_US + 236_000) == pytest.approx(
        10_240 / 48 * 44.1 + 1024, abs=1
    )
