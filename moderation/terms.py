"""Core: terms compiled for looking up: one automaton of their sounds, and beside it how each is written.

A term that stands in a text stands there by its sound too, so there is no second automaton for characters: what is
found by sound is compared with the terms as they are written. Terms of one character would be everywhere by sound; they
are in a table of their own. There are hundreds of sets of slots for a hundred thousand terms, so each set is one shared
tuple, and the terms are the only strings kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ahocorasick_rs import AhoCorasick

from moderation.folding import fold
from moderation.syllables import initials, sounds_of, to_syllables
from moderation.views import tighten

INITIALS_MIN, INITIALS_MAX = 2, 4
"""Terms of so many characters may be written by their first letters."""

KEY_SYLLABLES = 4
"""Syllables of a term that a first look goes by; with three, three times as many texts are looked at closer."""

Slots = tuple[int, ...]


class _Sets:
    """Sets of slots, equal ones as one tuple."""

    def __init__(self) -> None:
        self._known: dict[frozenset[int], Slots] = {}

    def of(self, slots: frozenset[int]) -> Slots:
        """The tuple of a set."""
        found = self._known.get(slots)
        return self._known.setdefault(slots, tuple(sorted(slots))) if found is None else found

    def union(self, one: Slots, other: Slots) -> Slots:
        """The tuple of two sets together."""
        return one if one is other else self.of(frozenset(one).union(other))


def mask_of(slots: Iterable[int]) -> int:
    """Slots as bits."""
    mask = 0
    for slot in slots:
        mask |= 1 << slot
    return mask


class Terms:
    """Terms and their slots, by sound, by spelling, as single characters, and by first letters."""

    def __init__(self, terms: Mapping[str, frozenset[int]], sure_only: frozenset[int]) -> None:
        """Compile terms with their slots; slots in `sure_only` are not looked for by first letters."""
        sets = _Sets()
        plain_terms: dict[str, Slots] = {}
        for term, given in terms.items():
            plain = tighten(fold(term))
            if len(plain) == 1 < len(term):
                plain = fold(term)  # 扣扣 without its repeat would be every 扣
            # Equal strings are one: the packs hold most of them already.
            plain_terms[term if plain == term else plain] = sets.union(plain_terms.get(plain, ()), sets.of(given))
        self.bare = {char: slots for char, slots in plain_terms.items() if len(char) == 1}
        """Terms of one character."""
        self.syllables: dict[str, Slots] = {}
        """Those of them that have a sound, by it."""
        self.initials: dict[str, Slots] = {}
        """Short terms by the first letters of their syllables."""
        self.written: list[str] = []
        """By pattern of the automaton: the term so written, or nothing where letters of the term are divided."""
        self.written_slots: list[Slots] = []
        self.written_also: dict[int, dict[str, Slots]] = {}
        """Other terms of the same sound."""
        self.sound_slots: list[Slots] = []
        """By pattern: what its sound alone is evidence for."""
        self.masks: list[int] = []
        """By pattern: all that it may be evidence for, as bits."""
        patterns: dict[str, int] = {}
        for plain, slots in plain_terms.items():
            if len(plain) == 1:
                if not plain.isascii():
                    sound = sounds_of(plain)
                    self.syllables[sound] = sets.union(self.syllables.get(sound, ()), slots)
            else:
                self._add(plain, slots, patterns, sets)
            if INITIALS_MIN <= len(plain) <= INITIALS_MAX and not sure_only.issuperset(slots):
                letters = initials(plain)
                if letters is not None:
                    weak = sets.of(frozenset(slots) - sure_only)
                    self.initials[letters] = sets.union(self.initials.get(letters, ()), weak)
        self.pairs = {plain: mask_of(slots) for plain, slots in plain_terms.items() if len(plain) == 2}
        """Terms of two characters, with their slots as bits."""
        self.bare_masks = {char: mask_of(slots) for char, slots in self.bare.items()}
        self.characters = frozenset("".join(plain_terms))
        self._keys: dict[str, int] = {}
        shared: dict[int, int] = {}
        for place, sounds in enumerate(patterns):
            mask = self.masks[place] = shared.setdefault(self.masks[place], self.masks[place])
            key = sounds[:KEY_SYLLABLES]
            known = self._keys.get(key, 0) | mask
            self._keys[key] = shared.setdefault(known, known)
        self.automaton = AhoCorasick(list(patterns))

    def beside(self) -> dict[str, tuple[str, str]]:
        """By character of the terms: which stand right before it in any term, and which right after."""
        before: dict[str, set[str]] = {}
        after: dict[str, set[str]] = {}
        for pair in {plain[at : at + 2] for plain in self._plain() for at in range(len(plain) - 1)}:
            after.setdefault(pair[0], set()).add(pair[1])
            before.setdefault(pair[1], set()).add(pair[0])
        return {
            char: ("".join(before.get(char, ())), "".join(after.get(char, ()))) for char in before.keys() | after.keys()
        }

    def _plain(self) -> Iterator[str]:
        yield from self.written
        for also in self.written_also.values():
            yield from also

    def take_keys(self) -> dict[str, int]:
        """Slots as bits by the first syllables of their terms; given away, and so to be asked for once."""
        keys, self._keys = self._keys, {}
        return keys

    def _add(self, plain: str, slots: Slots, patterns: dict[str, int], sets: _Sets) -> None:
        """Add a term by its characters and by its sound, which are two patterns where it has letters."""
        place = self._place(sounds_of(plain), patterns)
        if not self.written[place]:
            self.written[place], self.written_slots[place] = plain, slots
        else:
            self.written_also.setdefault(place, {})[plain] = slots
        mask = mask_of(slots)
        self.masks[place] |= mask
        sounds = to_syllables(plain)[0]
        heard = self._place(sounds, patterns)
        self.masks[heard] |= mask
        if heard != place:
            self.written_also.setdefault(heard, {})[plain] = slots
        if not plain.isascii():
            self.sound_slots[heard] = sets.union(self.sound_slots[heard], slots)

    def _place(self, sounds: str, patterns: dict[str, int]) -> int:
        place = patterns.setdefault(sounds, len(patterns))
        if place == len(self.written):
            self.written.append("")
            self.written_slots.append(())
            self.sound_slots.append(())
            self.masks.append(0)
        return place

    def characters_of(self, pattern: int) -> frozenset[str]:
        """The characters of all terms of this sound."""
        return frozenset(self.written[pattern]).union(*self.written_also.get(pattern, ()))
