"""Core: the first look at a text: by its sound alone, in one translation and one automaton pass.

Most of what people say is a few ordinary characters, and no more than their sound is needed to see that no rule could
have something in each of its slots. One table turns characters into syllables, drops separators, and marks characters
that could be read in another way. What has letters, digits or anything else that the fold changes is not glanced at: it
is looked at through its views (gate.py).

The answer may be "look closer" for nothing, but is never "pass by" where the views would show something. Terms are
looked for by their first syllables only, which keeps the automaton small enough for the processor's caches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick

from moderation.components import Components
from moderation.contacts import MAY_BE_ADDRESS
from moderation.detectors import MAY_DETECT, MAY_DETECT_CHARS, detect
from moderation.doors import Doors
from moderation.folding import fold, fold_char
from moderation.lexicon import Lexicon
from moderation.syllables import said, sounds_of, spoken
from moderation.terms import mask_of
from moderation.views import NOISE_CHARS, NOISE_WORDS, SEPARATORS, clear, has_emoji_reading, has_repeats, tighten

_CLOSER, _ALIKE, _NOISE, _COUNT, _LETTER, _DIGIT = "\x00", "\x01", "\x02", "\x03", "\x04", "\x05"
"""Marks: look closer; before a look-alike, an interjection, a part of what detectors look for, a letter, a digit."""
_MARKS = re.compile("[\x01-\x05]")
_INTERJECTIONS = re.compile("\x02.")
_LONE = re.compile(r"(?<=[^\x00-\x7f])[a-z0-9](?=[^\x00-\x7f])")
_LETTERS = re.compile("[a-z]{2}")
_REPEATS = re.compile(r"(.)\1+")
_ALIGNED_SYLLABLES = 2
"""Terms so short are looked at as they are written: by sound they are everywhere."""
_CACHED_CHARS_MAX = 60_000


class _Table(dict[int, str]):
    """Translation table from a character as written to its mark and syllable; fills itself, up to its bound."""

    def __init__(self, components: Components, closer: frozenset[str], *, alike: bool) -> None:
        super().__init__()
        self._components = components
        self._closer = closer
        self._alike = alike

    def __missing__(self, code: int) -> str:
        marked = self._marked(chr(code))
        if len(self) < _CACHED_CHARS_MAX:
            self[code] = marked
        return marked

    def _marked(self, char: str) -> str:
        folded = fold_char(char)
        if char == "\n" or not folded or has_emoji_reading(folded):
            return _CLOSER
        if not any(map(str.isalnum, folded)):
            return ""
        if char.isascii():
            return f"{_LETTER}{folded}" if folded.isalpha() else f"{_DIGIT}{folded}"
        if folded != char or char in self._closer:
            return _CLOSER
        near = self._components.read_alike(char)
        mark = _NOISE if char in NOISE_CHARS else _COUNT if char in MAY_DETECT_CHARS else ""
        return (_ALIKE if near != char else "") + mark + sounds_of(near if self._alike else char)


class Glance:
    """The first look, for all roles and categories."""

    def __init__(self, lexicon: Lexicon, components: Components, telltales: frozenset[int]) -> None:
        """`telltales`: slots whose terms of one character are never passed by."""
        closer = lexicon.bare_of(telltales)
        self._lexicon = lexicon
        self._components = components
        self.assumed = lexicon.bare_mask & ~mask_of(telltales)
        """Slots, as bits, whose terms of one character are not looked for: they may always be there."""
        self._table = _Table(components, closer, alike=False)
        self._alike_table = _Table(components, closer, alike=True)
        self._telltale_sounds = frozenset(map(sounds_of, closer))
        masks = lexicon.take_keys()
        for sounds, mask in list(masks.items()):
            once = _REPEATS.sub(r"\1", sounds)
            if len(once) > 1:
                masks[once] = masks.get(once, 0) | mask
        self._odd = components.splits | NOISE_WORDS
        """Where one of these stands, the text is read in another way."""
        odd_sounds = {sounds_of(odd) for odd in self._odd}
        for sounds in odd_sounds:
            masks.setdefault(sounds, 0)
        self._masks = list(masks.values())
        self._odd_keys = frozenset(key for key, sounds in enumerate(masks) if sounds in odd_sounds)
        self._automaton = AhoCorasick(list(masks))

    def closer(self, text: str, forwards: Doors, backwards: Doors) -> bool:
        """Whether a text needs a closer look; False if no rule can apply to it, as it stands or backwards."""
        marked = codes = readings = text.translate(self._table)
        weak = 0
        if not marked.isprintable():
            if _CLOSER in marked:
                return True
            if (_COUNT in marked or _DIGIT in marked) and MAY_DETECT.search(text) is not None and detect(fold(text)):
                return True
            codes = _MARKS.sub("", marked)
            if _LETTER in marked:
                if MAY_BE_ADDRESS.search(text) is not None:
                    return True
                readings, weak, telltale = self._letters(text, codes)
                if telltale:
                    return True
                readings = codes + readings
            else:
                readings = codes
            if _ALIKE in marked:
                readings += "\n" + _MARKS.sub("", text.translate(self._alike_table))
            if _NOISE in marked or _LETTER in marked or _DIGIT in marked:
                cleared = _LONE.sub("", _MARKS.sub("", _INTERJECTIONS.sub("", marked)))
                if len(cleared) != len(codes):
                    readings += "\n" + cleared
        behind = codes[::-1]
        if has_repeats(codes):
            readings += "\n" + _REPEATS.sub(r"\1", readings)
            behind += "\n" + _REPEATS.sub(r"\1", behind)
        found = self._automaton.find_matches_as_indexes(f"{readings}\n{behind}", overlapping=True)
        if not found and not weak:
            return False
        return self._weigh(found, text, codes, len(readings) + 1, weak, forwards, backwards)

    def _mask_of_sounds(self, folded: str) -> int:
        mask = 0
        for key, _, _ in self._automaton.find_matches_as_indexes(sounds_of(folded), overlapping=True):
            mask |= self._masks[key]
        return mask

    def _letters(self, text: str, codes: str) -> tuple[str, int, bool]:
        """Letters as syllables, slots that they may stand for as first letters, and whether they say a telltale."""
        if _LETTERS.search(codes) is None:
            return "", 0, False
        lower = text.lower()
        readings = f"\n{said(codes)}"
        telltale = not self._telltale_sounds.isdisjoint(spoken(codes))
        if len(codes) != len(text):
            readings += f"\n{said(sounds_of(lower))}"
            telltale = telltale or not self._telltale_sounds.isdisjoint(spoken(lower))
        return readings, self._lexicon.initials_in(lower), telltale

    def _weigh(
        self,
        found: Sequence[tuple[int, int, int]],
        text: str,
        codes: str,
        behind_at: int,
        weak: int,
        forwards: Doors,
        backwards: Doors,
    ) -> bool:
        """What `closer` decides of what was found by sound."""
        sure = self.assumed
        behind = 0
        odd = False
        masks, odd_keys, pairs = self._masks, self._odd_keys, self._lexicon.pairs
        plain = (text if len(codes) == len(text) else SEPARATORS.sub("", text)).lower()
        # What stands in other readings has no characters at hand.
        size = len(codes) if len(plain) == len(codes) else 0
        blurred = not size or has_repeats(codes)
        for key, start, end in found:
            if end <= size:
                odd = odd or (key in odd_keys and plain[start:end] in self._odd)
                if end - start > _ALIGNED_SYLLABLES:
                    sure |= masks[key]
                else:
                    sure |= pairs.get(plain[start:end], 0)
                    weak |= masks[key]
            elif start < behind_at:
                sure |= masks[key]
                odd = odd or (blurred and key in odd_keys)
            elif end - start > _ALIGNED_SYLLABLES or end > behind_at + size:
                behind |= masks[key]
            else:
                behind |= pairs.get(plain[size - end + behind_at : size - start + behind_at][::-1], 0)
        weak = self._lexicon.weak(weak)
        if odd:
            tight = tighten(text.lower())
            if self._components.find(tight):
                return True
            sure |= self._mask_of_sounds(clear(tight))
        return forwards.open(sure | weak, sure) or backwards.open(behind, behind)
