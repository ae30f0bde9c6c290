from __future__ import annotations

import pytest

from moderation.ngrams import Ngrams

ROWS = [("押", (100, -7)), ("押金", (-250, 3)), ("不押金", (0, 1)), ("金", (5, 0))]
NGRAMS = Ngrams(ROWS, 2)


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("", (0, 0)),
        ("好", (0, 0)),
        ("押", (100, -7)),
        ("押金", (-145, -4)),
        ("不押金", (-145, -3)),
        ("押金押金", (-145, -4)),
        ("金押", (105, -7)),
    ],
)
def test_each_ngram_counts_once_under_each_head(text: str, sums: tuple[int, int]) -> None:
    assert NGRAMS.sums(text) == sums


def test_sums_of_any_sign_are_kept_apart() -> None:
    for one in (-(2**20), -1, 0, 1, 2**20):
        for other in (-(2**20), -1, 0, 1, 2**20):
            for third in (-1, 0, 1):
                ngrams = Ngrams([("a", (one, other, third)), ("b", (other, third, one))], 3)
                assert ngrams.sums("ab") == (one + other, other + third, third + one)


def test_ngrams_are_found_where_they_stand() -> None:
    assert sorted(NGRAMS.found("押金")) == [(0, 1, (100, -7)), (0, 2, (-250, 3)), (1, 2, (5, 0))]
    assert len(NGRAMS) == len(ROWS)
