"""A running market whose parts are stopped and killed: what was acknowledged stays, and what can go on goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import urllib.request
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

from tests.live_client import LiveClient, RefusedByServer
from tests.market import Market
from tests.waiting import eventually

SLUG = "orchard"
RECOVERY_S = 30.0


def viewer_token(market: Market, index: int) -> str:
    return str(market.account("viewer", index)["token"])


async def on_both_workers(market: Market, stack: AsyncExitStack) -> tuple[LiveClient, LiveClient]:
    """Two signed-in viewers of the farm room, each served by another worker.

    The kernel picks the worker; one that was killed before this may still be starting, so there is time to wait for it.
    """
    first = await stack.enter_async_context(LiveClient(market.base_url, SLUG, token=viewer_token(market, 0)))
    async with asyncio.timeout(RECOVERY_S):
        while True:
            async with AsyncExitStack() as attempt:
                other = await attempt.enter_async_context(
                    LiveClient(market.base_url, SLUG, token=viewer_token(market, 1))
                )
                if other.worker != first.worker:
                    stack.push_async_exit(attempt.pop_all())
                    return first, other
            await asyncio.sleep(0.05)


def orders_of(market: Market, index: int) -> list[dict[str, Any]]:
    request = urllib.request.Request(
        f"{market.base_url}/api/orders", headers={"Authorization": f"Bearer {viewer_token(market, index)}"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        orders: list[dict[str, Any]] = json.load(response)["orders"]
        return orders


def signed_in(market: Market, index: int) -> bool:
    account = market.account("viewer", index)
    body = json.dumps({"login": account["login"], "password": account["password"]}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{market.base_url}/api/sign-in", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return bool(response.status == 200)


async def buy(viewer: LiveClient, market: Market, key: str, quantity: int = 1) -> dict[str, Any]:
    price_minor = 2990
    return await viewer.request("buy", key, market.demo["sku"], quantity, None, price_minor)


async def hears(listener: LiveClient, text: str) -> None:
    await listener.until(lambda: listener.has_seen(text))


async def chat_and_orders_go_on(market: Market, words: str) -> None:
    """Lines cross the workers both ways, an order is placed and its stock change seen, and pictures keep coming."""
    async with AsyncExitStack() as stack:
        one, other = await on_both_workers(market, stack)
        for speaker, listener, text in ((one, other, f"{words} 一"), (other, one, f"{words} 二")):
            await speaker.request("say", f"key {text}", text, 0)
            await hears(listener, text)
        stock_key = f"stock:{market.demo['sku']}"
        before = other.state(stock_key)["available"]
        order = await buy(one, market, f"buy {words}")
        assert order["state"] == "awaiting_payment"
        await other.until(lambda: other.state(stock_key)["available"] == before - 1)
        seen = dict(other.parts)
        await other.until(lambda: all(other.parts[lane] > seen[lane] + 3 for lane in (2, 3)))


async def test_with_valkey_stopped_video_chat_and_orders_go_on_across_both_workers(market: Market) -> None:
    (valkey,) = market.processes("valkey-server")
    os.kill(valkey, signal.SIGSTOP)
    try:
        await chat_and_orders_go_on(market, "没有缓存也能聊")
        assert market.get("/healthz")[0] == 200
        assert signed_in(market, 5)
    finally:
        os.kill(valkey, signal.SIGCONT)


async def replaced(market: Market, marker: str, *killed: int, of: int = 1) -> None:
    """Wait until as many processes of that kind run as did before, none of them a killed one, and the node is ready."""

    def is_back() -> bool:
        running = market.processes(marker)
        with contextlib.suppress(OSError):
            return len(running) == of and not set(killed) & set(running) and market.get("/readyz")[0] == 200
        return False

    await eventually(is_back, timeout_s=RECOVERY_S, poll_s=0.2)


@pytest.mark.parametrize("name", ["media", "clerk", "simpay"])
async def test_a_killed_worker_comes_back_and_everything_goes_on(market: Market, name: str) -> None:
    marker = f"server.node.workers.{name}"
    (victim,) = market.processes(marker)
    os.kill(victim, signal.SIGKILL)
    await replaced(market, marker, victim)
    await chat_and_orders_go_on(market, f"又好了 {name}")


async def test_orders_cut_off_by_kills_of_both_edge_workers_stand_once_and_none_is_lost(market: Market) -> None:
    """Both workers are killed while requests are under way, so that answers and requests are cut off on the wire."""
    buyers = range(20, 26)
    is_over, shop_is_open = asyncio.Event(), asyncio.Event()
    under_way: set[int] = set()
    acknowledged: dict[int, list[str]] = {buyer: [] for buyer in buyers}
    cut_off = 0

    async def shop(buyer: int) -> None:
        nonlocal cut_off
        number = 0
        while True:
            # Open only until each kill, so that the number of orders does not grow with the machine's speed.
            await shop_is_open.wait()
            if is_over.is_set():
                return
            number += 1
            while len(acknowledged[buyer]) < number:
                try:
                    async with LiveClient(
                        market.base_url, SLUG, lanes="0", token=viewer_token(market, buyer)
                    ) as viewer:
                        under_way.add(buyer)
                        order = await buy(viewer, market, f"cut {number}")
                        acknowledged[buyer].append(order["order_id"])
                except (OSError, WebSocketException, AssertionError, TimeoutError):
                    cut_off += buyer in under_way
                    await asyncio.sleep(0.05)
                except RefusedByServer as refused:
                    if refused.code not in ("unavailable", "rate_limited"):
                        raise
                finally:
                    under_way.discard(buyer)

    async def kill_twice() -> None:
        for _ in range(2):
            shop_is_open.set()
            await eventually(lambda: under_way, timeout_s=RECOVERY_S, poll_s=0.001)
            victims = market.processes("server.node.workers.edge")
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            shop_is_open.clear()
            await replaced(market, "server.node.workers.edge", *victims, of=len(victims))
        is_over.set()
        shop_is_open.set()

    async with asyncio.timeout(90), asyncio.TaskGroup() as group:
        for buyer in buyers:
            group.create_task(shop(buyer))
        group.create_task(kill_twice())
    assert cut_off, "no request was under way when the workers were killed"
    for buyer in buyers:
        stored = [order["order_id"] for order in orders_of(market, buyer)]
        assert sorted(stored) == sorted(acknowledged[buyer])


async def test_a_killed_edge_worker_answers_the_same_keys_with_the_same_orders(market: Market) -> None:
    buyer_index = 10
    acknowledged: list[str] = []

    async def place(count: int) -> None:
        """Buy as a client should: the same key again after a lost connection, until there is an answer."""
        for number in range(count):
            while True:
                try:
                    async with LiveClient(market.base_url, SLUG, token=viewer_token(market, buyer_index)) as viewer:
                        order = await buy(viewer, market, f"durable {number}")
                        break
                except (OSError, WebSocketException, AssertionError, TimeoutError):
                    continue
                except RefusedByServer as refused:
                    if refused.code not in ("unavailable", "rate_limited"):
                        raise
            acknowledged.append(order["order_id"])

    await place(2)
    victims = market.processes("server.node.workers.edge")
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
        await place(2)
        await replaced(market, "server.node.workers.edge", victim, of=len(victims))
    await place(1)
    stored = [order["order_id"] for order in orders_of(market, buyer_index)]
    assert sorted(set(acknowledged)) == sorted(stored)
    # Keys were used again in every round, so the same orders were answered again.
    assert len(stored) == 2


async def test_garbage_on_every_port_hurts_nobody(market: Market) -> None:
    rtmp_port = int(market.room("farm")["publish_url"].rsplit(":", 1)[1].split("/")[0])
    http_port = int(market.base_url.rsplit(":", 1)[1])
    for port in (http_port, rtmp_port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            wire.sendall(os.urandom(1_000_000))
    await chat_and_orders_go_on(market, "垃圾进来也没事")


async def test_a_line_of_an_owner_that_is_gone_can_still_be_removed(market: Market) -> None:
    moderator = str(market.account("moderator")["token"])
    async with LiveClient(market.base_url, SLUG, token=moderator) as viewer:
        unknown = "01a200ba-f377-746e-b411-56f0fe2d347e"
        await viewer.request("remove", unknown, "spam")
        await viewer.until(lambda: any(unknown in message[2] for message in viewer.of_kind("retraction")))
        with pytest.raises(RefusedByServer, match="not_found"):
            await viewer.request("remove", "no id at all", "spam")
