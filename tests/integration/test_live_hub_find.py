"""Finding a room asks the database seldom, and does without it when it must."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import pytest

from server.bus.memory import MemoryBus
from server.bus.requests import Requests
from server.live.hub import Hub, HubLimits
from server.live.rooms.audience import RoomFacts
from tests.live_edge import FARM, room_roles, verify_token


class Lobby:
    """A database that can be down."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False

    async def find_room(self, slug: str) -> RoomFacts | None:
        self.asked.append(slug)
        await asyncio.sleep(0)
        if self.down:
            raise ConnectionError("no database")
        return FARM if slug == FARM.slug else None


async def never(*_: object) -> NoReturn:
    raise AssertionError("nobody asks for this")


@asynccontextmanager
async def hub_of(lobby: Lobby, *, room_facts_s: float) -> AsyncIterator[Hub]:
    bus = MemoryBus()
    requests = Requests(bus, "edge")
    hub = Hub(
        bus,
        requests,
        worker="edge",
        find_room=lobby.find_room,
        verify_token=verify_token,
        room_roles=room_roles,
        place_order=never,
        remove_comment=never,
        limits=HubLimits(room_facts_s=room_facts_s),
    )
    yield hub
    await hub.stop()
    await requests.stop()


async def test_a_thousand_who_come_at_once_cost_one_question() -> None:
    lobby = Lobby()
    async with hub_of(lobby, room_facts_s=600.0) as hub:
        assert await asyncio.gather(*(hub.find("orchard") for _ in range(1_000))) == [FARM] * 1_000
        assert await hub.find("orchard") is FARM
        assert lobby.asked == ["orchard"]
        assert await hub.find("nowhere") is None
        assert await hub.find("nowhere") is None
        assert lobby.asked == ["orchard", "nowhere", "nowhere"]


async def test_a_known_room_is_found_without_the_database() -> None:
    lobby = Lobby()
    async with hub_of(lobby, room_facts_s=0.0) as hub:
        assert await hub.find("orchard") is FARM
        lobby.down = True
        assert await hub.find("orchard") is FARM
        assert lobby.asked == ["orchard", "orchard"]
        with pytest.raises(ConnectionError):
            await hub.find("nowhere")
