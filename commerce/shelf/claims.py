"""Core: what a seller's words say of stock, sales and price, and where: "最后三单", "库存告急", "原价 599 现价 99".

What is asked, denied, supposed or told of another day is no claim. Whether one is true is judged by `claim_facts`.
The patterns are bounded, so that a text costs time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from commerce.shelf.numerals import NUMBER, PRICE, number, price_minor

CLAIMS_MAX: Final = 20
"""Claims of one text; more say nothing new."""


class Said(Enum):
    """What a claim is of."""

    LEFT = "left"
    """So many units are left."""
    SCARCE = "scarce"
    """Hardly any are left."""
    SOLD_HERE = "sold_here"
    """So many were sold in this room."""
    SOLD = "sold"
    """So many were sold, anywhere."""
    PRICE = "price"
    """It costs so much now."""
    FORMER_PRICE = "former_price"
    """Here it cost so much before."""
    OTHERS_PRICE = "others_price"
    """Elsewhere it costs so much."""
    LOWEST_HERE = "lowest_here"
    """It never cost less here."""
    LOWEST = "lowest"
    """It costs less nowhere."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, with the part of the text that makes it; start and end in code points, end excluded."""

    said: Said
    start: int
    end: int
    words: str
    """That part, as it was written."""
    low: int = 0
    """The least and the most of units, or of minor units of money, that it can mean; 0 where it names no number."""
    high: int = 0


_ONE_TO_ONE: Final = str.maketrans(
    "後單庫價現僅還賣貨餘額雙隻條張個組臺網歷從來時專櫃場門", "后单库价现仅还卖货余额双只条张个组台网历从来时专柜场门"
)
_GAP: Final = r"(?:[^\S\n]|[,，、:：!！~～*·\-—-]){0,3}"
"""Never a line's end: a card's lines are things of their own."""
_UNIT: Final = "(?:个库存|单|份|件|箱|套|袋|盒|瓶|组|提|筐|包|罐|桶|只|条|枚|棵|捆|扎|篓|库存)"
_ABOUT: Final = f"(?:(?:的|下|这|那|了|不到|不足|大概|大约|差不多|最后|也就|就|有){_GAP}){{0,3}}"
_NOT_GOODS: Final = r"(?![价装钟])"

_LEFT: Final = re.compile(
    f"(?:最后|仅剩|只剩|就剩|还剩|剩下|剩余|仅存|余量|(?:库存|现货|(?<![发送收取退换补配验交])货)(?:不多了)?[,，]?(?:就|也|都)?(?:只有|仅有|还有|只够|剩)?)"
    f"{_GAP}{_ABOUT}(?P<number>{NUMBER}){_GAP}{_UNIT}{_NOT_GOODS}"
    f"|库存(?:量|数)?(?:只有|仅有|只剩|仅剩|剩)?{_GAP}(?P<bare>{NUMBER})(?![0-9.%天小分年月])"
)
_SCARCE: Final = re.compile(
    "(?:库存|名额|货源?)(?:已经|马上|真的|非常|十分|就|都|要)?(?:告急|见底|紧张|不多了?|所剩无几|没多少了?)"
    "|所剩无几|所剩不多|(?:马上|快要?|即将|就要|眼看)(?:就|要)?(?:没货|没库存|断货|售罄|抢光|抢完|卖完|卖光|抢空)"
    "|最后(?:的)?(?:一|几|这)(?:小)?(?:波|批|车|点|轮)"
)
_SOLD: Final = re.compile(
    f"(?:已售|已经?(?:卖|抢|拍)(?:了|出去?|走|掉)?|卖(?:了|出去?了?|掉了?)|售出|销量(?:已经)?(?:有|达|破|过|突破)?|抢(?:了|走了?|掉了?)|成交)"
    f"{_GAP}(?:超过|超|近|将近|差不多)?(?P<number>{NUMBER}){_GAP}{_UNIT}"
)
_HERE: Final = re.compile("本场|这场|直播间|今晚|今天|刚才|刚刚|开播|这会儿|一下子")
_NOW: Final = re.compile(
    f"(?:现价|直播(?:间)?(?:专享|专属)?价(?:格)?|到手价?|秒杀价|活动价|券后价?|一口价|特价|售价){_GAP}(?:只要|只需|仅需|仅|是|为|就)?{_GAP}"
    f"(?P<price>{PRICE})(?![0-9.折%])"
    f"|(?:现在|今天|今晚|直播间|只要|只需|仅需|仅售|只卖){_GAP}(?:只要|只需|仅需|仅售|只卖|就)?{_GAP}"
    r"(?P<coined>¥\s?[0-9]{1,7}(?:\.[0-9]{1,2})?|(?:[0-9]{1,7}(?:\.[0-9]{1,2})?|[零一二两三四五六七八九十百千]{1,7})\s?(?:元|块)"
    r"(?:[0-9一二三四五六七八九](?![0-9个件份单箱斤只袋瓶盒])[毛角]?)?)(?![0-9.折%])"
)
_FORMER: Final = re.compile(
    f"(?:原价|平时(?:都)?(?:卖|要|价)|平常(?:都)?(?:卖|要|价)|日常价|吊牌价|划线价|(?:以前|之前|昨天|上周)(?:都|还)?(?:卖|要)的?)"
    f"{_GAP}(?:是|为|要|都)?{_GAP}(?P<price>{PRICE})(?![0-9.折%])"
)
_OTHERS: Final = re.compile(
    f"(?:市场价|市面上?(?:卖|要)?|专柜价?|超市(?:里)?(?:卖|要)?|商场(?:里)?(?:卖|要)?|门店价?|外面(?:卖|要)|别家(?:卖|要)?)"
    f"{_GAP}(?:是|为|要|都)?{_GAP}(?P<price>{PRICE})(?![0-9.折%])"
)
_LOWEST_HERE: Final = re.compile("(?:历史|史上|开店以来|开播以来|本店|全年)(?:的)?(?:最低|最便宜|底价|新低)(?:价)?")
_LOWEST: Final = re.compile("(?:全网|全平台|全国|全场|市面上?)(?:的)?(?:最低|最便宜|底价)(?:价)?")

