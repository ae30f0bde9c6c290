"""Core: numbers as sellers say them: digits, Chinese numerals, and the vague ones ("十几", "两三", "五十多").

A number is read as the least and the most it can mean, so that whoever judges it can give its speaker the benefit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

NUMBER: Final = r"(?:[0-9]{1,8}(?:\.[0-9]{1,2})?[十百千万]?|[零〇一二两俩仨三四五六七八九十百千万几]{1,9})[多来几]?"
"""What `number` may be able to read; to be matched on folded text."""

PRICE: Final = (
    r"(?:¥\s?)?(?:[0-9]{1,7}(?:\.[0-9]{1,2})?|[零〇一二两三四五六七八九十百千万]{1,9})"
    r"(?:\s?(?:元|块钱?|米)(?:[0-9零一二三四五六七八九](?![0-9个件份单箱斤只袋瓶盒])[毛角]?)?)?"
)
"""What `price_minor` may be able to read; to be matched on folded text."""

_DIGITS: Final = {char: place for place, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    **{str(digit): digit for digit in range(10)},
}
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_TEN_THOUSAND: Final = 10_000
_EITHER: Final = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])([十百千]?)")
_SOME: Final = re.compile(r"几([十百千万]?)")
_PRICE: Final = re.compile(r"¥?\s*([0-9.]+|[^\s元块米¥0-9]+)\s*(元|块钱?|米)?([0-9零一二三四五六七八九])?[毛角]?")


def number(text: str) -> tuple[int, int] | None:
    """The least and the most that a folded text means as a number; None where it is none."""
    vague = text[-1:] in ("多", "来", "几") and len(text) > 1
    plain = text[:-1] if vague else text
    if some := _SOME.fullmatch(plain):
        unit = _UNITS.get(some[1], 1)
        return 2 * unit, 10 * unit - 1
    either = _EITHER.fullmatch(plain)
    if either is not None and _DIGITS[either[1]] < _DIGITS[either[2]]:
        unit = _UNITS.get(either[3], 1)
        return _DIGITS[either[1]] * unit, (_DIGITS[either[2]] + 1) * unit - 1
    value = _exact(plain)
    if value is None:
        return None
    return (value, value + _round_unit(value) - 1) if vague else (value, value)


def price_minor(text: str) -> int | None:
    """A price in hundredths that a folded text says: "39.9", "39块9", "九块九", "¥599"; None where it says none."""
    match = _PRICE.fullmatch(text.strip())
    if match is None:
        return None
    whole, _, tenths = match.groups()
    if "." in whole:
        return None if tenths or not re.fullmatch(r"[0-9]+\.[0-9]{1,2}", whole) else int(Decimal(whole) * 100)
    value = _exact(whole)
    return None if value is None else value * 100 + (_DIGITS[tenths] * 10 if tenths else 0)


def _round_unit(value: int) -> int:
    """10 for 20, 100 for 300: what "more than" such a number leaves open."""
    unit = 1
    while value and value % (unit * 10) == 0:
        unit *= 10
    return unit


def _exact(text: str) -> int | None:
    if match := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([十百千万]?)", text):
        return int(Decimal(match[1]) * _UNITS.get(match[2], 1))
    if not text or any(char not in _DIGITS and char not in _UNITS for char in text):
        return None
    if not any(char in _UNITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    return _worded(text)


def _worded(text: str) -> int:
    """A number with its units said; a last digit alone stands one unit below the one before it ("一百二")."""
    total = section = digit = 0
    last_unit = 1
    for char in text:
        unit = _UNITS.get(char)
        if unit is None:
            digit = _DIGITS[char]
            last_unit = 10 if char in "零〇" else last_unit
            continue
        if unit == _TEN_THOUSAND:
            total, section = (section + digit or 1) * unit, 0
        else:
            section += (digit or 1) * unit
        digit, last_unit = 0, unit
    return total + section + digit * (last_unit // 10 if last_unit > 10 else 1)
