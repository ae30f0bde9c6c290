"""Core: rule packs: what a rule asks for, whom it concerns, and what it tells the sender.

A rule asks for slots: lists of terms (`@name`, or terms in place) and detectors (`%name`), all within some characters
of each other. The first slot is the anchor: exemptions (negation, question, plain asking, warning, complaint, or an
`@list` that covers it) are looked at there. Terms may hold alternatives, `(先|要|得)交`, written out when the pack is
read. A pack that can't be used as a whole is refused with file, rule and fault.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

import msgspec

from moderation.detectors import DETECTORS
from moderation.errors import PackInvalid
from moderation.verdict import Action, Category, Role, Utterance, worst

TERMS_PER_ENTRY_MAX = 4_000
"""Terms one entry with alternatives may stand for."""
WITHIN_CHARS_DEFAULT = 20
EXEMPTIONS = frozenset({"negation", "question", "asked", "warning", "complaint"})
_GROUP = re.compile(r"\(([^()]*)\)(\??)")
# What may stand before or after a term adds nothing to finding it.
_OPTIONAL_EDGE = re.compile(r"^(?:\([^()]*\)\?)+|(?:\([^()]*\)\?)+$")
_RULE_ID = re.compile(r"[A-Z]{2}\d{3}")
_ACTION_KEYS = frozenset(
    {"default"}
    | {role.value for role in Role}
    | {category.value for category in Category}
    | {f"{role.value}.{category.value}" for role in Role for category in Category}
)


class Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same in Chinese and English."""

    zh: str
    en: str


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that a rule must hit or pass."""

    text: str
    role: str = "viewer"
    category: str = "any"

    @property
    def utterance(self) -> Utterance:
        """The example as the engine takes it."""
        return Utterance(self.text, Role(self.role), Category(self.category))


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule as its pack states it."""

    id: str
    title: Bilingual
    reason: Bilingual
    law: Bilingual
    needs: list[str | list[str]]
    action: dict[str, str]
    weight: float
    hits: list[str | Example]
    passes: list[str | Example]
    category: str = "any"
    """Rooms the rule is for, and the category of its examples; `any` for all rooms."""
    role: str = "viewer"
    """Role of its examples where they name none."""
    within: int = WITHIN_CHARS_DEFAULT
    exempt: list[str] = []
    lacks: list[str] = []
    """Lists that must not occur anywhere in the text."""
    code: str = ""
    """Official violation code, where one fits."""

    def action_for(self, role: Role, category: Category) -> Action:
        """What the rule does to a role in a category: the pair if stated, else the worse of both, else the default."""
        pair = self.action.get(f"{role.value}.{category.value}")
        if pair is not None:
            return Action(pair)
        single = [Action(self.action[key]) for key in (role.value, category.value) if key in self.action]
        return worst(single) if single else Action(self.action.get("default", "allow"))

    def examples(self, which: str) -> list[Example]:
        """Its `hits` or `passes` with the rule's own role and category filled in."""
        listed: list[str | Example] = getattr(self, which)
        return [Example(each, self.role, self.category) if isinstance(each, str) else each for each in listed]


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of lists and rules."""

    pack: str
    rule: list[Rule] = []
    lists: dict[str, list[str]] = {}
    fillers: str = ""
    """Characters that may stand between a negation and what it negates."""


class RuleBook(msgspec.Struct, frozen=True):
    """All packs together, checked and with alternatives written out."""

    rules: tuple[Rule, ...]
    lists: Mapping[str, tuple[str, ...]]
    fillers: frozenset[str]
    version: str
    """First 12 hexadecimal digits of the SHA-256 of all packs, so that equal rules have equal versions."""


def expand(entry: str) -> list[str]:
    """All terms an entry with alternatives stands for; `(a|b)c` is ac, bc; `(a)?c` is ac, c; groups nest.

    Raises ValueError for unbalanced brackets or too many terms.
    """
    terms: dict[str, None] = {_OPTIONAL_EDGE.sub("", entry): None}
    while (group := _GROUP.search(next(iter(terms)))) is not None:
        written: dict[str, None] = {}
        for term in terms:
            group = _GROUP.search(term)
            if group is None:
                written[term] = None
                continue
            options = [*group[1].split("|"), *([""] if group[2] else [])]
            written |= dict.fromkeys(term[: group.start()] + option + term[group.end() :] for option in options)
        terms = written
        if len(terms) > TERMS_PER_ENTRY_MAX:
            raise ValueError(f"{entry!r} stands for more than {TERMS_PER_ENTRY_MAX} terms")
    for term in terms:
        if not term.isalnum():
            raise ValueError(f"{entry!r} stands for {term!r}, which is empty or not of letters, digits and CJK alone")
    return list(terms)


def parse_pack(file: str, text: str) -> Pack:
    """One pack from its TOML; raises PackInvalid."""
    try:
        return msgspec.convert(tomllib.loads(text), Pack)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        rule_number = re.search(r"\$\.rule\[(\d+)\]", str(error))
        rule_id = None
        if rule_number is not None:
            rule_id = str(tomllib.loads(text)["rule"][int(rule_number[1])].get("id", f"number {rule_number[1]}"))
        raise PackInvalid(file, rule_id, str(error)) from error


def _check_rule(file: str, rule: Rule, lists: Mapping[str, tuple[str, ...]]) -> None:
    def refuse(fault: str) -> None:
        raise PackInvalid(file, rule.id, fault)

    if not _RULE_ID.fullmatch(rule.id):
        refuse("an id is two capitals and three digits")
    if not rule.needs or not rule.hits or not rule.passes:
        refuse("needs, hits and passes may not be empty")
    if not 0 < rule.weight <= 1:
        refuse(f"weight {rule.weight} is not in (0, 1]")
    if rule.category not in {c.value for c in Category}:
        refuse(f"unknown category {rule.category!r}")
    for key, value in rule.action.items():
        if key not in _ACTION_KEYS or value not in {a.value for a in Action}:
            refuse(f"unknown action {key} = {value!r}")
    for name in [need for need in rule.needs if isinstance(need, str)]:
        known = name[1:] in (lists if name.startswith("@") else DETECTORS) and name[0] in "@%"
        if not known:
            refuse(f"unknown slot {name!r}")
    for name in rule.exempt + rule.lacks:
        if name not in EXEMPTIONS and not (name.startswith("@") and name[1:] in lists):
            refuse(f"unknown exemption {name!r}")
    for example in [*rule.examples("hits"), *rule.examples("passes")]:
        if example.role not in {r.value for r in Role} or example.category not in {c.value for c in Category}:
            refuse(f"example {example.text!r} has an unknown role or category")


def assemble(sources: Iterable[tuple[str, str]]) -> RuleBook:
    """The rule book from (file name, TOML text) pairs; raises PackInvalid at the first fault."""
    digest = hashlib.sha256()
    packs: list[tuple[str, Pack]] = []
    for file, text in sorted(sources):
        digest.update(f"{file}\0{text}\0".encode())
        packs.append((file, parse_pack(file, text)))
    lists: dict[str, tuple[str, ...]] = {}
    fillers = ""
    for file, pack in packs:
        fillers += pack.fillers
        for name, entries in pack.lists.items():
            if name in lists:
                raise PackInvalid(file, None, f"list {name!r} is already defined")
            lists[name] = _written_out(file, None, entries)
    seen: set[str] = set()
    for file, pack in packs:
        for rule in pack.rule:
            if rule.id in seen:
                raise PackInvalid(file, rule.id, "the id is already used")
            seen.add(rule.id)
            _check_rule(file, rule, lists)
            for need in rule.needs:
                if isinstance(need, list):
                    _written_out(file, rule.id, need)
    rules = tuple(rule for _, pack in packs for rule in pack.rule)
    return RuleBook(rules, lists, frozenset(fillers), digest.hexdigest()[:12])


def _written_out(file: str, rule_id: str | None, entries: list[str]) -> tuple[str, ...]:
    try:
        return tuple(term for entry in entries for term in expand(entry))
    except ValueError as error:
        raise PackInvalid(file, rule_id, str(error)) from error


def shipped_packs() -> RuleBook:
    """The rule book of the packs that come with the program."""
    folder = files("moderation") / "packs"
    return assemble((each.name, each.read_text("utf-8")) for each in folder.iterdir() if each.name.endswith(".toml"))
