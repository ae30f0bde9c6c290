"""Core: the engine: one utterance in, one verdict out, with nothing remembered but recent verdicts.

A quick look tells nearly all honest texts from those in which a rule might have all it asks for. Those are read through
their views in order of cost: after the character views the rules are tried; the views that undo heavier disguises are
made only while nothing has been held, and the rules tried again if they brought new hits. Hits of all views are pooled
at places of the folded text, so that a rule may find its fee word in one view and its verb in another. The worst rule
decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from moderation.compiling import Compilation
from moderation.components import Components
from moderation.conclusion import conclude, eased, too_long, with_opinion
from moderation.context import Context
from moderation.detectors import detect
from moderation.doors import Doors
from moderation.folding import asks, fold
from moderation.glance import EVERYWHERE, Glance, Look
from moderation.lexicon import Lexicon
from moderation.matching import WEAK_TEXT_CHARS_MAX, Compiled, Live, Match, worded
from moderation.model import MODEL_CHARS_MIN, Model, Scored, shipped_model
from moderation.opinion import CALM_SCORE_MAX, READ_VIEWS, SHORT_TALK_CHARS_MAX, as_read, asked, opinion, overruled
from moderation.reading import Reading
from moderation.rearranged import orders, restored
from moderation.recent import Recent
from moderation.rules import RuleBook, shipped_packs
from moderation.verdict import Action, Category, Role, Utterance, Verdict, allowed
from moderation.views import MERGED, TEXT_CHARS_MAX, Views

WEAK_ACTION_MAX = EXCUSED_ACTION_MAX = Action.FLAG
"""The most that evidence by the sound of two syllables may do, and what a word elsewhere in the text excuses."""
LISTINGS = frozenset({Role.CARD, Role.TITLE})
EXCUSED_LISTING_ACTION_MAX = Action.HOLD
"""Nobody complains or warns on a card of their own: there such a word is more likely put there for the filter."""
EXCUSED_LISTING_SCORE_MIN = -1.0
"""So there the model must find the text harmless, not only unsuspicious, for the word to excuse it."""
SIDE_CHANNELS = frozenset({Role.SCREEN, Role.SPEECH})
SIDE_CHANNEL_ACTION_MAX = Action.FLAG
"""Recognised speech and screen text may be wrong: they call a person, and never block alone."""


class Audience:
    """What holds for one role in one category: the rules that concern it, and the verdicts it had lately."""

    __slots__ = ("ahead", "behind", "category", "live", "recent", "role")

    def __init__(self, role: Role, category: Category, compilation: Compilation) -> None:
        self.role = role
        self.category = category
        self.live: Live = compilation.live(role, category)
        self.ahead: Doors = compilation.doors(self.live)
        self.behind: Doors = compilation.doors_behind(self.live)
        self.recent = Recent()


class Engine:
    """Rules compiled once, asked many times; not to be shared between threads."""

    def __init__(self, book: RuleBook, model: Model | None = None) -> None:
        """Compile the rules of a book; `model` gives its opinion where no rule has held a text."""
        self.book = book
        self._model = model
        compilation = Compilation(book)
        self._detector_slots = compilation.detector_slots
        self._lexicon = Lexicon(compilation.terms, compilation.sure_only)
        self._surroundings = Lexicon(compilation.surroundings)
        self._components = Components(self._lexicon.characters | self._surroundings.characters)
        self._glance = Glance(self._lexicon, self._components, self._detector_slots)
        self._context_lists = compilation.context_lists
        self._calm_always, self._calm_short = compilation.calm_slots()
        self._allowed = allowed(book.version)
        self._audiences = {
            (role.value, category.value): Audience(role, category, compilation)
            for role in Role
            for category in Category
        }
        self._warm()

    @property
    def version(self) -> str:
        """Version of the packs in force."""
        return self.book.version

    def decide(self, utterance: Utterance, now: float) -> Verdict:
        """The verdict on an utterance by itself; `now` in seconds is for engines that forget by time."""
        del now
        audience = self._audiences[utterance.role._value_, utterance.category._value_]
        verdict = audience.recent.find(utterance.text)
        if verdict is None:
            verdict = self._decide(utterance.text, audience)
            audience.recent.remember(utterance.text, verdict)
        return verdict

    def decide_afresh(self, utterance: Utterance) -> Verdict:
        """The same, without looking at or adding to the recent verdicts."""
        return self._decide(utterance.text, self._audiences[utterance.role._value_, utterance.category._value_])

    def forget(self) -> None:
        """Forget the recent verdicts."""
        for audience in self._audiences.values():
            audience.recent = Recent()

    def stages(self, role: Role, category: Category) -> dict[str, Callable[[str], object]]:
        """What deciding a text is made of, to be timed; `glance` says whether the rules are to be asked."""
        audience = self._audiences[role.value, category.value]
        stages: dict[str, Callable[[str], object]] = {
            "fold": fold,
            "glance": lambda text: isinstance(self._glanced(text, audience), Look),
            "views": lambda text: Views(text, self._components).characters(),
            "detectors": lambda text: detect(fold(text)),
            "rules": lambda text: self._read(Reading(Views(text, self._components)), audience),
        }
        model = self._model
        if model is not None:
            stages["model"] = lambda text: (
                len(text) >= MODEL_CHARS_MIN and asked(model, Views(text, self._components), role, category)
            )
        return stages

    def _warm(self) -> None:
        """Decide some of the rules' own examples, so that the first texts don't pay for what is made once."""
        for rule in self.book.rules:
            for example in rule.examples("hits")[:1]:
                self.decide_afresh(example.utterance)

    def _decide(self, text: str, audience: Audience) -> Verdict:
        seen = self._glanced(text, audience)
        if isinstance(seen, Look):
            return self._look(text, seen, audience)
        if "\n" in text:
            verdict = self._rearranged(text, audience)
            if verdict is not None:
                return verdict
        model = self._model
        if model is None or len(seen) < MODEL_CHARS_MIN:
            return self._allowed
        scored = model.judge(as_read(seen), audience.role, audience.category, questioned=asks(text))
        if scored is None or not scored.family:
            return self._allowed
        return self._with_opinion(scored, self._allowed, Reading(Views(text, self._components)), audience)

    def _glanced(self, text: str, audience: Audience) -> str | Look:
        """A text as the model reads it, if it can be passed by at a glance; else how it is to be looked at."""
        if len(text) > TEXT_CHARS_MAX:
            return EVERYWHERE
        return self._glance.look(text, audience.ahead, audience.behind)

    def _look(self, text: str, look: Look, audience: Audience) -> Verdict:
        """The verdict on a text that needs a closer look."""
        views = Views(text, self._components)
        reading = Reading(views)
        verdict = self._read(reading, audience) if look.forwards else None
        if len(text) > TEXT_CHARS_MAX:
            blocked = verdict is not None and verdict.action.severity > Action.HOLD.severity
            return verdict if verdict is not None and blocked else too_long(self.version)
        if (verdict is None or reading.excused) and (look.backwards or "\n" in text):
            turned = self._rearranged(text, audience)
            if turned is not None:
                return turned
        if self._model is None:
            return verdict or self._allowed
        verdict = verdict or self._allowed
        scored = asked(self._model, views, audience.role, audience.category, verdict.rules, excused=reading.excused)
        if scored is None:
            return self._allowed if reading.excused and audience.role is Role.VIEWER else verdict
        return self._with_opinion(scored, verdict, reading, audience)

    def _read(self, reading: Reading, audience: Audience) -> Verdict | None:
        """The verdict of the rules on a text as it stands; None if none applies."""
        matches: list[Match] = []
        detected = detect(reading.views.folded.text)
        reading.keep(detected, self._detector_slots)
        if reading.scan_characters(self._lexicon, reading.hits) or detected:
            matches = self._match(reading, audience)
        decisive = bool(matches) and matches[0][1].severity >= Action.HOLD.severity
        if not decisive and reading.scan_disguises(self._lexicon, reading.hits):
            matches = self._match(reading, audience)
        return conclude(reading.views, reading.hits, matches, self.version) if matches else None

    def _rearranged(self, text: str, audience: Audience) -> Verdict | None:
        """The verdict on the text in another order of its characters, if that reads worse."""
        for turn, order in enumerate(orders(text)):
            turned = "".join([text[place] for place in order])
            seen = self._glanced(turned, audience)
            if isinstance(seen, str) or not seen.forwards:
                continue
            views = Views(turned, self._components)
            reading = Reading(views)
            detected = detect(views.folded.text)
            reading.keep(detected, self._detector_slots)
            if reading.scan_characters(self._lexicon, reading.hits) or detected:
                # Backwards, which comes first, a number is another number.
                matches = [
                    each for each in self._match(reading, audience) if worded(each) and (turn or each[0].terms_mask)
                ]
                if matches and not reading.excused:
                    verdict = conclude(views, reading.hits, matches, self.version)
                    return msgspec.structs.replace(verdict, spans=restored(verdict.spans, order))
        return None

    def _match(self, reading: Reading, audience: Audience) -> list[Match]:
        """The rules that apply to what was found so far, worst first.

        If none does, those that only a word elsewhere in the text excuses (小心, 投诉, 吗), which anybody can add: they
        flag at most, on cards and titles hold, and only if the model agrees.
        """
        hits = reading.hits
        reading.excused = False
        candidates = [
            each
            for slot in hits
            for each in audience.live.get(slot, ())
            if hits.keys() >= each[0].asked and each[0].fits(hits)
        ]
        if not candidates:
            return []
        reading.look_around(self._surroundings)
        matches = self._matches(reading, audience, candidates, sternly=False)
        if not matches and self._model is not None:
            matches = self._matches(reading, audience, candidates, sternly=True)
            if audience.role not in LISTINGS:
                matches = [each for each in matches if all(hit.view in READ_VIEWS for hit in each[2])]
            reading.excused = bool(matches)
        matches.sort(key=lambda match: (-match[1].severity, -match[0].rule.weight, match[0].rule.id))
        return matches

    def _matches(
        self, reading: Reading, audience: Audience, candidates: Sequence[tuple[Compiled, Action]], *, sternly: bool
    ) -> list[Match]:
        views, role = reading.views, audience.role
        context = Context(self._context_lists, views.folded.text, views.tight, role, reading.around)
        matches: list[Match] = []
        for compiled, action in candidates:
            filled = compiled.match(reading.hits, reading.around, context, sternly=sternly)
            if filled is None:
                continue
            if role in SIDE_CHANNELS:
                action = min(action, SIDE_CHANNEL_ACTION_MAX, key=_severity)
            if any(hit.weak for hit in filled):
                if sternly or len(views.tight.text) > WEAK_TEXT_CHARS_MAX:
                    continue
                action = min(action, WEAK_ACTION_MAX, key=_severity)
            if sternly:
                most = EXCUSED_LISTING_ACTION_MAX if role in LISTINGS else EXCUSED_ACTION_MAX
                action = min(action, most, key=_severity)
            matches.append((compiled, action, filled))
        return matches

    def _with_opinion(self, scored: Scored, verdict: Verdict, reading: Reading, audience: Audience) -> Verdict:
        """The verdict, a worse one where the model thinks so, or a milder one where it finds the text harmless."""
        assert self._model is not None
        milder = None if reading.excused else overruled(scored, verdict, audience.role)
        if milder is not None:
            return self._allowed if milder is Action.ALLOW else eased(verdict, milder)
        if reading.excused and audience.role in LISTINGS:
            unread = verdict.view not in READ_VIEWS
            return verdict if unread or scored.score > EXCUSED_LISTING_SCORE_MIN else self._allowed
        calm = bool(scored.family) and self._calm(reading, audience.role)
        if not scored.family or (calm and scored.score < CALM_SCORE_MAX):
            return self._allowed if reading.excused else verdict
        hit, spans = opinion(scored, reading.views, audience.role, calm=calm)
        if hit.action.severity <= verdict.action.severity:
            return verdict
        return with_opinion(verdict, hit, spans, MERGED, self._model.version)

    def _calm(self, reading: Reading, role: Role) -> bool:
        """Whether a text advises against fraud, or is a viewer's short question, complaint or warning."""
        reading.glance_around(self._surroundings)
        short = role is Role.VIEWER and len(reading.views.tight.text) <= SHORT_TALK_CHARS_MAX
        return not reading.around.keys().isdisjoint(self._calm_short if short else self._calm_always)


def _severity(action: Action) -> int:
    return action.severity


def shipped_engine() -> Engine:
    """An engine with the packs and the model that come with the program."""
    return Engine(shipped_packs(), shipped_model())
