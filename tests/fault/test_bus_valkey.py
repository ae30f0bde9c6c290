"""What the bus between nodes does while Valkey is away, or cuts its connections."""

from __future__ import annotations

import secrets
import socket
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from server.bus.valkey import ValkeyBus
from tests.contract.test_bus import GAP, Listener
from tests.waiting import eventually


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(valkey_url, protocol=2)
    yield client
    await client.aclose()


@pytest.fixture
async def pair(valkey_url: str) -> AsyncIterator[tuple[ValkeyBus, ValkeyBus]]:
    prefix = f"test:{secrets.token_hex(6)}:"
    members = ValkeyBus(valkey_url, prefix=prefix), ValkeyBus(valkey_url, prefix=prefix)
    for member in members:
        await member.start()
    yield members
    for member in members:
        await member.stop()


async def test_a_cut_subscriber_is_told_and_hears_again(pair: tuple[ValkeyBus, ValkeyBus], valkey: Redis) -> None:
    a, b = pair
    listener = Listener(b, "t")
    await listener.reached_by(a)
    await valkey.client_kill_filter(_type="pubsub")
    await eventually(lambda: GAP in listener.heard)
    await listener.reached_by(a)
    a.publish("t", b"1")
    await eventually(lambda: listener.publications == [b"1"])


async def test_publications_on_a_cut_way_are_announced_as_gaps(
    pair: tuple[ValkeyBus, ValkeyBus], valkey: Redis
) -> None:
    a, b = pair
    listener = Listener(b, "t")
    await listener.reached_by(a)
    await valkey.client_kill_filter(_type="normal", skipme=True)
    sent = [b"%d" % number for number in range(50)]
    for publication in sent:
        a.publish("t", publication)
    await eventually(lambda: listener.heard and (GAP in listener.heard or listener.heard == sent))
    assert len(listener.publications) == len(set(listener.publications))
    await listener.reached_by(a)


async def test_without_valkey_own_publications_still_arrive_and_nothing_waits() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        bus = ValkeyBus(f"redis://127.0.0.1:{unused.getsockname()[1]}/0")
        await bus.start()
        listener = Listener(bus, "t")
        bus.publish("t", b"1")
        await eventually(lambda: listener.publications == [b"1"])
        assert not bus.connected
        await bus.stop()
