"""Core: the engine: one utterance in, one verdict out, with nothing remembered but recent verdicts.

The text is read through its views in order of cost. After the character views the rules are tried; the views that undo
heavier disguises are made only while nothing has been held, and the rules tried again if they brought new hits. Hits of
all views are pooled at places of the folded text, so that a rule may find its fee word in one view and its verb in
another. The worst rule decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from moderation.components import Components
from moderation.contacts import Found, find_contacts
from moderation.context import CONTEXT_LISTS, Context, ContextLists
from moderation.income import find_income
from moderation.lexicon import HITS_PER_SLOT_MAX, Hit, Lexicon, has_letters
from moderation.model import Model, shipped_model
from moderation.opinion import CALM_LISTS, CALM_SHORT_LISTS, SHORT_TALK_CHARS_MAX, asked, opinion
from moderation.rearranged import orders, restored
from moderation.rules import DETECTORS, EXEMPTIONS, Rule, RuleBook, expand, shipped_packs
from moderation.spans import mark, widen
from moderation.verdict import ENGINE_VERSION, Action, Category, Role, RuleHit, Span, Utterance, Verdict, allowed
from moderation.views import FOLDED, INITIALS, MERGED, TEXT_CHARS_MAX, VIEW_NAMES, View, Views

RECENT_VERDICTS_MAX = 8_192
"""Per role and category and generation; two generations are kept."""
RECENT_TEXT_CHARS_MAX = 64
"""Longer texts seldom come twice."""
WEAK_ACTION_MAX = Action.FLAG
"""The most that evidence by the sound of two syllables may do."""
INITIALS_WITHIN_CHARS = 3
"""First letters stand for so many words that they count only right beside what makes them plain."""
WORDED_CHARS_MIN = 3
"""Of a rearranged text, what all slots together must cover."""
SIDE_CHANNELS = frozenset({Role.SCREEN, Role.SPEECH})
SIDE_CHANNEL_ACTION_MAX = Action.FLAG
"""Recognised speech and screen text may be wrong: they call a person, and never block alone."""

Hits = dict[int, list[Hit]]
Match = tuple["_Compiled", Action, list[Hit]]
"""A rule that applies, what it does, and the hits that fill its slots, in their order."""
_Live = dict[int, list[tuple["_Compiled", Action]]]


class _Compiled:
    """A rule with its slots resolved."""

    __slots__ = ("asked", "covers", "exemptions", "lacks", "rule", "slots", "terms")

    def __init__(self, rule: Rule, slots: tuple[int, ...], named: dict[str, int]) -> None:
        self.rule = rule
        self.slots = slots
        self.asked = frozenset(slots)
        self.terms = self.asked.difference([named[name] for name in DETECTORS])
        self.exemptions = tuple(name for name in rule.exempt if name in EXEMPTIONS)
        self.covers = tuple(named[name[1:]] for name in rule.exempt if name.startswith("@"))
        self.lacks = tuple(named[name[1:]] for name in rule.lacks)

    def match(self, hits: Hits, around: Hits, context: Context) -> list[Hit] | None:
        """The hits that fill all slots, anchor first; None if the rule doesn't apply."""
        if any(slot in around for slot in self.lacks):
            return None
        anchors = hits[self.slots[0]]
        exempt = [anchor for anchor in anchors if self._exempt(anchor, around, context)]
        for anchor in anchors:
            # What lies inside an exempt term (租银行卡 in 不要出租银行卡) is exempt with it.
            if any(other.start <= anchor.start and anchor.end <= other.end for other in exempt):
                continue
            filled = self._fill(anchor, hits)
            if filled is not None and not all(hit.weak for hit in filled):
                return filled
        return None

    def _fill(self, anchor: Hit, hits: Hits) -> list[Hit] | None:
        filled = [anchor]
        for slot in self.slots[1:]:
            near = min(hits[slot], key=lambda hit: (_gap(anchor, hit), hit.weak))
            within = self.rule.within
            if near.view == INITIALS or anchor.view == INITIALS:
                within = min(within, INITIALS_WITHIN_CHARS)
            if _gap(anchor, near) > within:
                return None
            filled.append(near)
        return filled

    def _exempt(self, anchor: Hit, around: Hits, context: Context) -> bool:
        for slot in self.covers:
            for other in around.get(slot, ()):
                if other.start < anchor.end and anchor.start < other.end and not other.weak:
                    return True
        return any(context.exempts(name, anchor) for name in self.exemptions)


