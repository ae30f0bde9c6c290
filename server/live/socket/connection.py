"""Edge: one viewer's socket after the handshake, made to cost next to nothing while it only watches.

No task, queue, timer, parser or session exists for a viewer who only reads and keeps up. While the transport takes what
it is given, frames are written straight to it; its write buffer limit is zero and the socket's low-water mark small, so
that as soon as the line is full what follows waits in a `Backlog`, where urgent lanes go first. A viewer is dead when
it has a backlog and makes no write progress; pongs are never asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol, cast

from server.live.ledger import RoomLedger
from server.live.session import Session
from server.live.socket.frames import ReadyFrame, ReadyPart, ready
from server.live.socket.ladder import Ladder
from server.live.socket.lanes import Backlog, BacklogLimits
from server.live.socket.websocket import (
    BinaryReceived,
    CloseCode,
    CloseReceived,
    FrameParser,
    Opcode,
    PingReceived,
    PongReceived,
    TextReceived,
    Violated,
    close_frame,
    frame,
)
from server.live.wire import CLIENT_MESSAGE_BYTES_MAX, LANE_CONTROL, LANE_VIDEO, Bye

if TYPE_CHECKING:
    from server.live.rooms.audience import Audience

CALM_PARTS_MIN: Final = 32
"""After so many video parts without a full line a viewer gets parts in one write instead of chunk by chunk."""
CALM_PARTS_NEVER: Final = 0

# What `LiveConnection.blocked` says.
OPEN: Final = 0  # frames can be written at once
PAUSED: Final = 1  # the line is full: frames go to the backlog
CLOSING: Final = 2  # the close frame is sent or queued: nothing else is sent
CLOSED: Final = 3

# Kinds of frames, each with its own place in a backlog.
CONTROL: Final = 0
COMMENTS: Final = 1
COUNTERS: Final = 2


class ConnectionHost(Protocol):
    """What a connection needs of the hub."""

    backlog_limits: BacklogLimits
    close_deadline_s: float

    @property
    def reconnect_after_ms(self) -> int:
        """When a client that is closed should come back."""

    def received(self, connection: LiveConnection, data: bytes) -> None:
        """A whole client message."""

    def admit_control_frame(self, connection: LiveConnection) -> bool:
        """Whether a ping or pong is within the limits."""

    def left(self, connection: LiveConnection) -> None:
        """The connection is over."""

    def line_full(self, connection: LiveConnection) -> None:
        """Watch its write progress from now on."""

    def line_free(self, connection: LiveConnection) -> None:
        """Watch it no longer."""


class LiveConnection(asyncio.Protocol):
    """One viewer. `blocked` is 0 while frames may be given to `write` directly."""

    __slots__ = (
        "_backlog",
        "_calm_parts",
        "_close_timer",
        "_farewell",
        "_host",
        "_ladder",
        "_ledger",
        "_parser",
        "_transport",
        "audience",
        "blocked",
        "lanes",
        "number",
        "session",
        "write",
    )

    def __init__(self, host: ConnectionHost, ledger: RoomLedger, *, number: int, lanes: int) -> None:
        self._host = host
        self._ladder: Ladder | None = None
        self._ledger = ledger
        self._backlog: Backlog | None = None
        self._calm_parts = CALM_PARTS_NEVER
        self._close_timer: asyncio.TimerHandle | None = None
        self._farewell: bytes | None = None  # a pong or the bye and close frame, while the line is full
        self._parser: FrameParser | None = None
        self._transport: asyncio.Transport | None = None
        self.write: Callable[[bytes], None] = _write_nowhere
        self.audience: Audience | None = None
        self.blocked = OPEN
        self.lanes = lanes
        self.number = number
        self.session: Session | None = None

    # ---- Sending -----------------------------------------------------------------------------------------------------

    def send(self, message: ReadyFrame) -> None:
        """Send to this viewer alone, on the control lane."""
        account = self._ledger.lanes[LANE_CONTROL]
        account.offered += message.publications
        if self.blocked:
            self.queue(CONTROL, message)
        else:
            account.delivered += message.publications
            self.write(message.data)

    def queue(self, kind: int, message: ReadyFrame) -> None:
        """Let a frame wait that was offered and could not be written at once."""
        if self.blocked >= CLOSING:
            self._ledger.lanes[LANE_CONTROL if kind == CONTROL else 1].drop(message.publications, "closed")
            return
        backlog = self._backlog or self._open_backlog()
        if kind == COMMENTS:
            backlog.offer_comments(message)
        elif kind == COUNTERS:
            backlog.offer_counters(message)
        elif not backlog.offer_control(message):
            self._close_slow()

    def send_snapshot(self, snapshot: ReadyFrame) -> None:
        """Send the whole room's state, which replaces the publications that wait."""
        if self._backlog is not None:
            self._backlog.conflate_publications()
        self.send(snapshot)

    def send_init(self, lane: int, message: ReadyFrame) -> None:
        """Send a track's configuration; it was entered as offered."""
        account = self._ledger.lanes[lane]
        if self.blocked >= CLOSING:
            account.drop(1, "closed")
        elif self.blocked or self._backlog is not None:
            (self._backlog or self._open_backlog()).offer_init(lane, message)
            self._drain()
        else:
            account.delivered += 1
            self.write(message.data)

    def send_part(self, part: ReadyPart, *, join: bool = False) -> None:
        """Send a part; it was entered as offered."""
        account = self._ledger.lanes[part.lane]
        if self.blocked >= CLOSING:
            account.drop(1, "closed")
        elif self.blocked or self._backlog is not None:
            now = asyncio.get_running_loop().time()
            backlog = self._backlog or self._open_backlog()
            backlog.offer_part(part, now=now, keeps_up=self.blocked == OPEN, join=join)
            self._drain()
        elif self._calm_parts >= CALM_PARTS_MIN:
            account.delivered += 1
            self.write(part.whole)
        else:
            self._send_chunks(part)

    def _send_chunks(self, part: ReadyPart) -> None:
        for index, chunk in enumerate(part.chunks):
            if self.blocked:  # the chunk before filled the line
                if self.blocked == PAUSED:
                    now = asyncio.get_running_loop().time()
                    self._open_backlog().offer_part(part, now=now, first_chunk=index)
                else:
                    self._ledger.lanes[part.lane].drop(1, "closed")
                return
            self.write(chunk)
        self._ledger.lanes[part.lane].delivered += 1
        if part.lane == LANE_VIDEO:
            self._calm_parts += 1

    def choose_lanes(self, lanes: int) -> None:
        """Send these lanes from now on; what waits on others is dropped."""
        if self._backlog is not None:
            for lane in (1, 2, 3):
                if self.lanes & ~lanes & (1 << lane):
                    self._backlog.drop_lane(lane, "unwanted")
        self.lanes = lanes

    @property
    def waiting_bytes(self) -> int:
        """Bytes that wait for this viewer, here and in the transport."""
        buffered = self._transport.get_write_buffer_size() if self._transport is not None else 0
        return buffered + (self._backlog.bytes_held if self._backlog is not None else 0)

    @property
    def unsent_bytes(self) -> int:
        """Bytes in the transport alone: they shrink when the viewer reads."""
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def _open_backlog(self) -> Backlog:
        if self._ladder is None:
            self._ladder = Ladder()
        self._backlog = Backlog(self._host.backlog_limits, self._ledger, self._ladder)
        return self._backlog

    def _drain(self) -> None:
        backlog = self._backlog
        while backlog is not None and self.blocked == OPEN:
            waiting = backlog.take()
            if waiting is None:
                if backlog.is_idle:
                    self._backlog = None
                return
            self.write(waiting)

    # ---- Closing -----------------------------------------------------------------------------------------------------

    def close(self, code: int, reason: str = "", *, bye: Bye | None = None) -> None:
        """Say goodbye after what waits on the control lane, and close; other lanes are dropped."""
        if self.blocked >= CLOSING:
            return
        farewell = (ready(bye).data if bye is not None else b"") + close_frame(code, reason)
        self._begin_closing(farewell)

    def _begin_closing(self, farewell: bytes) -> None:
        was_paused = self.blocked == PAUSED
        self.blocked = CLOSING
        if self._backlog is not None:
            if was_paused:
                farewell = self._backlog.finish_control() + farewell
            self._backlog.abandon("closed")
            self._backlog = None
        if was_paused:
            self._farewell = farewell
        else:
            self.write(farewell)
        loop = asyncio.get_running_loop()
        self._close_timer = loop.call_later(self._host.close_deadline_s, self.abort)

    def _close_slow(self) -> None:
        if self._backlog is not None:
            self._backlog.abandon("slow")
        bye = Bye(code="too_slow", reconnect_after_ms=self._host.reconnect_after_ms)
        self.close(CloseCode.TRY_AGAIN_LATER, "too slow", bye=bye)

    def abort(self) -> None:
        """End the connection without another word."""
        if self._transport is not None:
            self._transport.abort()

    # ---- Transport ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; the handshake was answered already."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(0)
        self.write = self._transport.write

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever ended it: account for what waits, and leave the room."""
        self.blocked = CLOSED
        self.write = _write_nowhere
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None
        if self._backlog is not None:
            self._backlog.abandon("closed")
            self._backlog = None
        self._parser = None
        self._transport = None
        self._host.line_free(self)
        self._host.left(self)

    def pause_writing(self) -> None:
        """The line is full."""
        self._calm_parts = 0
        if self.blocked == OPEN:
            self.blocked = PAUSED
        self._host.line_full(self)

    def resume_writing(self) -> None:
        """The line is free again: urgent lanes first."""
        self._host.line_free(self)
        if self.blocked == PAUSED:
            self.blocked = OPEN
        if self._farewell is not None:
            farewell, self._farewell = self._farewell, None
            self.write(farewell)
        self._drain()

    def eof_received(self) -> None:
        """The peer will send no more: the transport closes by itself."""

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client."""
        if self.blocked == CLOSED:
            return
        parser = self._parser
        if parser is None:
            parser = self._parser = FrameParser(CLIENT_MESSAGE_BYTES_MAX)
        for received in parser.feed(data):
            match received:
                case CloseReceived(code):
                    self._peer_closes(code)
                case _ if self.blocked >= CLOSING:
                    continue  # what crosses our close frame is not read any more
                case BinaryReceived(message):
                    self._host.received(self, message)
                case PingReceived(payload):
                    if self._host.admit_control_frame(self):
                        self._answer_ping(payload)
                case PongReceived():
                    self._host.admit_control_frame(self)  # nobody asked for it
                case TextReceived():
                    self.fail(CloseCode.UNSUPPORTED_DATA, "messages are binary")
                case Violated(violation, reason):
                    self.fail(violation, reason)
                    self._finish_sending()

    def fail(self, code: CloseCode, reason: str) -> None:
        """The client broke the protocol."""
        self.close(code, reason, bye=Bye(code="protocol", reconnect_after_ms=None))

    def _finish_sending(self) -> None:
        """What the peer sends can't be read any more, not even its close frame: its end of stream will have to do."""
        if self._transport is not None and self._farewell is None and self._transport.can_write_eof():
            self._transport.write_eof()

    def _answer_ping(self, payload: bytes) -> None:
        pong = frame(payload, Opcode.PONG)
        if self.blocked:
            self._farewell = pong  # only the newest ping needs an answer: RFC 6455, section 5.5.3
        else:
            self.write(pong)

    def _peer_closes(self, code: int | None) -> None:
        transport = self._transport
        if transport is None:
            return
        if self.blocked < CLOSING:
            self._begin_closing(close_frame(code))
        if self._farewell is None:
            transport.close()
        else:
            transport.abort()  # it asked to close while its line was full: nobody reads the rest


def _write_nowhere(data: bytes) -> None:
    """In place of a transport's `write` when there is none."""
