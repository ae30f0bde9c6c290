"""Edge: one edge worker's live rooms: who is in them, and what each client's decisions lead to.

Rooms are found by slug (and remembered for a while), followed on the bus while they have viewers, and left some time
after the last one went. What a session decided is carried out here: a line goes to the room's owner, an order and a
removal to what was injected, and their outcome back to the client that asked.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from server.bus.contract import Bus, Subscription
from server.bus.requests import Requests
from server.live import topics
from server.live.desk import Desk, PlaceOrder, RemoveComment, RoomRoles, VerifyToken
from server.live.ledger import Ledger
from server.live.rooms.audience import Audience, AudienceTimes, RoomFacts
from server.live.rooms.view import Since
from server.live.session import (
    ClockAsked,
    LanesChosen,
    Liked,
    ProtocolBroken,
    Reported,
    Session,
    SessionLimits,
)
from server.live.socket.connection import CLOSING, LiveConnection
from server.live.socket.frames import ready
from server.live.socket.lanes import BacklogLimits
from server.live.socket.websocket import CloseCode
from server.live.topics import PresenceReport
from server.live.wire import (
    CLIENT_MESSAGE_BYTES_MAX,
    PROTOCOL_VERSION,
    Bye,
    Clock,
    Hello,
    Report,
)
from server.tasks import TaskSet

log = logging.getLogger("jishi.live")

FindRoom = Callable[[str], Awaitable[RoomFacts | None]]
"""(slug): the room as the database knows it."""

CLOSES_PER_TURN: Final = 512


@dataclass(frozen=True, slots=True)
class HubLimits:
    """Bounds and deadlines of one edge worker's live side."""

    session: SessionLimits = field(default_factory=SessionLimits)
    backlog: BacklogLimits = field(default_factory=BacklogLimits)
    audience: AudienceTimes = field(default_factory=AudienceTimes)
    stall_s: float = 20.0
    """A viewer with a backlog who takes nothing for so long is dead."""
    close_deadline_s: float = 5.0
    """For the peer to answer our close frame."""
    reconnect_after_ms_max: int = 5_000
    room_facts_s: float = 10.0
    """How long a room's facts are remembered."""
    empty_room_s: float = 30.0
    """How long a room is followed after its last viewer went."""
    requests_running_max: int = 8
    """Requests of one client that are carried out at once."""
    owner_timeout_s: float = 2.0


