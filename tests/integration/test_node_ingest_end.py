"""An encoder whose show the host ends, over real RTMP: it reads why, is kept out for a moment, and may come back."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from media.rtmp.replies import REJECTED
from media.rtmp.server import RtmpServer
from server.bus.memory import MemoryBus, MemoryExchange
from server.database.database import Database
from server.live import topics
from server.live.topics import MediaEnd
from server.node.workers import ingest as ingest_module
from server.node.workers.ingest import Ingest, StreamKeys
from server.people.stream_keys import new_stream_key, stream_key_hash
from tests.commerce_scene import add_room
from tests.rtmp_client import TestClient
from tests.waiting import eventually

REASON = "its host has ended this show"


async def test_an_encoder_is_told_why_and_comes_back_with_the_same_key(
    database: Database, owner_connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, room_id = await add_room(owner_connection, "apples")
    key = new_stream_key()
    await owner_connection.execute("UPDATE people.room SET stream_key_hash = $1", stream_key_hash(key))
    monkeypatch.setattr(ingest_module, "ENDED_BAR_S", 3.0)
    bus = MemoryBus(MemoryExchange())
    airs: list[bool] = []
    bus.subscribe(topics.MEDIA_AIR, lambda air: airs.append(topics.air_decoder.decode(air).on_air), lambda: None)
    ingest = Ingest(bus)
    ingest.start()
    server = RtmpServer("127.0.0.1", 0, admission=StreamKeys(database, ingest), sink=ingest)
    port = await server.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        host = await TestClient.open(port)
        await host.go_live(key)
        assert ingest.on_air() == 1

        end = topics.encoder.encode(MediaEnd(str(room_id), REASON))
        bus.publish(topics.MEDIA_END, topics.encoder.encode(MediaEnd("another-room", REASON)))
        bus.publish(topics.MEDIA_END, end)
        assert REASON in await host.read_until(REJECTED)
        await host.read_to_end()
        await eventually(lambda: airs[-1:] == [False])
        assert ingest.on_air() == 0

        at_once = await TestClient.open(port)
        await at_once.send(at_once.script.opening() + at_once.script.publish(key))
        assert "start streaming again in" in await at_once.read_until(REJECTED)
        await at_once.close()

        await eventually(lambda: ingest.barred_s(str(room_id)) == 0, timeout_s=20)
        again = await TestClient.open(port)
        await again.go_live(key)
        assert ingest.on_air() == 1
        await again.close()
        await host.close()
        await server.stop()
    await bus.stop()
