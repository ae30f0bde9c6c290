"""Frames of the Unix bus: exact bytes, whatever pieces they arrive in."""

from __future__ import annotations

import pytest

from server.bus.frames import (
    GAP,
    HELLO,
    PUBLICATION,
    PUBLICATION_BYTES_MAX,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Frame,
    FrameError,
    FrameReader,
    frame_head,
    is_topic,
)

FRAMES = [
    (Frame(HELLO, "edge-1", b""), b"\x00\x00\x00\x08\x00\x06edge-1"),
    (Frame(SUBSCRIBE, "room.out.7", b""), b"\x00\x00\x00\x0c\x01\x0aroom.out.7"),
    (Frame(UNSUBSCRIBE, "t", b""), b"\x00\x00\x00\x03\x02\x01t"),
    (Frame(PUBLICATION, "t", b"\x00\xff"), b"\x00\x00\x00\x05\x03\x01t\x00\xff"),
    (Frame(PUBLICATION, "t", b""), b"\x00\x00\x00\x03\x03\x01t"),
    (Frame(GAP, "t", b""), b"\x00\x00\x00\x03\x04\x01t"),
]


@pytest.mark.parametrize(("frame", "encoded"), FRAMES)
def test_each_frame_has_these_bytes(frame: Frame, encoded: bytes) -> None:
    assert frame_head(frame.kind, frame.topic, len(frame.payload)) + frame.payload == encoded
    assert FrameReader().feed(encoded) == [frame]


@pytest.mark.parametrize("piece_bytes", [1, 2, 3, 7, 1000])
def test_frames_arrive_whole_whatever_the_pieces(piece_bytes: int) -> None:
    stream = b"".join(encoded for _, encoded in FRAMES) * 3
    reader = FrameReader()
    read = [
        frame for start in range(0, len(stream), piece_bytes) for frame in reader.feed(stream[start:][:piece_bytes])
    ]
    assert read == [frame for frame, _ in FRAMES] * 3


@pytest.mark.parametrize(
    "hostile",
    [
        (PUBLICATION_BYTES_MAX + 1000).to_bytes(4, "big") + b"\x03\x01t",
        b"\xff\xff\xff\xff\x03\x01",
        b"\x00\x00\x00\x02\x03\x01",  # the topic would lie beyond the frame
        b"\x00\x00\x00\x00\x03\x00",
        b"\x00\x00\x00\x03\x05\x01t",
    ],
)
def test_what_is_no_frame_is_refused_before_it_is_held(hostile: bytes) -> None:
    with pytest.raises(FrameError):
        FrameReader().feed(hostile)


def test_topics() -> None:
    assert all(map(is_topic, ["a", "room.in.0190-ab", "x" * 200]))
    assert not any(map(is_topic, ["", " ", "a b", "é", "x" * 201, "\t"]))
