"""Timestamps past their 32 bits: scripts of wire value → count."""

from __future__ import annotations

import pytest

from media.rtmp.clock import UnwrappedClock

TOP = 1 << 32


@pytest.mark.parametrize(
    ("wire", "counts"),
    [
        ([0, 33, 66], [0, 33, 66]),
        ([5_000, 4_990, 5_010], [5_000, 4_990, 5_010]),
        ([0xFFFFFE, 0xFFFFFF, 0x1000000, 0x1000001], [0xFFFFFE, 0xFFFFFF, 0x1000000, 0x1000001]),
        ([TOP - 10, 5, TOP - 1, 40], [TOP - 10, TOP + 5, TOP - 1, TOP + 40]),
        ([TOP - 1, 0, (1 << 31) - 1, TOP - 2, 0], [TOP - 1, TOP, TOP + (1 << 31) - 1, 2 * TOP - 2, 2 * TOP]),
        ([3_600_000, 0], [3_600_000, 0]),
        # Nothing lies before zero: what would is read as a jump forward.
        ([0, TOP - 1], [0, TOP - 1]),
    ],
)
def test_counts(wire: list[int], counts: list[int]) -> None:
    clock = UnwrappedClock()
    assert [clock.unwrap(value) for value in wire] == counts
