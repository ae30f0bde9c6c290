"""Core: the second look at a text: whether any rule could have something in each of its slots, in any way of reading.

All views and the text backwards are looked at in one automaton pass, without places. The answer may be yes for nothing,
but is never no for something.
"""

from __future__ import annotations

from typing import NamedTuple

from moderation.doors import Doors
from moderation.lexicon import Lexicon
from moderation.views import Views


class Look(NamedTuple):
    """Whether a rule could apply to a text as it stands, and backwards."""

    forwards: bool
    backwards: bool


class Gate:
    """The second look, for one role and category."""

    __slots__ = ("_backwards", "_forwards", "_lexicon")

    def __init__(self, lexicon: Lexicon, forwards: Doors, backwards: Doors) -> None:
        """`backwards` are the rules as far as they ask for terms."""
        self._lexicon = lexicon
        self._forwards = forwards
        self._backwards = backwards

    def look(self, views: Views, detected: int) -> Look:
        """What a text could be; `detected` are the slots of what detectors found, as bits."""
        present = self._lexicon.present(
            [view.text for view in views.characters()], views.merged().text, views.tight.text[::-1]
        )
        sure = present.sure | detected
        return Look(
            bool(sure) and self._forwards.open(sure | present.weak, sure),
            self._backwards.open(present.backwards, present.backwards),
        )
