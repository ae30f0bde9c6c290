"""Core: asking the filter about text that is about to be shown, and what its writer is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from moderation.verdict import Action, Category, Role, Utterance, Verdict
from server.api.http.problem import Problem
from server.casework.queueing import Flagged
from server.live.rooms.filtering import refusal_facts


class DecideText(Protocol):
    """The filter (`moderation.filter.Filter.decide`); `now` in seconds, on any steady clock."""

    def __call__(self, utterance: Utterance, now: float) -> Verdict: ...


def judge(
    decide_text: DecideText, texts: Iterable[str], role: Role, category: Category, now_s: float
) -> Problem | Flagged | None:
    """Why these may not be shown together; or what of them a person is to look at; or None, where all is well.

    What would be masked in chat is refused here: its writer can put it right. Facts: as for a line of chat
    (docs/protocol.md), and the `text` that the spans are of, which is all of them, a line each, where what offends is
    split over several.
    """
    lines = list(texts)
    whole = "\n".join(lines)
    begins = [sum(len(line) + 1 for line in lines[:place]) for place in range(len(lines))]
    asked = list(zip(begins, lines, strict=True)) + ([(0, whole)] if len(lines) > 1 else [])
    flagged: list[tuple[int, Verdict]] = []
    for begin, text in asked:
        verdict = decide_text(Utterance(text, role, category), now_s)
        if verdict.action is Action.FLAG:
            flagged.append((begin, verdict))
        elif verdict.action is not Action.ALLOW:
            return Problem("filtered", {"text": text, **refusal_facts(verdict)})
    return Flagged(whole, flagged) if flagged else None
