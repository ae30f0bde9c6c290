"""Core: the server's side of WebSocket framing (RFC 6455): frames in, frames out.

A connection without traffic holds no buffer: `FrameParser` keeps bytes only while a frame is incomplete or a message
fragmented, and a payload is collected only after its announced length was found to be within the limit. It fails
fast: the first violation yields `Violated` with the close code to send, and nothing is read after it, nor after a
close frame.
"""

from __future__ import annotations

import codecs
import enum
import struct
from dataclasses import dataclass
from typing import Final

from websockets.frames import EXTERNAL_CLOSE_CODES

try:
    from websockets.speedups import apply_mask
except ImportError:  # its extension in C was not built for this platform
    from websockets.utils import apply_mask

CONTROL_PAYLOAD_BYTES_MAX: Final = 125  # RFC 6455, section 5.5
FRAGMENTS_MAX: Final = 64
"""Frames of one message. Empty ones would otherwise keep the parser busy and never count as a message."""


class Opcode(enum.IntEnum):
    """Frame types, RFC 6455 section 5.2."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(enum.IntEnum):
    """The codes we send, RFC 6455 section 7.4.1 and IANA's registry."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    INVALID_PAYLOAD = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013


# ---- Frames out ------------------------------------------------------------------------------------------------------

_MEDIUM: Final = struct.Struct("!BBH")
_LONG: Final = struct.Struct("!BBQ")


def frame_header(payload_bytes: int, opcode: Opcode = Opcode.BINARY) -> bytes:
    """The 2 to 10 bytes before an unmasked, unfragmented payload."""
    first = 0x80 | opcode
    if payload_bytes < 126:
        return bytes((first, payload_bytes))
    if payload_bytes < 65536:
        return _MEDIUM.pack(first, 126, payload_bytes)
    return _LONG.pack(first, 127, payload_bytes)


def frame(payload: bytes, opcode: Opcode = Opcode.BINARY) -> bytes:
    """A whole unmasked frame."""
    return frame_header(len(payload), opcode) + payload


def close_frame(code: int | None, reason: str = "") -> bytes:
    """A close frame; without a code its payload is empty. The reason is cut to what fits, at a character's border."""
    if code is None:
        return frame(b"", Opcode.CLOSE)
    text = reason.encode()[: CONTROL_PAYLOAD_BYTES_MAX - 2].decode(errors="ignore").encode()
    return frame(code.to_bytes(2, "big") + text, Opcode.CLOSE)


# ---- Frames in -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BinaryReceived:
    """A whole binary message."""

    data: bytes


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A whole text message, known to be UTF-8."""

    text: str


@dataclass(frozen=True, slots=True)
class PingReceived:
    """To be answered with a pong of the same payload."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class PongReceived:
    """To be ignored."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class CloseReceived:
    """The peer closes; the answer is a close frame with the same code (None: with none)."""

    code: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Violated:
    """The peer broke the protocol or a limit: close with this code."""

    code: CloseCode
    reason: str


Received = BinaryReceived | TextReceived | PingReceived | PongReceived | CloseReceived | Violated


class _Violation(Exception):
    """Leaves the parser only as the value `Violated`."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        self.violated = Violated(code, reason)


