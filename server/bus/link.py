"""Edge: one link between two members of a node's bus: a Unix stream socket that carries frames both ways.

What the peer has not taken yet is bounded in bytes. Past the bound a publication is dropped, its topic is remembered,
and a gap is announced on it before its next publication, or as soon as the peer has caught up. Large publications may
not fill the last quarter, so that a stalled picture leaves room for chat and stock.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Final, Protocol, cast

from server.bus.frames import (
    GAP,
    HELLO,
    PUBLICATION,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Frame,
    FrameError,
    FrameReader,
    frame_head,
)

log = logging.getLogger("jishi.bus")

LARGE_PUBLICATION_BYTES: Final = 16 * 1024
"""From this size on a publication is large: media, not chat or state."""

SOCKET_BUFFER_BYTES: Final = 1024 * 1024
"""The kernel's part of a link: some ten parts of video, so that a publisher is not woken for each piece of one."""

DRAINED_BYTES: Final = 64 * 1024
"""With less than this waiting, a peer has caught up and is told of its gaps."""


class LinkOwner(Protocol):
    """What a link tells the bus it belongs to."""

    def link_opened(self, link: Link) -> None:
        """The peer has said its name."""

    def link_closed(self, link: Link) -> None:
        """The peer is gone, or the link broke; whether or not it was ever opened."""

    def interest_changed(self, link: Link, topic: str, wanted: bool) -> None:
        """The peer wants a topic from now on, or no longer."""

    def arrived(self, topic: str, publication: bytes) -> None:
        """The peer published this."""

    def missed(self, topic: str) -> None:
        """The peer left out publications of the topic."""


class Link(asyncio.Protocol):
    """A connection to one peer, dialled or accepted."""

    def __init__(self, owner: LinkOwner, own_name: str, bytes_max: int) -> None:
        self.peer_name: str | None = None
        self.wanted: set[str] = set()  # topics the peer subscribes
        self.dropped = 0  # publications left out so far
        self._owner = owner
        self._own_name = own_name
        self._bytes_max = bytes_max
        self._large_bytes_max = bytes_max - bytes_max // 4
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._gapped: dict[str, None] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        self._transport.set_write_buffer_limits(high=DRAINED_BYTES)
        self._transport.write(frame_head(HELLO, self._own_name))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._owner.link_closed(self)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._reader.feed(data)
        except FrameError as error:
            log.error("link to %s broke: %s", self.peer_name, error)
            self.abort()
            return
        for frame in frames:
            if self._transport is None:
                return
            self._apply(frame)

    def resume_writing(self) -> None:
        self._announce_gaps()

    def abort(self) -> None:
        """Close at once; what was not sent is lost."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close after what was written has been sent."""
        if self._transport is not None:
            self._transport.close()

    def state_interest(self, topic: str, wanted: bool) -> None:
        """Tell the peer that this member wants a topic, or no longer."""
        if self._transport is not None:
            self._transport.write(frame_head(SUBSCRIBE if wanted else UNSUBSCRIBE, topic))

    def send(self, topic: str, head: bytes, publication: bytes) -> None:
        """Send a publication (`head` is its frame's head), or drop it when the peer is too far behind."""
        transport = self._transport
        if transport is None:
            return
        size = len(head) + len(publication)
        bound = self._large_bytes_max if size >= LARGE_PUBLICATION_BYTES else self._bytes_max
        if transport.get_write_buffer_size() + size > bound:
            self.dropped += 1
            self._gapped[topic] = None
            if transport.get_write_buffer_size() <= DRAINED_BYTES:
                self._announce_gaps()
            return
        if topic in self._gapped:
            del self._gapped[topic]
            transport.write(frame_head(GAP, topic))
        transport.writelines((head, publication))

    def _announce_gaps(self) -> None:
        if self._transport is not None and self._gapped:
            self._transport.write(b"".join(frame_head(GAP, topic) for topic in self._gapped))
            self._gapped.clear()

    def _apply(self, frame: Frame) -> None:
        if self.peer_name is None:
            if frame.kind != HELLO:
                log.error("a link began with frame kind %d", frame.kind)
                self.abort()
                return
            self.peer_name = frame.topic
            self._owner.link_opened(self)
        elif frame.kind == PUBLICATION:
            self._owner.arrived(frame.topic, frame.payload)
        elif frame.kind == GAP:
            self._owner.missed(frame.topic)
        elif frame.kind in (SUBSCRIBE, UNSUBSCRIBE):
            self._owner.interest_changed(self, frame.topic, frame.kind == SUBSCRIBE)
