"""Core: the parts of the original that a verdict marks, as a reader would mark them.

A rule is satisfied by the first term that fills a slot, which may be a stub of what stands there (加我微 of
加我微信). For marking, each hit is widened to the sure hits of its own slot that overlap it, and what touches is marked
as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from moderation.lexicon import Hit
from moderation.verdict import Span
from moderation.views import Views


def widen(hit: Hit, same_slot: Iterable[Hit]) -> tuple[int, int]:
    """The range of a hit together with the sure hits of its slot that overlap it, in the folded text."""
    start, end = hit.start, hit.end
    for other in same_slot:
        if not other.weak and other.start < hit.end and hit.start < other.end:
            start, end = min(start, other.start), max(end, other.end)
    return start, end


def mark(views: Views, ranges: Sequence[tuple[int, int]], rule_id: str) -> list[Span]:
    """Spans of one rule in the original, in order, with overlapping and touching ranges as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(views.original_span(*each) for each in ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [Span(start, end, rule_id) for start, end in merged]
