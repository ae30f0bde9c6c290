"""Core: a clock that machines read from the picture: blocks along the bottom edge tell when the frame was drawn.

Whoever shows the picture can read it and say how old it is. Geometry, in fractions of the picture, so that it can be
read from a picture of any size (at 640x360 a cell is 8x8 pixels):

- The strip is the bottom 1/45 of the picture's height. The width is divided into 80 equal cells, 0 at the left.
- Cells 12 to 67 hold 56 bits, one each, in this order, most significant bit first within each field:
  8 bits magic 0b10110010 (cells 12-19), 40 bits of unix time in milliseconds modulo 2^40 (cells 20-59), 8 bits
  checksum (cells 60-67). Cells 0-11 and 68-79 are dark and carry nothing.
- A 1 is bright (luma LUMA_ONE), a 0 is dark (luma LUMA_ZERO); luma is 8 bits of limited range.
- A cell's value is the mean luma of its middle half in both directions (4x4 pixels of 8x8). The threshold is the
  midpoint between the mean of the magic's four ones and the mean of its four zeros; a cell above it is a 1. If those
  means are less than CONTRAST_MIN apart (on a scale of 0 to 255), or the magic or the checksum don't fit, there is no
  clock. A reader of RGB may take (R + 2 G + B) / 4 for luma: only differences count.
- The checksum is CRC-8 (polynomial 0x07, initial value 0, not reflected) over the five bytes of the time, first byte
  first; over all zeros it is 0.
- 2^40 ms is 34.8 years, so unix time is well beyond it: age_ms = (now_ms - clock_ms) modulo 2^40.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
"""Height x width, 8 bits."""

CELLS_ACROSS = 80
STRIP_FRACTION = 45
"""The strip is 1/45 of the height."""
FIRST_CELL = 12
MAGIC = 0b10110010
MAGIC_BITS = 8
TIME_BITS = 40
CHECKSUM_BITS = 8
BITS = MAGIC_BITS + TIME_BITS + CHECKSUM_BITS
LUMA_ONE = 136
LUMA_ZERO = 40
CONTRAST_MIN = 40

_MAGIC_CELLS = np.array([MAGIC >> shift & 1 for shift in range(MAGIC_BITS - 1, -1, -1)], dtype=bool)


def fits(width: int, height: int) -> bool:
    """Whether a picture of this size divides into whole cells; only then can the clock be drawn."""
    return width % CELLS_ACROSS == 0 and height % STRIP_FRACTION == 0 and width > 0 and height > 0


def checksum(time_ms: int) -> int:
    """CRC-8 of the five bytes of `time_ms`."""
    crc = 0
    for byte in time_ms.to_bytes(TIME_BITS // 8, "big"):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def draw(luma: Luma, unix_ms: int) -> None:
    """Write the clock into a picture's luma plane, in place; its size must pass `fits`."""
    height, width = luma.shape
    assert fits(width, height), f"{width}x{height} does not divide into cells"
    time_ms = unix_ms % (1 << TIME_BITS)
    word = (MAGIC << TIME_BITS | time_ms) << CHECKSUM_BITS | checksum(time_ms)
    row = np.full(CELLS_ACROSS, LUMA_ZERO, dtype=np.uint8)
    row[FIRST_CELL : FIRST_CELL + BITS] = [
        LUMA_ONE if word >> shift & 1 else LUMA_ZERO for shift in range(BITS - 1, -1, -1)
    ]
    luma[height - height // STRIP_FRACTION :] = np.repeat(row, width // CELLS_ACROSS)


def read(luma: Luma) -> int | None:
    """The unix time in milliseconds modulo 2^40 that a decoded picture of any size carries, or None."""
    height, width = luma.shape
    strip, cell = height / STRIP_FRACTION, width / CELLS_ACROSS
    if strip < 4 or cell < 4:
        return None
    rows = luma[round(height - strip * 0.75) : round(height - strip * 0.25)]
    starts = [round(cell * (index + 0.25)) for index in range(FIRST_CELL, FIRST_CELL + BITS)]
    half = max(1, round(cell / 2))
    levels = np.array([rows[:, start : start + half].mean() for start in starts])
    magic = levels[:MAGIC_BITS]
    bright, dark = float(magic[_MAGIC_CELLS].mean()), float(magic[~_MAGIC_CELLS].mean())
    if bright - dark < CONTRAST_MIN:
        return None
    word = 0
    for bit in levels > (bright + dark) / 2:
        word = word << 1 | int(bit)
    time_ms = word >> CHECKSUM_BITS & (1 << TIME_BITS) - 1
    if word >> CHECKSUM_BITS + TIME_BITS != MAGIC or word & 0xFF != checksum(time_ms):
        return None
    return time_ms
