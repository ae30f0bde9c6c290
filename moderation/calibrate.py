"""Core: where the model's flagging and holding begin: as low as honest texts bear it, with all that rules say of them.

The texts that set thresholds were never learnt from. A share of the hardest is given up, of complaints and warnings by
themselves as well, whatever the others bear. A text to which rules apply is acted on unless the model finds it
harmless, so it bears less; one that a calm word protects bears more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from moderation.engine import Engine
from moderation.folding import fold
from moderation.model import AUDIENCES, FRAUD, MODEL_CHARS_MAX, MODEL_CHARS_MIN, Model, Scored, audience
from moderation.opinion import CALM_SCORE_MAX, EXCUSED, harmless_margin
from moderation.rules import shipped_packs
from moderation.verdict import Action, Category, Role, Utterance
from moderation.views import tighten

FLAG_LEAST = 0.7
FINE_FLAG_SHARE_MAX = 0.05
"""Of honest development texts, which are hard ones, as all do that speak to one audience."""
KIND_FLAG_SHARE_MAX = {"complaint": 0.06, "warning": 0.06}
"""Of these kinds by themselves; what is flagged is shown, and calm words keep them from being held."""
KIND_COUNT_MIN = 40
"""Fewer texts of a kind set no threshold of their own."""
FLAG_SHARE_MAX, HOLD_SHARE_MAX = 0.0075, 0.0003
"""Of benign texts as people really write them: flagged of all, held of those of any source that no rule concerns."""
ADVERT_FLAG_SHARE_MAX, ADVERT_HOLD_SHARE_MAX = 0.05, 0.005
"""Of real job adverts: flagged as cards, held as anything."""
FINE_HOLD_SHARE_MAX = 0.005
"""Of honest development texts to which no rule applies: held is worse than flagged."""
HOLD_MARGIN = 0.6
"""How much more suspect than for flagging a text must be at least."""
_ALARM = "LM"


class Judged(NamedTuple):
    """An honest text to set thresholds by."""

    text: str
    role: Role
    category: Category
    rules: tuple[str, ...] = ()
    """Ids of those that apply."""
    ease: float = 0.0
    """How much lower the score must be than without rules; negative where a calm word protects the text."""
    kind: str = ""


class _Alarm(Model):
    """Finds every text just suspect: what is left alone all the same is so for what it says."""

    def __init__(self) -> None:
        self.version = ""
        self.told: tuple[str, ...] = ()
        """The rules it was told of last."""

    def clears(self, tight: str, role: Role, category: Category, *, questioned: bool) -> bool:
        """Nothing but what is too short."""
        return len(tight) < MODEL_CHARS_MIN

    def judge(
        self, tight: str, role: Role, category: Category, *, questioned: bool = False, rules: Iterable[str] = ()
    ) -> Scored | None:
        """Suspect, if there is enough to judge by."""
        self.told = tuple(rules)
        return Scored(FRAUD, 0.0, False, ()) if len(tight) >= MODEL_CHARS_MIN else None


class Judge:
    """The rules alone, asked what they would do, and what the model must say for them not to."""

    def __init__(self) -> None:
        self._alarm = _Alarm()
        self._engine = Engine(shipped_packs(), self._alarm)

    def __call__(self, text: str, role: Role, category: Category, kind: str = "") -> Judged:
        """A text with what rules say of it."""
        self._alarm.told = ()
        verdict = self._engine.decide_afresh(Utterance(text, role, category))
        rules = tuple(rule for rule in verdict.rules if not rule.rule_id.startswith(_ALARM))
        told = self._alarm.told or tuple(rule.rule_id for rule in rules)
        excused = bool(told) and told[0].endswith(EXCUSED)
        if rules and not excused:
            ease = harmless_margin(verdict.view, rules)
        else:
            ease = -CALM_SCORE_MAX if verdict.action is Action.ALLOW else 0.0
        return Judged(text, role, category, told, ease, kind)


def scores(model: Model, texts: Iterable[Judged]) -> list[float]:
    """The scores of texts with their ease, the highest first; those too short to have one are never flagged."""
    found = []
    for text, role, category, rules, ease, _ in texts:
        folded = fold(text)
        tight = tighten(folded)[:MODEL_CHARS_MAX]
        if len(tight) < MODEL_CHARS_MIN:
            found.append(float("-inf"))
        else:
            found.append(model.score(tight, role, category, questioned="?" in folded, rules=rules) + ease)
    return sorted(found, reverse=True)


def limit(ordered: Sequence[float], share: float) -> float:
    """The least score above which at most a share of some scores lies; what is endless is not to be helped."""
    finite = [score for score in ordered if score != float("inf")]
    at = max(int(len(ordered) * share) - (len(ordered) - len(finite)), 0)
    return finite[at] + 1e-4 if finite else float("-inf")


def _by_kind(draft: Model, texts: Sequence[Judged]) -> float:
    """What the texts of one audience ask for: all together, and those of each protected kind."""
    limits = [limit(scores(draft, texts), FINE_FLAG_SHARE_MAX)]
    for kind, share in KIND_FLAG_SHARE_MAX.items():
        alike = [text for text in texts if text.kind == kind]
        if len(alike) >= KIND_COUNT_MIN:
            limits.append(limit(scores(draft, alike), share))
    return max(limits)


def _unruled(role: Role, texts: Iterable[Judged]) -> list[Judged]:
    return [text for text in texts if text.role is role and not text.rules]


def thresholds(
    draft: Model, fine: Sequence[Judged], benign: Sequence[Sequence[Judged]], adverts: Sequence[Judged] = ()
) -> tuple[float, ...]:
    """Where flagging begins, by audience, and holding, of viewers and others, as the model's file has it.

    `fine` are development texts, `benign` those of viewers by source, `adverts` real job adverts in several mouths, of
    which those count to which no rule applies.
    """
    real = [scores(draft, each) for each in benign]
    pooled = sorted((score for each in real for score in each), reverse=True)
    borne = {
        each: max(_by_kind(draft, [text for text in fine if audience(text.role) == each]), FLAG_LEAST)
        for each in AUDIENCES
    }
    viewers, listings, others = AUDIENCES
    borne[viewers] = max(borne[viewers], limit(pooled, FLAG_SHARE_MAX))
    borne[listings] = max(borne[listings], limit(scores(draft, _unruled(Role.CARD, adverts)), ADVERT_FLAG_SHARE_MAX))
    hold = []
    for name, role in ((viewers, Role.VIEWER), (others, Role.HOST)):
        unruled = [text for text in fine if audience(text.role) == name and not text.rules]
        hold.append(
            max(
                limit(scores(draft, unruled), FINE_HOLD_SHARE_MAX),
                limit(scores(draft, _unruled(role, adverts)), ADVERT_HOLD_SHARE_MAX),
                borne[name] + HOLD_MARGIN,
            )
        )
    unconcerned = [scores(draft, [text for text in each if not text.rules]) for each in benign]
    hold[0] = max([hold[0], *(limit(each, HOLD_SHARE_MAX) for each in unconcerned)])
    return *borne.values(), *hold
