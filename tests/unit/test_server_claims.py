"""Claims joined with the filter's verdict, for a line, a card or a report."""

from __future__ import annotations

from typing import Any

import msgspec

from commerce.shelf.claim_facts import Goods, Variant
from moderation.verdict import Action, RuleHit, Span, Verdict, allowed
from server.claims.goods import goods_of_product, goods_of_room
from server.claims.judging import VIEW, judgements, with_claims
from server.claims.live import REPEATED_WITHIN_S, HostClaims
from server.claims.words import FORMER_PRICE_RULE, PRICE_RULE, STOCK_RULE, yuan
from server.live.rooms.room import FilterDecision
from server.live.topics import SayCommand
from server.live.wire import StateItem

PLENTY = Goods("红富士", [Variant(available=86, sold=14, price_minor=9_900, price_changed=False)])
FEW = Goods("红富士", [Variant(available=4, sold=96, price_minor=9_900)])


SCARCE = "最后三单"
CONTACT = "vx88812345"
DRIFT = "家人们"


def filtered(text: str) -> Verdict:
    """As the filter sees it: staged scarcity is flagged, what reads like an overclaim and a contact are held."""
    verdict = allowed("1")
    for words, rule_id, action in (
        (SCARCE, "OC023", Action.FLAG),
        (DRIFT, "LM002", Action.HOLD),
        (CONTACT, "CT001", Action.HOLD),
    ):
        if (start := text.find(words)) >= 0:
            hit = RuleHit(rule_id, "", "", "某法", "", "不行", "", action, 0.5)
            span = Span(start, start + len(words), rule_id)
            verdict = msgspec.structs.replace(
                verdict, action=action, rules=(hit, *verdict.rules), spans=(*verdict.spans, span), score=0.5
            )
    return verdict


def joined(text: str, goods: Goods) -> Verdict:
    return with_claims(filtered(text), text, judgements(text, goods, [goods]))


def test_a_false_claim_is_shown_and_flagged_with_the_facts() -> None:
    verdict = joined("最后三单", PLENTY)
    assert (verdict.action, verdict.shown) == (Action.FLAG, True)
    assert [hit.rule_id for hit in verdict.rules] == [STOCK_RULE]  # what the pack suspected of it is known now
    assert verdict.rules[0].article_zh == "《广告法》第二十八条第二款第二项"
    assert verdict.rules[0].reason_zh == "你说“最后三单”，“红富士”库存还有 86 份。"
    assert verdict.rules[0].reason_en == "You said “最后三单”; 86 of “红富士” are left."
    assert [(span.start, span.end) for span in verdict.spans if span.rule_id == STOCK_RULE] == [(0, 4)]


def test_a_claim_that_the_packs_let_pass_is_flagged_by_the_book_alone() -> None:
    verdict = joined("拍一号链接, 现价 89, 原价 599", PLENTY)
    assert filtered("拍一号链接, 现价 89, 原价 599").action is Action.ALLOW
    assert [hit.rule_id for hit in verdict.rules] == [PRICE_RULE, FORMER_PRICE_RULE]
    assert (verdict.action, verdict.view) == (Action.FLAG, VIEW)
    assert "最低标价是 99 元" in verdict.reason_zh


def test_what_the_book_bears_out_nobody_has_to_look_at() -> None:
    assert filtered("最后三单").action is Action.FLAG
    assert joined("最后三单", FEW).action is Action.ALLOW
    assert joined("最后三单", FEW).rules == ()


def test_a_verdict_that_refuses_stays_one() -> None:
    text = "加微信 vx88812345 最后三单"
    before, after = filtered(text), joined(text, PLENTY)
    assert after.action is before.action
    assert not after.shown
    assert after.rules[0] == before.rules[0]
    assert STOCK_RULE in {hit.rule_id for hit in after.rules}
    assert joined(text, FEW).action is before.action


def test_amounts_are_said_as_people_say_them() -> None:
    assert [yuan(minor) for minor in (9_900, 990, 905, 5)] == ["99", "9.9", "9.05", "0.05"]


# ---- The room --------------------------------------------------------------------------------------------------------


def card(card_id: str, title: str, sku_id: str, *, explaining: bool = False, price_version: int = 1) -> StateItem:
    sku = {"sku_id": sku_id, "name": "五斤", "price_minor": 9_900, "currency": "CNY", "price_version": price_version}
    value = {"card_id": card_id, "kind": "product", "title": title, "explaining": explaining, "skus": [sku]}
    return StateItem(f"card:{card_id}", 1, value)


