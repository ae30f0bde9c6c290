"""Core: one text while it is decided: its views, and what was found in them so far.

What rules ask for is looked up first. The words around it are looked up only once a rule has all it asks for, which few
honest texts do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moderation.contacts import Found
from moderation.lexicon import HITS_PER_SLOT_MAX, Hit, Lexicon
from moderation.matching import Hits
from moderation.views import FOLDED, Views


class Reading:
    """One text's views, hits by slot, and what surrounds them."""

    __slots__ = ("around", "excused", "hits", "views")

    def __init__(self, views: Views) -> None:
        self.views = views
        self.hits: Hits = {}
        self.around: Hits = {}
        self.excused = False
        """Whether all rules that apply are excused by a word elsewhere in the text."""

    def keep(self, detected: Sequence[Found], slots: Mapping[str, int]) -> None:
        """Add what detectors found; `slots` are theirs by name."""
        for name, start, end in detected:
            known = self.hits.setdefault(slots[name], [])
            if len(known) < HITS_PER_SLOT_MAX:
                known.append(Hit(start, end, FOLDED, False))

    def scan_characters(self, lexicon: Lexicon, hits: Hits) -> bool:
        """Look in the folded and the tight view; whether anything was found."""
        folded, tight = self.views.folded, self.views.tight
        found = lexicon.find(folded, hits)
        if tight is not folded:
            found |= lexicon.find(tight, hits)
        return found

    def scan_disguises(self, lexicon: Lexicon, hits: Hits) -> bool:
        """Look in the views that undo heavier disguises; whether anything was found."""
        tight, emoji, merged = self.views.tight, self.views.emoji(), self.views.merged()
        found = False
        if emoji is not tight:
            found |= lexicon.find(emoji, hits)
        if merged is not emoji:
            found |= lexicon.find(merged, hits)
        for view in (self.views.alike(), self.views.cleared()):
            if view is not None:
                found |= lexicon.find(view, hits)
        pinyin = self.views.pinyin()
        if pinyin is not None:
            found |= lexicon.find_sounds(pinyin, self.views.folded.text, hits)
        return found

    def look_around(self, surroundings: Lexicon) -> None:
        """Look for what surrounds the hits, in every view, since people disguise whole lines."""
        if not self.around:
            self.scan_characters(surroundings, self.around)
            self.scan_disguises(surroundings, self.around)
            _drop_weak(self.around)

    def glance_around(self, surroundings: Lexicon) -> None:
        """The same as far as it is plainly written."""
        if not self.around:
            self.scan_characters(surroundings, self.around)


def _drop_weak(hits: Hits) -> None:
    """Forget what is weak: a word that merely sounds like a warning takes no sting from anything."""
    for slot, found in hits.items():
        if any(hit.weak for hit in found):
            hits[slot] = [hit for hit in found if not hit.weak]
    for slot in [slot for slot, found in hits.items() if not found]:
        del hits[slot]
