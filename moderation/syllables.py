"""Core: text as toneless pinyin syllables, one code point each.

With a code point for a syllable, a match always begins and ends on syllables: on plain letters 支援 (zhiyuan) would
contain 治愈 (zhiyu). Characters take their most frequent reading; Latin letters are divided into syllables too, so that
yajin, ya金 and 押金 are the same text. The code points are such below 0x800 as the fold never lets through, so that no
folded text has one by itself; being two bytes long in UTF-8, they keep the automata small.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from moderation.folding import fold_char, read_table

_CODES_BEGIN, _CODES_END = 0x80, 0x800
_CACHED_CHARS_MAX = 60_000
"""Characters whose sound is remembered; beyond, each is looked up in two steps."""
_SYLLABLE_CHARS_MAX = 6
_LATIN_RUN_CHARS_MAX = 240
"""Longer runs of letters are not pinyin that a person would read."""
_LONE_LETTER_COST = 3
_DIVIDED_RUNS_MAX = 4_096
"""Runs whose division is remembered: the same words come again and again."""
_LATIN_RUN = re.compile(r"[a-z]{2,}")


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Syllable to code point, and character to code point."""
    codes: dict[str, str] = {}
    chars: dict[str, str] = {}
    low = map(chr, range(_CODES_BEGIN, _CODES_END))
    free = (char for char in low if char.isprintable() and fold_char(char) != char)
    for (syllable, group), code in zip(read_table("syllables.tsv"), free, strict=False):
        codes[syllable] = code
        chars |= dict.fromkeys(group, code)
    return codes, chars


class _SoundTable(dict[int, str]):
    """Translation table from character to syllable that fills itself, up to its bound; what has no sound stays."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        sound = _tables()[1].get(char, char)
        if len(self) < _CACHED_CHARS_MAX:
            self[code] = sound
        return sound


_SOUNDS = _SoundTable()


def sounds_of(text: str) -> str:
    """The text with each character as its syllable, one for one; letters stay letters."""
    return text.translate(_SOUNDS)


@lru_cache(_DIVIDED_RUNS_MAX)
def divide(run: str) -> tuple[str, ...]:
    """A run of letters as syllables: the cheapest way, a letter left alone costing as much as three syllables."""
    codes, _ = _tables()
    cost = [0]
    cut = [0]
    for end in range(1, len(run) + 1):
        best, best_start = cost[end - 1] + (1 if run[end - 1] in codes else _LONE_LETTER_COST), end - 1
        for start in range(max(0, end - _SYLLABLE_CHARS_MAX), end - 1):
            if cost[start] + 1 < best and run[start:end] in codes:
                best, best_start = cost[start] + 1, start
        cost.append(best)
        cut.append(best_start)
    syllables: list[str] = []
    end = len(run)
    while end:
        syllables.append(run[cut[end] : end])
        end = cut[end]
    return tuple(reversed(syllables))


@cache
def _first_letters() -> dict[str, str]:
    return {char: syllable[0] for syllable, group in read_table("syllables.tsv") for char in group}


@lru_cache(_DIVIDED_RUNS_MAX)
def _said(run: str) -> str:
    codes, _ = _tables()
    return "".join([codes.get(syllable, syllable) for syllable in divide(run)])


def heard(run: str) -> str:
    """A run of letters as syllables; itself where it is too long or divides into letters alone."""
    return _said(run) if len(run) <= _LATIN_RUN_CHARS_MAX else run


def said(codes: str) -> str:
    """A text of sounds with its letters as syllables too; as `to_syllables`, without places."""
    return _LATIN_RUN.sub(lambda run: heard(run[0]), codes)


def spoken(text: str) -> set[str]:
    """The code points of the syllables into which the letters of a text divide."""
    return {code for run in _LATIN_RUN.findall(text) if len(run) <= _LATIN_RUN_CHARS_MAX for code in _said(run)}


def initials(text: str) -> str | None:
    """The first letters of a text's syllables; None if a character has no reading."""
    letters = [_first_letters().get(char) for char in text]
    return None if None in letters else "".join(letter for letter in letters if letter)


def to_syllables(text: str) -> tuple[str, list[int] | None, list[int] | None]:
    """The text with syllables as code points, and each character's start and end in the text given (None: one for one).

    Digits, and letters that make no syllable, stay as they are.
    """
    translated = text.translate(_SOUNDS)
    runs = [match for match in _LATIN_RUN.finditer(text) if len(match[0]) <= _LATIN_RUN_CHARS_MAX]
    if not runs:
        return translated, None, None
    codes, _ = _tables()
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    index = 0
    for match in runs:
        syllables = divide(match[0])
        low, high = match.span()
        parts.append(translated[index:low])
        starts += range(index, low)
        ends += range(index + 1, low + 1)
        for syllable in syllables:
            parts.append(codes.get(syllable, syllable))
            starts.append(low)
            low += len(syllable)
            ends.append(low)
        index = high
    parts.append(translated[index:])
    starts += range(index, len(text))
    ends += range(index + 1, len(text) + 1)
    return "".join(parts), starts, ends
