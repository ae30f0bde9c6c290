"""Core: characters written as their parts (扌甲 for 押) or as rare ones that look alike (狎 for 押), put right again.

Only characters that occur in the lexicon are joined, since no other can complete a term; of overlapping splits the
longest from the left is taken. A look-alike that itself occurs in the lexicon keeps its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from moderation.folding import fold, read_table

_CACHED_CHARS_MAX = 60_000


class _Reading(dict[int, str | int]):
    """Translation table of look-alikes that learns, up to its bound, which characters are none: asking is dear."""

    def __missing__(self, code: int) -> int:
        if len(self) < _CACHED_CHARS_MAX:
            self[code] = code
        return code


class Components:
    """The splits and look-alikes of a given set of characters, as one automaton."""

    def __init__(self, characters: Iterable[str]) -> None:
        wanted = set(characters)
        splits: dict[str, str] = {}
        for char, ways in read_table("components.tsv"):
            if char in wanted:
                for way in ways.split(" "):
                    splits.setdefault(fold(way), char)
        self.splits = frozenset(splits)
        """Characters as they are split, folded."""
        # Characters that don't occur in the lexicon, with the one of the lexicon that they look like.
        self._alike: dict[int, str] = {}
        for char, near in read_table("glyphs.tsv"):
            if char in wanted:
                for other in near:
                    if other not in wanted:
                        self._alike.setdefault(ord(other), char)
        self._reading = _Reading(self._alike)
        self.alike = frozenset(map(chr, self._alike))
        """Rare characters that look like one of the lexicon."""
        # A set of characters as a pattern is a bitmap, which is asked in a fraction of the time of the table.
        self._has_alike = re.compile(f"[{''.join(map(re.escape, self.alike))}]" if self._alike else "(?!)")
        self._chars = list(splits.values())
        self._automaton = AhoCorasick(list(splits), matchkind=MatchKind.LeftmostLongest) if splits else None

    def read_alike(self, text: str) -> str:
        """The text with rare characters replaced by what they look like; itself where there are none."""
        return text if self._has_alike.search(text) is None else text.translate(self._reading)

    def join(self, text: str) -> tuple[str, list[int]]:
        """The text with split characters joined, and their places in it."""
        index = size = 0
        parts: list[str] = []
        places: list[int] = []
        for start, end, char in self.find(text):
            size += start - index
            places.append(size)
            size += 1
            parts += (text[index:start], char)
            index = end
        return "".join(parts) + text[index:], places

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Splits in the text: start, end and the character they make, from left to right, never overlapping."""
        if self._automaton is None:
            return []
        return [(start, end, self._chars[i]) for i, start, end in self._automaton.find_matches_as_indexes(text)]
