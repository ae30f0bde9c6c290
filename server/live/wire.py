"""Core: every message of the live WebSocket, subprotocol `jishi.v1.msgpack`; docs/protocol.md is its reference.

Each WebSocket message is one binary MessagePack array whose first item names its kind. Fields are positional; new ones
are only ever appended, with a default, so that an older client goes on reading. Values that clients show are facts and
codes, never sentences in one language, but for a filter's reason, which its rule pack gives in both.

Times are microseconds. `media_us` lies on the room's media timeline (what the picture shows); `wall_us` is Unix time.
A position is `(epoch, offset)` per lane: offsets count up by one per publication of the lane within an epoch, and a new
epoch (random, never reused) says that what came before is not known to the new owner.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

SUBPROTOCOL: Final = "jishi.v1.msgpack"
PROTOCOL_VERSION: Final = 1

LANE_CONTROL: Final = 0  # answers, order results, cards, stock, retractions: never dropped
LANE_CHAT: Final = 1  # comments and counters: the newest win
LANE_SOUND: Final = 2
LANE_VIDEO: Final = 3
LANES: Final = (LANE_CONTROL, LANE_CHAT, LANE_SOUND, LANE_VIDEO)

CHUNK_BYTES_MAX: Final = 16 * 1024
"""Media bytes in one `part` message: the longest an urgent message waits behind on the socket."""

CLIENT_MESSAGE_BYTES_MAX: Final = 8 * 1024
"""A larger message from a client closes its connection with 1009."""


class Message(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=False):
    """Base of all messages: a MessagePack array, its kind first."""


# ---- What the server sends -------------------------------------------------------------------------------------------


class Hello(Message, tag="hello", frozen=True):
    """First on every connection: who the server is, which room this is, and the limits that bind the client."""

    version: int
    session: str  # names this connection in logs
    server_us: int
    room: dict[str, Any]  # room_id, slug, kind (farm | jobs), title, host_name, org_name
    limits: dict[str, int]  # message_bytes_max, comment_chars_max, comments_per_10s


class Position(msgspec.Struct, array_like=True, frozen=True):
    """Where a lane stands: the epoch, and the offset of the last publication in it (0: none yet)."""

    epoch: str
    offset: int


class StateItem(msgspec.Struct, array_like=True, frozen=True):
    """The last value under a key; a lower version never replaces a higher one; None removes the key.

    Keys: `air`, `card:{card_id}`, `stock:{sku_id}`. Their values are drawn in docs/protocol.md.
    """

    key: str
    version: int
    value: dict[str, Any] | None


class Comment(msgspec.Struct, array_like=True, frozen=True):
    """One chat line that passed the filter."""

    comment_id: str
    offset: int
    sender: str  # stable per person and room, not their id elsewhere
    name: str
    role: str  # viewer | host | moderator | buyer
    text: str
    media_us: int
    wall_us: int
    reply_to: str | None = None  # comment_id


class Snapshot(Message, tag="snapshot", frozen=True):
    """The room's whole state at the positions given; what follows continues from them.

    Sent on joining and again whenever the stream of publications was broken; replaces all state held by the client.
    """

    control: Position
    chat: Position
    state: list[StateItem]
    comments: list[Comment]  # the newest, oldest first
    viewers: int
    likes: int
    recovered: bool  # whether everything since the client's `since` is in what was or will be sent


class State(Message, tag="state", frozen=True):
    """A publication on lane 0: values that changed together."""

    position: Position
    items: list[StateItem]


class Comments(Message, tag="comments", frozen=True):
    """Publications on lane 1: the lines of one tick, oldest first; `position` is that of the last."""

    position: Position
    comments: list[Comment]


class Retraction(Message, tag="retraction", frozen=True):
    """A publication on lane 0: these lines leave every screen and history, also where they were never shown."""

    position: Position
    comment_ids: list[str]
    code: str  # removed_by_moderator | removed_by_host | removed_by_filter


class Counters(Message, tag="counters", frozen=True):
    """Totals of the room now; sent at most once a second, newest wins."""

    viewers: int
    likes: int


class TrackInit(Message, tag="init", frozen=True):
    """A track's codec configuration; parts name it by `init_id`. Sent before the first part that needs it."""

    lane: int  # 2 sound, 3 video
    init_id: int
    rendition: str
    codec: str  # RFC 6381
    width: int  # 0 for sound
    height: int
    data: bytes  # ftyp + moov


class PartHeader(msgspec.Struct, array_like=True, frozen=True):
    """Facts of a part, in its first chunk."""

    keyframe: bool  # decoding can start here
    pts_us: int  # media time of its first frame
    duration_us: int
    wall_us: int  # when the server received its first frame
    bytes: int  # of the whole part


