"""Scripts of messages → inits, parts and rejections."""

from __future__ import annotations

from typing import Literal

import pytest

from media.part import Init, Part, Rejected
from media.stream import CONFIGURATIONS_MAX, GOP_US_MAX, Stream
from tests import media_sources as sources
from tests.media_sources import (
    PPS,
    SPS_640X360,
    SPS_1920X1080,
    START_US,
    audio_config_message,
    audio_message,
    avcc,
    idr,
    inter,
    read_part,
    video_config_message,
)


def opened() -> Stream:
    stream = Stream(first_init_id=1_000, first_sequence=50)
    stream.publisher_opened(START_US)
    return stream


def say(stream: Stream, payload: bytes, at_ms: int) -> list[str]:
    """Feed video or audio (by its first byte) at a time; each item in a few letters."""
    items = stream.feed_message(kind_of(payload), at_ms, payload, START_US + at_ms * 1_000)
    return [told(item) for item in items]


def kind_of(payload: bytes) -> Literal["audio", "video"]:
    return "audio" if payload[:1] in (b"\xaf", b"\x2f") else "video"


def told(item: Init | Part | Rejected) -> str:
    match item:
        case Init():
            return f"{item.track} init {item.init_id}"
        case Part():
            return f"{item.track} part {item.sequence} of {item.init_id}"
        case Rejected():
            return item.reason


def test_a_publisher_from_first_configuration_to_close() -> None:
    stream = opened()
    assert say(stream, video_config_message(avcc()), 0) == ["video init 1000"]
    assert say(stream, audio_config_message(), 0) == ["audio init 1001"]
    assert stream.feed_message("data", 0, b"\x02\x00\x0aonMetaData", START_US) == []
    for n in range(4):
        assert say(stream, inter() if n else idr(), 40 * n) == []
    assert say(stream, inter(), 160) == ["video part 50 of 1000"]
    assert say(stream, audio_message(), 160) == []
    assert [told(part) for part in stream.publisher_closed(START_US)] == ["audio part 50 of 1001"]
    assert stream.publisher_closed(START_US) == []


def test_video_waits_for_a_keyframe_after_each_configuration_and_reconnect() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    assert say(stream, inter(), 0) == [
        "video: frame before keyframe: a frame; supported: a keyframe (IDR) first",
    ]
    assert say(stream, inter(), 40) == [], "said once"
    say(stream, idr(), 80)
    (part,) = stream.publisher_opened(START_US + 5_000_000)
    assert part.keyframe
    stream.feed_message("video", 0, inter(), START_US + 5_000_000)
    assert stream.publisher_closed(START_US + 5_000_000) == []


def test_a_frame_of_the_old_configuration_does_not_enter_the_new_one() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    say(stream, idr(), 0)
    say(stream, video_config_message(avcc(SPS_1920X1080)), 40)
    assert say(stream, inter(), 40) == ["video: frame before keyframe: a frame; supported: a keyframe (IDR) first"]
    say(stream, idr(), 80)
    (part,) = stream.publisher_closed(START_US)
    assert (part.keyframe, part.init_id, part.pts_us) == (True, 1_001, 80_000)


def test_the_same_configuration_again_is_no_news_and_another_is() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    say(stream, audio_config_message(), 0)
    say(stream, idr(), 0)
    stream.publisher_opened(START_US + 2_000_000)
    assert say(stream, video_config_message(avcc()), 2_000) == []
    assert say(stream, audio_config_message(), 2_000) == []
    say(stream, idr(), 2_000)
    assert say(stream, video_config_message(avcc(SPS_1920X1080)), 2_040) == ["video part 51 of 1000", "video init 1002"]
    assert say(stream, audio_config_message(bytes.fromhex("1210")), 2_040) == ["audio init 1003"]
    video = next(init for init in stream.current_inits() if init.track == "video")
    assert (video.codec, video.width, video.height) == ("avc1.42c028", 1920, 1080)


