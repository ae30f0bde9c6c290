"""Edge: trains the linear model: `python -m moderation.train --data FOLDER --model FILE`.

What it learns from may all be shipped: the texts of `moderation/training/` and the rules' own examples, written for
this project, and, with little weight, of FOLDER: `teleantifraud_dialogues` and `cold` (Apache-2.0), `uci_sms` and
`youtube_spam` (CC BY 4.0). The texts of `moderation/evaluation/` are never learnt from: its honest ones, and those of
`--benign FILE` (texts a line, only measured), set the thresholds. With `--check`, the training texts are scored by
models that saw nothing of their topic: how well hints of a kind nobody wrote down are told. Needs numpy; scoring
does not.
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
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from moderation.calibrate import Judge, Judged, thresholds
from moderation.decoys import decoyed
from moderation.evaluate import Text, read_texts
from moderation.folding import fold
from moderation.model import (
    CLAIM,
    CLASSES,
    CONTACT,
    FAMILIES,
    FRAUD,
    JOBS,
    MODEL_CHARS_MAX,
    NGRAM,
    RULE,
    RULE_SCALE,
    SETTING,
    SETTING_SCALE,
    THEME,
    THEME_SCALE,
    WEIGHT_UNIT,
    Model,
    ngrams,
    setting,
    themes,
)
from moderation.opinion import EXCUSED
from moderation.rules import shipped_packs
from moderation.verdict import Category, Role
from moderation.views import tighten

SEED = 20_260_101
TALK = "talk"
SEEDS_PER_ENTRY = 8
"""Draws from what one seed entry stands for; equal ones count once."""
DIALOGUES_MAX, TALK_MAX = 1_000, 2_000
"""Of each label; more would drown the texts written for this."""
CLAUSES_MAX = 5_000
ADVERTS_MAX = 1_500
DECOY_TEXT_CHARS_MAX = 80
ADVERT_ROLES = (Role.CARD, Role.CARD, Role.VIEWER, Role.HOST)
WRITTEN, EXAMPLES, DECOYS, SEEDS, ADVERTS, OTHERS, CLAUSES = 1.0, 0.5, 0.4, 0.3, 0.15, 0.12, 0.1
"""What a text of a source weighs."""
TEXTS_PER_PART_MIN = 3
STEPS, CLASS_STEPS = 250, 120
STEP_SIZE = 0.15
TRUST_STEP_SIZE = 0.02
PENALTY = 0.1
"""On the squared weights, against a loss of one for a text that is undecided."""
WEIGHT_MIN, CLASS_WEIGHT_MIN = 0.25, 0.3
"""Smaller weights of n-grams are dropped: they are most of the file, and say little."""
EVENING_MAX = 2.5
"""The most that a text's weight is raised because its like are few."""
RARITY_UNIT = 4.0
RULE_TRUSTED, RULE_PENALTY = 2.5, 0.7
"""What a rule weighs before anything is learnt about it, and what it costs to think otherwise."""
FOLDS = 5

_GROUP = re.compile(r"\(([^()]*)\)(\??)")
_CLAUSE = re.compile(r"\w{6,24}")
_VIEWER = (Role.VIEWER, Category.FARM)
_FAMILY_BY_RULE = {"OC": CLAIM, "JS": JOBS, "CT": CONTACT}
_FAMILY_BY_FILE = {"overclaim": CLAIM, "jobs": JOBS, "contact": CONTACT, "fraud": FRAUD}


class Labelled(NamedTuple):
    """A text to learn from."""

    text: str
    role: Role
    category: Category
    bad: bool
    family: str
    """Of bad texts."""
    weight: float
    rules: tuple[str, ...]
    """Ids of the rules that apply."""
    kind: str
    """Its class; empty where none is known."""
    source: str
    """Which kind of texts it comes from, and the topic: what cross-validation leaves out together."""


def drawn(entry: str, rng: random.Random) -> str:
    """One of the texts an entry with alternatives stands for."""
    while (group := _GROUP.search(entry)) is not None:
        options = [*group[1].split("|"), *([""] if group[2] else [])]
        entry = entry[: group.start()] + rng.choice(options) + entry[group.end() :]
    return entry


def written(rules: Judge) -> Iterator[Labelled]:
    """The texts of the training folder, by topic."""
    for file in sorted((files("moderation") / "training").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".jsonl"):
            family = _FAMILY_BY_FILE[file.name.partition("_")[0]]
            for line in file.read_text("utf-8").splitlines():
                text = msgspec.json.decode(line, type=Text)
                bad = text.label == "bad"
                told = f"{family} told"
                way = told if text.kind == "told" and told in CLASSES else family
                kind = way if bad else text.kind if text.kind in CLASSES else TALK
                source = f"{family} {text.topic}"
                applied = rules(text.text, text.role, text.category).rules
                yield Labelled(text.text, text.role, text.category, bad, family, WRITTEN, applied, kind, source)


