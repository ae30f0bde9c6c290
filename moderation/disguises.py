"""Core: ways people hide words from a filter, as functions from a text to its disguised form or its parts.

They serve the evaluation only: the filter knows nothing of them. Each takes the text and a random generator of its own,
so that a run is repeatable. Sound-alikes, splits, look-alikes and emoji come twice: from lists written by hand, which
the filter does not have, and from the filter's own tables, which flatters those; all others are independent of it.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from functools import cache

from moderation.folding import read_table
from moderation.handwork import EMOJI, GLYPHS, SOUNDS, SPLITS

Disguise = Callable[[str, random.Random], list[str]]
"""A text to what is sent instead: one line, or several sent one after the other."""

BY_HAND_SHARE = 0.8
"""Part of the characters in a list written by hand that are replaced."""
HIDDEN_SHARE = 0.4
"""Part of the characters that a costly disguise replaces: people change the telling ones only."""
_FILLERS = ("啊", "哈", "嗯", "呀", "哦", "嘿", "哈哈", "额")
_CYRILLIC = str.maketrans("aceopxyivk", "асеорхуіѵк")
_MARKS = ("\u0301", "\u0338", "\u0332", "\u20dd")


def is_cjk(char: str) -> bool:
    """Whether a character is an ideograph."""
    return "\u3400" <= char <= "\u9fff"


@cache
def _traditional() -> dict[int, str]:
    table: dict[int, str] = {}
    for traditional, simplified in read_table("simplified.tsv"):
        table.setdefault(ord(simplified), traditional)
    return table


@cache
def _sounds() -> dict[str, tuple[str, str]]:
    """Character to its syllable and all characters of that syllable."""
    return {char: (syllable, group) for syllable, group in read_table("syllables.tsv") for char in group}


@cache
def _splits() -> dict[str, str]:
    return {char: ways.split(" ")[0] for char, ways in read_table("components.tsv")}


@cache
def _shapes() -> dict[str, str]:
    return dict(read_table("glyphs.tsv"))


@cache
def _emoji() -> dict[str, str]:
    return {reading: emoji for emoji, reading in read_table("emoji.tsv") if len(reading) == 1}


def _each(text: str, rng: random.Random, share: float, change: Callable[[str], str]) -> str:
    return "".join(change(char) if is_cjk(char) and rng.random() < share else char for char in text)


def traditional(text: str, rng: random.Random) -> list[str]:
    """Traditional characters."""
    return [text.translate(_traditional())]


def full_width(text: str, rng: random.Random) -> list[str]:
    """Full-width letters and digits."""
    return ["".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)]


def circled(text: str, rng: random.Random) -> list[str]:
    """Circled digits and letters."""
    table = {ord("0"): "⓪"} | {ord("1") + i: chr(0x2460 + i) for i in range(9)}
    return [text.translate(table | {ord("a") + i: chr(0x24D0 + i) for i in range(26)})]


def chinese_digits(text: str, rng: random.Random) -> list[str]:
    """Digits as Chinese numerals, one for one."""
    return [text.translate(str.maketrans("0123456789", "零一二三四五六七八九"))]


def maths_digits(text: str, rng: random.Random) -> list[str]:
    """Mathematical digits and letters."""
    digits = {ord("0") + i: chr(0x1D7CE + i) for i in range(10)}
    return [text.translate(digits | {ord("a") + i: chr(0x1D41A + i) for i in range(26)})]


def combining(text: str, rng: random.Random) -> list[str]:
    """Combining marks after characters."""
    return ["".join(char + (rng.choice(_MARKS) if rng.random() < 0.5 else "") for char in text)]


def zero_width(text: str, rng: random.Random) -> list[str]:
    """Zero-width characters between all."""
    return [rng.choice(("\u200b", "\u200d", "\u2060")).join(text)]


def punctuation(text: str, rng: random.Random) -> list[str]:
    """Marks between characters."""
    return ["".join(char + (rng.choice(".*~|-_·、/") if rng.random() < 0.6 else "") for char in text)]


def repeats(text: str, rng: random.Random) -> list[str]:
    """Characters said twice or thrice."""
    return [_each(text, rng, 0.3, lambda char: char * rng.randint(2, 3))]


def noise_words(text: str, rng: random.Random) -> list[str]:
    """Interjections in the middle of words."""
    return [_each(text, rng, 0.35, lambda char: char + rng.choice(_FILLERS))]


def reversed_text(text: str, rng: random.Random) -> list[str]:
    """Written backwards."""
    return [text[::-1]]


def vertical(text: str, rng: random.Random) -> list[str]:
    """One character a line."""
    return ["\n".join(text)]


def split(text: str, rng: random.Random) -> list[str]:
    """Two to four lines sent one after the other."""
    count = min(rng.randint(2, 4), len(text))
    cuts = sorted(rng.sample(range(1, len(text)), count - 1)) if count > 1 else []
    return [text[low:high] for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def homophone(text: str, rng: random.Random) -> list[str]:
    """Other characters of the same sound."""

    def change(char: str) -> str:
        return rng.choice(_sounds()[char][1]) if char in _sounds() else char

    return [_each(text, rng, HIDDEN_SHARE, change)]


def full_pinyin(text: str, rng: random.Random) -> list[str]:
    """Every character as pinyin."""
    return ["".join(_sounds()[char][0] if char in _sounds() else char for char in text)]


def mixed_pinyin(text: str, rng: random.Random) -> list[str]:
    """Some characters as pinyin."""
    return [_each(text, rng, HIDDEN_SHARE, lambda char: _sounds()[char][0] if char in _sounds() else char)]


def initials(text: str, rng: random.Random) -> list[str]:
    """Pairs of characters as the first letters of their pinyin."""
    parts: list[str] = []
    index = 0
    while index < len(text):
        pair = text[index : index + 2]
        if len(pair) == 2 and all(char in _sounds() for char in pair) and rng.random() < HIDDEN_SHARE / 2:
            parts.append("".join(_sounds()[char][0][0] for char in pair))
            index += 2
        else:
            parts.append(text[index])
            index += 1
    return ["".join(parts)]


def components(text: str, rng: random.Random) -> list[str]:
    """Characters as their parts."""
    return [_each(text, rng, HIDDEN_SHARE, lambda char: _splits().get(char, char))]


def latin_lookalikes(text: str, rng: random.Random) -> list[str]:
    """Cyrillic letters for Latin ones."""
    return [text.translate(_CYRILLIC)]


def emoji(text: str, rng: random.Random) -> list[str]:
    """Emoji for characters they can be read as."""
    return ["".join(_emoji().get(char, char) for char in text)]


def homophone_by_hand(text: str, rng: random.Random) -> list[str]:
    """Characters of the like sound that people use."""
    return [_by_hand(text, rng, SOUNDS)]


def glyphs_by_hand(text: str, rng: random.Random) -> list[str]:
    """Characters of the like shape that people use."""
    return [_by_hand(text, rng, GLYPHS)]


def components_by_hand(text: str, rng: random.Random) -> list[str]:
    """Parts that people write side by side."""
    return ["".join(SPLITS[char] if char in SPLITS and rng.random() < BY_HAND_SHARE else char for char in text)]


def emoji_by_hand(text: str, rng: random.Random) -> list[str]:
    """Emoji that people read as a character."""
    return ["".join(EMOJI[char] if char in EMOJI and rng.random() < BY_HAND_SHARE else char for char in text)]


def glyphs(text: str, rng: random.Random) -> list[str]:
    """Rare characters of the like shape, of the filter's own table."""
    return [_each(text, rng, HIDDEN_SHARE, lambda char: rng.choice(_shapes()[char]) if char in _shapes() else char)]


