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
    SUPPRESSION = "suppression"
    """A room whose own people took down lines that only complain: removing says so, and puts the lines back."""
    MOMENT = "moment"
    """Something seen or heard in a live room: removing records that it was wrong, and takes nothing down."""


class CaseState(Enum):
    OPEN = "open"
    APPROVED = "approved"
    REMOVED = "removed"


class Decision(Enum):
    APPROVE = "approve"
    REMOVE = "remove"


class Sanction(Enum):
    """What may be laid on a person, mildest first."""

    WARN = "warn"
    """Told, and counted; nothing is forbidden."""
    MUTE_10M = "mute_10m"
    MUTE_1D = "mute_1d"
    MUTE_ROOM = "mute_room"
    """For good, in one room."""
    ROOM_BAN = "room_ban"
    """Neither speaks nor buys nor applies in one room."""
    CARD_OFF = "card_off"
    """Of a host: a card, or every card, is off a room's screen and may not be pushed there."""
    LIMITED_ACCOUNT = "limited_account"
    """Puts nothing of one's own before viewers, and speaks slowly and without contacts."""
    STREAM_LIMITED = "stream_limited"
    """Of a host: a room is kept out of the lobby."""
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
    APPEAL = "appeal"
    """That of who said it, whom the filter blocked."""


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

MUTES: Final = frozenset({Sanction.MUTE_10M, Sanction.MUTE_1D, Sanction.MUTE_ROOM})
OF_A_ROOM: Final = MUTES | {Sanction.ROOM_BAN, Sanction.CARD_OFF, Sanction.STREAM_LIMITED}
"""Those that hold in one room, which they need."""
OF_A_HOST: Final = frozenset({Sanction.CARD_OFF, Sanction.STREAM_LIMITED})
"""Those that are laid on a room's host alone."""

LASTS: Final[Mapping[Sanction, timedelta | None]] = {
    Sanction.WARN: None,
    Sanction.MUTE_10M: timedelta(minutes=10),
    Sanction.MUTE_1D: timedelta(days=1),
    Sanction.MUTE_ROOM: None,
    Sanction.ROOM_BAN: timedelta(days=30),
    Sanction.CARD_OFF: timedelta(days=1),
    Sanction.LIMITED_ACCOUNT: timedelta(days=7),
    Sanction.STREAM_LIMITED: timedelta(days=7),
    Sanction.CLOSE_ACCOUNT: None,
}
"""How long a sanction holds where its moderator names no other end; None: until it is undone."""

ENDS_AT_WILL: Final = frozenset(
    {Sanction.ROOM_BAN, Sanction.CARD_OFF, Sanction.LIMITED_ACCOUNT, Sanction.STREAM_LIMITED}
)
"""Those whose end the moderator may name, up to `LASTS_MAX` ahead."""
LASTS_MAX: Final = timedelta(days=366)

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


def sanction_until(sanction: Sanction, now: datetime, wanted: datetime | None = None) -> datetime | None:
    """When a sanction that begins now ends; None: never. `wanted` is its moderator's, where one may be named."""
    if wanted is not None:
        return wanted
    lasts = LASTS[sanction]
    return None if lasts is None else now + lasts


def end_fault(sanction: Sanction, wanted: datetime | None, now: datetime) -> str | None:
    """What is wrong with the end that a moderator named, as a code, or None."""
    if wanted is None:
        return None
    if sanction not in ENDS_AT_WILL:
        return "not_for_this_kind"
    return None if now < wanted <= now + LASTS_MAX else "out_of_range"
