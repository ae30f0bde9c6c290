"""Core: the filter as a room's owner uses it: engine and windows together, asked before anything is shown.

One filter serves the rooms of one process. A card or a title has no sender window; it is decided by itself.
"""

from __future__ import annotations

import msgspec

from moderation.engine import Engine, shipped_engine
from moderation.verdict import Action, Utterance, Verdict
from moderation.windows import RoomWindow, SenderWindow, about_last_line, by_model, copied, denies, softened


class Filter:
    """Decides comments and card texts; never raises on any text."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._senders = SenderWindow()
        self._rooms = RoomWindow()

    def decide(self, utterance: Utterance, now: float) -> Verdict:
        """The verdict on an utterance at `now` (seconds, any steady clock), to be asked once for each.

        Where a text split over several lines is found at its last piece, verdict and spans are about that line.
        """
        verdict = self.engine.decide(utterance, now)
        if utterance.sender_id is None:
            return verdict
        joined = self._senders.join(utterance, now)
        if joined is not None:
            text, begin = joined
            whole = self.engine.decide(msgspec.structs.replace(utterance, text=text), now)
            if whole.action.severity > verdict.action.severity:
                verdict = about_last_line(whole, begin) or verdict
            elif whole.action is Action.ALLOW and verdict.action is Action.FLAG and by_model(verdict):
                verdict = whole
            elif whole.shown and not verdict.shown and (by_model(verdict) or denies(text[:begin])):
                verdict = softened(verdict)
        verdict = copied(self._rooms.count(utterance, now), verdict)
        if verdict.shown:
            self._senders.remember(utterance, now)
        return verdict


def shipped_filter() -> Filter:
    """A filter with the packs that come with the program."""
    return Filter(shipped_engine())
