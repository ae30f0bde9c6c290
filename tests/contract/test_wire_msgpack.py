"""Every message of the wire, against the reference MessagePack implementation.

The examples are drawn as what an independent client sees: a list whose first item names the kind. A message added to
either union of wire.py without an example here fails.
"""

from __future__ import annotations

from typing import Any, get_args

import msgpack
import msgspec
import pytest

from server.live import wire
from server.live.wire import (
    Answer,
    AskClock,
    Buy,
    Bye,
    Clock,
    Comment,
    Comments,
    Counters,
    Gap,
    Hello,
    Like,
    Message,
    Notice,
    OrderChanged,
    PartChunk,
    PartHeader,
    Position,
    Refusal,
    Remove,
    Report,
    Retraction,
    Say,
    SetLanes,
    SignIn,
    SignOut,
    Snapshot,
    State,
    StateItem,
    TrackInit,
)

COMMENT = Comment("c1", 7, "s", "阿秀", "buyer", "甜！", 1_000_000, 1_700_000_000_000_000, None)
COMMENT_DRAWN = ["c1", 7, "s", "阿秀", "buyer", "甜！", 1_000_000, 1_700_000_000_000_000, None]
ROOM = {"room_id": "r", "slug": "farm", "kind": "farm", "title": "橙", "host_name": "李", "org_name": "合作社"}

SERVER_EXAMPLES: list[tuple[Message, list[Any]]] = [
    (
        Hello(1, "edge0-1", 5, ROOM, {"message_bytes_max": 8192}),
        ["hello", 1, "edge0-1", 5, ROOM, {"message_bytes_max": 8192}],
    ),
    (
        Snapshot(
            control=Position("e", 1),
            chat=Position("e", 7),
            state=[StateItem("air", 2, {"on_air": True, "since_us": 3})],
            comments=[COMMENT],
            viewers=4,
            likes=5,
            recovered=True,
        ),
        ["snapshot", ["e", 1], ["e", 7], [["air", 2, {"on_air": True, "since_us": 3}]], [COMMENT_DRAWN], 4, 5, True],
    ),
    (State(Position("e", 2), [StateItem("card:1", 3, None)]), ["state", ["e", 2], [["card:1", 3, None]]]),
    (Comments(Position("e", 7), [COMMENT]), ["comments", ["e", 7], [COMMENT_DRAWN]]),
    (Retraction(Position("e", 3), ["c1"], "removed_by_host"), ["retraction", ["e", 3], ["c1"], "removed_by_host"]),
    (Counters(10_000, 2**33), ["counters", 10_000, 2**33]),
    (
        TrackInit(3, 2**40, "source", "avc1.64001f", 1280, 720, b"\x00moov"),
        ["init", 3, 2**40, "source", "avc1.64001f", 1280, 720, b"\x00moov"],
    ),
    (
        PartChunk(3, 2**40, 9, 0, False, PartHeader(True, 1, 200_000, 2, 3), b"\xff\x00"),
        ["part", 3, 2**40, 9, 0, False, [True, 1, 200_000, 2, 3], b"\xff\x00"],
    ),
    (PartChunk(2, 1, 9, 1, True, None, b""), ["part", 2, 1, 9, 1, True, None, b""]),
    (Gap(1, "slow", 12), ["gap", 1, "slow", 12]),
    (Answer(1, {"comment_id": "c1"}), ["answer", 1, {"comment_id": "c1"}]),
    (Refusal(2, "rate_limited", {"retry_after_ms": 800}), ["refusal", 2, "rate_limited", {"retry_after_ms": 800}]),
    (OrderChanged({"order_id": "o", "state": "paid"}), ["order", {"order_id": "o", "state": "paid"}]),
    (
        Notice({"notice_id": "n", "kind": "mute_lifted", "at": "2026-01-01T00:00:00Z", "facts": {}}),
        ["notice", {"notice_id": "n", "kind": "mute_lifted", "at": "2026-01-01T00:00:00Z", "facts": {}}],
    ),
    (Clock(1, 2), ["clock", 1, 2]),
    (Bye("going_away", 1_500), ["bye", "going_away", 1_500]),
    (Bye("protocol", None), ["bye", "protocol", None]),
]

CLIENT_EXAMPLES: list[tuple[Message, list[Any]]] = [
    (SignIn(1, "token"), ["sign_in", 1, "token"]),
    (SignOut(2), ["sign_out", 2]),
    (Say(3, "key", "你好", 4, None), ["say", 3, "key", "你好", 4, None]),
    (Say(3, "key", "你好", 4, "c1"), ["say", 3, "key", "你好", 4, "c1"]),
    (Buy(4, "key", "sku", 2, "card", 990), ["buy", 4, "key", "sku", 2, "card", 990]),
    (Buy(4, "key", "sku", 2, None, 990), ["buy", 4, "key", "sku", 2, None, 990]),
    (Remove(5, "c1", "rude"), ["remove", 5, "c1", "rude"]),
    (Like(3), ["like", 3]),
    (AskClock(6), ["ask_clock", 6]),
    (SetLanes([0, 1]), ["set_lanes", [0, 1]]),
    (Report(800_000, 500_000, 1), ["report", 800_000, 500_000, 1]),
]


@pytest.mark.parametrize(("message", "drawn"), SERVER_EXAMPLES, ids=lambda value: type(value).__name__)
def test_what_the_server_sends_is_what_is_drawn(message: Message, drawn: list[Any]) -> None:
    assert msgpack.unpackb(wire.encoder.encode(message)) == drawn
    assert wire.server_decoder.decode(msgpack.packb(drawn)) == message


@pytest.mark.parametrize(("message", "drawn"), CLIENT_EXAMPLES, ids=lambda value: type(value).__name__)
def test_what_clients_send_is_read_as_what_is_drawn(message: Message, drawn: list[Any]) -> None:
    assert wire.client_decoder.decode(msgpack.packb(drawn)) == message
    assert msgpack.unpackb(wire.encoder.encode(message)) == drawn


@pytest.mark.parametrize(
    ("union", "examples"), [(wire.ServerMessage, SERVER_EXAMPLES), (wire.ClientMessage, CLIENT_EXAMPLES)]
)
def test_every_message_has_an_example(union: Any, examples: list[tuple[Message, list[Any]]]) -> None:
    assert {type(message) for message, _ in examples} == set(get_args(union))


@pytest.mark.parametrize(("message", "drawn"), CLIENT_EXAMPLES, ids=lambda value: type(value).__name__)
def test_fields_appended_by_a_newer_client_are_ignored(message: Message, drawn: list[Any]) -> None:
    if not isinstance(message, Say) or drawn[-1] is not None:
        assert wire.client_decoder.decode(msgpack.packb([*drawn, "from the future", [1]])) == message


@pytest.mark.parametrize("drawn", [[], ["unheard_of"], ["like"], ["like", "three"], ["like", 1.5], "like", {"like": 1}])
def test_what_is_no_message_is_refused(drawn: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        wire.client_decoder.decode(msgpack.packb(drawn))
