"""Core: what a session tells its edge to do, and what it has understood; in order, in one list per call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

MediaKind: TypeAlias = Literal["audio", "video", "data"]


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes to the peer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PublishRequested:
    """The peer wants to publish: answer with accept_publish or refuse_publish; nothing else follows until then."""

    app: str
    stream_name: str = field(repr=False)
    """The stream key: a secret, so it is in no repr and goes in no log."""
    software: str
    """What the encoder calls itself (flashVer), at most 64 printable characters."""


@dataclass(frozen=True, slots=True)
class MediaMessage:
    """One message of the stream."""

    kind: MediaKind
    timestamp_ms: int
    """The encoder's clock with 32-bit wraps undone; a jump that the encoder makes is kept, for the timeline to mend."""
    payload: bytes
    """audio, video: the body of an FLV tag. data: AMF0 values, the first a name such as "onMetaData"."""


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The encoder ended its stream in good order; it will close the connection, or a Closed follows."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The session is over: nothing more is read from it."""

    reason: str
    """For the log and the room's owner; quotes nothing the peer sent."""
    linger: bool
    """True: let the peer read what was sent before the connection is cut. False: cut it now."""


Decision: TypeAlias = Send | PublishRequested | MediaMessage | Unpublished | Closed
