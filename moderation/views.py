"""Core: the views of a text in which the lexicon is looked up, each with a map back to the original.

A disguise is undone by looking at the text another way, not by guessing: folded (what the characters stand for), tight
(separators gone, repeated CJK once), emoji (emoji read aloud), merged (split characters joined), alike (rare ones read
as what they look like), cleared (without noise words), pinyin (one code point for each toneless syllable, so that a
match begins and ends on syllables); initials are found in the folded text. Each view is derived from an earlier one,
and a view equal to its parent is not searched again. Positions of every view are given in the folded text, and by
`original_span` in the text as written.

All steps are one pass over at most TEXT_CHARS_MAX characters; nothing backtracks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from moderation.components import Components
from moderation.folding import fold, fold_starts, read_table
from moderation.syllables import to_syllables

TEXT_CHARS_MAX = 5_000
"""What is beyond is not looked at; the engine holds a longer text."""

FOLDED, TIGHT, EMOJI, MERGED, ALIKE = "folded", "tight", "emoji", "merged", "alike"
CLEARED, PINYIN, INITIALS = "cleared", "pinyin", "initials"
VIEW_NAMES = (FOLDED, TIGHT, EMOJI, MERGED, ALIKE, CLEARED, PINYIN, INITIALS)

_CJK = "\u3007\u3400-\u9fff"
SEPARATORS = re.compile(r"[\W_]+")
_REPEATS = re.compile(r"([^\x00-\x7f])\1+")
_EMOJI = re.compile(r"[+\u2190-\u2bff\U0001f000-\U0001faff]")
# What people put between the characters of a word: interjections, small words, a lone letter or digit. Both begin with
# one class of characters, since only for such patterns do texts fly by.
_INTERJECTIONS = "啊呀哈嗯哦噢嘿嘻呵额呃哎唉哇吧啦喽咯呗哟喔嗷嘞哼"
_WORDS = rf"(?<=[{_INTERJECTIONS}])[{_INTERJECTIONS}]*|(?<=那)个|(?<=就)是说?|(?<=的)话|(?<=其)实|(?<=可)能"
_PLAIN_NOISE = re.compile(f"[{_INTERJECTIONS}那就的其可](?:{_WORDS})")
_NOISE = re.compile(f"[{_INTERJECTIONS}那就的其可a-z0-9](?:{_WORDS}|(?<=[{_CJK}][a-z0-9])(?=[{_CJK}]))")
LONE = re.compile(rf"(?<=[{_CJK}])[a-z0-9](?=[{_CJK}])")
NOISE_CHARS = frozenset(_INTERJECTIONS)
NOISE_WORDS = frozenset({"那个", "就是", "的话", "其实", "可能"})
"""Beside a lone letter or digit, one of these is in all noise."""
_MAY_BE_NOISE = re.compile(f"[{''.join(sorted(NOISE_CHARS))}a-z0-9]|{'|'.join(sorted(NOISE_WORDS))}")
_SYLLABIC = re.compile(rf"[{_CJK}a-z]")


class View:
    """One reading of the text, made from a parent (None: the folded text itself).

    Character i covers `starts[i]` to `ends[i]` of the parent's text; where they are None, i to i + 1.
    """

    __slots__ = ("_starts", "ends", "name", "parent", "text")

    def __init__(
        self,
        name: str,
        text: str,
        parent: View | None = None,
        starts: Sequence[int] | None = None,
        ends: Sequence[int] | None = None,
    ) -> None:
        self.name = name
        self.text = text
        self.parent = parent
        self._starts = starts
        self.ends = ends

    @property
    def starts(self) -> Sequence[int] | None:
        """Where each character begins in the parent's text; a tight view's are found when first asked for."""
        if self._starts is None and self.name == TIGHT and self.parent is not None:
            self._starts = tight_starts(self.parent.text)
        return self._starts

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a non-empty range of this view lies in the folded text."""
        view: View | None = self
        while view is not None:
            starts = view._starts if view.name != TIGHT else view.starts
            if starts is not None:
                last = end - 1
                end = starts[last] + 1 if view.ends is None else view.ends[last]
                start = starts[start]
            view = view.parent
        return start, end

    def position(self, folded_index: int) -> int:
        """Index of the first character of this view, whose parent is the folded text, at or after a place there."""
        starts = self.starts
        return folded_index if starts is None else bisect_left(starts, folded_index)


def tighten(text: str) -> str:
    """The text without separators, and with repeated characters beyond ASCII once."""
    if not text.isalnum():
        text = SEPARATORS.sub("", text)
    return text if _REPEATS.search(text) is None else "".join([text[part] for part in _stay(text)])


def _stay(text: str) -> list[slice]:
    """What stays of a text if characters beyond ASCII that are repeated stand once."""
    index = 0
    stay: list[slice] = []
    for match in _REPEATS.finditer(text):
        start, end = match.span()
        stay.append(slice(index, start + 1))
        index = end
    stay.append(slice(index, None))
    return stay


