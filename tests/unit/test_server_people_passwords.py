"""Password hashing: right, slow enough, and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.people.passwords import Passwords
from server.people.refusals import BUSY, Refused


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    made = Passwords(running_max=1, waiting_max=2, wait_max_s=5)
    yield made
    made.close()
    made.close()


async def test_a_password_matches_its_own_hash_only(passwords: Passwords) -> None:
    password_hash = await passwords.hash("correct horse")
    assert isinstance(password_hash, str)
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.verify(password_hash, "correct horse") is True
    assert await passwords.verify(password_hash, "wrong horse") is False
    assert await passwords.verify("no hash", "x") is False
    assert await passwords.verify(None, "nobody's password") is False


async def test_a_flood_is_refused_as_busy(passwords: Passwords) -> None:
    answers = await asyncio.gather(*(passwords.hash(f"password {number}") for number in range(12)))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert refused
    assert all(answer.code == BUSY and answer.facts["retry_after_ms"] > 0 for answer in refused)
    assert len(answers) - len(refused) >= 2
    assert isinstance(await passwords.hash("afterwards"), str)


async def test_a_cancelled_caller_gives_its_place_back(passwords: Passwords) -> None:
    for _ in range(4):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(passwords.hash("nobody waits for this"), 0.001)
    assert isinstance(await passwords.hash("afterwards"), str)
