"""Edge: the filter's score on the project's own development texts: `python -m moderation.evaluate`.

Texts stand in `moderation/evaluation/`, one JSON object a line: `text`, `role`, `category`, `label` (bad or fine) and
`kind`. For every file and kind: how many, the share given any action but allow, and the share held or blocked. For
every disguise: the same for all plain bad texts and for the fine ones, and the mean. With `--data FOLDER`, the same for
texts of others, which are only measured, never learnt from or shipped.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec

from moderation.disguises import DISGUISES, Disguise, changed
from moderation.engine import Engine, shipped_engine
from moderation.errors import LineInvalid, ModerationError
from moderation.filter import Filter
from moderation.strangers import SAID_AS, others
from moderation.verdict import Action, Category, Role, Utterance, worst

SEED = 20_260_101
DISGUISED_CHARS_MAX = 60
"""Longer texts are messages, which nobody disguises by hand."""


LABELS = ("bad", "fine")
OTHERS_MAX = 10_000
"""Texts of each set of others that are measured."""
Figures = dict[str, dict[str, float | int]]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One development text."""

    text: str
    role: Role
    category: Category
    label: str
    kind: str
    topic: str = "none"


class Share(msgspec.Struct):
    """What became of a group of texts."""

    count: int = 0
    acted: int = 0
    """Given any action but allow."""
    held: int = 0
    """Held or blocked."""

    def add(self, action: Action) -> None:
        """Count one text."""
        self.count += 1
        self.acted += action is not Action.ALLOW
        self.held += action.severity >= Action.HOLD.severity

    def shares(self) -> dict[str, float | int]:
        """The counts as shares, rounded to four digits."""
        total = max(self.count, 1)
        return {"count": self.count, "acted": round(self.acted / total, 4), "held": round(self.held / total, 4)}


def read_texts() -> dict[str, list[Text]]:
    """Development texts by file; raises LineInvalid."""
    folder = files("moderation") / "evaluation"
    texts: dict[str, list[Text]] = {}
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".jsonl"):
            continue
        listed = texts.setdefault(file.name.removesuffix(".jsonl"), [])
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            try:
                listed.append(msgspec.json.decode(line, type=Text))
            except msgspec.DecodeError as error:
                raise LineInvalid(number, f"{file.name}: {error}") from error
    return texts


def act(engine: Engine, text: Text, parts: Sequence[str]) -> Action:
    """The worst that is done to the parts of a text, sent a second apart."""
    if len(parts) == 1:
        return engine.decide(Utterance(parts[0], text.role, text.category), 0.0).action
    filter_ = Filter(engine)
    said = [Utterance(part, text.role, text.category, "sender", "room") for part in parts]
    return worst(filter_.decide(each, float(second)).action for second, each in enumerate(said))


def by_kind(engine: Engine, texts: dict[str, list[Text]]) -> dict[str, Share]:
    """Shares by file, label and kind."""
    groups: dict[str, Share] = {}
    for name, listed in texts.items():
        for text in listed:
            groups.setdefault(f"{name} {text.kind} {text.label}", Share()).add(act(engine, text, [text.text]))
    return groups


def by_role(engine: Engine, texts: dict[str, list[Text]]) -> dict[str, Share]:
    """Shares by label and role."""
    groups: dict[str, Share] = {}
    for text in (text for listed in texts.values() for text in listed):
        groups.setdefault(f"{text.role.value} {text.label}", Share()).add(act(engine, text, [text.text]))
    return dict(sorted(groups.items()))


def precision(texts: dict[str, Share]) -> float:
    """Of the texts acted on, the share that is bad."""
    acted = {label: sum(share.acted for name, share in texts.items() if name.endswith(label)) for label in LABELS}
    return round(acted["bad"] / max(sum(acted.values()), 1), 4)


def of_others(engine: Engine, folder: Path) -> dict[str, Share]:
    """Shares of the texts of others, by set, group, role and category."""
    groups: dict[str, Share] = {}
    for name, texts in others(folder).items():
        chosen = random.Random(SEED).sample(texts, min(len(texts), OTHERS_MAX))  # noqa: S311
        for text, group in chosen:
            for role, category in SAID_AS[name]:
                named = " ".join(part for part in (name, group, role.value, category.value) if part)
                verdict = engine.decide_afresh(Utterance(text, role, category))
                groups.setdefault(named, Share()).add(verdict.action)
    return dict(sorted(groups.items()))


def disguised(engine: Engine, disguise: Disguise, texts: Iterable[Text]) -> tuple[Share, Share]:
    """Shares of the bad and of the fine texts that a disguise changes."""
    bad, fine = Share(), Share()
    rng = random.Random(SEED)  # noqa: S311
    for text in texts:
        parts = disguise(text.text, rng)
        if changed(text.text, parts):
            (bad if text.label == "bad" else fine).add(act(engine, text, parts))
    return bad, fine


def evaluate(engine: Engine, data: Path | None) -> dict[str, Figures]:
    """All figures: `kinds`, `roles`, `disguised_bad` and `disguised_fine`, `others` and `summary`."""
    texts = read_texts()
    by_name = by_kind(engine, texts)
    kinds = {name: share.shares() for name, share in by_name.items()}
    roles = {name: share.shares() for name, share in by_role(engine, texts).items()}
    short = [
        text
        for listed in texts.values()
        for text in listed
        if len(text.text) <= DISGUISED_CHARS_MAX and (text.label == "fine" or text.kind == "plain")
    ]
    bad: Figures = {}
    fine: Figures = {}
    for name, disguise in DISGUISES.items():
        one, other = disguised(engine, disguise, short)
        bad[name], fine[name] = one.shares(), other.shares()
    others_told = {} if data is None else {name: share.shares() for name, share in of_others(engine, data).items()}
    summary: Figures = {
        "precision of any action": {"acted": precision(by_name)},
        "mean over disguises": {
            each: round(sum(row[each] for row in bad.values()) / len(bad), 4) for each in ("acted", "held")
        },
        "worst disguise for honest texts": {
            each: max((row[each] for row in fine.values()), default=0.0) for each in ("acted", "held")
        },
    }
    parts = {"kinds": kinds, "roles": roles, "disguised_bad": bad, "disguised_fine": fine}
    return parts | ({"others": others_told} if others_told else {}) | {"summary": summary}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="jishi moderation evaluate", description="Score the filter.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--data", type=Path, help="folder of texts of others, to measure on")
    asked = parser.parse_args(argv)
    try:
        figures = evaluate(shipped_engine(), asked.data)
    except (ModerationError, OSError) as error:
        print(f"jishi moderation evaluate: {error}", file=sys.stderr)
        return 2
    if asked.json:
        print(msgspec.json.encode(figures).decode())
        return 0
    for part, rows in figures.items():
        print(f"{part:40} {'count':>6} {'acted':>7} {'held':>7} {'held per 10,000':>15}")
        for name, row in rows.items():
            held = row.get("held", 0.0)
            print(f"  {name:38} {row.get('count', '')!s:>6} {row['acted']:7.4f} {held:7.4f} {held * 10_000:15.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
