"""Edge: the clerk: carries the outbox to rooms and people, ends orders not paid, asks after payments that hang, tells
followers that a host is on air, signs the audit log, and forgets what is too old.

One clerk works at a time, over all nodes that share a database: it holds an advisory lock on a connection of its own
for as long as that lives. Every step can be cut off anywhere and done again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from commerce import outbox
from commerce.errors import CommerceError
from commerce.order.closing import expire_reservations
from commerce.payment.providers import Provider
from commerce.payment.reconcile import reconcile_payments
from commerce.show.books import end_silent_shows
from moderation.audit.heads import HeadKey
from moderation.links.sightings import forget_old_sightings
from server.api.metrics import serve_metrics
from server.bus.contract import Bus
from server.bus.errors import RequestFailed, RequestTimeout
from server.bus.requests import Requests
from server.casework.audit_signing import AuditKeeper
from server.casework.relay import Relay
from server.database.database import Database, connect
from server.errors import DatabaseUnavailable
from server.live import topics
from server.live.wire import Notice, OrderChanged, StateItem, encoder
from server.node import worker
from server.node.worker import Worker
from server.node.workers.measured import registry_of
from server.node.workers.money import simpay_provider
from server.node.workers.resources import bus_of, database_of
from server.people.on_air import NOTED_AGAIN_AFTER_S, note_on_air, tell_followers
from server.people.pruning import prune

log = logging.getLogger("jishi.clerk")

CLERK_LOCK: Final = 0x6A697368_00000001
"""pg_advisory_lock key: "jish", 1."""
DATABASE_CONNECTIONS_MAX: Final = 4
RELAY_IDLE_S: Final = 0.1
"""How long a row may wait when the word that it was written was lost."""
SWEEP_INTERVAL_S: Final = 1.0
RECONCILE_INTERVAL_S: Final = 1.0
AIR_INTERVAL_S: Final = 1.0
CLOSE_BOOKS_INTERVAL_S: Final = 30.0
PRUNE_INTERVAL_S: Final = 3_600.0
LOCK_RETRY_S: Final = 1.0
LOCK_CHECK_S: Final = 2.0
TROUBLE_PAUSE_S: Final = 0.5
OWNER_TIMEOUT_S: Final = 1.0


class Clerk:
    """The clerk's rounds, to be run beside each other."""

    def __init__(self, database: Database, provider: Provider, bus: Bus, requests: Requests) -> None:
        self._database = database
        self._provider = provider
        self._bus = bus
        self._requests = requests
        self._written = asyncio.Event()
        self._on_air: set[str] = set()
        self._noted_until_s: dict[str, float] = {}
        self.relayed = 0
        self.expired = 0
        self.reconciled = 0
        self.followers_told = 0

    def figures(self) -> dict[str, float]:
        """What was done since the start."""
        return {
            "jishi_outbox_relayed_total": self.relayed,
            "jishi_orders_expired_total": self.expired,
            "jishi_payments_reconciled_total": self.reconciled,
            "jishi_followers_told_total": self.followers_told,
        }

    async def relay(self) -> None:
        """Carry outbox rows as they come, until cancelled."""
        subscription = self._bus.subscribe(topics.OUTBOX_WRITTEN, lambda _: self._written.set(), self._written.set)
        try:
            while True:
                self._written.clear()
                step = await self._undisturbed(self._relay_once)
                if step < outbox.BATCH_ROWS_MAX:
                    await self._wait_for_rows()
        finally:
            subscription.cancel()

    async def sweep(self) -> None:
        """End what was not paid in time, until cancelled."""
        while True:
            self.expired += await self._undisturbed(self._sweep_once)
            await asyncio.sleep(SWEEP_INTERVAL_S)

    async def reconcile(self) -> None:
        """Ask after payments that hang, until cancelled."""
        while True:
            self.reconciled += await self._undisturbed(self._reconcile_once)
            await asyncio.sleep(RECONCILE_INTERVAL_S)

    async def watch_air(self) -> None:
        """Tell followers of rooms that go on air, until cancelled."""
        subscription = self._bus.subscribe(topics.MEDIA_AIR, self._heard_air, _it_is_repeated)
        try:
            while True:
                self.followers_told += await self._undisturbed(self._watch_air_once)
                await asyncio.sleep(AIR_INTERVAL_S)
        finally:
            subscription.cancel()

    async def prune(self) -> None:
        """Forget what nobody can use any more, until cancelled."""
        while True:
            await self._undisturbed(self._prune_once)
            await asyncio.sleep(PRUNE_INTERVAL_S)

    async def close_books(self) -> None:
        """Close the books of shows whose picture has stayed away, until cancelled."""
        while True:
            await self._undisturbed(self._close_books_once)
            await asyncio.sleep(CLOSE_BOOKS_INTERVAL_S)

    async def _close_books_once(self) -> int:
        return await end_silent_shows(self._database, now=datetime.now(UTC))

    async def _prune_once(self) -> int:
        while not (await prune(self._database, now=datetime.now(UTC))).is_all:
            pass
        async with self._database.transaction(platform=True) as connection:
            await forget_old_sightings(connection, now=datetime.now(UTC))
        return 0

    async def _relay_once(self) -> int:
        step = await outbox.relay(self._database, self._carry, now=datetime.now(UTC))
        self.relayed += step.rows
        return step.rows

    async def _sweep_once(self) -> int:
        return (await expire_reservations(self._database, self._provider, now=datetime.now(UTC))).expired

    async def _reconcile_once(self) -> int:
        return (await reconcile_payments(self._database, self._provider, now=datetime.now(UTC))).changed

    def _heard_air(self, payload: bytes) -> None:
        try:
            air = topics.air_decoder.decode(payload)
        except msgspec.DecodeError:
            log.error("word of the air that is none")
            return
        if air.on_air and time.monotonic() >= self._noted_until_s.get(air.room_id, 0.0):
            self._on_air.add(air.room_id)

    async def _watch_air_once(self) -> int:
        while self._on_air:
            room_id = next(iter(self._on_air))
            await note_on_air(self._database, UUID(room_id), now=datetime.now(UTC))
            self._noted_until_s[room_id] = time.monotonic() + NOTED_AGAIN_AFTER_S
            self._on_air.discard(room_id)
        told = 0
        while (batch := await tell_followers(self._database)) is not None:
            told += batch
        return told

    async def _undisturbed(self, step: Callable[[], Awaitable[int]]) -> int:
        """One step; a world that is away for the moment is waited for."""
        try:
            return await step()
        except (DatabaseUnavailable, CommerceError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as trouble:
            log.warning("%s: %s", type(trouble).__name__, trouble)
            await asyncio.sleep(TROUBLE_PAUSE_S)
            return 0

    async def _wait_for_rows(self) -> None:
        try:
            async with asyncio.timeout(RELAY_IDLE_S):
                await self._written.wait()
        except TimeoutError:
            return

    async def _carry(self, topic: str, payload: dict[str, Any]) -> None:
        kind, _, subject = topic.partition(".")
        if kind == "person":
            message = Notice(payload["notice"]) if "notice" in payload else OrderChanged(payload)
            self._bus.publish(topics.person(subject), encoder.encode(message))
        else:
            items = [StateItem(key, version, value) for key, version, value in payload["items"]]
            await self._tell_owner(subject, topics.encoder.encode(topics.StateUpdate(items)))

    async def _tell_owner(self, room_id: str, update: bytes) -> None:
        """See that the room's owner has it. One that does not answer twice is away, and will load the room anew."""
        for _ in range(2):
            try:
                await self._requests.ask(topics.room_ask(room_id), update, timeout_s=OWNER_TIMEOUT_S)
            except RequestTimeout:
                self._bus.publish(topics.ROOMS_OPENED, room_id.encode())
            except RequestFailed as failure:
                log.warning("room %s does not take its state: %s", room_id, failure, extra={"room_id": room_id})
                return
            else:
                return
        log.warning("the owner of room %s is away", room_id, extra={"room_id": room_id})


def _it_is_repeated() -> None:
    """A room says every two seconds whether it is on air."""


async def hold_office(url: str, stop: asyncio.Event, opened: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Wait for the lock, run `opened` while it is held, and return on `stop`.

    Raises: DatabaseUnavailable or asyncpg's error when the connection that holds the lock is lost: the worker is
    started again, and waits its turn.
    """
    connection = await connect(url, application_name="jishi-clerk-lock")
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", CLERK_LOCK):
            if await _stopped_within(stop, LOCK_RETRY_S):
                return
        async with asyncio.TaskGroup() as group:
            office = group.create_task(opened(), name="clerk:office")
            while not await _stopped_within(stop, LOCK_CHECK_S):
                await connection.fetchval("SELECT 1", timeout=LOCK_CHECK_S)
            office.cancel()
    finally:
        try:
            await connection.close(timeout=1)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection.terminate()


async def _stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True


async def run(own: Worker) -> None:
    async with (
        database_of(own.config, "clerk", DATABASE_CONNECTIONS_MAX) as database,
        bus_of(own.config, "clerk") as bus,
        simpay_provider(own.config) as provider,
    ):
        requests = Requests(bus, "clerk")
        clerk = Clerk(database, provider, bus, requests)
        relay = Relay(database, bus, requests)
        keeper = AuditKeeper(
            database,
            HeadKey(own.config.secret_key),
            own.config.data_dir,
            retention_years=own.config.audit_retention_years,
        )
        serve_metrics(
            requests, "clerk", registry_of(lambda: {**clerk.figures(), **relay.figures(), **keeper.figures()})
        )
        own.ready()

        async def office() -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(clerk.relay(), name="clerk:relay")
                group.create_task(clerk.sweep(), name="clerk:sweep")
                group.create_task(clerk.reconcile(), name="clerk:reconcile")
                group.create_task(clerk.watch_air(), name="clerk:air")
                group.create_task(clerk.close_books(), name="clerk:shows")
                group.create_task(clerk.prune(), name="clerk:prune")
                group.create_task(relay.serve(), name="clerk:effects")
                group.create_task(keeper.serve(), name="clerk:audit")

        await hold_office(own.config.database_url, own.stop, office)
        await requests.stop()


if __name__ == "__main__":
    worker.main(run)
