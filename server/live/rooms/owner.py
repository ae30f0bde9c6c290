"""Edge: hosts the rooms that this process owns: commands in from the bus, publications out to it.

A room's state is loaded with the first command or question for it and dropped when nobody has asked for minutes; the
next load starts a new epoch. Commands of one room run in the order in which they came, but for lines whose moderation
decision has to be recorded first. One timer serves the ticks of all rooms.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
import uuid_utils

from server.bus.contract import Bus, Subscription
from server.bus.requests import Requests
from server.live import topics
from server.live.rooms.room import FilterDecision, Room, RoomLimits
from server.live.topics import (
    Around,
    AroundRequest,
    CommentRequest,
    Done,
    LineSaid,
    MediaAir,
    OwnerAnswer,
    PresenceReport,
    Refused,
    ReleaseCommand,
    RetractCommand,
    RoomCommand,
    RoomPublication,
    Said,
    SayCommand,
    ShowTally,
    SnapshotRequest,
    StateUpdate,
    TallyRequest,
)
from server.live.wire import StateItem
from server.tasks import TaskSet

log = logging.getLogger("jishi.owner")

Decide = Callable[[str, SayCommand, float], FilterDecision]
"""(room_id, command, Unix seconds): moderation's verdict on a line, without waiting."""
CheckClaims = Callable[[str, Mapping[str, StateItem], SayCommand, FilterDecision], FilterDecision]
"""(room_id, the room's state, command, decision): the decision on a host's line, held against what the room shows."""
RecordDecision = Callable[[str, SayCommand, FilterDecision, str, list[LineSaid], int], Awaitable[None]]
"""(room_id, command, decision, comment_id, lines before, viewers): make a decision other than `allow` durable before it
is told."""
LoadState = Callable[[str], Awaitable[list[StateItem]]]
"""(room_id): cards, stock and whether it is on air, from PostgreSQL."""
LoadLikes = Callable[[str], Awaitable[int]]
"""(room_id): the likes that were written down for a room."""
ListRooms = Callable[[], Awaitable[Iterable[str]]]
"""Ids of the rooms that exist now."""

HOST: Final = "host"
"""The role whose lines may claim something of the goods on screen."""

IDLE_CHECK_S: Final = 30.0
COMMANDS_WAITING_MAX: Final = 1_000
"""Unanswered commands of a room kept while it is loaded; beyond it they are dropped."""


@dataclass(slots=True)
class _Hosted:
    """A room that this process owns, loaded or not."""

    room_id: str
    room: Room | None = None
    loading: asyncio.Future[Room] | None = None
    waiting: int = 0
    due_at: float | None = None


