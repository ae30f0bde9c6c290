"""Core: four eyes: a severe sanction holds for a day by one moderator's word, and longer only by a second's.

What holds meanwhile is the sanction itself, provisionally: the account is closed, the room out of the lobby. If nobody
seconds it in time it falls by itself. Where there is no second moderator it holds at once, and the log says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

from moderation.cases.permission import NOT_ALLOWED, OWN_DECISION, WRONG_STATE, Refused
from moderation.cases.states import Sanction

SEVERE: Final = frozenset({Sanction.CLOSE_ACCOUNT, Sanction.STREAM_LIMITED})
SECOND_WITHIN: Final = timedelta(hours=24)

WANTED: Final = "wanted"
ALONE: Final = "alone"


class SecondState(Enum):
    WANTED = "wanted"
    """It holds for the time being, till `due_at`."""
    ALONE = "alone"
    """There was nobody else to ask: it holds."""
    AGREED = "agreed"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    """Nobody came in time."""


def second_facts(sanction: Sanction, now: datetime, *, is_alone: bool) -> dict[str, Any]:
    """What a severe sanction's action says of the second that it needs; nothing for others."""
    if sanction not in SEVERE:
        return {}
    if is_alone:
        return {"second": ALONE}
    return {"second": WANTED, "second_due_at": now + SECOND_WITHIN}


def provisional_until(until: datetime | None, facts: Mapping[str, Any]) -> datetime | None:
    """Till when a sanction holds as long as nobody has seconded it."""
    due_at: datetime | None = facts.get("second_due_at")
    if due_at is None or until is None:
        return due_at or until
    return min(until, due_at)


def state_of(wanted: str | None, outcome: str | None) -> SecondState | None:
    """The state of a sanction that wanted a second or did without, and got this outcome; None: it needs none."""
    if outcome is not None:
        return SecondState(outcome)
    return None if wanted is None else SecondState(wanted)


def second_refusal(
    state: SecondState | None, *, is_undone: bool, actor_id: UUID, decided_by: UUID, subject_id: UUID | None
) -> Refused | None:
    """Why this moderator may not second an action, or None."""
    if actor_id == subject_id:
        return Refused(NOT_ALLOWED)
    if state is None:
        return Refused(WRONG_STATE, {"state": "not_needed"})
    if state is not SecondState.WANTED:
        return Refused(WRONG_STATE, {"state": state.value})
    if is_undone:
        return Refused(WRONG_STATE, {"state": "undone"})
    return Refused(OWN_DECISION) if actor_id == decided_by else None
