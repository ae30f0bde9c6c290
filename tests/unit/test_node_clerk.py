"""The clerk's rounds go on when the world gives trouble, and end when the program is wrong."""

from __future__ import annotations

import asyncpg
import pytest

from commerce.errors import Contended
from commerce.payment.simpay_client import SimpayClient
from server.bus.memory import MemoryBus
from server.bus.requests import Requests
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.node.workers import clerk as clerk_worker
from server.node.workers.clerk import Clerk


@pytest.fixture
async def clerk(monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setattr(clerk_worker, "TROUBLE_PAUSE_S", 0)
    bus = MemoryBus()
    provider = SimpayClient("http://simpay.invalid", api_key="none")
    return Clerk(Database(None, ""), provider, bus, Requests(bus, "clerk"))


@pytest.mark.parametrize(
    "trouble",
    [
        DatabaseUnavailable("gone"),
        Contended("a step", 4),
        asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        ConnectionResetError(),
    ],
)
async def test_trouble_is_waited_for(clerk: Clerk, trouble: Exception) -> None:
    async def step() -> int:
        raise trouble

    assert await clerk._undisturbed(step) == 0


async def test_a_fault_of_the_program_is_not(clerk: Clerk) -> None:
    async def step() -> int:
        raise AssertionError

    with pytest.raises(AssertionError):
        await clerk._undisturbed(step)