class PartChunk(Message, tag="part", frozen=True):
    """A piece of a media part (moof + mdat), at most CHUNK_BYTES_MAX bytes of it; pieces of one part come in order."""

    lane: int
    init_id: int
    part_id: int  # counts up by one per part of the lane; a jump means that parts were skipped for this viewer
    index: int  # of this chunk, from 0
    last: bool
    header: PartHeader | None  # in the chunk with index 0
    data: bytes


class Gap(Message, tag="gap", frozen=True):
    """Publications of a lane were left out for this viewer, who was too slow or too far behind."""

    lane: int
    reason: str  # slow | skipped_to_keyframe | sampled; from now on: keyframes_only | sound_only | full
    publications: int


class Answer(Message, tag="answer", frozen=True):
    """The result of the client's request of that id. What it holds depends on the request (docs/protocol.md)."""

    request_id: int
    result: dict[str, Any]


class Refusal(Message, tag="refusal", frozen=True):
    """The request of that id was refused, and changed nothing."""

    request_id: int
    code: str
    facts: dict[str, Any]  # e.g. retry_after_ms; for code `filtered`: action, rules, spans, reason_zh, reason_en


class OrderChanged(Message, tag="order", frozen=True):
    """To the buyer's own connections: an order as it now stands: GET /api/orders/{order_id} without its address."""

    order: dict[str, Any]


class Notice(Message, tag="notice", frozen=True):
    """To one person's own connections: something that is also in GET /api/me/notices, as it came about."""

    notice: dict[str, Any]  # notice_id, kind, at (ISO 8601), facts (docs/notices.md)


class Clock(Message, tag="clock", frozen=True):
    """Answer to `ask_clock`: both clocks, for the client to estimate its offset."""

    client_us: int
    server_us: int


class Bye(Message, tag="bye", frozen=True):
    """Last before the server closes: why, and after how long (with the client's own jitter) to come back."""

    code: str  # going_away | too_slow | room_closed | account_closed | protocol
    reconnect_after_ms: int | None  # None: do not come back


ServerMessage = (
    Hello
    | Snapshot
    | State
    | Comments
    | Retraction
    | Counters
    | TrackInit
    | PartChunk
    | Gap
    | Answer
    | Refusal
    | OrderChanged
    | Notice
    | Clock
    | Bye
)


# ---- What clients send -----------------------------------------------------------------------------------------------


class SignIn(Message, tag="sign_in", frozen=True):
    """Speak and buy as the token's person from now on. Answered {person_id, name, role}."""

    request_id: int
    token: str


class SignOut(Message, tag="sign_out", frozen=True):
    """Be anonymous again. Answered {}."""

    request_id: int


class Say(Message, tag="say", frozen=True):
    """Say a line in the room. Answered {comment_id, offset, epoch}; a repeated `key` answers the same again."""

    request_id: int
    key: str  # idempotency key of the client's making, 1–64 characters
    text: str
    media_us: int  # media time on the client's screen
    reply_to: str | None = None


class Buy(Message, tag="buy", frozen=True):
    """Place an order. Answered with the order; a repeated `key` answers the same order again."""

    request_id: int
    key: str
    sku_id: str
    quantity: int
    card_id: str | None
    price_minor: int  # the unit price the buyer saw; refused as `price_changed` when it is no longer so


class Remove(Message, tag="remove", frozen=True):
    """As host or moderator: take a line off every screen. Answered {} once it is recorded."""

    request_id: int
    comment_id: str
    reason: str


class Like(Message, tag="like", frozen=True):
    """So many taps of the heart since the last one. Not answered; counted, within the limits."""

    count: int


class AskClock(Message, tag="ask_clock", frozen=True):
    """Answered by `clock`."""

    client_us: int


class SetLanes(Message, tag="set_lanes", frozen=True):
    """From now on send only these lanes; 0 is always sent."""

    lanes: list[int]


class Report(Message, tag="report", frozen=True):
    """How playback goes on the client; not answered. Feeds the latency metrics."""

    latency_us: int  # behind the server's clock; 0 when unknown
    buffer_us: int
    stalls: int


ClientMessage = SignIn | SignOut | Say | Buy | Remove | Like | AskClock | SetLanes | Report

encoder = msgspec.msgpack.Encoder()
client_decoder = msgspec.msgpack.Decoder(ClientMessage)
server_decoder = msgspec.msgpack.Decoder(ServerMessage)
"""For the parts of one node that read publications back; clients have their own."""
