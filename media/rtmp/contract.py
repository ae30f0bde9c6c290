"""Core: what the RTMP server asks of whoever runs it: who may publish, and where the stream goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from media.rtmp.decisions import MediaMessage
from media.rtmp.replies import BAD_NAME


@dataclass(frozen=True, slots=True)
class Admitted:
    """The key is good."""

    room_id: str
    publisher_id: int
    """The caller's name for this publisher; handed back with everything that concerns it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The key is not good, or not now."""

    description: str
    """A sentence for the host; encoders show it or write it in their log."""
    code: str = BAD_NAME
    """One of replies.BAD_NAME, DENIED, REJECTED: those on which OBS stops and writes the description down."""


class Admission(Protocol):
    """Checks stream keys."""

    async def admit(self, app: str, stream_key: str, peer: str) -> Admitted | Refused:
        """Decide on a request to publish from the address `peer`; what it raises is told to the host as "try again"."""
        ...


class Publisher(Protocol):
    """An encoder that is on the air."""

    @property
    def room_id(self) -> str: ...

    @property
    def publisher_id(self) -> int: ...

    @property
    def peer(self) -> str:
        """Its address, without port."""
        ...

    @property
    def software(self) -> str:
        """What it calls itself; the peer's word, so not to be trusted."""
        ...

    def close(self, code: str, description: str) -> None:
        """Take it off the air with a status code (see replies) and a sentence; `closed` follows within this call."""
        ...


class PublisherSink(Protocol):
    """Takes the streams. Plain functions, called on the loop: they must not block, and what they raise ends that
    publisher alone. For each publisher: opened once, messages, closed once; a room's next `opened` comes after it."""

    def opened(self, room_id: str, publisher: Publisher) -> None: ...

    def message(self, room_id: str, publisher_id: int, message: MediaMessage, now: float) -> None:
        """`now` is the loop's monotonic clock in seconds, when the bytes arrived."""
        ...

    def closed(self, room_id: str, publisher_id: int, reason: str) -> None: ...
