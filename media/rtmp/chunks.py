"""Core: the RTMP chunk stream: bytes in any pieces → messages, and messages → bytes.

A message travels as chunks on one of many interleaved chunk streams; a chunk's header repeats only what changed (four
types). The reader keeps, per chunk stream, the last header and the payload gathered so far, and never holds back more
than one header (18 bytes) of unread input: payload is taken as it arrives. So memory is what has arrived of unfinished
messages, under `unfinished_bytes_max`; a declared length allocates nothing. SetChunkSize and Abort act on the bytes
that follow them at once, so they are applied here and not handed on.

Cost: one slice and one append per chunk; `python -m media.rtmp.bench` prints what that comes to.

Two points where senders differ, and what is done: a type 3 chunk that begins a message repeats the last delta, which
after a type 0 chunk is that chunk's timestamp (as the specification says; the writer here avoids the case). A type 3
chunk that continues a message repeats the extended timestamp; some old encoders leave it out, so four bytes that differ
from it are taken as payload.

Source: Adobe's Real Time Messaging Protocol (rtmp_specification_1.0), sections 5.3 and 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from media.rtmp.errors import ChunkMalformed, LimitExceeded

CHUNK_BYTES_DEFAULT = 128
CHUNK_BYTES_MIN = 128
"""The specification's "SHOULD be at least"; smaller ones only cost processor time."""
CHUNK_BYTES_MAX = 0xFFFFFF
"""The longest message, thus the longest chunk; a larger announced size means this one."""
MESSAGE_BYTES_MAX = 8 * 1024 * 1024
UNFINISHED_BYTES_MAX = MESSAGE_BYTES_MAX + 1024 * 1024
"""Payload gathered over all chunk streams: one largest message and what is interleaved with it."""
CHUNK_STREAMS_MAX = 64
"""Chunk streams one peer may open; encoders use about five."""
MESSAGES_PER_FEED_MAX = 8192
"""Messages in one feed, empty ones included: 256 KiB of the smallest real ones (32-byte audio) hold about 8,000."""

_EXTENDED = 0xFFFFFF
_WRAP = 0xFFFFFFFF
_CSID_MIN, _CSID_MAX = 2, 65599
_HEADER_BYTES = (11, 7, 3, 0)
"""Message header bytes by chunk type."""


