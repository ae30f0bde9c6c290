"""Core: what the watching of live rooms is asked and answers: channels, jobs and readings, as they cross a pipe.

Each message is its length in four bytes and one MessagePack value.
"""

from __future__ import annotations

import struct
from typing import Final, Literal, get_args

import msgspec

Channel = Literal["qr", "screen", "speech"]
"""What is read: codes in the picture, words in the picture, words that are spoken."""

CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
HEAD: Final = struct.Struct(">I")
MESSAGE_BYTES_MAX: Final = 48 * 1024 * 1024
"""A job holds parts of at most 4 MiB each, and seldom more than one of that size."""

READINGS_MAX: Final = 16
"""What one picture or window may hold; the rest is left out."""

TEXT_CHARS_MAX: Final = 2_000
"""Of one reading."""


class Job(msgspec.Struct, array_like=True, frozen=True):
    """Something to read: a configuration (ftyp+moov), and parts of it in order."""

    room_id: str
    init: bytes
    parts: list[bytes]


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """What was read."""

    texts: list[str]
    """One for each code; all words of a picture as one, a line each; all words of a window as one."""
    looked: bool
    """Whether it was worth reading: False for a picture like the last one, and for silence."""
    cpu_us: int
    """Processor time that it took."""


def frame(message: Job | Answer) -> bytes:
    """A message as it is written."""
    body = _encoder.encode(message)
    return HEAD.pack(len(body)) + body


def clean(texts: list[str]) -> list[str]:
    """What was read, within bounds: not empty, each once, no lone surrogates."""
    cleaned = (text[:TEXT_CHARS_MAX].encode("utf-8", "replace").decode().strip() for text in texts)
    return [text for text in dict.fromkeys(cleaned) if text][:READINGS_MAX]


_encoder: Final = msgspec.msgpack.Encoder()
job_decoder: Final = msgspec.msgpack.Decoder(Job)
answer_decoder: Final = msgspec.msgpack.Decoder(Answer)
