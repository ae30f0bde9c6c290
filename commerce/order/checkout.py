"""Edge: placing orders. Order, reservation, payment, their events and outbox rows commit together, or nothing does.

Buyers of one SKU meet at its stock row, and whoever holds that row holds up all others until the commit is on disk. So
orders for a SKU that arrive while a transaction for it is under way wait here, and go together into the next one: the
row is locked once for all of them and the disk waited for once. A lone buyer waits for nobody.

Every order carries its idempotency key into the transaction, so a batch that failed, or whose outcome is not known, is
simply asked again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.errors import Contended
from commerce.gathering import Gathering
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
        self.gathering: Gathering[_Wish, Result] = Gathering(
            self._place,
            batch_max=BATCH_ORDERS_MAX,
            lane_of=lambda wish: wish.request.sku_id,
            twin_of=lambda wish: (wish.request.person_id, wish.request.idempotency_key),
        )

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
        return request.refusal() or await self.gathering.ask(_Wish(request, now))

    async def _place(self, wishes: Sequence[_Wish]) -> list[Result]:
        return await place_orders(
            self._database,
            [wish.request for wish in wishes],
            now=max(wish.now for wish in wishes),
            hold=self._hold,
            provider=self._provider,
        )


@dataclass(frozen=True, slots=True)
class _Wish:
    """What one who waits wants to buy, and when they said so."""

    request: OrderRequest
    now: datetime
