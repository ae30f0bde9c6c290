"""Edge: what a changed pack would do: `jishi moderation backtest --packs FOLDER`, on recorded lines, before release.

Recorded lines are JSON Lines as `jishi moderation score` takes them (`text` or `parts`, `role`, `category`), from a
file or from standard input; without any, the project's own development texts. Each line is decided by both sets of
packs. Told is what would change: how many lines from which action to which, and for each rule how many lines it would
hit anew and hit no more, with examples.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from moderation.engine import Engine, shipped_engine
from moderation.errors import ModerationError
from moderation.evaluate import read_texts
from moderation.folder import broken_examples, read_packs
from moderation.model import shipped_model
from moderation.score import Line, parse_line, score_line

EXAMPLES_MAX = 5
EXAMPLE_CHARS_MAX = 80
PROGRESS_LINES = 10_000


class Example(msgspec.Struct):
    """One line that would be decided otherwise."""

    text: str
    before: str
    after: str


class RuleChange(msgspec.Struct):
    """What one rule would do otherwise: lines it would hit anew, and hit no more."""

    added: int = 0
    removed: int = 0
    examples: list[Example] = []


class Backtest(msgspec.Struct):
    """What would change."""

    before_version: str
    after_version: str
    broken_examples: list[str]
    """What the changed packs get wrong of their own examples; they are refused while there are any."""
    lines: int = 0
    changed: int = 0
    """Lines whose action or rules would change."""
    actions: dict[str, int] = {}
    """Lines by change of action, such as `allow > hold`."""
    rules: dict[str, RuleChange] = {}

    def add(self, line: Line, before: tuple[str, frozenset[str]], after: tuple[str, frozenset[str]], most: int) -> None:
        """Count one line: action and rules before and after; `most` examples are kept for a rule."""
        self.lines += 1
        if before == after:
            return
        self.changed += 1
        if before[0] != after[0]:
            change = f"{before[0]} > {after[0]}"
            self.actions[change] = self.actions.get(change, 0) + 1
        said = line.text if line.text is not None else " / ".join(line.parts or [])
        for rule_id in sorted(before[1] ^ after[1]):
            rule = self.rules.setdefault(rule_id, RuleChange())
            rule.added += rule_id in after[1]
            rule.removed += rule_id in before[1]
            if len(rule.examples) < most:
                rule.examples.append(Example(said[:EXAMPLE_CHARS_MAX], before[0], after[0]))


def recorded(lines: Iterable[str]) -> Iterator[Line]:
    """Recorded lines, blank ones left out; raises LineInvalid."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield parse_line(number, line)


def development_texts() -> Iterator[Line]:
    """The project's own development texts as if they were recorded."""
    for listed in read_texts().values():
        for text in listed:
            yield Line(text=text.text, role=text.role, category=text.category)


def backtest(
    before: Engine, after: Engine, lines: Iterable[Line], *, examples_max: int = EXAMPLES_MAX, progress: bool = False
) -> Backtest:
    """What would change of the lines if `after` took the place of `before`."""
    found = Backtest(before.version, after.version, broken_examples(after))
    for line in lines:
        one, other = (score_line(engine, line) for engine in (before, after))
        found.add(line, (one.action, frozenset(one.rules)), (other.action, frozenset(other.rules)), examples_max)
        if progress and found.lines % PROGRESS_LINES == 0:
            print(f"{found.lines} lines, {found.changed} would change", file=sys.stderr)
    return found


def told(found: Backtest) -> str:
    """The result for a person."""
    rows = [
        f"packs {found.before_version} > {found.after_version}: {found.changed} of {found.lines} lines would change"
    ]
    rows += [f"  {count:6}  {change}" for change, count in Counter(found.actions).most_common()]
    for rule_id, rule in sorted(found.rules.items(), key=lambda item: -item[1].added - item[1].removed):
        rows.append(f"{rule_id}: {rule.added} hit anew, {rule.removed} no more")
        rows += [f"    {each.before} > {each.after}  {each.text!r}" for each in rule.examples]
    rows += [f"broken example: {fault}" for fault in found.broken_examples]
    return "\n".join(rows)


def _lines(asked: argparse.Namespace) -> Iterator[Line]:
    if asked.recorded is None:
        yield from development_texts()
    elif str(asked.recorded) == "-":
        yield from recorded(sys.stdin)
    else:
        with asked.recorded.open(encoding="utf-8") as file:
            yield from recorded(file)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, 1 if the packs break their own examples, 2 if they can't be used."""
    parser = argparse.ArgumentParser(prog="jishi moderation backtest", description="Tell what changed packs would do.")
    parser.add_argument("--packs", type=Path, required=True, help="folder of the changed packs (all of them)")
    parser.add_argument("--recorded", type=Path, help="recorded lines (JSON Lines, - for standard input)")
    parser.add_argument("--examples", type=int, default=EXAMPLES_MAX, help="examples for each rule")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a text")
    asked = parser.parse_args(argv)
    try:
        after = Engine(read_packs(asked.packs), shipped_model())
        found = backtest(shipped_engine(), after, _lines(asked), examples_max=asked.examples, progress=True)
    except (ModerationError, OSError, UnicodeDecodeError) as error:
        print(f"jishi moderation backtest: {error}", file=sys.stderr)
        return 2
    print(msgspec.json.encode(found).decode() if asked.json else told(found))
    return 1 if found.broken_examples else 0


if __name__ == "__main__":
    sys.exit(main())
