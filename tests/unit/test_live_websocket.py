"""WebSocket frames as exact bytes, whole, byte by byte, and against the independent writer of `websockets`."""

from __future__ import annotations

import pytest
from websockets.frames import Frame
from websockets.frames import Opcode as PeerOpcode

from server.live.socket.websocket import (
    BinaryReceived,
    CloseCode,
    CloseReceived,
    FrameParser,
    Opcode,
    PingReceived,
    PongReceived,
    Received,
    TextReceived,
    Violated,
    close_frame,
    frame,
    frame_header,
)

MASK = b"\x37\xfa\x21\x3d"


def masked(opcode: int, payload: bytes = b"", *, fin: bool = True, length: bytes | None = None, rsv: int = 0) -> bytes:
    """A client's frame; `length` replaces the length bytes."""
    first = (0x80 if fin else 0) | rsv | opcode
    if length is None:
        size = len(payload)
        if size < 126:
            length = bytes([0x80 | size])
        elif size < 65536:
            length = b"\xfe" + size.to_bytes(2, "big")
        else:
            length = b"\xff" + size.to_bytes(8, "big")
    return bytes([first]) + length + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


def violated(received: list[Received]) -> int | None:
    last = received[-1] if received else None
    return int(last.code) if isinstance(last, Violated) else None


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, "8200"),
        (125, "827d"),
        (126, "827e007e"),
        (65535, "827effff"),
        (65536, "827f0000000000010000"),
    ],
)
def test_frame_headers(size: int, header: str) -> None:
    assert frame_header(size) == bytes.fromhex(header)
    assert frame(b"a" * size) == bytes.fromhex(header) + b"a" * size


def test_close_frames() -> None:
    assert close_frame(None) == b"\x88\x00"
    assert close_frame(1000, "ok") == b"\x88\x04\x03\xe8ok"
    cut = close_frame(1008, "长" * 100)
    assert len(cut) <= 2 + 125
    assert cut[4:].decode() == "长" * 41


RFC_EXAMPLE = bytes.fromhex("818537fa213d7f9f4d5158")  # RFC 6455, section 5.7: a masked "Hello"

SCRIPTS: list[tuple[str, bytes, list[Received]]] = [
    ("rfc example", RFC_EXAMPLE, [TextReceived("Hello")]),
    ("binary", masked(2, b"\x00\xff"), [BinaryReceived(b"\x00\xff")]),
    ("empty binary", masked(2), [BinaryReceived(b"")]),
    ("16-bit length", masked(2, b"x" * 300), [BinaryReceived(b"x" * 300)]),
    ("64-bit length", masked(2, b"x" * 70_000), [BinaryReceived(b"x" * 70_000)]),
    ("length longer than needed", masked(2, b"ab", length=b"\xfe\x00\x02"), [BinaryReceived(b"ab")]),
    ("ping", masked(9, b"are you there"), [PingReceived(b"are you there")]),
    ("longest ping", masked(9, b"p" * 125), [PingReceived(b"p" * 125)]),
    ("pong nobody asked for", masked(10, b""), [PongReceived(b"")]),
    (
        "fragments with control frames between",
        masked(2, b"a", fin=False) + masked(9, b"1") + masked(0, b"b", fin=False) + masked(10) + masked(0, b"c"),
        [PingReceived(b"1"), PongReceived(b""), BinaryReceived(b"abc")],
    ),
    ("empty fragments", masked(2, fin=False) + masked(0, fin=False) + masked(0), [BinaryReceived(b"")]),
    (
        "text fragmented inside a character",
        masked(1, "你".encode()[:1], fin=False) + masked(0, "你".encode()[1:]),
        [TextReceived("你")],
    ),
    ("two messages", masked(2, b"a") + masked(2, b"b"), [BinaryReceived(b"a"), BinaryReceived(b"b")]),
    ("close without code", masked(8), [CloseReceived(None, "")]),
    ("close", masked(8, b"\x03\xe8bye"), [CloseReceived(1000, "bye")]),
    ("nothing after close", masked(8, b"\x0f\xa0") + masked(2, b"a"), [CloseReceived(4000, "")]),
    ("reserved bit", masked(2, b"a", rsv=0x40), [Violated(CloseCode.PROTOCOL_ERROR, "reserved bit set")]),
    ("reserved opcode", masked(3), [Violated(CloseCode.PROTOCOL_ERROR, "unknown opcode")]),
    ("reserved control opcode", masked(11), [Violated(CloseCode.PROTOCOL_ERROR, "unknown opcode")]),
    ("not masked", b"\x82\x01a", [Violated(CloseCode.PROTOCOL_ERROR, "frame without mask")]),
    ("fragmented ping", masked(9, fin=False), [Violated(CloseCode.PROTOCOL_ERROR, "fragmented control frame")]),
    ("long ping", masked(9, b"p" * 126), [Violated(CloseCode.PROTOCOL_ERROR, "control frame too long")]),
    ("half a code", masked(8, b"\x03"), [Violated(CloseCode.PROTOCOL_ERROR, "close frame with half a code")]),
    (
        "continuation of nothing",
        masked(0, b"a"),
        [Violated(CloseCode.PROTOCOL_ERROR, "message fragments out of order")],
    ),
    (
        "message within a message",
        masked(2, b"a", fin=False) + masked(2, b"b"),
        [Violated(CloseCode.PROTOCOL_ERROR, "message fragments out of order")],
    ),
    (
        "length beyond 63 bits",
        masked(2, length=b"\xff\x80" + b"\x00" * 7),
        [Violated(CloseCode.PROTOCOL_ERROR, "frame length out of range")],
    ),
    ("bad utf-8", masked(1, b"a\xff"), [Violated(CloseCode.INVALID_PAYLOAD, "text is not UTF-8")]),
    ("surrogate", masked(1, b"\xed\xa0\x80"), [Violated(CloseCode.INVALID_PAYLOAD, "text is not UTF-8")]),
    ("half a character", masked(1, b"\xe4\xbd"), [Violated(CloseCode.INVALID_PAYLOAD, "text is not UTF-8")]),
    (
        "bad utf-8 in a close reason",
        masked(8, b"\x03\xe8\xff"),
        [Violated(CloseCode.INVALID_PAYLOAD, "close reason is not UTF-8")],
    ),
]


