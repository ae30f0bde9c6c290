"""Core: what a host says of stock and price in the room, against the cards and stock that the room's owner holds.

A viewer's line never comes here. What a host repeats is looked at once in a while, not at each time.
"""

from __future__ import annotations

import dataclasses
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from moderation.verdict import Action, Verdict
from server.claims.goods import goods_of_room
from server.claims.judging import eased, judgements, with_claims, without_suspected
from server.claims.words import RULES
from server.live.rooms.room import FilterDecision
from server.live.topics import SayCommand
from server.live.wire import StateItem

REPEATED_WITHIN_S: Final = 600.0
"""The same false claim, said again in a room so soon, is one and the same to look at."""

REMEMBERED_MAX: Final = 10_000


class HostClaims:
    """Of the rooms that one process owns."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._told_at: OrderedDict[tuple[str, str], float] = OrderedDict()
        self.found = 0
        """False claims since the start, repeated ones left out."""

    def check(
        self, room_id: str, state: Mapping[str, StateItem], command: SayCommand, decision: FilterDecision
    ) -> FilterDecision:
        """The decision on a host's line, with what the order book says to it."""
        if decision.verdict is None or not (decision.shows or decision.verdict.action is Action.HOLD):
            return decision
        meant, shown = goods_of_room({key: item.value for key, item in state.items()})
        found = judgements(command.text, meant, shown) if shown else []
        filtered = eased(decision.verdict, command.text, found)
        if not filtered.shown:
            return decision
        verdict = with_claims(filtered, command.text, found)
        if self._was_told(room_id, verdict, command.text):
            verdict = without_suspected(filtered, command.text, found)
        if verdict is decision.verdict:
            return decision
        return dataclasses.replace(decision, action=verdict.action.value, verdict=verdict)

    def _was_told(self, room_id: str, verdict: Verdict, text: str) -> bool:
        words = [text[span.start : span.end] for span in verdict.spans if span.rule_id in RULES]
        if not words:
            return False
        ticket, now = (room_id, "\n".join(words)), self._now()
        told_at = self._told_at.get(ticket)
        if told_at is not None and now - told_at < REPEATED_WITHIN_S:
            return True
        self._told_at[ticket] = now
        self._told_at.move_to_end(ticket)
        if len(self._told_at) > REMEMBERED_MAX:
            self._told_at.popitem(last=False)
        self.found += 1
        return False
