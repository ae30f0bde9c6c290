"""Edge: the bus within one process, for tests and for a node of one worker.

Members that share a `MemoryExchange` hear each other. Deliveries never happen inside `publish` but in the next turn of
the event loop, as on every other transport, so that a subscriber may publish without being entered again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from server.bus.contract import OnGap, OnPublication, Subscription
from server.bus.local import LocalSubscriptions

UNDELIVERED_BYTES_MAX: Final = 16 * 1024 * 1024
"""What one member may have been sent and not yet handed to its subscribers; beyond it is dropped and announced."""


class MemoryExchange:
    """What the members of one bus have in common."""

    def __init__(self) -> None:
        self._members: list[MemoryBus] = []

    def join(self, member: MemoryBus) -> None:
        self._members.append(member)

    def leave(self, member: MemoryBus) -> None:
        if member in self._members:
            self._members.remove(member)

    def carry(self, topic: str, publication: bytes) -> None:
        for member in self._members:
            member.take(topic, publication)


class MemoryBus:
    """One member of a bus in memory; alone on it unless given an exchange that others share."""

    def __init__(
        self, exchange: MemoryExchange | None = None, *, undelivered_bytes_max: int = UNDELIVERED_BYTES_MAX
    ) -> None:
        self._exchange = exchange if exchange is not None else MemoryExchange()
        self._undelivered_bytes_max = undelivered_bytes_max
        self._subscriptions = LocalSubscriptions(lambda topic, wanted: None)
        self._undelivered: deque[tuple[str, bytes | None]] = deque()  # None: a gap is to be announced
        self._undelivered_bytes = 0
        self._gaps_queued: set[str] = set()
        self._delivering = False
        self._stopped = False
        self._exchange.join(self)

    async def start(self) -> None:
        """Nothing is left to do: a member takes part from its making on."""

    async def stop(self) -> None:
        """Leave the exchange; what was not delivered is forgotten. May be called more than once."""
        self._stopped = True
        self._exchange.leave(self)
        self._undelivered.clear()
        self._undelivered_bytes = 0

    def subscribe(self, topic: str, on_publication: OnPublication, on_gap: OnGap) -> Subscription:
        """Deliver the topic's publications from now on."""
        return self._subscriptions.add(topic, on_publication, on_gap)

    def publish(self, topic: str, publication: bytes) -> None:
        """Send one publication to every subscriber of the topic. Never waits."""
        if not self._stopped:
            self._exchange.carry(topic, publication)

    def take(self, topic: str, publication: bytes) -> None:
        """Queue a publication for this member's own subscribers; for the exchange to call."""
        if topic not in self._subscriptions:
            return
        if self._undelivered_bytes + len(publication) > self._undelivered_bytes_max:
            if topic not in self._gaps_queued:
                self._gaps_queued.add(topic)
                self._undelivered.append((topic, None))
        else:
            self._undelivered.append((topic, publication))
            self._undelivered_bytes += len(publication)
        if not self._delivering:
            self._delivering = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def _deliver(self) -> None:
        self._delivering = False
        for _ in range(len(self._undelivered)):
            if not self._undelivered:  # a subscriber stopped the bus
                return
            topic, publication = self._undelivered.popleft()
            if publication is None:
                self._gaps_queued.discard(topic)
                self._subscriptions.announce_gap(topic)
            else:
                self._undelivered_bytes -= len(publication)
                self._subscriptions.deliver(topic, publication)
