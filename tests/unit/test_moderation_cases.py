"""The desk's rules: what may be decided in which state, what it does to what is seen, and who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from moderation.cases.effects import RETRY_AFTER_MAX, retry_after
from moderation.cases.permission import (
    INVALID,
    NOT_ALLOWED,
    NOT_FOUND,
    WRONG_STATE,
    Member,
    Refused,
    decision_refusal,
    next_state,
    sanction_refusal,
    undo_refusal,
)
from moderation.cases.restrictions import Restriction
from moderation.cases.states import (
    TRANSITIONS,
    Appearance,
    CaseState,
    Decision,
    Sanction,
    appearance_after,
    end_fault,
    sanction_until,
    turned_back,
)

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)
SHOW, HIDE, LEAVE = Appearance.SHOW, Appearance.HIDE, Appearance.LEAVE


def test_a_case_is_decided_once_until_that_is_undone() -> None:
    assert next_state(CaseState.OPEN, Decision.APPROVE) is CaseState.APPROVED
    assert next_state(CaseState.OPEN, Decision.REMOVE) is CaseState.REMOVED
    for state in (CaseState.APPROVED, CaseState.REMOVED):
        for decision in Decision:
            assert next_state(state, decision) == Refused(WRONG_STATE, {"state": state.value})
        assert TRANSITIONS[state]["undo"] is CaseState.OPEN


@pytest.mark.parametrize(
    ("decision", "was_shown", "expected"),
    [
        (Decision.APPROVE, False, SHOW),
        (Decision.APPROVE, True, LEAVE),
        (Decision.REMOVE, False, LEAVE),
        (Decision.REMOVE, True, HIDE),
    ],
)
def test_what_a_decision_does_follows_from_whether_it_was_seen(
    decision: Decision, was_shown: bool, expected: Appearance
) -> None:
    did = appearance_after(decision, was_shown=was_shown)
    assert did is expected
    assert turned_back(turned_back(did)) is did
    assert (turned_back(did) is LEAVE) == (did is LEAVE)


def test_nobody_judges_their_own_words() -> None:
    assert decision_refusal(ONE, ONE) == Refused(NOT_ALLOWED)
    assert decision_refusal(ONE, OTHER) is None
    assert decision_refusal(ONE, None) is None
    assert undo_refusal("remove", ONE, ONE, is_undone=False) == Refused(NOT_ALLOWED)


def test_an_undo_is_not_undone_and_nothing_is_undone_twice() -> None:
    assert undo_refusal("undo", ONE, OTHER, is_undone=False) == Refused(NOT_FOUND)
    assert undo_refusal("mute_1d", ONE, OTHER, is_undone=True) == Refused(WRONG_STATE, {"state": "undone"})
    assert undo_refusal("mute_1d", ONE, OTHER, is_undone=False) is None


HERE, ELSEWHERE = OTHER, UUID(int=3)
"""Whose room it is: the subject's own, and somebody else's."""


@pytest.mark.parametrize(
    ("sanction", "actor", "subject", "host_id", "code"),
    [
        (Sanction.MUTE_10M, "moderator", Member(OTHER, "member"), ELSEWHERE, None),
        (Sanction.MUTE_10M, "moderator", Member(OTHER, "member"), None, INVALID),
        (Sanction.WARN, "moderator", Member(OTHER, "member"), None, None),
        (Sanction.WARN, "moderator", Member(ONE, "member"), None, NOT_ALLOWED),
        (Sanction.ROOM_BAN, "moderator", Member(OTHER, "member"), None, INVALID),
        (Sanction.ROOM_BAN, "moderator", Member(OTHER, "member"), HERE, INVALID),
        (Sanction.ROOM_BAN, "moderator", Member(OTHER, "member"), ELSEWHERE, None),
        (Sanction.CARD_OFF, "moderator", Member(OTHER, "member"), ELSEWHERE, INVALID),
        (Sanction.CARD_OFF, "moderator", Member(OTHER, "member"), HERE, None),
        (Sanction.STREAM_LIMITED, "moderator", Member(OTHER, "member"), ELSEWHERE, INVALID),
        (Sanction.STREAM_LIMITED, "moderator", Member(OTHER, "member"), HERE, None),
        (Sanction.LIMITED_ACCOUNT, "moderator", Member(OTHER, "member"), None, None),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "member"), None, None),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "member", "limited"), HERE, None),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "member", "closed"), None, WRONG_STATE),
        (Sanction.MUTE_ROOM, "moderator", Member(OTHER, "moderator"), ELSEWHERE, NOT_ALLOWED),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "admin"), None, NOT_ALLOWED),
        (Sanction.CLOSE_ACCOUNT, "admin", Member(OTHER, "moderator"), None, None),
        (Sanction.MUTE_10M, "admin", Member(ONE, "admin"), ELSEWHERE, NOT_ALLOWED),
    ],
)
def test_who_may_lay_a_sanction_on_whom(
    sanction: Sanction, actor: str, subject: Member, host_id: UUID | None, code: str | None
) -> None:
    refused = sanction_refusal(sanction, Member(ONE, actor), subject, host_id=host_id)
    assert (refused.code if refused is not None else None) == code


def test_sanctions_end_by_themselves_or_never() -> None:
    assert sanction_until(Sanction.MUTE_10M, NOW) == NOW + timedelta(minutes=10)
    assert sanction_until(Sanction.MUTE_1D, NOW) == NOW + timedelta(days=1)
    assert sanction_until(Sanction.MUTE_ROOM, NOW) is None
    assert sanction_until(Sanction.CLOSE_ACCOUNT, NOW) is None
    assert sanction_until(Sanction.LIMITED_ACCOUNT, NOW) == NOW + timedelta(days=7)
    assert sanction_until(Sanction.LIMITED_ACCOUNT, NOW, NOW + timedelta(days=2)) == NOW + timedelta(days=2)
    for until, lifted, later, holds in [
        (NOW + timedelta(minutes=10), False, timedelta(minutes=9), True),
        (NOW + timedelta(minutes=10), False, timedelta(minutes=10), False),
        (None, False, timedelta(days=9_999), True),
        (None, True, timedelta(0), False),
    ]:
        assert Restriction(ONE, "mute", OTHER, ELSEWHERE, until, "", lifted).holds(NOW + later) is holds


@pytest.mark.parametrize(
    ("sanction", "ahead", "fault"),
    [
        (Sanction.ROOM_BAN, timedelta(days=3), None),
        (Sanction.ROOM_BAN, timedelta(0), "out_of_range"),
        (Sanction.ROOM_BAN, timedelta(days=400), "out_of_range"),
        (Sanction.MUTE_10M, timedelta(days=3), "not_for_this_kind"),
        (Sanction.CLOSE_ACCOUNT, timedelta(days=3), "not_for_this_kind"),
    ],
)
def test_which_end_a_moderator_may_name(sanction: Sanction, ahead: timedelta, fault: str | None) -> None:
    assert end_fault(sanction, NOW + ahead, NOW) == fault
    assert end_fault(sanction, None, NOW) is None


def test_an_effect_is_tried_again_after_growing_pauses() -> None:
    pauses = [retry_after(tries) for tries in range(20)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=0.5), RETRY_AFTER_MAX)
