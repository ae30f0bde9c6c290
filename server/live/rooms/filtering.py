"""Core: moderation's verdict on a comment, in the words of the room and of the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from moderation.filter import Filter
from moderation.verdict import Action, Category, Role, Utterance, Verdict
from server.live.rooms.room import FilterDecision
from server.live.topics import SayCommand

MASK: Final = "＊"
RETRY_AFTER_MS: Final = 10_000
"""What a sender is told who repeats what many others repeat."""


class CommentFilter:
    """The filter of the rooms that this process owns."""

    def __init__(self, engine: Filter) -> None:
        self._filter = engine
        self._categories: dict[str, Category] = {}
        self.counts: dict[str, int] = {action.value: 0 for action in Action}
        """Decisions by action, since the start."""

    def room_is(self, room_id: str, kind: str) -> None:
        """Say what a room deals in (`farm` or `jobs`) before its first comment is decided."""
        self._categories[room_id] = Category(kind)

    def utterance(self, room_id: str, command: SayCommand) -> Utterance:
        """A comment as moderation takes it."""
        return Utterance(
            text=command.text,
            role=Role.HOST if command.role == "host" else Role.VIEWER,
            category=self._categories.get(room_id, Category.ANY),
            sender_id=command.person_id,
            room_id=room_id,
        )

    def refusal_of_reason(self, room_id: str, reason: str) -> Mapping[str, Any] | None:
        """Why a removal's reason may not be told to whose line it was, or None.

        Whoever removes has to be able to name what was wrong, so that only what is blocked of anybody is refused.
        """
        utterance = Utterance(reason, Role.VIEWER, self._categories.get(room_id, Category.ANY))
        verdict = self._filter.engine.decide(utterance, 0.0)
        return refusal_facts(verdict) if verdict.action is Action.BLOCK else None

    def decide(
        self, room_id: str, command: SayCommand, now: float, *, as_limited: Callable[[Verdict], Verdict] | None = None
    ) -> FilterDecision:
        """Moderation's verdict as the room takes it; to be asked once for each comment.

        `as_limited` makes it the verdict on what a limited account says.
        """
        verdict = self._filter.decide(self.utterance(room_id, command), now)
        if as_limited is not None:
            verdict = as_limited(verdict)
        self.counts[verdict.action.value] += 1
        return FilterDecision(
            action=verdict.action.value,
            text=masked(command.text, verdict) if verdict.action is Action.MASK else command.text,
            facts=refusal_facts(verdict),
            verdict=verdict,
        )


def masked(text: str, verdict: Verdict) -> str:
    """The text with every span covered, character by character."""
    characters = list(text)
    for span in verdict.spans:
        characters[span.start : span.end] = MASK * (span.end - span.start)
    return "".join(characters)


def refusal_facts(verdict: Verdict) -> Mapping[str, Any]:
    """What the sender of a text is told of its refusal, alike for comments, cards and names."""
    if verdict.action is Action.ALLOW:
        return {}
    facts: dict[str, Any] = {
        "action": verdict.action.value,
        "rules": [
            {
                "rule_id": hit.rule_id,
                "title_zh": hit.title_zh,
                "title_en": hit.title_en,
                "article": hit.article_zh,
                "article_en": hit.article_en,
            }
            for hit in verdict.rules
        ],
        "spans": [[span.start, span.end] for span in verdict.spans],
        "reason_zh": verdict.reason_zh,
        "reason_en": verdict.reason_en,
    }
    if verdict.action is Action.RATELIMIT:
        facts["retry_after_ms"] = RETRY_AFTER_MS
    return facts
