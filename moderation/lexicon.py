"""Core: where the terms of all rules stand in a text: one automaton pass for each view, with slots as payload.

A slot is what a rule asks for ("a fee word", "a payment verb"); one term may fill several. Terms are brought into the
same form as the views they are looked up in, by the same functions, so that a term can't miss a view by its spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from moderation.syllables import sounds_of
from moderation.terms import INITIALS_MAX, INITIALS_MIN, Slots, Terms, mask_of
from moderation.views import INITIALS, View

SURE_SYLLABLES_MIN = 4
"""A homophone of fewer syllables is weak evidence: short words have many honest neighbours."""
SURE_SYLLABLES_SHARING_MIN = 3
"""The same where a character of the term stands in its place, as when people change only the telling one."""
HITS_PER_SLOT_MAX = 64
"""More say nothing new, and would make a hostile text dear."""

_ENGLISH = frozenset({"me", "he", "can", "men", "long", "ban", "fan", "song"})
"""English words that would be syllables of one-character terms (whatsapp me is no question)."""
_LETTER_RUN = re.compile(rf"(?<![a-z0-9])[a-z]{{{INITIALS_MIN},{INITIALS_MAX}}}(?![a-z0-9])")
_LETTER = re.compile("[a-z]")
_LETTERS = re.compile("[a-z]{2}")


class Hit(NamedTuple):
    """A slot filled at a place of the folded text."""

    start: int
    end: int
    view: str
    weak: bool
    """Found by sound alone, with too few syllables to stand on its own."""


class Lexicon:
    """All terms, ready to be looked up in the views of a text."""

    def __init__(self, terms: Mapping[str, frozenset[int]], sure_only: frozenset[int] = frozenset()) -> None:
        """Compile terms with their slots; slots in `sure_only` take no weak evidence."""
        self._sure_only = sure_only
        self._not_sure_only = ~mask_of(sure_only)
        self._terms = Terms(terms, sure_only)
        self._bare = frozenset(self._terms.bare)
        self._bare_class = re.compile(f"[{''.join(map(re.escape, self._bare))}]" if self._bare else "(?!)")
        self.characters = self._terms.characters
        self._beside = self._terms.beside()
        self.pairs = self._terms.pairs
        self.bare_masks = self._terms.bare_masks
        """Terms of one character, with their slots as bits."""
        self.syllable_masks = {code: mask_of(slots) for code, slots in self._terms.syllables.items()}
        """Slots as bits by the sounds of terms of one character."""

    def take_keys(self) -> dict[str, int]:
        """Slots as bits by the first syllables of their terms; given away, and so to be asked for once."""
        return self._terms.take_keys()

    def initials_in(self, folded: str) -> int:
        """Slots, as bits, whose terms' first letters stand in a text."""
        weak = 0
        for letters in _LETTER_RUN.findall(folded):
            weak |= mask_of(self._terms.initials.get(letters, ()))
        return weak

    def may_stand(self, text: str, place: int) -> bool:
        """Whether the character at a place could be part of a term there: one by itself, or with one beside it."""
        char = text[place]
        if char in self._bare:
            return True
        before, after = self._beside.get(char, ("", ""))
        return (place > 0 and text[place - 1] in before) or (place + 1 < len(text) and text[place + 1] in after)

    def may_meet(self, text: str, place: int) -> bool:
        """Whether the characters before and after a place stand beside each other in some term."""
        return 0 < place < len(text) and text[place] in self._beside.get(text[place - 1], ("", ""))[1]

    def weak(self, mask: int) -> int:
        """Of some slots those that take weak evidence."""
        return mask & self._not_sure_only

    def find(self, view: View, hits: dict[int, list[Hit]]) -> bool:
        """Add what a character view contains to the hits by slot; whether there was anything."""
        text = view.text
        terms = self._terms
        written, also = terms.written, terms.written_also
        found: list[tuple[int, int, Slots]] = []
        for pattern, start, end in terms.automaton.find_matches_as_indexes(sounds_of(text), overlapping=True):
            surface = text[start:end]
            if written[pattern] == surface:
                found.append((end, start, terms.written_slots[pattern]))
            elif pattern in also and surface in also[pattern]:
                found.append((end, start, also[pattern][surface]))
        bare = [(match.end(), match.start(), terms.bare[match[0]]) for match in self._bare_class.finditer(text)]
        if bare:
            found += bare
            found.sort()
        anything = False
        full = _full(hits)
        for end, start, slots in found:
            if (full and full.issuperset(slots)) or _inside_word(text, start, end):
                continue
            anything = True
            hit = Hit(*view.folded_span(start, end), view.name, False)
            for slot in slots:
                known = hits.setdefault(slot, [])
                if len(known) < HITS_PER_SLOT_MAX:
                    known.append(hit)
                else:
                    full.add(slot)
        return anything

    def find_sounds(self, view: View, folded: str, hits: dict[int, list[Hit]]) -> bool:
        """Add what the pinyin view contains beyond the hits already there; whether there was anything new.

        Letters where characters would stand were put there on purpose, so they are never weak evidence; words that
        only meet across a comma are.
        """
        new = False
        terms = self._terms
        full = _full(hits)
        for pattern, start, end in terms.automaton.find_matches_as_indexes(view.text, overlapping=True):
            slots = terms.sound_slots[pattern]
            if not slots or (full and full.issuperset(slots)):
                continue
            low, high = view.folded_span(start, end)
            weak = self._weak(folded[low:high], pattern, end - start)
            hit = Hit(low, high, view.name, weak)
            for slot in slots:
                if weak and slot in self._sure_only:
                    continue
                known = hits.setdefault(slot, [])
                if len(known) >= HITS_PER_SLOT_MAX:
                    full.add(slot)
                elif not any(other.start < high and low < other.end for other in known):
                    known.append(hit)
                    new = True
        if not has_letters(folded):
            return new
        return new | self._find_syllables(view, folded, hits) | self._find_initials(folded, hits)

    def _weak(self, surface: str, pattern: int, syllable_count: int) -> bool:
        if _LETTER.search(surface) is not None:
            return False
        if len(surface) != syllable_count or syllable_count < SURE_SYLLABLES_SHARING_MIN:
            return True
        if syllable_count >= SURE_SYLLABLES_MIN:
            return False
        return self._terms.characters_of(pattern).isdisjoint(surface)

    def _find_initials(self, folded: str, hits: dict[int, list[Hit]]) -> bool:
        """Terms written by the first letters of their syllables, which is weak evidence: many share them."""
        new = False
        for match in _LETTER_RUN.finditer(folded):
            for slot in self._terms.initials.get(match[0], ()):
                known = hits.setdefault(slot, [])
                if len(known) < HITS_PER_SLOT_MAX:
                    known.append(Hit(match.start(), match.end(), INITIALS, True))
                    new = True
        return new

    def _find_syllables(self, view: View, folded: str, hits: dict[int, list[Hit]]) -> bool:
        """Terms of one character that are written as letters: by sound alone they would be everywhere."""
        new = False
        if view.starts is None:
            return new  # no letters make a syllable
        for index, char in enumerate(view.text):
            slots = self._terms.syllables.get(char)
            if slots is None:
                continue
            low, high = view.folded_span(index, index + 1)
            if high - low > 1 and folded[low:high].isascii() and folded[low:high] not in _ENGLISH:
                hit = Hit(low, high, view.name, False)
                for slot in slots:
                    known = hits.setdefault(slot, [])
                    if len(known) < HITS_PER_SLOT_MAX:
                        known.append(hit)
                        new = True
        return new


def _full(hits: Mapping[int, list[Hit]]) -> set[int]:
    """Slots that take no more hits."""
    return {slot for slot, known in hits.items() if len(known) >= HITS_PER_SLOT_MAX}


def has_letters(folded: str) -> bool:
    """Whether a text has letters side by side, which may be pinyin or first letters."""
    return _LETTERS.search(folded) is not None


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a match that begins or ends with a Latin letter or a digit goes on as a longer word or number."""
    if start and text[start].isascii() and _same_kind(text[start - 1], text[start]):
        return True
    return end < len(text) and text[end - 1].isascii() and _same_kind(text[end - 1], text[end])


def _same_kind(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isdigit() == other.isdigit() and one.isalnum() and other.isalnum()
