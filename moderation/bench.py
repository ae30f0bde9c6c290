"""Edge: what the filter costs on one core: `jishi bench filter [--texts FILE] [--json]`.

Every line is decided by itself: `uncached`, as if never seen before, and `cached`, in the order of the file with what
the engine remembers. Beside them in the same run: the floor, one automaton of the same terms on the same lines and
nothing else; what each stage takes, timed by itself over all lines (some hold others, and in a whole decision they
contend for the caches, so the parts don't add up to it); and texts of 120 and 5,000 characters, also hostile ones. Of
several rounds the best of each line counts: what else the machine did is not the filter's.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
from ahocorasick_rs import AhoCorasick

from moderation.engine import Engine, shipped_engine
from moderation.errors import ModerationError
from moderation.evaluate import read_texts
from moderation.rules import expand
from moderation.verdict import Category, Role, Utterance
from moderation.views import TEXT_CHARS_MAX

ROUNDS = 3
LONG_CHARS = 120
HOSTILE_UNITS = (
    "押金",
    "不交押金先交",
    "a",
    "yajin",
    "扌甲",
    "一千",
    "日赚8",
    "1 ",
    "www.",
    "加我微信",
    "治糖尿病血糖降",
)
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999}


class Spread(msgspec.Struct):
    """Microseconds a text, by quantile."""

    count: int
    mean_us: float
    p50_us: float
    p90_us: float
    p99_us: float
    p999_us: float
    max_us: float


class Figures(msgspec.Struct):
    """All figures of one run."""

    pack_version: str
    chars_p50: int
    chars_p99: int
    uncached: Spread
    cached: Spread
    floor: Spread
    """One automaton of all terms, as they are written, and nothing else."""
    long: Spread
    """Texts of LONG_CHARS characters made of the lines, uncached."""
    longest: Spread
    """Texts of TEXT_CHARS_MAX characters made of the lines, uncached."""
    hostile: dict[str, float]
    """Microseconds for texts of TEXT_CHARS_MAX characters of one unit repeated."""
    stages_us: dict[str, float]
    """Mean microseconds a line of each stage by itself."""
    closer_share: float
    """Part of the lines that a glance doesn't pass by."""


def spread(times_ns: Iterable[int]) -> Spread:
    """Quantiles of some times; there is one at least."""
    ordered = sorted(times_ns)
    at = {name: round(ordered[int(len(ordered) * share)] / 1_000, 1) for name, share in QUANTILES.items()}
    mean_us = round(sum(ordered) / len(ordered) / 1_000, 1)
    worst_us = round(ordered[-1] / 1_000, 1)
    return Spread(len(ordered), mean_us, at["p50"], at["p90"], at["p99"], at["p999"], worst_us)


def best_of(rounds: int, ask: Callable[[str], object], texts: Sequence[str], *, before: Callable[[], object]) -> Spread:
    """The best time of each text over some rounds, in order; `before` is done before each round."""
    best = [sys.maxsize] * len(texts)
    for _ in range(rounds):
        before()
        gc.collect()
        for place, text in enumerate(texts):
            started = time.perf_counter_ns()
            ask(text)
            best[place] = min(best[place], time.perf_counter_ns() - started)
    return spread(best)


def pieces(lines: Sequence[str], chars: int, most: int) -> list[str]:
    """Texts of so many characters, of the lines one after the other; one at least."""
    whole = "".join(lines)
    whole *= chars // max(len(whole), 1) + 1
    return [whole[start : start + chars] for start in range(0, min(len(whole) - chars, chars * (most - 1)) + 1, chars)]


def floor_of(engine: Engine) -> AhoCorasick:
    """All terms the rules ask for, as they are written."""
    needs = [need for rule in engine.book.rules for need in rule.needs]
    listed = {term for need in needs if isinstance(need, str) for term in engine.book.lists.get(need[1:], ())}
    inline = {term for need in needs if not isinstance(need, str) for entry in need for term in expand(entry)}
    return AhoCorasick(sorted(listed | inline))


