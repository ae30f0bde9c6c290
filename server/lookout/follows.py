"""Edge: the rooms that are watched: their last parts, and what of them each channel looks at next.

Parts come over the node's bus like to any edge worker. Taking them in costs a decoded header and two references;
whatever is read of them is read by children, from queues that keep the newest alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from media.clip import Clip, Recent
from media.part import Part
from media.senses.turns import Turns
from media.senses.windows import Glances, Hearing, windows_of
from media.senses.wire import Channel, Job
from server.bus.contract import Bus, Subscription
from server.live import topics
from server.live.air import AIR_FRESH_S
from server.live.media_frames import decode_media

log = logging.getLogger("jishi.lookout")

ROOMS_MAX: Final = 100
"""Watched at once; the last seconds of each lie in memory (media/clip.py)."""

BYTES_MAX: Final = 1 << 30
"""Of the last seconds of all rooms together: seven Mb/s of each of a hundred. Beyond it the largest gives way."""

WANT_AGAIN_S: Final = 5.0
"""How often a room's configuration is asked for while it is missed."""


@dataclass(slots=True)
class _Followed:
    recent: Recent
    windows: dict[Channel, Glances | Hearing]
    subscription: Subscription | None = None
    heard_at: float = 0.0
    wanted_at: float = 0.0


class Follows:
    """Follows every room that is on air on this node."""

    def __init__(self, bus: Bus, turns: Mapping[Channel, Turns[Job]], *, offered: Callable[[Channel], None]) -> None:
        """`offered`: called when something waits in a channel's queue."""
        self._bus = bus
        self._turns = turns
        self._offered = offered
        self._rooms: dict[str, _Followed] = {}
        self._subscription: Subscription | None = None
        self._left_out: set[str] = set()
        self._bytes = 0

    def start(self) -> None:
        """Begin to listen for rooms."""
        self._subscription = self._bus.subscribe(topics.MEDIA_AIR, self._heard_air, _it_is_repeated)

    def stop(self) -> None:
        """Follow nothing any more."""
        if self._subscription is not None:
            self._subscription.cancel()
            self._subscription = None
        for room_id in list(self._rooms):
            self._leave(room_id)

    @property
    def rooms(self) -> list[str]:
        """Those that are watched."""
        return list(self._rooms)

    @property
    def left_out(self) -> int:
        """Rooms on air that are not watched, for there are too many."""
        return len(self._left_out)

    @property
    def kept_bytes(self) -> int:
        """Of the last seconds of all rooms."""
        return self._bytes

    def clip(self, room_id: str) -> Clip | None:
        """The last seconds of a room."""
        followed = self._rooms.get(room_id)
        return None if followed is None else followed.recent.clip()

    def forget_silent(self, now: float) -> None:
        """Leave rooms of which the media worker says nothing any more."""
        for room_id in [each for each, room in self._rooms.items() if now - room.heard_at > AIR_FRESH_S]:
            self._leave(room_id)

    def _heard_air(self, payload: bytes) -> None:
        try:
            air = topics.air_decoder.decode(payload)
        except msgspec.DecodeError:
            log.error("word of the air that is none")
            return
        self._left_out.discard(air.room_id)
        if not air.on_air:
            self._leave(air.room_id)
        elif (followed := self._rooms.get(air.room_id)) is not None:
            followed.heard_at = time.monotonic()
        elif len(self._rooms) < ROOMS_MAX:
            self._follow(air.room_id)
        else:
            self._left_out.add(air.room_id)

    def _follow(self, room_id: str) -> None:
        followed = _Followed(Recent(), {channel: windows_of(channel) for channel in self._turns})
        followed.heard_at = time.monotonic()
        self._rooms[room_id] = followed
        followed.subscription = self._bus.subscribe(
            topics.media(room_id),
            lambda publication: self._take(room_id, followed, publication),
            lambda: self._want(room_id, followed),
        )
        self._want(room_id, followed)

    def _leave(self, room_id: str) -> None:
        followed = self._rooms.pop(room_id, None)
        if followed is None:
            return
        assert followed.subscription is not None
        followed.subscription.cancel()
        self._bytes -= followed.recent.kept_bytes
        for turns in self._turns.values():
            turns.forget(room_id)

    def _want(self, room_id: str, followed: _Followed) -> None:
        now = time.monotonic()
        if now - followed.wanted_at >= WANT_AGAIN_S:
            followed.wanted_at = now
            self._bus.publish(topics.MEDIA_WANT, room_id.encode())

    def _take(self, room_id: str, followed: _Followed, publication: bytes) -> None:
        if self._rooms.get(room_id) is not followed:
            return
        item = decode_media(publication)
        before = followed.recent.kept_bytes
        is_new = followed.recent.add(item)
        self._bytes += followed.recent.kept_bytes - before
        if self._bytes > BYTES_MAX:
            self._shed()
        if not isinstance(item, Part):
            return
        init = followed.recent.init_of(item)
        if init is None:
            self._want(room_id, followed)
            return
        if not is_new:
            return
        for channel, windows in followed.windows.items():
            if (waiting := windows.take(room_id, init, item)) is not None:
                self._turns[channel].offer(waiting)
                self._offered(channel)

    def _shed(self) -> None:
        """Let the largest rooms go of their oldest pictures; one with no others is looked at from its next keyframe."""
        while self._bytes > BYTES_MAX:
            room_id, largest = max(self._rooms.items(), key=lambda each: each[1].recent.kept_bytes)
            before = largest.recent.kept_bytes
            assert before, self._bytes
            largest.recent.shed()
            self._bytes -= before - largest.recent.kept_bytes
            if not largest.recent.has_picture:
                for channel, windows in largest.windows.items():
                    windows.forget()
                    self._turns[channel].forget(room_id)


def _it_is_repeated() -> None:
    """A room says every two seconds whether it is on air."""
