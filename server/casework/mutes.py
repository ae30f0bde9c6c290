"""Edge: who may not speak where, known to every worker that may own a room, within seconds.

The word comes over the bus at once, and by asking the database every `POLL_INTERVAL_S` when the bus is away. Deciding a
line asks neither: it reads this process's own map. What is mutes' truth is the database's table, so they outlive every
process.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from moderation.cases.mutes import Mute, changed_mutes, standing_mutes
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
"""The code of a refused line."""


class Mutes:
    """This process's knowledge of who is muted."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._mutes: dict[tuple[UUID, UUID], dict[UUID, Mute]] = {}
        self._ask_now = asyncio.Event()
        self._read_to: datetime | None = None
        self._forgotten_at: datetime | None = None

    def standing(self, room_id: UUID, person_id: UUID, now: datetime) -> Mute | None:
        """The mute that holds for this person in this room the longest, or None."""
        held = self._mutes.get((room_id, person_id))
        if held is None:
            return None
        holding = [mute for mute in held.values() if mute.holds(now)]
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
                    log.warning("mutes stand as they were: %s", error)
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
                mutes = await standing_mutes(connection, now=started)
            else:
                mutes = await changed_mutes(connection, since=self._read_to - OVERLAP)
        self._read_to = started
        for mute in mutes:
            self._mutes.setdefault((mute.room_id, mute.person_id), {})[mute.action_id] = mute
        if self._forgotten_at is None or started - self._forgotten_at > FORGET_INTERVAL:
            self._forget(started)

    def _forget(self, now: datetime) -> None:
        """Those that hold no more; a row that is read again within the overlap says the same again."""
        self._forgotten_at = now
        for key, held in list(self._mutes.items()):
            holding = {action_id: mute for action_id, mute in held.items() if mute.holds(now)}
            if holding:
                self._mutes[key] = holding
            else:
                del self._mutes[key]


def refusal_facts(mute: Mute) -> dict[str, Any]:
    """What a muted person is told in place of their line."""
    until = mute.until.isoformat() if mute.until is not None else None
    return {
        "until": until,
        "reason": mute.reason,
        "reason_zh": "你在这个直播间被禁言了。" if until is None else "你在这个直播间被暂时禁言了。",
        "reason_en": "You are muted in this room." if until is None else "You are muted in this room for a while.",
    }


def _ends_at(mute: Mute) -> datetime:
    return mute.until if mute.until is not None else datetime.max.replace(tzinfo=UTC)
