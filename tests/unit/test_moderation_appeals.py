"""Appeals: against what and until when, who may answer, and the state that follows from what was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from moderation.cases.appeals import (
    ANSWER_WITHIN,
    APPEAL_WITHIN,
    AppealState,
    answer_refusal,
    appeal_refusal,
    appeal_until,
    state_of,
)
from moderation.cases.permission import NOT_ALLOWED, OWN_DECISION, WRONG_STATE, Refused
from moderation.cases.states import Sanction

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FIRST, SECOND, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)


def refused(state: str) -> Refused:
    return Refused(WRONG_STATE, {"state": state})


def test_the_terms() -> None:
    assert timedelta(days=20) == APPEAL_WITHIN
    assert timedelta(hours=72) == ANSWER_WITHIN


@pytest.mark.parametrize("kind", ["remove", *(sanction.value for sanction in Sanction)])
def test_what_goes_against_a_person_may_be_appealed_against(kind: str) -> None:
    assert appeal_refusal(kind, NOW, is_undone=False, is_appealed=False, now=NOW) is None
    assert appeal_until(kind, NOW) == NOW + APPEAL_WITHIN


@pytest.mark.parametrize(
    ("kind", "age", "is_undone", "is_appealed", "expected"),
    [
        ("remove", APPEAL_WITHIN, False, False, None),
        ("remove", APPEAL_WITHIN + timedelta(seconds=1), False, False, refused("too_late")),
        ("warn", timedelta(0), True, False, refused("undone")),
        ("warn", timedelta(0), False, True, refused("appealed")),
        ("warn", timedelta(0), True, True, refused("appealed")),
        ("approve", timedelta(0), False, False, refused("not_appealable")),
        ("undo", timedelta(0), False, False, refused("not_appealable")),
    ],
)
def test_when_not(kind: str, age: timedelta, is_undone: bool, is_appealed: bool, expected: Refused | None) -> None:
    assert appeal_refusal(kind, NOW - age, is_undone=is_undone, is_appealed=is_appealed, now=NOW) == expected


@pytest.mark.parametrize(
    ("actor_id", "state", "expected"),
    [
        (SECOND, AppealState.OPEN, None),
        (FIRST, AppealState.OPEN, Refused(OWN_DECISION)),
        (PERSON, AppealState.OPEN, Refused(NOT_ALLOWED)),
        (SECOND, AppealState.UPHELD, refused("upheld")),
        (SECOND, AppealState.REJECTED, refused("rejected")),
        (SECOND, AppealState.UNDONE, refused("undone")),
    ],
)
def test_never_the_one_who_decided_answers(actor_id: UUID, state: AppealState, expected: Refused | None) -> None:
    assert answer_refusal(state, actor_id=actor_id, decided_by=FIRST, person_id=PERSON) == expected


def test_the_state_follows_from_the_rows() -> None:
    assert state_of(None, is_undone=False) is AppealState.OPEN
    assert state_of(None, is_undone=True) is AppealState.UNDONE
    assert state_of("uphold", is_undone=True) is AppealState.UPHELD
    assert state_of("reject", is_undone=False) is AppealState.REJECTED
    assert state_of("reject", is_undone=True) is AppealState.REJECTED
