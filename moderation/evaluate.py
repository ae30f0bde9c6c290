"""Edge: the filter's score on the project's own development texts: `python -m moderation.evaluate`.

Texts stand in `moderation/evaluation/`, one JSON object a line: `text`, `role`, `category`, `label` (bad or fine) and
`kind`. For every file and kind: how many, the share given any action but allow, and the share held or blocked. For
every disguise: the same for the plain bad texts that are told as such when undisguised, and for the fine ones.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Sequence
from importlib.resources import files

import msgspec

from moderation.disguises import DISGUISES, Disguise, changed
from moderation.engine import Engine, shipped_engine
from moderation.errors import LineInvalid, ModerationError
from moderation.filter import Filter
from moderation.verdict import Action, Category, Role, Utterance, worst

SEED = 20_260_101
DISGUISED_CHARS_MAX = 60
"""Longer texts are messages, which nobody disguises by hand."""


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


def disguised(engine: Engine, disguise: Disguise, texts: Iterable[Text]) -> tuple[Share, Share]:
    """Shares of the bad and of the fine texts that a disguise changes."""
    bad, fine = Share(), Share()
    rng = random.Random(SEED)  # noqa: S311
    for text in texts:
        parts = disguise(text.text, rng)
        if changed(text.text, parts):
            (bad if text.label == "bad" else fine).add(act(engine, text, parts))
    return bad, fine


def evaluate(engine: Engine) -> dict[str, dict[str, dict[str, float | int]]]:
    """All figures: `kinds`, `disguised_bad` and `disguised_fine`."""
    texts = read_texts()
    kinds = {name: share.shares() for name, share in by_kind(engine, texts).items()}
    short = [
        text
        for listed in texts.values()
        for text in listed
        if len(text.text) <= DISGUISED_CHARS_MAX
        and (text.label == "fine" or (text.kind == "plain" and act(engine, text, [text.text]) is not Action.ALLOW))
    ]
    bad: dict[str, dict[str, float | int]] = {}
    fine: dict[str, dict[str, float | int]] = {}
    for name, disguise in DISGUISES.items():
        one, other = disguised(engine, disguise, short)
        bad[name], fine[name] = one.shares(), other.shares()
    return {"kinds": kinds, "disguised_bad": bad, "disguised_fine": fine}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="jishi moderation evaluate", description="Score the filter.")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    asked = parser.parse_args(argv)
    try:
        figures = evaluate(shipped_engine())
    except ModerationError as error:
        print(f"jishi moderation evaluate: {error}", file=sys.stderr)
        return 2
    if asked.json:
        print(msgspec.json.encode(figures).decode())
        return 0
    for part, rows in figures.items():
        print(f"{part:34} {'count':>6} {'acted':>7} {'held':>7}")
        for name, row in rows.items():
            print(f"  {name:32} {row['count']:6} {row['acted']:7.3f} {row['held']:7.3f}")
    mean = sum(row["acted"] for row in figures["disguised_bad"].values()) / len(DISGUISES)
    print(f"mean over disguises: {mean:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
