"""Edge: the bookkeeper of one edge worker: writes down, every few seconds, which of its rooms are on air and what was
counted in them. A worker that is killed loses what happened since the last time, and no more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from commerce.errors import CommerceError
from commerce.show.books import keep_show, likes_of_room, write_tally
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.live.rooms.owner import Owner
from server.live.rooms.show_count import as_tally
from server.live.topics import MediaAir, ShowTally

log = logging.getLogger("jishi.shows")

INTERVAL_S: Final = 5.0


class Bookkeeper:
    """Keeps the books of the rooms that this worker owns."""

    def __init__(self, database: Database, *, interval_s: float = INTERVAL_S) -> None:
        self._database = database
        self._interval_s = interval_s
        self._written: dict[str, ShowTally] = {}
        """The last tally of each show."""

    async def likes(self, room_id: str) -> int:
        """The likes that a room was given before; a `LoadLikes`."""
        return await likes_of_room(self._database, UUID(room_id))

    async def serve(self, owner: Owner, stop: asyncio.Event) -> None:
        """Keep the books until `stop` is set, and once more then."""
        while not stop.is_set():
            await self.keep(owner)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval_s):
                    await stop.wait()
        await self.keep(owner)

    async def keep(self, owner: Owner) -> None:
        """Write down how it stands. What fails is tried again the next time, and costs no other room its books."""
        for air in owner.rooms_on_air():
            await self._undisturbed(air.room_id, self._keep_show(owner, air))
        tallies = owner.tallies()
        for tally in tallies:
            if self._written.get(tally.show_id) != tally:
                await self._undisturbed(tally.show_id, self._put_down(tally))
        running = {tally.show_id for tally in tallies}
        self._written = {show_id: tally for show_id, tally in self._written.items() if show_id in running}

    async def _undisturbed(self, subject: str, step: Awaitable[None]) -> None:
        """One step; a world that is away for the moment is told, and a fault of ours ends with its room."""
        try:
            await step
        except (DatabaseUnavailable, CommerceError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as trouble:
            log.warning("the books of %s could not be kept: %s: %s", subject, type(trouble).__name__, trouble)
        except Exception:
            log.exception("the books of %s could not be kept", subject)

    async def _put_down(self, tally: ShowTally) -> None:
        await write_tally(self._database, show_id=UUID(tally.show_id), epoch=tally.epoch, tally=as_tally(tally))
        self._written[tally.show_id] = tally

    async def _keep_show(self, owner: Owner, air: MediaAir) -> None:
        on_air_since = datetime.fromtimestamp(air.since_us / 1e6, UTC)
        kept = await keep_show(
            self._database, room_id=UUID(air.room_id), on_air_since=on_air_since, now=datetime.now(UTC)
        )
        if kept is not None:
            await owner.begin_show(air.room_id, str(kept.show_id), is_new=kept.is_new)