class FrameParser:
    """Bytes of one client in, messages and control frames out.

    A frame passes through two states: its header is awaited (`_payload_left` is None), then its payload. Payload
    bytes of data frames are unmasked and checked as they come; control frames wait until they are whole.
    """

    __slots__ = (
        "_buffer",
        "_decoder",
        "_final",
        "_fragments",
        "_fragments_max",
        "_mask",
        "_message",
        "_message_bytes_max",
        "_message_opcode",
        "_opcode",
        "_payload_left",
        "_position",
        "ended",
    )

    def __init__(self, message_bytes_max: int, *, fragments_max: int = FRAGMENTS_MAX) -> None:
        self._message_bytes_max = message_bytes_max
        self._fragments_max = fragments_max
        self._fragments = 0  # of the message that is open
        self._buffer = b""
        self._position = 0  # of the first byte in the buffer that is not read; 0 between calls of `feed`
        self._message: bytearray | None = None
        self._message_opcode: Opcode | None = None  # of the fragmented message that is open
        self._decoder: codecs.IncrementalDecoder | None = None  # checks an open text message
        self._opcode = Opcode.CONTINUATION
        self._final = False
        self._mask = b""
        self._payload_left: int | None = None
        self.ended = False  # by a close frame or a violation: later bytes are not read

    def feed(self, chunk: bytes) -> list[Received]:
        """Take bytes as they came from the socket; what they completed, in order."""
        received: list[Received] = []
        if self.ended:
            return received
        self._buffer = self._buffer + chunk if self._buffer else bytes(chunk)
        try:
            while not self.ended and self._step(received):
                pass
        except _Violation as violation:
            received.append(violation.violated)
            self.ended = True
        if self.ended:
            self._buffer = b""
            self._message = self._decoder = None
        else:
            self._buffer = self._buffer[self._position :]
        self._position = 0
        return received

    def _step(self, received: list[Received]) -> bool:
        """Make one step if the buffer allows it."""
        if self._payload_left is None:
            return self._read_header()
        if self._opcode >= Opcode.CLOSE:
            return self._read_control(received)
        return self._read_data(received)

    def _read_header(self) -> bool:
        buffer, start = self._buffer, self._position
        available = len(buffer) - start
        if available:
            self._check_first_byte(buffer[start])
        if available < 2:
            return False
        second = buffer[start + 1]
        length = second & 0x7F
        if not second & 0x80:
            raise _Violation(CloseCode.PROTOCOL_ERROR, "frame without mask")
        if self._opcode >= Opcode.CLOSE and length > CONTROL_PAYLOAD_BYTES_MAX:
            raise _Violation(CloseCode.PROTOCOL_ERROR, "control frame too long")
        if self._opcode == Opcode.CLOSE and length == 1:
            raise _Violation(CloseCode.PROTOCOL_ERROR, "close frame with half a code")
        header_bytes = 2
        if length >= 126:
            header_bytes = 4 if length == 126 else 10
            if available < header_bytes:
                return False
            length = int.from_bytes(buffer[start + 2 : start + header_bytes], "big")
            if length >> 63:
                raise _Violation(CloseCode.PROTOCOL_ERROR, "frame length out of range")
        if self._opcode < Opcode.CLOSE and len(self._message or b"") + length > self._message_bytes_max:
            raise _Violation(CloseCode.MESSAGE_TOO_BIG, f"message over {self._message_bytes_max} bytes")
        if available < header_bytes + 4:
            return False
        if self._opcode < Opcode.CLOSE:
            self._fragments += 1
            if self._fragments > self._fragments_max:
                raise _Violation(CloseCode.MESSAGE_TOO_BIG, f"message in over {self._fragments_max} fragments")
        self._position = start + header_bytes + 4
        self._mask = buffer[self._position - 4 : self._position]
        self._payload_left = length
        return True

    def _check_first_byte(self, first: int) -> None:
        if first & 0x70:
            raise _Violation(CloseCode.PROTOCOL_ERROR, "reserved bit set")
        try:
            self._opcode = Opcode(first & 0x0F)
        except ValueError:
            raise _Violation(CloseCode.PROTOCOL_ERROR, "unknown opcode") from None
        self._final = bool(first & 0x80)
        if self._opcode >= Opcode.CLOSE:
            if not self._final:
                raise _Violation(CloseCode.PROTOCOL_ERROR, "fragmented control frame")
        elif (self._opcode == Opcode.CONTINUATION) != (self._message_opcode is not None):
            raise _Violation(CloseCode.PROTOCOL_ERROR, "message fragments out of order")

    def _read_control(self, received: list[Received]) -> bool:
        length = self._payload_left
        assert length is not None
        end = self._position + length
        if len(self._buffer) < end:
            return False
        payload = apply_mask(self._buffer[self._position : end], self._mask)
        self._position = end
        self._payload_left = None
        if self._opcode == Opcode.PING:
            received.append(PingReceived(payload))
        elif self._opcode == Opcode.PONG:
            received.append(PongReceived(payload))
        else:
            received.append(_parse_close(payload))
            self.ended = True
        return True

    def _read_data(self, received: list[Received]) -> bool:
        assert self._payload_left is not None
        if self._message_opcode is None:
            self._message_opcode = self._opcode
            self._message = bytearray()
            self._decoder = _new_utf8_decoder() if self._opcode == Opcode.TEXT else None
        message = self._message
        assert message is not None
        taken = min(self._payload_left, len(self._buffer) - self._position)
        piece = apply_mask(self._buffer[self._position : self._position + taken], self._mask)
        turn = taken % 4
        self._mask = self._mask[turn:] + self._mask[:turn]
        self._position += taken
        self._payload_left -= taken
        message += piece
        complete = self._final and not self._payload_left
        if self._decoder is not None:
            _check_utf8(self._decoder, piece, final=complete)
        if self._payload_left:
            return False
        self._payload_left = None
        if complete:
            data = bytes(message)
            text = self._message_opcode == Opcode.TEXT
            self._message = self._message_opcode = self._decoder = None
            self._fragments = 0
            received.append(TextReceived(data.decode()) if text else BinaryReceived(data))
        return True


def _new_utf8_decoder() -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")()


def _check_utf8(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool) -> None:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        raise _Violation(CloseCode.INVALID_PAYLOAD, "text is not UTF-8") from None


def _parse_close(payload: bytes) -> CloseReceived:
    if not payload:
        return CloseReceived(None, "")
    code = int.from_bytes(payload[:2], "big")
    if code not in EXTERNAL_CLOSE_CODES and not 3000 <= code < 5000:
        raise _Violation(CloseCode.PROTOCOL_ERROR, "close code out of range")
    try:
        return CloseReceived(code, payload[2:].decode())
    except UnicodeDecodeError:
        raise _Violation(CloseCode.INVALID_PAYLOAD, "close reason is not UTF-8") from None
