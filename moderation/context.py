"""Core: what surrounds a hit and takes its sting: negation, question, warning, complaint.

Most honest texts with a word of the lexicon are one of these: 无需押金, 押金要交吗, 先交押金的都是骗子, 主播骗人退款.
Negation belongs to one hit: a negating word right before it (or right after), with nothing but fillers between. A
question belongs to the sentence and is believed of viewers only, since a host's question is rhetorical; tales of cures
are full of question words, so there only plain asking counts. Warnings and
complaints belong to the whole of a short text.
"""

from __future__ import annotations

from collections.abc import Mapping

from moderation.lexicon import Hit
from moderation.rules import RuleBook
from moderation.verdict import Role
from moderation.views import View

NEGATION_GAP_CHARS_MAX = 24
DENIAL_GAP_CHARS_MAX = 5
SHORT_TEXT_CHARS_MAX = 80
"""Longer texts are judged sentence by sentence."""
_SENTENCE_ENDS = "。!;\n"
CONTEXT_LISTS = (
    "negator",
    "negator_after",
    "disowned_after",
    "condition_after",
    "question",
    "asking",
    "warning",
    "assurance",
    "complaint",
)


class ContextLists:
    """Slots of the lists that context rests on, and the fillers."""

    def __init__(self, book: RuleBook, slots: Mapping[str, int]) -> None:
        missing = [name for name in CONTEXT_LISTS if name not in slots]
        assert not missing, f"the packs lack the lists {missing}"
        self.negator, self.negator_after, self.disowned_after, self.condition_after = (
            slots[name] for name in CONTEXT_LISTS[:4]
        )
        self.question, self.asking = (slots[name] for name in CONTEXT_LISTS[4:6])
        self.warning, self.assurance, self.complaint = (slots[name] for name in CONTEXT_LISTS[6:])
        self.fillers = book.fillers


class Context:
    """The surroundings of one text's hits."""

    def __init__(
        self, lists: ContextLists, folded: str, tight: View, role: Role, hits: Mapping[int, list[Hit]]
    ) -> None:
        self._lists = lists
        self._folded = folded
        self._tight = tight
        self._role = role
        self._hits = hits
        self._short = len(tight.text) <= SHORT_TEXT_CHARS_MAX

    def exempts(self, exemption: str, hit: Hit) -> bool:
        """Whether one of the five named exemptions holds for a hit."""
        match exemption:
            case "negation":
                return self.denied(hit) or (not self._conditional(hit) and self._after(self._lists.disowned_after, hit))
            case "question":
                return self._role is Role.VIEWER and self._asked(hit, self._lists.question)
            case "asked":
                return self._role is Role.VIEWER and self._asked(hit, self._lists.asking)
            case "warning":
                return self._near(self._lists.warning, hit)
            case _:
                return self._role is Role.VIEWER and self._near(self._lists.complaint, hit)

    def _of(self, slot: int) -> list[Hit]:
        return self._hits.get(slot, [])

    def _between(self, start: int, end: int) -> str:
        return self._tight.text[self._tight.position(start) : self._tight.position(end)]

    def _only_fillers(self, start: int, end: int, chars_max: int) -> bool:
        between = self._between(start, end)
        return len(between) <= chars_max and self._lists.fillers.issuperset(between)

    def denied(self, hit: Hit) -> bool:
        """Whether a word right at a hit denies it, which who makes a claim would not add to it."""
        if self._conditional(hit):
            return False
        for other in self._of(self._lists.negator):
            if other.start < hit.start < other.end:
                return True
            if other.end <= hit.start and self._only_fillers(other.end, hit.start, NEGATION_GAP_CHARS_MAX):
                return True
        return self._after(self._lists.negator_after, hit)

    def _conditional(self, hit: Hit) -> bool:
        """Whether 不交押金不能上岗 asks for it all the more."""
        return any(hit.start < other.start < hit.end + 12 for other in self._of(self._lists.condition_after))

    def _after(self, slot: int, hit: Hit) -> bool:
        return any(
            other.start >= hit.end and self._only_fillers(hit.end, other.start, DENIAL_GAP_CHARS_MAX)
            for other in self._of(slot)
        )

    def _sentence(self, hit: Hit) -> tuple[int, int]:
        if self._short:
            return 0, len(self._folded)
        start = max(self._folded.rfind(mark, 0, hit.start) for mark in _SENTENCE_ENDS) + 1
        ends = [self._folded.find(mark, hit.end) for mark in _SENTENCE_ENDS]
        return start, min((end for end in ends if end >= 0), default=len(self._folded))

    def _near(self, slot: int, hit: Hit) -> bool:
        """Whether a word of the slot stands in the hit's sentence, and is not itself denied (不骗人)."""
        low, high = self._sentence(hit)
        calm = [each for each in self._of(self._lists.assurance) if "," not in self._folded[each.start : each.end]]
        return any(
            low <= other.start
            and other.end <= high
            and not any(denial.start <= other.start and other.end <= denial.end for denial in calm)
            for other in self._of(slot)
        )

    def _asked(self, hit: Hit, words: int) -> bool:
        low, high = self._sentence(hit)
        return "?" in self._folded[low : high + 1] or self._near(words, hit)
