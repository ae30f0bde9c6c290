"""The promises of server/bus/contract.py, held by every transport."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from server.bus.contract import Bus, Subscription
from server.bus.errors import RequestFailed, RequestTimeout
from server.bus.memory import MemoryBus, MemoryExchange
from server.bus.requests import Requests
from server.bus.unix import UnixBus
from server.bus.valkey import ValkeyBus
from tests.waiting import eventually

MakeMember = Callable[..., Awaitable[Bus]]
QUEUE_BYTES_MAX = 256 * 1024
GAP = b"(gap)"


class Listener:
    """Records what one subscription hears, gaps included."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self.topic = topic
        self.heard: list[bytes] = []
        self.subscription: Subscription = bus.subscribe(topic, self.heard.append, lambda: self.heard.append(GAP))

    @property
    def publications(self) -> list[bytes]:
        return [publication for publication in self.heard if publication != GAP]

    async def reached_by(self, publisher: Bus) -> None:
        """Return when what `publisher` publishes arrives; forget what was heard so far."""
        probe = b"probe " + secrets.token_bytes(8)
        async with asyncio.timeout(5):
            while probe not in self.heard:
                publisher.publish(self.topic, probe)
                await asyncio.sleep(0.02)
        end = b"end of probes " + probe
        publisher.publish(self.topic, end)
        await eventually(lambda: end in self.heard)
        self.heard.clear()


@pytest.fixture(params=["memory", "unix", "valkey"])
async def make_member(request: pytest.FixtureRequest) -> AsyncIterator[MakeMember]:
    """Makes started members of one bus; each takes its own queue limit."""
    exchange = MemoryExchange()
    directory = Path(tempfile.mkdtemp(prefix="bus-"))
    prefix = f"test:{secrets.token_hex(6)}:"
    members: list[Bus] = []

    def build(name: str, bytes_max: int) -> Bus:
        if request.param == "memory":
            return MemoryBus(exchange, undelivered_bytes_max=bytes_max)
        if request.param == "unix":
            return UnixBus(directory, name, link_bytes_max=bytes_max)
        url: str = request.getfixturevalue("valkey_url")
        return ValkeyBus(url, prefix=prefix, queue_bytes_max=bytes_max)

    async def make(name: str, *, bytes_max: int = 16 * 1024 * 1024) -> Bus:
        bus = build(name, bytes_max)
        members.append(bus)
        await bus.start()
        return bus

    yield make
    for bus in members:
        await bus.stop()
        await bus.stop()
    shutil.rmtree(directory)


async def test_publications_arrive_in_order_and_once(make_member: MakeMember) -> None:
    a, b = await make_member("a"), await make_member("b")
    listener = Listener(b, "room.1")
    await listener.reached_by(a)
    sent = [b"%d" % number for number in range(1000)]
    for publication in sent:
        a.publish("room.1", publication)
        a.publish("room.2", b"another topic")
    await eventually(lambda: len(listener.heard) >= len(sent))
    assert listener.heard == sent


async def test_both_ways(make_member: MakeMember) -> None:
    a, b = await make_member("a"), await make_member("b")
    at_a, at_b = Listener(a, "t"), Listener(b, "t")
    await at_b.reached_by(a)
    await at_a.reached_by(b)
    at_b.heard.clear()
    a.publish("t", b"from a")
    await eventually(lambda: b"from a" in at_b.heard and b"from a" in at_a.heard)
    b.publish("t", b"from b")
    await eventually(lambda: b"from b" in at_b.heard and b"from b" in at_a.heard)
    assert at_a.publications == at_b.publications == [b"from a", b"from b"]


async def test_large_and_empty_publications(make_member: MakeMember) -> None:
    a, b = await make_member("a"), await make_member("b")
    listener = Listener(b, "media.1")
    await listener.reached_by(a)
    sent = [b"", secrets.token_bytes(100_000), b"x", secrets.token_bytes(1_000_000), b""]
    for publication in sent:
        a.publish("media.1", publication)
    await eventually(lambda: len(listener.heard) >= len(sent))
    assert listener.heard == sent


async def test_own_publications_arrive_but_not_within_publish(make_member: MakeMember) -> None:
    a = await make_member("a")
    listener = Listener(a, "t")
    await listener.reached_by(a)
    a.publish("t", b"1")
    assert listener.heard == []
    a.publish("t", b"2")
    await eventually(lambda: listener.publications == [b"1", b"2"])


async def test_a_subscriber_may_publish(make_member: MakeMember) -> None:
    a, b = await make_member("a"), await make_member("b")
    listener = Listener(a, "echo")
    await listener.reached_by(b)
    asked = Listener(b, "t")
    await asked.reached_by(a)
    b.subscribe("t", lambda publication: b.publish("echo", publication + b"!"), lambda: None)
    await asked.reached_by(a)
    listener.heard.clear()
    a.publish("t", b"hello")
    await eventually(lambda: b"hello!" in listener.heard)


async def test_a_late_member_hears_what_comes_after_it(make_member: MakeMember) -> None:
    a = await make_member("m")
    a.publish("t", b"before")

    async def comes_late(name: str) -> None:
        late = Listener(await make_member(name), "t")
        await late.reached_by(a)
        a.publish("t", b"after")
        await eventually(lambda: late.heard == [b"after"])

    await comes_late("late")
    await comes_late("zlate")


