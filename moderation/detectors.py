"""Core: all detectors together, behind one quick look that most texts end at."""

from __future__ import annotations

import re

from moderation.contacts import CONTACT_DIGITS_MIN, CONTACT_NAMES, Found, find_contacts
from moderation.income import AMOUNT_CHARS, INCOME_NAMES, MAY_PROMISE, find_income

DETECTORS = (*CONTACT_NAMES, *INCOME_NAMES)
_NUMERALS = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
# Every detector needs a digit of some style; addresses and handles, letters.
_GATE = re.compile(rf"[0-9a-z{_NUMERALS}两十百千万几数上过破]")
_DIGIT = f"0-9{_NUMERALS}"
_FORMS = (*MAY_PROMISE, (_DIGIT, rf"(?:\W*[{_DIGIT}]){{{CONTACT_DIGITS_MIN - 1}}}"))
# A looser form of all but handles and words: a promise or a sum, or digits one after the other. It begins with one
# class of characters, since only for such patterns do texts fly by.
MAY_DETECT = re.compile(
    f"[{''.join(first for first, _ in _FORMS)}](?:{'|'.join(f'(?<=[{first}]){rest}' for first, rest in _FORMS)})"
)
COUNT_CHARS = frozenset(f"{AMOUNT_CHARS}0123456789")
"""Without letters, one of these is in all that detectors find,"""
NUMERAL_CHARS = frozenset(f"{_NUMERALS}十")
"""or some of these as this says of a text without separators."""
MAY_BE_NUMBER = re.compile(f"[{_NUMERALS}]{{{CONTACT_DIGITS_MIN}}}|十.{{0,3}}十")


def detect(folded: str) -> list[Found]:
    """What all detectors find in a folded text: name, start and end."""
    return [] if _GATE.search(folded) is None else [*find_contacts(folded), *find_income(folded)]
