"""Where codes in the picture lead, and what is said of it."""

from __future__ import annotations

import pytest

from moderation.codes import (
    CONTACT_RULE,
    ELSEWHERE_RULE,
    PAYMENT_RULE,
    VIEW,
    code_key,
    leads_here,
    rule_of_code,
    with_code,
)
from moderation.verdict import Action, Category, Role, Utterance, allowed
from tests.shipped_filter import rules_alone

OWN = ("market.example",)


@pytest.mark.parametrize(
    ("text", "rule_id"),
    [
        # Purses
        ("wxp://f2f0AbC-dEf", PAYMENT_RULE),
        ("weixin://wxpay/bizpayurl?pr=abc", PAYMENT_RULE),
        ("https://qr.alipay.com/fkx12345", PAYMENT_RULE),
        ("HTTPS://QR.ALIPAY.COM/FKX12345", PAYMENT_RULE),
        ("https://qr.95516.com/00010000/6221", PAYMENT_RULE),
        ("alipays://platformapi/startapp?appId=1", PAYMENT_RULE),
        ("00020101021126580014A000000615", PAYMENT_RULE),
        ("bitcoin:1BoatSLRHtKNngkdXEeobR76b53LETtpyT", PAYMENT_RULE),
        # Contacts
        ("https://u.wechat.com/MAbc123", CONTACT_RULE),
        ("https://weixin.qq.com/g/AbCdEf", CONTACT_RULE),
        ("http://weixin.qq.com/r/abc", CONTACT_RULE),
        ("https://qm.qq.com/cgi-bin/qm/qr?k=abc", CONTACT_RULE),
        ("https://t.me/somebody", CONTACT_RULE),
        ("t.me/somebody", CONTACT_RULE),
        ("BEGIN:VCARD\nVERSION:3.0\nTEL:13800000001\nEND:VCARD", CONTACT_RULE),
        ("MECARD:N:王;TEL:13800000001;;", CONTACT_RULE),
        ("tel:+8613800000001", CONTACT_RULE),
        ("mailto:somebody@example.org", CONTACT_RULE),
        # Elsewhere
        ("https://shop.example.org/apples", ELSEWHERE_RULE),
        ("shop.example.org/apples?from=live", ELSEWHERE_RULE),
        ("http://203.0.113.9:8080/x", ELSEWHERE_RULE),
        ("https://market.example.evil.example/rooms/farm", ELSEWHERE_RULE),
        ("https://market.example@evil.example/", ELSEWHERE_RULE),
        ("snssdk1128://user/profile/1", ELSEWHERE_RULE),
        ("http://[", ELSEWHERE_RULE),
        # What one reader of addresses takes for ours, and another for somebody else's
        (r"http://evil.com\@market.example/", ELSEWHERE_RULE),
        (r"https://evil.com:443\@market.example", ELSEWHERE_RULE),
        (r"https://evil.com\.market.example/pay", ELSEWHERE_RULE),
        ("market.example:80@evil.com/pay", ELSEWHERE_RULE),
        ("http://market.example\n@evil.com/", ELSEWHERE_RULE),
        ("http://market.example\n.cn/", ELSEWHERE_RULE),
        ("http://market.example。cn/", ELSEWHERE_RULE),
        ("http://market.example@2130706433/", ELSEWHERE_RULE),
        ("http:/evil.com/pay", ELSEWHERE_RULE),
        ("http:evil.com", ELSEWHERE_RULE),
        (r"https:\\evil.com/x", ELSEWHERE_RULE),
        ("//evil.com/x", ELSEWHERE_RULE),
        ("1.2.3.4/pay", ELSEWHERE_RULE),
        # Somewhere in words
        ("付款 https://qr.alipay.com/x", PAYMENT_RULE),
        ("付款码wxp://f2f0AbC", PAYMENT_RULE),
        ("加我 u.wechat.com/abc", CONTACT_RULE),
        ("http://market.example/\nhttps://u.wechat.com/abc", CONTACT_RULE),
        ("WIFI:S:guest;;\nhttp://evil.com", ELSEWHERE_RULE),
        ("https://market.example加微信", ELSEWHERE_RULE),
        ("果业 Co.Ltd", None),
        ("正品查询shop.example.com", ELSEWHERE_RULE),
        ("官网 https://market.example/rooms/farm 见", None),
        ("https://market.example/rooms/苹果", None),
        ("批次 No.A12 规格 2.5kg/箱", None),
        ("WIFI:S:farm.com;T:WPA;P:guest1234;;", None),
        # Here, and nowhere
        ("https://market.example/rooms/farm", None),
        ("https://www.market.example./rooms/farm", None),
        ("market.example/rooms/farm", None),
        ("WIFI:S:guest;T:WPA;P:guest1234;;", None),
        ("geo:36.6,109.5", None),
        ("6901234567892", None),
        ("溯源码 2026-11-22 一号果园", None),
        ("批次:A12", None),
        ("", None),
    ],
)
def test_where_a_code_leads(text: str, rule_id: str | None) -> None:
    hit = rule_of_code(text, OWN)
    assert (hit.rule_id if hit is not None else None) == rule_id


