"""The line-up and the cards that follow it, and that what viewers hold is never older than what they held."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from commerce import outbox
from commerce.database import Database
from commerce.refusals import Refused
from commerce.shelf import line_up as line_up_module
from commerce.shelf.catalogue import change_sku, create_product
from commerce.shelf.line_up import (
    LineUpItem,
    add_to_line_up,
    drop_from_line_up,
    list_line_up,
    order_line_up,
)
from commerce.shelf.product_edit import ProductEdit, change_product
from commerce.shelf.room_state import load
from commerce.shelf.showcase import Offer, explain_card, list_cards, pin_card, push_card, withdraw_card
from server.live.rooms.view import RoomView
from server.live.wire import Position, State, StateItem
from tests.commerce_scene import NOW, Scene, apples, open_scene


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection)


async def one_more(scene: Scene) -> UUID:
    product = await create_product(
        scene.database, person_id=scene.host_id, org_id=scene.org_id, draft=apples(5), now=NOW
    )
    assert not isinstance(product, Refused)
    return product.product_id


def host_of(scene: Scene) -> dict[str, Any]:
    return {"person_id": scene.host_id, "room_id": scene.room_id}


async def listed(scene: Scene) -> list[LineUpItem]:
    return await list_line_up(scene.database, **host_of(scene))


async def shown(scene: Scene) -> list[tuple[str, int]]:
    return [(card["card_id"], card["position"]) for card in await list_cards(scene.database, room_id=scene.room_id)]


def edited(scene: Scene, *, product_id: UUID | None = None, **edit: Any) -> Any:
    return change_product(
        scene.database,
        person_id=scene.host_id,
        product_id=product_id or scene.product_id,
        edit=ProductEdit(**edit),
        judge=lambda texts: None,
        now=NOW,
    )


async def test_what_is_pushed_is_in_the_line_up_and_cards_follow_its_order(scene: Scene) -> None:
    [first] = await listed(scene)
    assert (first.position, first.card_id, first.pinned) == (1, scene.card_id, False)
    assert first.product is not None
    assert first.product["skus"][0]["on_hand"] == 10

    pears, plums = await one_more(scene), await one_more(scene)
    second = await add_to_line_up(scene.database, **host_of(scene), product_id=pears, now=NOW)
    third = await add_to_line_up(scene.database, **host_of(scene), product_id=plums, now=NOW)
    assert isinstance(second, LineUpItem)
    assert isinstance(third, LineUpItem)
    assert (second.position, second.card_id) == (2, None)
    assert await add_to_line_up(scene.database, **host_of(scene), product_id=pears, now=NOW) == second

    notice = await push_card(scene.database, **host_of(scene), offer=Offer(title="八点开抢"), now=NOW)
    assert isinstance(notice, dict)
    card = await push_card(scene.database, **host_of(scene), offer=Offer(product_id=plums), now=NOW)
    assert isinstance(card, dict)
    assert (notice["position"], card["position"]) == (4, 3)
    assert await shown(scene) == [(str(scene.card_id), 1), (card["card_id"], 3), (notice["card_id"], 4)]

    ordered = await order_line_up(scene.database, **host_of(scene), item_ids=[third.item_id], now=NOW)
    assert isinstance(ordered, list)
    assert [item.item_id for item in ordered] == [third.item_id, first.item_id, second.item_id]
    assert await shown(scene) == [(card["card_id"], 1), (str(scene.card_id), 2), (notice["card_id"], 4)]

    assert await drop_from_line_up(scene.database, **host_of(scene), item_id=third.item_id, now=NOW) is None
    assert await shown(scene) == [(str(scene.card_id), 1), (notice["card_id"], 3)]
    assert [item.position for item in await listed(scene)] == [1, 2]
    again = await drop_from_line_up(scene.database, **host_of(scene), item_id=third.item_id, now=NOW)
    assert again == Refused("not_found")


async def test_one_card_is_pinned_and_stands_first(scene: Scene) -> None:
    pears = await one_more(scene)
    card = await push_card(scene.database, **host_of(scene), offer=Offer(product_id=pears), now=NOW)
    assert isinstance(card, dict)
    pin = {"database": scene.database, **host_of(scene), "now": NOW}
    assert await pin_card(**pin, card_id=UUID(card["card_id"]), pinned=True) is None
    assert [place[0] for place in await shown(scene)] == [card["card_id"], str(scene.card_id)]
    assert [item.pinned for item in await listed(scene)] == [False, True]

    assert await pin_card(**pin, card_id=scene.card_id, pinned=True) is None
    assert [item.pinned for item in await listed(scene)] == [True, False]
    assert await pin_card(**pin, card_id=UUID(card["card_id"]), pinned=False) is None
    assert [item.pinned for item in await listed(scene)] == [True, False]
    assert await pin_card(**pin, card_id=scene.card_id, pinned=False) is None
    assert [item.pinned for item in await listed(scene)] == [False, False]
    assert await pin_card(**pin, card_id=uuid7(), pinned=True) == Refused("not_found")

    assert await pin_card(**pin, card_id=scene.card_id, pinned=True) is None
    await withdraw_card(scene.database, **host_of(scene), card_id=scene.card_id, now=NOW)
    back = await push_card(scene.database, **host_of(scene), offer=Offer(product_id=scene.product_id), now=NOW)
    assert isinstance(back, dict)
    assert (back["pinned"], back["position"]) == (False, 1)


async def test_what_a_line_up_refuses(
    scene: Scene, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = await open_scene(scene.database, owner_connection, slug="pears")
    assert await list_line_up(scene.database, person_id=foreign.host_id, room_id=scene.room_id) == []
    for person_id, room_id, product_id in (
        (foreign.host_id, scene.room_id, scene.product_id),
        (foreign.host_id, foreign.room_id, scene.product_id),
        (scene.host_id, scene.room_id, uuid7()),
    ):
        added = await add_to_line_up(
            scene.database, person_id=person_id, room_id=room_id, product_id=product_id, now=NOW
        )
        assert added == Refused("not_found")
    [item] = await listed(scene)
    for item_ids in ([uuid7()], [item.item_id, item.item_id]):
        ordered = await order_line_up(scene.database, **host_of(scene), item_ids=item_ids, now=NOW)
        assert ordered == Refused("invalid", {"fields": {"item_ids": "unknown"}})
    theirs: dict[str, Any] = {"person_id": foreign.host_id, "room_id": scene.room_id, "now": NOW}
    assert await order_line_up(scene.database, **theirs, item_ids=[item.item_id]) == Refused("not_found")
    assert await drop_from_line_up(scene.database, **theirs, item_id=item.item_id) == Refused("not_found")
    assert await pin_card(scene.database, **theirs, card_id=scene.card_id, pinned=True) == Refused("not_found")
    monkeypatch.setattr(line_up_module, "LINE_UP_MAX", 1)
    full = await add_to_line_up(scene.database, **host_of(scene), product_id=await one_more(scene), now=NOW)
    assert full == Refused("limit_reached", {"limit_max": 1})


async def test_a_product_that_is_edited_changes_on_screen_or_leaves_it(scene: Scene) -> None:
    changed = await edited(scene, title="静宁苹果", replace_image=True, image_url="/photos/x.webp")
    assert (changed.title, changed.image_url, changed.promise) == ("静宁苹果", "/photos/x.webp", "坏果包赔")
    [card] = await list_cards(scene.database, room_id=scene.room_id)
    assert (card["title"], card["image_url"]) == ("静宁苹果", "/photos/x.webp")
    assert (await edited(scene, replace_image=True)).image_url is None
    assert await edited(scene, title="") == Refused("invalid", {"fields": {"title": "length"}})
    assert await edited(scene, state="sold") == Refused("invalid", {"fields": {"state": "choice"}})

    gone = await edited(scene, state="withdrawn")
    assert gone.state == "withdrawn"
    assert await list_cards(scene.database, room_id=scene.room_id) == []
    [item] = await listed(scene)
    assert item.card_id is None
    assert item.product is not None
    assert item.product["state"] == "withdrawn"
    refused = await push_card(scene.database, **host_of(scene), offer=Offer(product_id=scene.product_id), now=NOW)
    assert refused == Refused("not_on_sale")
    assert (await edited(scene, state="on_sale")).state == "on_sale"


async def test_who_may_not_edit_and_what_the_judge_says(scene: Scene, owner_connection: asyncpg.Connection) -> None:
    foreign = await open_scene(scene.database, owner_connection, slug="pears")
    read: list[str] = []

    def judge(texts: Any) -> str:
        read.extend(texts)
        return "no"

    async def edited_by(person_id: UUID) -> object:
        edit, product_id = ProductEdit(title="别的"), scene.product_id
        return await change_product(
            scene.database, person_id=person_id, product_id=product_id, edit=edit, judge=judge, now=NOW
        )

    assert await edited_by(foreign.host_id) == Refused("not_found")
    assert read == []
    assert await edited_by(scene.host_id) == "no"
    assert read == ["别的", "脆甜多汁", "陕西洛川", "坏果包赔", "5 斤装"]
    [card] = await list_cards(scene.database, room_id=scene.room_id)
    assert card["title"] == "洛川苹果"
    await owner_connection.execute("UPDATE commerce.product SET removed_at = now()")
    assert await edited(scene, state="on_sale") == Refused("wrong_state", {"state": "removed"})


async def test_a_card_pushed_beside_an_edit_shows_the_edit(scene: Scene, database: Database) -> None:
    """The control is a push that does not hold its product: it shows, and keeps showing, the words from before."""
    await withdraw_card(database, **host_of(scene), card_id=scene.card_id, now=NOW)
    async with database.transaction(person_id=scene.host_id) as connection:
        await connection.execute(
            "UPDATE commerce.product SET title = '改名苹果' WHERE product_id = $1", scene.product_id
        )
        async with asyncio.TaskGroup() as group:
            pushing = group.create_task(
                push_card(database, **host_of(scene), offer=Offer(product_id=scene.product_id), now=NOW)
            )
            await waiting_for_a_lock(scene)
            await connection.execute("COMMIT; BEGIN")
    pushed = pushing.result()
    assert not isinstance(pushed, Refused)
    assert pushed["title"] == "改名苹果"


async def waiting_for_a_lock(scene: Scene) -> None:
    deadline = asyncio.get_running_loop().time() + 5
    while not await scene.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


async def test_an_older_state_never_replaces_a_newer_one(scene: Scene, database: Database) -> None:
    """Edits of everything a card shows, at once; their outbox rows in any order leave a viewer with what stands."""
    pears = await one_more(scene)
    second = await add_to_line_up(database, **host_of(scene), product_id=pears, now=NOW)
    assert isinstance(second, LineUpItem)
    first = (await listed(scene))[0]

    async def edits(number: int) -> None:
        await edited(scene, title=f"苹果 {number}")
        await change_sku(
            database,
            person_id=scene.host_id,
            sku_id=scene.sku_id,
            price_minor=1_000 + number,
            on_hand_delta=1,
            now=NOW,
        )
        await pin_card(database, **host_of(scene), card_id=scene.card_id, pinned=number % 2 == 0, now=NOW)
        await explain_card(database, **host_of(scene), card_id=scene.card_id, explaining=number % 2 == 1, now=NOW)
        item_ids = [first.item_id, second.item_id][:: 1 if number % 2 else -1]
        await order_line_up(database, **host_of(scene), item_ids=item_ids, now=NOW)

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(edits(number))

    stands = {key: (version, value) for key, version, value in await load(database, scene.room_id)}
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(
            "SELECT payload::text FROM commerce.outbox WHERE topic = $1 ORDER BY id", f"room.{scene.room_id}"
        )
    told = [[StateItem(*item) for item in json.loads(row["payload"])["items"]] for row in rows]
    assert len(told) > 20
    assert len({(item.key, item.version, json.dumps(item.value)) for items in told for item in items}) == len(
        {(item.key, item.version) for items in told for item in items}
    ), "two values under one version"
    for seed in range(20):
        view = RoomView("epoch")
        for place, items in enumerate(random.Random(seed).sample(told, len(told)), start=1):
            if newer := view.newer(items):
                view.apply(State(Position("epoch", place), newer))
        assert {key: (item.version, item.value) for key, item in view.items.items()} == stands
    gathered = outbox.gather([(f"room.{scene.room_id}", json.loads(row["payload"])) for row in rows])
    assert {key: (version, value) for key, version, value in gathered[0][1]["items"]} == stands
