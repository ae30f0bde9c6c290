"""Core: who publishes to a room when several encoders hold its key: the newest wins, the displaced one stays out.

An encoder that is displaced reconnects by itself within seconds. Were it let in it would displace the winner, and the
two would play ping-pong; so it is barred from that room for BAR_S, twice as long each further time within BAR_MEMORY_S.

Which connection is "the displaced encoder again"? Nothing on the wire says so: source ports change, and a village, a
phone and its spare may share one address. An encoder is therefore known by its address *and* the software name it sends
(OBS, ffmpeg and phone apps differ). Two alike behind one address can't be told apart, and the rules are such that this
stays harmless either way:

- A bar protects the holder only while there is one: once the winner is gone, whoever has the key may go on.
- It protects a living holder only. A holder silent for SILENT_S is what a dropped connection looks like before TCP
  notices, so the encoder that comes back from a tunnel displaces its own ghost, and a ghost that is displaced is not
  barred. Of two alike that both send, the newer holds the room and the older is refused.

Connections are named by the caller's numbers, never used twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BAR_S = 30.0
BAR_S_MAX = 480.0
BAR_MEMORY_S = 600.0
"""How long after a bar ends the next one for the same encoder is still doubled."""
SILENT_S = 2.0
BARS_PER_ROOM_MAX = 64
"""Encoders remembered per room; past it the bar that ends first is forgotten."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """What is known of an encoder across its connections."""

    address: str
    software: str


@dataclass(frozen=True, slots=True)
class Won:
    """The room is the newcomer's."""

    displaced: int | None
    """The connection that held it and must be closed now."""


@dataclass(frozen=True, slots=True)
class Barred:
    """The newcomer was displaced from this room a short while ago."""

    retry_after_s: float


@dataclass(frozen=True, slots=True)
class _Bar:
    until: float
    length_s: float


@dataclass(slots=True)
class _Room:
    connection: int | None = None
    encoder: Encoder | None = None
    bars: dict[Encoder, _Bar] = field(default_factory=dict)


class Takeover:
    """The holders of all rooms of one RTMP server."""

    __slots__ = ("_rooms",)

    def __init__(self) -> None:
        self._rooms: dict[str, _Room] = {}

    def holder(self, room_id: str) -> int | None:
        """The connection that publishes to the room now."""
        room = self._rooms.get(room_id)
        return None if room is None else room.connection

    def claim(
        self, room_id: str, connection: int, encoder: Encoder, *, now: float, holder_heard_at: float | None
    ) -> Won | Barred:
        """Give the room to `connection`, which has proved its key, or say how long it is barred.

        `holder_heard_at` is when the present holder last sent a byte, None if nobody holds the room.
        """
        room = self._rooms.setdefault(room_id, _Room())
        displaced, loser = room.connection, room.encoder
        alive = displaced is not None and holder_heard_at is not None and now - holder_heard_at < SILENT_S
        if alive and (bar := room.bars.get(encoder)) is not None and now < bar.until:
            return Barred(bar.until - now)
        if alive and loser is not None:
            _bar(room, loser, now)
        room.connection, room.encoder = connection, encoder
        return Won(displaced)

    def release(self, room_id: str, connection: int, *, now: float) -> None:
        """Note that `connection` has ended; nothing happens if it does not hold the room."""
        room = self._rooms.get(room_id)
        if room is None or room.connection != connection:
            return
        room.connection = room.encoder = None
        _forget(room, now)
        if not room.bars:
            del self._rooms[room_id]

    def __len__(self) -> int:
        """Rooms that are held or remember a bar."""
        return len(self._rooms)

    def prune(self, now: float) -> None:
        """Forget what no longer matters; to be called now and then."""
        for room_id, room in list(self._rooms.items()):
            _forget(room, now)
            if room.connection is None and not room.bars:
                del self._rooms[room_id]


def _bar(room: _Room, encoder: Encoder, now: float) -> None:
    _forget(room, now)
    before = room.bars.pop(encoder, None)
    length_s = BAR_S if before is None else min(before.length_s * 2, BAR_S_MAX)
    if len(room.bars) >= BARS_PER_ROOM_MAX:
        del room.bars[min(room.bars, key=lambda known: room.bars[known].until)]
    room.bars[encoder] = _Bar(now + length_s, length_s)


def _forget(room: _Room, now: float) -> None:
    for encoder, bar in list(room.bars.items()):
        if now >= bar.until + BAR_MEMORY_S:
            del room.bars[encoder]
