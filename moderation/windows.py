"""Core: what single lines don't show: one sender's lines joined, and one text from many senders.

A scam split over several short lines is found at its last piece, so the verdict and its spans are about that line. Both
windows are bounded in senders, lines and time, and forget the longest unused first.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from dataclasses import dataclass, field

import msgspec

from moderation.folding import fold
from moderation.verdict import Action, RuleHit, Span, Utterance, Verdict
from moderation.views import tighten

JOINED_LINES_MAX = 4
JOINED_WITHIN_S = 15.0
PIECE_CHARS_MAX = 30
"""A longer line is judged by itself: nobody splits a text into such pieces."""
SENDERS_MAX = 20_000

MODEL_RULES = "LM"
_DENIAL_AT_END = re.compile("(?:不|没|没有|无|免|勿|未|别|拒绝|杜绝|禁止|无需|不用|不要|不需要|不收|不会|从来不|绝不)$")

COPIES_WITHIN_S = 60.0
COPY_CHARS_MIN = 12
"""Shorter lines (下次一定, 主播加油) are said by many for good reasons."""
COPIERS_TO_FLAG = 5
COPIERS_TO_LIMIT = 10
TEXTS_PER_ROOM_MAX = 512
ROOMS_MAX = 2_048


class SenderWindow:
    """The last short lines of each sender in each room that were shown."""

    def __init__(self) -> None:
        self._lines: OrderedDict[tuple[str | None, str], deque[tuple[float, str]]] = OrderedDict()

    def join(self, utterance: Utterance, now: float) -> tuple[str, int] | None:
        """The recent lines and this one as one text, and where this one begins.

        None when the line is long, or nothing recent precedes it.
        """
        if utterance.sender_id is None or len(utterance.text) > PIECE_CHARS_MAX:
            return None
        lines = self._lines.get((utterance.room_id, utterance.sender_id))
        if lines is None:
            return None
        recent = [text for at_s, text in lines if now - at_s <= JOINED_WITHIN_S]
        if not recent:
            return None
        before = "".join(recent)
        return before + utterance.text, len(before)

    def remember(self, utterance: Utterance, now: float) -> None:
        """Keep a line that was shown; a long one ends what came before it."""
        if utterance.sender_id is None:
            return
        key = (utterance.room_id, utterance.sender_id)
        lines = self._lines.setdefault(key, deque(maxlen=JOINED_LINES_MAX - 1))
        self._lines.move_to_end(key)
        if len(utterance.text) > PIECE_CHARS_MAX:
            lines.clear()
        else:
            lines.append((now, utterance.text))
        if len(self._lines) > SENDERS_MAX:
            self._lines.popitem(last=False)


@dataclass(slots=True)
class _Copies:
    first_s: float
    senders: set[str] = field(default_factory=set)


class RoomWindow:
    """Who said the same text in a room within the last minute."""

    def __init__(self) -> None:
        self._rooms: OrderedDict[str, OrderedDict[str, _Copies]] = OrderedDict()

    def count(self, utterance: Utterance, now: float) -> int:
        """How many senders, this one included, have said the text; 0 where it is not counted."""
        if utterance.sender_id is None or utterance.room_id is None or len(utterance.text) < COPY_CHARS_MIN:
            return 0
        key = tighten(fold(utterance.text))
        if len(key) < COPY_CHARS_MIN:
            return 0
        texts = self._rooms.setdefault(utterance.room_id, OrderedDict())
        self._rooms.move_to_end(utterance.room_id)
        copies = texts.get(key)
        if copies is None or now - copies.first_s > COPIES_WITHIN_S:
            copies = texts[key] = _Copies(now)
        texts.move_to_end(key)
        if len(copies.senders) < COPIERS_TO_LIMIT:
            copies.senders.add(utterance.sender_id)
        if len(texts) > TEXTS_PER_ROOM_MAX:
            texts.popitem(last=False)
        if len(self._rooms) > ROOMS_MAX:
            self._rooms.popitem(last=False)
        return len(copies.senders)


def copied(count: int, verdict: Verdict) -> Verdict:
    """The verdict made more severe where many accounts say the same."""
    if count < COPIERS_TO_FLAG:
        return verdict
    action = Action.RATELIMIT if count >= COPIERS_TO_LIMIT else Action.FLAG
    if verdict.action.severity >= action.severity:
        return verdict
    hit = RuleHit(
        rule_id="RW001",
        title_zh="多个账号刷同一句话",
        title_en="Many accounts say the same",
        article_zh="平台规则",
        article_en="Platform rules",
        reason_zh="短时间内多个账号发送了同一句话, 请稍后再发。",
        reason_en="Many accounts sent this very text within a minute; please try again later.",
        action=action,
        weight=0.5,
    )
    return Verdict(
        action=action,
        rules=(hit, *verdict.rules),
        spans=verdict.spans,
        score=max(verdict.score, hit.weight),
        view=verdict.view,
        reason_zh=hit.reason_zh,
        reason_en=hit.reason_en,
        article=hit.article_zh,
        pack_version=verdict.pack_version,
    )


def by_model(verdict: Verdict) -> bool:
    """Whether a verdict is the model's alone."""
    return all(hit.rule_id.startswith(MODEL_RULES) for hit in verdict.rules)


def denies(before: str) -> bool:
    """Whether what was said before breaks off at a word that denies what follows; a word like 投诉 denies nothing."""
    return _DENIAL_AT_END.search(tighten(fold(before))) is not None


def softened(verdict: Verdict) -> Verdict:
    """A verdict on a line that the lines before it put right (我们不 / 收押金): shown, but seen by a person."""
    rules = tuple(msgspec.structs.replace(hit, action=Action.FLAG) for hit in verdict.rules)
    return msgspec.structs.replace(verdict, action=Action.FLAG, rules=rules)


def about_last_line(joined: Verdict, begin: int) -> Verdict | None:
    """A verdict on joined lines as one on the last, which begins at `begin`; None if no span reaches into it."""
    spans = tuple(
        Span(max(span.start - begin, 0), span.end - begin, span.rule_id) for span in joined.spans if span.end > begin
    )
    touched = {span.rule_id for span in spans}
    rules = tuple(hit for hit in joined.rules if hit.rule_id in touched)
    if not rules:
        return None
    return Verdict(
        action=rules[0].action,
        rules=rules,
        spans=spans,
        score=joined.score,
        view=joined.view,
        reason_zh=rules[0].reason_zh,
        reason_en=rules[0].reason_en,
        article=rules[0].article_zh,
        pack_version=joined.pack_version,
    )