class MessageType(IntEnum):
    """The types of message that this program reads or writes."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACKNOWLEDGEMENT_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA_AMF3 = 15
    COMMAND_AMF3 = 17
    DATA_AMF0 = 18
    COMMAND_AMF0 = 20


@dataclass(frozen=True, slots=True)
class Message:
    """One whole RTMP message."""

    type_id: int
    """A MessageType, or a number this program does not know."""
    stream_id: int
    timestamp_ms: int
    """As on the wire: 32 bits, wraps after 49.7 days."""
    payload: bytes


class _ChunkStream:
    """The last header of one chunk stream, and its unfinished message."""

    __slots__ = (
        "again",
        "delta_ms",
        "extended",
        "extended_ms",
        "length",
        "payload",
        "stream_id",
        "timestamp_ms",
        "type_id",
    )

    def __init__(self) -> None:
        self.timestamp_ms = 0
        self.delta_ms = 0
        self.length = 0
        self.type_id = 0
        self.stream_id = 0
        self.extended = False
        self.extended_ms = 0
        self.again = b""
        """The header with which its message goes on, where that is one byte; else empty."""
        self.payload: bytearray | None = None
        """None between messages."""


class ChunkReader:
    """Reads one direction of one connection, after the handshake."""

    __slots__ = (
        "_chunk_bytes",
        "_current",
        "_held",
        "_message_bytes_max",
        "_streams",
        "_take_bytes",
        "_unfinished_bytes",
        "_unfinished_bytes_max",
    )

    def __init__(
        self, *, message_bytes_max: int = MESSAGE_BYTES_MAX, unfinished_bytes_max: int = UNFINISHED_BYTES_MAX
    ) -> None:
        self._message_bytes_max = message_bytes_max
        self._unfinished_bytes_max = unfinished_bytes_max
        self._chunk_bytes = CHUNK_BYTES_DEFAULT
        self._streams: dict[int, _ChunkStream] = {}
        self._held = b""
        self._current: _ChunkStream | None = None
        self._take_bytes = 0
        self._unfinished_bytes = 0

    @property
    def unfinished_bytes(self) -> int:
        """Payload held of messages that are not whole yet."""
        return self._unfinished_bytes

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes and return the messages they complete, in order; empty messages are left out.

        Raises: ChunkMalformed, LimitExceeded; the reader must not be fed again after either.
        """
        if self._held:
            data = self._held + data
            self._held = b""
        messages: list[Message] = []
        completed = 0
        position = 0
        end = len(data)
        while position < end:
            stream = self._current
            if stream is None:
                header_end = self._read_header(data, position)
                if header_end < 0:
                    self._held = data[position:]
                    break
                position = header_end
                stream = self._current
                assert stream is not None
            payload = stream.payload
            assert payload is not None
            if taken := min(self._take_bytes, end - position):
                payload += data[position : position + taken]
                position += taken
                self._take_bytes -= taken
                self._unfinished_bytes += taken
            if self._take_bytes:
                break
            self._current = None
            if len(payload) == stream.length:
                completed += 1
                if completed > MESSAGES_PER_FEED_MAX:
                    raise LimitExceeded("messages at once", MESSAGES_PER_FEED_MAX)
                self._complete(stream, bytes(payload), messages)
            elif stream.again:
                position = self._take_run(stream, payload, data, position)
        if self._unfinished_bytes > self._unfinished_bytes_max:
            raise LimitExceeded("bytes of unfinished messages", self._unfinished_bytes_max)
        return messages

    def _take_run(self, stream: _ChunkStream, payload: bytearray, data: bytes, position: int) -> int:
        """Take at once the full chunks of an uninterrupted message; returns where they end.

        At 128 bytes a chunk this is most of a stream; a header in each place where one is due proves the run.
        """
        stride = self._chunk_bytes + 1
        # The last chunk goes the ordinary way, which completes the message.
        count = min((stream.length - len(payload) - 1) // self._chunk_bytes, (len(data) - position) // stride)
        end = position + count * stride
        if count < 2 or data[position:end:stride] != stream.again * count:
            return position
        gathered = bytearray(data[position:end])
        del gathered[::stride]
        payload += gathered
        self._unfinished_bytes += len(gathered)
        return end

    def _read_header(self, data: bytes, position: int) -> int:
        """Read one chunk's header and set what to take next; returns where the payload begins, or −1 for "not yet"."""
        end = len(data)
        first = data[position]
        position += 1
        kind = first >> 6
        csid = first & 0x3F
        if csid < _CSID_MIN:
            if position + 1 + csid > end:
                return -1
            # Form 0 has one more byte; form 1 two, the low one first.
            csid_bytes = data[position : position + 1 + csid]
            position += 1 + csid
            csid = int.from_bytes(csid_bytes, "little") + 64
        stream = self._streams.get(csid)
        if stream is None:
            # After the handshake each chunk stream begins with a whole header; type 1 is forgiven (some encoders).
            if kind > 1:
                raise ChunkMalformed(f"chunk stream {csid} begins with a type {kind} chunk")
            stream = _ChunkStream()
        if kind == 3:
            position = self._repeat_header(stream, data, position)
        else:
            position = self._change_header(stream, kind, data, position)
        if position < 0:
            return -1
        if csid not in self._streams:
            if len(self._streams) >= CHUNK_STREAMS_MAX:
                raise LimitExceeded("chunk streams", CHUNK_STREAMS_MAX)
            self._streams[csid] = stream
        stream.again = bytes((0xC0 | csid,)) if csid < 64 and not stream.extended else b""
        if stream.payload is None:
            stream.payload = bytearray()
        self._current = stream
        self._take_bytes = min(self._chunk_bytes, stream.length - len(stream.payload))
        return position

    def _repeat_header(self, stream: _ChunkStream, data: bytes, position: int) -> int:
        """Apply a type 3 header: go on with the message, or begin one like the last."""
        starts = stream.payload is None
        if stream.extended:
            if position + 4 > len(data):
                return -1
            extended_ms = int.from_bytes(data[position : position + 4], "big")
            if starts:
                stream.extended_ms = stream.delta_ms = extended_ms
                position += 4
            elif extended_ms == stream.extended_ms:
                position += 4
        if starts:
            stream.timestamp_ms = (stream.timestamp_ms + stream.delta_ms) & _WRAP
        return position

    def _change_header(self, stream: _ChunkStream, kind: int, data: bytes, position: int) -> int:
        """Apply a header of type 0, 1 or 2; nothing changes when it is not whole yet."""
        start = position
        position += _HEADER_BYTES[kind]
        if position > len(data):
            return -1
        time_ms = int.from_bytes(data[start : start + 3], "big")
        extended = time_ms == _EXTENDED
        if extended:
            if position + 4 > len(data):
                return -1
            time_ms = int.from_bytes(data[position : position + 4], "big")
            position += 4
        if stream.payload is not None:
            # The sender gave up the unfinished message without saying so; the specification has Abort for that.
            raise ChunkMalformed(f"a type {kind} chunk within an unfinished message")
        if kind < 2:
            length = int.from_bytes(data[start + 3 : start + 6], "big")
            if length > self._message_bytes_max:
                raise LimitExceeded("bytes of a message", self._message_bytes_max)
            stream.length = length
            stream.type_id = data[start + 6]
        if kind == 0:
            stream.stream_id = int.from_bytes(data[start + 7 : start + 11], "little")
            stream.timestamp_ms = time_ms
        else:
            stream.timestamp_ms = (stream.timestamp_ms + time_ms) & _WRAP
        stream.delta_ms = time_ms
        stream.extended = extended
        stream.extended_ms = time_ms
        return position

    def _complete(self, stream: _ChunkStream, payload: bytes, messages: list[Message]) -> None:
        stream.payload = None
        self._unfinished_bytes -= len(payload)
        if stream.type_id == MessageType.SET_CHUNK_SIZE:
            self._set_chunk_bytes(payload)
        elif stream.type_id == MessageType.ABORT:
            self._abort(payload)
        elif payload:
            messages.append(Message(stream.type_id, stream.stream_id, stream.timestamp_ms, payload))

    def _set_chunk_bytes(self, payload: bytes) -> None:
        chunk_bytes = _control_value(payload)
        if not CHUNK_BYTES_MIN <= chunk_bytes <= 0x7FFFFFFF:
            raise ChunkMalformed(f"chunk size {chunk_bytes} is not between {CHUNK_BYTES_MIN} and 2147483647")
        self._chunk_bytes = min(chunk_bytes, CHUNK_BYTES_MAX)

    def _abort(self, payload: bytes) -> None:
        stream = self._streams.get(_control_value(payload))
        if stream is not None and stream.payload is not None:
            self._unfinished_bytes -= len(stream.payload)
            stream.payload = None


def _control_value(payload: bytes) -> int:
    if len(payload) != 4:
        raise ChunkMalformed("a protocol control message is not four bytes long")
    return int.from_bytes(payload, "big")


class ChunkWriter:
    """Writes one direction of one connection; messages are not interleaved.

    With `compress` headers leave out what the last message on the chunk stream already said (types 1, 2, 3).
    """

    __slots__ = ("_chunk_bytes", "_compress", "_last")

    def __init__(self, *, compress: bool = True) -> None:
        self._chunk_bytes = CHUNK_BYTES_DEFAULT
        self._compress = compress
        self._last: dict[int, tuple[Message, int]] = {}
        """By chunk stream: the last message and its delta; −1 after a type 0 chunk, so that no type 3 follows it."""

    def set_chunk_bytes(self, chunk_bytes: int) -> bytes:
        """Announce a chunk size and use it from the next message on."""
        assert CHUNK_BYTES_MIN <= chunk_bytes <= CHUNK_BYTES_MAX
        announced = self.write(Message(MessageType.SET_CHUNK_SIZE, 0, 0, chunk_bytes.to_bytes(4, "big")), csid=2)
        self._chunk_bytes = chunk_bytes
        return announced

    def write(self, message: Message, *, csid: int) -> bytes:
        """The bytes of one message on chunk stream `csid` (2–65599; 2 is for protocol control)."""
        kind, time_ms = self._choose(message, csid)
        extension = (time_ms & _WRAP).to_bytes(4, "big") if time_ms >= _EXTENDED else b""
        header = (
            min(time_ms, _EXTENDED).to_bytes(3, "big")
            + len(message.payload).to_bytes(3, "big")
            + bytes((message.type_id,))
            + message.stream_id.to_bytes(4, "little")
        )
        payload = message.payload
        pieces = [_basic_header(kind, csid), header[: _HEADER_BYTES[kind]], extension, payload[: self._chunk_bytes]]
        again = _basic_header(3, csid) + extension
        for start in range(self._chunk_bytes, len(payload), self._chunk_bytes):
            pieces += (again, payload[start : start + self._chunk_bytes])
        return b"".join(pieces)

    def _choose(self, message: Message, csid: int) -> tuple[int, int]:
        """The chunk type, and the timestamp or delta that goes with it."""
        last, last_delta_ms = self._last.get(csid, (None, -1))
        delta_ms = message.timestamp_ms - last.timestamp_ms if last is not None else -1
        if last is None or not self._compress or last.stream_id != message.stream_id or delta_ms < 0:
            self._last[csid] = message, -1
            return 0, message.timestamp_ms
        self._last[csid] = message, delta_ms
        if last.type_id != message.type_id or len(last.payload) != len(message.payload):
            return 1, delta_ms
        if delta_ms != last_delta_ms or delta_ms >= _EXTENDED:
            return 2, delta_ms
        return 3, delta_ms


def _basic_header(kind: int, csid: int) -> bytes:
    assert _CSID_MIN <= csid <= _CSID_MAX
    if csid < 64:
        return bytes((kind << 6 | csid,))
    if csid < 320:
        return bytes((kind << 6, csid - 64))
    return bytes((kind << 6 | 1,)) + (csid - 64).to_bytes(2, "little")
