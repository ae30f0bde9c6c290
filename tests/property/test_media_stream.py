"""Whatever a publisher sends: the timeline holds, parts are bounded and contiguous, and nothing raises."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from media.cutter import PART_US_MAX
from media.part import Init, Part, Rejected
from media.stream import Stream
from media.window import Window
from tests import media_sources as sources
from tests.media_sources import START_US, parts_of, read_part

Event = tuple[Literal["video", "audio", "key", "reopen", "configure", "rate"], int, int, int]

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["video", "video", "video", "audio", "audio", "audio", "key", "reopen", "configure", "rate"]),
        # The step of the timestamp: usual, jittered, or a jump.
        st.one_of(st.just(40), st.integers(0, 100), st.integers(-(1 << 25), 1 << 25), st.integers(-(1 << 33), 1 << 33)),
        # Wall clock in ms since the event before.
        st.one_of(st.just(40), st.integers(0, 200), st.integers(-5_000, 30_000)),
        st.one_of(st.just(0), st.integers(-200, 200), st.integers(-(1 << 23), (1 << 23) - 1)),
    ),
    max_size=120,
)


def play(events: list[Event]) -> list[Init | Part | Rejected]:
    stream = Stream(first_init_id=(1 << 47) + 3, first_sequence=9)
    now_us, timestamp_ms, changes = START_US, 1_000, 0
    items: list[Init | Part | Rejected] = [*stream.publisher_opened(now_us)]

    def feed(kind: Literal["video", "audio"], payload: bytes) -> None:
        items.extend(stream.feed_message(kind, timestamp_ms % (1 << 32), payload, now_us))

    feed("video", sources.video_config_message(sources.avcc()))
    feed("audio", sources.audio_config_message())
    feed("video", sources.idr())
    for kind, step_ms, passed_ms, composition_ms in events:
        timestamp_ms += step_ms
        now_us += passed_ms * 1_000
        match kind:
            case "video":
                feed("video", sources.inter(composition_ms=composition_ms))
            case "key":
                feed("video", sources.idr(composition_ms=composition_ms))
            case "audio":
                feed("audio", sources.audio_message())
            case "reopen":
                items.extend(stream.publisher_opened(now_us))
                feed("video", sources.idr())
            case "configure":
                changes += 1
                sps = (sources.SPS_640X360, sources.SPS_1920X1080)[changes % 2]
                feed("video", sources.video_config_message(sources.avcc(sps)))
                feed("video", sources.idr())
            case "rate":
                changes += 1
                feed("audio", sources.audio_config_message(bytes.fromhex(("1190", "1210")[changes % 2])))
    return [*items, *stream.publisher_closed(now_us)]


@settings(max_examples=120, deadline=None)
@given(EVENTS)
def test_parts_are_in_sequence_bounded_and_never_go_back(events: list[Event]) -> None:
    items = play(events)
    inits = {item.init_id: item for item in items if isinstance(item, Init)}
    assert len(inits) == sum(isinstance(item, Init) for item in items), "an id is used once"
    for track in ("video", "audio"):
        parts = parts_of(items, track)
        assert [part.sequence for part in parts] == list(range(9, 9 + len(parts)))
        assert [part.init_id for part in parts] == sorted(part.init_id for part in parts)
        previous_end = 0.0
        for part in parts:
            init = inits[part.init_id]
            timescale = 90_000 if track == "video" else init.sample_rate
            samples = read_part(part.data)
            assert samples[0].dts / timescale >= previous_end - 1e-6, "decode time never goes back"
            for one, next_one in pairwise(samples):
                assert one.dts + one.duration == next_one.dts
                assert track == "audio" or not next_one.keyframe, "a keyframe begins a part"
            assert all(sample.duration > 0 for sample in samples)
            assert all(sample.dts + sample.composition >= 0 for sample in samples)
            previous_end = (samples[-1].dts + samples[-1].duration) / timescale
            assert part.keyframe == samples[0].keyframe
            assert part.pts_us == (samples[0].dts + samples[0].composition) * 1_000_000 // timescale
            assert part.duration_us <= PART_US_MAX or (len(samples) == 1 and part.duration_us <= 2_000_000)


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_a_joiner_can_always_decode_what_it_gets(events: list[Event]) -> None:
    window = Window()
    for item in play(events):
        if isinstance(item, Rejected):
            continue
        window.add(item)
        snapshot = window.snapshot()
        current = {init.track: init.init_id for init in snapshot if isinstance(init, Init)}
        parts = [part for part in snapshot if isinstance(part, Part)]
        assert all(part.init_id == current[part.track] for part in parts)
        video = parts_of(snapshot, "video")
        assert not video or video[0].keyframe
        assert not any(part.keyframe for part in video[1:])
        assert len(parts) == len({(part.track, part.sequence) for part in parts})


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["audio", "video", "data"]), st.integers(0, 1 << 33), st.binary(max_size=80)),
        max_size=20,
    ),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6),
)
def test_hostile_messages_never_raise(
    messages: list[tuple[Literal["audio", "video", "data"], int, bytes]], flips: list[tuple[int, int]]
) -> None:
    stream = Stream(first_init_id=0, first_sequence=0)
    stream.publisher_opened(START_US)
    for payload in (
        sources.video_config_message(sources.avcc()),
        sources.idr(),
        b"\x17\x01\x00\x00\x00" + sources.avcc(),
    ):
        broken = bytearray(payload)
        for at, value in flips:
            broken[at % len(broken)] ^= value
        stream.feed_message("video", 0, bytes(broken), START_US)
    for prefix in (
        b"",
        b"\x17\x00\x00\x00\x00\x01\x42\xc0\x1e\xff\xe1",
        b"\x17\x01\x00\x00\x00",
        b"\xaf\x00",
        b"\xaf\x01",
    ):
        for kind, timestamp_ms, payload in messages:
            for item in stream.feed_message(kind, timestamp_ms, prefix + payload, START_US):
                assert isinstance(item, Init | Part | Rejected)
    stream.publisher_closed(START_US)
    stream.health(START_US)
