"""Core: the first look at a text: whether any rule could have something in each of its slots, in any way of reading.

One table brings a text to its plain characters, another these to syllables, and one automaton pass over both, forwards
and backwards, finds the slots for which there may be something. What only some texts have (letters, digits,
interjections, look-alikes, emoji that are read aloud) adds readings to that pass, so most texts pay for none of it.

The answer may be "look closer" for nothing, but is never "pass by" where the views would show something. Terms are
looked for by their first syllables only, and those that hold another term of the same slots not at all, which keeps the
automaton small enough for the processor's caches.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import accumulate
from operator import itemgetter, or_
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from moderation.components import Components
from moderation.contacts import HANDLE, MAY_BE_ADDRESS, WORD
from moderation.detectors import COUNT_CHARS, MAY_BE_NUMBER, MAY_DETECT, NUMERAL_CHARS, detect
from moderation.doors import Doors
from moderation.folding import common_chars, fold, fold_char
from moderation.lexicon import Lexicon
from moderation.matching import WEAK_TEXT_CHARS_MAX
from moderation.rearranged import REARRANGED_CHARS_MAX, REARRANGED_CHARS_MIN
from moderation.syllables import heard, sounds_of
from moderation.terms import KEY_SYLLABLES
from moderation.views import (
    LONE,
    NOISE_CHARS,
    NOISE_WORDS,
    SEPARATORS,
    has_emoji_reading,
    read_emoji,
    tighten,
    without_noise,
)

_EMOJI, _ALIKE, _NOISE, _COUNT, _NUMERAL, _SEVERAL, _LETTER, _DIGIT = map(chr, range(8))
"""Marks: emoji that is read aloud, look-alike, interjection, what detectors look for, several of these, and so on."""
_ORDINARY = "a"
_SOUNDS, _PLAIN, _READ, _MARKS = (slice(column, None, 4) for column in range(4))
_REPEATS = re.compile(r"([^\x00-\x7f])\1+")
_ANY_LETTER = re.compile("[a-z]")
_LETTER_RUN = re.compile("([a-z]{2,})")
_TOKEN = re.compile("[a-z0-9_-]{5}")
_INDEX = itemgetter(0)
_CACHED_CHARS_MAX = 60_000
_BESIDE_CHARS = KEY_SYLLABLES - 1
"""How far what is changed at one place may be part of what the automaton finds."""
_SURE, _WEAK, _BARE, _FLAGS = range(4)
"""Fields of a mask, each as wide as there are slots: terms, two syllables by sound, single characters, flags."""
_SPLIT, _SAID_BETWEEN = 1, 2
"""Flags: characters that could be one that is split; a word that people put between the characters of another."""


class Look(NamedTuple):
    """Whether a rule could apply to a text as it stands, and backwards."""

    forwards: bool
    backwards: bool


EVERYWHERE = Look(True, True)


class _Table(dict[int, str]):
    """Translation table from a character as written to what stands for it in a text that is glanced at.

    Each plain character becomes four: its syllable, itself, what it looks like, and its mark. The table fills itself
    up to its bound.
    """

    def __init__(self, components: Components) -> None:
        super().__init__()
        self._components = components

    def __missing__(self, code: int) -> str:
        marked = self._marked(chr(code))
        if len(self) < _CACHED_CHARS_MAX:
            self[code] = marked
        return marked

    def _marked(self, char: str) -> str:
        folded = fold_char(char)
        if has_emoji_reading(folded):
            return _EMOJI * 4
        alike = self._components.read_alike
        parts = [(sounds_of(plain), plain, alike(plain), self._mark(plain)) for plain in folded if plain.isalnum()]
        return "".join(["".join(part) for part in parts])

    def _mark(self, plain: str) -> str:
        if plain.isascii():
            return _LETTER if plain.isalpha() else _DIGIT
        marks = [
            mark
            for mark, chars in (
                (_ALIKE, self._components.alike),
                (_NOISE, NOISE_CHARS),
                (_COUNT, COUNT_CHARS),
                (_NUMERAL, NUMERAL_CHARS),
            )
            if plain in chars
        ]
        return _SEVERAL if len(marks) > 1 else "".join(marks) or _ORDINARY


class Glance:
    """The first look, for all roles and categories."""

    def __init__(self, lexicon: Lexicon, components: Components, detector_slots: Mapping[str, int]) -> None:
        self._lexicon = lexicon
        self._components = components
        self._detector_bits = {name: 1 << slot for name, slot in detector_slots.items()}
        self._words = self._detector_bits[HANDLE] | self._detector_bits[WORD]
        self._table = _Table(components)
        # Learnt now, not from the first texts that have them.
        "".join(common_chars()).translate(self._table)
        keys = lexicon.take_keys()
        masks = [*keys.values(), *lexicon.pairs.values(), *lexicon.bare_masks.values(), *self._detector_bits.values()]
        self._size = reduce(or_, masks).bit_length()
        self._all = (1 << self._size) - 1
        patterns = self._patterns(keys)
        shared: dict[int, int] = {}
        self._masks = [shared.setdefault(mask, mask) for mask in patterns.values()]
        self._automaton = AhoCorasick(list(patterns))
        doubled = [re.escape(pair) for pair in lexicon.pairs if pair[0] == pair[1] and not pair.isascii()]
        self._doubled = re.compile("|".join(doubled) or "(?!)")

    def _patterns(self, keys: Mapping[str, int]) -> dict[str, int]:
        """What the automaton looks for, and what each is evidence for, in its field."""
        lexicon, size = self._lexicon, self._size
        patterns: dict[str, int] = {}
        for field, listed in (
            (_SURE, _needed(keys)),
            (_SURE, lexicon.pairs.items()),
            # With a letter in them, two are no chance.
            (
                _SURE,
                [(sounds, mask) for sounds, mask in keys.items() if len(sounds) == 2 and _ANY_LETTER.search(sounds)],
            ),
            (_WEAK, [(sounds, mask) for sounds, mask in keys.items() if len(sounds) == 2]),
            (_BARE, lexicon.bare_masks.items()),
            (_FLAGS, [(split, _SPLIT) for split in self._components.splits]),
            (_FLAGS, [(word, _SAID_BETWEEN) for word in NOISE_WORDS]),
        ):
            for pattern, mask in listed:
                if mask:
                    patterns[pattern] = patterns.get(pattern, 0) | mask << field * size
        return patterns

    def look(self, text: str, forwards: Doors, backwards: Doors) -> str | Look:
        """A text as the model reads it, if no rule can apply to it, as it stands or backwards; else which might."""
        marked = text.translate(self._table)
        merged, sounds = marked[_PLAIN], marked[_SOUNDS]
        read = marks = tight = extra = folded = ""
        if not marked.isprintable():
            if _EMOJI in marked:
                folded = fold(text)
                tight = tighten(folded)
                extra = f"\n{sounds_of(tight)}\n{tight}"
                said = read_emoji(folded)[0]
                # Tightening joins what is doubled, and some names are.
                for each in (folded, said):
                    whole = SEPARATORS.sub("", each)
                    if self._doubled.search(whole) is not None:
                        extra += f"\n{whole}"
                merged = tighten(said)
                marked = merged.translate(self._table)
                sounds = marked[_SOUNDS]
            read, marks = marked[_READ], marked[_MARKS]
        plain = SEPARATORS.sub("", folded) if folded else merged
        repeat = _REPEATS.search(merged)
        if repeat is not None:
            if self._doubled.search(merged) is not None:
                extra += f"\n{merged}"
            alike = _ALIKE in marks or _SEVERAL in marks
            while repeat is not None:
                start, end = repeat.span()
                start += 1
                merged, sounds = merged[:start] + merged[end:], sounds[:start] + sounds[end:]
                if alike:
                    read, marks = read[:start] + read[end:], marks[:start] + marks[end:]
                repeat = _REPEATS.search(merged, start)
        sure = 0
        if marks:
            letters = _LETTER in marks
            counts = self._may_count(plain, marks, letters)
            if letters or counts:
                lower = text.lower()
                folded = folded or (lower if lower == merged else fold(text))
                sure = self._detected(folded, letters, counts)
                if letters:
                    sure |= self._said(sounds)
            extra += self._beside(tight or merged, read, marks)
        ahead = f"{sounds}\n{merged}{extra}"
        turned = ""
        if REARRANGED_CHARS_MIN <= len(text) <= REARRANGED_CHARS_MAX:
            turned = f"{tight[::-1]}\n{sounds_of(tight)[::-1]}" if tight else f"{merged[::-1]}\n{sounds[::-1]}"
        found = self._found(f"{ahead}\n{turned}")
        if not found and not sure:
            return merged
        flags = found >> _FLAGS * self._size
        if flags:
            more = self._cleared(tight or merged) if flags & _SAID_BETWEEN and _NOISE not in marks else ""
            if flags & _SPLIT:
                merged, joined = self._joined(merged)
                more += joined
                if joined and _LETTER in marks:
                    sure |= self._said(sounds_of(merged))
            if more:
                ahead += more
                found |= self._found(more)
        weakly = len(tight or merged) <= WEAK_TEXT_CHARS_MAX
        weak = self._lexicon.initials_in(folded) if weakly and _LETTER in marks else 0
        if not self._open(found, sure, weak, weakly, forwards) and not (turned and self._turned(found, backwards)):
            return merged
        if not turned:
            return Look(True, False)
        # Some rule is open by what was found in either direction: now each by itself.
        look = Look(
            self._open(self._found(ahead), sure, weak, weakly, forwards), self._turned(self._found(turned), backwards)
        )
        return look if any(look) else merged

    def _open(self, found: int, sure: int, weak: int, weakly: bool, doors: Doors) -> bool:
        """Whether a rule has something in each slot, by what was found and known; `weakly` if two syllables count."""
        sure |= (found | found >> _BARE * self._size) & self._all
        if not sure:
            return False
        if weakly:
            weak |= self._lexicon.weak(found >> _WEAK * self._size & self._all)
        return doors.open(sure | weak, sure)

    def _turned(self, found: int, doors: Doors) -> bool:
        """The same for what was found backwards, where only terms count."""
        terms = found & self._all
        return doors.open(terms, terms)

    def _found(self, readings: str) -> int:
        """What the patterns found in some readings are evidence for."""
        found = self._automaton.find_matches_as_indexes(readings, overlapping=True)
        return reduce(or_, map(self._masks.__getitem__, map(_INDEX, found)), 0) if found else 0

    def _beside(self, tight: str, read: str, marks: str) -> str:
        """What only some texts have: readings without what is said between, and of look-alikes."""
        several = _SEVERAL in marks
        extra = ""
        if several or _NOISE in marks or ((_LETTER in marks or _DIGIT in marks) and LONE.search(tight) is not None):
            extra = self._cleared(tight)
        if several or _ALIKE in marks:
            extra += self._alike(read, marks)
        return extra

    def _may_count(self, plain: str, marks: str, letters: bool) -> bool:
        """Whether there is any of what all sums, promises and numbers have."""
        return (
            _COUNT in marks
            or _DIGIT in marks
            or _SEVERAL in marks
            or (letters and ("k" in plain or "w" in plain))
            or (_NUMERAL in marks and MAY_BE_NUMBER.search(plain) is not None)
        )

    def _detected(self, folded: str, letters: bool, counts: bool) -> int:
        """What detectors find, or might: slots as bits."""
        if (counts and MAY_DETECT.search(folded) is not None) or (
            letters and MAY_BE_ADDRESS.search(folded) is not None
        ):
            found = 0
            for name, _, _ in detect(folded):
                found |= self._detector_bits[name]
            return found
        return self._words if letters and _TOKEN.search(folded) is not None else 0

    def _said(self, sounds: str) -> int:
        """Slots, as bits, for which letters may say something as syllables."""
        pieces = _LETTER_RUN.split(sounds)
        found = 0
        divided = False
        for place in range(1, len(pieces), 2):
            run = pieces[place]
            syllables = heard(run)
            if syllables != run:
                divided = True
                pieces[place] = syllables
                for code in syllables:
                    found |= self._lexicon.syllable_masks.get(code, 0)
        if divided:
            said = self._found("".join(pieces))
            # By letters even two syllables are sure.
            found |= (said | said >> _WEAK * self._size) & self._all
        return found

    def _joined(self, merged: str) -> tuple[str, str]:
        """A text with split characters joined, and what stands around them; nothing more where there are none."""
        joined, places = self._components.join(merged)
        if not places:
            return merged, ""
        around = _around(joined, [(place, place + 1) for place in places])
        read = self._components.read_alike(around)
        return joined, _read_twice(around) + (_read_twice(read) if read != around else "")

    def _alike(self, read: str, marks: str) -> str:
        """What stands around look-alikes, in a text in which they are read so, if a term could be there."""
        places: list[tuple[int, int]] = []
        for mark in (_ALIKE, _SEVERAL):
            place = marks.find(mark)
            while place >= 0:
                if self._lexicon.may_stand(read, place):
                    places.append((place, place + 1))
                place = marks.find(mark, place + 1)
        return _read_twice(_around(read, places)) if places else ""

    def _cleared(self, tight: str) -> str:
        """What stands around words that are said between the characters of another, without them."""
        pieces = without_noise(tight)
        read = "".join(pieces)
        ends = accumulate(map(len, pieces[:-1]))
        places = [(end, end) for end in ends if self._lexicon.may_meet(read, end)]
        return _read_twice(_around(read, places)) if places else ""


def _around(read: str, places: list[tuple[int, int]]) -> str:
    """What stands around some places of a text; all of it where that is shorter."""
    if len(places) * 2 * _BESIDE_CHARS >= len(read):
        return read
    return "\n".join([read[max(start - _BESIDE_CHARS, 0) : end + _BESIDE_CHARS] for start, end in places])


def _read_twice(read: str) -> str:
    """A reading by its sound and as it is written."""
    return f"\n{sounds_of(read)}\n{read}"


def _needed(keys: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Keys of three syllables or more, without the slots that a key inside has anyway."""
    for key, mask in keys.items():
        if len(key) > 3:
            mask &= ~(keys.get(key[:3], 0) | keys.get(key[1:], 0))
        if len(key) > 2 and mask:
            yield key, mask