def _by_hand(text: str, rng: random.Random, table: dict[str, str]) -> str:
    return "".join(rng.choice(table[char]) if char in table and rng.random() < BY_HAND_SHARE else char for char in text)


def pair(one: Disguise, other: Disguise) -> Disguise:
    """Two disguises, one after the other."""

    def both(text: str, rng: random.Random) -> list[str]:
        return [line for part in one(text, rng) for line in other(part, rng)]

    return both


DISGUISES: dict[str, Disguise] = {
    each.__name__: each
    for each in (
        traditional,
        full_width,
        circled,
        chinese_digits,
        maths_digits,
        combining,
        zero_width,
        punctuation,
        repeats,
        noise_words,
        reversed_text,
        vertical,
        split,
        homophone,
        full_pinyin,
        mixed_pinyin,
        initials,
        components,
        latin_lookalikes,
        emoji,
        glyphs,
        homophone_by_hand,
        glyphs_by_hand,
        components_by_hand,
        emoji_by_hand,
    )
} | {
    "traditional+punctuation": pair(traditional, punctuation),
    "homophone+zero_width": pair(homophone, zero_width),
    "components+punctuation": pair(components, punctuation),
    "mixed_pinyin+split": pair(mixed_pinyin, split),
    "homophone_by_hand+punctuation": pair(homophone_by_hand, punctuation),
    "glyphs_by_hand+homophone_by_hand": pair(glyphs_by_hand, homophone_by_hand),
    "components_by_hand+noise_words": pair(components_by_hand, noise_words),
    "traditional+emoji_by_hand": pair(traditional, emoji_by_hand),
}


def changed(text: str, parts: list[str]) -> bool:
    """Whether a disguise did anything to a text, compatibility forms aside."""
    return len(parts) > 1 or unicodedata.normalize("NFC", parts[0]) != unicodedata.normalize("NFC", text)
