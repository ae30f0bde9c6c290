"""Edge: a member's own publications on their way to its own subscriptions, in the next turn of the event loop.

Never within `publish`, so that a subscriber may publish without being entered again; bounded in bytes like every other
way to a subscriber, with a gap announced for what did not fit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from server.bus.local import LocalSubscriptions

UNDELIVERED_BYTES_MAX: Final = 16 * 1024 * 1024
"""What may be published within one turn of the loop before publications are dropped."""


class OwnPublications:
    """What this member published and its own subscribers have not been handed yet."""

    def __init__(self, local: LocalSubscriptions, *, undelivered_bytes_max: int = UNDELIVERED_BYTES_MAX) -> None:
        self._local = local
        self._undelivered_bytes_max = undelivered_bytes_max
        self._undelivered: deque[tuple[str, bytes]] = deque()
        self._undelivered_bytes = 0
        self._gapped: dict[str, None] = {}
        self._due = False

    def put(self, topic: str, publication: bytes) -> None:
        """Deliver a publication in the next turn, if anybody here wants the topic."""
        if topic not in self._local:
            return
        if self._undelivered_bytes + len(publication) > self._undelivered_bytes_max:
            self._gapped[topic] = None
        else:
            self._undelivered.append((topic, publication))
            self._undelivered_bytes += len(publication)
        self._deliver_soon()

    def clear(self) -> None:
        """Forget what was not delivered."""
        self._undelivered.clear()
        self._undelivered_bytes = 0
        self._gapped.clear()

    def _deliver_soon(self) -> None:
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def _deliver(self) -> None:
        self._due = False
        gapped, self._gapped = self._gapped, {}
        for topic in gapped:
            self._local.announce_gap(topic)
        for _ in range(len(self._undelivered)):
            if not self._undelivered:  # a subscriber stopped the bus
                return
            topic, publication = self._undelivered.popleft()
            self._undelivered_bytes -= len(publication)
            self._local.deliver(topic, publication)