def measure(engine: Engine, lines: Sequence[str], rounds: int = ROUNDS) -> Figures:
    """All figures for some lines, which are decided as a viewer's."""

    def afresh(text: str) -> object:
        return engine.decide_afresh(Utterance(text, Role.VIEWER, Category.ANY))

    def remembering(text: str) -> object:
        return engine.decide(Utterance(text, Role.VIEWER, Category.ANY), 0.0)

    def nothing() -> None:
        return None

    automaton = floor_of(engine)
    chars = sorted(map(len, lines))
    stages = engine.stages(Role.VIEWER, Category.ANY)
    return Figures(
        pack_version=engine.version,
        chars_p50=chars[len(chars) // 2],
        chars_p99=chars[int(len(chars) * 0.99)],
        uncached=best_of(rounds, afresh, lines, before=nothing),
        cached=best_of(rounds, remembering, lines, before=engine.forget),
        floor=best_of(
            rounds, lambda text: automaton.find_matches_as_indexes(text, overlapping=True), lines, before=nothing
        ),
        long=best_of(rounds, afresh, pieces(lines, LONG_CHARS, 500), before=nothing),
        longest=best_of(rounds, afresh, pieces(lines, TEXT_CHARS_MAX, 10), before=nothing),
        hostile={
            unit: best_of(rounds, afresh, [(unit * TEXT_CHARS_MAX)[:TEXT_CHARS_MAX]], before=nothing).max_us
            for unit in HOSTILE_UNITS
        },
        stages_us={name: best_of(rounds, stage, lines, before=nothing).mean_us for name, stage in stages.items()},
        closer_share=round(sum(map(bool, map(stages["glance"], lines))) / len(lines), 4),
    )


def told(figures: Figures) -> str:
    """The figures for a person."""
    rows = [
        f"{figures.uncached.count} lines, half of them up to {figures.chars_p50} characters, 99 % up to"
        f" {figures.chars_p99}; packs {figures.pack_version}",
        f"{'microseconds a text':26} {'p50':>8} {'p90':>8} {'p99':>8} {'p99.9':>8} {'worst':>9}",
    ]
    named = {
        "uncached": figures.uncached,
        "cached": figures.cached,
        "floor: automaton alone": figures.floor,
        f"{LONG_CHARS} characters": figures.long,
        f"{TEXT_CHARS_MAX} characters": figures.longest,
    }
    for name, each in named.items():
        rows.append(
            f"{name:26} {each.p50_us:8.1f} {each.p90_us:8.1f} {each.p99_us:8.1f} {each.p999_us:8.1f} {each.max_us:9.1f}"
        )
    unit, worst_us = max(figures.hostile.items(), key=lambda item: item[1])
    rows.append(f"hostile text of {TEXT_CHARS_MAX} characters: at most {worst_us / 1_000:.1f} ms ({unit!r} repeated)")
    rows += [f"  {name:24} {mean_us:8.1f} mean" for name, mean_us in figures.stages_us.items()]
    rows.append(f"{figures.closer_share:.1%} of the lines needed a closer look than the glance")
    return "\n".join(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="jishi bench filter", description="Measure what the filter costs.")
    parser.add_argument("--texts", type=Path, help="texts a line; the project's own development texts without")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the best of each line counts")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    asked = parser.parse_args(argv)
    try:
        if asked.texts is None:
            lines = [text.text for listed in read_texts().values() for text in listed]
        else:
            lines = [line for line in asked.texts.read_text("utf-8").splitlines() if line]
        if not lines:
            raise ModerationError(f"{asked.texts} has no lines")
        figures = measure(shipped_engine(), lines, max(asked.rounds, 1))
    except (ModerationError, OSError, UnicodeDecodeError) as error:
        print(f"jishi bench filter: {error}", file=sys.stderr)
        return 2
    print(msgspec.json.encode(figures).decode() if asked.json else told(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
