"""The desk's rules: what may be decided in which state, what it does to what is seen, and who may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from uuid import UUID

import pytest

from moderation.cases.effects import RETRY_AFTER_MAX, retry_after
from moderation.cases.mutes import Mute
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
from moderation.cases.states import (
    TRANSITIONS,
    Appearance,
    CaseState,
    Decision,
    Kind,
    Reason,
    Sanction,
    Why,
    appearance_after,
    mute_until,
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


@pytest.mark.parametrize(
    ("sanction", "actor", "subject", "has_room", "code"),
    [
        (Sanction.MUTE_10M, "moderator", Member(OTHER, "member"), True, None),
        (Sanction.MUTE_10M, "moderator", Member(OTHER, "member"), False, INVALID),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "member"), False, None),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "member", "limited"), True, None),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "member", "closed"), False, WRONG_STATE),
        (Sanction.MUTE_ROOM, "moderator", Member(OTHER, "moderator"), True, NOT_ALLOWED),
        (Sanction.CLOSE_ACCOUNT, "moderator", Member(OTHER, "admin"), False, NOT_ALLOWED),
        (Sanction.CLOSE_ACCOUNT, "admin", Member(OTHER, "moderator"), False, None),
        (Sanction.MUTE_10M, "admin", Member(ONE, "admin"), True, NOT_ALLOWED),
    ],
)
def test_who_may_lay_a_sanction_on_whom(
    sanction: Sanction, actor: str, subject: Member, has_room: bool, code: str | None
) -> None:
    refused = sanction_refusal(sanction, Member(ONE, actor), subject, has_room=has_room)
    assert (refused.code if refused is not None else None) == code


def test_mutes_end_by_themselves_or_never() -> None:
    assert mute_until(Sanction.MUTE_10M, NOW) == NOW + timedelta(minutes=10)
    assert mute_until(Sanction.MUTE_1D, NOW) == NOW + timedelta(days=1)
    assert mute_until(Sanction.MUTE_ROOM, NOW) is None
    for until, lifted, later, holds in [
        (NOW + timedelta(minutes=10), False, timedelta(minutes=9), True),
        (NOW + timedelta(minutes=10), False, timedelta(minutes=10), False),
        (None, False, timedelta(days=9_999), True),
        (None, True, timedelta(0), False),
    ]:
        assert Mute(ONE, ONE, OTHER, until, "", lifted).holds(NOW + later) is holds


def test_an_effect_is_tried_again_after_growing_pauses() -> None:
    pauses = [retry_after(tries) for tries in range(20)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=0.5), RETRY_AFTER_MAX)


def test_the_database_knows_the_same_words() -> None:
    sql = (files("moderation") / "migrations" / "0002_cases.sql").read_text("utf-8")

    def listed(column: str, table: str) -> set[str]:
        body = sql.split(f"CREATE TABLE moderation.{table} (")[1].split("\n);")[0]
        found = re.search(rf"\b{column}\s+text NOT NULL[^,]*?CHECK \({column} IN\s*\(([^)]*)\)", body)
        assert found is not None, (column, table)
        return set(re.findall(r"'(\w+)'", found[1]))

    assert listed("kind", "case_file") == {kind.value for kind in Kind}
    assert listed("action", "case_file") == {why.value for why in Why}
    assert listed("state", "case_file") == {state.value for state in CaseState}
    assert listed("reason", "report") == {reason.value for reason in Reason}
    decided = {decision.value for decision in Decision} | {sanction.value for sanction in Sanction}
    assert listed("kind", "action") == decided | {"undo"}
