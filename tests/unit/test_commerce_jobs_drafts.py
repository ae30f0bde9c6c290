"""What a post must say before it is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.jobs.drafts import REQUIRED, JobDraft

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHOLE = JobDraft(
    title="装配工",
    employer="明亮电子",
    headcount=30,
    place="杭州余杭",
    base_min_minor=380_000,
    base_max_minor=400_000,
    pay_min_minor=550_000,
    pay_max_minor=720_000,
    employment="full_time",
    requirements=["年满 18 周岁"],
    description="流水线装配",
    valid_until=NOW + timedelta(days=30),
)


def test_a_whole_post_has_no_fault_and_an_empty_one_lacks_what_the_notice_asks_for() -> None:
    assert WHOLE.faults(NOW) == {}
    assert JobDraft("").faults(NOW) == dict.fromkeys(REQUIRED, "missing")
    assert JobDraft(" ").faults(NOW, is_draft=True) == {"title": "missing"}
    assert JobDraft("装配工").faults(NOW, is_draft=True) == {}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"title": "工" * 61}, {"title": "length"}),
        ({"employer": " ", "description": "\n"}, {"employer": "missing", "description": "missing"}),
        ({"headcount": 0}, {"headcount": "range"}),
        ({"base_min_minor": 0}, {"base_min_minor": "range"}),
        ({"base_max_minor": 370_000}, {"base_max_minor": "order"}),
        ({"pay_max_minor": 540_000}, {"pay_max_minor": "order"}),
        ({"pay_min_minor": 370_000}, {"pay_min_minor": "below_base"}),
        ({"pay_min_minor": 380_000, "pay_max_minor": 390_000}, {"pay_max_minor": "below_base"}),
        ({"base_max_minor": None}, {"base_max_minor": "missing"}),
        ({"employment": "volunteer"}, {"employment": "choice"}),
        ({"pay_unit": "year"}, {"pay_unit": "choice"}),
        ({"requirements": []}, {"requirements": "missing"}),
        ({"benefits": ["包住"] * 13}, {"benefits": "count"}),
        ({"benefits": [" "]}, {"benefits": "length"}),
        ({"valid_until": NOW}, {"valid_until": "past"}),
        ({"valid_until": NOW.replace(year=2300)}, {"valid_until": "range"}),
    ],
)
def test_faults(changes: dict[str, Any], faults: dict[str, str]) -> None:
    assert replace(WHOLE, **changes).faults(NOW) == faults


def test_every_line_that_others_read_is_shown_to_the_filter() -> None:
    draft = replace(WHOLE, shift="两班倒", benefits=("包住",))
    assert set(draft.texts()) == {"装配工", "明亮电子", "杭州余杭", "两班倒", "流水线装配", "包住", "年满 18 周岁"}
