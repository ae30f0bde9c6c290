"""Edge: the filter on standard input: `jishi moderation score`, one JSON object a line in and out.

In: `text`, or `parts` (lines sent one after the other by one sender), `role` and `category`. Out: `action` (the worst
over the parts), `score`, `rules`, `spans` ([start, end], with the part's index first where parts were given) and `us`,
the microseconds spent deciding. Every line is decided by itself: nothing is remembered from the lines before.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from moderation.engine import Engine, shipped_engine
from moderation.errors import LineInvalid, ModerationError
from moderation.filter import Filter
from moderation.verdict import Category, Role, Utterance, Verdict, worst

PART_GAP_S = 1.0
"""Time between two parts, as the filter sees them."""


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """One input line."""

    text: str | None = None
    parts: list[str] | None = None
    role: Role = Role.VIEWER
    category: Category = Category.ANY


class Scored(msgspec.Struct):
    """One output line."""

    action: str
    score: float
    rules: list[str]
    spans: list[list[int]]
    us: float


def parse_line(number: int, line: str) -> Line:
    """One input line; raises LineInvalid with its number."""
    try:
        parsed = msgspec.json.decode(line, type=Line)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise LineInvalid(number, str(error)) from error
    if (parsed.text is None) == (parsed.parts is None):
        raise LineInvalid(number, "give either text or parts")
    return parsed


def score_line(engine: Engine, line: Line) -> Scored:
    """Decide one line, parts in order as one sender's comments."""
    if line.parts is None:
        assert line.text is not None
        utterance = Utterance(line.text, line.role, line.category)
        started = time.perf_counter_ns()
        verdicts = [engine.decide(utterance, 0.0)]
        spent_ns = time.perf_counter_ns() - started
    else:
        said = [Utterance(part, line.role, line.category, "sender", "room") for part in line.parts]
        filter_ = Filter(engine)
        started = time.perf_counter_ns()
        verdicts = [filter_.decide(each, index * PART_GAP_S) for index, each in enumerate(said)]
        spent_ns = time.perf_counter_ns() - started
    return _scored(verdicts, with_part=line.parts is not None, us=spent_ns / 1_000)


def _scored(verdicts: Sequence[Verdict], *, with_part: bool, us: float) -> Scored:
    rules = dict.fromkeys(hit.rule_id for verdict in verdicts for hit in verdict.rules)
    spans = dict.fromkeys(
        ((index,) if with_part else ()) + (span.start, span.end)
        for index, verdict in enumerate(verdicts)
        for span in verdict.spans
    )
    return Scored(
        action=worst(verdict.action for verdict in verdicts).value,
        score=max((verdict.score for verdict in verdicts), default=0.0),
        rules=list(rules),
        spans=[list(span) for span in spans],
        us=round(us, 1),
    )


def score_lines(stdin: Iterable[str], engine: Engine | None = None) -> Iterator[str]:
    """An output line for each input line that is not blank, as they come; raises LineInvalid."""
    engine = engine or shipped_engine()
    encode = msgspec.json.Encoder().encode
    for number, line in enumerate(stdin, 1):
        if line.strip():
            yield encode(score_line(engine, parse_line(number, line))).decode()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0, or 2 after a line or pack that can't be used."""
    parser = argparse.ArgumentParser(
        prog="jishi moderation score", description="Decide JSON Lines from standard input."
    )
    parser.add_argument("--json", action="store_true", help="accepted for likeness; the output is always JSON Lines")
    parser.parse_args(argv)
    for stream in (sys.stdin, sys.stdout):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")
    try:
        engine = shipped_engine()
        # It stays to the end: the collector need not walk through it while texts are timed.
        gc.collect()
        gc.freeze()
        for line in score_lines(sys.stdin, engine):
            print(line, flush=True)
    except (ModerationError, UnicodeDecodeError) as error:
        print(f"jishi moderation score: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
