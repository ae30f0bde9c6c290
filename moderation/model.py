"""Core: the linear model: character n-grams with a weight each, for what no rule has words for.

Two heads share the n-grams: fraud (scams, job bait, diversion) and claim (overclaims for goods). A text's score under a
head is the head's bias plus the sum of the weights of the n-grams it contains, over the square root of its length, so
that long texts don't score by length. The n-grams are one automaton, as the lexicon is. Weights come from
`python -m moderation.train`; thresholds stand in the same file.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

FRAUD, CLAIM = "fraud", "claim"
HEADS = (FRAUD, CLAIM)
MODEL_CHARS_MIN = 12
"""Shorter texts say too little, and are most of what is said."""
MODEL_CHARS_MAX = 1_000
NGRAM_CHARS_MAX = 3
SPANS_MAX = 3
WEIGHT_UNIT = 1_000
"""Weights are stored as whole thousandths."""


class Scored(NamedTuple):
    """What the model says under one head."""

    head: str
    score: float
    hold: bool
    """Above the threshold for holding; else above the one for flagging."""
    spans: tuple[tuple[int, int], ...]
    """The parts that weigh most, in the text given."""


class Model:
    """Weights of both heads, ready to score."""

    def __init__(self, text: str) -> None:
        """Read a model file: a header line (version, then bias, flag and hold threshold a head), then n-gram lines."""
        header, *lines = text.splitlines()
        self.version, *numbers = header.split("\t")
        values = [float(number) for number in numbers]
        assert len(values) == 3 * len(HEADS), "the model's header has a bias and two thresholds for each head"
        self._limits = [tuple(values[3 * i : 3 * i + 3]) for i in range(len(HEADS))]
        rows = [line.split("\t") for line in lines]
        self._weights = [tuple(int(weight) / WEIGHT_UNIT for weight in row[1:]) for row in rows]
        self._automaton = AhoCorasick([row[0] for row in rows])

    def scores(self, tight: str) -> tuple[float, ...]:
        """The score under each head; a text of any length."""
        found = {index for index, _, _ in self._automaton.find_matches_as_indexes(tight, overlapping=True)}
        scale = max(len(tight), 1) ** -0.5
        weights = self._weights
        return tuple(
            self._limits[head][0] + scale * sum([weights[index][head] for index in found]) for head in range(len(HEADS))
        )

    def judge(self, tight: str, heads: tuple[str, ...] = HEADS) -> Scored | None:
        """The worst that is above its threshold; None if nothing is, or the text is too short or long."""
        if not MODEL_CHARS_MIN <= len(tight) <= MODEL_CHARS_MAX:
            return None
        worst: Scored | None = None
        for head, (score, limits) in enumerate(zip(self.scores(tight), self._limits, strict=True)):
            if HEADS[head] in heads and score >= limits[1] and (worst is None or score > worst.score):
                worst = Scored(HEADS[head], score, score >= limits[2], ())
        return None if worst is None else worst._replace(spans=self._spans(tight, HEADS.index(worst.head)))

    def _spans(self, tight: str, head: int) -> tuple[tuple[int, int], ...]:
        """The heaviest stretches: each character weighs what the n-grams over it weigh."""
        weighs = [0.0] * len(tight)
        for index, start, end in self._automaton.find_matches_as_indexes(tight, overlapping=True):
            for place in range(start, end):
                weighs[place] += self._weights[index][head] / (end - start)
        mean = sum(max(each, 0.0) for each in weighs) / len(weighs)
        stretches: list[tuple[float, int, int]] = []
        start = -1
        for place, weight in enumerate([*weighs, 0.0]):
            if weight > mean and start < 0:
                start = place
            elif weight <= mean and start >= 0:
                stretches.append((sum(weighs[start:place]), start, place))
                start = -1
        return tuple(sorted((low, high) for _, low, high in sorted(stretches, reverse=True)[:SPANS_MAX]))


@cache
def shipped_model() -> Model | None:
    """The model that comes with the program, read when first asked for; None where there is none."""
    file = files("moderation") / "tables" / "model.tsv"
    return Model(file.read_text("utf-8")) if file.is_file() else None
