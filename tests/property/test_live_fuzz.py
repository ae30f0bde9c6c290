"""Hostile clients: whatever bytes come in whatever pieces, the parser and the session end in values, and hold little.

`make soak` runs many more of the same (tests/soak/test_fuzz_long.py).
"""

from __future__ import annotations

import itertools
import random
from typing import Any, get_args

import msgpack
import pytest
from websockets.frames import Frame, Opcode

from server.live.session import Decision, Identity, ProtocolBroken, Session, SessionLimits
from server.live.socket.websocket import (
    FRAGMENTS_MAX,
    BinaryReceived,
    CloseReceived,
    FrameParser,
    Received,
    Violated,
    close_frame,
)

MESSAGE_BYTES_MAX = 600
SEEDS = 1_000
KINDS = ["sign_in", "sign_out", "say", "buy", "remove", "like", "ask_clock", "set_lanes", "report", "", "nonsense"]
VALUES: list[Any] = [None, True, -1, 0, 1, 7, 2**31, 2**53 + 1, 2**64 - 1, 1.5, float("nan"), "", "key", "文" * 90]
VALUES += ["x" * 300, b"", b"\xff" * 20, [], [0, 1, 2, 3], [9] * 50, {}, {"a": 1}, [[[[[]]]]]]


def message(dice: random.Random) -> bytes:
    """A client message of known kind, mostly of strange fields."""
    fields = [dice.choice(VALUES) for _ in range(dice.randrange(8))]
    return bytes(msgpack.packb([dice.choice(KINDS), *fields]))


def stream(dice: random.Random) -> bytes:
    """Some frames of a client, in fragments and with control frames between, then damaged here and there."""
    frames: list[bytes] = []
    for _ in range(dice.randint(1, 5)):
        payload = message(dice) if dice.random() < 0.8 else dice.randbytes(dice.randrange(700))
        cuts = sorted(dice.randrange(len(payload) + 1) for _ in range(dice.choice([0, 0, 1, 3, 70])))
        edges = [0, *cuts, len(payload)]
        for index, (start, end) in enumerate(itertools.pairwise(edges)):
            opcode = Opcode.CONT if index else dice.choice([Opcode.BINARY, Opcode.BINARY, Opcode.TEXT])
            frames.append(Frame(opcode, payload[start:end], fin=end == edges[-1]).serialize(mask=True))
            if dice.random() < 0.1:
                frames.append(Frame(dice.choice([Opcode.PING, Opcode.PONG]), b"?").serialize(mask=True))
    if dice.random() < 0.2:
        frames.append(
            Frame(Opcode.CLOSE, dice.choice([b"", b"\x03", b"\x03\xe8ok", dice.randbytes(9)])).serialize(mask=True)
        )
    sent = bytearray(b"".join(frames))
    for _ in range(dice.choice([0, 0, 1, 2, 6])):
        at = dice.randrange(len(sent))
        match dice.randrange(3):
            case 0:
                sent[at] = dice.randrange(256)
            case 1:
                sent[at:at] = dice.randbytes(dice.randint(1, 9))
            case _:
                del sent[at : at + dice.randint(1, 9)]
        if not sent:
            break
    return bytes(sent)


def parse(sent: bytes, piece_bytes: int) -> list[Received]:
    """What a parser makes of the bytes in pieces; checks what it holds meanwhile."""
    parser = FrameParser(MESSAGE_BYTES_MAX)
    received: list[Received] = []
    for start in range(0, len(sent), piece_bytes):
        received += parser.feed(sent[start : start + piece_bytes])
        assert len(parser._message or b"") <= MESSAGE_BYTES_MAX
        assert len(parser._buffer) <= 14 + 125, "a header, or a control frame"
        assert parser.ended or parser._fragments <= FRAGMENTS_MAX
    ends = [isinstance(each, Violated | CloseReceived) for each in received]
    assert parser.ended == any(ends)
    assert True not in ends[:-1], "nothing is read after the end"
    return received


def attack(seed: int) -> None:
    """One hostile client."""
    dice = random.Random(seed)
    sent = stream(dice)
    whole = parse(sent, max(1, len(sent)))
    assert whole == parse(sent, 7) == parse(sent, 1), seed
    session = Session(SessionLimits(), 0.0)
    if dice.random() < 0.7:
        session.signed_in(Identity("person", "name", 1e9), frozenset({"host"} if dice.random() < 0.3 else ()))
    for number, each in enumerate(whole):
        if isinstance(each, BinaryReceived):
            decision = session.feed(each.data, now=number * dice.random(), unix_s=0.0)
            assert isinstance(decision, get_args(Decision)), seed
            if isinstance(decision, ProtocolBroken):
                close_frame(decision.close_code, decision.reason)
                return


@pytest.mark.parametrize("batch", range(2))
def test_hostile_clients(batch: int) -> None:
    for seed in range(batch * SEEDS, (batch + 1) * SEEDS):
        attack(seed)
