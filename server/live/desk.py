"""Edge: carries out what clients ask for by request id: signing in, lines, orders, removals.

Each request runs as a task beside the others and is answered on its client's connection; one client has a bounded
number running. What a client sends while its sign-in is carried out is held and read afterwards, in order, since the
token decides whom it speaks for.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, assert_never

from server.bus.contract import Bus, Subscription
from server.bus.errors import RequestFailed, RequestTimeout
from server.bus.requests import Requests
from server.live import topics
from server.live.session import (
    BuyWanted,
    Identity,
    RemoveWanted,
    RequestRefused,
    SayWanted,
    Session,
    SignedOut,
    SignInWanted,
)
from server.live.socket.connection import CLOSING, LiveConnection
from server.live.socket.frames import ReadyFrame, ready
from server.live.socket.websocket import CloseCode
from server.live.topics import Refused, RetractCommand, Said, SayCommand
from server.live.wire import Answer, Buy, Refusal
from server.tasks import TaskSet

log = logging.getLogger("jishi.live")

HELD_MESSAGES_MAX: Final = 16
"""Messages of one client held while it signs in."""
RETRACT_TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request was carried out; the client is answered this."""

    result: dict[str, Any]


PlaceOrder = Callable[[str, str, Buy], Awaitable[Accepted | Refused]]
"""(person_id, room_id, what): the order as GET /api/orders/{order_id} shows it."""
RemoveComment = Callable[[str, str, str, str], Awaitable[Accepted | Refused]]
"""(person_id, room_id, comment_id, reason): record the removal; the line then leaves all screens."""
VerifyToken = Callable[[str], Identity | None]
"""(token): whom it speaks for, without waiting; None when it is not good."""
RoomRoles = Callable[[str, str], Awaitable[frozenset[str]]]
"""(person_id, room_id): those of host, moderator, buyer that the person is in the room."""

DeskDecision = SignInWanted | SignedOut | SayWanted | BuyWanted | RemoveWanted | RequestRefused


class _Client:
    __slots__ = ("held", "person_id", "running")

    def __init__(self) -> None:
        self.running = 0
        self.held: list[bytes] | None = None  # messages that wait for a sign-in; None: none is under way
        self.person_id: str | None = None


class _Person:
    """Someone's signed-in connections, and what is published to that person."""

    __slots__ = ("connections", "subscription")

    def __init__(self, subscription: Subscription) -> None:
        self.connections: set[LiveConnection] = set()
        self.subscription = subscription


