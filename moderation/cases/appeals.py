"""Core: appeals: against what, until when, and who may answer: never the one whose decision it is.

An appeal is a person's own words to the platform; nothing filters them. It is open until somebody upholds it, which
undoes the decision at once, or rejects it; a decision that was undone by itself meanwhile leaves nothing to answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from moderation.cases.permission import NOT_ALLOWED, OWN_DECISION, WRONG_STATE, Refused
from moderation.cases.states import Sanction

APPEAL_WITHIN: Final = timedelta(days=20)
ANSWER_WITHIN: Final = timedelta(hours=72)
WORDS_CHARS_MAX: Final = 2_000

APPEALABLE: Final = frozenset({"remove"} | {sanction.value for sanction in Sanction})
"""Kinds of the log; whoever decided: hosts and room moderators included."""


class AppealState(Enum):
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    UNDONE = "undone"
    """The decision was undone before anybody answered."""


class Answer(Enum):
    """What becomes of an appeal."""

    UPHOLD = "uphold"
    """The person is right: the decision is undone."""
    REJECT = "reject"


def appeal_until(kind: str, decided_at: datetime) -> datetime | None:
    """Until when a decision of this kind may be appealed against; None: never."""
    return decided_at + APPEAL_WITHIN if kind in APPEALABLE else None


def appeal_refusal(
    kind: str, decided_at: datetime, *, is_undone: bool, is_appealed: bool, now: datetime
) -> Refused | None:
    """Why a person may not appeal against a decision about them, or None."""
    until = appeal_until(kind, decided_at)
    if until is None:
        return Refused(WRONG_STATE, {"state": "not_appealable"})
    if is_appealed:
        return Refused(WRONG_STATE, {"state": "appealed"})
    if is_undone:
        return Refused(WRONG_STATE, {"state": "undone"})
    return None if now <= until else Refused(WRONG_STATE, {"state": "too_late"})


def answer_refusal(state: AppealState, *, actor_id: UUID, decided_by: UUID, person_id: UUID) -> Refused | None:
    """Why this moderator may not answer an appeal, or None."""
    if actor_id == person_id:
        return Refused(NOT_ALLOWED)
    if actor_id == decided_by:
        return Refused(OWN_DECISION)
    return None if state is AppealState.OPEN else Refused(WRONG_STATE, {"state": state.value})


def state_of(answer: str | None, *, is_undone: bool) -> AppealState:
    """The state of an appeal with this answer, or none, to a decision that was undone or not."""
    match answer:
        case "uphold":
            return AppealState.UPHELD
        case "reject":
            return AppealState.REJECTED
        case _:
            return AppealState.UNDONE if is_undone else AppealState.OPEN
