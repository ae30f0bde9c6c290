"""Core: a text that was read, judged as a whole and in its pieces.

A picture holds what belongs together and what does not: a banner that warns of fraud must not excuse the line below it.
So each line is judged, each two that follow each other, and the whole; what is heard, by its sentences. Pieces tell
less than the whole, so of them only what a rule says counts, not what the model makes of a few words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from media.senses.wire import Channel
from moderation.verdict import Action, Span, Verdict
from moderation.windows import by_model, denies

PIECE_CHARS_MIN: Final = 2
LINES_MAX: Final = 40
"""Of a text; where there are more, several count as one."""

_ENDS: Final[dict[Channel, re.Pattern[str]]] = {
    "qr": re.compile(r"\n+"),
    "screen": re.compile(r"\n+"),
    "speech": re.compile(r"[。!?;\uff01\uff1f\uff1b\n]+"),
}
"""Where a piece is over. A comma is no end: what follows it may take back what was said."""


def verdict_of_all(decide: Callable[[str], Verdict], channel: Channel, text: str, since: int = 0) -> Verdict:
    """The worst that is said of a text and its pieces, with the rules and spans of all; spans are of the text.

    `since`: what lies before it was judged already, except as part of the whole.
    """
    found = [decide(text)]
    for begin, end in pieces_of(channel, text):
        if end > since:
            verdict = decide(text[begin:end])
            if verdict.action is not Action.ALLOW and not by_model(verdict):
                spans = tuple(Span(each.start + begin, each.end + begin, each.rule_id) for each in verdict.spans)
                found.append(msgspec.structs.replace(verdict, spans=spans))
    return _combined(found)


def pieces_of(channel: Channel, text: str) -> list[tuple[int, int]]:
    """Begin and end of each line and of each two adjacent ones; none of a text that is one line.

    What follows a line that breaks off at a denial (不收 ⏎ 押金) is no piece by itself.
    """
    lines = _lines(text, _ENDS[channel])
    if len(lines) < 2:
        return []
    denied = [False, *(denies(text[begin:end].rstrip()) for begin, end in lines[:-1])]
    begun = [line for line, is_denied in zip(lines, denied, strict=True) if not is_denied]
    pairs = [
        (first[0], second[1])
        for (first, second), is_denied in zip(itertools.pairwise(lines), denied, strict=False)
        if not is_denied
    ]
    whole = (lines[0][0], lines[-1][1])
    return [piece for piece in (*begun, *pairs) if piece[1] - piece[0] >= PIECE_CHARS_MIN and piece != whole]


def _lines(text: str, ends: re.Pattern[str]) -> list[tuple[int, int]]:
    borders = [0, *(end.end() for end in ends.finditer(text)), len(text)]
    lines = [(begin, end) for begin, end in itertools.pairwise(borders) if text[begin:end].strip()]
    at_once = -(-len(lines) // LINES_MAX) or 1
    groups = [lines[place : place + at_once] for place in range(0, len(lines), at_once)]
    return [(group[0][0], group[-1][1]) for group in groups]


def _combined(found: Sequence[Verdict]) -> Verdict:
    """The worst verdict, first of equals, and what the others add to it."""
    lead = max(found, key=lambda verdict: (verdict.action.severity, verdict.score))
    others = {hit.rule_id: hit for verdict in found for hit in verdict.rules}
    for hit in lead.rules:
        others.pop(hit.rule_id, None)
    added = sorted(others.values(), key=lambda hit: (-hit.action.severity, -hit.weight))
    spans: list[Span] = []
    for span in (*lead.spans, *(span for verdict in found for span in verdict.spans)):
        if not any(span.rule_id == each.rule_id and span.start < each.end and each.start < span.end for each in spans):
            spans.append(span)
    return msgspec.structs.replace(lead, rules=(*lead.rules, *added), spans=tuple(spans))
