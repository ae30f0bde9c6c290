"""A moderators' desk with all that its decisions reach: the API, the room's owner, the clerk's relay, a viewer's sight.

All on one bus in memory and a real database; the filter asks its rules alone, so that what a desk is tested with does
not move with the model. The owner can be killed and replaced, as by another process.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.order.checkout import Checkout
from moderation.filter import Filter
from server.bus.memory import MemoryBus, MemoryExchange
from server.bus.requests import Requests
from server.casework.relay import Relay
from server.casework.restrictions import Restrictions
from server.claims.live import HostClaims
from server.database.database import Database
from server.live import topics
from server.live.rooms.filtering import CommentFilter
from server.live.rooms.owner import Owner
from server.live.topics import Refused, RetractCommand, RoomSnapshot, Said, SayCommand
from server.node.workers.counter import Counter
from server.people.rooms import Rooms
from tests.http_edge import Answer, Edge, open_edge
from tests.shipped_filter import rules_alone

SLUG = "stall"
HELD = "吃了三天血糖就降了"
"""Held when a viewer says it in a farm room."""
FLAGGED = "先交押金才能上班"
"""Shown there, and flagged."""

_NEW_PERSON = """
INSERT INTO people.person (person_id, login, display_name, kind, tokens_valid_from) VALUES ($1, $2, $3, $4, $5)
"""


@dataclass
class Worker:
    """One edge worker's part in rooms: what it knows, and the owner it may be."""

    bus: MemoryBus
    requests: Requests
    restrictions: Restrictions
    counter: Counter
    owner: Owner

    async def stop(self) -> None:
        await self.owner.stop()
        await self.requests.stop()
        await self.bus.stop()


@dataclass
class Scene:
    """The desk under test."""

    database: Database
    exchange: MemoryExchange
    edge: Edge
    worker: Worker
    relay: Relay
    room_id: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)
    keys: itertools.count[int] = field(default_factory=itertools.count)

    # ---- People ------------------------------------------------------------------------------------------------------

    async def person(self, login: str, kind: str = "member") -> str:
        """Somebody signed in; the token."""
        person_id, now = uuid7(), datetime.now(UTC)
        async with self.database.transaction(platform=True) as connection:
            await connection.execute(_NEW_PERSON, person_id, login, login.title(), kind, now)
        issued = self.edge.services.tokens.issue(person_id=person_id, name=login.title(), kind=kind, now=now)
        self.ids[login], self.tokens[login] = person_id, issued.token
        return issued.token

    async def call(self, who: str, method: str, path: str, body: Any = None, key: str | None = None) -> Answer:
        return await self.edge.call(method, path, body, token=self.tokens[who], key=key)

    async def get(self, who: str, path: str) -> Any:
        answer = await self.call(who, "GET", path)
        assert answer.status == 200, answer
        return answer.body

    # ---- The room ----------------------------------------------------------------------------------------------------

    async def say(self, who: str, text: str, *, role: str = "viewer") -> Said | Refused:
        """Say a line in the room, as through a live connection."""
        key = f"key {next(self.keys)}"
        answer = await self.ask_owner(SayCommand(str(self.ids[who]), who.title(), role, text, key, 1_000, None))
        assert isinstance(answer, Said | Refused)
        return answer

    async def ask_owner(self, command: topics.RoomCommand) -> Any:
        payload = topics.encoder.encode(command)
        answer = await self.edge.services.requests.ask(topics.room_ask(self.room_id), payload, timeout_s=5)
        return topics.answer_decoder.decode(answer)

    async def lines(self) -> list[str]:
        """What somebody sees who joins now."""
        snapshot = await self.ask_owner(topics.SnapshotRequest())
        assert isinstance(snapshot, RoomSnapshot)
        return [comment.text for comment in snapshot.comments]

    async def comment_id(self, text: str) -> str:
        snapshot = await self.ask_owner(topics.SnapshotRequest())
        return next(str(comment.comment_id) for comment in snapshot.comments if comment.text == text)

    async def settle(self) -> None:
        """Let every effect be done that is due."""
        while await self.relay.step(datetime.now(UTC)):
            pass

    async def kill_owner(self) -> None:
        """The owner's process is gone, with all that it knew of the room."""
        await self.worker.stop()

    async def new_owner(self) -> None:
        self.worker = await start_worker(self.database, self.exchange)

    # ---- The desk ----------------------------------------------------------------------------------------------------

    async def queue(self, query: str = "") -> list[dict[str, Any]]:
        cases: list[dict[str, Any]] = (await self.get("moderator", f"/api/moderation/queue{query}"))["cases"]
        return cases

    async def decide(self, case_id: str, decision: str, *, who: str = "moderator", reason: str = "看过了") -> Answer:
        body = {"decision": decision, "reason": reason}
        return await self.call(who, "POST", f"/api/moderation/cases/{case_id}/decision", body)

    async def undo(self, action_id: str, *, who: str = "moderator") -> Answer:
        return await self.call(who, "POST", f"/api/moderation/actions/{action_id}/undo", {"reason": "看错了"})

    async def notices(self, who: str) -> list[dict[str, Any]]:
        notices: list[dict[str, Any]] = (await self.get(who, "/api/me/notices"))["notices"]
        return notices

    async def told(self, who: str) -> list[str]:
        """Kinds of notices, oldest first."""
        return [notice["kind"] for notice in reversed(await self.notices(who))]


