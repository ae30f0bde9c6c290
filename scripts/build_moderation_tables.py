"""Build the filter's compact character tables from their public sources.

Run by hand when a source changes: ``python scripts/build_moderation_tables.py SOURCES moderation/tables``, where
SOURCES holds ``unicode_confusables.txt`` (UTS #39), ``chaizi_jt.txt`` (kfcd/chaizi) and ``pinyin_kMandarin_8105.txt``
(mozillazg/pinyin-data). The traditional-to-simplified characters come from the installed package
``opencc-python-reimplemented``. Licences stand in ``moderation/tables/NOTICE.txt``.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

_COMPONENTS_MAX = 4
# Small letters whose shape is a small capital, which UTS #39 maps to letters outside ASCII.
_SMALL_CAPITALS = {"в": "b", "к": "k", "м": "m", "н": "h", "т": "t", "κ": "k", "ω": "w", "τ": "t", "η": "n"}


def lookalikes(source: Path) -> list[tuple[str, str]]:
    """Single characters outside ASCII, CJK and digits that look like one ASCII letter."""
    pairs: dict[str, str] = dict(_SMALL_CAPITALS)
    for line in source.read_text("utf-8-sig").splitlines():
        fields = [field.strip() for field in line.split("#")[0].split(";")]
        if len(fields) != 3 or " " in fields[0] or " " in fields[1]:
            continue
        char, target = chr(int(fields[0], 16)), chr(int(fields[1], 16))
        if not (target.isascii() and target.isalpha()) or char.isascii() or not char.isalpha():
            continue
        name = unicodedata.name(char, "")
        # Digits and CJK keep their meaning: the full table turns 一 into a dash and 0 into O.
        if unicodedata.numeric(char, None) is not None or re.match(
            "CJK|KANGXI|HIRAGANA|KATAKANA|HANGUL|BOPOMOFO", name
        ):
            continue
        if unicodedata.normalize("NFKC", char) == char:
            pairs[char] = target.lower()
    return sorted(pairs.items())


def simplified() -> list[tuple[str, str]]:
    """Traditional characters with their first simplified reading."""
    text = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return sorted((key, value.split(" ")[0]) for key, value in rows if key != value.split(" ")[0])


def syllables(source: Path) -> dict[str, str]:
    """Toneless syllable to the common characters whose most frequent reading it is."""
    chars: defaultdict[str, list[str]] = defaultdict(list)
    for line in source.read_text("utf-8").splitlines():
        match = re.match(r"U\+([0-9A-F]+): (\S+)", line)
        if match is None:
            continue
        plain = unicodedata.normalize("NFD", match[2].split(",")[0]).replace("u\u0308", "v")
        chars["".join(c for c in plain if c.isascii())].append(chr(int(match[1], 16)))
    return {syllable: "".join(sorted(group)) for syllable, group in sorted(chars.items())}


def components(source: Path, common: set[str]) -> list[tuple[str, list[str]]]:
    """Common characters with the ways they are written as two to four parts."""
    rows = []
    for line in source.read_text("utf-8").splitlines():
        char, *ways = line.split("\t")
        parts = ["".join(way.split()) for way in ways]
        kept = sorted({way for way in parts if 2 <= len(way) <= _COMPONENTS_MAX})
        if char in common and kept:
            rows.append((char, kept))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("target", type=Path)
    args = parser.parse_args()
    readings = syllables(args.sources / "pinyin_kMandarin_8105.txt")
    common = set("".join(readings.values()))
    tables = {
        "lookalikes.tsv": lookalikes(args.sources / "unicode_confusables.txt"),
        "simplified.tsv": simplified(),
        "syllables.tsv": list(readings.items()),
        "components.tsv": [(c, " ".join(ways)) for c, ways in components(args.sources / "chaizi_jt.txt", common)],
    }
    for name, rows in tables.items():
        text = "".join(f"{key}\t{value}\n" for key, value in rows)
        (args.target / name).write_text(text, "utf-8")
        print(f"{name}: {len(rows)} rows, {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