@pytest.mark.parametrize(
    "text",
    [
        r"http://evil.com\@market.example/",
        "http://market.example@evil.com/",
        "http://market.example/\n加微信 abc12345 领红包",
        "https://market.example/加微信abc12345",
        "http://market.example\x00/",
        "farm.market.examples/",
    ],
)
def test_what_is_more_than_an_address_of_ours_is_read(text: str) -> None:
    assert not leads_here(text, OWN)


@pytest.mark.parametrize(
    "text",
    ["https://market.example", " HTTPS://Www.Market.Example:8443/rooms/farm?from=live#top\n", "market.example/x"],
)
def test_an_address_of_ours_leads_here(text: str) -> None:
    assert leads_here(text, OWN)
    assert leads_here("http://127.0.0.1:8080/rooms/farm", ("127.0.0.1",))
    assert leads_here("http://localhost:8080/", ("localhost",))


def test_a_code_is_flagged_and_never_more() -> None:
    text = "wxp://f2f0AbC"
    verdict = with_code(allowed("1"), text, OWN)
    assert (verdict.action, verdict.view, verdict.score) == (Action.FLAG, VIEW, 0.9)
    assert [(span.start, span.end, span.rule_id) for span in verdict.spans] == [(0, len(text), PAYMENT_RULE)]
    assert verdict.reason_zh
    assert verdict.reason_en
    assert "第三十八条" in verdict.article
    assert with_code(allowed("1"), "geo:1,2", OWN) == allowed("1")


def test_what_the_filter_says_of_its_words_stays() -> None:
    text = "加我微信 vx12345 https://u.wechat.com/abc"
    read = rules_alone().decide(Utterance(text, Role.SCREEN, Category.FARM), 0.0)
    assert read.action is Action.FLAG, "what is read in the picture is flagged at most"
    verdict = with_code(read, "https://u.wechat.com/abc 加我微信 vx12345", OWN)
    assert verdict.action is Action.FLAG
    assert [hit.rule_id for hit in verdict.rules] == [CONTACT_RULE, *(hit.rule_id for hit in read.rules)]
    assert verdict.score >= read.score


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://shop.example/a?t=1", "HTTPS://SHOP.EXAMPLE/a?t=2#x", True),
        ("https://shop.example/a", "https://shop.example/b", False),
        ("shop.example/a?t=1", "https://shop.example/a", True),
        ("wxp://abc", "wxp://abd", False),
        (r"http://evil.com\@market.example/", r"http://evil.org\@market.example/", False),
        ("批次A12", "批次a12", False),
        (" 溯源码 1", "溯源码 1 ", True),
    ],
)
def test_codes_that_lead_to_the_same_place_are_the_same(one: str, other: str, same: bool) -> None:
    assert (code_key(one) == code_key(other)) is same