def _gap(one: Hit, other: Hit) -> int:
    return max(other.start - one.end, one.start - other.end, 0)


class _Reading:
    """One text while it is decided: its views, and what was found in them so far.

    What rules ask for is looked up first. The words around it are looked up only once a rule has all it asks for, which
    few honest texts do.
    """

    __slots__ = ("around", "hits", "views")

    def __init__(self, views: Views) -> None:
        self.views = views
        self.hits: Hits = {}
        self.around: Hits = {}

    def scan_characters(self, lexicon: Lexicon, hits: Hits) -> bool:
        """Look in the folded and the tight view; whether anything was found."""
        folded, tight = self.views.folded, self.views.tight
        found = lexicon.find(folded, hits)
        if tight is not folded:
            found |= lexicon.find(tight, hits)
        return found

    def scan_disguises(self, lexicon: Lexicon, hits: Hits) -> bool:
        """Look in the views that undo heavier disguises; whether anything was found."""
        tight, emoji, merged = self.views.tight, self.views.emoji(), self.views.merged()
        found = False
        if emoji is not tight:
            found |= lexicon.find(emoji, hits)
        if merged is not emoji:
            found |= lexicon.find(merged, hits)
        for view in (self.views.alike(), self.views.cleared()):
            if view is not None:
                found |= lexicon.find(view, hits)
        pinyin = self.views.pinyin()
        if pinyin is not None:
            found |= lexicon.find_sounds(pinyin, self.views.folded.text, hits)
        return found


