"""Edge: what an edge worker's live side needs of people, commerce and moderation, in the shapes it asks for."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.errors import CommerceError
from commerce.order.checkout import Checkout
from commerce.order.orders import has_bought
from commerce.refusals import Refused as CommerceRefused
from commerce.shelf import room_state
from moderation.cases.filing import NewCase, file_case
from moderation.cases.limits import Pace, without_contacts
from moderation.cases.states import ActorRole, Kind, Why
from moderation.records import record_verdict
from moderation.verdict import Action, Verdict
from server.bus.contract import Bus
from server.bus.requests import Requests
from server.casework.removals import ROOM_NAMES, remove_line
from server.casework.reports import evidence, keep_evidence
from server.casework.restrictions import ROOM_BANNED, Restrictions, code_of, refusal_facts
from server.casework.words import facts_of_hold
from server.claims.telling import tell_doubts
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.live import topics
from server.live.desk import Accepted
from server.live.rooms.audience import RoomFacts
from server.live.rooms.filtering import CommentFilter
from server.live.rooms.room import FilterDecision
from server.live.topics import Around, CommentFacts, CommentRequest, LineSaid, Refused, SayCommand
from server.live.wire import Buy, StateItem
from server.people.notices import tell
from server.people.rooms import HOST, MODERATOR, Room, Rooms

log = logging.getLogger("jishi.orders")

REASON_CHARS_MAX: Final = 200
OWNER_TIMEOUT_S: Final = 2.0
RETRY_AFTER_MS: Final = 1_000
ACCOUNT_LIMITED: Final = "account_limited"
"""The account may look but not write."""


class Counter:
    """The methods are the callables that `Hub` and `Owner` are given."""

    def __init__(
        self,
        database: Database,
        rooms: Rooms,
        checkout: Checkout,
        bus: Bus,
        comments: CommentFilter,
        requests: Requests,
        may_write: Callable[[UUID], bool],
        restrictions: Restrictions,
    ) -> None:
        """`may_write` tells whether an account is neither closed nor limited (`Revocations.may_write`)."""
        self._database = database
        self._rooms = rooms
        self._checkout = checkout
        self._bus = bus
        self._comments = comments
        self._requests = requests
        self._may_write = may_write
        self._restrictions = restrictions
        self._pace = Pace()

    # ---- Rooms -------------------------------------------------------------------------------------------------------

    async def list_rooms(self) -> Iterable[str]:
        """Open rooms' ids."""
        return [str(room.room_id) for room in await self._rooms.list_rooms()]

    async def find_room(self, slug: str) -> RoomFacts | None:
        """An open room by its slug."""
        room = await self._rooms.room_by_slug(slug)
        return None if room is None or room.state != "open" else _facts(room)

    async def room_roles(self, person_id: str, room_id: str) -> frozenset[str]:
        """What the person is in the room."""
        roles = await self._rooms.roles_in_room(UUID(person_id), UUID(room_id))
        if not roles and await has_bought(self._database, person_id=UUID(person_id), room_id=UUID(room_id)):
            return frozenset({"buyer"})
        return roles

    async def load_state(self, room_id: str) -> list[StateItem]:
        """A room's cards and stock, for its owner; from here on the filter knows what the room deals in."""
        room = await self._rooms.room_by_id(UUID(room_id))
        assert room is not None, room_id
        self._comments.room_is(room_id, room.kind)
        return [StateItem(*item) for item in await room_state.load(self._database, UUID(room_id))]

    # ---- Comments ----------------------------------------------------------------------------------------------------

    def decide(self, room_id: str, command: SayCommand, now: float) -> FilterDecision:
        """The filter's word on a comment, or that its sender may only look, or not speak here."""
        person_id = UUID(command.person_id)
        if not self._may_write(person_id):
            return FilterDecision("block", command.text, code=ACCOUNT_LIMITED)
        at = datetime.fromtimestamp(now, UTC)
        silence = self._restrictions.silence(UUID(room_id), person_id, at)
        if silence is not None:
            return FilterDecision("block", command.text, code=code_of(silence), facts=refusal_facts(silence))
        limit = self._restrictions.limit(person_id, at)
        if limit is None:
            return self._comments.decide(room_id, command, now)
        wait_s = self._pace.wait_s(room_id, command.person_id, now)
        if wait_s > 0:
            facts = {**refusal_facts(limit), "retry_after_ms": math.ceil(wait_s * 1_000)}
            return FilterDecision("ratelimit", command.text, code="rate_limited", facts=facts)
        return self._comments.decide(room_id, command, now, as_limited=without_contacts)

    async def record_decision(
        self,
        room_id: str,
        command: SayCommand,
        decision: FilterDecision,
        comment_id: str,
        before: list[LineSaid],
        viewers: int = 0,
    ) -> None:
        """Keep a decision other than `allow`, before anybody is told of it; without a verdict nothing is kept.

        What is flagged or held waits for a person from then on, with the lines `before` it and how many watched.
        """
        verdict = decision.verdict
        if verdict is None:
            return
        async with self._database.transaction(platform=True) as connection:
            await record_verdict(
                connection,
                verdict_id=UUID(comment_id),
                utterance=self._comments.utterance(room_id, command),
                verdict=verdict,
            )
            if verdict.action in (Action.FLAG, Action.HOLD):
                await self._file_line(connection, room_id, command, verdict, comment_id, before, viewers)
            person_id = UUID(command.person_id)
            await tell_doubts(connection, verdict, person_id=person_id, room_id=UUID(room_id), text=command.text)

    async def _file_line(
        self,
        connection: Any,
        room_id: str,
        command: SayCommand,
        verdict: Verdict,
        comment_id: str,
        before: list[LineSaid],
        viewers: int,
    ) -> None:
        now = datetime.now(UTC)
        line = {"name": command.name, "role": command.role, "media_us": command.media_us, "reply_to": command.reply_to}
        case = NewCase(
            kind=Kind.LINE,
            target_id=comment_id,
            room_id=UUID(room_id),
            subject_id=UUID(command.person_id),
            subject_role=command.role,
            text=command.text,
            why=Why(verdict.action.value),
            shown=verdict.shown,
            verdict=verdict,
            facts={"line": {**line, "wall_us": int(now.timestamp() * 1_000_000)}},
            audience=viewers,
            around=evidence(Around(before)),
        )
        case_id = await file_case(connection, case, case_id=uuid7(), now=now)
        await keep_evidence(connection, case, case_id, now=now)
        if not verdict.shown:
            room = await connection.fetchrow(ROOM_NAMES, case.room_id)
            facts = facts_of_hold(case, case_id, room["slug"], room["title"])
            await tell(connection, UUID(command.person_id), "line_held", facts)

    async def remove_comment(self, person_id: str, room_id: str, comment_id: str, reason: str) -> Accepted | Refused:
        """Record that a host or moderator takes a line down."""
        if not self._may_write(UUID(person_id)):
            return Refused(ACCOUNT_LIMITED, {})
        roles = await self._rooms.roles_in_room(UUID(person_id), UUID(room_id))
        if not roles & {"host", "moderator"}:
            return Refused("not_allowed", {})
        if _uuid(comment_id) is None:
            return Refused("not_found", {})
        reason = reason[:REASON_CHARS_MAX]
        if (facts := self._comments.refusal_of_reason(room_id, reason)) is not None:
            return Refused("filtered", {"text": reason, **facts})
        said = await self._comment(room_id, comment_id)
        by_moderator = MODERATOR in roles and await self._rooms.organisations.is_moderator(UUID(person_id))
        async with self._database.transaction(platform=True) as connection:
            await remove_line(
                connection,
                room_id=UUID(room_id),
                comment_id=comment_id,
                said=said,
                actor_id=UUID(person_id),
                actor_role=_capacity(roles, by_moderator=by_moderator),
                code="removed_by_moderator" if MODERATOR in roles else "removed_by_host",
                reason=reason,
                now=datetime.now(UTC),
            )
        self._bus.publish(topics.MODERATION_WRITTEN, b"")
        return Accepted({})

    async def _comment(self, room_id: str, comment_id: str) -> CommentFacts | None:
        """The line's words and sender; None where its owner is a new one, while a screen may still show it."""
        question = topics.encoder.encode(CommentRequest(comment_id))
        answer = topics.answer_decoder.decode(
            await self._requests.ask(topics.room_ask(room_id), question, timeout_s=OWNER_TIMEOUT_S)
        )
        return answer if isinstance(answer, CommentFacts) else None

    # ---- Orders ------------------------------------------------------------------------------------------------------

    async def place_order(self, person_id: str, room_id: str, buy: Buy) -> Accepted | Refused:
        """An order from the live socket: the same checkout as the API's."""
        if not self._may_write(UUID(person_id)):
            return Refused(ACCOUNT_LIMITED, {})
        ban = self._restrictions.ban(UUID(room_id), UUID(person_id), datetime.now(UTC))
        if ban is not None:
            return Refused(ROOM_BANNED, refusal_facts(ban))
        sku_id, card_id = _uuid(buy.sku_id), None if buy.card_id is None else _uuid(buy.card_id)
        if sku_id is None or (buy.card_id is not None and card_id is None):
            return Refused("not_on_sale", {})
        try:
            outcome = await self._checkout.place_order(
                person_id=UUID(person_id),
                room_id=UUID(room_id),
                card_id=card_id,
                sku_id=sku_id,
                quantity=buy.quantity,
                price_minor=buy.price_minor,
                idempotency_key=buy.key,
                now=datetime.now(UTC),
            )
        except (DatabaseUnavailable, CommerceError) as trouble:
            log.warning("an order was not placed: %s", trouble, extra={"room_id": room_id})
            return Refused("unavailable", {"retry_after_ms": RETRY_AFTER_MS})
        if isinstance(outcome, CommerceRefused):
            return Refused(outcome.code, dict(outcome.facts))
        log.info("order is %s", outcome.state, extra={"order_id": str(outcome.order_id), "room_id": room_id})
        self._bus.publish(topics.OUTBOX_WRITTEN, b"")
        return Accepted(outcome.to_json())


def _capacity(roles: frozenset[str], *, by_moderator: bool) -> ActorRole:
    if by_moderator:
        return ActorRole.MODERATOR
    return ActorRole.HOST if HOST in roles else ActorRole.ROOM_MODERATOR


def _facts(room: Room) -> RoomFacts:
    return RoomFacts(
        room_id=str(room.room_id),
        slug=room.slug,
        kind=room.kind,
        title=room.title,
        host_name=room.host_name,
        org_name=room.org_name,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
