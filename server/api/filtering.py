"""Core: asking the filter about text that is about to be shown, and what its writer is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from moderation.verdict import Action, Category, Role, Utterance, Verdict
from server.api.http.problem import Problem
from server.live.rooms.filtering import refusal_facts


class DecideText(Protocol):
    """The filter (`moderation.filter.Filter.decide`); `now` in seconds, on any steady clock."""

    def __call__(self, utterance: Utterance, now: float) -> Verdict: ...


def refusal_for(
    decide_text: DecideText, texts: Iterable[str], role: Role, category: Category, now_s: float
) -> Problem | None:
    """Why these may not be shown together, or None. What would be masked in chat is refused here: its writer can put it
    right. Facts: as for a line of chat (docs/protocol.md), and the `text` that the spans are of, which is all of them,
    a line each, where what offends is split over several."""
    lines = list(texts)
    for text in lines if len(lines) < 2 else [*lines, "\n".join(lines)]:
        verdict = decide_text(Utterance(text, role, category), now_s)
        if verdict.action not in (Action.ALLOW, Action.FLAG):
            return Problem("filtered", {"text": text, **refusal_facts(verdict)})
    return None
