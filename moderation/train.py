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

from moderation.engine import Engine
from moderation.evaluate import Text, read_texts
from moderation.folding import fold
from moderation.model import (
    AUDIENCES,
    CLAIM,
    CONTACT,
    FAMILIES,
    FRAUD,
    JOBS,
    MODEL_CHARS_MAX,
    MODEL_CHARS_MIN,
    NGRAM,
    RULE,
    RULE_SCALE,
    SETTING,
    SETTING_SCALE,
    THEME,
    THEME_SCALE,
    WEIGHT_UNIT,
    Model,
    audience,
    ngrams,
    setting,
    themes,
)
from moderation.rules import shipped_packs
from moderation.verdict import Category, Role, Utterance
from moderation.views import tighten

SEED = 20_260_101
SEEDS_PER_ENTRY = 8
"""Draws from what one seed entry stands for; equal ones count once."""
DIALOGUES_MAX, TALK_MAX = 1_000, 2_000
"""Of each label; more would drown the texts written for this."""
CLAUSES_MAX = 5_000
ADVERTS_MAX = 1_500
ADVERT_ROLES = (Role.CARD, Role.CARD, Role.VIEWER, Role.HOST)
WRITTEN, EXAMPLES, SEEDS, ADVERTS, OTHERS, CLAUSES = 1.0, 0.5, 0.3, 0.15, 0.12, 0.1
"""What a text of a source weighs."""
TEXTS_PER_PART_MIN = 3
STEPS = 250
STEP_SIZE = 0.15
TRUST_STEP_SIZE = 0.02
PENALTY = 0.1
"""On the squared weights, against a loss of one for a text that is undecided."""
WEIGHT_MIN, FAMILY_WEIGHT_MIN = 0.5, 0.8
"""Smaller weights of n-grams are dropped: they are most of the file, and say nothing."""
FLAG_LEAST = -0.5
FINE_FLAG_SHARE_MAX = 0.03
"""Of honest development texts, which are hard ones."""
FLAG_SHARE_MAX, HOLD_SHARE_MAX = 0.005, 0.0003
"""Of benign texts as people really write them: flagged of all, held of those of any source."""
HOLD_MARGIN = 1.5
LISTING_MARGIN = 0.8
"""Cards and titles are short and full of promises, honest ones too."""
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
    source: str
    """Which kind of texts it comes from, and the topic: what cross-validation leaves out together."""


def drawn(entry: str, rng: random.Random) -> str:
    """One of the texts an entry with alternatives stands for."""
    while (group := _GROUP.search(entry)) is not None:
        options = [*group[1].split("|"), *([""] if group[2] else [])]
        entry = entry[: group.start()] + rng.choice(options) + entry[group.end() :]
    return entry


class Judge:
    """The rules alone, asked what they would do."""

    def __init__(self) -> None:
        self._engine = Engine(shipped_packs())

    def __call__(self, text: str, role: Role, category: Category) -> tuple[str, ...]:
        """Ids of the rules that apply to a text."""
        return tuple(rule.rule_id for rule in self._engine.decide_afresh(Utterance(text, role, category)).rules)


def written(rules: Judge) -> Iterator[Labelled]:
    """The texts of the training folder, by topic."""
    for file in sorted((files("moderation") / "training").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".jsonl"):
            family = _FAMILY_BY_FILE[file.name.partition("_")[0]]
            for line in file.read_text("utf-8").splitlines():
                text = msgspec.json.decode(line, type=Text)
                bad = text.label == "bad"
                source = f"{family} {text.topic}"
                applied = rules(text.text, text.role, text.category)
                yield Labelled(text.text, text.role, text.category, bad, family, WRITTEN, applied, source)


def seeds() -> Iterator[Labelled]:
    """Texts drawn from the seed file."""
    rng = random.Random(SEED)  # noqa: S311
    for name, entries in tomllib.loads((files("moderation") / "training" / "seeds.toml").read_text("utf-8")).items():
        role, category = (Role.HOST, Category.FARM) if name == CLAIM else (Role.VIEWER, Category.ANY)
        for entry in entries:
            for text in {drawn(entry, rng): None for _ in range(SEEDS_PER_ENTRY)}:
                yield Labelled(text, role, category, name != "fine", name, SEEDS, (), "seeds")


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
        yield Labelled(text, role, Category.JOBS, False, "", ADVERTS, (), "adverts")


