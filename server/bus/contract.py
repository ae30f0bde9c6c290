"""Core: what every bus promises, whichever transport carries it.

A bus carries publications (opaque bytes) by topic between the parts of one node or between nodes. It is at most once
and losable: what must not be lost is in PostgreSQL. The promises, held by one contract suite on every implementation
(tests/contract/test_bus.py):

* publications of one publisher on one topic arrive in the order they were published, each at most once;
* a publisher's own subscriptions get its publications too;
* whatever a subscriber may have missed (a full queue, a lost link, a restarted peer) is announced to it by `on_gap`
  on each topic it concerns, before any later publication of that topic is delivered;
* `publish` never waits: what a slow subscriber has not taken is bounded in bytes, and past the bound it is dropped and
  announced as a gap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

OnPublication = Callable[[bytes], None]
"""Called with each publication of the topic, in order, in the event loop's thread. Must neither block nor raise."""

OnGap = Callable[[], None]
"""Called when publications of the topic may have been missed: the subscriber fetches a fresh snapshot."""


class Subscription(Protocol):
    """One subscriber's interest in one topic."""

    def cancel(self) -> None:
        """Stop deliveries at once. May be called more than once."""


class Bus(Protocol):
    """Publications by topic. Topics are non-empty printable ASCII without spaces, at most 200 characters."""

    async def start(self) -> None:
        """Join the bus. Publications and subscriptions made before are kept to the contract from here on."""

    async def stop(self) -> None:
        """Leave the bus and free everything. May be called more than once, also without `start`."""

    def subscribe(self, topic: str, on_publication: OnPublication, on_gap: OnGap) -> Subscription:
        """Deliver the topic's publications from now on."""

    def publish(self, topic: str, publication: bytes) -> None:
        """Send one publication to every subscriber of the topic, on any member of the bus. Never waits."""
