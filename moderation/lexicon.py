"""Core: where the terms of all rules stand in a text: one automaton pass for each view, with slots as payload.

A slot is what a rule asks for ("a fee word", "a payment verb"); one term may fill several. Terms are brought into the
same form as the views they are looked up in, by the same functions, so that a term can't miss a view by its spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from moderation.folding import fold
from moderation.syllables import initials, to_syllables
from moderation.views import INITIALS, View, tighten

SURE_SYLLABLES_MIN = 4
"""A homophone of fewer syllables is weak evidence: short words have many honest neighbours."""
SURE_SYLLABLES_SHARING_MIN = 3
"""The same where a character of the term stands in its place, as when people change only the telling one."""
HITS_PER_SLOT_MAX = 64
"""More say nothing new, and would make a hostile text dear."""

INITIALS_MIN, INITIALS_MAX = 2, 4
"""Terms of so many characters may be written by their first letters."""

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
    """All terms, compiled for character views and for the pinyin view."""

    def __init__(self, terms: Mapping[str, frozenset[int]], sure_only: frozenset[int] = frozenset()) -> None:
        """Compile terms with their slots; slots in `sure_only` take no weak evidence."""
        self._sure_only = sure_only
        by_chars: dict[str, frozenset[int]] = {}
        by_sound: dict[str, frozenset[int]] = {}
        by_syllable: dict[str, frozenset[int]] = {}
        by_initials: dict[str, frozenset[int]] = {}
        sound_terms: dict[str, str] = {}
        for term, slots in terms.items():
            plain = tighten(fold(term))
            if len(plain) == 1 < len(term):
                plain = fold(term)  # 扣扣 without its repeat would be every 扣
            _add(by_chars, plain, slots)
            if INITIALS_MIN <= len(plain) <= INITIALS_MAX and not sure_only.issuperset(slots):
                letters = initials(plain)
                if letters is not None:
                    _add(by_initials, letters, slots - sure_only)
            sounds = to_syllables(plain)[0]
            if len(sounds) > 1 and not plain.isascii():
                _add(by_sound, sounds, slots)
                sound_terms[sounds] = sound_terms.get(sounds, "") + plain
            elif not plain.isascii():
                _add(by_syllable, sounds, slots)
        self.characters = frozenset("".join(by_chars))
        self._char_slots = [tuple(sorted(slots)) for slots in by_chars.values()]
        self._sound_slots = [tuple(sorted(slots)) for slots in by_sound.values()]
        self._short_sound_slots = [tuple(sorted(slots - sure_only)) for slots in by_sound.values()]
        self._sound_terms = [frozenset(sound_terms[sounds]) for sounds in by_sound]
        self._syllable_slots = {syllable: tuple(sorted(slots)) for syllable, slots in by_syllable.items()}
        self._initial_slots = {letters: tuple(sorted(slots)) for letters, slots in by_initials.items()}
        self._char_automaton = AhoCorasick(list(by_chars))
        self._sound_automaton = AhoCorasick(list(by_sound))

    def find(self, view: View, hits: dict[int, list[Hit]]) -> bool:
        """Add what a character view contains to the hits by slot; whether there was anything."""
        text = view.text
        found = self._char_automaton.find_matches_as_indexes(text, overlapping=True)
        if not found:
            return False
        for index, start, end in found:
            if _inside_word(text, start, end):
                continue
            low, high = view.folded_span(start, end)
            hit = Hit(low, high, view.name, False)
            for slot in self._char_slots[index]:
                known = hits.setdefault(slot, [])
                if len(known) < HITS_PER_SLOT_MAX:
                    known.append(hit)
        return True

    def find_sounds(self, view: View, folded: str, hits: dict[int, list[Hit]]) -> bool:
        """Add what the pinyin view contains beyond the hits already there; whether there was anything new.

        Letters where characters would stand were put there on purpose, so they are never weak evidence; words that
        only meet across a comma are.
        """
        new = False
        found = self._sound_automaton.find_matches_as_indexes(view.text, overlapping=True)
        for index, start, end in found:
            low, high = view.folded_span(start, end)
            weak = _weak(folded[low:high], self._sound_terms[index], end - start)
            hit = Hit(low, high, view.name, weak)
            for slot in self._sound_slots[index]:
                if weak and slot in self._sure_only:
                    continue
                known = hits.setdefault(slot, [])
                if len(known) < HITS_PER_SLOT_MAX and not any(
                    other.start < high and low < other.end for other in known
                ):
                    known.append(hit)
                    new = True
        if not has_letters(folded):
            return new
        return new | self._find_syllables(view, folded, hits) | self._find_initials(folded, hits)

    def _find_initials(self, folded: str, hits: dict[int, list[Hit]]) -> bool:
        """Terms written by the first letters of their syllables, which is weak evidence: many share them."""
        new = False
        for match in _LETTER_RUN.finditer(folded):
            for slot in self._initial_slots.get(match[0], ()):
                known = hits.setdefault(slot, [])
                if len(known) < HITS_PER_SLOT_MAX:
                    known.append(Hit(match.start(), match.end(), INITIALS, True))
                    new = True
        return new

    def slots_in(self, text: str) -> set[int]:
        """The slots of which a text has a term: a quick look before a full one."""
        found = self._char_automaton.find_matches_as_indexes(text, overlapping=True)
        return {slot for index, _, _ in found for slot in self._char_slots[index]}

    def sounds_in(self, syllables: str) -> tuple[set[int], set[int]]:
        """The same of a text as syllables: slots that may be weak evidence, and those that may be sure."""
        weak: set[int] = set()
        sure: set[int] = set()
        for index, start, end in self._sound_automaton.find_matches_as_indexes(syllables, overlapping=True):
            if end - start < SURE_SYLLABLES_SHARING_MIN:
                weak.update(self._short_sound_slots[index])
            else:
                sure.update(self._sound_slots[index])
        return weak, sure

    def _find_syllables(self, view: View, folded: str, hits: dict[int, list[Hit]]) -> bool:
        """Terms of one character that are written as letters: by sound alone they would be everywhere."""
        new = False
        for index, char in enumerate(view.text):
            slots = self._syllable_slots.get(char)
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


def has_letters(folded: str) -> bool:
    """Whether a text has letters side by side, which may be pinyin or first letters."""
    return _LETTERS.search(folded) is not None


def _add(table: dict[str, frozenset[int]], key: str, slots: frozenset[int]) -> None:
    known = table.get(key)
    table[key] = slots if known is None else known | slots


def _weak(surface: str, term_chars: frozenset[str], syllable_count: int) -> bool:
    if _LETTER.search(surface) is not None:
        return False
    if len(surface) != syllable_count:
        return True
    shares = not term_chars.isdisjoint(surface)
    return syllable_count < (SURE_SYLLABLES_SHARING_MIN if shares else SURE_SYLLABLES_MIN)


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a match that begins or ends with a Latin letter or a digit goes on as a longer word or number."""
    if start and text[start].isascii() and _same_kind(text[start - 1], text[start]):
        return True
    return end < len(text) and text[end - 1].isascii() and _same_kind(text[end - 1], text[end])


def _same_kind(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isdigit() == other.isdigit() and one.isalnum() and other.isalnum()
