"""Edge: who may not do what where, known to every worker that owns a room or serves the API, within seconds.

The word comes over the bus at once, and by asking the database every `POLL_INTERVAL_S` when the bus is away. Deciding a
line or a request asks neither: it reads this process's own map. What is the truth is the database's tables, so
restrictions outlive every process. Cards and lobbies ask the database itself (moderation/migrations).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from moderation.cases.restrictions import (
    LIMITED_ACCOUNT,
    MUTE,
    ROOM_BAN,
    Restriction,
    changed_restrictions,
    standing_restrictions,
)
from server.bus.contract import Bus
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.live.topics import MODERATION_WRITTEN

log = logging.getLogger("jishi.moderation")

POLL_INTERVAL_S: Final = 3.0
OVERLAP: Final = timedelta(seconds=30)
"""Changes are stamped before they commit: each poll reads so far back behind the last."""

FORGET_INTERVAL: Final = timedelta(minutes=10)
MUTED: Final = "muted"
ROOM_BANNED: Final = "room_banned"
ACCOUNT_LIMITED: Final = "account_limited"
"""Codes of what is refused."""

_WORDS: Final = {
    MUTED: ("你在这个直播间被禁言了。", "You are muted in this room."),
    ROOM_BANNED: (
        "你不能在这个直播间发言、下单或报名。",
        "You may not speak, buy or apply in this room.",
    ),
    ACCOUNT_LIMITED: (
        "账号功能受限: 不能发布商品、岗位、直播间, 发言每 10 秒一条, 不能留联系方式。",
        "The account is limited: nothing of its own is shown, one line each 10 s, and no contacts.",
    ),
}


class Restrictions:
    """This process's knowledge of who is muted, banned from a room, or limited."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._held: dict[tuple[UUID | None, UUID], dict[UUID, Restriction]] = {}
        self._ask_now = asyncio.Event()
        self._read_to: datetime | None = None
        self._forgotten_at: datetime | None = None

    def silence(self, room_id: UUID, person_id: UUID, now: datetime) -> Restriction | None:
        """What keeps this person from speaking in this room the longest, or None."""
        return self._longest(room_id, person_id, (MUTE, ROOM_BAN), now)

    def ban(self, room_id: UUID, person_id: UUID, now: datetime) -> Restriction | None:
        """What keeps this person from buying and applying in this room the longest, or None."""
        return self._longest(room_id, person_id, (ROOM_BAN,), now)

    def limit(self, person_id: UUID, now: datetime) -> Restriction | None:
        """What limits this account the longest, or None."""
        return self._longest(None, person_id, (LIMITED_ACCOUNT,), now)

    def _longest(
        self, room_id: UUID | None, person_id: UUID, kinds: Iterable[str], now: datetime
    ) -> Restriction | None:
        held = self._held.get((room_id, person_id))
        if held is None:
            return None
        holding = [each for each in held.values() if each.kind in kinds and each.holds(now)]
        return max(holding, key=_ends_at, default=None)

    async def serve(self) -> None:
        """Keep the knowledge fresh until cancelled."""
        subscription = self._bus.subscribe(
            MODERATION_WRITTEN, lambda publication: self._ask_now.set(), self._ask_now.set
        )
        try:
            while True:
                self._ask_now.clear()
                try:
                    await self.poll()
                except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                    log.warning("restrictions stand as they were: %s", error)
                    await asyncio.sleep(1)
                try:
                    async with asyncio.timeout(POLL_INTERVAL_S):
                        await self._ask_now.wait()
                except TimeoutError:
                    continue
        finally:
            subscription.cancel()

    async def poll(self) -> None:
        """Read what changed since the last poll; the first time, all that holds.

        Raises: DatabaseUnavailable.
        """
        started = datetime.now(UTC)
        async with self._database.transaction(platform=True) as connection:
            if self._read_to is None:
                changed = await standing_restrictions(connection, now=started)
            else:
                changed = await changed_restrictions(connection, since=self._read_to - OVERLAP)
        self._read_to = started
        for each in changed:
            self._held.setdefault((each.room_id, each.person_id), {})[each.action_id] = each
        if self._forgotten_at is None or started - self._forgotten_at > FORGET_INTERVAL:
            self._forget(started)

    def _forget(self, now: datetime) -> None:
        """Those that hold no more; a row that is read again within the overlap says the same again."""
        self._forgotten_at = now
        for key, held in list(self._held.items()):
            holding = {action_id: each for action_id, each in held.items() if each.holds(now)}
            if holding:
                self._held[key] = holding
            else:
                del self._held[key]


def code_of(restriction: Restriction) -> str:
    """The code of what it refuses."""
    return {MUTE: MUTED, ROOM_BAN: ROOM_BANNED}.get(restriction.kind, ACCOUNT_LIMITED)


def refusal_facts(restriction: Restriction) -> dict[str, Any]:
    """What a person is told in place of what the restriction refuses."""
    zh, en = _WORDS[code_of(restriction)]
    return {
        "until": restriction.until.isoformat() if restriction.until is not None else None,
        "reason": restriction.reason,
        "action_id": str(restriction.action_id),
        "reason_zh": zh,
        "reason_en": en,
    }


def _ends_at(restriction: Restriction) -> datetime:
    return restriction.until if restriction.until is not None else datetime.max.replace(tzinfo=UTC)
