"""Core: who may decide, sanction and undo. A refusal is a value with a code and facts.

Moderators and admins of the platform alone come here; what hosts and room moderators may do in their own room is
decided where they do it. Nobody judges their own words or account, and only an admin touches a moderator's account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from moderation.cases.states import OF_A_HOST, OF_A_ROOM, TRANSITIONS, CaseState, Decision, Sanction

NOT_ALLOWED: Final = "not_allowed"
NOT_FOUND: Final = "not_found"
WRONG_STATE: Final = "wrong_state"  # facts: state, and the action that stands
INVALID: Final = "invalid"  # facts: fields, a code for each
OWN_DECISION: Final = "own_decision"  # somebody else has to look at it
CLAIMED: Final = "claimed"  # facts: claimed_by_name, claimed_until
RATE_LIMITED: Final = "rate_limited"  # facts: retry_after_ms

CODES: Final = frozenset({NOT_ALLOWED, NOT_FOUND, WRONG_STATE, INVALID, OWN_DECISION, CLAIMED, RATE_LIMITED})


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules said no, and nothing was changed."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.code in CODES, self.code


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody as far as permission goes."""

    person_id: UUID
    kind: str
    """member, moderator or admin."""
    state: str = "active"
    """active, limited or closed."""


def decision_refusal(actor_id: UUID, subject_id: UUID | None) -> Refused | None:
    """Why this moderator may not decide about this person's words, or None."""
    return Refused(NOT_ALLOWED) if actor_id == subject_id else None


def next_state(state: CaseState, decision: Decision) -> CaseState | Refused:
    """Where a decision leads; refused `wrong_state` where the case is decided already."""
    after = TRANSITIONS[state].get(decision.value)
    return after if after is not None else Refused(WRONG_STATE, {"state": state.value})


def sanction_refusal(
    sanction: Sanction, actor: Member, subject: Member, *, host_id: UUID | None, end_fault: str | None = None
) -> Refused | None:
    """Why this sanction may not be laid on this person by this moderator, or None.

    `host_id`: whose room it is for, None without a room; `end_fault`: what is wrong with the end that was named.
    """
    if actor.person_id == subject.person_id:
        return Refused(NOT_ALLOWED)
    if subject.kind != "member" and actor.kind != "admin":
        return Refused(NOT_ALLOWED)
    faults: dict[str, str] = {}
    if sanction in OF_A_ROOM and host_id is None:
        faults["slug"] = "missing"
    elif sanction in OF_A_HOST and host_id != subject.person_id:
        faults["person_id"] = "not_the_host"
    elif sanction is Sanction.ROOM_BAN and host_id == subject.person_id:
        faults["person_id"] = "is_the_host"
    if end_fault is not None:
        faults["until"] = end_fault
    if faults:
        return Refused(INVALID, {"fields": faults})
    if sanction is Sanction.CLOSE_ACCOUNT and subject.state == "closed":
        return Refused(WRONG_STATE, {"state": subject.state})
    return None


def undo_refusal(kind: str, actor_id: UUID, subject_id: UUID | None, *, is_undone: bool) -> Refused | None:
    """Why this moderator may not undo an action of this kind, or None. An undo is not undone: decide anew."""
    if kind == "undo":
        return Refused(NOT_FOUND)
    if actor_id == subject_id:
        return Refused(NOT_ALLOWED)
    return Refused(WRONG_STATE, {"state": "undone"}) if is_undone else None