class Engine:
    """Rules compiled once, asked many times; not to be shared between threads."""

    def __init__(self, book: RuleBook, model: Model | None = None) -> None:
        """Compile the rules of a book; `model` gives its opinion where no rule has held a text."""
        self.book = book
        self._model = model
        named = {name: slot for slot, name in enumerate([*DETECTORS, *book.lists])}
        self._detector_slots = {name: named[name] for name in DETECTORS}
        self._by_anchor: dict[int, list[_Compiled]] = {}
        asked: dict[int, Iterable[str]] = {}
        single: set[int] = set()
        for rule in book.rules:
            slots = []
            for need in rule.needs:
                if isinstance(need, str):
                    slot = named[need[1:]]
                    asked[slot] = book.lists.get(need[1:], ())
                else:
                    slot = len(named)
                    named[f"{rule.id} {slot}"] = slot
                    asked[slot] = [term for entry in need for term in expand(entry)]
                slots.append(slot)
            if len(slots) == 1:
                single.add(slots[0])
            self._by_anchor.setdefault(slots[0], []).append(_Compiled(rule, tuple(slots), named))
        together = {
            slot for rules in self._by_anchor.values() for each in rules for slot in each.slots if each.slots[1:]
        }
        self._lexicon = Lexicon(_by_term(asked), frozenset(single - together))
        self._surroundings = Lexicon(_by_term({named[name]: terms for name, terms in _around(book).items()}))
        self._components = Components(self._lexicon.characters | self._surroundings.characters)
        self._lists = ContextLists(book, named)
        self._calm_always = frozenset(named[name] for name in CALM_LISTS if name in named)
        self._calm_short = self._calm_always.union(named[name] for name in CALM_SHORT_LISTS)
        self._allowed = allowed(book.version)
        self._live = {(role.value, each.value): self._rules_for(role, each) for role in Role for each in Category}
        self._recent = {(role.value, category.value): _Recent() for role in Role for category in Category}

    @property
    def version(self) -> str:
        """Version of the packs in force."""
        return self.book.version

    def decide(self, utterance: Utterance, now: float) -> Verdict:
        """The verdict on an utterance by itself; `now` in seconds is for engines that forget by time."""
        del now
        text = utterance.text
        if len(text) > RECENT_TEXT_CHARS_MAX:
            return self._decide(text, utterance.role, utterance.category)
        recent = self._recent[utterance.role._value_, utterance.category._value_]
        verdict = recent.find(text)
        if verdict is None:
            verdict = self._decide(text, utterance.role, utterance.category)
            recent.remember(text, verdict)
        return verdict

    def _decide(self, text: str, role: Role, category: Category) -> Verdict:
        reading = _Reading(Views(text, self._components))
        live = self._live[role._value_, category._value_]
        matches: list[Match] = []
        detected = _detect(reading.views.folded.text)
        if self._may_fit(reading.views, {self._detector_slots[name] for name, _, _ in detected}, live):
            self._keep(detected, reading)
            if reading.scan_characters(self._lexicon, reading.hits) or detected:
                matches = self._match(reading, role, category)
            if not _decisive(matches) and reading.scan_disguises(self._lexicon, reading.hits):
                matches = self._match(reading, role, category)
        if len(text) > TEXT_CHARS_MAX:
            return self._too_long(reading, matches)
        verdict = self._verdict(reading, matches) if matches else self._rearranged(text, reading.views, role, category)
        verdict = verdict or self._allowed
        if self._model is None or verdict.action.severity >= Action.HOLD.severity:
            return verdict
        return self._with_opinion(verdict, reading, role, category)

    def _with_opinion(self, verdict: Verdict, reading: _Reading, role: Role, category: Category) -> Verdict:
        """The verdict, or a worse one where the model thinks so."""
        assert self._model is not None
        scored = asked(self._model, reading.views, role, category)
        if scored is None or self._calm(reading, role):
            return verdict
        hit, spans = opinion(scored, reading.views, role, category)
        if hit.action.severity <= verdict.action.severity:
            return verdict
        rules = (hit, *verdict.rules)
        return Verdict(
            action=hit.action,
            rules=rules,
            spans=tuple(sorted([*verdict.spans, *spans], key=lambda span: (span.start, span.end, span.rule_id))),
            score=_score(rules),
            view=MERGED,
            reason_zh=hit.reason_zh,
            reason_en=hit.reason_en,
            article=hit.article_zh,
            pack_version=self.version,
            engine_version=f"{ENGINE_VERSION}+{self._model.version}",
        )

    def _calm(self, reading: _Reading, role: Role) -> bool:
        """Whether a text advises against fraud, or is a viewer's short question, complaint or warning."""
        if not reading.around:
            reading.scan_characters(self._surroundings, reading.around)
        short = role is Role.VIEWER and len(reading.views.tight.text) <= SHORT_TALK_CHARS_MAX
        return not reading.around.keys().isdisjoint(self._calm_short if short else self._calm_always)

    def _match(self, reading: _Reading, role: Role, category: Category) -> list[Match]:
        """Matches of what was found so far; surroundings are read in every view, since people disguise whole lines."""
        candidates = self._candidates(reading.hits, role, category)
        if not candidates:
            return []
        if not reading.around:
            reading.scan_characters(self._surroundings, reading.around)
            reading.scan_disguises(self._surroundings, reading.around)
            _drop_weak(reading.around)
        return self._apply(candidates, reading, role)

    def _rearranged(self, text: str, views: Views, role: Role, category: Category) -> Verdict | None:
        """The verdict on the text in another order of its characters, if that reads worse."""
        if "\n" not in text:
            slots = self._lexicon.slots_in(views.tight.text[::-1])
            live = self._live[role._value_, category._value_]
            if not any(compiled.terms <= slots for slot in slots for compiled, _ in live.get(slot, ())):
                return None
        for order in orders(text):
            reading = _Reading(Views("".join([text[place] for place in order]), self._components))
            detected = _detect(reading.views.folded.text)
            self._keep(detected, reading)
            if reading.scan_characters(self._lexicon, reading.hits) or detected:
                matches = [each for each in self._match(reading, role, category) if _worded(each)]
                if matches:
                    verdict = self._verdict(reading, matches)
                    return msgspec.structs.replace(verdict, spans=restored(verdict.spans, order))
        return None

    def _may_fit(self, views: Views, sure: set[int], live: _Live) -> bool:
        """Whether some rule may find all its slots in any view: a look without places, which most texts end at."""
        weak: set[int] = set()
        parent: View | None = None
        for view in (views.folded, views.tight, views.emoji(), views.merged(), views.alike(), views.cleared()):
            if view is not None and view is not parent:
                sure |= self._lexicon.slots_in(view.text)
                parent = view
        pinyin = views.pinyin()
        if pinyin is not None and has_letters(views.folded.text):
            hits: Hits = {}
            self._lexicon.find_sounds(pinyin, views.folded.text, hits)
            weak = set(hits)
            sure |= {slot for slot, found in hits.items() if not all(hit.weak for hit in found)}
        elif pinyin is not None:
            weak, sounds = self._lexicon.sounds_in(pinyin.text)
            sure |= sounds
        present = weak | sure
        return any(
            compiled.asked <= present and not compiled.asked.isdisjoint(sure)
            for slot in present
            for compiled, _ in live.get(slot, ())
        )

    def _keep(self, detected: Sequence[Found], reading: _Reading) -> None:
        for name, start, end in detected:
            known = reading.hits.setdefault(self._detector_slots[name], [])
            if len(known) < HITS_PER_SLOT_MAX:
                known.append(Hit(start, end, FOLDED, False))

    def _candidates(self, hits: Hits, role: Role, category: Category) -> list[tuple[_Compiled, Action]]:
        """Rules that have something in each of their slots and concern this role and category."""
        live = self._live[role._value_, category._value_]
        return [each for slot in hits for each in live.get(slot, ()) if hits.keys() >= each[0].asked]

    def _rules_for(self, role: Role, category: Category) -> _Live:
        """By anchor, the rules that do anything to a role in a category, and what they do."""
        live: _Live = {}
        for slot, listed in self._by_anchor.items():
            for compiled in listed:
                if compiled.rule.category in ("any", category.value) or category is Category.ANY:
                    action = compiled.rule.action_for(role, category)
                    if action is not Action.ALLOW:
                        live.setdefault(slot, []).append((compiled, action))
        return live

    def _apply(self, candidates: Sequence[tuple[_Compiled, Action]], reading: _Reading, role: Role) -> list[Match]:
        views = reading.views
        context = Context(self._lists, views.folded.text, views.tight, role, reading.around)
        matches: list[Match] = []
        for compiled, action in candidates:
            filled = compiled.match(reading.hits, reading.around, context)
            if filled is None:
                continue
            if role in SIDE_CHANNELS:
                action = min(action, SIDE_CHANNEL_ACTION_MAX, key=_severity)
            if any(hit.weak for hit in filled):
                action = min(action, WEAK_ACTION_MAX, key=_severity)
            matches.append((compiled, action, filled))
        matches.sort(key=lambda match: (-match[1].severity, -match[0].rule.weight, match[0].rule.id))
        return matches

    def _verdict(self, reading: _Reading, matches: Sequence[Match]) -> Verdict:
        rules = tuple(_rule_hit(compiled.rule, action) for compiled, action, _ in matches)
        spans: list[Span] = []
        for compiled, _, filled in matches:
            ranges = [widen(hit, reading.hits[slot]) for slot, hit in zip(compiled.slots, filled, strict=True)]
            spans += mark(reading.views, ranges, compiled.rule.id)
        return Verdict(
            action=rules[0].action,
            rules=rules,
            spans=tuple(sorted(spans, key=lambda span: (span.start, span.end, span.rule_id))),
            score=_score(rules),
            view=max((hit.view for hit in matches[0][2]), key=VIEW_NAMES.index),
            reason_zh=rules[0].reason_zh,
            reason_en=rules[0].reason_en,
            article=rules[0].article_zh,
            pack_version=self.version,
        )

    def _too_long(self, reading: _Reading, matches: Sequence[Match]) -> Verdict:
        if matches and matches[0][1].severity > Action.HOLD.severity:
            return self._verdict(reading, matches)
        hit = TOO_LONG
        return Verdict(
            Action.HOLD, (hit,), (), hit.weight, FOLDED, hit.reason_zh, hit.reason_en, hit.article_zh, self.version
        )


