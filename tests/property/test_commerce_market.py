"""A market in which everything happens that can, in any order; what must always hold is looked at after every step.

Buyers come back with the same key, payments are declined, webhooks come twice, late, out of order or not at all, the
provider is away, charges it had closed succeed after all, time runs out. The provider's books are the test's own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from commerce.order.closing import cancel_order, expire_reservations
from commerce.order.purchase import OrderView
from commerce.payment.payments import apply_payment_event, start_payment
from commerce.payment.providers import Charge
from commerce.payment.reconcile import reconcile_payments
from commerce.refusals import Refused
from commerce.shelf.catalogue import change_sku
from server.database.database import Database, connect
from tests.commerce_scene import NOW, Scene, ScriptedProvider, open_scene
from tests.database import Cluster

T = TypeVar("T")

BUYERS = 3
UNITS = 6
ASKED_FOR = timedelta(minutes=30)
"""How long after its end a payment is surely still asked about; money later than that needs its webhook."""
CODES = {"sold_out", "idempotency_mismatch"}

_ROWS = """
SELECT o.order_id, o.state, o.version, o.quantity, o.total_minor, r.state AS reservation,
    (SELECT count(*) FROM commerce.payment p WHERE p.order_id = o.order_id AND p.state = 'captured') AS captured,
    (SELECT count(*) FROM commerce.payment p WHERE p.order_id = o.order_id
        AND p.state IN ('created', 'pending')) AS under_way,
    (SELECT array_agg(e.state ORDER BY e.version) FROM commerce.order_event e WHERE e.order_id = o.order_id) AS events,
    (SELECT payload::text FROM commerce.outbox b WHERE b.topic = 'person.' || o.buyer_id
        AND b.payload ->> 'order_id' = o.order_id::text ORDER BY b.id DESC LIMIT 1) AS told,
    (SELECT count(*) FROM commerce.outbox b WHERE b.topic = 'person.' || o.buyer_id
        AND b.payload ->> 'order_id' = o.order_id::text) AS tellings
FROM commerce.purchase_order o JOIN commerce.reservation r USING (order_id) WHERE o.sku_id = $1
"""
_PAYMENTS = """
SELECT p.payment_id, p.order_id, p.state, p.version, p.captured_minor,
    (SELECT array_agg(e.state ORDER BY e.version) FROM commerce.payment_event e
        WHERE e.payment_id = p.payment_id) AS events
FROM commerce.payment p JOIN commerce.purchase_order o USING (order_id) WHERE o.sku_id = $1
"""
_STOCK = """
SELECT on_hand, reserved, sold, version,
    (SELECT count(*) FROM commerce.outbox
        WHERE payload -> 'items' @> jsonb_build_array(jsonb_build_array('stock:' || sku_id))) AS tellings