@pytest.mark.parametrize(("sent", "expected"), [script[1:] for script in SCRIPTS], ids=[name for name, *_ in SCRIPTS])
def test_scripts(sent: bytes, expected: list[Received]) -> None:
    assert FrameParser(100_000).feed(sent) == expected
    byte_by_byte = FrameParser(100_000)
    assert [received for byte in sent for received in byte_by_byte.feed(bytes([byte]))] == expected


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_close_codes_that_may_be_sent(code: int) -> None:
    assert FrameParser(9).feed(masked(8, code.to_bytes(2, "big"))) == [CloseReceived(code, "")]


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_close_codes_that_may_not(code: int) -> None:
    assert violated(FrameParser(9).feed(masked(8, code.to_bytes(2, "big")))) == CloseCode.PROTOCOL_ERROR


def test_the_size_limit_holds_before_the_payload_comes() -> None:
    assert FrameParser(10).feed(masked(2, b"x" * 10)) == [BinaryReceived(b"x" * 10)]
    announced = b"\x82\xff" + (2**40).to_bytes(8, "big")
    assert violated(FrameParser(10).feed(announced)) == CloseCode.MESSAGE_TOO_BIG
    fragments = masked(2, b"x" * 6, fin=False) + masked(0, b"x" * 5)[:6]
    assert violated(FrameParser(10).feed(fragments)) == CloseCode.MESSAGE_TOO_BIG


def test_bad_utf8_is_noticed_before_the_message_ends() -> None:
    parser = FrameParser(1_000)
    assert parser.feed(masked(1, b"abc", fin=False)) == []
    assert (
        violated(parser.feed(masked(0, b"\xf4\x90\x80\x80" + b"a" * 50, fin=False)[:10])) == CloseCode.INVALID_PAYLOAD
    )
    assert parser.feed(masked(0, b"more")) == []


def test_frames_of_an_independent_writer() -> None:
    for size in (0, 1, 125, 126, 127, 1_000, 65_535, 65_536, 65_537):
        payload = bytes(range(256)) * (size // 256) + bytes(size % 256)
        sent = Frame(PeerOpcode.BINARY, payload).serialize(mask=True)
        parser = FrameParser(100_000)
        received = [each for start in range(0, len(sent), 1_000) for each in parser.feed(sent[start : start + 1_000])]
        assert received == [BinaryReceived(payload)]


def test_opcodes() -> None:
    assert frame(b"x", Opcode.PONG) == b"\x8a\x01x"


def test_a_message_has_only_so_many_fragments() -> None:
    parser = FrameParser(100_000, fragments_max=3)
    whole = masked(2, fin=False) + masked(0, fin=False) + masked(0)
    assert parser.feed(whole + whole) == [BinaryReceived(b""), BinaryReceived(b"")]
    endless = masked(2, fin=False) + masked(9) + masked(0, fin=False) * 3
    reason = "message in over 3 fragments"
    assert parser.feed(endless) == [PingReceived(b""), Violated(CloseCode.MESSAGE_TOO_BIG, reason)]
