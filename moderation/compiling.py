"""Core: a rule book compiled: every need a numbered slot, with the terms that fill it and the rules that ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from moderation.context import CONTEXT_LISTS, ContextLists
from moderation.detectors import DETECTORS
from moderation.doors import Doors, frequency
from moderation.matching import Compiled, Live
from moderation.opinion import CALM_LISTS, CALM_SHORT_LISTS
from moderation.rules import RuleBook, expand
from moderation.verdict import Action, Category, Role

TermSlots = dict[str, frozenset[int]]
"""Slots by term; terms of the same slots share one set, of which there are few."""


class Compilation:
    """What an engine takes from a rule book; not needed any more once it is built."""

    def __init__(self, book: RuleBook) -> None:
        """Number the slots and gather their terms."""
        named = {name: slot for slot, name in enumerate([*DETECTORS, *book.lists])}
        self._named = named
        self._by_anchor: dict[int, list[Compiled]] = {}
        asked: dict[int, Iterable[str]] = {}
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
            self._by_anchor.setdefault(slots[0], []).append(Compiled(rule, tuple(slots), named))
        self._often = {slot: frequency(terms) for slot, terms in asked.items() if terms}
        self.terms: TermSlots = _by_term(asked)
        self.surroundings: TermSlots = _by_term({named[name]: terms for name, terms in _around(book).items()})
        self.detector_slots = {name: named[name] for name in DETECTORS}
        self.context_lists = ContextLists(book, named)

    @property
    def sure_only(self) -> frozenset[int]:
        """Slots that no rule has beside another: nothing there makes up for weak evidence."""
        rules = [compiled for listed in self._by_anchor.values() for compiled in listed]
        together = {slot for compiled in rules for slot in compiled.slots if len(compiled.slots) > 1}
        return frozenset(compiled.slots[0] for compiled in rules if len(compiled.slots) == 1) - together

    def calm_slots(self) -> tuple[frozenset[int], frozenset[int]]:
        """Slots that silence the model always, and in short talk."""
        always = frozenset(self._named[name] for name in CALM_LISTS if name in self._named)
        return always, always.union(self._named[name] for name in CALM_SHORT_LISTS)

    def live(self, role: Role, category: Category) -> Live:
        """By anchor, the rules that do anything to a role in a category, and what they do."""
        live: Live = {}
        for slot, listed in self._by_anchor.items():
            for compiled in listed:
                if compiled.rule.category in ("any", category.value) or category is Category.ANY:
                    action = compiled.rule.action_for(role, category)
                    if action is not Action.ALLOW:
                        live.setdefault(slot, []).append((compiled, action))
        return live

    def doors(self, live: Live) -> Doors:
        """The same rules by what they ask for."""
        return Doors([compiled.mask for listed in live.values() for compiled, _ in listed], self._often)

    def doors_behind(self, live: Live) -> Doors:
        """The same rules by the terms they ask for; those that ask for none are left out."""
        masks = [compiled.terms_mask for listed in live.values() for compiled, _ in listed]
        return Doors([mask for mask in masks if mask], self._often)


def _by_term(terms_by_slot: Mapping[int, Iterable[str]]) -> TermSlots:
    found: TermSlots = {}
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
