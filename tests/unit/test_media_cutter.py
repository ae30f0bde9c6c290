"""Scripts of frames → parts, as (sequence, keyframe, first presentation, duration) in milliseconds."""

from __future__ import annotations

from media.cutter import PART_SAMPLES_MAX, AudioCutter, StreamCutter, VideoCutter, VideoInput
from media.part import Init, Part
from tests.media_sources import read_part

VIDEO_INIT = Init(5, "source", "video", "avc1.42c01e", 640, 360, 0, 0, b"init")
AUDIO_INIT = Init(6, "source", "audio", "mp4a.40.2", 0, 0, 48_000, 2, b"init")
WALL_US = 1_700_000_000_000_000


def frame(dts_ms: int, *, key: bool = False, composition_ms: int = 0) -> VideoInput:
    return VideoInput(b"frame", key, dts_ms * 1_000, (dts_ms + composition_ms) * 1_000, WALL_US + dts_ms * 1_000)


def cutter(interval_ms: int = 40) -> VideoCutter:
    made = VideoCutter(first_sequence=10)
    made.configure(VIDEO_INIT, interval_ms * 1_000)
    return made


def told(parts: list[Part]) -> list[tuple[int, bool, float, float]]:
    return [(part.sequence, part.keyframe, part.pts_us / 1_000, part.duration_us / 1_000) for part in parts]


def test_a_part_leaves_with_the_frame_that_fills_it() -> None:
    video = cutter()
    left = [told(video.add(frame(40 * n, key=n == 0))) for n in range(10)]
    assert left == [[], [], [], [], [(10, True, 0, 200)], [], [], [], [], [(11, False, 200, 200)]]


def test_a_keyframe_begins_a_part() -> None:
    video = cutter()
    left = [told(video.add(frame(40 * n, key=n in (0, 3)))) for n in range(5)]
    assert left == [[], [], [], [(10, True, 0, 120)], []]
    assert told(video.flush()) == [(11, True, 120, 80)]
    assert video.flush() == []


def test_the_part_says_whose_it_is_and_when_it_was_received() -> None:
    video = cutter()
    video.add(frame(0, key=True))
    (part,) = video.flush()
    assert (part.init_id, part.rendition, part.track, part.wall_us) == (5, "source", "video", WALL_US)


def test_a_late_frame_leaves_no_hole_in_decode_time_and_keeps_its_presentation_time() -> None:
    video = cutter()
    dts_ms = [0, 40, 80, 120, 160, 320, 360, 400]
    parts = [part for ms in dts_ms for part in video.add(frame(ms, key=ms == 0))] + video.flush()
    samples = [sample for part in parts for sample in read_part(part.data)]
    ends = [sample.dts + sample.duration for sample in samples]
    assert [sample.dts for sample in samples][1:] == ends[:-1]
    assert [(sample.dts + sample.composition) // 90 for sample in samples] == dts_ms
    assert ends[-1] // 90 == 440, "the lag is worked off"
    assert all(part.duration_us <= 200_000 for part in parts)


def test_decode_time_jumps_only_to_a_keyframe_after_more_than_a_second() -> None:
    video = cutter()
    parts = [
        *video.add(frame(0, key=True)),
        *video.add(frame(3_000)),
        *video.add(frame(3_040)),
        *video.add(frame(9_000, key=True)),
        *video.flush(),
    ]
    starts = [read_part(part.data)[0].dts // 90 for part in parts]
    assert starts[-1] == 9_000
    ends = [start + part.duration_us // 1_000 for start, part in zip(starts, parts, strict=True)]
    assert starts[1:-1] == ends[:-2]


def test_slow_pictures_leave_at_once() -> None:
    video = cutter(500)
    assert told(video.add(frame(0, key=True))) == [(10, True, 0, 500)]
    assert told(video.add(frame(500))) == [(11, False, 500, 500)]


def test_a_faster_encoder_does_not_wait_for_the_time_it_was_thought_to_take() -> None:
    video = cutter(1_000)
    assert told(video.add(frame(0, key=True))) == [(10, True, 0, 1_000)]
    left = [video.add(frame(40 * n)) for n in range(1, 12)]
    assert sum(map(len, left)) >= 2


def test_pictures_without_end_are_cut_by_count() -> None:
    video = cutter(1)
    left = [part for n in range(PART_SAMPLES_MAX * 2) for part in video.add(frame(n, key=n == 0))]
    assert [len(read_part(part.data)) for part in left] == [PART_SAMPLES_MAX] * 2


def test_sound_is_cut_where_one_more_frame_would_be_too_long() -> None:
    audio = AudioCutter(first_sequence=0)
    audio.configure(AUDIO_INIT, 1024)
    left = [audio.add(b"aac", 1024 * n, WALL_US) for n in range(18)]
    assert [index for index, parts in enumerate(left) if parts] == [8, 17]
    assert told(left[8]) == [(0, True, 0, 192)]


def test_a_hole_in_the_sound_stays_a_hole() -> None:
    audio = AudioCutter(first_sequence=0)
    audio.configure(AUDIO_INIT, 1024)
    assert audio.add(b"aac", 0, WALL_US) == []
    (before,) = audio.add(b"aac", 48_000, WALL_US)
    (after,) = audio.flush()
    assert [before.pts_us, before.duration_us, after.pts_us] == [0, 21_333, 1_000_000]


def test_a_track_that_went_quiet_does_not_keep_its_last_frames() -> None:
    both = StreamCutter(first_sequence=0)
    both.video.configure(VIDEO_INIT, 40_000)
    both.audio.configure(AUDIO_INIT, 1024)
    assert both.add_video(frame(0, key=True)) == []
    assert both.add_audio(b"aac", 0, WALL_US + 400_000) == []
    (part,) = both.add_audio(b"aac", 1024, WALL_US + 400_001)
    assert part.track == "video"


def test_flushing_returns_both_tracks_in_order_of_time() -> None:
    both = StreamCutter(first_sequence=0)
    both.video.configure(VIDEO_INIT, 40_000)
    both.audio.configure(AUDIO_INIT, 1024)
    both.add_audio(b"aac", 4_800, WALL_US)
    both.add_video(frame(80, key=True))
    assert [part.track for part in both.flush()] == ["video", "audio"]
