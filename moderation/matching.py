"""Core: whether a rule applies to what was found: all slots filled near each other, and no exemption at its anchor."""

from __future__ import annotations

from collections.abc import Mapping

from moderation.context import Context
from moderation.detectors import DETECTORS
from moderation.lexicon import Hit
from moderation.rules import EXEMPTIONS, Rule
from moderation.terms import mask_of
from moderation.verdict import Action
from moderation.views import INITIALS

INITIALS_WITHIN_CHARS = 3
"""First letters stand for so many words that they count only right beside what makes them plain."""
WEAK_TEXT_CHARS_MAX = 80
"""In longer texts two syllables sound like anything by chance, and nobody disguises them by hand."""
WORDED_CHARS_MIN = 3
"""Of a rearranged text, what all slots together must cover."""

_SAID_ANYWHERE = frozenset({"@advice", "@gripe"})

Hits = dict[int, list[Hit]]


class Compiled:
    """A rule with its slots resolved."""

    __slots__ = ("asked", "covers", "exemptions", "lacks", "lacks_sternly", "mask", "rule", "slots", "terms_mask")

    def __init__(self, rule: Rule, slots: tuple[int, ...], named: Mapping[str, int]) -> None:
        """Resolve what a rule names by `named`; `slots` are those of its needs, anchor first."""
        self.rule = rule
        self.slots = slots
        self.asked = frozenset(slots)
        self.mask = mask_of(self.asked)
        self.terms_mask = mask_of(self.asked.difference([named[name] for name in DETECTORS]))
        """Its slots without those of detectors."""
        self.exemptions = tuple(name for name in rule.exempt if name in EXEMPTIONS)
        self.covers = tuple(named[name[1:]] for name in rule.exempt if name.startswith("@"))
        self.lacks = tuple(named[name[1:]] for name in rule.lacks)
        self.lacks_sternly = tuple(named[name[1:]] for name in rule.lacks if name not in _SAID_ANYWHERE)
        """Without lists of words that anybody can add to a text."""

    def fits(self, hits: Hits) -> bool:
        """Whether hits fill all slots near each other, whatever surrounds them."""
        for anchor in hits[self.slots[0]]:
            filled = self._fill(anchor, hits)
            if filled is not None and not all(hit.weak for hit in filled):
                return True
        return False

    def match(self, hits: Hits, around: Hits, context: Context, *, sternly: bool = False) -> list[Hit] | None:
        """The hits that fill all slots, anchor first; None if the rule doesn't apply.

        Sternly, only what is said right at the hit excuses it, and no word elsewhere in the text.
        """
        if any(slot in around for slot in (self.lacks_sternly if sternly else self.lacks)):
            return None
        anchors = hits[self.slots[0]]
        exempt = [anchor for anchor in anchors if self._exempt(anchor, around, context, sternly)]
        for anchor in anchors:
            # What lies inside an exempt term (租银行卡 in 不要出租银行卡) is exempt with it.
            if any(other.start <= anchor.start and anchor.end <= other.end for other in exempt):
                continue
            filled = self._fill(anchor, hits)
            if filled is not None and not all(hit.weak for hit in filled):
                return filled
        return None

    def _fill(self, anchor: Hit, hits: Hits) -> list[Hit] | None:
        filled = [anchor]
        for slot in self.slots[1:]:
            near = min(hits[slot], key=lambda hit: (_gap(anchor, hit), hit.weak))
            within = self.rule.within
            if near.view == INITIALS or anchor.view == INITIALS:
                within = min(within, INITIALS_WITHIN_CHARS)
            if _gap(anchor, near) > within:
                return None
            filled.append(near)
        return filled

    def _exempt(self, anchor: Hit, around: Hits, context: Context, sternly: bool) -> bool:
        for slot in self.covers:
            for other in around.get(slot, ()):
                if other.start < anchor.end and anchor.start < other.end and not other.weak:
                    return True
        if sternly:
            return "negation" in self.exemptions and context.denied(anchor)
        return any(context.exempts(name, anchor) for name in self.exemptions)


Match = tuple[Compiled, Action, list[Hit]]
"""A rule that applies, what it does, and the hits that fill its slots, in their order."""
Live = dict[int, list[tuple[Compiled, Action]]]
"""By anchor, the rules that do anything to one role in one category, and what they do."""


def _gap(one: Hit, other: Hit) -> int:
    return max(other.start - one.end, one.start - other.end, 0)


def worded(match: Match) -> bool:
    """Whether more than two characters were found and none alone: read backwards, short words are chance."""
    chars = [hit.end - hit.start for hit in match[2]]
    return min(chars) > 1 and sum(chars) >= WORDED_CHARS_MIN
