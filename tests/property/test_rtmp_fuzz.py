"""Hostile bytes: whatever arrives, in whatever pieces, readers raise their own errors only and hold little."""

from __future__ import annotations

import contextlib
import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.rtmp import amf0
from media.rtmp.chunks import ChunkReader, Message, MessageType
from media.rtmp.decisions import Closed, MediaMessage, PublishRequested, Send, Unpublished
from media.rtmp.errors import RtmpError
from media.rtmp.handshake import RANDOM_BYTES, ServerHandshake
from media.rtmp.session import ServerSession, SessionLimits, State
from tests.rtmp_client import AAC_HEADER, AVC_HEADER, PublisherScript, client_hello, command

HELD_BYTES_MAX = 18
"""A header: three bytes for the chunk stream, eleven for the message, four for the extended timestamp."""
UNFINISHED_BYTES_MAX = 100_000
SEEDS = 600

quick = settings(max_examples=150, derandomize=True, deadline=None)

# Bytes that look like something: markers, chunk headers, lengths.
nasty = st.sampled_from([0, 1, 2, 3, 4, 5, 8, 9, 10, 12, 17, 18, 20, 0x3F, 0x43, 0x7F, 0x83, 0xC3, 0xC4, 0xFE, 0xFF])
nasty_bytes = st.lists(nasty | st.integers(0, 255), max_size=300).map(bytes)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def mutate(data: bytes, seed: int) -> bytes:
    """Flip, cut, double and drop a few bytes, the same each time for one seed."""
    dice = random.Random(seed)
    out = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(out))
        match dice.randrange(4):
            case 0:
                out[at] = dice.choice([0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)])
            case 1:
                out[at:at] = dice.randbytes(dice.randint(1, 5))
            case 2:
                del out[at : at + dice.randint(1, 5)]
            case _:
                out[at:at] = out[at : at + dice.randint(1, 200)]
        if not out:
            break
    return bytes(out)


def whole_stream() -> bytes:
    script = PublisherScript()
    return b"".join(
        [
            script.opening()[len(client_hello()) :],
            script.publish("key"),
            script.say(Message(MessageType.DATA_AMF0, 1, 0, amf0.encode("@setDataFrame", "onMetaData", {"a": 1.0}))),
            script.video(0, AVC_HEADER),
            script.audio(0, AAC_HEADER),
            script.writer.set_chunk_bytes(4096),
            *(script.video(stamp, b"\x27\x01" + bytes(stamp % 1000)) for stamp in (33, 66, 0xFFFFFF, 0x1000010)),
            script.say(Message(MessageType.USER_CONTROL, 0, 0, b"\0\6abcd"), csid=2),
            script.say(command("FCUnpublish", 6, None, "key")),
        ]
    )


STREAM = whole_stream()


def feed_session(data: bytes, cuts: list[int]) -> ServerSession:
    session = ServerSession(random=bytes(RANDOM_BYTES), now=0.0, limits=SessionLimits(unadmitted_bytes_max=50_000))
    known = (Send, PublishRequested, MediaMessage, Unpublished, Closed)
    for now, piece in enumerate(pieces(data, cuts)):
        decisions = session.feed(piece, float(now))
        if session.state is State.ADMISSION:
            decisions += session.accept_publish(float(now))
        assert all(isinstance(decision, known) for decision in decisions)
        assert [isinstance(decision, Closed) for decision in decisions].count(True) <= 1
        assert session.state is not State.CLOSED or session.deadline() is None
        session.expire(float(now))
    return session


@quick
@given(nasty_bytes)
def test_amf0(data: bytes) -> None:
    with contextlib.suppress(RtmpError):
        amf0.decode(data)


@quick
@given(nasty_bytes, st.lists(st.integers(0, 300), max_size=6))
def test_chunks(data: bytes, cuts: list[int]) -> None:
    reader = ChunkReader(unfinished_bytes_max=UNFINISHED_BYTES_MAX)
    fed = 0
    with contextlib.suppress(RtmpError):
        for piece in pieces(data, cuts):
            fed += len(piece)
            reader.feed(piece)
            assert len(reader._held) < HELD_BYTES_MAX
            assert 0 <= reader.unfinished_bytes <= min(fed, UNFINISHED_BYTES_MAX)


@pytest.mark.parametrize("batch", range(4))
def test_mutated_chunks_read_alike_in_all_pieces(batch: int) -> None:
    for seed in range(batch * SEEDS, batch * SEEDS + SEEDS):
        data = mutate(STREAM, seed)
        outcomes = []
        for size in (len(data), 1000, 7):
            reader = ChunkReader()
            messages: list[Message] = []
            reason = ""
            try:
                for start in range(0, len(data), size):
                    messages += reader.feed(data[start : start + size])
            except RtmpError as error:
                reason = error.reason
                messages = []  # those of the last piece are lost with it, and pieces differ
            outcomes.append((messages, reason))
        assert outcomes[0] == outcomes[1] == outcomes[2], seed


@quick
@given(nasty_bytes, st.lists(st.integers(0, 4000), max_size=6))
def test_sessions_from_the_first_byte(data: bytes, cuts: list[int]) -> None:
    feed_session(data, cuts)


@quick
@given(nasty_bytes, st.lists(st.integers(0, 4000), max_size=6))
def test_sessions_after_the_handshake(data: bytes, cuts: list[int]) -> None:
    feed_session(client_hello() + data, cuts)


@quick
@given(nasty_bytes, st.lists(st.integers(0, 9000), max_size=6))
def test_sessions_on_the_air(data: bytes, cuts: list[int]) -> None:
    feed_session(client_hello() + STREAM[:600] + data, cuts)


@pytest.mark.parametrize("batch", range(4))
def test_mutated_sessions(batch: int) -> None:
    for seed in range(batch * SEEDS, batch * SEEDS + SEEDS):
        dice = random.Random(seed)
        feed_session(client_hello() + mutate(STREAM, seed), [dice.randrange(9000) for _ in range(4)])


@quick
@given(nasty_bytes)
def test_commands_of_any_values(data: bytes) -> None:
    script = PublisherScript()
    payload = data or b"\0"
    names = ("connect", "createStream", "publish", "deleteStream", "getStreamLength")
    commands = [Message(MessageType.COMMAND_AMF0, 0, 0, amf0.encode(name, 1) + payload) for name in names]
    for message in commands:
        feed_session(client_hello() + script.say(message), [])


@quick
@given(nasty_bytes)
def test_handshakes(data: bytes) -> None:
    with contextlib.suppress(RtmpError):
        assert not ServerHandshake(bytes(RANDOM_BYTES)).feed(data, 0).done


def test_declared_sizes_allocate_nothing() -> None:
    reader = ChunkReader()
    for csid in range(2, 62):
        reader.feed(bytes((csid,)) + bytes.fromhex("000000 7fffff 09 01000000") + bytes(128))
    assert reader.unfinished_bytes == 60 * 128
