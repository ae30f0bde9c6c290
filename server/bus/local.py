"""Core: one member's own subscriptions, to which every transport delivers.

Owns who wants which topic and in which order they hear of it. Deliveries reach only subscriptions that are not
cancelled; one that raises is logged and does not keep the others from theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from server.bus.contract import OnGap, OnPublication
from server.bus.frames import is_topic

log = logging.getLogger("jishi.bus")

_NOBODY: Final = ()


class LocalSubscription:
    """One subscriber's interest in one topic."""

    __slots__ = ("_owner", "active", "on_gap", "on_publication", "topic")

    def __init__(self, owner: LocalSubscriptions, topic: str, on_publication: OnPublication, on_gap: OnGap) -> None:
        self._owner = owner
        self.active = True
        self.topic = topic
        self.on_publication = on_publication
        self.on_gap = on_gap

    def cancel(self) -> None:
        """Stop deliveries at once. May be called more than once."""
        if self.active:
            self.active = False
            self._owner.remove(self)


class LocalSubscriptions:
    """A member's subscriptions by topic; `on_interest(topic, wanted)` is told when a topic gets its first or loses its
    last one."""

    def __init__(self, on_interest: Callable[[str, bool], None]) -> None:
        self._on_interest = on_interest
        self._by_topic: dict[str, tuple[LocalSubscription, ...]] = {}

    def topics(self) -> list[str]:
        """Every topic somebody here wants."""
        return list(self._by_topic)

    def __contains__(self, topic: str) -> bool:
        return topic in self._by_topic

    def add(self, topic: str, on_publication: OnPublication, on_gap: OnGap) -> LocalSubscription:
        """Deliver the topic to these callbacks from now on."""
        assert is_topic(topic), topic
        subscription = LocalSubscription(self, topic, on_publication, on_gap)
        others = self._by_topic.get(topic, _NOBODY)
        self._by_topic[topic] = (*others, subscription)
        if not others:
            self._on_interest(topic, True)
        return subscription

    def remove(self, subscription: LocalSubscription) -> None:
        """Forget a cancelled subscription."""
        left = tuple(other for other in self._by_topic.get(subscription.topic, _NOBODY) if other is not subscription)
        if left:
            self._by_topic[subscription.topic] = left
        elif self._by_topic.pop(subscription.topic, None) is not None:
            self._on_interest(subscription.topic, False)

    def deliver(self, topic: str, publication: bytes) -> None:
        """Hand a publication to the topic's subscribers."""
        for subscription in self._by_topic.get(topic, _NOBODY):
            if subscription.active:
                try:
                    subscription.on_publication(publication)
                except Exception:
                    log.exception("subscriber of %s raised", topic)

    def announce_gap(self, topic: str) -> None:
        """Tell the topic's subscribers that they may have missed something."""
        for subscription in self._by_topic.get(topic, _NOBODY):
            if subscription.active:
                try:
                    subscription.on_gap()
                except Exception:
                    log.exception("subscriber of %s raised on a gap", topic)

    def announce_gap_everywhere(self) -> None:
        """Tell every subscriber that it may have missed something."""
        for topic in self.topics():
            self.announce_gap(topic)