class Desk:
    """Requests of all connections of one hub."""

    def __init__(
        self,
        bus: Bus,
        requests: Requests,
        *,
        verify_token: VerifyToken,
        room_roles: RoomRoles,
        place_order: PlaceOrder,
        remove_comment: RemoveComment,
        read_again: Callable[[LiveConnection, bytes], None],
        requests_running_max: int,
        owner_timeout_s: float,
    ) -> None:
        self._bus = bus
        self._requests = requests
        self._verify_token = verify_token
        self._room_roles = room_roles
        self._place_order = place_order
        self._remove_comment = remove_comment
        self._read_again = read_again
        self._requests_running_max = requests_running_max
        self._owner_timeout_s = owner_timeout_s
        self._clients: dict[LiveConnection, _Client] = {}
        self._people: dict[str, _Person] = {}
        self._tasks = TaskSet("desk")

    async def stop(self) -> None:
        """Carry out nothing more."""
        await self._tasks.stop()
        for person in self._people.values():
            person.subscription.cancel()
        self._people.clear()

    def connections_of(self, person_id: str) -> list[LiveConnection]:
        """Those signed in as this person."""
        person = self._people.get(person_id)
        return list(person.connections) if person is not None else []

    def holds(self, connection: LiveConnection, data: bytes) -> bool:
        """Whether the message has to wait for the client's sign-in; then it is kept here."""
        client = self._clients.get(connection)
        if client is None or client.held is None:
            return False
        if len(client.held) >= HELD_MESSAGES_MAX:
            connection.fail(CloseCode.POLICY_VIOLATION, "too many messages")
        else:
            client.held.append(data)
        return True

    def forget(self, connection: LiveConnection) -> None:
        """The connection is over."""
        client = self._clients.pop(connection, None)
        if client is not None:
            self._follow(connection, client, None)

    def take(self, connection: LiveConnection, session: Session, room_id: str, decision: DeskDecision) -> None:
        """Carry out a decision of the connection's session."""
        if isinstance(decision, RequestRefused):
            _refuse(connection, decision.request_id, decision.refused)
            return
        client = self._clients.get(connection)
        if client is None:
            client = self._clients[connection] = _Client()
        match decision:
            case SignInWanted(request_id, token):
                identity = self._verify_token(token)
                if identity is None:
                    _refuse(connection, request_id, Refused("not_signed_in", {}))
                    return
                client.held = []
                work = self._sign_in(connection, client, session, room_id, request_id, token, identity)
            case SignedOut(request_id):
                self._follow(connection, client, None)
                connection.send(ready(Answer(request_id, {})))
                return
            case SayWanted(_, say):
                request_id = say.request_id
                work = self._say(connection, room_id, decision, session.role)
            case BuyWanted(_, buy):
                request_id = buy.request_id
                work = self._buy(connection, room_id, decision)
            case RemoveWanted(_, remove):
                request_id = remove.request_id
                work = self._remove(connection, room_id, decision, by_host="host" in session.roles)
            case _:
                assert_never(decision)
        self._run(connection, client, request_id, work)

    def _run(
        self, connection: LiveConnection, client: _Client, request_id: int, work: Coroutine[Any, Any, None]
    ) -> None:
        if client.running >= self._requests_running_max:
            work.close()
            client.held = None
            _refuse(connection, request_id, Refused("rate_limited", {"retry_after_ms": 1_000}))
            return
        client.running += 1
        self._tasks.spawn(self._guard(connection, client, request_id, work), f"request {request_id}")

    async def _guard(
        self, connection: LiveConnection, client: _Client, request_id: int, work: Coroutine[Any, Any, None]
    ) -> None:
        try:
            await work
        except (RequestTimeout, RequestFailed) as failure:
            log.warning("a request found no owner: %s", failure)
            _refuse(connection, request_id, Refused("unavailable", {}))
        except Exception:
            log.exception("a request failed")
            _refuse(connection, request_id, Refused("unavailable", {}))
        finally:
            client.running -= 1

    # ---- Requests ----------------------------------------------------------------------------------------------------

    async def _sign_in(
        self,
        connection: LiveConnection,
        client: _Client,
        session: Session,
        room_id: str,
        request_id: int,
        token: str,
        identity: Identity,
    ) -> None:
        try:
            roles = await self._room_roles(identity.person_id, room_id)
            if self._verify_token(token) is None:  # it became void meanwhile, when nobody could be told yet
                _refuse(connection, request_id, Refused("not_signed_in", {}))
            elif connection.blocked < CLOSING:
                session.signed_in(identity, roles)
                self._follow(connection, client, identity.person_id)
                result = {"person_id": identity.person_id, "name": identity.name, "role": session.role}
                connection.send(ready(Answer(request_id, result)))
        finally:
            held, client.held = client.held or [], None
        for data in held:
            self._read_again(connection, data)

    async def _say(self, connection: LiveConnection, room_id: str, wanted: SayWanted, role: str) -> None:
        command = SayCommand(
            person_id=wanted.person.person_id,
            name=wanted.person.name,
            role=role,
            text=wanted.say.text,
            key=wanted.say.key,
            media_us=wanted.say.media_us,
            reply_to=wanted.say.reply_to,
        )
        answer = await self._ask_owner(room_id, command)
        if isinstance(answer, Said):
            result = {"comment_id": answer.comment_id, "offset": answer.offset, "epoch": answer.epoch}
            _answer(connection, wanted.say.request_id, Accepted(result))
        else:
            assert isinstance(answer, Refused)
            _answer(connection, wanted.say.request_id, answer)

    async def _buy(self, connection: LiveConnection, room_id: str, wanted: BuyWanted) -> None:
        outcome = await self._place_order(wanted.person.person_id, room_id, wanted.buy)
        _answer(connection, wanted.buy.request_id, outcome)

    async def _remove(self, connection: LiveConnection, room_id: str, wanted: RemoveWanted, *, by_host: bool) -> None:
        remove = wanted.remove
        outcome = await self._remove_comment(wanted.person.person_id, room_id, remove.comment_id, remove.reason)
        if isinstance(outcome, Accepted):
            code = "removed_by_host" if by_host else "removed_by_moderator"
            await self.retract(room_id, [remove.comment_id], code)
        _answer(connection, remove.request_id, outcome)

    async def retract(self, room_id: str, comment_ids: list[str], code: str) -> None:
        """Take lines, whose removal is recorded, off every screen; tries again when the owner does not answer.

        Raises: RequestTimeout, RequestFailed when it still did not: the removal stays recorded.
        """
        for left in reversed(range(RETRACT_TRIES)):
            try:
                await self._ask_owner(room_id, RetractCommand(comment_ids, code))
                return
            except (RequestTimeout, RequestFailed):
                if not left:
                    raise

    async def _ask_owner(self, room_id: str, command: topics.RoomCommand) -> topics.OwnerAnswer:
        payload = topics.encoder.encode(command)
        answer = await self._requests.ask(topics.room_ask(room_id), payload, timeout_s=self._owner_timeout_s)
        decoded: topics.OwnerAnswer = topics.answer_decoder.decode(answer)
        return decoded

    # ---- What is published to a person -------------------------------------------------------------------------------

    def _follow(self, connection: LiveConnection, client: _Client, person_id: str | None) -> None:
        """Deliver this person's publications, and no other's, to the connection."""
        if client.person_id == person_id:
            return
        if client.person_id is not None:
            person = self._people[client.person_id]
            person.connections.discard(connection)
            if not person.connections:
                person.subscription.cancel()
                del self._people[client.person_id]
        client.person_id = person_id
        if person_id is not None:
            followed = self._people.get(person_id)
            if followed is None:
                topic = topics.person(person_id)
                subscription = self._bus.subscribe(topic, lambda wire: self._tell(person_id, wire), _nothing_to_do)
                followed = self._people[person_id] = _Person(subscription)
            followed.connections.add(connection)

    def _tell(self, person_id: str, wire: bytes) -> None:
        frame = ReadyFrame(wire)
        for connection in self.connections_of(person_id):
            connection.send(frame)


def _answer(connection: LiveConnection, request_id: int, outcome: Accepted | Refused) -> None:
    if isinstance(outcome, Refused):
        _refuse(connection, request_id, outcome)
    else:
        connection.send(ready(Answer(request_id, outcome.result)))


def _refuse(connection: LiveConnection, request_id: int, refused: Refused) -> None:
    connection.send(ready(Refusal(request_id, refused.code, refused.facts)))


def _nothing_to_do() -> None:
    """An order's change that was missed is seen when the client next asks for its orders."""