def _detect(folded: str) -> list[Found]:
    return [*find_contacts(folded), *find_income(folded)]


def _drop_weak(hits: Hits) -> None:
    """Forget what is weak: a word that merely sounds like a warning takes no sting from anything."""
    for slot, found in hits.items():
        if any(hit.weak for hit in found):
            hits[slot] = [hit for hit in found if not hit.weak]
    for slot in [slot for slot, found in hits.items() if not found]:
        del hits[slot]


def _worded(match: Match) -> bool:
    """Whether more than two characters were found and none alone: read backwards, short words are chance."""
    chars = [hit.end - hit.start for hit in match[2]]
    return min(chars) > 1 and sum(chars) >= WORDED_CHARS_MIN


def _severity(action: Action) -> int:
    return action.severity


def _by_term(terms_by_slot: Mapping[int, Iterable[str]]) -> dict[str, frozenset[int]]:
    """Slots by term; terms of the same slots share one set, of which there are few."""
    found: dict[str, frozenset[int]] = {}
    shared: dict[frozenset[int], frozenset[int]] = {}
    for slot, terms in terms_by_slot.items():
        for term in terms:
            slots = found.get(term, frozenset()) | {slot}
            found[term] = shared.setdefault(slots, slots)
    return found


def _around(book: RuleBook) -> dict[str, tuple[str, ...]]:
    """Lists that context and exemptions rest on."""
    named = {name[1:] for rule in book.rules for name in rule.exempt + rule.lacks if name.startswith("@")}
    named |= {*CONTEXT_LISTS, *CALM_LISTS}
    return {name: book.lists[name] for name in named if name in book.lists}


