"""Core: what the parts of a node tell each other on the bus about rooms, and on which topics.

Everything is MessagePack by msgspec. Commands that want no answer are published on `room_in`, those that do are asked
on `room_ask` (server/bus/requests.py); the room's owner answers. What the owner publishes goes out on `room_out` to
every edge worker that has viewers in the room, wire message included, so that it is encoded once for all of them.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from server.live.wire import Comment, StateItem

MEDIA_WANT: Final = "media.want"
"""Payload: a room id. The media worker publishes that room's window again on `media`."""
MEDIA_AIR: Final = "media.air"
"""Payload: `MediaAir`."""
MEDIA_END: Final = "media.end"
"""Payload: `MediaEnd`. The room's publisher is put off the air, and told why."""
REVOKED: Final = "revoked"
"""Payload: `Revoked`."""
ROOMS_OPENED: Final = "rooms.opened"
"""Payload: a room id that has viewers. Its owner, which may not know the room yet, begins to serve it."""
OUTBOX_WRITTEN: Final = "outbox.written"
"""Empty payload: rows may wait in the outbox. Only a hint; the clerk looks now and then anyway."""

MODERATION_WRITTEN: Final = "moderation.written"
"""Empty payload: effects of decisions may wait, or somebody was muted or may speak again. Only a hint, as above."""


def room_in(room_id: str) -> str:
    """Commands to the room's owner without an answer: `RoomCommand`."""
    return f"room.in.{room_id}"


def room_ask(room_id: str) -> str:
    """Requests to the room's owner: `RoomCommand`; answered by what the command's docstring says."""
    return f"room.ask.{room_id}"


def room_out(room_id: str) -> str:
    """Publications of the room: `RoomPublication`."""
    return f"room.out.{room_id}"


def media(room_id: str) -> str:
    """Configurations and parts of the room (server/live/media_frames.py)."""
    return f"media.{room_id}"


def person(person_id: str) -> str:
    """`OrderChanged` and `Notice` wire messages for one person's connections."""
    return f"person.{person_id}"


class Record(msgspec.Struct, array_like=True, frozen=True):
    """Base of what travels on the bus."""


# ---- To the owner ----------------------------------------------------------------------------------------------------


class SayCommand(Record, tag="say", frozen=True):
    """A signed-in person says a line. Answered `Said` or `Refused`."""

    person_id: str
    name: str
    role: str  # viewer | host | moderator | buyer
    text: str
    key: str
    media_us: int
    reply_to: str | None


class SnapshotRequest(Record, tag="snapshot", frozen=True):
    """Answered `RoomSnapshot`."""


class RetractCommand(Record, tag="retract", frozen=True):
    """Lines whose removal is recorded leave every screen. Answered `Done` when asked."""

    comment_ids: list[str]
    code: str  # removed_by_moderator | removed_by_host | removed_by_filter


class StateUpdate(Record, tag="state", frozen=True):
    """Cards and stock as they now stand. Answered `Done` when asked."""

    items: list[StateItem]


class PresenceReport(Record, tag="presence", frozen=True):
    """An edge worker's viewers now, and the likes they gave since its last report."""

    worker: str
    viewers: int
    likes: int


class TallyRequest(Record, tag="tally", frozen=True):
    """What was counted of the show that runs. Answered `ShowTally`, or `Refused` where the owner knows of none."""


class CommentRequest(Record, tag="comment", frozen=True):
    """Who said what, for the record of a removal. Answered `CommentFacts`, or `Refused` where it is not known."""

    comment_id: str


class AroundRequest(Record, tag="around", frozen=True):
    """What was said before and after a moment, as evidence. Answered `Around`."""

    wall_us: int


class ReleaseCommand(Record, tag="release", frozen=True):
    """A line that was held, or taken down, is shown now; the same id again changes nothing. Answered `Done`."""

    comment_id: str
    person_id: str
    name: str
    role: str
    text: str
    media_us: int
    wall_us: int
    reply_to: str | None


RoomCommand = (
    SayCommand
    | SnapshotRequest
    | CommentRequest
    | AroundRequest
    | RetractCommand
    | ReleaseCommand
    | StateUpdate
    | PresenceReport
    | TallyRequest
)


# ---- From the owner --------------------------------------------------------------------------------------------------


class Said(Record, tag="said", frozen=True):
    """The line was accepted and will be, or was, published."""

    comment_id: str
    offset: int
    epoch: str


class Refused(Record, tag="refused", frozen=True):
    """The rules say no: a code of docs/protocol.md and its facts."""

    code: str
    facts: dict[str, Any]


class Done(Record, tag="done", frozen=True):
    """Carried out; there is nothing to tell."""


class RoomSnapshot(Record, tag="room", frozen=True):
    """All that an edge worker needs to serve a room from here on."""

    epoch: str
    control_offset: int
    chat_offset: int
    chat_floor: int  # lines up to this offset are not in `comments` any more
    items: list[StateItem]
    comments: list[Comment]
    viewers: int
    likes: int


class ShowTally(Record, tag="tally", frozen=True):
    """What this owner has counted of the show that runs, since it began or since the owner did."""

    show_id: str
    epoch: str
    viewers_peak: int
    comments: int  # accepted
    likes: int
    lines_held: int  # kept off the screen by the filter
    lines_removed: int


class CommentFacts(Record, tag="comment", frozen=True):
    """A line and its sender's account; stays within the node."""

    person_id: str
    text: str
    name: str
    role: str
    media_us: int
    wall_us: int
    reply_to: str | None


class LineSaid(Record, frozen=True):
    """A line as evidence; stays within the node."""

    comment_id: str
    person_id: str
    name: str
    text: str
    wall_us: int


class Around(Record, tag="around", frozen=True):
    """The lines around a moment, oldest first; those that were taken down since are among them."""

    lines: list[LineSaid]


OwnerAnswer = Said | Refused | Done | RoomSnapshot | CommentFacts | Around | ShowTally


class RoomPublication(Record, frozen=True):
    """One wire message of a room, encoded, with what an edge worker has to know of it."""

    epoch: str
    lane: int
    after: int  # the lane's offset before it
    offset: int  # and with it; 0: it has no position, the newest wins (counters)
    sampled: int  # lines left out of it over the room's cap
    wire: bytes


# ---- From media and people -------------------------------------------------------------------------------------------


class MediaAir(Record, frozen=True):
    """Whether a room is on air; repeated every 2 s and on change."""

    room_id: str
    on_air: bool
    since_us: int  # Unix time
    health: dict[str, Any]


class MediaEnd(Record, frozen=True):
    """The host has ended the show."""

    room_id: str
    reason: str  # a sentence for the encoder's log


class Revoked(Record, frozen=True):
    """All tokens of these people are void from now on."""

    person_ids: list[str]


encoder: Final = msgspec.msgpack.Encoder()
command_decoder: Final = msgspec.msgpack.Decoder(RoomCommand)
answer_decoder: Final = msgspec.msgpack.Decoder(OwnerAnswer)
publication_decoder: Final = msgspec.msgpack.Decoder(RoomPublication)
air_decoder: Final = msgspec.msgpack.Decoder(MediaAir)
end_decoder: Final = msgspec.msgpack.Decoder(MediaEnd)
revoked_decoder: Final = msgspec.msgpack.Decoder(Revoked)
