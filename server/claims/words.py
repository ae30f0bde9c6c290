"""Core: claims that the order book contradicts, as rules of moderation: what its author and moderators are told.

The rules are not in a pack: no text alone breaks them. Codes of the advertising watch: ZH47 (sales, price).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from commerce.shelf.claim_facts import Judgement
from commerce.shelf.claims import Said
from moderation.verdict import Action, RuleHit

STOCK_RULE: Final = "OB001"
SOLD_RULE: Final = "OB002"
PRICE_RULE: Final = "OB003"
FORMER_PRICE_RULE: Final = "OB004"
RULES: Final = frozenset({STOCK_RULE, SOLD_RULE, PRICE_RULE, FORMER_PRICE_RULE})

SCORE: Final = 0.9
"""How sure such a rule is: the book is right, which goods were meant is a guess."""

_RULE_OF: Final[Mapping[Said, str]] = {
    Said.LEFT: STOCK_RULE,
    Said.SCARCE: STOCK_RULE,
    Said.SOLD: SOLD_RULE,
    Said.SOLD_HERE: SOLD_RULE,
    Said.PRICE: PRICE_RULE,
    Said.FORMER_PRICE: FORMER_PRICE_RULE,
    Said.LOWEST_HERE: FORMER_PRICE_RULE,
}
_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    STOCK_RULE: ("库存说法与实际不符", "Stock claim against the book"),
    SOLD_RULE: ("销量说法与实际不符", "Sales claim against the book"),
    PRICE_RULE: ("说的价格低于标价", "A price that is not the price"),
    FORMER_PRICE_RULE: ("原价说法与实际不符", "Former price against the book"),
}
_FALSE_ADVERTISING: Final = ("《广告法》第二十八条第二款第二项", "Advertising Law, art. 28(2)(2)")
_ARTICLES: Final[Mapping[str, tuple[str, str]]] = {
    STOCK_RULE: _FALSE_ADVERTISING,
    SOLD_RULE: _FALSE_ADVERTISING,
    PRICE_RULE: (
        f"{_FALSE_ADVERTISING[0]}; 《价格法》第十四条第四项",
        f"{_FALSE_ADVERTISING[1]}; Price Law, art. 14(4)",
    ),
    FORMER_PRICE_RULE: (
        "《价格法》第十四条第四项; 《明码标价和禁止价格欺诈规定》第十九条第三项",
        "Price Law, art. 14(4); Rules on Price Fraud, art. 19(3)",
    ),
}
_FACTS: Final[Mapping[Said, tuple[str, str]]] = {
    Said.LEFT: ("“{goods}”库存还有 {units} 份", "{units} of “{goods}” are left"),
    Said.SCARCE: ("“{goods}”库存还有 {units} 份", "{units} of “{goods}” are left"),
    Said.SOLD: ("“{goods}”一共卖了 {units} 份", "{units} of “{goods}” were sold in all"),
    Said.SOLD_HERE: ("“{goods}”一共卖了 {units} 份", "{units} of “{goods}” were sold in all"),
    Said.PRICE: ("“{goods}”最低标价是 {price} 元", "“{goods}” costs at least {price} yuan"),
    Said.FORMER_PRICE: (
        "“{goods}”近 30 天没有卖过高于 {price} 元的价格",
        "“{goods}” never cost more than {price} yuan in the last 30 days",
    ),
    Said.LOWEST_HERE: ("“{goods}”近 30 天卖过 {price} 元", "“{goods}” was sold for {price} yuan in the last 30 days"),
}


def rule_of(judgement: Judgement) -> RuleHit:
    """The rule that a false claim breaks, its reason saying what was said and what is so."""
    claim, goods = judgement.claim, judgement.goods
    assert goods is not None
    rule_id = _RULE_OF[claim.said]
    told = {"goods": goods.title, "units": judgement.fact, "price": yuan(judgement.fact)}
    fact_zh, fact_en = (fact.format_map(told) for fact in _FACTS[claim.said])
    (title_zh, title_en), (article_zh, article_en) = _TITLES[rule_id], _ARTICLES[rule_id]
    return RuleHit(
        rule_id=rule_id,
        title_zh=title_zh,
        title_en=title_en,
        article_zh=article_zh,
        article_en=article_en,
        reason_zh=f"你说“{claim.words}”，{fact_zh}。",
        reason_en=f"You said “{claim.words}”; {fact_en}.",
        action=Action.FLAG,
        weight=SCORE,
    )


def yuan(minor: int) -> str:
    """An amount as it is said: 9.9, 99."""
    whole, rest = divmod(minor, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)
