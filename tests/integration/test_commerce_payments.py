"""From an order to its end: paid, refunded, cancelled or expired, whatever the provider says and in whatever order."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.money import MINOR_MAX, Money
from commerce.order.closing import CLOSE_AGAIN_AFTER, cancel_order, expire_reservations
from commerce.order.orders import get_order
from commerce.order.purchase import OrderView
from commerce.payment.payments import apply_payment_event, handle_webhook, start_payment
from commerce.payment.providers import Charge
from commerce.payment.reconcile import reconcile_payments
from commerce.payment.settlement import Settlement
from commerce.payment.simpay_client import SimpayClient
from commerce.payment.webhooks import sign, write_secret
from commerce.refusals import Refused
from tests.commerce_scene import LATER, NOW, PRICE_MINOR, Scene, ScriptedProvider, open_scene

PRICE = Money(PRICE_MINOR, "CNY")
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection, on_hand=5, buyers=2)


@pytest.fixture
def provider() -> ScriptedProvider:
    return ScriptedProvider()


async def start(scene: Scene, provider: ScriptedProvider, order: OrderView) -> UUID:
    """Start the order's payment; its id."""
    started = await start_payment(scene.database, provider, person_id=scene.buyers[0], order_id=order.order_id, now=NOW)
    assert isinstance(started, OrderView), started
    return await scene.payment_of(order.order_id)


async def tell(scene: Scene, charge: Charge, event_id: str) -> Settlement:
    handled = await apply_payment_event(scene.database, provider="simpay", event_id=event_id, charge=charge, now=SOON)
    return handled.settlement


async def states(scene: Scene, order: OrderView) -> tuple[str, str, str]:
    """Of the order, its newest payment and its reservation."""
    view = await get_order(scene.database, person_id=scene.buyers[0], order_id=order.order_id)
    assert isinstance(view, OrderView)
    reservation = await scene.value("SELECT state FROM commerce.reservation WHERE order_id = $1", order.order_id)
    return view.state, view.payment_state, reservation


