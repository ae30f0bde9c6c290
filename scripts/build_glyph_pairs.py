"""Build the table of ideographs that look alike, by drawing them and comparing the pictures.

Run by hand: ``python scripts/build_glyph_pairs.py FONT moderation/tables/glyphs.tsv``, where FONT is a Noto Sans CJK
collection (SIL Open Font License; only comparisons are stored, no outlines). The characters are those of
``moderation/tables/syllables.tsv``. Each is drawn, blurred and compared with all others by the cosine of their
pictures; pairs above NEAR_MIN are kept, nearest first.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE_PX = 36
BLUR_PX = 1.1
NEAR_MIN = 0.8
NEAR_CHARS_MAX = 12
_ROWS_AT_ONCE = 1_000


def characters(table: Path) -> list[str]:
    """All characters of the syllable table."""
    return sorted({char for line in table.read_text("utf-8").splitlines() for char in line.split("\t")[1]})


def pictures(chars: list[str], font: Path) -> npt.NDArray[np.float32]:
    """One row a character: its blurred picture, centred on its mean and of length one."""
    face = ImageFont.truetype(str(font), SIZE_PX - 4, index=2)
    rows = np.empty((len(chars), SIZE_PX * SIZE_PX), np.float32)
    for index, char in enumerate(chars):
        image = Image.new("L", (SIZE_PX, SIZE_PX))
        ImageDraw.Draw(image).text((SIZE_PX / 2, SIZE_PX / 2), char, 255, font=face, anchor="mm")
        rows[index] = np.asarray(image.filter(ImageFilter.GaussianBlur(BLUR_PX)), np.float32).ravel()
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def near(chars: list[str], rows: npt.NDArray[np.float32]) -> list[tuple[str, str]]:
    """Each character that has any, with the characters that look like it, nearest first."""
    pairs: list[tuple[str, str]] = []
    for start in range(0, len(chars), _ROWS_AT_ONCE):
        likeness = rows[start : start + _ROWS_AT_ONCE] @ rows.T
        for offset, row in enumerate(likeness):
            row[start + offset] = 0
            order = np.argsort(-row)[:NEAR_CHARS_MAX]
            alike = "".join(chars[int(i)] for i in order if row[i] >= NEAR_MIN)
            if alike:
                pairs.append((chars[start + offset], alike))
    return pairs


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Build the table of ideographs that look alike.")
    parser.add_argument("font", type=Path)
    parser.add_argument("table", type=Path)
    asked = parser.parse_args()
    chars = characters(asked.table.parent / "syllables.tsv")
    pairs = near(chars, pictures(chars, asked.font))
    asked.table.write_text("".join(f"{char}\t{alike}\n" for char, alike in pairs), "utf-8")
    print(f"{len(pairs)} characters with {sum(len(alike) for _, alike in pairs)} look-alikes")


if __name__ == "__main__":
    main()
