"""Core: asking the filter about text that is about to be shown, and what its writer is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from moderation.verdict import Action, Category, Role, Utterance, Verdict
from server.api.problem import Problem
from server.live.filtering import refusal_facts


class DecideText(Protocol):
    """The filter (`moderation.filter.Filter.decide`); `now` in seconds, on any steady clock."""

    def __call__(self, utterance: Utterance, now: float) -> Verdict: ...


def refusal_for(
    decide_text: DecideText, texts: Iterable[str], role: Role, category: Category, now_s: float
) -> Problem | None:
    """Why one of these may not be shown, or None. What would be masked in chat is refused here: its writer can put it
    right. Facts: as for a line of chat (docs/protocol.md), and the `text` that the spans are of."""
    for text in texts:
        verdict = decide_text(Utterance(text, role, category), now_s)
        if verdict.action not in (Action.ALLOW, Action.FLAG):
            return Problem("filtered", {"text": text, **refusal_facts(verdict)})
    return None
