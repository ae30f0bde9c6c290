"""Core: the linear model: what a text is made of, with a weight for each part, for what no rule has words for.

The parts: character n-grams, themes (lists of words that mean the like: a relative, a sore body, a doctor, money that
comes back), the setting (who speaks, in what room, how long, whether there is a question mark), and the rules that
apply. The score is the bias plus the weights of all parts, n-grams over the square root of the length. Above a
threshold the text is suspect, and families (claim, fraud, jobs, contact), scored by the same parts, say of what. Themes
let it know a tale of healing by relatives and organs it never saw. Weights and thresholds come from
`python -m moderation.train`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from moderation.folding import fold, read_table
from moderation.ngrams import Parts
from moderation.verdict import Category, Role
from moderation.views import tighten

CLAIM, FRAUD, JOBS, CONTACT = "claim", "fraud", "jobs", "contact"
FAMILIES = (CLAIM, FRAUD, JOBS, CONTACT)
LATIN_SHARE_MAX = 0.5
"""Of the text: the model was shown little pinyin and English, and takes them for spam."""
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
        """Read a model file: a header (version, bias, thresholds, biases of families), then a line a part.

        The thresholds: to flag viewers, cards and titles, others; to hold viewers, others.

        A line is kind, name, the weight for suspicion and the weight for each family.
        """
        header, *lines = text.splitlines()
        self.version, *numbers = header.split("\t")
        values = [float(number) for number in numbers]
        assert len(values) == 6 + len(FAMILIES), "the model's header has a bias, five thresholds and a bias a family"
        self._bias, *flags = values[:4]
        self.flags_min = dict(zip(AUDIENCES, flags, strict=True))
        self.hold_viewer_min, self.hold_min = values[4:6]
        self._family_biases = values[6:]
        parts: dict[str, dict[str, list[int]]] = {NGRAM: {}, THEME: {}, SETTING: {}, RULE: {}}
        for line in lines:
            kind, name, *weights = line.split("\t")
            parts[kind][name] = [int(weight) for weight in weights]
        grams = parts[NGRAM]
        own = themes()
        blank = [0] * (1 + len(FAMILIES))
        # Words of themes come first, so that a part's row tells whether it is one.
        words = [*own.by_word, *(gram for gram, weights in grams.items() if any(weights) and gram not in own.by_word)]
        self._parts = Parts([(word, grams.get(word, blank)) for word in words], 1 + len(FAMILIES))
        self._themes = list(own.by_word.values())
        self._themed = len(self._themes)
        rows = [parts[THEME].get(name, blank) for name in own.names]
        self._theme_weights = [row[0] * THEME_SCALE for row in rows]
        self._theme_families = [row[1:] for row in rows]
        self._settings = _settings({name: weights[0] * SETTING_SCALE for name, weights in parts[SETTING].items()})
        self._rules = {name: weights[0] * RULE_SCALE for name, weights in parts[RULE].items()}

    def score(
        self, tight: str, role: Role, category: Category, *, questioned: bool = False, rules: Iterable[str] = ()
    ) -> float:
        """How suspect a text is, in logits: `questioned` if it has a question mark, `rules` are those that apply."""
        return self._score(self._parts.of(tight), len(tight), role, category, questioned, rules)

    def _score(
        self, found: set[int], size: int, role: Role, category: Category, questioned: bool, rules: Iterable[str]
    ) -> float:
        total: float = self._parts.sum(found) * max(size, 1) ** -0.5
        present = self._present(found)
        if present:
            total += sum(map(self._theme_weights.__getitem__, present))
        total += self._settings[role._value_, category._value_, questioned][bisect_right(LENGTHS_CHARS, size)]
        for rule in rules:
            total += self._rules.get(rule, 0.0)
        return self._bias + total / WEIGHT_UNIT

    def _present(self, found: set[int]) -> set[int]:
        """The themes of which some parts are words."""
        themed = self._themed
        return {theme for row in found if row < themed for theme in self._themes[row]}

    def judge(
        self, tight: str, role: Role, category: Category, *, questioned: bool = False, rules: Iterable[str] = ()
    ) -> Scored | None:
        """What is to be said about a text; None if it is too short, or mostly letters (pinyin, English)."""
        if len(tight) < MODEL_CHARS_MIN or _latin(tight) > LATIN_SHARE_MAX * len(tight):
            return None
        tight = tight[:MODEL_CHARS_MAX]
        found = self._parts.of(tight)
        score = self._score(found, len(tight), role, category, questioned, rules)
        above = score - self.flags_min[audience(role)]
        if above < 0:
            return Scored("", above, False, ())
        hold = score >= (self.hold_viewer_min if role is Role.VIEWER else self.hold_min)
        return Scored(self._family(found, len(tight)), above, hold, self._spans(tight))

    def _family(self, found: set[int], size: int) -> str:
        scale = max(size, 1) ** -0.5
        present = self._present(found)
        totals = [
            bias * WEIGHT_UNIT
            + scale * weight
            + THEME_SCALE * sum(self._theme_families[theme][family] for theme in present)
            for family, (bias, weight) in enumerate(zip(self._family_biases, self._parts.others(found), strict=True))
        ]
        return FAMILIES[totals.index(max(totals))]

    def _spans(self, tight: str) -> tuple[tuple[int, int], ...]:
        """The heaviest stretches: each character weighs what the parts over it weigh."""
        weighs = [0.0] * len(tight)
        scale = max(len(tight), 1) ** -0.5
        for start, end, row in self._parts.places(tight):
            weight = scale * self._parts.weight(row)
            if row < self._themed:
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


def _settings(weights: Mapping[str, float]) -> dict[tuple[str, str, bool], list[float]]:
    """By role, category and question mark: what settings weigh together, by class of length."""
    sizes = (0, *LENGTHS_CHARS)
    return {
        (role.value, category.value, questioned): [
            sum(weights.get(name, 0.0) for name in setting(size, role, category, questioned)) for size in sizes
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
