"""simpay as it really runs: a process of its own, its client, its webhooks, its faults, and its death."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.errors import ProviderRejected, ProviderUnavailable
from commerce.money import Money
from commerce.order.closing import expire_reservations
from commerce.order.orders import get_order
from commerce.order.purchase import OrderView
from commerce.payment.payments import start_payment
from commerce.payment.reconcile import reconcile_payments
from commerce.payment.simpay_client import SimpayClient
from tests.commerce_scene import Scene, open_scene
from tests.commerce_simpay import API_KEY, SimpayProcess, WebhookDoor, simpay_process, webhook_door
from tests.waiting import eventually

AMOUNT = Money(1990, "CNY")


@dataclass
class Shop:
    scene: Scene
    door: WebhookDoor
    webhook_url: str
    folder: Path

    async def order(self, key: str = "k", quantity: int = 1) -> OrderView:
        return await self.scene.order(key=key, quantity=quantity, now=datetime.now(UTC))

    async def start(self, provider: SimpayClient, order: OrderView) -> None:
        started = await start_payment(
            self.scene.database,
            provider,
            person_id=self.scene.buyers[0],
            order_id=order.order_id,
            now=datetime.now(UTC),
        )
        assert isinstance(started, OrderView), started

    async def until(self, order: OrderView, state: str, payment_state: str | None = None) -> OrderView:
        """Wait until the order is in `state`, and its payment in `payment_state` if given."""
        async with asyncio.timeout(10):
            while True:
                view = await get_order(self.scene.database, person_id=self.scene.buyers[0], order_id=order.order_id)
                assert isinstance(view, OrderView)
                if view.state == state and payment_state in (None, view.payment_state):
                    return view
                await asyncio.sleep(0.02)


@pytest.fixture
async def shop(database: Database, owner_connection: asyncpg.Connection, tmp_path: Path) -> AsyncIterator[Shop]:
    scene = await open_scene(database, owner_connection, on_hand=20)
    async with webhook_door(database) as (door, url):
        yield Shop(scene, door, url, tmp_path)


def client(process: SimpayProcess) -> SimpayClient:
    return SimpayClient(process.url, api_key=API_KEY, timeout_s=2)


async def test_an_order_is_paid_by_webhook(shop: Shop) -> None:
    async with simpay_process(shop.folder, shop.webhook_url, settle_ms=50) as process, client(process) as provider:
        order = await shop.order()
        await shop.start(provider, order)
        paid = await shop.until(order, "paid")
        assert paid.payment_state == "captured"
    assert await shop.scene.stock() == (19, 0, 1)


async def test_killed_between_charge_and_webhook_it_tells_when_it_is_back(shop: Shop) -> None:
    shop.door.open = False
    async with simpay_process(shop.folder, shop.webhook_url, settle_ms=0) as process, client(process) as provider:
        order = await shop.order()
        await shop.start(provider, order)
        await eventually(lambda: shop.door.came >= 2)
        process.kill()
        assert (await shop.until(order, "awaiting_payment")).payment_state == "pending"
        shop.door.open = True
        process.start()
        await shop.until(order, "paid")
        charge = await provider.fetch_charge(await shop.scene.payment_of(order.order_id))
        assert charge.state == "succeeded"
    assert await shop.scene.stock() == (19, 0, 1)
    assert await shop.scene.value("SELECT count(*) FROM commerce.payment_event WHERE event = 'captured'") == 1


async def test_dead_when_it_is_asked_the_payment_is_made_up_for(shop: Shop) -> None:
    async with simpay_process(shop.folder, shop.webhook_url, settle_ms=0) as process, client(process) as provider:
        order = await shop.order()
        process.kill()
        await shop.start(provider, order)
        process.start()
        await shop.start(provider, order)  # the buyer presses again: the same payment
        await shop.until(order, "paid")
    assert await shop.scene.value("SELECT count(*) FROM commerce.payment") == 1


@pytest.mark.parametrize("fault", ["duplicate", "reorder", "forge", "slow"])
async def test_whatever_happens_to_its_webhooks_the_order_is_paid_once(shop: Shop, fault: str) -> None:
    settings = {"settle_ms": 30, "slow_ms": 100, "faults": {fault: 1.0}}
    async with simpay_process(shop.folder, shop.webhook_url, **settings) as process, client(process) as provider:
        order = await shop.order()
        await shop.start(provider, order)
        await shop.until(order, "paid")
        expected = {"duplicate": 4, "reorder": 2, "forge": 3, "slow": 2}[fault]
        await eventually(lambda: shop.door.done >= expected)
    assert shop.door.refused == (fault == "forge")
    assert shop.door.duplicates == (fault == "duplicate")
    assert await shop.scene.stock() == (19, 0, 1)
    assert await shop.scene.value("SELECT count(*) FROM commerce.payment_event WHERE event = 'captured'") == 1


async def test_a_lost_webhook_is_made_up_for_by_asking(shop: Shop) -> None:
    settings = {"settle_ms": 0, "faults": {"lost": 1.0}}
    async with simpay_process(shop.folder, shop.webhook_url, **settings) as process, client(process) as provider:
        order = await shop.order()
        await shop.start(provider, order)
        payment_id = await shop.scene.payment_of(order.order_id)
        async with asyncio.timeout(5):
            while (await provider.fetch_charge(payment_id)).state == "pending":
                pass
        overdue = datetime.now(UTC) + timedelta(hours=1)
        assert (await reconcile_payments(shop.scene.database, provider, now=overdue)).changed == 1
        await shop.until(order, "paid")


async def test_a_declined_charge_fails_the_payment(shop: Shop) -> None:
    settings = {"settle_ms": 0, "faults": {"decline": 1.0}}
    async with simpay_process(shop.folder, shop.webhook_url, **settings) as process, client(process) as provider:
        order = await shop.order()
        await shop.start(provider, order)
        await shop.until(order, "awaiting_payment", "failed")


async def test_money_after_the_close_goes_back_when_all_is_sold(shop: Shop) -> None:
    settings = {"settle_ms": 60_000, "late_ms": 200, "faults": {"late_after_close": 1.0}}
    async with simpay_process(shop.folder, shop.webhook_url, **settings) as process, client(process) as provider:
        order = await shop.order(quantity=20)
        await shop.start(provider, order)
        later = datetime.now(UTC) + timedelta(hours=1)
        assert (await expire_reservations(shop.scene.database, provider, now=later)).expired == 1
        await shop.scene.order(key="rival", buyer=1, now=later)
        await shop.until(order, "expired", "refund_due")
        await reconcile_payments(shop.scene.database, provider, now=later)
        await shop.until(order, "expired", "refunded")
        assert (await provider.fetch_charge(await shop.scene.payment_of(order.order_id))).state == "refunded"


async def test_what_is_asked_twice_happens_once_and_contradictions_are_refused(shop: Shop) -> None:
    async with (
        simpay_process(shop.folder, shop.webhook_url, settle_ms=60_000) as process,
        client(process) as provider,
    ):
        payment_id: UUID = uuid7()
        assert (await provider.fetch_charge(payment_id)).state == "unknown"
        first = await provider.create_charge(payment_id, AMOUNT, description="x")
        assert (first.state, first.amount) == ("pending", AMOUNT)
        assert await provider.create_charge(payment_id, AMOUNT, description="x") == first
        with pytest.raises(ProviderRejected, match="409"):
            await provider.create_charge(payment_id, Money(1, "CNY"), description="x")
        with pytest.raises(ProviderRejected, match="nothing_to_refund"):
            await provider.refund(payment_id, AMOUNT)
        assert (await provider.close_charge(payment_id)).state == "closed"
        assert (await provider.close_charge(payment_id)).state == "closed"
        # Closed before it was begun: beginning it then takes nothing.
        never: UUID = uuid7()
        assert (await provider.close_charge(never)).state == "closed"
        assert (await provider.create_charge(never, AMOUNT, description="x")).state == "closed"


async def test_a_wrong_key_is_rejected_and_a_dead_provider_unavailable(shop: Shop) -> None:
    async with simpay_process(shop.folder, shop.webhook_url) as process:
        async with SimpayClient(process.url, api_key="wrong") as stranger:
            with pytest.raises(ProviderRejected, match="401"):
                await stranger.fetch_charge(uuid7())
        process.kill()
        async with client(process) as provider:
            with pytest.raises(ProviderUnavailable):
                await provider.fetch_charge(uuid7())
