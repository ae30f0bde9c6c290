"""What a limited account may still say."""

from __future__ import annotations

import msgspec
import pytest

from moderation.cases.limits import LINE_EVERY_S, SPEAKERS_REMEMBERED_MAX, Pace, without_contacts
from moderation.verdict import Action, RuleHit, allowed


def test_one_line_each_ten_seconds_in_each_room() -> None:
    pace = Pace()
    assert pace.wait_s("a", "li", 100.0) == 0
    assert pace.wait_s("a", "li", 101.0) == LINE_EVERY_S - 1
    assert pace.wait_s("b", "li", 101.0) == 0
    assert pace.wait_s("a", "wang", 101.0) == 0
    assert pace.wait_s("a", "li", 110.0) == 0  # what was refused did not count
    assert pace.wait_s("a", "li", 111.0) == LINE_EVERY_S - 1
    assert pace.wait_s("a", "li", 50.0) == LINE_EVERY_S  # a clock put back makes nobody wait for longer


def test_as_many_speakers_are_remembered_as_may_be() -> None:
    pace = Pace()
    for number in range(SPEAKERS_REMEMBERED_MAX + 1):
        pace.wait_s("a", str(number), 100.0)
    assert pace.wait_s("a", "0", 100.0) == 0
    assert pace.wait_s("a", str(SPEAKERS_REMEMBERED_MAX), 100.0) > 0


@pytest.mark.parametrize(
    ("rule_id", "action", "expected"),
    [
        ("CT021", Action.FLAG, Action.BLOCK),
        ("CT021", Action.MASK, Action.BLOCK),
        ("CT001", Action.HOLD, Action.HOLD),
        ("CT001", Action.BLOCK, Action.BLOCK),
        ("OC001", Action.FLAG, Action.FLAG),
    ],
)
def test_a_hint_at_a_contact_is_blocked_and_nothing_else(rule_id: str, action: Action, expected: Action) -> None:
    hit = RuleHit(rule_id, "标题", "Title", "条", "art.", "原因", "Reason", action, 0.5)
    verdict = msgspec.structs.replace(allowed("1"), action=action, rules=(hit,), score=0.5)
    judged = without_contacts(verdict)
    assert judged.action is expected
    assert judged.rules == verdict.rules


def test_what_touches_no_rule_passes() -> None:
    assert without_contacts(allowed("1")) == allowed("1")
