"""Core: a Bloom filter over hashes: whether one may be among many, in memory that does not grow with them.

The hashes are random already, so their own first bytes say where their bits are. With a million of them some one in
3,000 others passes; nothing that is among them is ever held back.
"""

from __future__ import annotations

from typing import Final

BITS: Final = 1 << 26
BYTES: Final = BITS // 8


class Sieve:
    """What passes is to be asked for; what does not is none of them."""

    def __init__(self) -> None:
        self._bits = bytearray(BYTES)

    def add(self, digest: bytes) -> None:
        """`digest`: 8 bytes or more, as good as random."""
        for place in _places(digest):
            self._bits[place >> 3] |= 1 << (place & 7)

    def passes(self, digest: bytes) -> bool:
        """Whether it may be one of those that were added."""
        bits = self._bits
        first = int.from_bytes(digest[:4], "big") % BITS
        if not bits[first >> 3] >> (first & 7) & 1:
            return False
        second = int.from_bytes(digest[4:8], "big") % BITS
        return bool(bits[second >> 3] >> (second & 7) & 1)


def _places(digest: bytes) -> tuple[int, int]:
    return int.from_bytes(digest[:4], "big") % BITS, int.from_bytes(digest[4:8], "big") % BITS
