"""Real ffmpeg encodes with B-frames and AAC; our parts are read back by PyAV and by ffmpeg, packet for packet."""

from __future__ import annotations

import io
import itertools
import subprocess
from pathlib import Path

import av
import imageio_ffmpeg
import pytest

from media.part import Init, Part, Rejected
from media.stream import Stream
from tests import media_sources as sources
from tests.media_sources import Tag, ffmpeg_flv, flv_tags, inits_of, parts_of, read_part


@pytest.fixture(scope="module")
def flv_with_b_frames() -> bytes:
    return ffmpeg_flv(seconds=3, b_frames=3)


def feed_all(*publishers: list[Tag]) -> list[Init | Part | Rejected]:
    stream = Stream(first_init_id=7, first_sequence=100)
    items: list[Init | Part | Rejected] = []
    for index, tags in enumerate(publishers):
        items += sources.feed(stream, tags, sources.START_US + index * 10_000_000)
    return items


def file_of(items: list[Init | Part | Rejected], track: str) -> bytes:
    (init,) = inits_of(items, track)
    return init.data + b"".join(part.data for part in parts_of(items, track))


def packets(data: bytes, kind: str) -> list[tuple[float, bytes, bool]]:
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.get({kind: 0})[0]
        return [
            (float(packet.pts * packet.time_base), bytes(packet), packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.pts is not None and packet.time_base is not None
        ]


def test_every_packet_arrives_with_its_presentation_time(flv_with_b_frames: bytes) -> None:
    items = feed_all(flv_tags(flv_with_b_frames))
    assert not [item for item in items if isinstance(item, Rejected)]
    sent, got = packets(flv_with_b_frames, "video"), packets(file_of(items, "video"), "video")
    assert [data for _, data, _ in got] == [data for _, data, _ in sent]
    assert [key for *_, key in got] == [key for *_, key in sent]
    offset = got[0][0] - sent[0][0]
    assert all(abs(a - b - offset) < 0.0005 for (a, *_), (b, *_) in zip(got, sent, strict=True))
    assert [pts for pts, *_ in got] != sorted(pts for pts, *_ in got), "the source was to have B-frames"
    sent, got = packets(flv_with_b_frames, "audio"), packets(file_of(items, "audio"), "audio")
    assert [data for _, data, _ in got] == [data for _, data, _ in sent]
    steps = [b[0] - a[0] for a, b in itertools.pairwise(got)]
    assert steps == pytest.approx([1024 / 48_000] * len(steps), abs=1e-9)


@pytest.mark.parametrize(("fps", "rate"), [("25", 48_000), ("30000/1001", 44_100), ("60", 44_100), ("8", 24_000)])
def test_parts_are_short_contiguous_and_begin_with_each_keyframe(fps: str, rate: int) -> None:
    items = feed_all(flv_tags(ffmpeg_flv(seconds=2, fps=fps, rate=rate, keyframe_frames=20)))
    for track, timescale in (("video", 90_000), ("audio", rate)):
        parts = parts_of(items, track)
        assert [part.sequence for part in parts] == list(range(100, 100 + len(parts)))
        end = None
        for part in parts:
            samples = read_part(part.data)
            assert end in (None, samples[0].dts), "decode time has no holes"
            end = samples[-1].dts + samples[-1].duration
            assert part.duration_us <= 200_000
            assert part.duration_us == pytest.approx((end - samples[0].dts) * 1e6 / timescale, abs=1)
            assert part.keyframe == samples[0].keyframe
            assert track == "audio" or not any(sample.keyframe for sample in samples[1:])
        assert sum(part.duration_us for part in parts) == pytest.approx(2_000_000, abs=60_000)


def test_a_part_leaves_with_the_frame_that_fills_it(flv_with_b_frames: bytes) -> None:
    stream = Stream(first_init_id=7, first_sequence=0)
    stream.publisher_opened(sources.START_US)
    left_after: list[int] = []
    frames = 0
    for tag in flv_tags(flv_with_b_frames):
        items = stream.feed_message(
            tag.kind, tag.timestamp_ms, tag.payload, sources.START_US + tag.timestamp_ms * 1_000
        )
        if tag.kind == "video" and tag.payload[1] == 1:
            frames += 1
            if parts_of(items, "video"):
                left_after.append(frames)
    assert left_after == list(range(5, 76, 5)), "at 25 fps: with every fifth frame, not with the sixth"


def test_ffmpeg_decodes_every_part_without_a_word(flv_with_b_frames: bytes, tmp_path: Path) -> None:
    items = feed_all(flv_tags(flv_with_b_frames))
    for track in ("video", "audio"):
        path = tmp_path / f"{track}.mp4"
        path.write_bytes(file_of(items, track))
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-v",
            "warning",
            "-nostdin",
            "-xerror",
            "-i",
            str(path),
            "-f",
            "null",
            "-",
        ]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""


def test_a_reconnecting_publisher_continues_the_timeline_under_the_same_init(flv_with_b_frames: bytes) -> None:
    tags = flv_tags(flv_with_b_frames)
    items = feed_all(tags, tags)
    assert [len(inits_of(items, track)) for track in ("video", "audio")] == [1, 1]
    for track in ("video", "audio"):
        parts = parts_of(items, track)
        assert [part.sequence for part in parts] == list(range(100, 100 + len(parts)))
        half = len(parts) // 2
        assert 9_900_000 <= parts[half].pts_us - parts[0].pts_us <= 10_100_000, "the wall clock passed 10 s"
    got = packets(file_of(items, "video"), "video")
    assert len(got) == 2 * len(packets(flv_with_b_frames, "video"))


def test_another_resolution_becomes_another_init(flv_with_b_frames: bytes) -> None:
    larger = ffmpeg_flv(seconds=1, size="640x360")
    items = feed_all(flv_tags(flv_with_b_frames), flv_tags(larger))
    first, second = inits_of(items, "video")
    assert (first.width, first.height, second.width, second.height) == (320, 180, 640, 360)
    assert first.init_id != second.init_id
    own = [part for part in parts_of(items, "video") if part.init_id == second.init_id]
    assert own[0].keyframe
    assert len(packets(second.data + b"".join(part.data for part in own), "video")) == 25
