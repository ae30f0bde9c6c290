"""A small live edge on loopback: workers over one bus in memory, and clients that share no code with the server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgpack
import uvloop
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from server.bus.memory import MemoryBus, MemoryExchange
from server.bus.requests import Requests
from server.live.desk import Accepted
from server.live.hub import Hub, HubLimits
from server.live.rooms.audience import RoomFacts
from server.live.rooms.owner import Owner
from server.live.rooms.room import FilterDecision, RoomLimits
from server.live.session import Identity
from server.live.socket.front_door import DoorLimits, FrontDoor
from server.live.topics import LineSaid, Refused, SayCommand
from server.live.wire import Buy, StateItem

FARM = RoomFacts("room-farm", "orchard", "farm", "Oranges from the orchard", "Orchard host", "Growers")
ROOMS = {FARM.slug: FARM}
PROTOCOL = Subprotocol("jishi.v1.msgpack")
BAD_WORD = "pay a deposit first"


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Run a scenario on uvloop, where the live edge runs, with asyncio's debug checks."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop, debug=True) as runner:
        runner.run(scenario)


@dataclass
class Records:
    """What reached the injected callables."""

    decisions: list[tuple[str, str]] = field(default_factory=list)
    orders: list[tuple[str, str, Buy]] = field(default_factory=list)
    removals: list[tuple[str, str, str, str]] = field(default_factory=list)


@dataclass
class Worker:
    """One edge worker's live side."""

    hub: Hub
    door: FrontDoor
    bus: MemoryBus

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.door.port}"


@dataclass
class Edge:
    """Workers, and the owner of all rooms beside the first."""

    workers: list[Worker]
    owner: Owner
    bus: MemoryBus
    records: Records
    make_owner: Callable[[], Owner]

    async def stop_owner(self) -> None:
        await self.owner.stop()

    async def replace_owner(self) -> None:
        """As when the owner's process died and another took over."""
        await self.owner.stop()
        self.owner = self.make_owner()
        await self.owner.start()


def decide(room_id: str, command: SayCommand, unix_s: float) -> FilterDecision:
    """A filter of one phrase."""
    if BAD_WORD in command.text:
        facts = {"action": "block", "rules": ["job_deposit"], "spans": [[0, 3]], "reason_zh": "押金", "reason_en": "no"}
        return FilterDecision("block", command.text, "filtered", facts)
    return FilterDecision("allow", command.text)


def verify_token(token: str) -> Identity | None:
    """A token is the person's id; `host-…` hosts the room."""
    return Identity(token, f"name of {token}", 4e9) if token != "forged" else None


async def room_roles(person_id: str, room_id: str) -> frozenset[str]:
    await asyncio.sleep(0)
    return frozenset({person_id.split("-")[0]} & {"host", "moderator", "buyer"})


async def find_room(slug: str) -> RoomFacts | None:
    await asyncio.sleep(0)
    return ROOMS.get(slug)


async def list_rooms() -> list[str]:
    return [room.room_id for room in ROOMS.values()]


async def load_state(room_id: str) -> list[StateItem]:
    return [StateItem("stock:sku-1", 1, {"sku_id": "sku-1", "available": 10, "sold": 0})]


async def hello_http(request: web.BaseRequest) -> web.Response:
    return web.Response(text=f"aiohttp answers {request.path}")


@asynccontextmanager
async def live_edge(
    workers: int = 1,
    *,
    hub_limits: HubLimits | None = None,
    door_limits: DoorLimits | None = None,
    room_limits: RoomLimits | None = None,
    with_owner: bool = True,
) -> AsyncIterator[Edge]:
    """Start it all on free ports, and stop it all."""
    exchange = MemoryExchange()
    records = Records()

    async def record_decision(
        room_id: str,
        command: SayCommand,
        decision: FilterDecision,
        comment_id: str,
        before: list[LineSaid],
        viewers: int,
    ) -> None:
        await asyncio.sleep(0)
        records.decisions.append((command.text, decision.action))

    async def place_order(person_id: str, room_id: str, buy: Buy) -> Accepted | Refused:
        records.orders.append((person_id, room_id, buy))
        if buy.price_minor != 990:
            return Refused("price_changed", {"price_minor": 990})
        return Accepted({"order_id": f"order of {buy.key}", "state": "awaiting_payment"})

    async def remove_comment(person_id: str, room_id: str, comment_id: str, reason: str) -> Accepted | Refused:
        records.removals.append((person_id, room_id, comment_id, reason))
        return Accepted({})

    async with AsyncExitStack() as stack:
        owner_bus = MemoryBus(exchange)
        owner_requests = Requests(owner_bus, "owner")
        stack.push_async_callback(owner_requests.stop)

        def make_owner() -> Owner:
            return Owner(
                owner_bus,
                owner_requests,
                is_mine=lambda room_id: True,
                list_rooms=list_rooms,
                decide=decide,
                record_decision=record_decision,
                load_state=load_state,
                sender_key=b"a key",
                limits=room_limits,
            )

        edge = Edge([], make_owner(), owner_bus, records, make_owner)
        if with_owner:
            await edge.owner.start()
        stack.push_async_callback(edge.stop_owner)
        for index in range(workers):
            bus = MemoryBus(exchange)
            requests = Requests(bus, f"edge{index}")
            hub = Hub(
                bus,
                requests,
                worker=f"edge{index}",
                find_room=find_room,
                verify_token=verify_token,
                room_roles=room_roles,
                place_order=place_order,
                remove_comment=remove_comment,
                limits=hub_limits,
            )
            await hub.start()
            http = web.Server(hello_http)
            door = FrontDoor(hub, http, limits=door_limits)
            await door.start("127.0.0.1", 0)
            edge.workers.append(Worker(hub, door, bus))
            stack.push_async_callback(requests.stop)
            stack.push_async_callback(hub.stop)
            stack.push_async_callback(http.shutdown, 1.0)
            stack.push_async_callback(door.stop_accepting)
        yield edge


class Viewer:
    """A client of the wire protocol on the `websockets` and `msgpack` packages."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[list[Any]] = []
        self._request_id = 0

    async def receive(self, kind: str, *, timeout_s: float = 5.0) -> list[Any]:
        """The next message of the kind; others before it are kept in `seen`."""
        async with asyncio.timeout(timeout_s):
            while True:
                message = msgpack.unpackb(await self.socket.recv())
                self.seen.append(message)
                if message[0] == kind:
                    return list(message)

    async def ask(self, kind: str, *fields: Any) -> list[Any]:
        """Send a request; its `answer` or `refusal`."""
        self._request_id += 1
        await self.send(kind, self._request_id, *fields)
        async with asyncio.timeout(5.0):
            while True:
                message = msgpack.unpackb(await self.socket.recv())
                self.seen.append(message)
                if message[0] in ("answer", "refusal") and message[1] == self._request_id:
                    return list(message)

    async def send(self, *message: Any) -> None:
        await self.socket.send(msgpack.packb(list(message)))


@asynccontextmanager
async def viewer(worker: Worker, query: str = "", **options: Any) -> AsyncIterator[Viewer]:
    """A viewer that joined the farm room and was greeted."""
    url = f"ws://{worker.address}/rooms/orchard/live{query}"
    async with connect(url, subprotocols=[PROTOCOL], compression=None, **options) as socket:
        client = Viewer(socket)
        await client.receive("snapshot")
        yield client
