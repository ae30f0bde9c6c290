"""Edge: one encoder's TCP connection: feeds its session, performs what the session decides, keeps its one timer.

No task and no queue: everything happens in the loop's callbacks. Whoever closes first, the host learns of the end of a
publisher exactly once. A peer that does not read what we write is cut, so that a connection's memory stays bounded.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from media.rtmp.decisions import Closed, Decision, MediaMessage, PublishRequested, Send, Unpublished
from media.rtmp.session import ServerSession, State

WRITE_BYTES_MAX = 64 * 1024
"""Unsent bytes at which a peer counts as not reading; a session's answers together have about 2 KiB."""


class Host(Protocol):
    """What a connection needs of its server."""

    linger_s: float

    def new_session(self, now: float) -> ServerSession: ...

    def connection_opened(self, connection: Connection) -> bool:
        """Count the connection in; False if there is no room for it."""
        ...

    def connection_closed(self, connection: Connection) -> None: ...

    def publish_requested(self, connection: Connection, request: PublishRequested) -> None: ...

    def publisher_opened(self, connection: Connection) -> None: ...

    def publisher_message(self, connection: Connection, message: MediaMessage, now: float) -> None: ...

    def publisher_closed(self, connection: Connection, reason: str) -> None: ...


class Connection(asyncio.Protocol):
    """One accepted connection; also the Publisher that the sink is handed."""

    __slots__ = (
        "_finished",
        "_host",
        "_loop",
        "_lost_reason",
        "_on_air",
        "_session",
        "_timed_state",
        "_timer",
        "_transport",
        "heard_at",
        "number",
        "peer",
        "publisher_id",
        "room_id",
        "software",
    )

    def __init__(self, host: Host, number: int, loop: asyncio.AbstractEventLoop) -> None:
        self.number = number
        """Never used twice by one server."""
        self.peer = ""
        self.software = ""
        self.room_id = ""
        self.publisher_id = 0
        self.heard_at = loop.time()
        self._host = host
        self._loop = loop
        self._session = host.new_session(self.heard_at)
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timed_state: State | None = None
        self._on_air = False
        self._finished = False
        self._lost_reason = "the connection was lost"

    def has_ended(self) -> bool:
        """Whether its session is over; the connection itself may linger."""
        return self._session.state is State.CLOSED

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods of asyncio.Transport without being one.
        transport = cast(asyncio.Transport, transport)
        self._transport = transport
        peername = transport.get_extra_info("peername")
        # A peer that is gone already has no name any more.
        self.peer = peername[0] if peername else ""
        if not self._host.connection_opened(self):
            self._session.refuse_publish("", "no room for another connection")
            transport.abort()
            return
        transport.set_write_buffer_limits(high=WRITE_BYTES_MAX)
        self._set_timer()

    def data_received(self, data: bytes) -> None:
        now = self._loop.time()
        self.heard_at = now
        self._perform(self._session.feed(data, now), now)

    def pause_writing(self) -> None:
        self._lost_reason = "the encoder does not read what the server says"
        self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._perform(self._session.refuse_publish("", self._lost_reason), self.heard_at)
        self._clear_timer()
        self._host.connection_closed(self)

    def accept(self, room_id: str, publisher_id: int) -> None:
        """Put the encoder on the air; the caller holds the room for it."""
        self.room_id = room_id
        self.publisher_id = publisher_id
        self._host.publisher_opened(self)
        self._on_air = True
        now = self._loop.time()
        self.heard_at = now
        self._perform(self._session.accept_publish(now), now)
        self._resume_reading()

    def close(self, code: str, description: str) -> None:
        """Refuse the encoder, or take it off the air, with a reason it can show."""
        self._perform(self._session.refuse_publish(code, description), self._loop.time())

    def cut(self) -> None:
        """End the connection at once, without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _perform(self, decisions: list[Decision], now: float) -> None:
        for decision in decisions:
            match decision:
                case MediaMessage():
                    # The sink may have closed this publisher at an earlier message of the same bytes.
                    if self._on_air:
                        self._host.publisher_message(self, decision, now)
                case Send(data):
                    if self._transport is not None and not self._finished:
                        self._transport.write(data)
                case PublishRequested():
                    self.software = decision.software
                    if self._transport is not None:
                        self._transport.pause_reading()
                    self._host.publish_requested(self, decision)
                case Unpublished():
                    self._leave_air("the encoder stopped")
                case Closed(reason, linger):
                    self._leave_air(reason)
                    self._finish(linger)
        if self._session.state is not self._timed_state:
            self._set_timer()

    def _leave_air(self, reason: str) -> None:
        if self._on_air:
            self._on_air = False
            self._host.publisher_closed(self, reason)

    def _finish(self, linger: bool) -> None:
        """Close; when lingering, say first that nothing more comes, lest a reset overtake the reason."""
        self._finished = True
        transport = self._transport
        if transport is None:
            return
        if not linger or transport.is_closing() or not transport.can_write_eof():
            transport.abort()
            return
        transport.write_eof()
        self._resume_reading()

    def _resume_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing() and not self._transport.is_reading():
            self._transport.resume_reading()

    def _set_timer(self) -> None:
        self._clear_timer()
        if self._transport is None:
            return
        self._timed_state = self._session.state
        deadline = self._session.deadline()
        if deadline is None:
            self._timer = self._loop.call_later(self._host.linger_s, self.cut)
        else:
            self._timer = self._loop.call_at(deadline, self._deadline_reached)

    def _clear_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _deadline_reached(self) -> None:
        now = self._loop.time()
        self._timed_state = None
        self._perform(self._session.expire(now), now)
