from __future__ import annotations

import pytest

from media.bits import BitReader
from media.errors import MalformedMedia


def test_bits_come_most_significant_first() -> None:
    reader = BitReader(b"\xa5\x0f", "test")
    assert [reader.take(1), reader.take(3), reader.take(8), reader.left_bits] == [1, 2, 0x50, 4]


# ITU-T H.264, table 9-2 and 9-3.
@pytest.mark.parametrize(
    ("bits", "unsigned", "signed"),
    [("1", 0, 0), ("010", 1, 1), ("011", 2, -1), ("00100", 3, 2), ("00101", 4, -2), ("0001000", 7, 4)],
)
def test_exp_golomb_numbers(bits: str, unsigned: int, signed: int) -> None:
    data = int(bits.ljust(8, "0"), 2).to_bytes(1, "big")
    assert BitReader(data, "test").take_ue() == unsigned
    assert BitReader(data, "test").take_se() == signed


@pytest.mark.parametrize("data", [b"", b"\x00", bytes(16)])
def test_reading_on_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMedia, match="test"):
        BitReader(data, "test").take_ue()