def hidden(texts: Iterable[Labelled], rules: Judge) -> Iterator[Labelled]:
    """Bad texts to which a rule applies, each with a word added that sounds as if it excused them."""
    rng = random.Random(SEED)  # noqa: S311
    for text in texts:
        if text.bad and len(text.text) <= DECOY_TEXT_CHARS_MAX:
            said = decoyed(text.text, rng)
            applied = rules(said, text.role, text.category).rules
            if applied:
                yield text._replace(text=said, weight=DECOYS, rules=applied)


def seeds() -> Iterator[Labelled]:
    """Texts drawn from the seed file."""
    rng = random.Random(SEED)  # noqa: S311
    for name, entries in tomllib.loads((files("moderation") / "training" / "seeds.toml").read_text("utf-8")).items():
        role, category = (Role.HOST, Category.FARM) if name == CLAIM else (Role.VIEWER, Category.ANY)
        for entry in entries:
            for text in {drawn(entry, rng): None for _ in range(SEEDS_PER_ENTRY)}:
                kind = TALK if name == "fine" else name
                yield Labelled(text, role, category, name != "fine", name, SEEDS, (), kind, "seeds")


def adverts() -> Iterator[Labelled]:
    """Honest job adverts put together from the clauses of the advert file."""
    rng = random.Random(SEED)  # noqa: S311
    known = tomllib.loads((files("moderation") / "training" / "adverts.toml").read_text("utf-8"))

    def some(name: str, least: int, most: int) -> list[str]:
        chosen: list[str] = rng.sample(known[name], rng.randint(least, most))
        return chosen

    for number in range(ADVERTS_MAX):
        mark = rng.choice(("{}、", "{}.", "({})", ""))
        body: list[str] = some("company", 0, 1)
        for heading, name, most in (("岗位职责", "duty", 5), ("任职要求", "requirement", 5), ("福利待遇", "offer", 6)):
            clauses = some(name, 0, most)
            listed = [mark.format(place) + clause for place, clause in enumerate(clauses, 1)]
            if listed:
                body.append(rng.choice((f"{heading}:", "")) + ";".join(listed))
        head = [*some("title", 1, 1), *some("pay", 1, 1), "_".join(some("welfare", 1, 6)), *some("asked", 1, 1)]
        text = " ".join([*head, "。".join([*body, *some("closing", 0, 2)])])
        role = ADVERT_ROLES[number % len(ADVERT_ROLES)]
        yield Labelled(text, role, Category.JOBS, False, "", ADVERTS, (), "advert", "adverts")


def examples() -> Iterator[Labelled]:
    """The rules' own examples: hits are bad, passes fine."""
    for rule in shipped_packs().rules:
        family = _FAMILY_BY_RULE.get(rule.id[:2], FRAUD)
        for which in ("hits", "passes"):
            for each in rule.examples(which):
                said = each.utterance
                bad = which == "hits"
                kind = family if bad else ""
                yield Labelled(said.text, said.role, said.category, bad, family, EXAMPLES, (), kind, "examples")


def dialogues(folder: Path) -> Iterator[Labelled]:
    """Fraudulent and ordinary calls: the first two turns of the caller, each by itself."""
    for name in ("fraud", "normal"):
        lines = (folder / "teleantifraud_dialogues" / f"{name}.jsonl").read_text("utf-8").splitlines()
        for line in lines[:DIALOGUES_MAX]:
            for turn in json.loads(line)["caller"][:2]:
                kind = "fraud told" if name == "fraud" else TALK
                yield Labelled(turn, Role.VIEWER, Category.ANY, name == "fraud", FRAUD, OTHERS, (), kind, "dialogues")


