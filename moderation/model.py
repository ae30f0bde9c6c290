"""Core: the model: what a text is made of, with weights for each part, for what no rule has words for.

The parts: character n-grams, themes (lists of words that mean the like: a relative, a sore body, a doctor, money that
comes back), the setting (who speaks, in what room, how long, whether there is a question mark), and the rules that
apply. One head weighs how suspect a text is. What it finds plainly harmless is done. All else is weighed under a head
for each way to be bad (an overclaim, a job scam, a fraud told at length) and each way to be honest (a denial, a
warning, a complaint, an advert): these tell a claim from its denial, which no single head can. The score is the mean
of both opinions; above a threshold the text is suspect, of what the heaviest family of bad classes says. Themes let it
know a tale of healing by relatives and organs it never saw. Weights and thresholds come from
`python -m moderation.train`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from moderation.folding import fold, read_table
from moderation.ngrams import Parts, packed, unpacked
from moderation.verdict import Category, Role
from moderation.views import tighten

CLAIM, FRAUD, JOBS, CONTACT = "claim", "fraud", "jobs", "contact"
FAMILIES = (CLAIM, FRAUD, JOBS, CONTACT)
CLASSES = {
    "claim": CLAIM,
    "contact": CONTACT,
    "fraud": FRAUD,
    "fraud told": FRAUD,
    "jobs": JOBS,
    "jobs told": JOBS,
    "advert": "",
    "complaint": "",
    "law": "",
    "negation": "",
    "question": "",
    "review": "",
    "service": "",
    "talk": "",
    "warning": "",
}
"""Ways to be bad, with their family, and ways to be honest."""
_BAD_CLASSES = sum(map(bool, CLASSES.values()))
assert all(list(CLASSES.values())[:_BAD_CLASSES]), "the ways to be bad come first"
SCREEN_SCORE_MIN = -0.5
"""Below it the first head's word is final where no rule applies, as it is for nearly all that people say."""
FIRST_SHARE = 0.4
"""Of the score that is the first head's; the rest is that of the classes."""
LATIN_SHARE_MAX = 0.5
"""Of the text: the model was shown little pinyin and English, and takes them for spam."""
STREWN_SHARE_MIN, STREWN_MARGIN = 0.1, 1.1
"""Letters among Chinese characters hide what else is said: such a text must be more suspect to be flagged."""
SHOWN_MARGIN = 0.8
"""What a picture shows may be anybody's words, and the model was shown few honest ones of it."""
MODEL_CHARS_MIN = 8
"""Shorter texts say too little, and are most of what is said."""
MODEL_CHARS_MAX = 1_000
"""What is beyond is not weighed."""
NGRAM_CHARS_MAX = 3
SPANS_MAX = 3
WEIGHT_UNIT = 1_000
"""Weights are stored as whole thousandths."""
THEME_SCALE, SETTING_SCALE, RULE_SCALE = 0.3, 0.5, 0.7
LENGTHS_CHARS = (10, 16, 25, 50, 120)
"""Where one class of lengths ends and the next begins."""
_TINY = 1e-12
NGRAM, THEME, SETTING, RULE = "g", "t", "s", "r"


class Scored(NamedTuple):
    """What the model says about a text."""

    family: str
    """Empty below the flag threshold."""
    score: float
    """Above the flag threshold, in logits; negative below it."""
    hold: bool
    """Above the threshold for holding; else above the one for flagging."""
    spans: tuple[tuple[int, int], ...]
    """The parts that weigh most, in the text given."""


class Themes:
    """Lists of words by theme, and which of them a text has."""

    def __init__(self) -> None:
        rows = read_table("themes.tsv")
        self.names = tuple(name for name, _ in rows)
        by_word: dict[str, set[int]] = {}
        for theme, (_, words) in enumerate(rows):
            for word in words.split(" "):
                by_word.setdefault(tighten(fold(word)), set()).add(theme)
        self.by_word = {word: tuple(sorted(themes)) for word, themes in by_word.items()}
        """The themes of each word, as indexes of `names`."""
        self._themes = list(self.by_word.values())
        self._automaton = AhoCorasick(list(self.by_word))

    def of(self, tight: str) -> set[int]:
        """The themes of a text, as indexes of `names`."""
        themes = self._themes
        found: set[int] = set()
        for index, _, _ in self._automaton.find_matches_as_indexes(tight, overlapping=True):
            found.update(themes[index])
        return found


@cache
def themes() -> Themes:
    """The themes that come with the program."""
    return Themes()


AUDIENCES = ("viewers", "listings", "others")
"""Whom thresholds for flagging tell apart."""
_AUDIENCE_BY_ROLE = {Role.VIEWER: AUDIENCES[0], Role.CARD: AUDIENCES[1], Role.TITLE: AUDIENCES[1]}


