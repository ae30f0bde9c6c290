"""Edge: the packs of a folder put into force while the filter works: all of them at once, or none.

The folder is looked at every few seconds. Packs that changed are taken once they lie still, compiled in a thread, and
handed over as a new engine with its own version; lines that are being decided keep the old one. Packs that can't be
used are refused with their faults, and the old ones stay.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from moderation.engine import Engine
from moderation.errors import PackInvalid, PacksRefused
from moderation.filter import Filter
from moderation.folder import Fingerprint, engine_of, fingerprint

POLL_S: Final = 2.0

log = logging.getLogger("jishi.moderation")


class PackWatch:
    """Keeps a filter's engine at what a folder says."""

    def __init__(
        self,
        folder: Path,
        filter_: Filter,
        *,
        poll_s: float = POLL_S,
        told: Callable[[str, list[str]], None] | None = None,
    ) -> None:
        """`told` hears of every change with the version in force and the faults of packs that were refused."""
        self._folder = folder
        self._filter = filter_
        self._poll_s = poll_s
        self._told = told
        self._taken: Fingerprint = fingerprint(folder)
        self.refused: list[str] = []
        """Faults of the packs that lie in the folder; empty where they are in force."""

    async def serve(self) -> None:
        """Watch until cancelled."""
        seen = self._taken
        while True:
            await asyncio.sleep(self._poll_s)
            now = fingerprint(self._folder)
            if now == seen and now != self._taken:
                self._taken = now
                await self._take()
            seen = now

    async def _take(self) -> None:
        try:
            engine = await asyncio.to_thread(engine_of, self._folder)
        except (PackInvalid, PacksRefused) as error:
            self.refused = error.faults if isinstance(error, PacksRefused) else [str(error)]
            version = self._filter.engine.version
            log.error("packs in %s refused, version %s stays: %s", self._folder, version, "; ".join(self.refused))
        else:
            self._hand_over(engine)
        if self._told is not None:
            self._told(self._filter.engine.version, self.refused)

    def _hand_over(self, engine: Engine) -> None:
        self.refused = []
        before = self._filter.engine.version
        self._filter.engine = engine
        log.info("packs in force: version %s of %s, after %s", engine.version, self._folder, before)