async def start_worker(database: Database, exchange: MemoryExchange) -> Worker:
    bus = MemoryBus(exchange)
    requests = Requests(bus, "worker")
    restrictions = Restrictions(database, bus)
    comments = CommentFilter(Filter(rules_alone()))
    counter = Counter(
        database, Rooms(database), Checkout(database), bus, comments, requests, lambda person_id: True, restrictions
    )
    owner = Owner(
        bus,
        requests,
        is_mine=lambda room_id: True,
        list_rooms=counter.list_rooms,
        decide=counter.decide,
        record_decision=counter.record_decision,
        load_state=counter.load_state,
        sender_key=b"a key",
        check_claims=HostClaims().check,
    )
    await restrictions.poll()
    await owner.start()
    return Worker(bus, requests, restrictions, counter, owner)


@contextlib.asynccontextmanager
async def open_desk(database: Database, **given: Any) -> AsyncIterator[Scene]:
    """A farm room with a host and an owner, and the desk with one moderator. `given`: more for the API's services."""
    exchange = MemoryExchange()
    async with contextlib.AsyncExitStack() as stack:
        scene: Scene

        async def remove(person_id: str, room_id: str, comment_id: str, reason: str) -> Any:
            return await scene.worker.counter.remove_comment(person_id, room_id, comment_id, reason)

        async def retract(room_id: str, comment_ids: list[str], code: str) -> None:
            await scene.ask_owner(RetractCommand(comment_ids, code))

        edge = await stack.enter_async_context(
            open_edge(
                database,
                exchange=exchange,
                remove_comment=remove,
                retract=retract,
                decide_text=Filter(rules_alone()).decide,
                **given,
            )
        )
        relay_bus = MemoryBus(exchange)
        relay_requests = Requests(relay_bus, "clerk")
        stack.push_async_callback(relay_bus.stop)
        stack.push_async_callback(relay_requests.stop)
        relay = Relay(database, relay_bus, relay_requests)
        scene = Scene(database, exchange, edge, await start_worker(database, exchange), relay)
        await scene.person("host")
        await scene.person("moderator", "moderator")
        await scene.person("viewer")
        room = await edge.open_room(scene.tokens["host"], SLUG)
        scene.room_id = str(room.room_id)
        scene.worker.owner.adopt(scene.room_id)
        try:
            yield scene
        finally:
            await scene.worker.stop()
