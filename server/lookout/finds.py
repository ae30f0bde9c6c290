"""Core: what was read in a live room, judged: what of it a person should look at, and whether it was told before.

The same code, or the same words that broke a rule, are told once in a room; a picture that is read again and again, and
a little differently each time, must not fill the queue.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Protocol

from media.senses.wire import Channel
from moderation.cases.priority import fold_key
from moderation.codes import code_key, leads_here, with_code
from moderation.verdict import Action, Category, Role, Utterance, Verdict
from server.lookout.pieces import verdict_of_all

ROLES: Final[dict[Channel, Role]] = {"qr": Role.SCREEN, "screen": Role.SCREEN, "speech": Role.SPEECH}

SAME_WITHIN_S: Final = 86_400.0
"""What was told of a room is told again after a day; a show is over by then."""

KEYS_REMEMBERED_MAX: Final = 500
"""Of one room."""

CASES_PER_HOUR_MAX: Final = 12
"""Of one room and rule; what a host shows beyond that is more of the same. Another rule has its own twelve, or codes
that matter little would use up those of a purse.
"""

HOUR_S: Final = 3_600.0
SENTENCE_CHARS_MAX: Final = 120
"""Of what was said before, which a sentence may begin in."""


class DecideText(Protocol):
    """The filter (`moderation.filter.Filter.decide`); `now` in seconds, on any steady clock."""

    def __call__(self, utterance: Utterance, now: float) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class Find:
    """Something that a person should look at."""

    channel: Channel
    text: str
    verdict: Verdict
    key: str
    """The same for what is the same, within a room and channel."""

    @property
    def rules(self) -> frozenset[str]:
        """The ids of all rules that speak against it."""
        return frozenset(hit.rule_id for hit in self.verdict.rules)


def judge(
    decide_text: DecideText,
    channel: Channel,
    text: str,
    category: Category,
    own_hosts: Collection[str],
    now: float,
    *,
    since: int = 0,
) -> Find | None:
    """What the filter says against a text and its pieces, and for codes, against where they lead; None: nothing.

    `since`: what lies before it was judged already, except together with the rest.
    """
    if channel == "qr" and leads_here(text, own_hosts):
        return None
    verdict = verdict_of_all(
        lambda piece: decide_text(Utterance(piece, ROLES[channel], category), now), channel, text, since
    )
    if channel == "qr":
        verdict = with_code(verdict, text, own_hosts)
    if verdict.action is Action.ALLOW:
        return None
    return Find(channel, text, verdict, code_key(text) if channel == "qr" else _key(text, verdict))


def _key(text: str, verdict: Verdict) -> str:
    """What was marked for which rules: the rest of a picture or sentence may be read otherwise the next time."""
    marked = sorted({(span.rule_id, fold_key(text[span.start : span.end]) or "") for span in verdict.spans})
    return repr(marked or sorted(hit.rule_id for hit in verdict.rules))


def target_of(room_id: str, find: Find) -> str:
    """The find as the name of what a case is about."""
    digest = hashlib.sha256(f"{room_id}\n{find.key}".encode("utf-8", "replace")).hexdigest()
    return f"{find.channel}:{digest[:40]}"


class Sentences:
    """What was said last in each room: a sentence that two windows share is judged whole."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def heard(self, room_id: str, text: str) -> list[tuple[str, int]]:
        """The texts to be judged with what was said now, each with where that begins: itself, and after what was said
        before.
        """
        before = self._said.get(room_id, "")
        self._said[room_id] = text[-SENTENCE_CHARS_MAX:]
        return [(text, 0), (before + text, len(before))] if before else [(text, 0)]

    def forget(self, room_id: str) -> None:
        """The room is silent, or off the air."""
        self._said.pop(room_id, None)


@dataclass(slots=True)
class _Told:
    keys: OrderedDict[str, float] = field(default_factory=OrderedDict)
    """When each was told, the latest last."""
    cases: dict[str, deque[float]] = field(default_factory=dict)
    """When those of the last hour were opened, by rule; a case counts for each of its rules."""


class FindBook:
    """What was told of each room."""

    def __init__(self) -> None:
        self._rooms: dict[str, _Told] = {}
        self.limited = 0
        """Finds beyond CASES_PER_HOUR_MAX, since the start."""

    def admits(self, room_id: str, target: str, now: float, rules: Collection[str]) -> bool:
        """Whether a find is to be told: it is new, and of one of its rules there were not too many; then it counts as
        told.
        """
        told = self._rooms.setdefault(room_id, _Told())
        at = told.keys.get(target)
        if at is not None and now - at < SAME_WITHIN_S:
            return False
        cases = [told.cases.setdefault(rule_id, deque()) for rule_id in sorted(rules)]
        for opened in cases:
            while opened and now - opened[0] >= HOUR_S:
                opened.popleft()
        if all(len(opened) >= CASES_PER_HOUR_MAX for opened in cases):
            self.limited += 1
            return False
        for opened in cases:
            opened.append(now)
        told.keys[target] = now
        told.keys.move_to_end(target)
        if len(told.keys) > KEYS_REMEMBERED_MAX:
            told.keys.popitem(last=False)
        return True

    def retract(self, room_id: str, target: str, rules: Collection[str]) -> None:
        """It could not be told after all: the next time it is new."""
        told = self._rooms.get(room_id)
        at = told.keys.pop(target, None) if told is not None else None
        if told is None or at is None:
            return
        for rule_id in rules:
            with contextlib.suppress(KeyError, ValueError):  # an hour has gone by
                told.cases[rule_id].remove(at)

    def forget_old(self, now: float) -> None:
        """Forget rooms of which nothing was told within a day."""
        for room_id in [each for each, told in self._rooms.items() if self._is_old(told, now)]:
            del self._rooms[room_id]

    @staticmethod
    def _is_old(told: _Told, now: float) -> bool:
        return not told.keys or now - next(reversed(told.keys.values())) >= SAME_WITHIN_S
