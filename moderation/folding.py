"""Core: the fold, a table from one character to the plain characters it stands for.

It does the work of four views at once, character by character, so that one `str.translate` folds a comment in half a
microsecond and the offset map follows from the lengths alone:

- N0 compatibility forms (full-width, circled, mathematical), case; zero-width characters and combining marks vanish;
- N1 letters of other scripts that look like ASCII become ASCII, one way: digits and CJK are never touched (the whole
  Unicode confusables table would change 24 % of honest Chinese comments);
- N2 traditional characters become simplified.

Everything is decided per character: decomposition is used instead of composition, because then no character's result
depends on its neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

FOLD_CHARS_MAX = 4
"""Longest result of one character; longer compatibility forms (a whole Arabic phrase) are cut."""
_CACHED_CHARS_MAX = 60_000
"""Characters remembered; a hostile stream of rare ones is computed afresh instead of stored."""
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_DROPPED = {"Mn", "Me", "Cf", "Cn"}
_SPACED = {"Cc", "Cs", "Co", "Zs", "Zl", "Zp"}


def read_table(name: str) -> list[tuple[str, str]]:
    """Rows of a two-column table of this package."""
    text = (files("moderation") / "tables" / name).read_text("utf-8")
    rows = (line.partition("\t") for line in text.splitlines() if line)
    return [(key, value) for key, _, value in rows]


def _enclosed_letters() -> dict[str, str]:
    """Squared, negative and regional letters and dingbat digits, which have no compatibility form."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    table: dict[str, str] = {}
    for first in (0x1F150, 0x1F170, 0x1F1E6):
        table |= {chr(first + i): letters[i] for i in range(26)}
    for first in (0x2776, 0x2780, 0x278A, 0x24F5):
        table |= {chr(first + i): str(i + 1) for i in range(10)}
    table |= {chr(0x24EB + i): str(i + 11) for i in range(10)}
    return table | {"\u24ff": "0", "\u1f10c": "0"}


@cache
def _single_table() -> dict[str, str]:
    """Characters that are replaced before and after decomposition."""
    return dict(read_table("lookalikes.tsv")) | dict(read_table("simplified.tsv")) | _enclosed_letters()


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category in _DROPPED or char in _BLANK_LETTERS:
        return ""
    return " " if category in _SPACED else char


def fold_char(char: str) -> str:
    """What one character becomes: nothing, a space, or up to FOLD_CHARS_MAX plain characters."""
    table = _single_table()
    parts = []
    for part in unicodedata.normalize("NFKD", table.get(char, char)):
        cased = table.get(part, part).casefold()
        parts += [_plain(c) for piece in cased for c in table.get(piece, piece)]
    return "".join(parts)[:FOLD_CHARS_MAX]


class _FoldTable(dict[int, str]):
    """Translation table that fills itself, up to its bound."""

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        if len(self) < _CACHED_CHARS_MAX:
            self[code] = folded
        return folded


_FOLD = _FoldTable()


_PUNCTUATION = "，！？：；（）～…—"
"""The full-width marks that people write most."""


def _usual_chars() -> Iterator[str]:
    """Characters that the fold leaves as they are, but for the case of ASCII; and the marks."""
    yield from _PUNCTUATION
    for char in common_chars():
        if fold_char(char) == (char.lower() if char.isascii() else char):
            yield char


@cache
def _usual() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(re.escape, _usual_chars()))}]*")


@cache
def common_chars() -> tuple[str, ...]:
    """What nearly all texts are written with: ASCII and the characters of GB 2312."""
    pairs = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return (*map(chr, range(0x20, 0x7F)), *"".join(pair.decode("gb2312", "ignore") for pair in pairs))


def fold(text: str) -> str:
    """The folded text."""
    if _usual().fullmatch(text) is None:
        return text.translate(_FOLD)
    # Most texts; replacing a few marks is several times faster than a look into a table for each character.
    if not text.isalnum():
        for mark in _PUNCTUATION:
            if mark in text:
                text = text.replace(mark, _FOLD[ord(mark)])
    return text.lower()


def asks(text: str) -> bool:
    """Whether the folded text has a question mark."""
    if text.isalnum():
        return False
    return "?" in text or "？" in text or (_usual().fullmatch(text) is None and "?" in text.translate(_FOLD))


def fold_starts(text: str) -> list[int]:
    """For each character of `fold(text)`, the index in `text` it came from."""
    starts: list[int] = []
    for index, char in enumerate(text):
        starts += [index] * len(_FOLD[ord(char)])
    return starts
