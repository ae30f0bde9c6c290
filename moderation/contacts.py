"""Core: numbers, handles and addresses by which people are led off the platform, found in linear time.

The text is folded already, so digits of every style but Chinese ones are ASCII. Chinese digits are turned one for one,
so that places stay the same, and count only in runs too long to be an amount. The traps are prices, order numbers,
heights, weights and dates: digits before a unit, after the word for an order, or shaped like a date are no contact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOBILE, NUMBER, HANDLE, WORD, URL, BANK_CARD, ID_CARD = (
    "mobile",
    "number",
    "handle",
    "word",
    "url",
    "bank_card",
    "id_card",
)
CONTACT_NAMES = (MOBILE, NUMBER, HANDLE, WORD, URL, BANK_CARD, ID_CARD)

Found = tuple[str, int, int]
"""Detector name, and start and end in the folded text."""
_CHINESE_DIGITS = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_DIGITS = str.maketrans(_CHINESE_DIGITS, "001234567891123456789")
CONTACT_DIGITS_MIN = 5
_DIGIT = f"[0-9{_CHINESE_DIGITS}]"
_RUN = re.compile(rf"{_DIGIT}(?:[^\w]{{0,2}}{_DIGIT}){{{CONTACT_DIGITS_MIN - 1},19}}")
_TOKEN = re.compile(r"[a-z0-9_][a-z0-9_-]{4,29}")
_UNIT = re.compile(
    r"\s?(?:元|块|斤|公斤|千克|克|个|人|单|年|月|日|岁|度|分|秒|米|厘米|毫|平|亩|吨|箱|件|袋|盒|瓶|粒|颗|枚|万|亿|千|百"
    r"|次|票|位|名|粉|播放|点赞|人气|%|cm|mm|kg|ml|rmb|[wkgl](?![a-z]))"
)
_MEASURE = re.compile(r"[0-9]+(?:ml|l|mg|g|kg|mm|cm|m|mah|w|kw|v|gb|tb)(?:x[0-9]+)?")
"""500ml is no handle: those begin with a letter."""
_NOT_A_CONTACT = re.compile(
    r"(?:单号|订单|快递|运单|编号|尾号|条码|批号|货号|许可证|备案|证号|代码|学号|工号|票号|热线)\D{0,4}$"
)
_BEFORE_CHARS = 10
_DATE = re.compile(r"(?:19|20)\d\d(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])")
_URL = re.compile(
    r"https?:/|www[.。]|(?:[a-z0-9-]{2}\s?(?:[.。·丶点,]|dot)\s?"
    r"(?:com|cn|net|org|cc|top|xyz|vip|club|shop|site|live|app|me|io|tv|info|wang|icu|ltd|link|fun|online)(?![a-z0-9]))"
)
# A looser form of the same, which begins with one class of characters, since only for such patterns do texts fly by.
MAY_BE_ADDRESS = re.compile(r"[a-z0-9](?:(?<=h)ttp|(?<=w)ww|(?<=d)ot|\W{0,2}[.。·丶点,]\W{0,2}[a-z])")
_OFFICIAL = re.compile(r"(?:gov|edu|12315|12377|bilibili)\.c|b23\.tv")
_AROUND_CHARS = 20
_GATE = re.compile(rf"[0-9a-z]|[{_CHINESE_DIGITS}][^\w]{{0,2}}[{_CHINESE_DIGITS}]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10x98765432"


def _luhn(digits: str) -> bool:
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_id_card(digits: str, following: str) -> bool:
    if len(digits) == 17 and following == "x":
        digits += "x"
    if len(digits) != 18:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == digits[17]


def _classify(digits: str, following: str) -> str | None:
    """What a run of five or more digits is; None for what is no contact."""
    if len(set(digits)) <= 2:
        return None  # 666666, 23333333: how people laugh
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789":
        return MOBILE
    if _is_id_card(digits, following):
        return ID_CARD
    if 16 <= len(digits) <= 19:
        return BANK_CARD if digits[0] in "3456" and _luhn(digits) else None
    if len(digits) > 12 or _DATE.fullmatch(digits):
        return None
    return NUMBER


def _is_digit(char: str) -> bool:
    return char.isdecimal() or char in _CHINESE_DIGITS


def _numbers(folded: str) -> Iterator[Found]:
    for match in _RUN.finditer(folded):
        start, end = match.span()
        if (start and _is_digit(folded[start - 1])) or (end < len(folded) and _is_digit(folded[end])):
            continue
        run = match[0].translate(_DIGITS)
        kind = _classify("".join(filter(str.isdecimal, run)), folded[end : end + 1])
        before = folded[max(0, start - _BEFORE_CHARS) : start].translate(_DIGITS)
        if kind is None or _NOT_A_CONTACT.search(before):
            continue
        if kind == NUMBER and (_UNIT.match(folded, end) or "." in run):
            continue
        yield kind, start, end


def _around(match: re.Match[str]) -> tuple[int, int]:
    return max(0, match.start() - _AROUND_CHARS), match.end() + _AROUND_CHARS


def find_contacts(folded: str) -> list[Found]:
    """Numbers, handles and addresses in a folded text.

    A number has 5 to 12 digits; a handle is letters with digits or underscores; a word is letters alone: the last three
    mean something only beside a lead such as 加微信.
    """
    if _GATE.search(folded) is None:
        return []
    found = list(_numbers(folded))
    for match in _TOKEN.finditer(folded):
        token = match[0]
        if token.isdecimal() or not any(char.isalpha() for char in token) or _MEASURE.fullmatch(token):
            continue
        plain = token.isalpha()
        found.append((WORD if plain else HANDLE, *match.span()))
    found += [(URL, *match.span()) for match in _URL.finditer(folded) if not _OFFICIAL.search(folded, *_around(match))]
    return found
