"""The outbox: nothing skipped, nothing out of order, repeated only when a publication failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from commerce.database import Database
from commerce.outbox import KEPT_FOR, gather, relay
from tests.commerce_scene import NOW, Scene, open_scene


@pytest.fixture
async def scene(database: Database, owner_connection: asyncpg.Connection) -> Scene:
    return await open_scene(database, owner_connection)


class Listener:
    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.deaf = False

    async def publish(self, topic: str, payload: dict[str, Any]) -> None:
        if self.deaf:
            raise ConnectionError("deaf")
        self.heard.append((topic, payload))

    def take(self) -> list[tuple[str, dict[str, Any]]]:
        heard, self.heard = self.heard, []
        return heard


async def test_what_changes_is_told_to_the_room_and_the_buyer(scene: Scene) -> None:
    listener = Listener()
    await relay(scene.database, listener.publish, now=NOW)
    [(topic, shown)] = listener.take()
    assert topic == f"room.{scene.room_id}"
    assert [(key, version) for key, version, _ in shown["items"]] == [
        (f"card:{scene.card_id}", 1),
        (f"stock:{scene.sku_id}", 1),
    ]
    order = await scene.order(quantity=3)
    relayed = await relay(scene.database, listener.publish, now=NOW)
    assert (relayed.rows, relayed.publications) == (2, 2)
    told = dict(listener.take())
    assert told[f"room.{scene.room_id}"] == {
        "items": [[f"stock:{scene.sku_id}", 2, {"sku_id": str(scene.sku_id), "available": 7, "sold": 0}]]
    }
    assert told[f"person.{scene.buyers[0]}"] == order.to_json()
    assert (await relay(scene.database, listener.publish, now=NOW)).rows == 0


async def test_a_room_hears_the_newest_of_many_changes_once(scene: Scene) -> None:
    listener = Listener()
    await relay(scene.database, listener.publish, now=NOW)
    listener.take()
    for number in range(5):
        await scene.order(key=str(number))
    await relay(scene.database, listener.publish, now=NOW)
    of_room = [payload for topic, payload in listener.take() if topic.startswith("room.")]
    assert [payload["items"][0][1] for payload in of_room] == [6]


async def test_a_publication_that_fails_is_tried_again(scene: Scene) -> None:
    listener = Listener()
    listener.deaf = True
    with pytest.raises(ConnectionError):
        await relay(scene.database, listener.publish, now=NOW)
    listener.deaf = False
    assert (await relay(scene.database, listener.publish, now=NOW)).rows == 1
    assert len(listener.take()) == 1


async def test_a_row_that_commits_late_is_not_skipped(scene: Scene) -> None:
    listener = Listener()
    await relay(scene.database, listener.publish, now=NOW)
    listener.take()
    add = "INSERT INTO commerce.outbox (topic, payload) VALUES ($1, $2::text::jsonb)"
    async with scene.database.transaction(platform=True) as slow:
        await slow.execute(add, "room.slow", '{"items": [["card:a", 1, null]]}')
        await scene.order()  # takes higher numbers, and commits first
        assert (await relay(scene.database, listener.publish, now=NOW)).rows == 0
    assert (await relay(scene.database, listener.publish, now=NOW)).rows == 3
    assert [topic.partition(".")[0] for topic, _ in listener.take()] == ["room", "person", "room"]


async def test_what_was_told_is_kept_for_a_while(scene: Scene) -> None:
    listener = Listener()
    await relay(scene.database, listener.publish, now=NOW)
    for number, now in enumerate([NOW + KEPT_FOR, NOW + KEPT_FOR + timedelta(seconds=1)]):
        await scene.order(key=str(number))
        await relay(scene.database, listener.publish, now=now)
        assert await scene.value("SELECT count(*) FROM commerce.outbox WHERE done_at <= $1", NOW) == 1 - number


def test_rows_for_one_room_become_one_publication() -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("room.1", {"items": [["a", 1, {}], ["b", 1, {}]]}),
        ("person.1", {"order_id": "o", "version": 1}),
        ("room.2", {"items": [["a", 9, {}]]}),
        ("room.1", {"items": [["a", 2, None]]}),
        ("person.1", {"order_id": "o", "version": 2}),
        ("person.1", {"order_id": "p", "version": 1}),
    ]
    assert gather(rows) == [
        ("room.1", {"items": [["a", 2, None], ["b", 1, {}]]}),
        ("person.1", {"order_id": "o", "version": 2}),
        ("person.1", {"order_id": "p", "version": 1}),
        ("room.2", {"items": [["a", 9, {}]]}),
    ]