async def test_a_payment_that_succeeds_pays_the_order(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order(quantity=2)
    payment_id = await start(scene, provider, order)
    assert await states(scene, order) == ("awaiting_payment", "pending", "held")
    assert await tell(scene, provider.set(payment_id, "succeeded"), "e1") is Settlement.CAPTURE
    assert await states(scene, order) == ("paid", "captured", "posted")
    assert await scene.stock() == (3, 0, 2)


async def test_the_same_event_and_the_same_news_again_change_nothing(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    charge = provider.set(await start(scene, provider, order), "succeeded")
    await tell(scene, charge, "e1")
    paid = await get_order(scene.database, person_id=scene.buyers[0], order_id=order.order_id)
    again = await apply_payment_event(scene.database, provider="simpay", event_id="e1", charge=charge, now=SOON)
    assert again.duplicate
    assert await tell(scene, charge, "another id") is Settlement.NOTHING
    for state in ("pending", "failed", "closed"):
        assert await tell(scene, Charge(charge.payment_id, state, PRICE), state) is Settlement.NOTHING
    assert await get_order(scene.database, person_id=scene.buyers[0], order_id=order.order_id) == paid


async def test_twin_events_at_once_pay_once(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    charge = provider.set(await start(scene, provider, order), "succeeded")
    told = await asyncio.gather(*(tell(scene, charge, event_id) for event_id in ["a", "a", "b", "b", "c"]))
    assert sorted(settlement.value for settlement in told) == ["capture"] + ["nothing"] * 4
    assert await scene.stock() == (4, 0, 1)


async def test_starting_twice_is_one_payment(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    assert await start(scene, provider, order) == await start(scene, provider, order)
    assert await scene.value("SELECT count(*) FROM commerce.payment") == 1


async def test_only_the_buyer_pays_and_cancels(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    for act in (start_payment, cancel_order):
        result = await act(scene.database, provider, person_id=scene.buyers[1], order_id=order.order_id, now=NOW)
        assert result == Refused("not_found")


async def test_a_declined_payment_can_be_tried_again(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    declined = await start(scene, provider, order)
    await tell(scene, provider.set(declined, "failed"), "e1")
    assert await states(scene, order) == ("awaiting_payment", "failed", "held")
    second = await start(scene, provider, order)
    assert second != declined
    await tell(scene, provider.set(second, "succeeded"), "e2")
    assert await states(scene, order) == ("paid", "captured", "posted")
    # And the first turns out to have been taken after all: that money goes back.
    assert await tell(scene, provider.set(declined, "succeeded"), "e3") is Settlement.REFUND
    assert await scene.stock() == (4, 0, 1)


async def test_another_amount_or_currency_is_sent_back(scene: Scene, provider: ScriptedProvider) -> None:
    for place, amount in enumerate([Money(1, "CNY"), Money(PRICE_MINOR, "USD")]):
        order = await scene.order(key=str(place))
        payment_id = await start(scene, provider, order)
        assert await tell(scene, provider.set(payment_id, "succeeded", amount), str(place)) is Settlement.REFUND
        assert await states(scene, order) == ("awaiting_payment", "refund_due", "held")
    await reconcile_payments(scene.database, provider, now=SOON)
    assert await scene.value("SELECT count(*) FROM commerce.payment WHERE state = 'refunded'") == 2
    await expire_reservations(scene.database, provider, now=LATER)
    assert await scene.stock() == (5, 0, 0)


async def test_an_unpaid_order_expires_without_asking_a_provider_that_never_heard_of_it(
    scene: Scene, provider: ScriptedProvider
) -> None:
    order = await scene.order(quantity=2)
    assert (await expire_reservations(scene.database, provider, now=SOON)).expired == 0
    assert (await expire_reservations(scene.database, provider, now=LATER)).expired == 1
    assert await states(scene, order) == ("expired", "closed", "expired")
    assert await scene.stock() == (5, 0, 0)
    assert provider.calls == []
    assert (await expire_reservations(scene.database, provider, now=LATER)).expired == 0


async def test_stock_is_free_only_when_the_provider_has_closed_the_payment(
    scene: Scene, provider: ScriptedProvider
) -> None:
    order = await scene.order()
    await start(scene, provider, order)
    provider.reachable = False
    assert (await expire_reservations(scene.database, provider, now=LATER)).waiting == 1
    assert await states(scene, order) == ("closing", "pending", "held")
    assert await scene.stock() == (5, 1, 0)
    provider.reachable = True
    assert (await expire_reservations(scene.database, provider, now=LATER + CLOSE_AGAIN_AFTER)).expired == 1
    assert await states(scene, order) == ("expired", "closed", "expired")


async def test_orders_that_wait_for_a_silent_provider_keep_none_from_its_end(
    scene: Scene, provider: ScriptedProvider
) -> None:
    await start(scene, provider, await scene.order(key="paying"))
    provider.reachable = False
    await expire_reservations(scene.database, provider, now=LATER)
    never_paid = await scene.order(key="never paid", now=NOW + timedelta(seconds=1))
    later = LATER + timedelta(seconds=2)
    assert (await expire_reservations(scene.database, provider, now=later, limit=1)).expired == 1
    assert await states(scene, never_paid) == ("expired", "closed", "expired")


async def test_an_order_that_the_provider_is_slow_with_holds_up_no_other(scene: Scene) -> None:
    second_was_asked = asyncio.Event()

    class SlowWithTheFirst(ScriptedProvider):
        async def close_charge(self, payment_id: UUID) -> Charge:
            if payment_id == first:
                await second_was_asked.wait()
            else:
                second_was_asked.set()
            return await super().close_charge(payment_id)

    slow = SlowWithTheFirst()
    first = await start(scene, slow, await scene.order(key="first"))
    await start(scene, slow, await scene.order(key="second", now=NOW + timedelta(seconds=1)))
    async with asyncio.timeout(5):
        swept = await expire_reservations(scene.database, slow, now=LATER + timedelta(seconds=2))
    assert swept.expired == 2
    assert await scene.stock() == (5, 0, 0)


async def test_one_order_that_cannot_be_ended_keeps_no_other_from_its_end(
    scene: Scene, provider: ScriptedProvider, owner_connection: asyncpg.Connection
) -> None:
    broken = await scene.order(key="broken")
    await start(scene, provider, broken)
    await owner_connection.execute("UPDATE commerce.payment SET amount_minor = $1", 10 * MINOR_MAX)
    sound = await scene.order(key="sound", now=NOW + timedelta(seconds=1))
    provider.set(await start(scene, provider, sound), "succeeded")
    reconciled = await reconcile_payments(scene.database, provider, now=SOON)
    assert (reconciled.unanswered, reconciled.changed) == (1, 1)
    another = await scene.order(key="another", now=NOW + timedelta(seconds=1))
    swept = await expire_reservations(scene.database, provider, now=LATER + timedelta(seconds=2))
    assert (swept.expired, swept.waiting) == (1, 1)
    assert await states(scene, another) == ("expired", "closed", "expired")


async def test_money_that_was_faster_than_the_expiry_counts(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    provider.set(await start(scene, provider, order), "succeeded")
    assert (await expire_reservations(scene.database, provider, now=LATER)).expired == 0
    assert await states(scene, order) == ("paid", "captured", "posted")


async def test_money_after_the_expiry_takes_stock_again(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order(quantity=5)
    payment_id = await start(scene, provider, order)
    await expire_reservations(scene.database, provider, now=LATER)
    assert await tell(scene, provider.set(payment_id, "succeeded", PRICE * 5), "late") is Settlement.REVIVE
    assert await states(scene, order) == ("paid", "captured", "posted")
    assert await scene.stock() == (0, 0, 5)


async def test_money_after_the_expiry_goes_back_when_all_is_sold(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    payment_id = await start(scene, provider, order)
    await expire_reservations(scene.database, provider, now=LATER)
    await scene.order(key="all of it", buyer=1, quantity=5, now=LATER)
    assert await tell(scene, provider.set(payment_id, "succeeded", PRICE), "late") is Settlement.REFUND
    assert await states(scene, order) == ("expired", "refund_due", "expired")
    await reconcile_payments(scene.database, provider, now=LATER)
    assert await states(scene, order) == ("expired", "refunded", "expired")
    assert await scene.stock() == (5, 5, 0)


async def test_money_for_a_cancelled_order_goes_back(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    payment_id = await start(scene, provider, order)
    cancelled = await cancel_order(
        scene.database, provider, person_id=scene.buyers[0], order_id=order.order_id, now=NOW
    )
    assert isinstance(cancelled, OrderView)
    assert cancelled.state == "cancelled"
    assert await tell(scene, provider.set(payment_id, "succeeded", PRICE), "late") is Settlement.REFUND
    assert await states(scene, order) == ("cancelled", "refund_due", "voided")
    assert await scene.stock() == (5, 0, 0)


async def test_a_paid_order_is_not_cancelled(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    await tell(scene, provider.set(await start(scene, provider, order), "succeeded"), "e1")
    refused = await cancel_order(scene.database, provider, person_id=scene.buyers[0], order_id=order.order_id, now=NOW)
    assert refused == Refused("wrong_state", {"state": "paid"})


async def test_a_lost_webhook_is_made_up_for_by_asking(scene: Scene, provider: ScriptedProvider) -> None:
    order = await scene.order()
    provider.set(await start(scene, provider, order), "succeeded")
    assert (await reconcile_payments(scene.database, provider, now=NOW)).asked == 0
    provider.reachable = False
    assert (await reconcile_payments(scene.database, provider, now=SOON)).unanswered == 1
    provider.reachable = True
    assert (await reconcile_payments(scene.database, provider, now=SOON)).asked == 0  # it waits before asking again
    assert (await reconcile_payments(scene.database, provider, now=SOON + timedelta(minutes=1))).changed == 1
    assert await states(scene, order) == ("paid", "captured", "posted")


async def test_a_provider_that_does_not_answer_leaves_the_payment_pending(
    scene: Scene, provider: ScriptedProvider
) -> None:
    order = await scene.order()
    provider.reachable = False
    await start(scene, provider, order)
    assert await states(scene, order) == ("awaiting_payment", "pending", "held")


async def test_expiry_and_capture_race_to_one_end(scene: Scene, provider: ScriptedProvider) -> None:
    for yields in range(0, 15, 3):
        order = await scene.order(key=str(yields))
        charge = Charge(await start(scene, provider, order), "succeeded", PRICE)

        async def capture(charge: Charge = charge, yields: int = yields) -> None:
            for _ in range(yields):
                await asyncio.sleep(0)
            await tell(scene, charge, str(charge.payment_id))

        await asyncio.gather(expire_reservations(scene.database, provider, now=LATER), capture())
        assert await states(scene, order) == ("paid", "captured", "posted")  # in time, or revived: there was stock
    assert await scene.stock() == (0, 0, 5)


async def test_every_version_of_an_order_is_told_once_and_every_change_has_one_event(
    scene: Scene, provider: ScriptedProvider
) -> None:
    order = await scene.order()
    await tell(scene, provider.set(await start(scene, provider, order), "failed"), "e1")
    await tell(scene, provider.set(await start(scene, provider, order), "succeeded"), "e2")
    async with scene.database.transaction(platform=True) as connection:
        told = await connection.fetch(
            "SELECT payload::text AS payload FROM commerce.outbox WHERE topic LIKE 'person.%' ORDER BY id"
        )
        order_events = await connection.fetch("SELECT event FROM commerce.order_event ORDER BY version")
        payment_events = await connection.fetch("SELECT event FROM commerce.payment_event ORDER BY at, version")
    payloads = [json.loads(row["payload"]) for row in told]
    assert [(payload["version"], payload["state"], payload["payment_state"]) for payload in payloads] == [
        (1, "awaiting_payment", "created"),
        (2, "awaiting_payment", "pending"),
        (3, "awaiting_payment", "failed"),
        (4, "awaiting_payment", "pending"),
        (5, "paid", "captured"),
    ]
    assert [row["event"] for row in order_events] == ["placed", "paid"]
    assert sorted(row["event"] for row in payment_events) == sorted(
        ["created", "started", "failed", "created", "started", "captured"]
    )


async def test_webhooks_are_believed_only_when_signed_and_about_ours(scene: Scene) -> None:
    order = await scene.order()
    provider = ScriptedProvider()
    payment_id = await start(scene, provider, order)
    client = SimpayClient("http://simpay", api_key="k")
    secret, now_s = write_secret(b"s" * 32), int(SOON.timestamp())
    body = json.dumps(
        {"type": "charge.succeeded", "charge": charge_json(payment_id, "succeeded")}, separators=(",", ":")
    ).encode()

    async def post(headers: dict[str, str], body: bytes) -> object:
        return await handle_webhook(scene.database, client, secrets=[secret], headers=headers, body=body, now=SOON)

    assert await post({}, body) == Refused("bad_signature")
    assert await post(sign(write_secret(b"x" * 32), "e1", now_s, body), body) == Refused("bad_signature")
    assert await post(sign(secret, "e1", now_s, body), body + b" ") == Refused("bad_signature")
    assert await post(sign(secret, "e0", now_s, b"[]"), b"[]") == Refused("bad_webhook")
    stranger = json.dumps({"charge": charge_json(uuid7(), "succeeded")}).encode()
    assert getattr(await post(sign(secret, "e2", now_s, stranger), stranger), "settlement", None) is Settlement.NOTHING
    assert await states(scene, order) == ("awaiting_payment", "pending", "held")
    assert getattr(await post(sign(secret, "e1", now_s, body), body), "settlement", None) is Settlement.CAPTURE
    assert getattr(await post(sign(secret, "e1", now_s, body), body), "duplicate", None) is True


def charge_json(payment_id: UUID, state: str) -> dict[str, object]:
    return {"id": str(payment_id), "state": state, "amount": PRICE_MINOR, "currency": "CNY"}
