"""Core: the server's side of one RTMP connection: bytes and `now` in, decisions out.

Theory of operation. An encoder shakes hands, calls connect, creates a message stream and asks to publish; then nothing
is read on until the edge has had the key checked and calls accept_publish or refuse_publish (what the encoder sent
meanwhile is held, within a limit). While publishing, audio, video and data come out as MediaMessage. The way is the
table below; a command that its state does not list ends the session with a reason. Before a key is accepted a peer may
send at most `unadmitted_bytes_max` in all; after that the chunk reader's limits and a rate of messages bind it.

Waiting is a value: `deadline()` names a moment on the clock of `now`, which within one state moves only later, and
`expire(now)` says what happens then; so a timer is set anew where the state changes, never for a piece of data. Errors
of the readers end the session; none leaves this module.

Source: Adobe's Real Time Messaging Protocol (rtmp_specification_1.0), section 7.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypeAlias

from media.rtmp import amf0, codecs, replies
from media.rtmp.amf0 import AmfValue
from media.rtmp.chunks import ChunkReader, Message, MessageType
from media.rtmp.clock import UnwrappedClock
from media.rtmp.decisions import Closed, Decision, MediaMessage, PublishRequested, Send, Unpublished
from media.rtmp.errors import ChunkMalformed, LimitExceeded, RtmpError
from media.rtmp.handshake import ServerHandshake


class State(Enum):
    """Where a session stands; each is named for what it waits for."""

    HANDSHAKE = auto()
    CONNECT = auto()
    STREAM = auto()
    PUBLISH = auto()
    ADMISSION = auto()
    PUBLISHING = auto()
    STOPPED = auto()
    CLOSED = auto()


class Event(Enum):
    """What moves a session."""

    HANDSHAKE_DONE = auto()
    CONNECTED = auto()
    STREAM_CREATED = auto()
    PUBLISH_REQUESTED = auto()
    PUBLISH_ACCEPTED = auto()
    UNPUBLISHED = auto()
    ENDED = auto()


TRANSITIONS: Final[dict[State, dict[Event, State]]] = {
    State.HANDSHAKE: {Event.HANDSHAKE_DONE: State.CONNECT, Event.ENDED: State.CLOSED},
    State.CONNECT: {Event.CONNECTED: State.STREAM, Event.ENDED: State.CLOSED},
    State.STREAM: {Event.STREAM_CREATED: State.PUBLISH, Event.ENDED: State.CLOSED},
    State.PUBLISH: {
        Event.STREAM_CREATED: State.PUBLISH,
        Event.PUBLISH_REQUESTED: State.ADMISSION,
        Event.ENDED: State.CLOSED,
    },
    State.ADMISSION: {Event.PUBLISH_ACCEPTED: State.PUBLISHING, Event.ENDED: State.CLOSED},
    State.PUBLISHING: {Event.UNPUBLISHED: State.STOPPED, Event.ENDED: State.CLOSED},
    State.STOPPED: {Event.ENDED: State.CLOSED},
    State.CLOSED: {},
}


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What one connection may take of time and memory."""

    handshake_s: float = 5.0
    publish_s: float = 10.0
    """From the opened connection to the request to publish."""
    admission_s: float = 10.0
    """From the request to our answer."""
    idle_s: float = 10.0
    """While publishing: without one byte."""
    farewell_s: float = 5.0
    """From the end of the stream to the end of the connection, which is the encoder's to close."""
    unadmitted_bytes_max: int = 256 * 1024
    """All bytes before the key is accepted, the handshake's 3 KiB included."""
    messages_per_s_max: int = 1000
    """Sustained; 60 frames and 94 audio messages a second are usual at most."""
    messages_burst_max: int = 20_000
    """What a stalled uplink may deliver at once."""


_SET_DATA_FRAME = amf0.encode("@setDataFrame")
_AMF_STRING_MARKER = 2
_PING_REQUEST = b"\0\6"
_SOFTWARE_CHARACTERS_MAX = 64
_WORDS_MAX = 16
"""Values of a command beyond which it is none of ours."""


