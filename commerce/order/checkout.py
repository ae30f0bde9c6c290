"""Edge: placing orders. Order, reservation, payment, their events and outbox rows commit together, or nothing does.

Buyers of one SKU meet at its stock row, and whoever holds that row holds up all others until the commit is on disk. So
orders for a SKU that arrive while a transaction for it is under way wait here, and go together into the next one: the
row is locked once for all of them and the disk waited for once. A lone buyer waits for nobody.

Every order carries its idempotency key into the transaction, so a batch that failed, or whose outcome is not known, is
simply asked again.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.errors import Contended
from commerce.order.purchase import HOLD, OrderRequest, OrderView, order_view
from commerce.refusals import Refused

BATCH_ORDERS_MAX: Final = 64
"""Orders in one transaction: bounds how long the stock row is held."""

ATTEMPTS_MAX: Final = 4
"""How often a transaction that lost against others is tried."""

PROVIDER_DEFAULT: Final = "simpay"

_PLACE: Final = """
SELECT place, code, facts::text AS facts, the_order::text AS the_order
FROM commerce.place_orders($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ORDER BY place
"""

_LOST: Final = (asyncpg.UniqueViolationError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""Another transaction won: it made the order of this key, or the database broke a deadlock."""

_OF_ONE: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""One request has what the database does not take, and made those fail that went with it."""

Result = OrderView | Refused


async def place_order(
    database: Database,
    *,
    person_id: UUID,
    room_id: UUID,
    card_id: UUID | None,
    sku_id: UUID,
    quantity: int,
    price_minor: int,
    idempotency_key: str,
    now: datetime,
    hold: timedelta = HOLD,
    provider: str = PROVIDER_DEFAULT,
) -> Result:
    """Place one order by itself; `Checkout.place_order` is the same for many buyers at once.

    Raises: Contended.
    """
    request = OrderRequest(person_id, room_id, card_id, sku_id, quantity, price_minor, idempotency_key)
    if refusal := request.refusal():
        return refusal
    return (await place_orders(database, [request], now=now, hold=hold, provider=provider))[0]


async def place_orders(
    database: Database, requests: Sequence[OrderRequest], *, now: datetime, hold: timedelta, provider: str
) -> list[Result]:
    """Place orders for one SKU in one transaction, each answered by itself, in the order given.

    All name the same SKU, are free of a `refusal()`, and no two share buyer and key. Raises: Contended.
    """
    assert len({request.sku_id for request in requests}) == 1
    for _ in range(ATTEMPTS_MAX):
        try:
            return await _place(database, requests, now, hold, provider)
        except _LOST:
            if len(requests) > 1:
                break
    if len(requests) == 1:
        raise Contended("placing an order", ATTEMPTS_MAX)
    # One of them made the whole transaction fail: each by itself, so that it fails alone.
    return [
        result
        for request in requests
        for result in await place_orders(database, [request], now=now, hold=hold, provider=provider)
    ]


async def _place(
    database: Database, requests: Sequence[OrderRequest], now: datetime, hold: timedelta, provider: str
) -> list[Result]:
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(
            _PLACE,
            requests[0].sku_id,
            provider,
            now,
            now + hold,
            [uuid7() for _ in requests],
            [uuid7() for _ in requests],
            [request.person_id for request in requests],
            [request.idempotency_key for request in requests],
            [request.hash() for request in requests],
            [request.room_id for request in requests],
            [request.card_id for request in requests],
            [request.quantity for request in requests],
            [request.price_minor for request in requests],
        )
    return [_result(row) for row in rows]


def _result(row: Any) -> Result:
    if row["the_order"] is not None:
        return order_view(json.loads(row["the_order"]))
    return Refused(row["code"], json.loads(row["facts"]))


class Checkout:
    """Places orders of many buyers at once: one object per process and database, safe to call concurrently."""

    def __init__(self, database: Database, *, hold: timedelta = HOLD, provider: str = PROVIDER_DEFAULT) -> None:
        self._database = database
        self._hold = hold
        self._provider = provider
        self._queues: dict[UUID, _Queue] = {}
        self.batches = 0  # transactions, for metrics
        self.requests = 0  # what they answered

    async def place_order(
        self,
        *,
        person_id: UUID,
        room_id: UUID,
        card_id: UUID | None,
        sku_id: UUID,
        quantity: int,
        price_minor: int,
        idempotency_key: str,
        now: datetime,
    ) -> Result:
        """Place an order, or answer what this buyer's key placed before.

        Raises: Contended; what the database raises when it is away: what became of the order is not known then, and the
        same key may be asked again.
        """
        request = OrderRequest(person_id, room_id, card_id, sku_id, quantity, price_minor, idempotency_key)
        if refusal := request.refusal():
            return refusal
        queue = self._queues.setdefault(sku_id, _Queue())
        entry = _Entry(request, now)
        queue.entries.append(entry)
        try:
            while entry.answer is None:
                if queue.busy:
                    await entry.turn()
                else:
                    await self._lead(queue)
        finally:
            queue.leave(entry)
            if not queue.busy and not queue.entries and self._queues.get(sku_id) is queue:
                del self._queues[sku_id]
        if isinstance(entry.answer, Exception):
            raise entry.answer
        return entry.answer

    async def _lead(self, queue: _Queue) -> None:
        """Place the next batch of a queue on behalf of all who wait in it."""
        batch = queue.take_batch()
        self.batches += 1
        self.requests += len(batch)
        try:
            for entry, result in zip(batch, await self._place(batch), strict=True):
                entry.set(result)
        except _OF_ONE:
            for entry in batch:
                entry.set(await self._place_alone(entry))
        except Exception as failure:
            for entry in batch:
                entry.set(failure)
        finally:
            # Whoever led was cancelled: the others ask again, which their keys make safe.
            queue.end_batch([entry for entry in batch if entry.answer is None])

    async def _place(self, batch: Sequence[_Entry]) -> list[Result]:
        return await place_orders(
            self._database,
            [entry.request for entry in batch],
            now=max(entry.now for entry in batch),
            hold=self._hold,
            provider=self._provider,
        )

    async def _place_alone(self, entry: _Entry) -> Result | Exception:
        try:
            return (await self._place([entry]))[0]
        except Exception as failure:
            return failure


class _Entry:
    """One who waits to buy."""

    __slots__ = ("_turn", "answer", "now", "request")

    def __init__(self, request: OrderRequest, now: datetime) -> None:
        self.request = request
        self.now = now
        self.answer: Result | Exception | None = None
        self._turn: asyncio.Future[None] | None = None

    async def turn(self) -> None:
        """Wait until the answer is there or it is this one's turn to lead."""
        self._turn = asyncio.get_running_loop().create_future()
        await self._turn

    def wake(self) -> None:
        if self._turn is not None and not self._turn.done():
            self._turn.set_result(None)

    def set(self, answer: Result | Exception) -> None:
        self.answer = answer
        self.wake()


class _Queue:
    """Those who wait to buy one SKU. One of them at a time leads: it places a batch for all.

    While nobody leads, the first of the queue has been woken to do so.
    """

    __slots__ = ("busy", "entries")

    def __init__(self) -> None:
        self.entries: deque[_Entry] = deque()
        self.busy = False

    def take_batch(self) -> list[_Entry]:
        """The next entries, no two with the same buyer and key; such twins stay for the batch after."""
        self.busy = True
        batch: dict[tuple[UUID, str], _Entry] = {}
        twins: list[_Entry] = []
        while self.entries and len(batch) < BATCH_ORDERS_MAX:
            entry = self.entries.popleft()
            kept = batch.setdefault((entry.request.person_id, entry.request.idempotency_key), entry)
            if kept is not entry:
                twins.append(entry)
        self.entries.extendleft(reversed(twins))
        return list(batch.values())

    def end_batch(self, unanswered: Sequence[_Entry]) -> None:
        self.busy = False
        self.entries.extendleft(reversed(unanswered))
        self._wake_first()

    def leave(self, entry: _Entry) -> None:
        """`entry` waits no longer, answered or cancelled."""
        if entry in self.entries:
            self.entries.remove(entry)
        if not self.busy:
            self._wake_first()

    def _wake_first(self) -> None:
        if self.entries:
            self.entries[0].wake()