async def test_nothing_after_cancel(make_member: MakeMember) -> None:
    a, b = await make_member("a"), await make_member("b")
    kept, cancelled = Listener(b, "t"), Listener(b, "t")
    await kept.reached_by(a)
    cancelled.heard.clear()
    a.publish("t", b"1")
    await eventually(lambda: kept.heard == [b"1"] and cancelled.heard == [b"1"])
    cancelled.subscription.cancel()
    cancelled.subscription.cancel()
    a.publish("t", b"2")
    await eventually(lambda: kept.heard == [b"1", b"2"])
    assert cancelled.heard == [b"1"]
    kept.subscription.cancel()
    again = Listener(b, "t")
    await again.reached_by(a)
    assert kept.heard == [b"1", b"2"]


async def test_a_subscriber_that_raises_hurts_only_itself(
    make_member: MakeMember, caplog: pytest.LogCaptureFixture
) -> None:
    a = await make_member("a")

    def raising(publication: bytes) -> None:
        raise ValueError(publication)

    a.subscribe("t", raising, lambda: None)
    listener = Listener(a, "t")
    a.publish("t", b"1")
    await eventually(lambda: b"1" in listener.heard)
    assert "subscriber of t raised" in caplog.text


async def test_what_a_slow_way_cannot_hold_is_announced_as_a_gap(make_member: MakeMember) -> None:
    a, b = await make_member("a", bytes_max=QUEUE_BYTES_MAX), await make_member("b", bytes_max=QUEUE_BYTES_MAX)
    listener = Listener(b, "media.1")
    await listener.reached_by(a)
    block = bytes(8 * 1024)
    for number in range(1024):  # 8 MiB with no turn for anybody to take it
        a.publish("media.1", number.to_bytes(2, "big") + block)
    await eventually(lambda: GAP in listener.heard)
    a.publish("media.1", b"later")
    await eventually(lambda: b"later" in listener.heard)
    numbers = [int.from_bytes(publication[:2], "big") for publication in listener.publications[:-1]]
    assert numbers == sorted(set(numbers))
    assert 0 < len(numbers) < 1024
    await listener.reached_by(a)
    a.publish("media.1", b"all is well again")
    await eventually(lambda: listener.heard == [b"all is well again"])


async def test_topics_are_checked(make_member: MakeMember) -> None:
    a = await make_member("a")
    for topic in ("", "with space", "中文", "x" * 201, "line\n"):
        with pytest.raises(AssertionError):
            a.subscribe(topic, lambda publication: None, lambda: None)


# ---- Requests on top -------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def requests_of(bus: Bus, name: str) -> AsyncIterator[Requests]:
    requests = Requests(bus, name, handlers_running_max=2)
    yield requests
    await requests.stop()


async def ask_until_served(requests: Requests, topic: str) -> bytes:
    """The first answer, however long the members take to find each other."""
    async with asyncio.timeout(5):
        while True:
            try:
                return await requests.ask(topic, b"ping", timeout_s=0.1)
            except RequestTimeout:
                continue


async def test_requests_are_answered(make_member: MakeMember) -> None:
    a, b = await make_member("a"), await make_member("b")

    async def slowly(payload: bytes) -> bytes:
        await asyncio.sleep(0)
        return payload.upper()

    async with requests_of(a, "a") as asking, requests_of(b, "b") as serving:
        serving.serve("upper", slowly)
        serving.serve("lower", bytes.lower)
        assert await ask_until_served(asking, "upper") == b"PING"
        assert await ask_until_served(asking, "lower") == b"ping"
        assert await serving.ask("lower", b"OWN", timeout_s=2) == b"own"


async def test_a_request_nobody_serves_times_out(make_member: MakeMember) -> None:
    a = await make_member("a")
    async with requests_of(a, "a") as requests:
        with pytest.raises(RequestTimeout):
            await requests.ask("nobody", b"", timeout_s=0.05)


async def test_failures_and_too_many_requests_are_answered(
    make_member: MakeMember, caplog: pytest.LogCaptureFixture
) -> None:
    a, b = await make_member("a"), await make_member("b")
    release = asyncio.Event()

    async def failing(payload: bytes) -> bytes:
        raise ValueError("as told")

    async def waiting(payload: bytes) -> bytes:
        await release.wait()
        return b"released"

    async with requests_of(a, "a") as asking, requests_of(b, "b") as serving:
        serving.serve("ping", lambda payload: payload)
        serving.serve("fail", failing)
        serving.serve("wait", waiting)
        await ask_until_served(asking, "ping")
        with pytest.raises(RequestFailed, match="failed"):
            await asking.ask("fail", b"", timeout_s=2)
        assert "as told" in caplog.text
        async with asyncio.TaskGroup() as group:
            first = [group.create_task(asking.ask("wait", b"", timeout_s=5)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(RequestFailed, match="busy"):
                await asking.ask("wait", b"", timeout_s=5)
            assert await asking.ask("ping", b"at once", timeout_s=5) == b"at once", "what needs no waiting is answered"
            release.set()
        assert [task.result() for task in first] == [b"released", b"released"]


async def test_stopping_fails_what_is_asked(make_member: MakeMember) -> None:
    a = await make_member("a")
    async with requests_of(a, "a") as requests, asyncio.TaskGroup() as group:

        async def ask() -> None:
            with pytest.raises(RequestFailed, match="stopped"):
                await requests.ask("nobody", b"", timeout_s=5)

        group.create_task(ask())
        await asyncio.sleep(0)
        await requests.stop()
