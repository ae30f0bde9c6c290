"""The address book and where an order goes: the buyer's own, sealed in the database, the seller's once it is paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from commerce.errors import Unreadable
from commerce.order import addresses
from commerce.order.addresses import ADDRESSES_MAX, Address, BookEntry
from commerce.order.delivery import addresses_of, send_order_to
from commerce.refusals import Refused
from server.database.database import Database
from tests.commerce_scene import NOW, Scene, open_scene

KEY = bytes(range(32))
HOME = Address("王芳", "138 0000 0000", "陕西省延安市洛川县", "苹果路 8 号 2 单元 301")
WORK = Address("王芳", "13900000000", "陕西省西安市雁塔区", "科技路 10 号")


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection)


async def add(scene: Scene, address: Address, *, buyer: int = 0, is_default: bool = False) -> BookEntry:
    person_id = scene.buyers[buyer]
    entry = await addresses.add_address(scene.database, KEY, person_id, address, is_default=is_default, now=NOW)
    assert isinstance(entry, BookEntry)
    return entry


async def book(scene: Scene, *, buyer: int = 0) -> list[tuple[UUID, str, bool]]:
    entries = await addresses.list_addresses(scene.database, KEY, scene.buyers[buyer])
    return [(entry.address_id, entry.detail, entry.is_default) for entry in entries]


async def test_one_address_of_a_book_is_the_default(scene: Scene) -> None:
    home, work = await add(scene, HOME), await add(scene, WORK)
    assert await book(scene) == [(home.address_id, HOME.detail, True), (work.address_id, WORK.detail, False)]
    changed = await addresses.change_address(
        scene.database, KEY, scene.buyers[0], work.address_id, WORK, is_default=True, now=NOW
    )
    assert isinstance(changed, BookEntry)
    assert changed.is_default
    assert await book(scene) == [(work.address_id, WORK.detail, True), (home.address_id, HOME.detail, False)]
    # It can't lay that down by itself, and hands it on when it goes.
    await addresses.change_address(
        scene.database, KEY, scene.buyers[0], work.address_id, WORK, is_default=False, now=NOW
    )
    assert (await book(scene))[0] == (work.address_id, WORK.detail, True)
    assert await addresses.drop_address(scene.database, scene.buyers[0], work.address_id) is None
    assert await book(scene) == [(home.address_id, HOME.detail, True)]


async def test_a_book_is_its_owners_alone(scene: Scene) -> None:
    home = await add(scene, HOME)
    stranger = scene.buyers[1]
    assert await book(scene, buyer=1) == []
    changed = await addresses.change_address(
        scene.database, KEY, stranger, home.address_id, WORK, is_default=True, now=NOW
    )
    dropped = await addresses.drop_address(scene.database, stranger, home.address_id)
    assert (changed, dropped) == (Refused("not_found"), Refused("not_found"))
    async with scene.database.transaction(person_id=stranger) as connection:
        assert await connection.fetchval("SELECT count(*) FROM commerce.address") == 0
        assert await connection.execute("DELETE FROM commerce.address") == "DELETE 0"
    assert await book(scene) == [(home.address_id, HOME.detail, True)]


async def test_a_book_has_an_end(scene: Scene) -> None:
    for number in range(ADDRESSES_MAX):
        await add(scene, Address("王芳", "13800000000", "西安", f"{number} 号"))
    full = await addresses.add_address(scene.database, KEY, scene.buyers[0], HOME, is_default=False, now=NOW)
    assert full == Refused("limit_reached", {"limit_max": ADDRESSES_MAX})


async def send(scene: Scene, order_id: UUID, address_id: UUID, *, buyer: int = 0) -> Refused | None:
    return await send_order_to(
        scene.database, KEY, person_id=scene.buyers[buyer], order_id=order_id, address_id=address_id, now=NOW
    )


async def test_an_order_keeps_the_address_as_it_was(scene: Scene) -> None:
    order, home = await scene.order(), await add(scene, HOME)
    assert await send(scene, order.order_id, home.address_id) is None
    await addresses.change_address(
        scene.database, KEY, scene.buyers[0], home.address_id, WORK, is_default=True, now=NOW
    )
    wanted: dict[str, Any] = {"order_ids": [order.order_id]}
    mine = await addresses_of(scene.database, KEY, person_id=scene.buyers[0], **wanted)
    assert mine == {order.order_id: HOME}
    assert await addresses_of(scene.database, KEY, person_id=scene.buyers[1], **wanted) == {}
    # The seller needs to know once there is something to send.
    assert await addresses_of(scene.database, KEY, person_id=scene.host_id, **wanted) == {}
    async with scene.database.transaction(platform=True) as connection:
        await connection.execute("UPDATE commerce.purchase_order SET state = 'paid'")
    assert await addresses_of(scene.database, KEY, person_id=scene.host_id, **wanted) == {order.order_id: HOME}
    assert await send(scene, order.order_id, home.address_id) is None
    assert await addresses_of(scene.database, KEY, person_id=scene.host_id, **wanted) == {order.order_id: WORK}
    versions = await scene.value("SELECT version FROM commerce.purchase_order")
    assert versions == order.version + 2


async def test_only_the_buyer_chooses_and_only_from_the_own_book(scene: Scene) -> None:
    order, home = await scene.order(), await add(scene, HOME)
    theirs = await add(scene, WORK, buyer=1)
    assert await send(scene, order.order_id, theirs.address_id) == Refused("not_found")
    assert await send(scene, order.order_id, theirs.address_id, buyer=1) == Refused("not_found")
    assert await send(scene, home.address_id, home.address_id) == Refused("not_found")
    async with scene.database.transaction(platform=True) as connection:
        await connection.execute("UPDATE commerce.purchase_order SET state = 'cancelled'")
    assert await send(scene, order.order_id, home.address_id) == Refused("wrong_state", {"state": "cancelled"})


async def test_the_database_holds_nothing_readable(scene: Scene, owner_connection: asyncpg.Connection) -> None:
    order, home = await scene.order(), await add(scene, HOME)
    await send(scene, order.order_id, home.address_id)
    for table in ("address", "order_address"):
        dump = await owner_connection.fetchval(f"SELECT string_agg(t::text, '') FROM commerce.{table} t")
        sealed = await owner_connection.fetchval(f"SELECT sealed FROM commerce.{table}")
        for word in (HOME.name, HOME.phone, HOME.region, HOME.detail):
            assert word not in dump
            assert word.encode() not in sealed
    # Neither another key nor another row opens it.
    with pytest.raises(Unreadable):
        addresses.unseal_address(
            bytes(32), await owner_connection.fetchval("SELECT sealed FROM commerce.address"), home.address_id
        )
    await owner_connection.execute("UPDATE commerce.order_address SET sealed = (SELECT sealed FROM commerce.address)")
    with pytest.raises(Unreadable):
        await addresses_of(scene.database, KEY, person_id=scene.buyers[0], order_ids=[order.order_id])