TOO_LONG = RuleHit(
    rule_id="EN001",
    title_zh="文字过长",
    title_en="Text too long",
    article_zh="平台规则",
    article_en="Platform rules",
    reason_zh=f"文字超过 {TEXT_CHARS_MAX} 字, 无法完整检查, 已转人工查看。",
    reason_en=f"The text is longer than {TEXT_CHARS_MAX} characters, so a person has to look at it.",
    action=Action.HOLD,
    weight=0.5,
)


def _decisive(matches: Sequence[Match]) -> bool:
    return bool(matches) and matches[0][1].severity >= Action.HOLD.severity


def _score(rules: Iterable[RuleHit]) -> float:
    innocent = 1.0
    for rule in rules:
        innocent *= 1 - rule.weight
    return round(1 - innocent, 4)


def _rule_hit(rule: Rule, action: Action) -> RuleHit:
    return RuleHit(
        rule_id=rule.id,
        title_zh=rule.title.zh,
        title_en=rule.title.en,
        article_zh=rule.law.zh,
        article_en=rule.law.en,
        reason_zh=rule.reason.zh,
        reason_en=rule.reason.en,
        action=action,
        weight=rule.weight,
    )


class _Recent:
    """Verdicts of recent texts in two generations: the older is dropped whole when the younger is full."""

    __slots__ = ("_older", "_younger")

    def __init__(self) -> None:
        self._younger: dict[str, Verdict] = {}
        self._older: dict[str, Verdict] = {}

    def find(self, text: str) -> Verdict | None:
        verdict = self._younger.get(text)
        if verdict is None:
            verdict = self._older.get(text)
            if verdict is not None:
                self.remember(text, verdict)
        return verdict

    def remember(self, text: str, verdict: Verdict) -> None:
        if len(self._younger) >= RECENT_VERDICTS_MAX:
            self._older, self._younger = self._younger, {}
        self._younger[text] = verdict


def shipped_engine() -> Engine:
    """An engine with the packs and the model that come with the program."""
    return Engine(shipped_packs(), shipped_model())