def audience(role: Role) -> str:
    """Which threshold for flagging is a role's."""
    return _AUDIENCE_BY_ROLE.get(role, AUDIENCES[2])


def setting(length_chars: int, role: Role, category: Category, questioned: bool) -> list[str]:
    """The names of what surrounds a text."""
    size = bisect_right(LENGTHS_CHARS, length_chars)
    named = [f"role {role._value_}", f"category {category._value_}", f"{role._value_} {category._value_}"]
    return [*named, f"length {size}", "question"] if questioned else [*named, f"length {size}"]


def ngrams(tight: str) -> set[str]:
    """The n-grams of a text, of one to NGRAM_CHARS_MAX characters."""
    return {
        tight[start : start + length]
        for length in range(1, NGRAM_CHARS_MAX + 1)
        for start in range(len(tight) - length + 1)
    }


class Model:
    """Weights of the model, ready to score."""

    def __init__(self, text: str) -> None:
        """Read a model file: a header (version, bias, thresholds, biases of classes), then a line a part.

        The thresholds: to flag viewers, cards and titles, others; to hold viewers, others.

        A line is kind, name, the weight for suspicion, and number:weight of each class under which it weighs anything.
        """
        header, *lines = text.splitlines()
        self.version, *numbers = header.split("\t")
        values = [float(number) for number in numbers]
        assert len(values) == 6 + len(CLASSES), "the model's header has a bias, five thresholds and a bias a class"
        self._bias, *flags = values[:4]
        self.flags_min = dict(zip(AUDIENCES, flags, strict=True))
        self._flags_min = {role.value: self.flags_min[audience(role)] for role in Role}
        self._flags_min[Role.SCREEN.value] += SHOWN_MARGIN
        self.hold_viewer_min, self.hold_min = values[4:6]
        self._class_biases = values[6:]
        parts: dict[str, dict[str, list[int]]] = {NGRAM: {}, THEME: {}, SETTING: {}, RULE: {}}
        for line in lines:
            kind, name, weight, told = line.split("\t")
            row = parts[kind][name] = [int(weight)] + [0] * len(CLASSES)
            for each in told.split():
                number, _, class_weight = each.partition(":")
                row[1 + int(number)] = int(class_weight)
        grams = parts[NGRAM]
        own = themes()
        blank = [0] * (1 + len(CLASSES))
        # Words of themes come first, so that a part's row tells whether it is one.
        words = [*own.by_word, *(gram for gram in grams if gram not in own.by_word)]
        self._parts = Parts([(word, grams.get(word, blank)) for word in words], 1 + len(CLASSES))
        self._themes = list(own.by_word.values())
        self._themed = frozenset(range(len(self._themes)))
        rows = [parts[THEME].get(name, blank) for name in own.names]
        self._theme_weights = [row[0] * THEME_SCALE for row in rows]
        self._theme_classes = [_scaled(row[1:], THEME_SCALE) for row in rows]
        around = parts[SETTING]
        self._settings = _settings({name: row[0] * SETTING_SCALE for name, row in around.items()}, 0.0)
        self._setting_classes = _settings({name: _scaled(row[1:], SETTING_SCALE) for name, row in around.items()}, 0)
        self._rules = {name: row[0] * RULE_SCALE / WEIGHT_UNIT for name, row in parts[RULE].items()}

    def score(
        self, tight: str, role: Role, category: Category, *, questioned: bool = False, rules: Iterable[str] = ()
    ) -> float:
        """How suspect a text is, in logits: `questioned` if it has a question mark, `rules` are those that apply."""
        found, present, first = self._weighed(tight, role, category, questioned)
        return self._mixed(first, self._classes(found, present, len(tight), role, category, questioned), rules)

    def judge(
        self, tight: str, role: Role, category: Category, *, questioned: bool = False, rules: Sequence[str] = ()
    ) -> Scored | None:
        """What is to be said about a text; None if it is too short, or mostly letters (pinyin, English)."""
        size = len(tight)
        if size < MODEL_CHARS_MIN or _latin(tight) > LATIN_SHARE_MAX * size:
            return None
        if size > MODEL_CHARS_MAX:
            tight, size = tight[:MODEL_CHARS_MAX], MODEL_CHARS_MAX
        flag_min = self._flags_min[role._value_]
        found, present, first = self._weighed(tight, role, category, questioned)
        if first < SCREEN_SCORE_MIN and not rules:
            return Scored("", min(first - flag_min, 0.0), False, ())
        classes = self._classes(found, present, size, role, category, questioned)
        score = self._mixed(first, classes, rules)
        if score < flag_min:
            return Scored("", score - flag_min, False, ())
        if score < flag_min + STREWN_MARGIN and _strewn(tight):
            return Scored("", 0.0, False, ())
        hold = score >= (self.hold_viewer_min if role is Role.VIEWER else self.hold_min)
        return Scored(_family(classes), score - flag_min, hold, self._spans(tight))

    def _weighed(
        self, tight: str, role: Role, category: Category, questioned: bool
    ) -> tuple[set[int], set[int], float]:
        """The parts and the themes of a text, and what the first head says of it.

        This is asked of nearly all that people say.
        """
        size = max(len(tight), 1)
        found = self._parts.of(tight)
        total: float = self._parts.sum(found) * size**-0.5
        present = found & self._themed
        if present:
            themes, weights = self._themes, self._theme_weights
            present = {theme for row in present for theme in themes[row]}
            total += sum([weights[theme] for theme in present])
        total += self._settings[role._value_, category._value_, questioned][bisect_right(LENGTHS_CHARS, size)]
        return found, present, self._bias + total / WEIGHT_UNIT

    def _classes(
        self, found: set[int], present: set[int], size: int, role: Role, category: Category, questioned: bool
    ) -> list[float]:
        """How much a text is of each class, in logits."""
        scale = max(size, 1) ** -0.5 / WEIGHT_UNIT
        around = self._setting_classes[role._value_, category._value_, questioned][bisect_right(LENGTHS_CHARS, size)]
        around += sum(map(self._theme_classes.__getitem__, present))
        return [
            bias + scale * weight + other / WEIGHT_UNIT
            for bias, weight, other in zip(
                self._class_biases, self._parts.others(found), unpacked(around, len(CLASSES)), strict=True
            )
        ]

    def _mixed(self, first: float, classes: Sequence[float], rules: Iterable[str]) -> float:
        """The mean of both opinions, and what rules that apply add."""
        trusted = sum(self._rules.get(rule, 0.0) for rule in rules)
        return FIRST_SHARE * first + (1 - FIRST_SHARE) * mixture(classes) + trusted

    def _spans(self, tight: str) -> tuple[tuple[int, int], ...]:
        """The heaviest stretches: each character weighs what the parts over it weigh."""
        weighs = [0.0] * len(tight)
        scale = max(len(tight), 1) ** -0.5
        for start, end, row in self._parts.places(tight):
            weight = scale * self._parts.weight(row)
            if row in self._themed:
                weight += sum(self._theme_weights[theme] for theme in self._themes[row])
            for place in range(start, end):
                weighs[place] += weight / (end - start)
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


