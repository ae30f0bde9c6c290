from __future__ import annotations

import pytest

from moderation.ngrams import Parts

ROWS = [("押", (100, -7, 2)), ("押金", (-250, 3, 0)), ("不押金", (0, 1, -9)), ("金", (5, 0, 0))]
PARTS = Parts(ROWS, 3)


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("", 0, (0, 0)),
        ("好", 0, (0, 0)),
        ("押", 100, (-7, 2)),
        ("押金", -145, (-4, 2)),
        ("不押金", -145, (-3, -7)),
        ("押金押金", -145, (-4, 2)),
        ("金押", 105, (-7, 2)),
    ],
)
def test_each_part_counts_once_under_each_head(text: str, first: int, others: tuple[int, ...]) -> None:
    found = PARTS.of(text)
    assert PARTS.sum(found) == first
    assert PARTS.others(found) == list(others)


def test_sums_of_any_sign_are_kept_apart() -> None:
    for one in (-(2**20), -1, 0, 1, 2**20):
        for other in (-(2**20), -1, 0, 1, 2**20):
            for third in (-1, 0, 1):
                parts = Parts([("a", (7, one, other, third)), ("b", (7, other, third, one))], 4)
                assert parts.others(parts.of("ab")) == [one + other, other + third, third + one]


def test_one_head_has_no_others() -> None:
    parts = Parts([("a", (7,))], 1)
    assert parts.others(parts.of("a")) == []


def test_parts_are_found_where_they_stand() -> None:
    assert sorted(PARTS.places("押金")) == [(0, 1, 0), (0, 2, 1), (1, 2, 3)]
    assert [PARTS.weight(row) for row in range(len(PARTS))] == [100, -250, 0, 5]
