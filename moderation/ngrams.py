"""Core: the parts of a text that a linear model weighs, all found in one automaton pass, each counted once.

A part is a string of any characters with a weight under each head. The first head is asked of every text; weights of
the others are packed into one integer each, so that one sum adds them all.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from struct import Struct

from ahocorasick_rs import AhoCorasick

_INDEX = itemgetter(0)
_HEAD_BITS = 32
"""Of each head's sum: 5,000 parts of weight 100,000 still fit."""
_HEAD_HALF = 1 << (_HEAD_BITS - 1)


def packed(weights: Sequence[int]) -> int:
    """Weights under some heads as one integer."""
    return sum(weight << (head * _HEAD_BITS) for head, weight in enumerate(weights))


@cache
def _layout(heads: int) -> tuple[int, int, Callable[[bytes], tuple[int, ...]]]:
    """What makes each head's sum positive, the bytes of all, and how they are read."""
    layout = Struct(f"<{heads}I")
    return packed([_HEAD_HALF] * heads), layout.size, layout.unpack


def unpacked(total: int, heads: int) -> list[int]:
    """What a sum of such integers says of each head."""
    raised, size, unpack = _layout(heads)
    return [value - _HEAD_HALF for value in unpack((total + raised).to_bytes(size, "little"))]


class Parts:
    """Strings and their whole weights under some heads, one at least."""

    __slots__ = ("_automaton", "_others", "_packed", "_weights")

    def __init__(self, rows: Iterable[tuple[str, Sequence[int]]], heads: int) -> None:
        """Take rows of a string and its weights; equal strings come once."""
        self._others = heads - 1
        # As machine words, not objects: a text's parts lie far apart, and the processor's caches are small.
        self._weights = array("i")
        self._packed: list[int] = []
        strings: list[str] = []
        shared: dict[int, int] = {0: 0}
        for string, weights in rows:
            assert string, "a part has a character at least"
            assert len(weights) == heads, string
            rest = packed(weights[1:])
            self._weights.append(weights[0])
            self._packed.append(shared.setdefault(rest, rest))
            strings.append(string)
        self._automaton = AhoCorasick(strings)

    def __len__(self) -> int:
        return len(self._weights)

    def of(self, text: str) -> set[int]:
        """The distinct parts of a text of any length, by their rows."""
        return set(map(_INDEX, self._automaton.find_matches_as_indexes(text, overlapping=True)))

    def sum(self, rows: Iterable[int]) -> int:
        """What some parts weigh under the first head."""
        return sum(map(self._weights.__getitem__, rows))

    def others(self, rows: Iterable[int]) -> list[int]:
        """What some parts weigh under each of the other heads."""
        return unpacked(sum(map(self._packed.__getitem__, rows)), self._others)

    def places(self, text: str) -> list[tuple[int, int, int]]:
        """Every part where it stands: start, end and its row."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(start, end, row) for row, start, end in found]

    def weight(self, row: int) -> int:
        """What a part weighs under the first head."""
        return self._weights[row]