def tight_starts(text: str) -> list[int]:
    """For each character of `tighten(text)`, the index in the text it came from."""
    index = 0
    starts: list[int] = []
    for match in SEPARATORS.finditer(text):
        starts += range(index, match.start())
        index = match.end()
    starts += range(index, len(text))
    stay = _stay(SEPARATORS.sub("", text))
    return starts if len(stay) == 1 else [start for part in stay for start in starts[part]]


def without_noise(tight: str) -> list[str]:
    """The pieces of a tight text beside what is said between the characters of a word; one where there is none."""
    return (_PLAIN_NOISE if LONE.search(tight) is None else _NOISE).split(tight)


@cache
def _emoji_readings() -> dict[str, str]:
    return dict(read_table("emoji.tsv"))


def has_emoji_reading(folded: str) -> bool:
    """Whether a folded text has an emoji that is read aloud."""
    return not _emoji_readings().keys().isdisjoint(folded)


def read_emoji(text: str) -> tuple[str, list[int]]:
    """The text with emoji that have a reading replaced by it, and the index each character came from."""
    readings = _emoji_readings()
    parts: list[str] = []
    starts: list[int] = []
    index = 0
    for match in _EMOJI.finditer(text):
        reading = readings.get(match[0])
        if reading is not None:
            place = match.start()
            parts += (text[index:place], reading)
            starts += range(index, place)
            starts += [place] * len(reading)
            index = place + 1
    parts.append(text[index:])
    starts += range(index, len(text))
    return "".join(parts), starts


class Views:
    """The views of one text, each made when asked for."""

    __slots__ = ("_components", "_emoji", "_merged", "_original_starts", "_tight", "folded", "original")

    def __init__(self, text: str, components: Components) -> None:
        self.original = text[:TEXT_CHARS_MAX]
        self.folded = View(FOLDED, fold(self.original))
        self._components = components
        self._tight: View | None = None
        self._emoji: View | None = None
        self._merged: View | None = None
        self._original_starts: list[int] | None = None

    @property
    def tight(self) -> View:
        """N3; the folded view itself where there is nothing to remove."""
        if self._tight is None:
            text = tighten(self.folded.text)
            self._tight = self.folded if text == self.folded.text else View(TIGHT, text, self.folded)
        return self._tight

    def emoji(self) -> View:
        """N6: emoji read aloud, then tightened; the tight view where no emoji has a reading."""
        if self._emoji is None:
            self._emoji = self._read_aloud()
        return self._emoji

    def _read_aloud(self) -> View:
        folded = self.folded.text
        if _EMOJI.search(folded) is None:
            return self.tight
        read, read_starts = read_emoji(folded)
        if read == folded:
            return self.tight
        return View(EMOJI, tighten(read), self.folded, [read_starts[i] for i in tight_starts(read)])

    def merged(self) -> View:
        """N4 on top of N6: split characters joined; its parent where nothing was split."""
        if self._merged is None:
            parent = self.emoji()
            spans = self._components.find(parent.text)
            self._merged = parent if not spans else _merge(parent, spans)
        return self._merged

    def alike(self) -> View | None:
        """The merged view with rare look-alikes read as what they look like; None where there are none."""
        parent = self.merged()
        text = self._components.read_alike(parent.text)
        return None if text is parent.text else View(ALIKE, text, parent)

    def cleared(self) -> View | None:
        """The tight view without what is said between the characters of a word; None where there is none."""
        tight = self.tight
        if _MAY_BE_NOISE.search(tight.text) is None:
            return None
        kept: list[int] = []
        index = 0
        for match in _NOISE.finditer(tight.text):
            kept += range(index, match.start())
            index = match.end()
        if not index:
            return None
        kept += range(index, len(tight.text))
        return View(CLEARED, "".join([tight.text[i] for i in kept]), tight, kept)

    def pinyin(self) -> View | None:
        """N5 on top of N4; None for a text without syllables."""
        parent = self.merged()
        if _SYLLABIC.search(parent.text) is None:
            return None
        return View(PINYIN, *_syllable_map(parent))

    def characters(self) -> list[View]:
        """All views of characters, those equal to their parent once."""
        views = [self.folded]
        for view in (self.tight, self.emoji(), self.merged(), self.alike(), self.cleared()):
            if view is not None and view is not views[-1]:
                views.append(view)
        return views

    def original_span(self, folded_start: int, folded_end: int) -> tuple[int, int]:
        """Where a non-empty range of the folded text lies in the original."""
        if self._original_starts is None:
            self._original_starts = fold_starts(self.original)
        starts = self._original_starts
        return starts[folded_start], starts[folded_end - 1] + 1


def _syllable_map(parent: View) -> tuple[str, View, list[int] | None, list[int] | None]:
    text, starts, ends = to_syllables(parent.text)
    return text, parent, starts, ends


def _merge(parent: View, spans: list[tuple[int, int, str]]) -> View:
    text = parent.text
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    index = 0
    for start, end, char in spans:
        parts += (text[index:start], char)
        starts += [*range(index, start), start]
        ends += [*range(index + 1, start + 1), end]
        index = end
    parts.append(text[index:])
    starts += range(index, len(text))
    ends += range(index + 1, len(text) + 1)
    return View(MERGED, "".join(parts), parent, starts, ends)
