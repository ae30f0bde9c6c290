"""Catalogue and cards: what a host does, what viewers get, and what another organisation cannot see or change."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.jobs.drafts import JobDraft
from commerce.jobs.posts import PostView, create_post
from commerce.money import MINOR_MAX
from commerce.order.purchase import QUANTITY_MAX
from commerce.refusals import Refused
from commerce.shelf import room_state
from commerce.shelf.catalogue import ProductView, change_sku, create_product, list_catalogue
from commerce.shelf.offers import PRICE_MINOR_MAX
from commerce.shelf.showcase import Offer, explain_card, list_cards, preview_card, push_card, withdraw_card
from tests.commerce_scene import NOW, PRICE_MINOR, Scene, apples, open_scene

JOB = JobDraft(
    title="装配工",
    employer="明亮电子",
    place="杭州余杭",
    base_min_minor=400_000,
    base_max_minor=400_000,
    pay_min_minor=600_000,
    pay_max_minor=850_000,
    pay_unit="month",
    headcount=30,
    employment="full_time",
    description="流水线装配",
    valid_until=NOW + timedelta(days=30),
    shift="两班倒",
    benefits=["包住", "五险"],
    requirements=["年满 18 周岁"],
)


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection)


@pytest.fixture
async def foreign(database: Database, owner_connection: asyncpg.Connection, scene: Scene) -> Scene:
    return await open_scene(database, owner_connection, slug="pears")


async def last_items(scene: Scene) -> list[Any]:
    payload = await scene.value(
        "SELECT payload::text FROM commerce.outbox WHERE topic LIKE 'room.%' ORDER BY id DESC LIMIT 1"
    )
    items: list[Any] = json.loads(payload)["items"]
    return items


async def push(scene: Scene, offer: Offer, **options: Any) -> dict[str, Any] | Refused:
    return await push_card(
        scene.database, person_id=scene.host_id, room_id=scene.room_id, offer=offer, now=NOW, **options
    )


async def test_a_product_card_shows_its_product_and_prices(scene: Scene) -> None:
    assert await list_cards(scene.database, room_id=scene.room_id) == [
        {
            "card_id": str(scene.card_id),
            "kind": "product",
            "position": 1,
            "explaining": False,
            "pinned": False,
            "title": "洛川苹果",
            "subtitle": "脆甜多汁",
            "image_url": None,
            "product_id": str(scene.product_id),
            "origin": "陕西洛川",
            "promise": "坏果包赔",
            "skus": [
                {
                    "sku_id": str(scene.sku_id),
                    "name": "5 斤装",
                    "price_minor": PRICE_MINOR,
                    "currency": "CNY",
                    "price_version": 1,
                }
            ],
        }
    ]


async def test_a_job_card_and_a_notice(scene: Scene) -> None:
    post = await create_post(scene.database, person_id=scene.host_id, org_id=scene.org_id, draft=JOB, now=NOW)
    assert isinstance(post, PostView)
    value = await push(scene, Offer(job_id=post.job_id))
    assert isinstance(value, dict)
    assert (value["position"], value["title"], value["subtitle"]) == (2, "装配工", "明亮电子")
    assert value["pay"] == {"min_minor": 600_000, "max_minor": 850_000, "currency": "CNY", "unit": "month"}
    notice = await push(scene, Offer(title="今晚八点抽奖"))
    assert isinstance(notice, dict)
    assert (notice["kind"], notice["position"], notice["subtitle"]) == ("notice", 3, "")
    assert isinstance(await push(scene, Offer(title="今晚八点抽奖")), dict)  # words may be said twice


async def test_what_is_shown_or_not_on_sale_is_refused(scene: Scene) -> None:
    assert await push(scene, Offer(product_id=scene.product_id)) == Refused(
        "already_shown", {"card_id": str(scene.card_id)}
    )
    assert await push(scene, Offer(product_id=uuid7())) == Refused("not_found")
    expired = await create_post(scene.database, person_id=scene.host_id, org_id=scene.org_id, draft=JOB, now=NOW)
    assert isinstance(expired, PostView)
    later = NOW + timedelta(days=31)
    assert await push_card(
        scene.database, person_id=scene.host_id, room_id=scene.room_id, offer=Offer(job_id=expired.job_id), now=later
    ) == Refused("not_on_sale")


async def test_one_card_is_explained_at_a_time(scene: Scene) -> None:
    second = await push(scene, Offer(title="今晚八点抽奖"), explaining=True)
    assert isinstance(second, dict)
    assert second["explaining"]

    async def explain(card_id: UUID, explaining: bool) -> None:
        refused = await explain_card(
            scene.database,
            person_id=scene.host_id,
            room_id=scene.room_id,
            card_id=card_id,
            explaining=explaining,
            now=NOW,
        )
        assert refused is None

    await explain(scene.card_id, True)
    assert {(key, value["explaining"]) for key, _, value in await last_items(scene)} == {
        (f"card:{scene.card_id}", True),
        (f"card:{second['card_id']}", False),
    }
    await explain(scene.card_id, False)
    assert [card["explaining"] for card in await list_cards(scene.database, room_id=scene.room_id)] == [False, False]


async def test_a_withdrawn_card_leaves_and_may_come_back_as_another(scene: Scene) -> None:
    async def withdraw(card_id: UUID) -> Refused | None:
        return await withdraw_card(
            scene.database, person_id=scene.host_id, room_id=scene.room_id, card_id=card_id, now=NOW
        )

    assert await withdraw(scene.card_id) is None
    assert await last_items(scene) == [[f"card:{scene.card_id}", 2, None]]
    assert await withdraw(scene.card_id) is None
    assert await withdraw(uuid7()) == Refused("not_found")
    assert await list_cards(scene.database, room_id=scene.room_id) == []
    again = await push(scene, Offer(product_id=scene.product_id))
    assert isinstance(again, dict)
    assert again["card_id"] != str(scene.card_id)


async def test_a_new_price_reaches_the_card_and_the_buyer(scene: Scene) -> None:
    product = await change_sku(
        scene.database, person_id=scene.host_id, sku_id=scene.sku_id, price_minor=990, on_hand_delta=5, now=NOW
    )
    assert isinstance(product, ProductView)
    assert (product.skus[0].price_minor, product.skus[0].price_version, product.skus[0].on_hand) == (990, 2, 15)
    items = {key: (version, value) for key, version, value in await room_state.load(scene.database, scene.room_id)}
    version, value = items[f"card:{scene.card_id}"]
    assert value is not None
    assert (version, value["skus"][0]["price_minor"]) == (2, 990)
    assert items[f"stock:{scene.sku_id}"] == (2, {"sku_id": str(scene.sku_id), "available": 15, "sold": 0})
    assert await scene.buy() == Refused("price_changed", {"price_minor": 990, "currency": "CNY", "price_version": 2})


@pytest.mark.parametrize("price_minor", [0, -1, PRICE_MINOR_MAX + 1, 2**53 - 1])
async def test_a_new_price_is_one_that_an_order_can_be_paid_with(scene: Scene, price_minor: int) -> None:
    assert PRICE_MINOR_MAX * QUANTITY_MAX <= MINOR_MAX
    refused = await change_sku(
        scene.database, person_id=scene.host_id, sku_id=scene.sku_id, price_minor=price_minor, now=NOW
    )
    assert refused == Refused("invalid", {"fields": {"price_minor": "range"}})


async def test_stock_never_falls_below_what_is_promised(scene: Scene) -> None:
    await scene.order(quantity=4)
    refused = await change_sku(scene.database, person_id=scene.host_id, sku_id=scene.sku_id, on_hand_delta=-7, now=NOW)
    assert refused == Refused("invalid", {"fields": {"on_hand_delta": "range"}, "on_hand_delta_min": -6})
    assert await scene.stock() == (10, 4, 0)


async def test_the_rooms_state_is_what_its_publications_add_up_to(scene: Scene) -> None:
    await push(scene, Offer(title="今晚八点抽奖"), explaining=True)
    await scene.order(quantity=2)
    await change_sku(scene.database, person_id=scene.host_id, sku_id=scene.sku_id, price_minor=990, now=NOW)
    async with scene.database.transaction(platform=True) as connection:
        rows = await connection.fetch(
            "SELECT payload::text AS payload FROM commerce.outbox WHERE topic LIKE 'room.%' ORDER BY id"
        )
    told: dict[str, tuple[int, Any]] = {}
    for row in rows:
        for key, version, value in json.loads(row["payload"])["items"]:
            if version >= told.get(key, (0, None))[0]:
                told[key] = (version, value)
    loaded = await room_state.load(scene.database, scene.room_id)
    assert {key: (version, value) for key, version, value in loaded} == told


async def test_a_preview_shows_what_a_push_would(scene: Scene) -> None:
    offer = Offer(title="今晚八点抽奖", subtitle="三份苹果")
    preview = await preview_card(scene.database, person_id=scene.host_id, room_id=scene.room_id, offer=offer, now=NOW)
    pushed = await push(scene, offer)
    assert isinstance(preview, dict)
    assert isinstance(pushed, dict)
    own = {"card_id", "position"}
    assert {k: v for k, v in preview.items() if k not in own} == {k: v for k, v in pushed.items() if k not in own}


async def test_another_organisation_is_told_that_there_is_nothing(scene: Scene, foreign: Scene) -> None:
    stranger: dict[str, Any] = {"person_id": foreign.host_id}
    nothing = Refused("not_found")
    database, offer = scene.database, Offer(product_id=scene.product_id)
    card: dict[str, Any] = {"room_id": scene.room_id, "card_id": scene.card_id}
    assert await list_catalogue(database, org_id=scene.org_id, **stranger) == nothing
    assert await create_product(database, org_id=scene.org_id, draft=apples(1), now=NOW, **stranger) == nothing
    assert await create_post(database, org_id=scene.org_id, draft=JOB, now=NOW, **stranger) == nothing
    assert await change_sku(database, sku_id=scene.sku_id, on_hand_delta=1, now=NOW, **stranger) == nothing
    assert await push_card(database, room_id=scene.room_id, offer=offer, now=NOW, **stranger) == nothing
    # Nor does it show somebody else's product in its own room.
    assert await push_card(database, room_id=foreign.room_id, offer=offer, now=NOW, **stranger) == nothing
    assert await explain_card(database, explaining=True, now=NOW, **card, **stranger) == nothing
    assert await withdraw_card(database, now=NOW, **card, **stranger) == nothing


@pytest.mark.parametrize("as_whom", ["foreign host", "nobody"])
async def test_row_level_security_hides_and_protects_every_table(scene: Scene, foreign: Scene, as_whom: str) -> None:
    """Below all functions: statements written by hand, as somebody else."""
    order = await scene.order()
    hidden = ["purchase_order", "reservation", "payment", "order_event", "payment_event", "outbox", "webhook_inbox"]
    owned = ["product", "sku", "stock", "card"]
    who = foreign.host_id if as_whom == "foreign host" else None
    async with scene.database.transaction(person_id=who) as connection:
        for table in hidden:
            assert await connection.fetchval(f"SELECT count(*) FROM commerce.{table}") == 0, table
        for table in owned:
            touched = await connection.execute(
                f"UPDATE commerce.{table} SET org_id = org_id WHERE org_id = $1", scene.org_id
            )
            assert touched == "UPDATE 0", table
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with scene.database.transaction(person_id=who) as connection:
            await connection.execute(
                "INSERT INTO commerce.product (product_id, org_id, title, created_at) VALUES ($1, $2, 'x', now())",
                uuid7(),
                scene.org_id,
            )
    for table in ("order_event", "payment_event"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with scene.database.transaction(platform=True) as connection:
                await connection.execute(f"DELETE FROM commerce.{table}")
    # A seller sees its orders but does not write them.
    async with scene.database.transaction(person_id=scene.host_id) as connection:
        assert await connection.fetchval("SELECT order_id FROM commerce.purchase_order") == order.order_id
        assert await connection.execute("UPDATE commerce.purchase_order SET state = 'paid'") == "UPDATE 0"


async def test_drafts_are_checked_field_by_field(scene: Scene) -> None:
    draft = apples(-1, price_minor=0)
    refused = await create_product(scene.database, person_id=scene.host_id, org_id=scene.org_id, draft=draft, now=NOW)
    assert refused == Refused("invalid", {"fields": {"skus.0.price_minor": "range", "skus.0.on_hand": "range"}})