class Owner:
    """The rooms this process owns."""

    def __init__(
        self,
        bus: Bus,
        requests: Requests,
        *,
        is_mine: Callable[[str], bool],
        list_rooms: ListRooms,
        decide: Decide,
        record_decision: RecordDecision,
        load_state: LoadState,
        sender_key: bytes,
        load_likes: LoadLikes | None = None,
        check_claims: CheckClaims | None = None,
        limits: RoomLimits | None = None,
        idle_s: float = 300.0,
        air_expires_s: float = 6.0,
    ) -> None:
        self._bus = bus
        self._requests = requests
        self._is_mine = is_mine
        self._list_rooms = list_rooms
        self._decide = decide
        self._record_decision = record_decision
        self._load_state = load_state
        self._load_likes = load_likes
        self._check_claims = check_claims
        self._sender_key = sender_key
        self._limits = limits or RoomLimits()
        self._idle_s = idle_s
        self._air_expires_s = air_expires_s
        self._hosted: dict[str, _Hosted] = {}
        self._air: dict[str, MediaAir] = {}
        self._air_heard_at: dict[str, float] = {}
        self._saying: dict[tuple[str, str, str], asyncio.Future[Said | Refused]] = {}
        self._due: list[tuple[float, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._subscriptions: list[Subscription] = []
        self._tasks = TaskSet("owner")

    async def start(self) -> None:
        """Take over the rooms that exist; later ones are adopted as they get their first viewer."""
        self._subscriptions = [
            self._bus.subscribe(topics.MEDIA_AIR, self._air_changed, _nothing_to_do),
            self._bus.subscribe(topics.ROOMS_OPENED, self._room_opened, _nothing_to_do),
        ]
        for room_id in await self._list_rooms():
            self.adopt(room_id)
        self._tasks.spawn(self._drop_idle_rooms(), "idle rooms")
        self._tasks.spawn(self._take_off_the_unheard(), "air")

    async def stop(self) -> None:
        """Own nothing any more."""
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._tasks.stop()
        for hosted in self._hosted.values():
            if hosted.room is not None:  # what was answered as accepted is still published
                for publication in hosted.room.tick(math.inf):
                    self._publish(hosted.room_id, publication)
        self._hosted.clear()

    def adopt(self, room_id: str) -> None:
        """Serve a room from now on, if it is this process's."""
        if room_id in self._hosted or not self._is_mine(room_id):
            return
        hosted = self._hosted[room_id] = _Hosted(room_id)
        self._subscriptions += [
            self._bus.subscribe(topics.room_in(room_id), lambda payload: self._told(hosted, payload), _nothing_to_do),
            self._requests.serve(topics.room_ask(room_id), lambda payload: self._asked(hosted, payload)),
        ]

    # ---- Shows -------------------------------------------------------------------------------------------------------

    def rooms_on_air(self) -> list[MediaAir]:
        """What was last said of the rooms of this process that are on air."""
        return [air for room_id, air in self._air.items() if air.on_air and room_id in self._hosted]

    async def begin_show(self, room_id: str, show_id: str, *, is_new: bool) -> None:
        """Let a room count for this show from now on."""
        hosted = self._hosted.get(room_id)
        if hosted is not None:
            (await self._load(hosted)).show.begin(show_id, is_new=is_new)

    def tallies(self) -> list[ShowTally]:
        """What was counted of the shows of every room that is loaded."""
        rooms = [hosted.room for hosted in self._hosted.values() if hosted.room is not None]
        return [tally for room in rooms if (tally := room.show.tally(room.epoch)) is not None]

    # ---- From the bus ------------------------------------------------------------------------------------------------

    def _room_opened(self, payload: bytes) -> None:
        self.adopt(payload.decode())

    def _air_changed(self, payload: bytes) -> None:
        air = topics.air_decoder.decode(payload)
        if not self._is_mine(air.room_id):
            return
        self._air[air.room_id] = air
        self._air_heard_at[air.room_id] = self._now()
        if air.on_air:
            self.adopt(air.room_id)  # a room that was made after the start, and has no viewer yet
        hosted = self._hosted.get(air.room_id)
        if hosted is not None and hosted.room is not None:
            self._apply_air(hosted.room, air)

    def _apply_air(self, room: Room, air: MediaAir) -> None:
        publication = room.set_air(on_air=air.on_air, since_us=air.since_us, wall_us=_wall_us(), now=self._now())
        self._publish(room.room_id, publication)

    def _told(self, hosted: _Hosted, payload: bytes) -> None:
        command = self._decode(hosted, payload)
        if command is None:
            return
        if hosted.room is not None:
            self._carry_out(hosted, hosted.room, command)
        elif hosted.waiting < COMMANDS_WAITING_MAX:
            hosted.waiting += 1
            self._tasks.spawn(self._carry_out_later(hosted, command), hosted.room_id)

    async def _carry_out_later(self, hosted: _Hosted, command: RoomCommand) -> None:
        try:
            self._carry_out(hosted, await self._load(hosted), command)
        finally:
            hosted.waiting -= 1

    def _asked(self, hosted: _Hosted, payload: bytes) -> bytes | Awaitable[bytes]:
        command = self._decode(hosted, payload)
        if command is None:
            return topics.encoder.encode(Refused("malformed", {}))
        if hosted.room is not None and not isinstance(command, SayCommand):
            return topics.encoder.encode(self._carry_out(hosted, hosted.room, command))
        if hosted.room is not None and isinstance(command, SayCommand):
            return self._say_now(hosted, hosted.room, command)
        return self._answer_later(hosted, command)

    async def _answer_later(self, hosted: _Hosted, command: RoomCommand) -> bytes:
        room = await self._load(hosted)
        if isinstance(command, SayCommand):
            answer = self._say_now(hosted, room, command)
            return answer if isinstance(answer, bytes) else await answer
        return topics.encoder.encode(self._carry_out(hosted, room, command))

    def _decode(self, hosted: _Hosted, payload: bytes) -> RoomCommand | None:
        try:
            command: RoomCommand = topics.command_decoder.decode(payload)
        except msgspec.DecodeError:
            log.error("room %s: command that is none", hosted.room_id)
            return None
        return command

    # ---- Commands ----------------------------------------------------------------------------------------------------

    def _carry_out(self, hosted: _Hosted, room: Room, command: RoomCommand) -> OwnerAnswer:
        now = self._now()
        match command:
            case SnapshotRequest():
                room.touched_at = now
                return room.snapshot()
            case StateUpdate(items):
                self._publish(room.room_id, room.update(items, now=now))
            case RetractCommand(comment_ids, code):
                self._publish(room.room_id, room.retract(comment_ids, code, now=now))
            case ReleaseCommand():
                room.release(command, now=now)
                self._tick(hosted, room)
            case CommentRequest(comment_id):
                return room.comment(comment_id) or Refused("not_found", {})
            case AroundRequest(wall_us):
                return Around(room.around(wall_us))
            case TallyRequest():
                return room.show.tally(room.epoch) or Refused("not_found", {})
            case PresenceReport():
                room.report(command, now=now)
                self._tick(hosted, room)
            case SayCommand():
                log.error("room %s: a line has to be asked for, not told", room.room_id)
                return Refused("malformed", {})
        return Done()

    def _say_now(self, hosted: _Hosted, room: Room, command: SayCommand) -> bytes | Awaitable[bytes]:
        """Answer a line at once if its decision needs no record."""
        earlier = room.answered(command.person_id, command.key)
        if earlier is not None:
            return topics.encoder.encode(earlier)
        ticket = (room.room_id, command.person_id, command.key)
        if (running := self._saying.get(ticket)) is not None:
            return _encoded(running)
        decision = self._decide(room.room_id, command, time.time())
        if command.role == HOST and self._check_claims is not None:
            decision = self._check_claims(room.room_id, room.state, command, decision)
        comment_id = str(uuid_utils.uuid7())
        if decision.action != "allow":
            return self._say_recorded(hosted, room, command, decision, comment_id)
        return topics.encoder.encode(self._accept(hosted, room, command, decision, comment_id))

    async def _say_recorded(
        self, hosted: _Hosted, room: Room, command: SayCommand, decision: FilterDecision, comment_id: str
    ) -> bytes:
        ticket = (room.room_id, command.person_id, command.key)
        if (running := self._saying.get(ticket)) is not None:
            return await _encoded(running)
        answered = self._saying[ticket] = asyncio.get_running_loop().create_future()
        answer: Said | Refused = Refused("unavailable", {})
        try:
            before = room.around(_wall_us())
            await self._record_decision(room.room_id, command, decision, comment_id, before, room.viewers)
            answer = self._accept(hosted, room, command, decision, comment_id)
        except Exception:
            log.exception("room %s: a moderation decision could not be recorded", room.room_id)
        finally:
            del self._saying[ticket]
            answered.set_result(answer)
        return topics.encoder.encode(answer)

    def _accept(
        self, hosted: _Hosted, room: Room, command: SayCommand, decision: FilterDecision, comment_id: str
    ) -> Said | Refused:
        answer = room.say(command, decision, comment_id=comment_id, now=self._now(), wall_us=_wall_us())
        self._tick(hosted, room)
        return answer

    # ---- Rooms -------------------------------------------------------------------------------------------------------

    async def _load(self, hosted: _Hosted) -> Room:
        """The room, loaded by whoever asks first.

        Raises: whatever `load_state` raised.
        """
        if hosted.room is not None:
            return hosted.room
        if hosted.loading is None:
            hosted.loading = asyncio.get_running_loop().create_future()
            self._tasks.spawn(self._load_room(hosted, hosted.loading), f"load {hosted.room_id}")
        return await asyncio.shield(hosted.loading)

    async def _load_room(self, hosted: _Hosted, loaded: asyncio.Future[Room]) -> None:
        try:
            items = await self._load_state(hosted.room_id)
            likes = 0 if self._load_likes is None else await self._load_likes(hosted.room_id)
        except BaseException as failure:
            hosted.loading = None
            if isinstance(failure, Exception):
                loaded.set_exception(failure)
                loaded.exception()  # whoever waits raises it; when nobody does any more, the log has it
                log.exception("room %s could not be loaded", hosted.room_id)
                return
            loaded.cancel()
            raise
        room = Room(
            hosted.room_id,
            secrets.token_urlsafe(9),
            sender_key=self._sender_key,
            limits=self._limits,
            items=items,
            now=self._now(),
            likes=likes,
        )
        hosted.room, hosted.loading = room, None
        if (air := self._air.get(hosted.room_id)) is not None:
            self._apply_air(room, air)
        loaded.set_result(room)

    async def _drop_idle_rooms(self) -> None:
        while True:
            await asyncio.sleep(min(IDLE_CHECK_S, self._idle_s))
            idle_since = self._now() - self._idle_s
            for hosted in self._hosted.values():
                if hosted.room is not None and hosted.room.touched_at < idle_since and hosted.room.due_at() is None:
                    hosted.room = None

    async def _take_off_the_unheard(self) -> None:
        """A room whose media worker says nothing any more is off the air."""
        while True:
            await asyncio.sleep(self._air_expires_s / 3)
            expired_at = self._now() - self._air_expires_s
            for room_id, heard_at in self._air_heard_at.items():
                air = self._air[room_id]
                if heard_at < expired_at and air.on_air:
                    air = self._air[room_id] = MediaAir(room_id, False, _wall_us(), {})
                    hosted = self._hosted.get(room_id)
                    if hosted is not None and hosted.room is not None:
                        self._apply_air(hosted.room, air)

    # ---- Ticks and publishing ----------------------------------------------------------------------------------------

    def _publish(self, room_id: str, publication: RoomPublication | None) -> None:
        if publication is not None:
            self._bus.publish(topics.room_out(room_id), topics.encoder.encode(publication))

    def _tick(self, hosted: _Hosted, room: Room) -> None:
        """Publish what is due, and come back when the rest is."""
        for publication in room.tick(self._now()):
            self._publish(room.room_id, publication)
        due_at = room.due_at()
        if due_at is not None and (hosted.due_at is None or due_at < hosted.due_at):
            hosted.due_at = due_at
            heapq.heappush(self._due, (due_at, room.room_id))
            self._set_timer()

    def _set_timer(self) -> None:
        due_at = self._due[0][0]
        if self._timer is not None:
            if self._timer_at <= due_at:
                return
            self._timer.cancel()
        self._timer_at = due_at
        self._timer = asyncio.get_running_loop().call_at(due_at, self._ticks_due)

    def _ticks_due(self) -> None:
        self._timer = None
        now = self._now()
        while self._due and self._due[0][0] <= now:
            due_at, room_id = heapq.heappop(self._due)
            hosted = self._hosted.get(room_id)
            if hosted is None or hosted.due_at is None or hosted.due_at > due_at:
                continue
            hosted.due_at = None
            if hosted.room is not None:
                self._tick(hosted, hosted.room)
        if self._due:
            self._set_timer()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _encoded(answer: asyncio.Future[Said | Refused]) -> bytes:
    return topics.encoder.encode(await asyncio.shield(answer))


def _wall_us() -> int:
    return time.time_ns() // 1000


def _nothing_to_do() -> None:
    """A gap among commands is the sender's to notice: it asked, or repeats itself."""
