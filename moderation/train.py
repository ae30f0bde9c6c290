"""Edge: trains the linear model: `python -m moderation.train --data FOLDER --model FILE`.

What it learns from may all be shipped: the seed texts beside this module and the rules' own examples (written for this
project), and of FOLDER: `teleantifraud_dialogues` and `cold` (Apache-2.0), `uci_sms` and `youtube_spam` (CC BY 4.0).
With `--benign FILE` (texts a line, only measured, never learnt from) the thresholds are raised until at most
FLAG_SHARE_MAX of them are flagged and HOLD_SHARE_MAX held. Needs numpy; scoring does not.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from moderation.folding import fold
from moderation.model import CLAIM, FRAUD, HEADS, MODEL_CHARS_MIN, NGRAM_CHARS_MAX, WEIGHT_UNIT, Model
from moderation.rules import shipped_packs
from moderation.views import tighten

SEED = 20_260_101
SEEDS_PER_ENTRY = 120
"""Draws from what one seed entry stands for; equal ones count once."""
EXAMPLE_COPIES = 6
"""The rules' examples are few and good."""
TEXTS_PER_NGRAM_MIN = 6
STEPS = 150
STEP_SIZE = 0.1
DECAY = 2e-4
WEIGHT_MIN = 0.02
"""Smaller weights are dropped."""
FLAG_SHARE_MAX, HOLD_SHARE_MAX = 0.002, 0.0004
SCORE_FLAG_MIN = 0.6
"""Where few benign texts were given, the least score that flags."""

_GROUP = re.compile(r"\(([^()]*)\)(\??)")

Labelled = tuple[str, dict[str, int]]
"""A text and its label under each head it says something about."""


def drawn(entry: str, rng: random.Random) -> str:
    """One of the texts an entry with alternatives stands for."""
    while (group := _GROUP.search(entry)) is not None:
        options = [*group[1].split("|"), *([""] if group[2] else [])]
        entry = entry[: group.start()] + rng.choice(options) + entry[group.end() :]
    return entry


def seeds() -> Iterator[Labelled]:
    """Texts drawn from the seed file."""
    rng = random.Random(SEED)  # noqa: S311
    labels = {"claim": {CLAIM: 1}, "fraud": {FRAUD: 1}, "fine": {FRAUD: 0, CLAIM: 0}}
    for name, entries in tomllib.loads((files("moderation") / "training" / "seeds.toml").read_text("utf-8")).items():
        for entry in entries:
            for text in {drawn(entry, rng): None for _ in range(SEEDS_PER_ENTRY)}:
                yield text, labels[name]


def examples() -> Iterator[Labelled]:
    """The rules' own examples: hits are bad under the head of their pack, passes fine under both."""
    for rule in shipped_packs().rules:
        head = CLAIM if rule.id.startswith("OC") else FRAUD
        for _ in range(EXAMPLE_COPIES):
            for example in rule.examples("hits"):
                yield example.text, {head: 1}
            for example in rule.examples("passes"):
                yield example.text, {FRAUD: 0, CLAIM: 0}


def dialogues(folder: Path) -> Iterator[Labelled]:
    """Fraudulent and ordinary calls, two turns of the caller at a time."""
    for name, label in (("fraud", 1), ("normal", 0)):
        path = folder / "teleantifraud_dialogues" / f"{name}.jsonl"
        for line in path.read_text("utf-8").splitlines():
            turns = json.loads(line)["caller"]
            for start in range(0, len(turns), 2):
                yield " ".join(turns[start : start + 2]), {FRAUD: label, **({CLAIM: 0} if not label else {})}


