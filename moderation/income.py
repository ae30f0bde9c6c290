"""Core: promises of pay (日赚800, 三百一天, 月入过万), read as yuan for a day.

What makes a lure is the size: adverts name wages too. An amount counts with its period and, where it comes after the
period, a verb of earning, so that 一天三斤 or 每月15号 is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moderation.contacts import Found

DAILY, HIGH, AMOUNT = "daily_income", "high_income", "amount"
INCOME_NAMES = (DAILY, HIGH, AMOUNT)

DAILY_YUAN_MIN = 100
HIGH_YUAN_MIN = 500
"""By day or shorter: well above what work without skill pays."""
MONTHLY_YUAN_MIN, MONTHLY_HIGH_YUAN_MIN = 10_000, 30_000
"""By month or year: honest posts pay more by the month than by the day."""

_AMOUNT = r"(?:\d{1,7}(?:\.\d)?|[一二两三四五六七八九十百千万几数上过破]{1,5})(?:百|千|万|w|k|大洋)?"
_RANGE = (
    rf"(?P<amount>{_AMOUNT})(?:\s?[-~到至—]+\s?(?:{_AMOUNT}))?\s?(?:多|来|\+|以上)?\s?(?:元|块钱|块|米|大洋|r|rmb)?"
)
_PERIOD = r"(?P<period>分钟|小时|钟头|时|天|日|周|星期|礼拜|个月|月|年)"
_EARN = (
    r"(?:(?:就|都|也|能|可以|可|轻松|稳|净|保底|至少|最少|最低|随便|平均|大概|到手|在家|躺|纯|稳定|收|还)\s?){0,3}"
    r"(?:赚|挣|入账|入|进账|进|收入|结薪|薪资|薪水|薪|工资|结|到手|拿|保底|收益|返利|返|佣金|利润|提现)"
)
_AFTER = re.compile(rf"{_PERIOD}\s?,?\s?{_EARN}\s?(?:个|了|到|是|有|:)?\s?{_RANGE}")
_A_PERIOD = rf"(?:/|每|一|1|、)\s?{_PERIOD}"
_BEFORE = re.compile(rf"{_RANGE}\s?{_A_PERIOD}")
_MAY_BE_BEFORE = re.compile(_A_PERIOD)
_BARE = re.compile(
    r"[一每](?:个)?(?P<period>小时|天|日|周|月)(?:就|都|也)?\s?"
    rf"(?P<amount>{_AMOUNT})(?:\s?[-~到至—]+\s?(?:{_AMOUNT}))?\s?(?:元|块|\+|大洋|多块|来块|(?=[\s,.!;~]|$))"
)
_GATE = re.compile(r"[天日时周月年]|分钟|钟头|星期|礼拜")
_PERIODS = "天日周月年时钟头期拜"
# A looser form of all patterns below, each by what its first character is of, and what comes then; what stands between
# is not looked at, and is never so long.
MAY_PROMISE = (
    ("0-9一二两三四五六七八九十几", r"\W{0,4}[百千万元块美]"),
    ("0-9", rf".{{0,40}}[{_PERIODS}]"),
    (_PERIODS, r".{0,40}[0-9]"),
    ("/\uff0f每一、", r"\W{0,3}个?\W{0,3}[天日周月年时分小钟星礼]"),
    (_PERIODS, r"\W{0,4}[就都也能可轻稳净保至最随平大到在躺纯还赚挣入进收结薪工拿返利佣提]"),
)
AMOUNT_CHARS = "百千万时钟"
"""Without digits and letters, what is not of these is no sum, and too little a day."""
_MONEY_GATE = re.compile(r"[元块万千百]")
_MONEY = re.compile(
    r"\d{2,9}(?:\.\d{1,2})?\s?(?:元|块|万元|万|千元|美元|美金)|\d(?:\.\d)?\s?(?:万|千元|千块|百块|百元)"
    r"|[一二两三四五六七八九十几]{1,3}(?:百|千|万)[一二两三四五六七八九十百千万零]{0,6}(?:元|块)?"
)
"""A sum of money; a number without a unit is none."""
_DAYS = {
    "分钟": 1 / 480,
    "小时": 1 / 8,
    "钟头": 1 / 8,
    "时": 1 / 8,
    "天": 1,
    "日": 1,
    "周": 6,
    "星期": 6,
    "礼拜": 6,
    "个月": 26,
    "月": 26,
    "年": 300,
}
_HOURS_OF_DAY = frozenset("789十02")
"""How hours end that are a day's work, and no pay by the hour: 8小时工资3500, 12小时."""
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "w": 10_000, "k": 1_000}
_CHINESE = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "几": 3, "数": 3}


def yuan(amount: str) -> float:
    """An amount as a number: 800, 1.5万, 三百, 过千, 几百."""
    total, current = 0.0, 0.0
    digits = re.match(r"[\d.]+", amount)
    if digits is not None:
        current = float(digits[0])
        amount = amount[digits.end() :]
    for char in amount:
        if char in _CHINESE:
            current = _CHINESE[char]
        elif char == "万":
            total, current = (total + current or 1) * 10_000, 0
        elif char in _UNITS:
            total, current = total + (current or 1) * _UNITS[char], 0
    return total + current


def _promises(folded: str) -> Iterator[tuple[float, bool, int, int]]:
    patterns = (_AFTER, _BARE) if _MAY_BE_BEFORE.search(folded) is None else (_AFTER, _BEFORE, _BARE)
    for pattern in patterns:
        for match in pattern.finditer(folded):
            days = _DAYS[match["period"]]
            if days < 1 and folded[match.start() - 1 : match.start()] in _HOURS_OF_DAY:
                continue
            yield yuan(match["amount"]) / days, days >= _DAYS["月"], *match.span()


def find_income(folded: str) -> list[Found]:
    """Promises of at least DAILY_YUAN_MIN a day, and again as high from HIGH_YUAN_MIN; and all sums of money."""
    found: list[Found] = []
    if _MONEY_GATE.search(folded) is not None:
        found += [(AMOUNT, *match.span()) for match in _MONEY.finditer(folded)]
    if _GATE.search(folded) is None:
        return found
    for per_day, by_month, start, end in _promises(folded):
        if per_day >= (MONTHLY_YUAN_MIN / _DAYS["月"] if by_month else DAILY_YUAN_MIN):
            found.append((DAILY, start, end))
        if per_day >= (MONTHLY_HIGH_YUAN_MIN / _DAYS["月"] if by_month else HIGH_YUAN_MIN):
            found.append((HIGH, start, end))
    return found
