"""Core: all detectors together, behind one quick look that most texts end at."""

from __future__ import annotations

import re

from moderation.contacts import CONTACT_DIGITS_MIN, CONTACT_NAMES, Found, find_contacts
from moderation.income import INCOME_NAMES, MAY_PROMISE, MAY_PROMISE_CHARS, find_income

DETECTORS = (*CONTACT_NAMES, *INCOME_NAMES)
# Every detector needs a digit of some style; addresses and handles, letters.
_GATE = re.compile(r"[0-9a-z〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两十百千万几数上过破]")
_CHINESE_DIGIT = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
# A looser form of all but handles and words: a promise or a sum, or digits one after the other.
MAY_DETECT = re.compile(
    rf"{MAY_PROMISE}|[0-9](?:\W*[0-9]){{{CONTACT_DIGITS_MIN - 1}}}|(?:[{_CHINESE_DIGIT}]\W*){{{CONTACT_DIGITS_MIN}}}"
)
MAY_DETECT_CHARS = frozenset(f"{MAY_PROMISE_CHARS}{_CHINESE_DIGIT}0123456789")
"""One of these is in all it fits."""


def detect(folded: str) -> list[Found]:
    """What all detectors find in a folded text: name, start and end."""
    return [] if _GATE.search(folded) is None else [*find_contacts(folded), *find_income(folded)]
