"""Résumés: what is wrong with one, and that a number that is not shared is nowhere to be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.jobs.resume import (
    Resume,
    Snapshot,
    mask_phone,
    pack_resume,
    pack_snapshot,
    plain_phone,
    resume_context,
    snapshot_context,
    unpack_resume,
    unpack_snapshot,
    without_phone,
)

WHOLE = Resume(
    name="王芳",
    phone="13800138000",
    city="苏州",
    years_experience=3,
    education="vocational",
    skills=["焊接"],
    experience="2021-2024 电子厂装配",
    about="能吃苦",
    expected_pay="6000",
)


def test_tidying_leaves_what_was_meant() -> None:
    written = replace(WHOLE, name=" 王芳 ", phone="+86 (138) 0013-8000", skills=[" 焊接", " "])
    assert written.tidied() == replace(WHOLE, phone="+8613800138000")
    assert plain_phone("１３８００１３８０００") == "13800138000"


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, {}),
        ({"name": "", "phone": "", "city": ""}, dict.fromkeys(("name", "phone", "city"), "missing")),
        ({"name": "王" * 31}, {"name": "length"}),
        ({"phone": "123456"}, {"phone": "phone"}),
        ({"phone": "1380013800a"}, {"phone": "phone"}),
        ({"years_experience": 61}, {"years_experience": "range"}),
        ({"education": "mba"}, {"education": "choice"}),
        ({"skills": ["焊"] * 21}, {"skills": "count"}),
        ({"skills": ["焊" * 31]}, {"skills": "length"}),
        ({"experience": "x" * 2001}, {"experience": "length"}),
    ],
)
def test_faults(changes: dict[str, Any], faults: dict[str, str]) -> None:
    assert replace(WHOLE, **changes).faults() == faults


@pytest.mark.parametrize(
    ("phone", "masked"), [("13800138000", "138****8000"), ("+8613800138000", "+86****8000"), ("1234567", "*******")]
)
def test_masks(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "１３８００１３８０００",
        "1.3.8.0.0.1.3.8.0.0.0",
        "1 3 8 00138000",
    ],
)
def test_the_number_is_covered_however_it_is_written(written: str) -> None:
    for phone in ("13800138000", "+8613800138000"):
        masked = Snapshot(
            replace(WHOLE, phone=phone, about=f"打{written}找我", skills=[written]), f"我是{written}"
        ).masked()
        packed = pack_snapshot(masked).decode()
        assert written not in packed
        assert "00138" not in packed
        assert masked.resume.experience == WHOLE.experience


@given(st.text(max_size=60), st.from_regex(r"[0-9]{8,15}", fullmatch=True))
def test_what_is_covered_leaves_no_number_and_other_words_alone(text: str, phone: str) -> None:
    assert phone[-11:] not in without_phone(f"{text}{phone}{text}", phone).replace(mask_phone(phone), "")
    other = "".join(character for character in text if not character.isdigit())
    assert without_phone(other, phone) == other


def test_packing_gives_back_what_was_packed() -> None:
    assert unpack_resume(pack_resume(WHOLE)) == WHOLE
    snapshot = Snapshot(WHOLE, "周三能来")
    assert unpack_snapshot(pack_snapshot(snapshot)) == snapshot
    person = UUID(int=1)
    assert resume_context(person) != snapshot_context(person)
