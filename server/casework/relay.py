"""Edge: does what decisions have yet to do outside the database, at least once each, until it is done.

It runs in the clerk's office, so that one does it at a time. Each effect is harmless when done twice: a room's owner
knows a line that it was told to show or to take down. An owner that died meanwhile has forgotten the room's chat, its
viewers are shown a fresh history, and the line is shown in it once.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from moderation.cases import effects as kinds
from moderation.cases.effects import (
    Effect,
    due_effects,
    effect_done,
    effect_failed,
    keep_around,
    prune_effects,
)
from server.bus.contract import Bus
from server.bus.errors import RequestFailed, RequestTimeout
from server.bus.requests import Requests
from server.casework.reports import evidence
from server.casework.seconding import lapse
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.live import topics
from server.live.topics import Around, AroundRequest, ReleaseCommand, RetractCommand, Revoked

log = logging.getLogger("jishi.moderation")

IDLE_S: Final = 1.0
"""How long an effect may wait when the word that it was written was lost, and how often late ones are looked for."""
TROUBLE_PAUSE_S: Final = 0.5
OWNER_TIMEOUT_S: Final = 1.0
EVIDENCE_TRIES_MAX: Final = 5
"""An owner that is away for longer has forgotten what was said."""
_TROUBLE: Final = (DatabaseUnavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
PRUNE_EVERY_ROUNDS: Final = 1_000


class Relay:
    """Carries effects to rooms' owners and to the workers."""

    def __init__(self, database: Database, bus: Bus, requests: Requests) -> None:
        self._database = database
        self._bus = bus
        self._requests = requests
        self._written = asyncio.Event()
        self._rounds = 0
        self.done = 0
        self.failed = 0

    def figures(self) -> dict[str, float]:
        """What was done since the start, and how often something could not be done yet."""
        return {"jishi_moderation_effects_total": self.done, "jishi_moderation_effects_failed_total": self.failed}

    async def serve(self) -> None:
        """Carry what is due as it comes, until cancelled."""
        subscription = self._bus.subscribe(topics.MODERATION_WRITTEN, lambda _: self._written.set(), self._written.set)
        try:
            while True:
                self._written.clear()
                if not await self._undisturbed():
                    await self._wait()
        finally:
            subscription.cancel()

    async def _undisturbed(self) -> bool:
        try:
            return await self.step(datetime.now(UTC))
        except _TROUBLE as trouble:
            log.warning("%s: %s", type(trouble).__name__, trouble)
            await asyncio.sleep(TROUBLE_PAUSE_S)
            return False

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE_S):
                await self._written.wait()
        except TimeoutError:
            return

    async def step(self, now: datetime) -> bool:
        """Do what is due, of each room or person the first thing; whether anything was done."""
        self._rounds += 1
        async with self._database.transaction(platform=True) as connection:
            if self._rounds % PRUNE_EVERY_ROUNDS == 1:
                await prune_effects(connection, now=now)
            effects = await due_effects(connection, now=now)
        if not effects:
            return False
        async with asyncio.TaskGroup() as group:
            carried = [(effect, group.create_task(self._attempt(effect, now))) for effect in effects]
        async with self._database.transaction(platform=True) as connection:
            for effect, task in carried:
                if task.result():
                    await effect_done(connection, effect, now=now)
                else:
                    await effect_failed(connection, effect, now=now)
        done = sum(task.result() for _, task in carried)
        self.done += done
        self.failed += len(carried) - done
        return done > 0

    async def _attempt(self, effect: Effect, now: datetime) -> bool:
        """Whether it was done; where the world is away for the moment it is tried again, and the others go on."""
        try:
            return await self._carry(effect, now)
        except _TROUBLE as trouble:
            log.warning("%s was not done: %s: %s", effect.kind, type(trouble).__name__, trouble)
            return False

    async def _carry(self, effect: Effect, now: datetime) -> bool:
        payload = effect.payload
        match effect.kind:
            case kinds.RELEASE:
                if "text" not in payload:
                    return True  # its sender was erased meanwhile
                return await self._told(effect, msgspec.convert(payload, _Release).command())
            case kinds.RETRACT:
                return await self._told(effect, RetractCommand([payload["comment_id"]], payload["code"]))
            case kinds.EVIDENCE:
                return await self._kept(effect, now)
            case kinds.LAPSE:
                async with self._database.transaction(platform=True) as connection:
                    await lapse(connection, UUID(effect.subject), now=now)
                self._bus.publish(topics.MODERATION_WRITTEN, b"")
                self._bus.publish(topics.OUTBOX_WRITTEN, b"")
                return True
            case kinds.REVOKE:
                self._bus.publish(topics.REVOKED, topics.encoder.encode(Revoked([effect.subject])))
                return True
            case _:
                assert effect.kind == kinds.MUTES, effect.kind
                self._bus.publish(topics.MODERATION_WRITTEN, b"")
                return True

    async def _told(self, effect: Effect, command: topics.RoomCommand) -> bool:
        return await self._ask(effect, command) is not None

    async def _ask(self, effect: Effect, command: topics.RoomCommand) -> bytes | None:
        """The owner's answer, or None when it is away: then whoever owns the room now is told to serve it."""
        try:
            return await self._requests.ask(
                topics.room_ask(effect.subject), topics.encoder.encode(command), timeout_s=OWNER_TIMEOUT_S
            )
        except RequestTimeout:
            self._bus.publish(topics.ROOMS_OPENED, effect.subject.encode())
        except RequestFailed as failure:
            log.warning("room %s: %s was not done: %s", effect.subject, effect.kind, failure)
        return None

    async def _kept(self, effect: Effect, now: datetime) -> bool:
        """What was said around a case by now is kept with it; nothing replaces what a new owner does not know."""
        payload = effect.payload
        answer = await self._ask(effect, AroundRequest(payload["wall_us"]))
        if answer is None:
            return effect.tries >= EVIDENCE_TRIES_MAX
        around = topics.answer_decoder.decode(answer)
        if isinstance(around, Around) and around.lines:
            lines = evidence(around, but=payload["comment_id"])
            async with self._database.transaction(platform=True) as connection:
                await keep_around(connection, UUID(payload["case_id"]), lines, now=now)
        return True


class _Release(msgspec.Struct, frozen=True):
    """The payload of a release, by name."""

    comment_id: str
    person_id: str
    name: str
    role: str
    text: str
    media_us: int
    wall_us: int
    reply_to: str | None

    def command(self) -> ReleaseCommand:
        return ReleaseCommand(**msgspec.structs.asdict(self))
