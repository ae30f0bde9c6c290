"""Edge: what the media workers last said about every room's stream, on one edge worker.

They repeat it every two seconds (server/node/workers/ingest.py). A room of which nothing was heard for `AIR_FRESH_S` is
not known any more: its media worker is away, and nobody can tell whether it is on air.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from server.bus.contract import Bus, Subscription
from server.live import topics
from server.live.topics import MediaAir

AIR_FRESH_S: Final = 6.0
ROOMS_REMEMBERED_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class HeardAir:
    """One report, and when it came."""

    air: MediaAir
    heard_at: float
    """Seconds since 1970."""


class AirBoard:
    """The latest report of each room; an `AirOf` when called."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._heard: dict[str, HeardAir] = {}
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._subscription = self._bus.subscribe(topics.MEDIA_AIR, self._told, _it_is_repeated)

    def stop(self) -> None:
        """Listen no longer."""
        if self._subscription is not None:
            self._subscription.cancel()
            self._subscription = None

    def __call__(self, room_id: UUID) -> HeardAir | None:
        heard = self._heard.get(str(room_id))
        return None if heard is None or heard.heard_at < time.time() - AIR_FRESH_S else heard

    def _told(self, payload: bytes) -> None:
        air = topics.air_decoder.decode(payload)
        self._heard.pop(air.room_id, None)  # so that those longest unheard stand first
        self._heard[air.room_id] = HeardAir(air, time.time())
        if len(self._heard) > ROOMS_REMEMBERED_MAX:
            del self._heard[next(iter(self._heard))]


def _it_is_repeated() -> None:
    """A report that was missed is followed by the next."""
