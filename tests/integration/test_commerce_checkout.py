"""Placing orders: what is granted, refused and answered again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.order.checkout import Checkout
from commerce.order.orders import get_order, list_orders
from commerce.order.purchase import OrderView
from commerce.refusals import Refused
from commerce.shelf.catalogue import change_sku
from commerce.shelf.showcase import withdraw_card
from tests.commerce_scene import NOW, PRICE_MINOR, Scene, open_scene


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection, on_hand=10, buyers=3)


async def test_an_order_holds_stock_and_waits_for_its_payment(scene: Scene) -> None:
    order = await scene.order(quantity=3)
    assert (order.state, order.payment_state, order.version) == ("awaiting_payment", "created", 1)
    assert (order.unit_price_minor, order.total_minor, order.currency) == (PRICE_MINOR, 3 * PRICE_MINOR, "CNY")
    assert (order.product_title, order.sku_name, order.room_slug) == ("洛川苹果", "5 斤装", "apples")
    assert order.expires_at - order.created_at == timedelta(minutes=15)
    assert await scene.stock() == (10, 3, 0)
    assert await scene.value("SELECT state FROM commerce.reservation") == "held"
    assert await get_order(scene.database, person_id=scene.buyers[0], order_id=order.order_id) == order
    assert await list_orders(scene.database, person_id=scene.buyers[0]) == [order]


async def test_an_order_shows_its_products_picture_while_its_buyer_may_see_it(
    scene: Scene, owner_connection: asyncpg.Connection
) -> None:
    change = "UPDATE commerce.product SET image_url = $2, state = $3 WHERE product_id = $1"
    assert (await scene.order()).image_url is None
    await owner_connection.execute(change, scene.product_id, "/photos/a.webp", "on_sale")
    placed = await scene.order(key="another")
    assert placed.image_url == "/photos/a.webp"
    assert {order.image_url for order in await list_orders(scene.database, person_id=scene.buyers[0])} == {
        "/photos/a.webp"
    }
    await owner_connection.execute(change, scene.product_id, "/photos/a.webp", "withdrawn")
    assert {order.image_url for order in await list_orders(scene.database, person_id=scene.buyers[0])} == {None}
    replayed = await scene.buy(key="another")  # read by the platform, which sees every product
    assert isinstance(replayed, OrderView)
    assert replayed.image_url is None


async def test_a_key_asked_again_answers_the_same_order(scene: Scene) -> None:
    first = await scene.order(key="again")
    await change_sku(scene.database, person_id=scene.host_id, sku_id=scene.sku_id, price_minor=5000, now=NOW)
    assert await scene.buy(key="again") == first
    assert await scene.buy(key="again", quantity=2) == Refused("idempotency_mismatch")
    assert isinstance(await scene.buy(key="again", buyer=1, price_minor=5000), OrderView)  # keys are each buyer's own
    assert await scene.stock() == (10, 2, 0)


@pytest.mark.parametrize("quantity", [0, -1, 100])
async def test_quantities_out_of_range_are_refused(scene: Scene, quantity: int) -> None:
    assert await scene.buy(quantity=quantity) == Refused("quantity", {"quantity_min": 1, "quantity_max": 99})


async def test_refusals_say_what_a_buyer_needs_to_know_and_leave_nothing(scene: Scene) -> None:
    assert await scene.buy(quantity=11) == Refused("sold_out", {"available": 10})
    assert await scene.buy(price_minor=1) == Refused(
        "price_changed", {"price_minor": PRICE_MINOR, "currency": "CNY", "price_version": 1}
    )
    assert await scene.buy(card_id=uuid7()) == Refused("not_on_sale")
    assert await scene.buy(sku_id=uuid7()) == Refused("not_on_sale")
    assert isinstance(await scene.buy(card_id=None, key="any card of the room"), OrderView)
    await withdraw_card(scene.database, person_id=scene.host_id, room_id=scene.room_id, card_id=scene.card_id, now=NOW)
    assert await scene.buy() == Refused("not_on_sale")
    assert await scene.buy(card_id=None) == Refused("not_on_sale")
    assert await scene.value("SELECT count(*) FROM commerce.purchase_order") == 1
    assert await scene.stock() == (10, 1, 0)


async def test_others_do_not_see_an_order(scene: Scene) -> None:
    order = await scene.order()
    for person_id in (scene.buyers[1], scene.host_id):
        assert await get_order(scene.database, person_id=person_id, order_id=order.order_id) == Refused("not_found")
    assert await list_orders(scene.database, person_id=scene.buyers[1]) == []


async def test_orders_are_listed_newest_first_in_pages(scene: Scene) -> None:
    placed = [await scene.order(key=str(number)) for number in range(5)]
    first = await list_orders(scene.database, person_id=scene.buyers[0], limit=3)
    rest = await list_orders(scene.database, person_id=scene.buyers[0], before=first[-1].order_id)
    assert first + rest == placed[::-1]


def wishes(scene: Scene, checkout: Checkout, keys: list[str], *, quantity: int = 1) -> list[asyncio.Future[object]]:
    return [
        asyncio.get_running_loop().create_task(
            checkout.place_order(
                person_id=scene.buyers[0],
                room_id=scene.room_id,
                card_id=scene.card_id,
                sku_id=scene.sku_id,
                quantity=quantity,
                price_minor=PRICE_MINOR,
                idempotency_key=key,
                now=NOW,
            )
        )
        for key in keys
    ]


async def test_a_checkout_places_many_orders_in_few_transactions(scene: Scene) -> None:
    checkout = Checkout(scene.database)
    results = await asyncio.gather(*wishes(scene, checkout, [str(number) for number in range(40)]))
    assert sum(isinstance(result, OrderView) for result in results) == 10
    assert all(result == Refused("sold_out", {"available": 0}) for result in results if isinstance(result, Refused))
    assert checkout.gathering.batches <= 3
    assert await scene.stock() == (10, 10, 0)


async def test_buyers_who_come_again_and_again_still_go_together(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    scene = await open_scene(database, owner_connection, on_hand=1000)
    checkout = Checkout(scene.database)

    async def buy_repeatedly(name: str) -> None:
        for number in range(10):
            [placed] = await asyncio.gather(*wishes(scene, checkout, [f"{name} {number}"]))
            assert isinstance(placed, OrderView)

    await asyncio.gather(*(buy_repeatedly(str(name)) for name in range(10)))
    assert checkout.gathering.requests == 100
    assert checkout.gathering.batches <= 25


async def test_twins_in_a_checkout_get_the_same_order(scene: Scene) -> None:
    checkout = Checkout(scene.database)
    results = await asyncio.gather(*wishes(scene, checkout, ["a", "b"] * 10))
    assert len({result.order_id for result in results if isinstance(result, OrderView)}) == 2
    assert all(isinstance(result, OrderView) for result in results)
    assert await scene.stock() == (10, 2, 0)


async def test_a_large_wish_that_is_refused_leaves_the_rest_to_smaller_ones(scene: Scene) -> None:
    checkout = Checkout(scene.database)
    tasks = wishes(scene, checkout, ["lead"], quantity=1)
    tasks += wishes(scene, checkout, ["most"], quantity=8)
    tasks += wishes(scene, checkout, ["too many"], quantity=2)
    tasks += wishes(scene, checkout, ["the last"], quantity=1)
    kinds = [getattr(result, "code", "placed") for result in await asyncio.gather(*tasks)]
    assert kinds == ["placed", "placed", "sold_out", "placed"]


async def test_cancelling_whoever_leads_costs_the_others_nothing(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    scene = await open_scene(database, owner_connection, on_hand=1000)
    checkout = Checkout(scene.database)
    for yields in range(0, 90, 3):
        tasks = wishes(scene, checkout, [f"{name} {yields}" for name in ("lead", "follow", "one more")])
        for _ in range(yields):
            await asyncio.sleep(0)
        tasks[0].cancel()
        led, *followed = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(led, OrderView | asyncio.CancelledError)
        assert all(isinstance(result, OrderView) for result in followed)
    placed = await scene.value("SELECT count(*) FROM commerce.purchase_order")
    assert await scene.stock() == (1000, placed, 0)
    assert not checkout.gathering._lanes


async def test_one_key_for_two_skus_at_once_places_one_order(
    scene: Scene, database: Database, owner_connection: asyncpg.Connection
) -> None:
    other = await open_scene(database, owner_connection, slug="pears", buyers=0)
    results = await asyncio.gather(
        scene.buy(key="one"),
        scene.buy(key="one", sku_id=other.sku_id, room_id=other.room_id, card_id=other.card_id),
    )
    assert sorted(getattr(result, "code", "placed") for result in results) == ["idempotency_mismatch", "placed"]


@pytest.mark.parametrize("key", ["a\0b", "line\nbreak", "\x7f"])
async def test_a_key_that_is_no_text_is_refused(scene: Scene, key: str) -> None:
    assert await scene.buy(key=key) == Refused("invalid", {"fields": {"idempotency_key": "characters"}})


async def test_one_request_that_the_database_does_not_take_fails_alone(scene: Scene) -> None:
    checkout = Checkout(scene.database)
    results = await asyncio.gather(
        *wishes(scene, checkout, ["lead", "before"]),
        checkout.place_order(
            person_id=uuid7(),  # nobody's: no order can refer to it
            room_id=scene.room_id,
            card_id=None,
            sku_id=scene.sku_id,
            quantity=1,
            price_minor=PRICE_MINOR,
            idempotency_key="k",
            now=NOW,
        ),
        *wishes(scene, checkout, ["after"]),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [
        OrderView,
        OrderView,
        asyncpg.ForeignKeyViolationError,
        OrderView,
    ]
    assert await scene.stock() == (10, 3, 0)