_PATTERNS: Final = (
    (Said.LEFT, _LEFT),
    (Said.SCARCE, _SCARCE),
    (Said.SOLD, _SOLD),
    (Said.PRICE, _NOW),
    (Said.FORMER_PRICE, _FORMER),
    (Said.OTHERS_PRICE, _OTHERS),
    (Said.LOWEST_HERE, _LOWEST_HERE),
    (Said.LOWEST, _LOWEST),
)
_TRIGGER: Final = re.compile("[最剩仅余库货售卖抢销断价元块¥到低交没]")
"""Every claim has one of these; most lines have none."""

_OPENS: Final = re.compile(
    r"(?:不是|没有|并非|不算|不会|不能|不敢|从不|别说|别信|别喊|不说|如果|要是|等到|一旦|假如|万一|骗人|有人说|他们说)[^\s,，。;；!！]{0,2}$"
    r"|(?:昨天|前天|上次|上场|上周|那天|去年)[^,，。;；!！]{0,5}$"
)
_CLOSES: Final = re.compile(
    r"^[^,，。;；!！?？]{0,4}(?:吗|嘛[?？]|么[?？]|[?？]|是不是|是真的假的|(?:的)?(?:都)?是?(?:套路|骗人|话术|假的|违规))"
)
_EACH: Final = re.compile(
    "(?:每|一)[斤个只颗两件份袋瓶盒箱枚]$|第[二三四五2-5][件份箱袋盒瓶]$|[两三四五2-5][件份箱袋盒瓶]$|平均$|折合$|相当于$|(?:省|减|加|补|送|退|便宜|优惠|运费|邮费|定金|订金|押金)[^,，]{0,2}$"
)
_PER_UNIT: Final = re.compile(
    r"^\s?(?:/|每|一(?!共|口|次)|1)?\s?(?:斤|两|公斤|千克|颗|枚|[0-9一二两三四五十]{1,2}(?:斤|件|份|箱|袋|盒|瓶|个)|起)"
)
_ASKING: Final = ("还剩", "剩下", "库存")
"""How one asks for a number: "还剩几箱"."""
_LOOK_BACK_CHARS: Final = 8
_LOOK_AHEAD_CHARS: Final = 12
_MONEY: Final = (Said.PRICE, Said.FORMER_PRICE, Said.OTHERS_PRICE)


def claims_in(text: str) -> list[Claim]:
    """The claims that a text makes, in the order in which they stand; at most CLAIMS_MAX."""
    if not text.isascii() and (folded := _folded(text)) and _TRIGGER.search(folded):
        return sorted(_found(text, folded), key=lambda claim: claim.start)[:CLAIMS_MAX]
    return []


def _folded(text: str) -> str:
    """The text in plain widths and simplified characters, character by character, so that places stay."""
    plain = (unicodedata.normalize("NFKC", char) for char in text)
    return (
        "".join(one if len(one) == 1 else char for char, one in zip(text, plain, strict=True))
        .translate(_ONE_TO_ONE)
        .replace("￥", "¥")
    )


def _found(text: str, folded: str) -> Iterator[Claim]:
    for said, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            start, end = match.span()
            before = folded[max(0, start - _LOOK_BACK_CHARS) : start]
            after = folded[end : end + _LOOK_AHEAD_CHARS]
            if _OPENS.search(before) or _CLOSES.match(after):
                continue
            claim = _claim(said, match, text, before, after)
            if claim is not None:
                yield claim


def _claim(said: Said, match: re.Match[str], text: str, before: str, after: str) -> Claim | None:
    start, end = match.span()
    named = {name: value for name, value in match.groupdict().items() if value is not None}
    low = high = 0
    if said in _MONEY:
        minor = price_minor(named.get("price") or named["coined"])
        if minor is None or _EACH.search(before) or _PER_UNIT.match(after):
            return None
        low = high = minor
    elif said in (Said.LEFT, Said.SOLD):
        said_number = named.get("number") or named["bare"]
        units = number(said_number)
        if units is None or (said_number == "几" and match[0].startswith(_ASKING)):
            return None
        low, high = units
        if said is Said.SOLD and _HERE.search(before):
            said = Said.SOLD_HERE
    return Claim(said, start, end, text[start:end], low, high)
