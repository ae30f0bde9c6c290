"""Core: the filter's vocabulary: what was said, by whom, and what is decided about it.

One vocabulary everywhere (chat, cards, pages, command line): actions, roles and categories are these enumerations,
whose values are the words on the wire. All values are frozen, so that a cached verdict can be handed to many rooms.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

ENGINE_VERSION = "1"


class Action(Enum):
    """What becomes of an utterance, mildest first."""

    ALLOW = "allow"
    FLAG = "flag"
    """Shown, and queued for a person."""
    MASK = "mask"
    """Shown with the spans covered."""
    RATELIMIT = "ratelimit"
    """Not shown now; the sender may try again later."""
    HOLD = "hold"
    """Not shown until a person decides."""
    BLOCK = "block"
    """Not shown; the sender is told why."""

    @property
    def severity(self) -> int:
        """Rank from 0 (allow) to 5 (block)."""
        return _SEVERITY[self]


_SEVERITY = {action: rank for rank, action in enumerate(Action)}


def worst(actions: Iterable[Action]) -> Action:
    """The most severe of some actions; allow if there are none."""
    return max(actions, key=_SEVERITY.__getitem__, default=Action.ALLOW)


class Role(Enum):
    """Who speaks, or where the text stands."""

    VIEWER = "viewer"
    HOST = "host"
    CARD = "card"
    TITLE = "title"
    SCREEN = "screen"
    """Text read from the picture."""
    SPEECH = "speech"
    """Text heard in the sound."""


class Category(Enum):
    """What the room deals in."""

    FARM = "farm"
    JOBS = "jobs"
    ANY = "any"


class Utterance(msgspec.Struct, frozen=True):
    """One piece of text to decide; the ids are None where the text has no sender or room (a card being written)."""

    text: str
    role: Role = Role.VIEWER
    category: Category = Category.ANY
    sender_id: str | None = None
    room_id: str | None = None


class Span(msgspec.Struct, frozen=True):
    """Part of the original text that a rule rests on; start and end in code points, end excluded."""

    start: int
    end: int
    rule_id: str


class RuleHit(msgspec.Struct, frozen=True):
    """A rule that applied, with all that its sender is told."""

    rule_id: str
    title_zh: str
    title_en: str
    article_zh: str
    """Law and article, such as 《广告法》第九条."""
    article_en: str
    reason_zh: str
    reason_en: str
    action: Action
    weight: float


class Verdict(msgspec.Struct, frozen=True):
    """A decision about one utterance; `rules` is most severe first, and empty exactly when nothing applied."""

    action: Action
    rules: tuple[RuleHit, ...]
    spans: tuple[Span, ...]
    score: float
    """Risk from 0 to 1: the chance that at least one of the rules is right, were they independent."""
    view: str
    """Name of the first view of the text that completed the most severe rule; empty when nothing applied."""
    reason_zh: str
    reason_en: str
    article: str
    pack_version: str
    engine_version: str = ENGINE_VERSION

    @property
    def shown(self) -> bool:
        """Whether the text goes out to the room (masked, where the action says so)."""
        return self.action.severity <= Action.MASK.severity


def allowed(pack_version: str) -> Verdict:
    """The verdict in which nothing applied."""
    return Verdict(Action.ALLOW, (), (), 0.0, "", "", "", "", pack_version)
