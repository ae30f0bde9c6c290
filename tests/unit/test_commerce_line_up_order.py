from __future__ import annotations

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from commerce.shelf.line_up_order import positions, reordered

A, B, C, D = (uuid7() for _ in range(4))


@pytest.mark.parametrize(
    ("held", "wanted", "result"),
    [
        ([A, B, C], [C, A, B], [C, A, B]),
        ([A, B, C], [C], [C, A, B]),
        ([A, B, C], [], [A, B, C]),
        ([], [], []),
        ([A, B], [B, B], None),
        ([A, B], [B, D], None),
    ],
)
def test_items_that_are_not_named_follow_as_they_stood(
    held: list[UUID], wanted: list[UUID], result: list[UUID] | None
) -> None:
    assert reordered(held, wanted) == result


def test_cards_stand_where_their_items_stand_and_notices_after_them() -> None:
    line_up = [(A, None), (None, B), (C, None)]
    cards = [(uuid7(), offer) for offer in [(None, None), (C, None), (None, B), (D, None)]]
    assert list(positions(line_up, cards).values()) == [4, 3, 2, 5]
    assert positions([], []) == {}
