"""Edge: how often somebody may try to sign in or up, counted per login and per address.

Counts live in Valkey, so that all edges share them; while Valkey is away each process counts for itself, bounded in
memory: the limit is then looser by the number of processes, but never absent. An address of IPv6 counts by its /64,
since whoever has one address of it has all.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.people.refusals import RATE_LIMITED, Refused

log = logging.getLogger("jishi.people")

VALKEY_TIMEOUT_S: Final = 0.5
VALKEY_AWAY_S: Final = 5.0
"""After a failure Valkey is not asked for so long, so that its absence costs one wait and not one each."""

COUNTERS_MAX: Final = 50_000
"""Counters one process keeps by itself; past it the oldest goes."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts in a window of so many seconds."""

    attempts: int
    window_s: int


SIGN_IN_PER_LOGIN: Final = Limit(10, 15 * 60)
SIGN_IN_PER_ADDRESS: Final = Limit(100, 5 * 60)
SIGN_UP_PER_ADDRESS: Final = Limit(60, 30 * 60)
"""A village sits behind one address: the address's limits are some ten times what one person needs."""


def address_group(address: str) -> str:
    """What an address counts as: itself, or its /64 for IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class LocalCounts:
    """Counters of one process, each with the end of its window."""

    def __init__(self, counters_max: int = COUNTERS_MAX) -> None:
        self._counters_max = counters_max
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def add(self, key: str, window_s: int, now_s: float) -> tuple[int, float]:
        """Count one more; answers the count and the seconds until its window ends."""
        count, ends_s = self._counts.pop(key, (0, 0.0))
        if now_s >= ends_s:
            count, ends_s = 0, now_s + window_s
        self._counts[key] = (count + 1, ends_s)
        if len(self._counts) > self._counters_max:
            self._counts.popitem(last=False)
        return count + 1, ends_s - now_s

    def forget(self, key: str) -> None:
        """Start again from zero."""
        self._counts.pop(key, None)


class Attempts:
    """Counts attempts, and says when there were too many."""

    def __init__(
        self,
        valkey: Redis | None,
        *,
        sign_in_per_login: Limit = SIGN_IN_PER_LOGIN,
        sign_in_per_address: Limit = SIGN_IN_PER_ADDRESS,
        sign_up_per_address: Limit = SIGN_UP_PER_ADDRESS,
    ) -> None:
        self._valkey = valkey
        self._local = LocalCounts()
        self._away_until_s = 0.0
        self._sign_in_per_login = sign_in_per_login
        self._sign_in_per_address = sign_in_per_address
        self._sign_up_per_address = sign_up_per_address

    async def sign_in(self, login: str, address: str) -> Refused | None:
        """Count an attempt to sign in; a refusal when there were too many."""
        by_address = await self._take(f"sign-in:address:{address_group(address)}", self._sign_in_per_address)
        return by_address or await self._take(_login_key(login), self._sign_in_per_login)

    async def sign_up(self, address: str) -> Refused | None:
        """Count an attempt to sign up; a refusal when there were too many."""
        return await self._take(f"sign-up:address:{address_group(address)}", self._sign_up_per_address)

    async def signed_in(self, login: str) -> None:
        """The login's own owner was here: its count starts again."""
        key = _login_key(login)
        self._local.forget(key)
        if self._valkey is not None and time.monotonic() >= self._away_until_s:
            try:
                async with asyncio.timeout(VALKEY_TIMEOUT_S):
                    await self._valkey.delete(key)
            except (RedisError, OSError) as error:
                self._went_away(error)

    async def _take(self, key: str, limit: Limit) -> Refused | None:
        count, left_s = await self._count(key, limit.window_s)
        if count <= limit.attempts:
            return None
        return Refused(RATE_LIMITED, {"retry_after_ms": max(1, int(left_s * 1000))})

    async def _count(self, key: str, window_s: int) -> tuple[int, float]:
        if self._valkey is not None and time.monotonic() >= self._away_until_s:
            try:
                async with asyncio.timeout(VALKEY_TIMEOUT_S):
                    pipeline = self._valkey.pipeline(transaction=True)
                    pipeline.incr(key)
                    pipeline.expire(key, window_s, nx=True)
                    pipeline.pttl(key)
                    count, _, left_ms = await pipeline.execute()
                return int(count), left_ms / 1000
            except (RedisError, OSError) as error:
                self._went_away(error)
        return self._local.add(key, window_s, time.monotonic())

    def _went_away(self, error: Exception) -> None:
        log.warning("attempts are counted in this process for now: %s", error)
        self._away_until_s = time.monotonic() + VALKEY_AWAY_S


def _login_key(login: str) -> str:
    # Hashed: whatever somebody types as a login stays out of Valkey, and the key's length is bounded.
    return f"sign-in:login:{hashlib.sha256(login.encode()).hexdigest()[:32]}"