def clauses(folder: Path) -> Iterator[Labelled]:
    """Talk cut into the short pieces of which comments are made, none of it bad, in rooms of every category."""
    rooms = list(Category)
    for part in ("dev", "test"):
        with (folder / "cold" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            pieces = [piece for row in csv.DictReader(file) for piece in _CLAUSE.findall(row["TEXT"])]
        for number, piece in enumerate(pieces[:CLAUSES_MAX]):
            yield Labelled(piece, Role.VIEWER, rooms[number % len(rooms)], False, "", CLAUSES, (), TALK, "talk")


def others(folder: Path) -> Iterator[Labelled]:
    """Talk (some of it rude, none of it fraud) and English spam."""

    def fine(text: str) -> Labelled:
        return Labelled(text, Role.VIEWER, Category.ANY, False, "", OTHERS, (), TALK, "talk")

    for part in ("dev", "test"):
        with (folder / "cold" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            for _, row in zip(range(TALK_MAX), csv.DictReader(file), strict=False):
                yield fine(row["TEXT"])
    for line in (folder / "uci_sms" / "SMSSpamCollection.tsv").read_text("utf-8").splitlines()[:TALK_MAX]:
        label, _, text = line.partition("\t")
        kind = FRAUD if label == "spam" else TALK
        yield Labelled(text, Role.VIEWER, Category.ANY, label == "spam", FRAUD, OTHERS, (), kind, "sms")
    with (folder / "youtube_spam" / "youtube_spam.tsv").open(encoding="utf-8", newline="") as file:
        for fields in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield fine(fields[-1])


def parts(text: Labelled) -> dict[tuple[str, str], float]:
    """What the model weighs of a text, with its scale."""
    folded = fold(text.text)
    tight = tighten(folded)[:MODEL_CHARS_MAX]
    scale = max(len(tight), 1) ** -0.5
    names = themes().names
    found = {(NGRAM, gram): scale for gram in ngrams(tight) if gram.isprintable()}
    found |= {(THEME, names[theme]): THEME_SCALE for theme in themes().of(tight)}
    around = setting(len(tight), text.role, text.category, "?" in folded)
    return found | {(SETTING, name): SETTING_SCALE for name in around}


class Table:
    """Texts as rows of columns, one a part."""

    def __init__(self, texts: Sequence[Labelled]) -> None:
        each = [parts(text) for text in texts]
        seen = Counter(part for found in each for part in found)
        self.vocabulary = [part for part, count in seen.items() if count >= TEXTS_PER_PART_MIN or part[0] != NGRAM]
        index = {part: column for column, part in enumerate(self.vocabulary)}
        rows: list[int] = []
        columns: list[int] = []
        scales: list[float] = []
        for row, found in enumerate(each):
            for part, scale in found.items():
                column = index.get(part)
                if column is not None:
                    rows.append(row)
                    columns.append(column)
                    scales.append(scale)
        self.rows = np.array(rows, np.int64)
        self.columns = np.array(columns, np.int64)
        self.count = len(texts)
        texts_with = np.bincount(self.columns, minlength=len(self.vocabulary))
        self.rarity = np.log((len(texts) + 2) / (texts_with + 1)) / RARITY_UNIT
        """By column: what is in few texts says more, so it may weigh more at the same penalty."""
        self.scales = np.array(scales) * self.rarity[self.columns]

    def sums(self, factors: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weighted sum of every row."""
        bare = self.scales / self.rarity[self.columns]
        return np.asarray(np.bincount(self.rows, factors[self.columns] * bare, self.count), np.float64)

    def fit(self, labels: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Logistic regression by Adam on the whole table; weights of 0 leave a text out."""
        size = len(self.vocabulary)
        factors, bias = np.zeros(size), 0.0
        first, second = np.zeros(size + 1), np.zeros(size + 1)
        used = weights[self.rows] > 0
        rows, columns, scales = self.rows[used], self.columns[used], self.scales[used]
        for step in range(1, STEPS + 1):
            sums = np.bincount(rows, factors[columns] * scales, self.count) + bias
            error = (1 / (1 + np.exp(-sums)) - labels) * weights
            slope = np.append(np.bincount(columns, error[rows] * scales, size) + PENALTY * factors, error.sum())
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope**2
            rate = STEP_SIZE * (1 - step / (STEPS + 1))
            change = rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            factors, bias = factors - change[:-1], bias - float(change[-1])
        return factors * self.rarity, bias

    def fit_classes(self, labels: NDArray[np.int64], weights: NDArray[np.float64], count: int) -> Classes:
        """Multinomial regression by Adam; weights of 0 leave a text out."""
        size = len(self.vocabulary)
        factors, biases = np.zeros((count, size)), np.zeros(count)
        first, second = np.zeros((count, size + 1)), np.zeros((count, size + 1))
        used = weights[self.rows] > 0
        rows, columns, scales = self.rows[used], self.columns[used], self.scales[used]
        truth = np.arange(count)[:, None] == labels[None, :]
        slope = np.zeros((count, size + 1))
        for step in range(1, CLASS_STEPS + 1):
            each = [np.bincount(rows, own[columns] * scales, self.count) for own in factors]
            sums = np.stack(each) + biases[:, None]
            likely = np.exp(sums - sums.max(axis=0))
            error = (likely / likely.sum(axis=0) - truth) * weights
            for number in range(count):
                slope[number, :-1] = np.bincount(columns, error[number][rows] * scales, size)
            slope[:, :-1] += PENALTY * factors
            slope[:, -1] = error.sum(axis=1)
            first = 0.9 * first + 0.1 * slope
            second = 0.999 * second + 0.001 * slope**2
            rate = STEP_SIZE * (1 - step / (CLASS_STEPS + 1))
            change = rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            factors, biases = factors - change[:, :-1], biases - change[:, -1]
        return factors * self.rarity, biases


Classes = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Factors by class and part, and biases by class."""
Head = tuple[NDArray[np.float64], float]


def suspicion(table: Table, texts: Sequence[Labelled], left_out: NDArray[np.bool_] | None = None) -> Head:
    """The head that tells bad from fine, learnt without the texts left out."""
    weights = np.array([text.weight for text in texts])
    if left_out is not None:
        weights = np.where(left_out, 0, weights)
    return table.fit(np.array([float(text.bad) for text in texts]), weights)


def classes(table: Table, texts: Sequence[Labelled]) -> Classes:
    """The heads that tell the ways to be bad and to be honest from one another."""
    numbers = {name: number for number, name in enumerate(CLASSES)}
    weights = np.array([text.weight if text.kind else 0.0 for text in texts])
    return table.fit_classes(np.array([numbers.get(text.kind, 0) for text in texts]), weights, len(CLASSES))


def folds(texts: Sequence[Labelled]) -> NDArray[np.int64]:
    """For each text of the training folder its fold, the same for a topic; -1 for texts of others."""
    own = [text.source.partition(" ")[0] in FAMILIES for text in texts]
    hashed = [zlib.crc32(text.source.encode()) % FOLDS for text in texts]
    return np.where(own, hashed, -1)


def unseen(table: Table, texts: Sequence[Labelled], fold_of: NDArray[np.int64]) -> NDArray[np.float64]:
    """The score of every text with a fold by a model that saw nothing of its fold."""
    told = np.zeros(len(texts))
    for number in range(FOLDS):
        out = fold_of == number
        if out.any():
            factors, bias = suspicion(table, texts, out)
            told[out] = table.sums(factors)[out] + bias
    return told


def trust(texts: Sequence[Labelled], told: NDArray[np.float64], fold_of: NDArray[np.int64]) -> dict[str, float]:
    """What each rule weighs beside the words, learnt on texts whose words the model had not seen."""
    ruled = [place for place, text in enumerate(texts) if text.rules and fold_of[place] >= 0]
    names = sorted({rule for text in texts for rule in text.rules})
    matrix = np.zeros((len(ruled), len(names)))
    for row, place in enumerate(ruled):
        matrix[row, [names.index(rule) for rule in texts[place].rules]] = RULE_SCALE
    labels = np.array([float(texts[place].bad) for place in ruled])
    believed = np.array([0.0 if name.endswith(EXCUSED) else RULE_TRUSTED for name in names])
    factors = believed.copy()
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-(told[ruled] + matrix @ factors))) - labels
        factors -= TRUST_STEP_SIZE * (matrix.T @ error + RULE_PENALTY * (factors - believed))
    return dict(zip(names, factors.tolist(), strict=True))


class Checked(NamedTuple):
    """How texts of a source were told by a model that saw nothing of the source."""

    source: str
    bad: int
    told: float
    fine: int
    mistaken: float


def check(texts: Sequence[Labelled], flag: float) -> list[Checked]:
    """Leave out one fold of topics at a time; shares at a threshold, by the words alone."""
    table = Table(texts)
    fold_of = folds(texts)
    told = unseen(table, texts, fold_of)
    found = []
    for source in sorted({text.source for text, own in zip(texts, fold_of, strict=True) if own >= 0}):
        at = [place for place, text in enumerate(texts) if text.source == source and fold_of[place] >= 0]
        bad = [bool(told[place] >= flag) for place in at if texts[place].bad]
        fine = [bool(told[place] >= flag) for place in at if not texts[place].bad]
        found.append(Checked(source, len(bad), sum(bad) / max(len(bad), 1), len(fine), sum(fine) / max(len(fine), 1)))
    return found


def model_text(
    head: Head,
    class_heads: Classes,
    vocabulary: Sequence[tuple[str, str]],
    trusted: Mapping[str, float],
    limits: str,
) -> str:
    """The model as its file has it; the version is a digest of the weights."""
    lines = [f"{RULE}\t{rule}\t{round(weight * WEIGHT_UNIT)}\t" for rule, weight in trusted.items()]
    factors, biases = class_heads
    for column, (kind, name) in enumerate(vocabulary):
        own_min, class_min = (WEIGHT_MIN, CLASS_WEIGHT_MIN) if kind == NGRAM else (0.0, 0.0)
        own = float(head[0][column])
        weight = round(own * WEIGHT_UNIT) if abs(own) >= own_min else 0
        told = [
            f"{number}:{round(other * WEIGHT_UNIT)}"
            for number, other in enumerate(factors[:, column].tolist())
            if abs(other) >= class_min
        ]
        if weight or told:
            lines.append(f"{kind}\t{name}\t{weight}\t{' '.join(told)}")
    header = "\t".join([f"{head[1]:.4f}", limits, *(f"{bias:.4f}" for bias in biases.tolist())])
    body = "\n".join(sorted(lines))
    version = hashlib.sha256((header + body).encode()).hexdigest()[:12]
    return f"{version}\t{header}\n{body}\n"


def train(
    texts: Sequence[Labelled],
    fine: Sequence[Judged],
    benign: Sequence[Sequence[Judged]],
    measured: Sequence[Judged] = (),
) -> str:
    """The model file learnt from labelled texts, with thresholds that honest texts bear."""
    table = Table(texts)
    head, class_heads = suspicion(table, texts), classes(table, texts)
    fold_of = folds(texts)
    told = unseen(table, texts, fold_of)
    trusted = trust(texts, told, fold_of)
    draft = Model(model_text(head, class_heads, table.vocabulary, trusted, "0\t0\t0\t0\t0"))
    limits = "\t".join(f"{least:.4f}" for least in thresholds(draft, fine, benign, measured))
    return model_text(head, class_heads, table.vocabulary, trusted, limits)


def evened(texts: Sequence[Labelled]) -> list[Labelled]:
    """The texts with weights by which bad and fine count more alike for every role in every category.

    Who speaks where is an accident of how the texts were gathered, so it should say little by itself.
    """
    count = Counter((text.role, text.category, text.bad) for text in texts)
    found = []
    for text in texts:
        own, opposite = (count[text.role, text.category, bad] for bad in (text.bad, not text.bad))
        found.append(text._replace(weight=text.weight * min((opposite / own) ** 0.5, EVENING_MAX)))
    return found


def gather(folder: Path, rules: Judge) -> list[Labelled]:
    """All labelled texts that say enough."""
    known = list(written(rules))
    told = list(examples())
    own: Iterable[Iterable[Labelled]] = (evened(known), hidden([*known, *told], rules), seeds(), adverts(), told)
    given = (dialogues(folder), clauses(folder), others(folder))
    return [text for source in (*own, *given) for text in source if len(text.text) >= 4]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="jishi moderation train", description="Train the linear model.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets that may be learnt from")
    parser.add_argument("--model", type=Path, required=True, help="file to write")
    parser.add_argument("--benign", type=Path, nargs="*", default=[], help="texts a line, to set thresholds by")
    parser.add_argument("--adverts", type=Path, help="real job adverts a line, to set thresholds by")
    parser.add_argument("--check", action="store_true", help="also score every topic by models that did not see it")
    asked = parser.parse_args(argv)
    try:
        benign = [file.read_text("utf-8").splitlines() for file in asked.benign]
        posts = asked.adverts.read_text("utf-8").splitlines() if asked.adverts is not None else []
        rules = Judge()
        texts = gather(asked.data, rules)
    except OSError as error:
        print(f"jishi moderation train: {error}", file=sys.stderr)
        return 2
    honest = [text for listed in read_texts().values() for text in listed if text.label == "fine"]
    fine = [rules(each.text, each.role, each.category, each.kind) for each in honest]
    viewers = [[rules(each, *_VIEWER) for each in texts] for texts in benign]
    measured = [rules(each, role, Category.JOBS) for each in posts for role in (Role.CARD, Role.HOST, Role.VIEWER)]
    print(f"{len(texts)} texts to learn from, {len(fine)} honest ones to set thresholds by", file=sys.stderr)
    made = train(texts, fine, viewers, measured)
    asked.model.write_text(made, "utf-8")
    model = Model(made)
    print(f"{made.count(chr(10)) - 1} parts, version {model.version}", file=sys.stderr)
    print(f"flag {model.flags_min}, hold {model.hold_viewer_min}, {model.hold_min}", file=sys.stderr)
    if asked.check:
        for row in check(texts, model.flags_min["others"]):
            print(f"{row.source:28} {row.bad:5} {row.told:6.3f} {row.fine:5} {row.mistaken:6.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
