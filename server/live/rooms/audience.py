"""Edge: a room's viewers on one edge worker, with the replica of the room that they are served from.

The replica starts from a snapshot of the owner; publications that come meanwhile wait. When one is missing, or the
owner is a new one, a fresh snapshot is fetched and sent to every viewer in place of what they hold. A joiner is greeted
once the replica stands, or after a deadline without it, so that a room whose owner is away still shows its picture.
"""

from __future__ import annotations

import asyncio
import logging
import time
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from media.part import Init, Part
from media.window import Window
from server.bus.contract import Bus, Subscription
from server.bus.errors import RequestFailed, RequestTimeout
from server.bus.requests import Requests
from server.live import topics
from server.live.ledger import RoomLedger
from server.live.media_frames import decode_media
from server.live.rooms.fanout import INIT, PART, SNAPSHOT, Fanout
from server.live.rooms.view import RoomView, Since
from server.live.socket.connection import COMMENTS, CONTROL, COUNTERS, LiveConnection
from server.live.socket.frames import ReadyComments, ReadyFrame, ReadyPart, lane_of, ready, ready_init
from server.live.topics import RoomPublication, RoomSnapshot, SnapshotRequest
from server.live.wire import LANE_CHAT, LANE_CONTROL, LANES, Comments, Counters, Retraction, ServerMessage, State
from server.tasks import TaskSet

log = logging.getLogger("jishi.live")

PUBLICATIONS_WAITING_MAX: Final = 2_000
"""Publications kept while a snapshot is fetched; beyond it they are dropped and another snapshot follows."""

PICTURE_KEPT_US: Final = 30_000_000
"""A host who drops is given so long to come back (media time goes on); after that the last picture is old news."""


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """What a room is, as the lobby knows it."""

    room_id: str
    slug: str
    kind: str  # farm | jobs
    title: str
    host_name: str
    org_name: str

    def as_hello(self) -> dict[str, Any]:
        """The `room` of the wire's `hello`."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class AudienceTimes:
    """Deadlines of one room's replica."""

    ask_timeout_s: float = 0.5
    ask_pause_s: float = 0.2
    greet_without_owner_s: float = 0.7


