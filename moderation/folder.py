"""Edge: rule packs read from a folder, as a whole or not at all.

A folder takes the place of the packs that come with the program; the model stays. Packs are used only if every rule
hits and passes what it says it does, for a rule that breaks its own examples was not meant so.
"""

from __future__ import annotations

from pathlib import Path

from moderation.engine import Engine
from moderation.errors import PackInvalid, PacksRefused
from moderation.model import shipped_model
from moderation.rules import RuleBook, assemble

Fingerprint = tuple[tuple[str, int, int], ...]


def read_packs(folder: Path) -> RuleBook:
    """The rule book of a folder's packs.

    Raises: PackInvalid, also where the folder can't be read or has none.
    """
    try:
        sources = [(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    except (OSError, UnicodeDecodeError) as error:
        raise PackInvalid(str(folder), None, str(error)) from error
    if not sources:
        raise PackInvalid(str(folder), None, "the folder has no packs (*.toml)")
    return assemble(sources)


def broken_examples(engine: Engine) -> list[str]:
    """What the engine's rules get wrong of their own examples: which rule, and the text."""
    faults = []
    for rule in engine.book.rules:
        for which, wanted in (("hits", True), ("passes", False)):
            for example in rule.examples(which):
                verdict = engine.decide_afresh(example.utterance)
                if (rule.id in {hit.rule_id for hit in verdict.rules}) is not wanted:
                    faults.append(f"rule {rule.id} {'misses' if wanted else 'hits'} its example {example.text!r}")
    return faults


def engine_of(folder: Path) -> Engine:
    """An engine of a folder's packs and the shipped model; takes seconds.

    Raises: PackInvalid, PacksRefused.
    """
    engine = Engine(read_packs(folder), shipped_model())
    faults = broken_examples(engine)
    if faults:
        raise PacksRefused(faults)
    return engine


def fingerprint(folder: Path) -> Fingerprint:
    """What changes when a pack of a folder changes: names, times and sizes; empty where the folder can't be read."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)