class Hub:
    """The live side of one edge worker."""

    def __init__(
        self,
        bus: Bus,
        requests: Requests,
        *,
        worker: str,
        find_room: FindRoom,
        verify_token: VerifyToken,
        room_roles: RoomRoles,
        place_order: PlaceOrder,
        remove_comment: RemoveComment,
        ledger: Ledger | None = None,
        limits: HubLimits | None = None,
        on_report: Callable[[str, Report], None] | None = None,
    ) -> None:
        self.limits = limits or HubLimits()
        self.ledger = ledger or Ledger()
        self.backlog_limits = self.limits.backlog
        self.close_deadline_s = self.limits.close_deadline_s
        self.connections_total = 0
        self.stalled_total = 0
        self._bus = bus
        self._requests = requests
        self._worker = worker
        self._find_room = find_room
        self._on_report = on_report
        self.desk = Desk(
            bus,
            requests,
            verify_token=verify_token,
            room_roles=room_roles,
            place_order=place_order,
            remove_comment=remove_comment,
            read_again=self.received,
            requests_running_max=self.limits.requests_running_max,
            owner_timeout_s=self.limits.owner_timeout_s,
        )
        self._facts: dict[str, tuple[RoomFacts, float]] = {}
        self._lookups: dict[str, asyncio.Future[RoomFacts | None]] = {}
        self._audiences: dict[str, Audience] = {}
        self._connections: dict[LiveConnection, None] = {}
        self._full_lines: dict[LiveConnection, tuple[int, float]] = {}
        self._reported: set[str] = set()
        self._subscriptions: list[Subscription] = []
        self._tasks = TaskSet(f"hub:{worker}")
        self._draining = False
        self._somebody_left = asyncio.Event()

    async def start(self) -> None:
        """Begin to serve."""
        self._subscriptions = [self._bus.subscribe(topics.REVOKED, self._revoked, _nothing_to_do)]
        self._tasks.spawn(self._tick_each_second(), "tick")

    async def stop(self) -> None:
        """Cut every connection and follow no room any more."""
        self._draining = True
        for connection in list(self._connections):
            connection.abort()
        await self._emptied()
        for subscription in self._subscriptions:
            subscription.cancel()
        self._subscriptions.clear()
        await self._tasks.stop()
        await self.desk.stop()
        for audience in self._audiences.values():
            await audience.stop()
        self._audiences.clear()

    async def drain(self, deadline_s: float) -> None:
        """Tell every client when to come back (to another worker), and wait until they have gone or the deadline."""
        self._draining = True
        for count, connection in enumerate(list(self._connections), 1):
            bye = Bye(code="going_away", reconnect_after_ms=self.reconnect_after_ms)
            connection.close(CloseCode.SERVICE_RESTART, "going away", bye=bye)
            if not count % CLOSES_PER_TURN:
                await asyncio.sleep(0)
        try:
            async with asyncio.timeout(deadline_s):
                await self._emptied()
        except TimeoutError:
            log.warning("%d connections did not close in time", len(self._connections))

    async def _emptied(self) -> None:
        while self._connections:
            self._somebody_left.clear()
            await self._somebody_left.wait()

    # ---- Rooms -------------------------------------------------------------------------------------------------------

    async def find(self, slug: str) -> RoomFacts | None:
        """A room's facts, at most `room_facts_s` old, or older while the database can't be asked.

        Raises: whatever `find_room` raised, for a room not known here.
        """
        known = self._facts.get(slug)
        if known is not None and known[1] > self._now():
            return known[0]
        lookup = self._lookups.get(slug)
        if lookup is None:  # a thousand viewers who come at once ask the database once
            lookup = self._lookups[slug] = asyncio.get_running_loop().create_future()
            self._tasks.spawn(self._look_up(slug, lookup), f"find {slug}")
        return await asyncio.shield(lookup)

    async def _look_up(self, slug: str, lookup: asyncio.Future[RoomFacts | None]) -> None:
        known = self._facts.pop(slug, None)
        try:
            facts = await self._find_room(slug)
        except Exception as failure:
            if known is None:
                lookup.set_exception(failure)
                lookup.exception()  # whoever asked raises it, unless it has gone
                return
            log.warning("room %s: its facts could not be refreshed: %s", slug, failure)
            facts = known[0]
        finally:
            del self._lookups[slug]
        if facts is not None:
            self._facts[slug] = (facts, self._now() + self.limits.room_facts_s)
        lookup.set_result(facts)

    @property
    def viewers(self) -> int:
        """Connections in all rooms."""
        return len(self._connections)

    @property
    def is_draining(self) -> bool:
        return self._draining

    @property
    def reconnect_after_ms(self) -> int:
        """When to come back: spread, so that not all come at once."""
        return random.randrange(self.limits.reconnect_after_ms_max + 1)  # noqa: S311 - jitter, not a secret

    def connect(self, facts: RoomFacts, lanes: int) -> LiveConnection:
        """A connection for a viewer of the room, to be set as its transport's protocol and then to `join`."""
        self.connections_total += 1
        account = self.ledger.room(facts.room_id)
        connection = LiveConnection(self, account, number=self.connections_total, lanes=lanes)
        self._connections[connection] = None
        return connection

    def join(self, connection: LiveConnection, facts: RoomFacts, since: Since) -> None:
        """Let a connected viewer into the room."""
        if self._draining:
            bye = Bye(code="going_away", reconnect_after_ms=self.reconnect_after_ms)
            connection.close(CloseCode.SERVICE_RESTART, "going away", bye=bye)
            return
        audience = self._audiences.get(facts.room_id)
        if audience is None:
            audience = Audience(
                facts, self._bus, self._requests, self.ledger.room(facts.room_id), times=self.limits.audience
            )
            self._audiences[facts.room_id] = audience
            audience.start()
        audience.facts = facts
        session = self.limits.session
        hello = Hello(
            version=PROTOCOL_VERSION,
            session=f"{self._worker}-{connection.number}",
            server_us=_wall_us(),
            room=facts.as_hello(),
            limits={
                "message_bytes_max": CLIENT_MESSAGE_BYTES_MAX,
                "comment_chars_max": session.comment_chars_max,
                "comments_per_10s": session.comments_per_10s,
            },
        )
        audience.join(connection, ready(hello), since)

    # ---- What connections tell ---------------------------------------------------------------------------------------

    def received(self, connection: LiveConnection, data: bytes) -> None:
        """Decide a client's message and act on it."""
        audience = connection.audience
        if audience is None or connection.blocked >= CLOSING or self.desk.holds(connection, data):
            return
        session = self._session(connection)
        decision = session.feed(data, now=self._now(), unix_s=time.time())
        match decision:
            case ProtocolBroken(close_code, reason):
                connection.fail(close_code, reason)
            case Liked(count):
                audience.likes += count
            case ClockAsked(client_us):
                connection.send(ready(Clock(client_us, _wall_us())))
            case LanesChosen(lanes):
                audience.choose_lanes(connection, lanes)
            case Reported(report):
                if self._on_report is not None:
                    self._on_report(audience.facts.room_id, report)
            case _:
                self.desk.take(connection, session, audience.facts.room_id, decision)

    def admit_control_frame(self, connection: LiveConnection) -> bool:
        """Count a ping or pong against the flood limit."""
        broken = self._session(connection).admit(self._now())
        if broken is not None:
            connection.fail(broken.close_code, broken.reason)
        return broken is None

    def left(self, connection: LiveConnection) -> None:
        """A connection is over."""
        self._connections.pop(connection, None)
        self._full_lines.pop(connection, None)
        self._somebody_left.set()
        self.desk.forget(connection)
        if connection.audience is not None:
            connection.audience.leave(connection, self._now())
            connection.audience = None

    def line_full(self, connection: LiveConnection) -> None:
        """Watch its progress: what is unsent has to shrink."""
        self._full_lines[connection] = (connection.unsent_bytes, self._now())

    def line_free(self, connection: LiveConnection) -> None:
        self._full_lines.pop(connection, None)

    def _session(self, connection: LiveConnection) -> Session:
        if connection.session is None:
            connection.session = Session(self.limits.session, self._now())
        return connection.session

    # ---- Each second -------------------------------------------------------------------------------------------------

    async def _tick_each_second(self) -> None:
        interval_s = min(1.0, self.limits.stall_s / 4)
        while True:
            await asyncio.sleep(interval_s)
            try:
                self._cut_stalled()
                self._report_presence()
                await self._leave_empty_rooms()
            except Exception:  # a fault in one room must not end the watch over all of them
                log.exception("a second's work on the rooms failed")

    def _cut_stalled(self) -> None:
        now = self._now()
        for connection, (unsent, since) in list(self._full_lines.items()):
            unsent_now = connection.unsent_bytes
            if unsent_now < unsent:
                self._full_lines[connection] = (unsent_now, now)
            elif now - since >= self.limits.stall_s:
                self.stalled_total += 1
                connection.abort()

    def _report_presence(self) -> None:
        for room_id, audience in self._audiences.items():
            viewers, likes = audience.viewers, audience.likes
            if not viewers and not likes and room_id not in self._reported:
                continue
            audience.likes = 0
            (self._reported.add if viewers else self._reported.discard)(room_id)
            report = PresenceReport(self._worker, viewers, likes)
            self._bus.publish(topics.room_in(room_id), topics.encoder.encode(report))

    async def _leave_empty_rooms(self) -> None:
        empty_since = self._now() - self.limits.empty_room_s
        for room_id, audience in list(self._audiences.items()):
            if audience.empty_since is not None and audience.empty_since < empty_since:
                del self._audiences[room_id]
                self._reported.discard(room_id)
                await audience.stop()

    def _revoked(self, payload: bytes) -> None:
        try:
            revoked = topics.revoked_decoder.decode(payload)
        except msgspec.DecodeError:
            log.error("revocation that is none")
            return
        self.close_accounts(frozenset(revoked.person_ids))

    def close_accounts(self, person_ids: frozenset[str]) -> None:
        """End the connections of people whose tokens became void; may be told twice, by the bus and by a poll."""
        for person_id in person_ids:
            for connection in self.desk.connections_of(person_id):
                if connection.blocked < CLOSING:
                    bye = Bye(code="account_closed", reconnect_after_ms=None)
                    connection.close(CloseCode.POLICY_VIOLATION, "account closed", bye=bye)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _wall_us() -> int:
    return time.time_ns() // 1000


def _nothing_to_do() -> None:
    """Revocations are also polled for where the tokens are checked, and told here by `close_accounts`."""