class Audience:
    """One room's viewers on this worker."""

    def __init__(
        self,
        facts: RoomFacts,
        bus: Bus,
        requests: Requests,
        ledger: RoomLedger,
        *,
        times: AudienceTimes,
        make_window: Callable[[], Window] = Window,
    ) -> None:
        self.facts = facts
        self.ledger = ledger
        self.likes = 0  # since the last report to the owner
        self.empty_since: float | None = None
        self._bus = bus
        self._requests = requests
        self._times = times
        self._window = make_window()
        self._ready_media: dict[tuple[str, int, int], ReadyFrame | ReadyPart] = {}
        self._members: dict[LiveConnection, None] = {}
        self._lane_members: list[tuple[LiveConnection, ...] | None] = [None] * len(LANES)
        self._waiting: dict[LiveConnection, Since] = {}
        self._greet_timer: asyncio.TimerHandle | None = None
        self._view: RoomView | None = None
        self._fetching = False
        self._early: deque[RoomPublication] = deque()
        self._early_overflowed = False
        self._greetings: dict[bool, ReadyFrame] = {}
        self._recent: deque[weakref.ref[ReadyComments]] = deque()
        self._fanout = Fanout(ledger)
        self._tasks = TaskSet(f"audience:{facts.slug}")
        self._subscriptions: list[Subscription] = []

    def start(self) -> None:
        """Begin to follow the room."""
        room_id = self.facts.room_id
        self._subscriptions = [
            self._bus.subscribe(topics.room_out(room_id), self._published, self._missed),
            self._bus.subscribe(topics.media(room_id), self._media_published, self._want_media),
        ]
        self._want_media()
        self._fetch()

    async def stop(self) -> None:
        """Follow the room no longer. Its viewers have gone or are about to be closed."""
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        if self._greet_timer is not None:
            self._greet_timer.cancel()
        self._fanout.stop("closed")
        await self._tasks.stop()

    # ---- Viewers -----------------------------------------------------------------------------------------------------

    @property
    def viewers(self) -> int:
        """Connections in the room, greeted or not."""
        return len(self._members) + len(self._waiting)

    def connections(self) -> list[LiveConnection]:
        """Every viewer's connection."""
        return [*self._members, *self._waiting]

    def join(self, connection: LiveConnection, hello: ReadyFrame, since: Since) -> None:
        """Greet a viewer: hello, snapshot, the media window, and from then on what is published."""
        connection.audience = self
        self.empty_since = None
        connection.send(hello)
        if self._view is not None:
            self._greet(connection, self._view, since)
            return
        self._waiting[connection] = since
        if self._greet_timer is None:
            loop = asyncio.get_running_loop()
            self._greet_timer = loop.call_later(self._times.greet_without_owner_s, self._greet_without_owner)

    def leave(self, connection: LiveConnection, now: float) -> None:
        """A viewer has gone."""
        self._waiting.pop(connection, None)
        if connection in self._members:
            del self._members[connection]
            self._members_changed()
        if not self.viewers:
            self.empty_since = now

    def choose_lanes(self, connection: LiveConnection, lanes: int) -> None:
        """Send other lanes to a viewer: media that was off starts with the window, chat with a fresh snapshot."""
        added = lanes & ~connection.lanes
        connection.choose_lanes(lanes)
        self._members_changed()
        if connection in self._members:
            if added & (1 << LANE_CHAT) and self._view is not None:
                self._offer_snapshot(self._view, (connection,))
            self._send_window(connection, added)

    def _greet(self, connection: LiveConnection, view: RoomView, since: Since) -> None:
        if connection.blocked >= 2:
            return
        greeting = view.greeting(since)
        frame = self._greetings.get(greeting.recovered)
        if frame is None:
            frame = self._greetings[greeting.recovered] = ready(greeting)
        connection.send_snapshot(frame)
        self._members[connection] = None
        self._members_changed()
        self._send_window(connection, connection.lanes)

    def _greet_without_owner(self) -> None:
        self._greet_timer = None
        view = RoomView("")
        view.viewers = self.viewers
        self._greet_waiting(view)

    def _greet_waiting(self, view: RoomView) -> None:
        if self._greet_timer is not None:
            self._greet_timer.cancel()
            self._greet_timer = None
        self._greetings.clear()
        waiting, self._waiting = self._waiting, {}
        for connection, since in waiting.items():
            self._greet(connection, view, since)
        self._greetings.clear()

    def _offer_snapshot(self, view: RoomView, members: tuple[LiveConnection, ...]) -> None:
        """Replace what viewers hold, behind the publications that are on their way to them."""
        frame = ready(msgspec.structs.replace(view.greeting({}), recovered=False))
        self._fanout.offer(SNAPSHOT, LANE_CONTROL, frame, members)

    def _members_changed(self) -> None:
        self._lane_members = [None] * len(LANES)

    def _wanting(self, lane: int) -> tuple[LiveConnection, ...]:
        members = self._lane_members[lane]
        if members is None:
            bit = 1 << lane
            members = tuple(each for each in self._members if each.lanes & bit)
            self._lane_members[lane] = members
        return members

    # ---- The replica -------------------------------------------------------------------------------------------------

    def _published(self, publication: bytes) -> None:
        try:
            decoded = topics.publication_decoder.decode(publication)
        except msgspec.DecodeError:
            log.error("room %s: publication that is none", self.facts.room_id)
            return
        if self._fetching or self._view is None:
            self._keep_early(decoded)
        else:
            self._apply(self._view, decoded)

    def _keep_early(self, publication: RoomPublication) -> None:
        if len(self._early) >= PUBLICATIONS_WAITING_MAX:
            self._early.clear()
            self._early_overflowed = True
        self._early.append(publication)

    def _missed(self) -> None:
        self._early_overflowed = True  # if a snapshot is on its way, it may be older than what was missed
        self._fetch()

    def _fetch(self) -> None:
        if not self._fetching:
            self._fetching = True
            self._early_overflowed = False
            self._tasks.spawn(self._fetch_snapshot(), "snapshot")

    async def _fetch_snapshot(self) -> None:
        """Ask until an answer was restored: whatever goes wrong with one, viewers wait for the next."""
        while not await self._fetch_once():
            await asyncio.sleep(self._times.ask_pause_s)
            self._early_overflowed = False

    async def _fetch_once(self) -> bool:
        room_id = self.facts.room_id
        self._bus.publish(topics.ROOMS_OPENED, room_id.encode())
        question = topics.encoder.encode(SnapshotRequest())
        try:
            answer = await self._requests.ask(topics.room_ask(room_id), question, timeout_s=self._times.ask_timeout_s)
            snapshot = topics.answer_decoder.decode(answer)
            return isinstance(snapshot, RoomSnapshot) and self._restore(snapshot)
        except (RequestTimeout, RequestFailed) as failure:
            log.info("room %s: no snapshot: %s", room_id, failure)
        except Exception:  # else this room would stand still on this worker for as long as it has viewers
            log.exception("room %s: a snapshot could not be used", room_id)
        return False

    def _restore(self, snapshot: RoomSnapshot) -> bool:
        """Stand on the owner's snapshot and what came after it; False when they don't join."""
        view = RoomView.restore(snapshot)
        early, self._early = self._early, deque()
        if early and early[-1].epoch != snapshot.epoch:
            return False  # one of two owners is gone: the next answer is of the one that stays
        retracted: set[str] = set()
        for publication in early:
            if publication.epoch != snapshot.epoch:
                continue
            message = view.take(publication)
            if message == "gap":
                return False
            if isinstance(message, Retraction):
                retracted.update(message.comment_ids)
        if self._early_overflowed:
            return False
        self._fetching = False
        self._view = view
        self._retract(frozenset(retracted))
        self._greetings.clear()
        if self._members:
            self._fanout.conflate_publications()
            self._offer_snapshot(view, tuple(self._members))
        self._greet_waiting(view)
        return True

    def _apply(self, view: RoomView, publication: RoomPublication) -> None:
        taken = view.take(publication)
        if taken == "old":
            return
        if taken == "gap":
            self._fetch()
            self._keep_early(publication)
            return
        self._greetings.clear()
        self._forward(taken, publication)

    def _forward(self, message: ServerMessage | Literal["old", "gap"], publication: RoomPublication) -> None:
        match message:
            case State():
                self._fanout.offer(CONTROL, LANE_CONTROL, ReadyFrame(publication.wire), self._wanting(LANE_CONTROL))
            case Retraction(_, comment_ids):
                self._retract(frozenset(comment_ids))
                self._fanout.offer(CONTROL, LANE_CONTROL, ReadyFrame(publication.wire), self._wanting(LANE_CONTROL))
            case Comments(position, comments):
                members = self._wanting(LANE_CHAT)
                sampled = publication.sampled * len(members)
                account = self.ledger.lanes[LANE_CHAT]
                account.offered += sampled
                account.sampled += sampled
                frame = ReadyComments(publication.wire, position, comments)
                self._fanout.offer(COMMENTS, LANE_CHAT, frame, members)
                self._remember(frame)
            case Counters():
                self._fanout.offer(COUNTERS, LANE_CHAT, ReadyFrame(publication.wire), self._wanting(LANE_CHAT))
            case _:
                raise AssertionError(f"no publication of a room: {message}")

    def _remember(self, frame: ReadyComments) -> None:
        """Lines that still wait somewhere can be retracted; the reference dies when they don't."""
        while self._recent and self._recent[0]() is None:
            self._recent.popleft()
        self._recent.append(weakref.ref(frame))

    def _retract(self, comment_ids: frozenset[str]) -> None:
        for reference in self._recent if comment_ids else ():
            frame = reference()
            if frame is not None:
                frame.retract(comment_ids)

    # ---- Media -------------------------------------------------------------------------------------------------------

    def _want_media(self) -> None:
        self._bus.publish(topics.MEDIA_WANT, self.facts.room_id.encode())

    def _media_published(self, publication: bytes) -> None:
        try:
            item = decode_media(publication)
        except msgspec.DecodeError:
            log.error("room %s: media publication that is none", self.facts.room_id)
            return
        if not self._window.add(item):
            return
        if isinstance(item, Init) or item.keyframe:
            self._forget_old_media()
        lane = lane_of(item)
        self._fanout.offer(INIT if isinstance(item, Init) else PART, lane, self._ready(item), self._wanting(lane))

    def _send_window(self, connection: LiveConnection, lanes: int) -> None:
        if self._is_dark():
            self._window.forget_parts()
            self._forget_old_media()
        for item in self._window.snapshot():
            lane = lane_of(item)
            if not lanes & (1 << lane):
                continue
            self.ledger.lanes[lane].offered += 1
            message = self._ready(item)
            if isinstance(message, ReadyPart):
                connection.send_part(message, join=True)
            else:
                connection.send_init(lane, message)

    def _is_dark(self) -> bool:
        """Whether the host has been off the air for so long that its last picture is no longer shown to joiners."""
        air = self._view.items.get("air") if self._view is not None else None
        if air is None or air.value is None or air.value["on_air"]:
            return False
        return time.time_ns() // 1000 - int(air.value["since_us"]) > PICTURE_KEPT_US

    def _ready(self, item: Init | Part) -> ReadyFrame | ReadyPart:
        key = _media_key(item)
        message = self._ready_media.get(key)
        if message is None:
            message = ready_init(item) if isinstance(item, Init) else ReadyPart(item)
            self._ready_media[key] = message
        return message

    def _forget_old_media(self) -> None:
        kept = {_media_key(item) for item in self._window.snapshot()}
        self._ready_media = {key: message for key, message in self._ready_media.items() if key in kept}


def _media_key(item: Init | Part) -> tuple[str, int, int]:
    return (item.track, item.init_id, -1 if isinstance(item, Init) else item.sequence)
