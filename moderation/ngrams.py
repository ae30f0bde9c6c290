"""Core: the n-grams of a text weighed under several heads at once, each n-gram counted once.

One automaton pass finds them, and the weights of all heads are packed into one integer, so that one sum adds them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter

from ahocorasick_rs import AhoCorasick

_INDEX = itemgetter(0)
_HEAD_BITS = 30
"""Of each head's sum: two heads are added as machine integers; 5,000 n-grams of weight 100 still fit."""
_HEAD_MASK = (1 << _HEAD_BITS) - 1
_HEAD_HALF = 1 << (_HEAD_BITS - 1)


class Ngrams:
    """Weights by n-gram, of any characters."""

    __slots__ = ("_automaton", "_heads", "_packed")

    def __init__(self, rows: Iterable[tuple[str, Sequence[int]]], heads: int) -> None:
        """Pack rows of an n-gram and its whole weight under each head."""
        self._heads = heads
        self._packed: list[int] = []
        grams: list[str] = []
        shared: dict[int, int] = {}
        for gram, weights in rows:
            assert gram, "an n-gram has a character at least"
            assert len(weights) == heads, gram
            packed = sum(weight << (head * _HEAD_BITS) for head, weight in enumerate(weights))
            self._packed.append(shared.setdefault(packed, packed))
            grams.append(gram)
        self._automaton = AhoCorasick(grams)

    def __len__(self) -> int:
        return len(self._packed)

    def sums(self, text: str) -> tuple[int, ...]:
        """The sum under each head over the distinct n-grams of a text of any length."""
        found = set(map(_INDEX, self._automaton.find_matches_as_indexes(text, overlapping=True)))
        return self._unpacked(sum(map(self._packed.__getitem__, found)))

    def found(self, text: str) -> list[tuple[int, int, tuple[int, ...]]]:
        """Every known n-gram where it stands: start, end and its weight under each head."""
        return [
            (start, end, self._unpacked(self._packed[index]))
            for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True)
        ]

    def _unpacked(self, total: int) -> tuple[int, ...]:
        if self._heads == 1:
            return (total,)
        values = []
        for _ in range(self._heads):
            low = total & _HEAD_MASK
            if low >= _HEAD_HALF:
                low -= 1 << _HEAD_BITS
            values.append(low)
            total = (total - low) >> _HEAD_BITS
        return tuple(values)