def stock(sku_id: str, available: int, sold: int = 0) -> StateItem:
    return StateItem(f"stock:{sku_id}", 1, {"sku_id": sku_id, "available": available, "sold": sold})


def state(*items: StateItem) -> dict[str, StateItem]:
    return {item.key: item for item in items}


ROOM = state(
    card("c1", "苹果", "s1", explaining=True),
    stock("s1", 86),
    card("c2", "橙子", "s2", price_version=2),
    stock("s2", 500),
    StateItem("card:c3", 1, {"card_id": "c3", "kind": "notice", "title": "八点开播", "explaining": False}),
    StateItem("card:c4", 2, None),
    StateItem("air", 1, {"on_air": True}),
)


def said(text: str, role: str = "host") -> SayCommand:
    return SayCommand("p1", "主播", role, text, "key", 0, None)


def shown(text: str) -> FilterDecision:
    verdict = filtered(text)
    return FilterDecision(verdict.action.value, text, verdict=verdict)


def test_the_goods_of_a_room_are_those_on_its_cards() -> None:
    meant, goods = goods_of_room({key: item.value for key, item in ROOM.items()})
    assert meant == Goods("苹果", [Variant(available=86, sold=0, price_minor=9_900, price_changed=False)])
    assert [each.title for each in goods] == ["苹果", "橙子"]
    assert goods[1].variants[0].price_changed


def test_only_skus_on_sale_count() -> None:
    sku: dict[str, Any] = {
        "sku_id": "s1",
        "state": "on_sale",
        "price_minor": 990,
        "currency": "CNY",
        "price_version": 1,
        "available": 3,
        "sold": 1,
    }
    goods = goods_of_product({"title": "枣", "skus": [sku, sku | {"state": "withdrawn"}]}, {"s1": (900, 1_200)})
    assert len(goods.variants) == 1
    assert (goods.variants[0].paid_low_minor, goods.variants[0].paid_high_minor) == (900, 1_200)


def test_a_host_who_says_it_again_is_looked_at_once_in_a_while() -> None:
    now = 100.0
    claims = HostClaims(lambda: now)
    first = claims.check("r", ROOM, said("今晚最后三单"), shown("今晚最后三单"))
    assert first.action == "flag"
    assert first.verdict is not None
    assert STOCK_RULE in {hit.rule_id for hit in first.verdict.rules}
    again = claims.check("r", ROOM, said("快拍最后三单"), shown("快拍最后三单"))
    assert (again.action, again.shows) == ("allow", True)
    dearer = shown("现价 89")
    assert claims.check("r", ROOM, said("现价 89"), dearer).action == "flag"
    assert claims.check("r", ROOM, said("现价 89"), dearer) is dearer
    assert claims.check("other", ROOM, said("最后三单"), shown("最后三单")).verdict is not None
    now += REPEATED_WITHIN_S
    later = claims.check("r", ROOM, said("最后三单"), shown("最后三单"))
    assert later.verdict is not None
    assert STOCK_RULE in {hit.rule_id for hit in later.verdict.rules}
    assert claims.found == 4


def test_a_line_without_claims_goods_or_leave_to_be_shown_stays_as_decided() -> None:
    claims = HostClaims()
    for text, room in (("晚上好", ROOM), ("最后三单", {}), ("加微信 vx88812345 最后三单", ROOM)):
        decision = shown(text)
        assert claims.check("r", room, said(text), decision) is decision
    unread = FilterDecision("block", "最后三单", code="muted")
    assert claims.check("r", ROOM, said("最后三单"), unread) is unread


def test_a_host_is_not_silenced_for_a_claim_that_the_book_knows() -> None:
    claims = HostClaims()
    text = "家人们最后三单了"
    assert shown(text).action == "hold"
    false = claims.check("r", ROOM, said(text), shown(text))
    assert (false.action, false.shows) == ("flag", True)
    assert false.verdict is not None
    assert [hit.rule_id for hit in false.verdict.rules] == [STOCK_RULE]
    few = {**ROOM, "stock:s1": stock("s1", 3)}
    assert claims.check("r", few, said(text), shown(text)).action == "allow"
    # What else is said of the goods is not the book's affair, nor is a contact.
    for more in ("家人们最后三单了吃完指标都正常了再也不用吃药", "家人们最后三单 vx88812345"):
        assert claims.check("other", ROOM, said(more), shown(more)).action == "hold"
