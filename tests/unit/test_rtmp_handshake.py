"""The handshake: exact packets, every way to split them, what is no RTMP."""

from __future__ import annotations

import pytest

from media.rtmp import handshake
from media.rtmp.errors import HandshakeMalformed
from media.rtmp.handshake import PACKET_BYTES, RANDOM_BYTES, ServerHandshake

SERVER_RANDOM = bytes(reversed(range(256))) * 6
SERVER_RANDOM = SERVER_RANDOM[:RANDOM_BYTES]
CLIENT_RANDOM = (bytes(range(256)) * 6)[:RANDOM_BYTES]
C0_C1 = b"\x03" + b"\x00\x00\x12\x34" + bytes(4) + CLIENT_RANDOM
C2 = b"\x55" * PACKET_BYTES


def test_packets_have_their_bytes() -> None:
    assert handshake.hello(CLIENT_RANDOM, 0x1234) == C0_C1
    assert handshake.hello(CLIENT_RANDOM, 0x1_0000_0001)[1:5] == b"\0\0\0\1"
    assert handshake.echo(C0_C1[1:], 7) == b"\x00\x00\x12\x34" + b"\0\0\0\7" + CLIENT_RANDOM


def test_the_server_answers_the_first_packet_and_is_done_after_the_second() -> None:
    shake = ServerHandshake(SERVER_RANDOM)
    step = shake.feed(C0_C1, 5)
    assert step.send == b"\x03\0\0\0\5\0\0\0\0" + SERVER_RANDOM + C0_C1[1:5] + b"\0\0\0\5" + CLIENT_RANDOM
    assert (step.done, step.rest) == (False, b"")
    step = shake.feed(C2 + b"chunks", 9)
    assert (step.send, step.done, step.rest) == (b"", True, b"chunks")


@pytest.mark.parametrize("split", range(0, 2 * PACKET_BYTES + 4, 61))
def test_any_split_leads_to_the_same(split: int) -> None:
    whole = ServerHandshake(SERVER_RANDOM).feed(C0_C1 + C2 + b"abc", 5)
    shake = ServerHandshake(SERVER_RANDOM)
    data = C0_C1 + C2 + b"abc"
    first, second = shake.feed(data[:split], 5), None
    if not first.done:
        second = shake.feed(data[split:], 5)
        assert first.send + second.send == whole.send
        assert second.done
        assert second.rest == b"abc"
    else:
        assert first.rest + data[split:] == b"abc"


def test_byte_by_byte() -> None:
    shake = ServerHandshake(SERVER_RANDOM)
    steps = [shake.feed(bytes((byte,)), 0) for byte in C0_C1 + C2]
    assert [index for index, step in enumerate(steps) if step.send] == [PACKET_BYTES]
    assert [index for index, step in enumerate(steps) if step.done] == [2 * PACKET_BYTES]


@pytest.mark.parametrize("first", [0, 1, 2, 4, 6, 0x16, ord("G"), 255])
def test_other_protocols_are_refused_at_their_first_byte(first: int) -> None:
    with pytest.raises(HandshakeMalformed, match=str(first)):
        ServerHandshake(SERVER_RANDOM).feed(bytes((first,)), 0)


def test_no_bytes_are_no_step() -> None:
    step = ServerHandshake(SERVER_RANDOM).feed(b"", 0)
    assert (step.send, step.done, step.rest) == (b"", False, b"")