def others(folder: Path) -> Iterator[Labelled]:
    """Talk (some of it rude, none of it fraud) and English spam."""
    for part in ("dev", "test"):
        with (folder / "cold" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["TEXT"], {FRAUD: 0, CLAIM: 0}
    for line in (folder / "uci_sms" / "SMSSpamCollection.tsv").read_text("utf-8").splitlines():
        label, _, text = line.partition("\t")
        yield text, {FRAUD: int(label == "spam"), CLAIM: 0}
    with (folder / "youtube_spam" / "youtube_spam.tsv").open(encoding="utf-8", newline="") as file:
        for fields in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield fields[-1], {CLAIM: 0}


def ngrams(tight: str) -> set[str]:
    """The n-grams of a text, of one to three characters, ASCII ones of two at least."""
    return {
        tight[start : start + length]
        for length in range(1, NGRAM_CHARS_MAX + 1)
        for start in range(len(tight) - length + 1)
    }


class Table:
    """Texts as rows of n-gram columns."""

    def __init__(self, texts: Sequence[str]) -> None:
        seen = Counter(gram for text in texts for gram in ngrams(text))
        self.vocabulary = [gram for gram, count in seen.items() if count >= TEXTS_PER_NGRAM_MIN]
        index = {gram: column for column, gram in enumerate(self.vocabulary)}
        rows: list[int] = []
        columns: list[int] = []
        for row, text in enumerate(texts):
            found = [index[gram] for gram in ngrams(text) if gram in index]
            columns += found
            rows += [row] * len(found)
        self.rows = np.array(rows, np.int64)
        self.columns = np.array(columns, np.int64)
        self.scale = np.array([max(len(text), 1) ** -0.5 for text in texts])

    def fit(self, labels: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Logistic regression by Adam on the whole table; weights of 0 leave a text out."""
        size = len(self.vocabulary)
        factors, bias = np.zeros(size), 0.0
        first, second = np.zeros(size + 1), np.zeros(size + 1)
        entries = self.scale[self.rows]
        for step in range(1, STEPS + 1):
            sums = np.bincount(self.rows, factors[self.columns] * entries, len(labels)) + bias
            error = (1 / (1 + np.exp(-sums)) - labels) * weights
            slope = np.append(
                np.bincount(self.columns, error[self.rows] * entries, size) + DECAY * factors, error.sum()
            )
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope**2
            change = STEP_SIZE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            factors, bias = factors - change[:-1], bias - float(change[-1])
        return factors, bias


def balanced(labels: list[int | None]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Labels as numbers, and weights by which both labels count the same and unlabelled texts nothing."""
    known = np.array([label is not None for label in labels])
    values = np.array([label or 0 for label in labels], np.float64)
    bad = values.sum()
    weights = np.where(values > 0, 0.5 / max(bad, 1), 0.5 / max(known.sum() - bad, 1))
    return values, np.where(known, weights, 0)


def model_text(heads: Sequence[tuple[NDArray[np.float64], float]], vocabulary: Sequence[str], limits: str) -> str:
    """The model as its file has it; the version is a digest of the weights."""
    lines = [
        "\t".join([gram, *(str(round(float(factors[column]) * WEIGHT_UNIT)) for factors, _ in heads)])
        for column, gram in enumerate(vocabulary)
        if max(abs(float(factors[column])) for factors, _ in heads) >= WEIGHT_MIN and gram.isprintable()
    ]
    body = "\n".join(sorted(lines))
    version = hashlib.sha256((limits + body).encode()).hexdigest()[:12]
    return f"{version}\t{limits}\n{body}\n"


def train(texts: Sequence[Labelled], benign: Sequence[str]) -> str:
    """The model file learnt from labelled texts, with thresholds that the benign texts bear."""
    plain = [tighten(fold(text)) for text, _ in texts]
    table = Table(plain)
    heads = [table.fit(*balanced([labels.get(head) for _, labels in texts])) for head in HEADS]
    open_limits = "\t".join(f"{bias:.4f}\t0\t0" for _, bias in heads)
    draft = Model(model_text(heads, table.vocabulary, open_limits))
    scores = [draft.scores(text) for text in map(tighten, map(fold, benign)) if len(text) >= MODEL_CHARS_MIN]
    limits: list[str] = []
    for head, (_, bias) in enumerate(heads):
        ordered = sorted((score[head] for score in scores), reverse=True) or [1.0]
        flag = max(ordered[int(len(ordered) * FLAG_SHARE_MAX)], SCORE_FLAG_MIN)
        hold = max(ordered[int(len(ordered) * HOLD_SHARE_MAX)] + 0.5, flag + 1.0)
        limits.append(f"{bias:.4f}\t{flag:.4f}\t{hold:.4f}")
    return model_text(heads, table.vocabulary, "\t".join(limits))


def gather(folder: Path) -> list[Labelled]:
    """All labelled texts that say enough."""
    sources: Iterable[Iterator[Labelled]] = (seeds(), examples(), dialogues(folder), others(folder))
    return [(text, labels) for source in sources for text, labels in source if len(text) >= 4]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="jishi moderation train", description="Train the linear model.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets that may be learnt from")
    parser.add_argument("--model", type=Path, required=True, help="file to write")
    parser.add_argument("--benign", type=Path, nargs="*", default=[], help="texts a line, to set thresholds by")
    asked = parser.parse_args(argv)
    try:
        benign = [line for file in asked.benign for line in file.read_text("utf-8").splitlines()]
        texts = gather(asked.data)
    except OSError as error:
        print(f"jishi moderation train: {error}", file=sys.stderr)
        return 2
    print(f"{len(texts)} texts to learn from, {len(benign)} to set thresholds by", file=sys.stderr)
    written = train(texts, benign)
    asked.model.write_text(written, "utf-8")
    print(f"{written.count(chr(10)) - 1} n-grams, version {written[:12]}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