FROM commerce.stock WHERE sku_id = $1
"""


class Market(RuleBasedStateMachine):
    """Set up by the test below with a database of its own."""

    loop: asyncio.AbstractEventLoop
    database: Database
    owner: Any
    opened = 0

    def __init__(self) -> None:
        super().__init__()
        self.provider = ScriptedProvider()
        self.now = NOW
        self.units = UNITS
        self.orders: dict[tuple[int, str], UUID] = {}
        self.webhooks: list[tuple[str, Charge]] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize()
    def open(self) -> None:
        Market.opened += 1
        self.scene: Scene = self.run(
            open_scene(self.database, self.owner, on_hand=UNITS, buyers=BUYERS, slug=f"market-{Market.opened}")
        )

    @rule(buyer=st.integers(0, BUYERS - 1), key=st.sampled_from("abc"), quantity=st.integers(1, 4))
    def buy(self, buyer: int, key: str, quantity: int) -> None:
        result = self.run(self.scene.buy(buyer=buyer, key=key, quantity=quantity, now=self.now))
        if isinstance(result, Refused):
            assert result.code in CODES, result
            return
        known = self.orders.setdefault((buyer, key), result.order_id)
        assert result.order_id == known, "one key made two orders"

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        (buyer, _), order_id = data.draw(st.sampled_from(list(self.orders.items())))
        self.run(
            start_payment(
                self.database, self.provider, person_id=self.scene.buyers[buyer], order_id=order_id, now=self.now
            )
        )

    @precondition(lambda self: self.provider.books)
    @rule(data=st.data(), state=st.sampled_from(["succeeded", "succeeded", "failed"]), lost=st.booleans())
    def provider_decides(self, data: st.DataObject, state: str, lost: bool) -> None:
        """A charge ends; one that was closed may succeed late. Its webhook is under way, unless it is lost."""
        payment_id = data.draw(st.sampled_from(list(self.provider.books)))
        held = self.provider.books[payment_id]
        if (
            held.amount is None
            or held.state not in ("pending", "closed")
            or (held.state, state) == ("closed", "failed")
        ):
            return
        ended_at = self.run(
            self.scene.value("SELECT updated_at FROM commerce.payment WHERE payment_id = $1", payment_id)
        )
        charge = self.provider.set(payment_id, state)
        if not lost or (held.state == "closed" and self.now - ended_at > ASKED_FOR):
            self.webhooks.append((f"{payment_id}/{state}", charge))

    @precondition(lambda self: self.webhooks)
    @rule(data=st.data(), again=st.booleans())
    def webhook_comes(self, data: st.DataObject, again: bool) -> None:
        """Any of those under way; it may come again."""
        place = data.draw(st.integers(0, len(self.webhooks) - 1))
        event_id, charge = self.webhooks[place] if again else self.webhooks.pop(place)
        self.run(
            apply_payment_event(
                self.database,
                provider="simpay",
                event_id=f"{self.scene.sku_id}/{event_id}",
                charge=charge,
                now=self.now,
            )
        )

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        (buyer, _), order_id = data.draw(st.sampled_from(list(self.orders.items())))
        result = self.run(
            cancel_order(
                self.database, self.provider, person_id=self.scene.buyers[buyer], order_id=order_id, now=self.now
            )
        )
        assert isinstance(result, OrderView) or result.code == "wrong_state"

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.run(expire_reservations(self.database, self.provider, now=self.now))

    @rule()
    def reconcile(self) -> None:
        self.run(reconcile_payments(self.database, self.provider, now=self.now))

    @rule(reachable=st.booleans())
    def provider_comes_or_goes(self, reachable: bool) -> None:
        self.provider.reachable = reachable

    @rule(units=st.integers(-3, 3))
    def restock(self, units: int) -> None:
        changed = self.run(
            change_sku(
                self.database,
                person_id=self.scene.host_id,
                sku_id=self.scene.sku_id,
                on_hand_delta=units,
                now=self.now,
            )
        )
        if not isinstance(changed, Refused):
            self.units += units

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "scene"):
            return
        orders, payments, stock = self.run(self._look())
        assert 0 <= stock["reserved"] <= stock["on_hand"]
        assert stock["on_hand"] + stock["sold"] == self.units
        assert stock["reserved"] == sum(order["quantity"] for order in orders if order["reservation"] == "held")
        assert stock["sold"] == sum(order["quantity"] for order in orders if order["reservation"] == "posted")
        assert stock["tellings"] == stock["version"], "each change of stock is told once"
        for order in orders:
            assert order["captured"] == (order["state"] == "paid") == (order["reservation"] == "posted")
            assert order["under_way"] <= 1
            assert (order["reservation"] == "held") == (order["state"] in ("awaiting_payment", "closing"))
            assert order["events"][-1] == order["state"]
            assert order["tellings"] == order["version"], "each version of an order is told once"
            assert json.loads(order["told"])["state"] == order["state"]
        for payment in payments:
            assert payment["events"][-1] == payment["state"]
            assert len(payment["events"]) == payment["version"], "each change of a payment has one event"

    async def _look(self) -> tuple[list[Any], list[Any], Any]:
        async with self.database.transaction(platform=True) as connection:
            return (
                await connection.fetch(_ROWS, self.scene.sku_id),
                await connection.fetch(_PAYMENTS, self.scene.sku_id),
                await connection.fetchrow(_STOCK, self.scene.sku_id),
            )

    def teardown(self) -> None:
        """With the provider back and enough time, every order ends, and money is where an order is paid, or back."""
        if not hasattr(self, "scene"):
            return
        self.provider.reachable = True
        for _ in range(5):
            self.now += timedelta(hours=2)
            self.run(expire_reservations(self.database, self.provider, now=self.now))
            while self.webhooks:
                self.webhook_comes_first()
            self.run(reconcile_payments(self.database, self.provider, now=self.now))
        self.holds()
        orders, payments, stock = self.run(self._look())
        assert {order["state"] for order in orders} <= {"paid", "expired", "cancelled"}
        assert stock["reserved"] == 0
        assert {payment["state"] for payment in payments} <= {"captured", "failed", "closed", "refunded"}
        for payment in payments:
            book = self.provider.books.get(payment["payment_id"])
            taken = book is not None and book.state == "succeeded"
            assert (payment["state"] == "captured") == taken, "money was taken that is not ours, or the other way round"
            assert (payment["state"] == "refunded") == (book is not None and book.state == "refunded")

    def webhook_comes_first(self) -> None:
        event_id, charge = self.webhooks.pop(0)
        self.run(
            apply_payment_event(
                self.database,
                provider="simpay",
                event_id=f"{self.scene.sku_id}/{event_id}",
                charge=charge,
                now=self.now,
            )
        )


def test_whatever_happens_nobody_loses_money_and_nothing_is_sold_twice(cluster: Cluster) -> None:
    loop = uvloop.new_event_loop()
    fresh = cluster.fresh()
    addresses = loop.run_until_complete(fresh.__aenter__())
    try:
        Market.loop = loop
        Market.database = loop.run_until_complete(Database.open(addresses.database_url))
        Market.owner = loop.run_until_complete(connect(addresses.migrate_url))
        loop.run_until_complete(Market.owner.execute("SELECT set_config('jishi.platform', 'on', false)"))
        run_state_machine_as_test(
            Market,
            settings=settings(
                max_examples=25,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],  # making a failure smaller takes minutes here
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        loop.run_until_complete(Market.owner.close())
        loop.run_until_complete(Market.database.close())
    finally:
        loop.run_until_complete(fresh.__aexit__(None, None, None))
        loop.close()