class ServerSession:
    """One encoder's connection."""

    __slots__ = (
        "_acknowledged_bytes",
        "_app",
        "_budget",
        "_budget_at",
        "_clock",
        "_handshake",
        "_heard_at",
        "_held",
        "_limits",
        "_opened_at",
        "_peer_window_bytes",
        "_reader",
        "_received_bytes",
        "_replies",
        "_software",
        "_turned_at",
        "state",
    )

    def __init__(self, *, random: bytes, now: float, app: str = "live", limits: SessionLimits | None = None) -> None:
        """`random` is handshake.RANDOM_BYTES long; `app` is the only application name that is served."""
        self.state = State.HANDSHAKE
        self._app = app
        self._limits = limits or SessionLimits()
        self._handshake = ServerHandshake(random)
        self._reader = ChunkReader()
        self._replies = replies.Replies()
        self._clock = UnwrappedClock()
        self._opened_at = self._heard_at = self._turned_at = self._budget_at = now
        self._budget = float(self._limits.messages_burst_max)
        self._received_bytes = 0
        self._acknowledged_bytes = 0
        self._peer_window_bytes = 0
        self._software = ""
        self._held: list[Message] = []

    def feed(self, data: bytes, now: float) -> list[Decision]:
        """Take bytes as they arrived; returns what to do, in order. Raises nothing on any bytes."""
        if self.state is State.CLOSED:
            return []
        self._heard_at = now
        self._received_bytes += len(data)
        decisions: list[Decision] = []
        try:
            if self.state is State.HANDSHAKE:
                data = self._shake_hands(data, now, decisions)
            self._bind_unadmitted()
            if data:
                self._read(self._reader.feed(data), now, decisions)
        except RtmpError as error:
            decisions += self._end(error.reason, linger=False)
        self._acknowledge(decisions)
        return decisions

    def accept_publish(self, now: float) -> list[Decision]:
        """Let the encoder publish; only after PublishRequested, and only once."""
        moved = self._apply(Event.PUBLISH_ACCEPTED)
        assert moved
        self._heard_at = now
        decisions: list[Decision] = [Send(self._replies.publish_started())]
        held, self._held = self._held, []
        try:
            self._read(held, now, decisions)
        except RtmpError as error:
            decisions += self._end(error.reason, linger=False)
        return decisions

    def refuse_publish(self, code: str, description: str) -> list[Decision]:
        """Tell the encoder why it may not publish, or not any more, and end the session; may be called at any time."""
        if self.state is State.CLOSED:
            return []
        if self.state is State.HANDSHAKE:
            return self._end(description, linger=False)
        return [Send(self._replies.status("error", code, description)), *self._end(description, linger=True)]

    def deadline(self) -> float | None:
        """When to call expire, on the clock of `now`; None once closed."""
        limits = self._limits
        match self.state:
            case State.HANDSHAKE:
                return self._opened_at + limits.handshake_s
            case State.CONNECT | State.STREAM | State.PUBLISH:
                return self._opened_at + limits.publish_s
            case State.ADMISSION:
                return self._turned_at + limits.admission_s
            case State.PUBLISHING:
                return self._heard_at + limits.idle_s
            case State.STOPPED:
                return self._turned_at + limits.farewell_s
            case State.CLOSED:
                return None

    def expire(self, now: float) -> list[Decision]:
        """What to do at `now` if the deadline has passed; nothing if it has moved on."""
        deadline = self.deadline()
        if deadline is None or now < deadline:
            return []
        match self.state:
            case State.HANDSHAKE:
                return self._end(f"no handshake within {self._limits.handshake_s:g} s", linger=False)
            case State.ADMISSION:
                return self.refuse_publish(replies.DENIED, "the stream key could not be checked in time; try again")
            case State.PUBLISHING:
                return self._end(f"nothing received for {self._limits.idle_s:g} s", linger=False)
            case State.STOPPED:
                return self._end("the encoder stopped and left the connection open", linger=False)
            case _:
                return self._end(f"no request to publish within {self._limits.publish_s:g} s", linger=False)

    def _shake_hands(self, data: bytes, now: float, decisions: list[Decision]) -> bytes:
        step = self._handshake.feed(data, int((now - self._opened_at) * 1000))
        if step.send:
            decisions.append(Send(step.send))
        if step.done:
            self._apply(Event.HANDSHAKE_DONE)
        return step.rest

    def _bind_unadmitted(self) -> None:
        admitted = self.state is State.PUBLISHING or self.state is State.STOPPED
        if not admitted and self._received_bytes > self._limits.unadmitted_bytes_max:
            raise LimitExceeded("bytes before the stream key was accepted", self._limits.unadmitted_bytes_max)

    def _read(self, messages: list[Message], now: float, decisions: list[Decision]) -> None:
        limits = self._limits
        refilled = self._budget + (now - self._budget_at) * limits.messages_per_s_max
        self._budget = min(refilled, limits.messages_burst_max) - len(messages)
        self._budget_at = now
        if self._budget < 0:
            raise LimitExceeded("messages per second", limits.messages_per_s_max)
        for message in messages:
            if self.state is State.CLOSED:
                return
            if self.state is State.ADMISSION:
                self._held.append(message)
            else:
                decisions += self._take(message, now)

    def _take(self, message: Message, now: float) -> list[Decision]:
        match message.type_id:
            case MessageType.AUDIO | MessageType.VIDEO:
                return self._take_media(message)
            case MessageType.DATA_AMF0:
                return self._take_data(message, message.payload)
            case MessageType.DATA_AMF3:
                return self._take_data(message, message.payload[1:])
            case MessageType.COMMAND_AMF0:
                return self._take_command(message.payload, now)
            case MessageType.COMMAND_AMF3:
                # One byte for the format, then AMF0 as before: nobody sends AMF3 values here.
                return self._take_command(message.payload[1:], now)
            case MessageType.USER_CONTROL if message.payload[:2] == _PING_REQUEST:
                return [Send(self._replies.pong(message.payload[2:6].ljust(4, b"\0")))]
            case MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE:
                if len(message.payload) != 4:
                    raise ChunkMalformed("a protocol control message is not four bytes long")
                self._peer_window_bytes = int.from_bytes(message.payload, "big")
        return []

    def _take_media(self, message: Message) -> list[Decision]:
        if self.state is not State.PUBLISHING:
            return []
        video = message.type_id == MessageType.VIDEO
        refusal = codecs.refuse_video(message.payload) if video else codecs.refuse_audio(message.payload)
        if refusal is not None:
            return self.refuse_publish(replies.REJECTED, refusal)
        return [MediaMessage("video" if video else "audio", self._clock.unwrap(message.timestamp_ms), message.payload)]

    def _take_data(self, message: Message, payload: bytes) -> list[Decision]:
        if self.state is not State.PUBLISHING or len(payload) > amf0.AMF_BYTES_MAX:
            return []
        payload = payload.removeprefix(_SET_DATA_FRAME)
        if not payload or payload[0] != _AMF_STRING_MARKER:
            return []
        return [MediaMessage("data", self._clock.unwrap(message.timestamp_ms), payload)]

    def _take_command(self, payload: bytes, now: float) -> list[Decision]:
        words = amf0.decode(payload)[:_WORDS_MAX]
        words += [None] * 3
        name, transaction, *arguments = words
        if not isinstance(name, str) or (handler := _HANDLERS.get(name)) is None:
            return []
        return handler(self, transaction if isinstance(transaction, float) else 0.0, arguments, now)

    def _connect(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        properties = arguments[0]
        app = properties.get("app") if isinstance(properties, dict) else None
        software = properties.get("flashVer") if isinstance(properties, dict) else None
        if not isinstance(app, str) or app.partition("?")[0].strip("/") != self._app:
            # The name that was asked for is not repeated: it may be a stream key in the wrong field.
            reason = f"the server address must end in /{self._app}, and the stream key goes in its own field"
            refusal = self._replies.connect_refused(transaction, replies.INVALID_APP, reason)
            return [Send(refusal), *self._end("connect to an unknown application", linger=True)]
        if not self._apply(Event.CONNECTED):
            return self._out_of_order("connect")
        if isinstance(software, str):
            self._software = "".join(filter(str.isprintable, software))[:_SOFTWARE_CHARACTERS_MAX]
        return [Send(self._replies.connected(transaction))]

    def _create_stream(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        if not self._apply(Event.STREAM_CREATED):
            return self._out_of_order("createStream")
        return [Send(self._replies.result(transaction, float(replies.STREAM_ID)))]

    def _publish(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        name = next((value for value in arguments if isinstance(value, str)), "")
        if not name:
            return self.refuse_publish(replies.BAD_NAME, "the stream key is missing")
        if not self._apply(Event.PUBLISH_REQUESTED):
            return self._out_of_order("publish")
        self._turned_at = now
        return [PublishRequested(self._app, name, self._software)]

    def _play(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        return self.refuse_publish(
            replies.FAILED, "this address takes streams and plays none; watch on the room's page"
        )

    def _acknowledge_call(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        return [Send(self._replies.result(transaction))] if transaction else []

    def _stream_length(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        return [Send(self._replies.result(transaction, 0.0))]

    def _unpublish(self, transaction: float, arguments: list[AmfValue], now: float) -> list[Decision]:
        if not self._apply(Event.UNPUBLISHED):
            return []
        self._turned_at = now
        goodbye = self._replies.status("status", "NetStream.Unpublish.Success", "The stream has ended.")
        return [Send(goodbye), Unpublished()]

    def _out_of_order(self, command: str) -> list[Decision]:
        return self.refuse_publish(replies.FAILED, f"{command} is out of order")

    def _acknowledge(self, decisions: list[Decision]) -> None:
        """Tell the peer what has arrived, once a window."""
        due = self._peer_window_bytes and self._received_bytes - self._acknowledged_bytes >= self._peer_window_bytes
        if due and self.state is not State.CLOSED:
            self._acknowledged_bytes = self._received_bytes
            decisions.append(Send(self._replies.acknowledgement(self._received_bytes)))

    def _end(self, reason: str, *, linger: bool) -> list[Decision]:
        moved = self._apply(Event.ENDED)
        assert moved
        self._held = []
        return [Closed(reason, linger)]

    def _apply(self, event: Event) -> bool:
        following = TRANSITIONS[self.state].get(event)
        if following is None:
            return False
        self.state = following
        return True


_Handler: TypeAlias = Callable[[ServerSession, float, list[AmfValue], float], list[Decision]]
_HANDLERS: Final[dict[str, _Handler]] = {
    "connect": ServerSession._connect,
    "createStream": ServerSession._create_stream,
    "publish": ServerSession._publish,
    "play": ServerSession._play,
    "releaseStream": ServerSession._acknowledge_call,
    "FCPublish": ServerSession._acknowledge_call,
    "_checkbw": ServerSession._acknowledge_call,
    "getStreamLength": ServerSession._stream_length,
    "FCUnpublish": ServerSession._unpublish,
    "deleteStream": ServerSession._unpublish,
    "closeStream": ServerSession._unpublish,
}
"""By command name: (session, transaction id, arguments, now) → decisions. Other commands are passed over."""
