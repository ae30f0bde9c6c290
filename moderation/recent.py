"""Core: verdicts of recent texts, so that what everybody says at once is decided once."""

from __future__ import annotations

from moderation.verdict import Verdict

RECENT_VERDICTS_MAX = 8_192
"""Per generation; two are kept."""
RECENT_TEXT_CHARS_MAX = 64
"""Longer texts seldom come twice."""


class Recent:
    """Verdicts by text in two generations: the older is dropped whole when the younger is full."""

    __slots__ = ("_older", "_younger")

    def __init__(self) -> None:
        self._younger: dict[str, Verdict] = {}
        self._older: dict[str, Verdict] = {}

    def find(self, text: str) -> Verdict | None:
        """The verdict of a text, which becomes young again; None for one not seen lately."""
        verdict = self._younger.get(text)
        if verdict is None:
            verdict = self._older.get(text)
            if verdict is not None:
                self.remember(text, verdict)
        return verdict

    def remember(self, text: str, verdict: Verdict) -> None:
        """Keep a verdict, if its text isn't too long."""
        if len(text) > RECENT_TEXT_CHARS_MAX:
            return
        if len(self._younger) >= RECENT_VERDICTS_MAX:
            self._older, self._younger = self._younger, {}
        self._younger[text] = verdict