def _latin(tight: str) -> float:
    """About how many characters are ASCII, from the bytes: one for each, and three for a Chinese character."""
    return (3 * len(tight) - len(tight.encode("utf-8", "replace"))) / 2


def _strewn(tight: str) -> bool:
    """Whether letters are strewn among the characters of a text, as first letters of hidden words are."""
    letters = sum(char.isascii() and char.isalpha() for char in tight)
    return letters > STREWN_SHARE_MIN * len(tight)


def mixture(classes: Sequence[float]) -> float:
    """How much likelier a text is of a bad class than of an honest one, in logits."""
    most = max(classes)
    likely = [math.exp(logit - most) for logit in classes]
    return math.log(max(sum(likely[:_BAD_CLASSES]), _TINY)) - math.log(max(sum(likely[_BAD_CLASSES:]), _TINY))


def _family(classes: Sequence[float]) -> str:
    """The family whose classes are the likeliest together."""
    most = max(classes)
    shares = dict.fromkeys(FAMILIES, 0.0)
    for logit, family in zip(classes, CLASSES.values(), strict=True):
        if family:
            shares[family] += math.exp(logit - most)
    return max(FAMILIES, key=shares.__getitem__)


def _scaled(weights: Sequence[int], scale: float) -> int:
    """A part's weights under all classes as one integer."""
    return packed([round(weight * scale) for weight in weights])


_Weight = TypeVar("_Weight", int, float)


def _settings(weights: Mapping[str, _Weight], nothing: _Weight) -> dict[tuple[str, str, bool], list[_Weight]]:
    """By role, category and question mark: what settings weigh together, by class of length."""
    sizes = (0, *LENGTHS_CHARS)
    return {
        (role.value, category.value, questioned): [
            sum((weights.get(name, nothing) for name in setting(size, role, category, questioned)), nothing)
            for size in sizes
        ]
        for role in Role
        for category in Category
        for questioned in (False, True)
    }


@cache
def shipped_model() -> Model | None:
    """The model that comes with the program, read when first asked for; None where there is none."""
    file = files("moderation") / "tables" / "model.tsv"
    return Model(file.read_text("utf-8")) if file.is_file() else None
