"""Core: the desk's vocabulary: what a case is about, what may be decided, and what a decision does to what is seen.

A case is open until a person approves or removes what it is about; undoing the decision that stands opens it again.
What a decision then does follows from one fact: whether the thing could be seen when the case was opened. A held line
could not, so approving shows it and removing does nothing more; a flagged or reported one could, and there it is the
other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Final


class Kind(Enum):
    """What a case is about."""

    LINE = "line"
    CARD = "card"
    PRODUCT = "product"
    POST = "post"
    TITLE = "title"
    """A room's."""
    NAME = "name"
    """A person's or an organisation's."""
    HOST = "host"
    """A room's host, reported as such: removing records that the report was right, and takes nothing down."""


class CaseState(Enum):
    OPEN = "open"
    APPROVED = "approved"
    REMOVED = "removed"


class Decision(Enum):
    APPROVE = "approve"
    REMOVE = "remove"


class Sanction(Enum):
    MUTE_10M = "mute_10m"
    MUTE_1D = "mute_1d"
    MUTE_ROOM = "mute_room"
    """For good, in one room."""
    CLOSE_ACCOUNT = "close_account"


class Why(Enum):
    """What brought a case here, mildest first."""

    REPORT = "report"
    FLAG = "flag"
    HOLD = "hold"
    BLOCK = "block"


class Reason(Enum):
    """What a report says is wrong."""

    SCAM = "scam"
    FALSE_CLAIM = "false_claim"
    OUTSIDE_CONTACT = "outside_contact"
    ABUSE = "abuse"
    OTHER = "other"


class Appearance(Enum):
    """What becomes of the thing on the screens."""

    SHOW = "show"
    HIDE = "hide"
    LEAVE = "leave"


class ActorRole(Enum):
    """In which capacity somebody acted."""

    MODERATOR = "moderator"
    """Of the platform."""
    ROOM_MODERATOR = "room_moderator"
    HOST = "host"


TRANSITIONS: Final[Mapping[CaseState, Mapping[str, CaseState]]] = {
    CaseState.OPEN: {"approve": CaseState.APPROVED, "remove": CaseState.REMOVED},
    CaseState.APPROVED: {"undo": CaseState.OPEN},
    CaseState.REMOVED: {"undo": CaseState.OPEN},
}
"""The next state for each event; a pair that is not here is refused."""

MUTE_LASTS: Final[Mapping[Sanction, timedelta | None]] = {
    Sanction.MUTE_10M: timedelta(minutes=10),
    Sanction.MUTE_1D: timedelta(days=1),
    Sanction.MUTE_ROOM: None,
}
"""How long a mute lasts; None: for good."""

REASON_CHARS_MAX: Final = 500
NOTE_CHARS_MAX: Final = 500
TEXT_CHARS_MAX: Final = 5_000


def appearance_after(decision: Decision, *, was_shown: bool) -> Appearance:
    """What a decision does to what is seen."""
    if decision is Decision.APPROVE:
        return Appearance.LEAVE if was_shown else Appearance.SHOW
    return Appearance.HIDE if was_shown else Appearance.LEAVE


def turned_back(did: Appearance) -> Appearance:
    """What undoing something that did this does."""
    match did:
        case Appearance.SHOW:
            return Appearance.HIDE
        case Appearance.HIDE:
            return Appearance.SHOW
        case Appearance.LEAVE:
            return Appearance.LEAVE


def mute_until(sanction: Sanction, now: datetime) -> datetime | None:
    """When a mute that begins now ends; None: never."""
    lasts = MUTE_LASTS[sanction]
    return None if lasts is None else now + lasts