def examples() -> Iterator[Labelled]:
    """The rules' own examples: hits are bad, passes fine."""
    for rule in shipped_packs().rules:
        family = _FAMILY_BY_RULE.get(rule.id[:2], FRAUD)
        for which in ("hits", "passes"):
            for each in rule.examples(which):
                said = each.utterance
                bad = which == "hits"
                yield Labelled(said.text, said.role, said.category, bad, family, EXAMPLES, (), "examples")


def dialogues(folder: Path) -> Iterator[Labelled]:
    """Fraudulent and ordinary calls: the first two turns of the caller, each by itself."""
    for name in ("fraud", "normal"):
        lines = (folder / "teleantifraud_dialogues" / f"{name}.jsonl").read_text("utf-8").splitlines()
        for line in lines[:DIALOGUES_MAX]:
            for turn in json.loads(line)["caller"][:2]:
                yield Labelled(turn, Role.VIEWER, Category.ANY, name == "fraud", FRAUD, OTHERS, (), "dialogues")


def clauses(folder: Path) -> Iterator[Labelled]:
    """Talk cut into the short pieces of which comments are made, none of it bad, in rooms of every category."""
    rooms = list(Category)
    for part in ("dev", "test"):
        with (folder / "cold" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            pieces = [piece for row in csv.DictReader(file) for piece in _CLAUSE.findall(row["TEXT"])]
        for number, piece in enumerate(pieces[:CLAUSES_MAX]):
            yield Labelled(piece, Role.VIEWER, rooms[number % len(rooms)], False, "", CLAUSES, (), "talk")


def others(folder: Path) -> Iterator[Labelled]:
    """Talk (some of it rude, none of it fraud) and English spam."""

    def fine(text: str) -> Labelled:
        return Labelled(text, Role.VIEWER, Category.ANY, False, "", OTHERS, (), "talk")

    for part in ("dev", "test"):
        with (folder / "cold" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            for _, row in zip(range(TALK_MAX), csv.DictReader(file), strict=False):
                yield fine(row["TEXT"])
    for line in (folder / "uci_sms" / "SMSSpamCollection.tsv").read_text("utf-8").splitlines()[:TALK_MAX]:
        label, _, text = line.partition("\t")
        yield Labelled(text, Role.VIEWER, Category.ANY, label == "spam", FRAUD, OTHERS, (), "sms")
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


Judged = tuple[str, Role, Category, tuple[str, ...]]
"""An honest text to set thresholds by, and the rules that apply."""
Head = tuple[NDArray[np.float64], float]


def suspicion(table: Table, texts: Sequence[Labelled], left_out: NDArray[np.bool_] | None = None) -> Head:
    """The head that tells bad from fine, learnt without the texts left out."""
    weights = np.array([text.weight for text in texts])
    if left_out is not None:
        weights = np.where(left_out, 0, weights)
    return table.fit(np.array([float(text.bad) for text in texts]), weights)


def families(table: Table, texts: Sequence[Labelled]) -> list[Head]:
    """The heads that tell the families of bad texts from one another."""
    weights = np.array([text.weight * text.bad for text in texts])
    return [table.fit(np.array([float(text.family == family) for text in texts]), weights) for family in FAMILIES]


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
    factors = np.full(len(names), RULE_TRUSTED)
    for _ in range(STEPS):
        error = 1 / (1 + np.exp(-(told[ruled] + matrix @ factors))) - labels
        factors -= TRUST_STEP_SIZE * (matrix.T @ error + RULE_PENALTY * (factors - RULE_TRUSTED))
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
    family_heads: Sequence[Head],
    vocabulary: Sequence[tuple[str, str]],
    trusted: Mapping[str, float],
    limits: str,
) -> str:
    """The model as its file has it; the version is a digest of the weights."""
    blank = "\t0" * len(FAMILIES)
    lines = [f"{RULE}\t{rule}\t{round(weight * WEIGHT_UNIT)}{blank}" for rule, weight in trusted.items()]
    for column, (kind, name) in enumerate(vocabulary):
        own = float(head[0][column])
        others = [float(factors[column]) for factors, _ in family_heads]
        if kind == NGRAM:
            own = own if abs(own) >= WEIGHT_MIN else 0.0
            others = [weight if abs(weight) >= FAMILY_WEIGHT_MIN else 0.0 for weight in others]
        if own or any(others):
            lines.append("\t".join([kind, name, *(str(round(weight * WEIGHT_UNIT)) for weight in (own, *others))]))
    header = "\t".join([f"{head[1]:.4f}", limits, *(f"{bias:.4f}" for _, bias in family_heads)])
    body = "\n".join(sorted(lines))
    version = hashlib.sha256((header + body).encode()).hexdigest()[:12]
    return f"{version}\t{header}\n{body}\n"


def scores(model: Model, texts: Iterable[Judged]) -> list[float]:
    """The scores of texts, the highest first; those too short to have one are never flagged."""
    found = []
    for text, role, category, rules in texts:
        folded = fold(text)
        tight = tighten(folded)[:MODEL_CHARS_MAX]
        known = len(tight) >= MODEL_CHARS_MIN
        score = model.score(tight, role, category, questioned="?" in folded, rules=rules) if known else float("-inf")
        found.append(score)
    return sorted(found, reverse=True)


def limit(ordered: Sequence[float], share: float) -> float:
    """The score above which at most a share of some scores lies."""
    return ordered[int(len(ordered) * share)] + 1e-4 if ordered else float("-inf")


def thresholds(draft: Model, fine: Sequence[Judged], benign: Sequence[Sequence[Judged]]) -> tuple[float, ...]:
    """Where flagging and holding begin, as the file has it, so that honest texts bear it."""
    hard = {each: scores(draft, [text for text in fine if audience(text[1]) == each]) for each in AUDIENCES}
    real = [scores(draft, each) for each in benign]
    pooled = sorted((score for each in real for score in each), reverse=True)
    borne = {each: max(limit(hard[each], FINE_FLAG_SHARE_MAX), FLAG_LEAST) for each in AUDIENCES}
    borne["viewers"] = max(borne["viewers"], limit(pooled, FLAG_SHARE_MAX))
    borne["listings"] = max(borne["listings"], borne["others"] + LISTING_MARGIN)
    hold = [*hard["viewers"][:1], *(limit(each, HOLD_SHARE_MAX) for each in real), borne["viewers"] + HOLD_MARGIN]
    return *borne.values(), max(hold), max([*hard["others"][:1], borne["others"] + HOLD_MARGIN])


def train(texts: Sequence[Labelled], fine: Sequence[Judged], benign: Sequence[Sequence[Judged]]) -> str:
    """The model file learnt from labelled texts, with thresholds that honest texts bear."""
    table = Table(texts)
    head, family_heads = suspicion(table, texts), families(table, texts)
    fold_of = folds(texts)
    told = unseen(table, texts, fold_of)
    trusted = trust(texts, told, fold_of)
    draft = Model(model_text(head, family_heads, table.vocabulary, trusted, "0\t0\t0\t0\t0"))
    limits = "\t".join(f"{least:.4f}" for least in thresholds(draft, fine, benign))
    return model_text(head, family_heads, table.vocabulary, trusted, limits)


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
    own: Iterable[Iterable[Labelled]] = (evened(list(written(rules))), seeds(), adverts(), examples())
    given = (dialogues(folder), clauses(folder), others(folder))
    return [text for source in (*own, *given) for text in source if len(text.text) >= 4]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="jishi moderation train", description="Train the linear model.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets that may be learnt from")
    parser.add_argument("--model", type=Path, required=True, help="file to write")
    parser.add_argument("--benign", type=Path, nargs="*", default=[], help="texts a line, to set thresholds by")
    parser.add_argument("--check", action="store_true", help="also score every topic by models that did not see it")
    asked = parser.parse_args(argv)
    try:
        benign = [file.read_text("utf-8").splitlines() for file in asked.benign]
        rules = Judge()
        texts = gather(asked.data, rules)
    except OSError as error:
        print(f"jishi moderation train: {error}", file=sys.stderr)
        return 2
    honest = [text for listed in read_texts().values() for text in listed if text.label == "fine"]
    fine = [(each.text, each.role, each.category, rules(each.text, each.role, each.category)) for each in honest]
    print(
        f"{len(texts)} texts to learn from, {len(fine) + sum(map(len, benign))} to set thresholds by", file=sys.stderr
    )
    viewers = [[(each, *_VIEWER, rules(each, *_VIEWER)) for each in texts] for texts in benign]
    made = train(texts, fine, viewers)
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
