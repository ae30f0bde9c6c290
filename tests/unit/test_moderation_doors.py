from __future__ import annotations

import pytest

from moderation.doors import Doors, frequency

FEE, PAY, JOB = 1, 2, 4
OFTEN = {0: 0.5, 1: 0.1, 2: 0.2}


@pytest.mark.parametrize(
    ("present", "sure", "is_open"),
    [
        (0, 0, False),
        (FEE, FEE, False),
        (FEE | PAY, FEE, True),
        (FEE | PAY, PAY, True),
        (FEE | PAY, 0, False),
        (FEE | PAY, JOB, False),
        (JOB, JOB, True),
        (FEE | JOB, FEE, False),
        (FEE | PAY | JOB, FEE | PAY | JOB, True),
    ],
)
def test_a_rule_needs_all_its_slots_and_one_of_them_surely(present: int, sure: int, is_open: bool) -> None:
    assert Doors([FEE | PAY, JOB], OFTEN).open(present, sure) is is_open


def test_no_rules_are_never_open() -> None:
    assert not Doors([], {}).open(7, 7)


def test_short_and_many_terms_are_found_often() -> None:
    assert frequency(["治"]) > frequency(["治疗"]) > frequency(["治疗方"])
    assert frequency(["治疗", "治好"]) > frequency(["治疗"])
