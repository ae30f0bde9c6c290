"""Core: rules as sets of slots, asked whether any of them could have something in each.

Slots are bits. A rule is asked only where its rarest slot has something, so that a text with a few common words in it
asks next to none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_RARITY_BASE = 50.0
"""A term of one more character is found about so many times less often."""


def frequency(terms: Iterable[str]) -> float:
    """How often any of some terms may be found, to be compared only: the shorter the oftener."""
    return sum(_RARITY_BASE ** -len(term) for term in terms)


class Doors:
    """Some rules by their rarest slot."""

    __slots__ = ("_by_bit", "_firsts")

    def __init__(self, masks: Iterable[int], often: Mapping[int, float]) -> None:
        """`masks`: the slots of each rule; `often`: how often each slot may be found."""
        self._by_bit: dict[int, list[int]] = {}
        for mask in masks:
            slots = [slot for slot in range(mask.bit_length()) if mask >> slot & 1]
            rarest = min(slots, key=lambda slot: often.get(slot, 0.0))
            self._by_bit.setdefault(1 << rarest, []).append(mask)
        self._firsts = sum(self._by_bit)

    def open(self, present: int, sure: int) -> bool:
        """Whether a rule has all its slots present, one of them surely."""
        firsts = present & self._firsts
        while firsts:
            bit = firsts & -firsts
            firsts ^= bit
            for mask in self._by_bit[bit]:
                if mask & present == mask and mask & sure:
                    return True
        return False
