"""Four eyes: who may second, what holds meanwhile; and which decisions are looked at again."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from moderation.cases.permission import NOT_ALLOWED, OWN_DECISION, WRONG_STATE, Refused
from moderation.cases.second_looks import SHARE, is_sampled
from moderation.cases.seconds import (
    SECOND_WITHIN,
    SEVERE,
    SecondState,
    provisional_until,
    second_facts,
    second_refusal,
    state_of,
)
from moderation.cases.states import Sanction

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FIRST, SECOND, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)


def test_only_severe_sanctions_want_a_second() -> None:
    assert {Sanction.CLOSE_ACCOUNT, Sanction.STREAM_LIMITED} == SEVERE
    for sanction in Sanction:
        wanted = second_facts(sanction, NOW, is_alone=False)
        assert bool(wanted) == (sanction in SEVERE)
    assert second_facts(Sanction.CLOSE_ACCOUNT, NOW, is_alone=True) == {"second": "alone"}


def test_what_is_not_seconded_holds_for_a_day_at_most() -> None:
    facts = second_facts(Sanction.STREAM_LIMITED, NOW, is_alone=False)
    due_at = NOW + SECOND_WITHIN
    assert facts == {"second": "wanted", "second_due_at": due_at}
    assert provisional_until(NOW + timedelta(days=7), facts) == due_at
    assert provisional_until(NOW + timedelta(hours=1), facts) == NOW + timedelta(hours=1)
    assert provisional_until(None, facts) == due_at
    assert provisional_until(NOW + timedelta(days=7), {}) == NOW + timedelta(days=7)
    assert provisional_until(None, {"second": "alone"}) is None


@pytest.mark.parametrize(
    ("state", "is_undone", "actor_id", "expected"),
    [
        (SecondState.WANTED, False, SECOND, None),
        (SecondState.WANTED, False, FIRST, Refused(OWN_DECISION)),
        (SecondState.WANTED, False, PERSON, Refused(NOT_ALLOWED)),
        (SecondState.WANTED, True, SECOND, Refused(WRONG_STATE, {"state": "undone"})),
        (SecondState.AGREED, False, SECOND, Refused(WRONG_STATE, {"state": "agreed"})),
        (SecondState.LAPSED, True, SECOND, Refused(WRONG_STATE, {"state": "lapsed"})),
        (SecondState.ALONE, False, SECOND, Refused(WRONG_STATE, {"state": "alone"})),
        (None, False, SECOND, Refused(WRONG_STATE, {"state": "not_needed"})),
    ],
)
def test_who_may_second_what(
    state: SecondState | None, is_undone: bool, actor_id: UUID, expected: Refused | None
) -> None:
    refused = second_refusal(state, is_undone=is_undone, actor_id=actor_id, decided_by=FIRST, subject_id=PERSON)
    assert refused == expected


def test_the_state_follows_from_the_rows() -> None:
    assert state_of(None, None) is None
    assert state_of("wanted", None) is SecondState.WANTED
    assert state_of("alone", None) is SecondState.ALONE
    assert state_of("wanted", "dropped") is SecondState.DROPPED
    assert state_of(None, "agreed") is SecondState.AGREED  # whose person was erased meanwhile


def test_a_fixed_share_is_looked_at_again_and_always_the_same() -> None:
    made = random.Random(7)
    ids = [UUID(int=made.getrandbits(128)) for _ in range(20_000)]
    sampled = [each for each in ids if is_sampled(each)]
    assert abs(len(sampled) / len(ids) - SHARE) < 0.01
    assert sampled == [each for each in ids if is_sampled(each)]
    # Ids that were made one after another are chosen like any others.
    in_a_row = sum(is_sampled(UUID(int=(1 << 100) + number)) for number in range(20_000))
    assert abs(in_a_row / 20_000 - SHARE) < 0.01
