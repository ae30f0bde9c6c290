"""Core: a text whose characters stand in another order: backwards, or in columns.

Each order is a list of places in the text as written, so that what is found in the rearranged text can be marked where
it stands. An order is tried only on texts in which nothing was found as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from moderation.verdict import Span

REARRANGED_CHARS_MIN = 4
REARRANGED_CHARS_MAX = 200
"""Nobody reads longer texts backwards."""


def orders(text: str) -> Iterator[list[int]]:
    """Places of the characters in the order in which they may be meant, never as they stand."""
    if not REARRANGED_CHARS_MIN <= len(text) <= REARRANGED_CHARS_MAX:
        return
    yield list(range(len(text) - 1, -1, -1))
    if "\n" not in text:
        return
    rows: list[list[int]] = [[]]
    for place, char in enumerate(text):
        if char == "\n":
            rows.append([])
        else:
            rows[-1].append(place)
    width = max(map(len, rows))
    if width > 1:
        columns = [[row[column] for row in rows if column < len(row)] for column in range(width)]
        yield [place for column in columns for place in column]
        yield [place for column in reversed(columns) for place in column]


def restored(spans: Sequence[Span], order: Sequence[int]) -> tuple[Span, ...]:
    """Spans of a rearranged text where they stand in the text as written, neighbours as one."""
    found: list[Span] = []
    for span in spans:
        places = sorted(order[index] for index in range(span.start, span.end))
        start = places[0]
        for place, following in zip(places, [*places[1:], -1], strict=True):
            if following != place + 1:
                found.append(Span(start, place + 1, span.rule_id))
                start = following
    return tuple(sorted(set(found), key=lambda span: (span.start, span.end, span.rule_id)))