def test_a_picture_size_that_changes_in_band_is_a_new_init() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    say(stream, idr(), 0)
    nal = b"\x65IDR"
    units = b"".join(len(unit).to_bytes(4, "big") + unit for unit in (SPS_1920X1080, PPS, nal))
    assert say(stream, b"\x17\x01\x00\x00\x00" + units, 40) == ["video part 50 of 1000", "video init 1001"]
    assert stream.current_inits()[0].height == 1080


def test_the_idr_slice_decides_what_a_keyframe_is() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    say(stream, sources.video_message(b"\x65IDR", keyframe=False), 0)
    say(stream, sources.video_message(b"\x41not", keyframe=True), 40)
    (part,) = stream.publisher_closed(START_US)
    assert [sample.keyframe for sample in read_part(part.data)] == [True, False]


@pytest.mark.parametrize(
    ("payload", "code", "fatal"),
    [
        (b"\x1c\x00\x00\x00\x00", "codec_unsupported", True),
        (b"\x2f\xff", "codec_unsupported", True),
        (audio_config_message(bytes.fromhex("f9488000")), "codec_unsupported", True),
        (b"\x17\x00\x00\x00\x00\x01", "message_malformed", False),
        (b"\xaf", "message_malformed", False),
        (audio_message(), "frame_before_configuration", False),
        (idr(), "frame_before_configuration", False),
    ],
)
def test_refusals_before_any_configuration(payload: bytes, code: str, fatal: bool) -> None:
    stream = opened()
    kind = kind_of(payload)
    (item,) = stream.feed_message(kind, 0, payload, START_US)
    assert isinstance(item, Rejected)
    assert (item.code, item.fatal) == (code, fatal)
    assert stream.feed_message(kind, 0, payload, START_US) == [], "once per publisher"
    assert stream.health(START_US).rejected == 2
    stream.publisher_opened(START_US)
    assert len(stream.feed_message(kind, 0, payload, START_US)) == 1


def test_sizes_are_limited() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    say(stream, audio_config_message(), 0)
    assert say(stream, idr(3_000_000), 0)[0].startswith("video: sample too large")
    assert say(stream, audio_message(9_000), 0)[0].startswith("audio: sample too large")


def test_configurations_that_alternate_without_end_are_fatal() -> None:
    stream = opened()
    records = (avcc(), avcc(SPS_1920X1080))
    said = [say(stream, video_config_message(records[n % 2]), n) for n in range(CONFIGURATIONS_MAX + 1)]
    assert [len(items) for items in said] == [1] * (CONFIGURATIONS_MAX + 1)
    assert said[-1][0].startswith("video: configuration changes too often")


def test_a_host_without_keyframes_is_told() -> None:
    stream = opened()
    say(stream, video_config_message(avcc()), 0)
    say(stream, idr(), 0)
    said = [item for n in range(1, GOP_US_MAX // 1_000_000 + 3) for item in say(stream, inter(), 1_000 * n)]
    assert sum(item.startswith("video: keyframes too rare") for item in said) == 1


def test_health() -> None:
    stream = opened()
    assert stream.health(START_US).last_part_age_us is None
    say(stream, video_config_message(avcc()), 0)
    say(stream, audio_config_message(), 0)
    for n in range(101):
        say(stream, inter(1_000) if n % 25 else idr(1_000), 40 * n)
    health = stream.health(START_US + 4_050_000)
    assert (health.live, health.width, health.height) == (True, 640, 360)
    assert (health.video_codec, health.audio_codec) == ("avc1.42c01e", "mp4a.40.2")
    assert (health.fps, health.keyframe_interval_us) == (25.0, 1_000_000)
    assert health.bitrate_bps == pytest.approx(25 * 1_009 * 8)
    assert health.last_part_age_us == 90_000
    stream.publisher_closed(START_US)
    assert not stream.health(START_US).live
    assert SPS_640X360 in stream.current_inits()[1].data
