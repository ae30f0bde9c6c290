"""The chunk stream: messages and their exact bytes, every split, extended timestamps, limits."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.rtmp.chunks import (
    CHUNK_STREAMS_MAX,
    MESSAGES_PER_FEED_MAX,
    ChunkReader,
    ChunkWriter,
    Message,
    MessageType,
)
from media.rtmp.errors import ChunkMalformed, LimitExceeded

A = MessageType.AUDIO
V = MessageType.VIDEO


def audio(timestamp_ms: int, payload: bytes = b"abcd") -> Message:
    return Message(A, 1, timestamp_ms, payload)


# One chunk stream's messages, and the bytes the writer gives them.
BOTH_WAYS: list[tuple[str, int, list[Message], str]] = [
    ("type 0", 4, [audio(10)], "04 00000a 000004 08 01000000 61626364"),
    ("stream id is little-endian", 4, [Message(A, 0x01020304, 0, b"x")], "04 000000 000001 08 04030201 78"),
    (
        "type 1: another length",
        4,
        [audio(10), audio(30, b"x")],
        "04 00000a 000004 08 01000000 61626364 44 000014 000001 08 78",
    ),
    ("type 2: another delta", 4, [audio(10), audio(30)], "04 00000a 000004 08 01000000 61626364 84 000014 61626364"),
    (
        "type 3: the same delta",
        4,
        [audio(10), audio(30), audio(50)],
        "04 00000a 000004 08 01000000 61626364 84 000014 61626364 c4 61626364",
    ),
    (
        "type 0 again: time runs backwards",
        4,
        [audio(10), audio(5)],
        "04 00000a 000004 08 01000000 61626364 04 000005 000004 08 01000000 61626364",
    ),
    (
        "type 0 again: another message stream",
        4,
        [audio(10), Message(A, 2, 10, b"abcd")],
        "04 00000a 000004 08 01000000 61626364 04 00000a 000004 08 02000000 61626364",
    ),
    ("csid 63", 63, [audio(0, b"x")], "3f 000000 000001 08 01000000 78"),
    ("csid 64, two bytes", 64, [audio(0, b"x")], "00 00 000000 000001 08 01000000 78"),
    ("csid 319, two bytes", 319, [audio(0, b"x")], "00 ff 000000 000001 08 01000000 78"),
    ("csid 320, three bytes, low one first", 320, [audio(0, b"x")], "01 00 01 000000 000001 08 01000000 78"),
    ("csid 65599", 65599, [audio(0, b"x")], "01 ff ff 000000 000001 08 01000000 78"),
    ("the last plain timestamp", 4, [audio(0xFFFFFE, b"x")], "04 fffffe 000001 08 01000000 78"),
    ("the first extended timestamp", 4, [audio(0xFFFFFF, b"x")], "04 ffffff 000001 08 01000000 00ffffff 78"),
    ("the last timestamp", 4, [audio(0xFFFFFFFF, b"x")], "04 ffffff 000001 08 01000000 ffffffff 78"),
    (
        "an extended delta",
        4,
        [audio(0), audio(0x1000000)],
        "04 000000 000004 08 01000000 61626364 84 ffffff 01000000 61626364",
    ),
    (
        "a message of three chunks",
        4,
        [Message(V, 1, 1, b"a" * 128 + b"b" * 128 + b"c")],
        "04 000001 000101 09 01000000" + "61" * 128 + "c4" + "62" * 128 + "c4" + "63",
    ),
    (
        "extended timestamps on type 3 chunks",
        4,
        [Message(V, 1, 0x01020304, b"a" * 128 + b"b")],
        "04 ffffff 000081 09 01000000 01020304" + "61" * 128 + "c4 01020304 62",
    ),
    (
        "type 3 chunks of a three-byte chunk stream",
        400,
        [Message(V, 1, 1, b"a" * 129)],
        "01 5001 000001 000081 09 01000000" + "61" * 128 + "c1 5001 61",
    ),
]  # fmt: skip

READ_ONLY: list[tuple[str, str, list[Message]]] = [
    (
        "a new message of type 3 after type 0 repeats the timestamp as delta",
        "04 00000a 000004 08 01000000 61626364 c4 65666768 c4 61626364",
        [audio(10), audio(20, b"efgh"), audio(30)],
    ),
    (
        "a new message of type 3 after type 2 repeats the delta",
        "04 00000a 000004 08 01000000 61626364 84 000005 61626364 c4 61626364 c4 61626364",
        [audio(10), audio(15), audio(20), audio(25)],
    ),
    (
        "a new message of type 3 with an extended delta brings it again",
        "04 000000 000001 08 01000000 78 84 ffffff 01000000 78 c4 01000000 78",
        [audio(0, b"x"), audio(0x1000000, b"x"), audio(0x2000000, b"x")],
    ),
    (
        "extended timestamp left out on a continuation",
        "04 ffffff 000084 08 01000000 01020304" + "61" * 128 + "c4 62626262",
        [audio(0x01020304, b"a" * 128 + b"bbbb")],
    ),
    (
        "deltas wrap at 32 bits",
        "04 ffffff 000001 08 01000000 fffffffe 78 84 000005 78",
        [audio(0xFFFFFFFE, b"x"), audio(3, b"x")],
    ),
    ("type 1 may begin a chunk stream", "44 00000a 000001 08 78", [Message(A, 0, 10, b"x")]),
    (
        "interleaved chunk streams",
        "04 000001 000081 09 01000000" + "61" * 128 + "05 000002 000002 08 01000000 7879" + "c4 62",
        [audio(2, b"xy"), Message(V, 1, 1, b"a" * 128 + b"b")],
    ),
    ("an empty message is left out", "04 000001 000000 08 01000000 c4 c4 44 000001 000001 08 78", [audio(4, b"x")]),
    (
        "set chunk size",
        "02 000000 000004 01 00000000 00000100 04 000000 0000c8 08 01000000" + "61" * 200,
        [audio(0, b"a" * 200)],
    ),
    (
        "a chunk size between two chunks of a message",
        "04 000000 000190 08 01000000" + "61" * 128 + "02 000000 000004 01 00000000 00000200" + "c4" + "61" * 272,
        [audio(0, b"a" * 400)],
    ),
    (
        "abort forgets an unfinished message",
        "04 000001 000081 09 01000000" + "61" * 128 + "02 000000 000004 02 00000000 00000004"
        "04 000009 000001 08 01000000 78",
        [audio(9, b"x")],
    ),
    ("abort of an unknown chunk stream", "02 000000 000004 02 00000000 00000009", []),
    (
        "two-byte form of a low chunk stream",
        "00 00 000000 000001 08 01000000 78 01 0000 000005 000001 08 01000000 79",
        [audio(0, b"x"), audio(5, b"y")],
    ),
]  # fmt: skip


def read(wire: bytes, *cuts: int) -> list[Message]:
    reader = ChunkReader()
    edges = [0, *cuts, len(wire)]
    return [message for start, end in itertools.pairwise(edges) for message in reader.feed(wire[start:end])]


@pytest.mark.parametrize(
    ("csid", "messages", "wire"), [row[1:] for row in BOTH_WAYS], ids=[row[0] for row in BOTH_WAYS]
)
def test_messages_and_their_bytes(csid: int, messages: list[Message], wire: str) -> None:
    writer = ChunkWriter()
    assert b"".join(writer.write(message, csid=csid) for message in messages).hex() == bytes.fromhex(wire).hex()
    assert read(bytes.fromhex(wire)) == messages


@pytest.mark.parametrize(("wire", "messages"), [row[1:] for row in READ_ONLY], ids=[row[0] for row in READ_ONLY])
def test_bytes_of_other_writers(wire: str, messages: list[Message]) -> None:
    assert read(bytes.fromhex(wire)) == messages


@pytest.mark.parametrize(
    ("wire", "messages"),
    [(row[3], row[2]) for row in BOTH_WAYS] + [row[1:] for row in READ_ONLY],
    ids=[row[0] for row in BOTH_WAYS] + [row[0] for row in READ_ONLY],
)
def test_every_split_reads_the_same(wire: str, messages: list[Message]) -> None:
    data = bytes.fromhex(wire)
    for cut in range(len(data) + 1):
        assert read(data, cut) == messages, cut
    assert read(data, *range(1, len(data))) == messages


def test_without_compression_every_message_has_a_whole_header() -> None:
    writer = ChunkWriter(compress=False)
    assert len(writer.write(audio(1), csid=4)) == len(writer.write(audio(2), csid=4)) == 16


@pytest.mark.parametrize("chunk_bytes", [128, 129, 4096, 65536])
@pytest.mark.parametrize("timestamp_ms", [0, 0xFFFFFE, 0xFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("length", [1, 127, 128, 129, 256, 4096, 70_000])
def test_sizes_around_the_chunk(chunk_bytes: int, timestamp_ms: int, length: int) -> None:
    writer = ChunkWriter()
    payload = (b"\xc4\xc6\x04" * length)[:length]  # looks like headers
    messages = [Message(V, 1, timestamp_ms, payload), Message(V, 1, timestamp_ms, payload)]
    wire = writer.set_chunk_bytes(chunk_bytes) + b"".join(writer.write(message, csid=6) for message in messages)
    assert read(wire) == messages
    assert read(wire, *range(1000, len(wire), 1000)) == messages


def test_a_run_of_chunks_may_be_interrupted() -> None:
    video = Message(V, 1, 5, bytes(range(200)) * 10)
    wire = ChunkWriter().write(video, csid=6)
    sound = ChunkWriter().write(audio(6), csid=4)
    # Chunk n begins at 12 + 128 + 129 (n − 1).
    for cut in range(12 + 128, len(wire), 129):
        assert read(wire[:cut] + sound + wire[cut:]) == [audio(6), video]


@pytest.mark.parametrize(
    "wire",
    [
        "84 000001",  # type 2 on a new chunk stream
        "c4",
        "04 000001 000081 09 01000000" + "61" * 128 + "04 000001 000081 09 01000000",  # type 0 within a message
        "04 000001 000081 09 01000000" + "61" * 128 + "44 000001 000081 09",
        "02 000000 000004 01 00000000 00000000",
        "02 000000 000004 01 00000000 0000007f",
        "02 000000 000004 01 00000000 80000100",
        "02 000000 000003 01 00000000 000100",
        "02 000000 000005 01 00000000 0000010000",
        "02 000000 000001 02 00000000 04",
        "02 000000 000000 01 00000000",
    ],
)
def test_contradictions_are_refused(wire: str) -> None:
    with pytest.raises(ChunkMalformed):
        read(bytes.fromhex(wire))


def test_a_message_over_the_limit_is_refused_at_its_header() -> None:
    ChunkReader(message_bytes_max=1000).feed(bytes.fromhex("04 000001 0003e8 09 01000000"))
    with pytest.raises(LimitExceeded, match="bytes of a message"):
        ChunkReader(message_bytes_max=1000).feed(bytes.fromhex("04 000001 0003e9 09 01000000"))


def test_chunk_streams_are_limited() -> None:
    header = bytes.fromhex("000000 000001 08 01000000 78")
    reader = ChunkReader()
    reader.feed(b"".join(bytes((csid,)) + header for csid in range(2, 2 + 60)))
    reader.feed(b"".join(bytes((0, csid)) + header for csid in range(CHUNK_STREAMS_MAX - 60)))
    with pytest.raises(LimitExceeded, match="chunk streams"):
        reader.feed(b"\x00\xff" + header)


def test_unfinished_messages_are_limited_together() -> None:
    reader = ChunkReader(unfinished_bytes_max=300)
    for csid in (4, 5):
        reader.feed(bytes((csid,)) + bytes.fromhex("000001 010000 09 01000000") + bytes(128))
    assert reader.unfinished_bytes == 256
    with pytest.raises(LimitExceeded, match="unfinished"):
        reader.feed(b"\x06" + bytes.fromhex("000001 010000 09 01000000") + bytes(128))


def test_abort_and_completion_give_memory_back() -> None:
    reader = ChunkReader()
    reader.feed(bytes.fromhex("04 000001 000081 09 01000000") + bytes(128))
    reader.feed(bytes.fromhex("05 000001 000081 09 01000000") + bytes(128))
    assert reader.unfinished_bytes == 256
    reader.feed(bytes.fromhex("02 000000 000004 02 00000000 00000004"))
    assert reader.unfinished_bytes == 128
    assert len(reader.feed(b"\xc5x")) == 1
    assert reader.unfinished_bytes == 0


def test_messages_of_one_feed_are_limited() -> None:
    reader = ChunkReader()
    reader.feed(bytes.fromhex("04 000000 000000 08 01000000") + b"\xc4" * (MESSAGES_PER_FEED_MAX - 1))
    with pytest.raises(LimitExceeded, match="messages"):
        reader.feed(b"\xc4" * (MESSAGES_PER_FEED_MAX + 1))


messages_on_streams = st.lists(
    st.tuples(
        st.sampled_from([3, 4, 6, 63, 64, 319, 320, 65599]),
        st.builds(
            Message,
            st.sampled_from([8, 9, 18, 20]),
            st.sampled_from([0, 1]),
            st.sampled_from([0, 1, 33, 66, 0xFFFFFE, 0xFFFFFF, 0x1000000, 0xFFFFFFFF]) | st.integers(0, 0xFFFFFFFF),
            st.binary(min_size=1, max_size=40) | st.sampled_from([b"\xc4" * 300, b"\xc6" * 1000]),
        ),
    ),
    max_size=12,
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    messages_on_streams, st.sampled_from([128, 200, 4096]), st.lists(st.integers(0, 2000), max_size=5), st.booleans()
)
def test_what_is_written_is_read_again(
    sent: list[tuple[int, Message]], chunk_bytes: int, cuts: list[int], compress: bool
) -> None:
    writer = ChunkWriter(compress=compress)
    wire = writer.set_chunk_bytes(chunk_bytes) + b"".join(writer.write(message, csid=csid) for csid, message in sent)
    assert read(wire, *sorted(min(cut, len(wire)) for cut in cuts)) == [message for _, message in sent]
