"""Core: the frames on a link between two members of a node's bus, and the reader that cuts a byte stream into them.

    frame   = length (4 bytes, big endian, of what follows) kind (1 byte) topic length (1 byte) topic payload

`HELLO` is first from both sides; its topic is the sender's name. `SUBSCRIBE` and `UNSUBSCRIBE` state interest,
`PUBLICATION` carries a payload, and `GAP` says that publications of the topic were left out on this link. Because all
of them share one ordered stream, whoever sees a publication has seen every interest its sender stated before it.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

HELLO: Final = 0
SUBSCRIBE: Final = 1
UNSUBSCRIBE: Final = 2
PUBLICATION: Final = 3
GAP: Final = 4

TOPIC_CHARS_MAX: Final = 200
PUBLICATION_BYTES_MAX: Final = 8 * 1024 * 1024
"""A larger publication is a bug of the publisher, and a larger frame breaks the link it comes from."""

_head = struct.Struct(">IBB")
_LENGTH_BYTES: Final = 4


class Frame(NamedTuple):
    """One frame as it was read."""

    kind: int
    topic: str
    payload: bytes


class FrameError(Exception):
    """The stream does not hold frames of this kind: the link is closed."""


def is_topic(topic: str) -> bool:
    """Whether this is a topic: printable ASCII without spaces, 1 to 200 characters."""
    return 0 < len(topic) <= TOPIC_CHARS_MAX and topic.isascii() and topic.isprintable() and " " not in topic


def frame_head(kind: int, topic: str, payload_bytes: int = 0) -> bytes:
    """All of a frame that comes before its payload; the payload itself follows as it is, never copied."""
    name = topic.encode("ascii")
    return _head.pack(2 + len(name) + payload_bytes, kind, len(name)) + name


class FrameReader:
    """Cuts one link's stream into frames."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> list[Frame]:
        """Take what was received; return the frames that are whole now, in order.

        Raises: FrameError when a frame is too long, too short, or of an unknown kind.
        """
        self._buffer += received
        buffer, frames, start = self._buffer, [], 0
        while len(buffer) - start >= _head.size:
            length, kind, topic_bytes = _head.unpack_from(buffer, start)
            end = start + _LENGTH_BYTES + length
            payload_start = start + _head.size + topic_bytes
            if length > PUBLICATION_BYTES_MAX + 2 + TOPIC_CHARS_MAX or payload_start > end or kind > GAP:
                raise FrameError(f"kind {kind} of {length} bytes with a topic of {topic_bytes}")
            if len(buffer) < end:
                break
            topic = buffer[start + _head.size : payload_start].decode("ascii", "replace")
            frames.append(Frame(kind, topic, bytes(memoryview(buffer)[payload_start:end])))
            start = end
        del buffer[:start]
        return frames
