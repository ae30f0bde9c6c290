"""Core: what a code held into the picture leads to: to somebody's purse, to somebody's contact, or to another site.

A code that is scanned leads away from the market without a word that could be filtered, so every code that leads
anywhere but here is worth a person's look, those for paying and adding somebody most. Nothing is blocked for it. What a
code says in plain words is read by the filter like any other text of the picture.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import msgspec

from moderation.addresses import hosts_in, is_below, is_plainly_at, plain_address
from moderation.verdict import Action, RuleHit, Span, Verdict, allowed

VIEW: Final = "code"
"""What is named as the view of the text where nothing but where it leads speaks against it."""

PAYMENT_RULE: Final = "QR001"
CONTACT_RULE: Final = "QR002"
ELSEWHERE_RULE: Final = "QR003"

_ELECTRONIC_FRAUD: Final = (
    "《反电信网络诈骗法》第二十五条; 平台规则",
    "Anti-Telecom Fraud Law, art. 25; platform rules",
)
_RULES: Final = {
    PAYMENT_RULE: RuleHit(
        PAYMENT_RULE,
        "画面出现收款码",
        "Payment code in the picture",
        "《电子商务法》第三十八条; 《反电信网络诈骗法》第二十五条",
        "E-commerce Law, art. 38; Anti-Telecom Fraud Law, art. 25",
        "画面里的二维码用于平台外收款, 站外付款不受平台保护。",
        "The code in the picture takes payments outside the platform, which does not protect them.",
        Action.FLAG,
        0.9,
    ),
    CONTACT_RULE: RuleHit(
        CONTACT_RULE,
        "画面出现联系方式二维码",
        "Contact code in the picture",
        *_ELECTRONIC_FRAUD,
        "画面里的二维码用于添加好友、进群或联系, 站外交易不受平台保护。",
        "The code in the picture adds somebody elsewhere; deals outside the platform are not protected.",
        Action.FLAG,
        0.8,
    ),
    ELSEWHERE_RULE: RuleHit(
        ELSEWHERE_RULE,
        "画面出现站外二维码",
        "Code to another site in the picture",
        *_ELECTRONIC_FRAUD,
        "画面里的二维码通向平台以外的地址。",
        "The code in the picture leads to another site.",
        Action.FLAG,
        0.5,
    ),
}

_PAYMENT_HOSTS: Final = (
    *("qr.alipay.com", "mobilecodec.alipay.com", "payapp.weixin.qq.com", "wx.tenpay.com", "qr.95516.com"),
    *("pay.weixin.qq.com", "qpay.qq.com", "i.qianbao.qq.com", "h5.jdpay.com", "qr.jd.com", "paypal.me"),
)
_CONTACT_HOSTS: Final = (
    *(
        "u.wechat.com",
        "weixin.qq.com",
        "work.weixin.qq.com",
        "wxwork.qq.com",
        "qm.qq.com",
        "jq.qq.com",
        "qr.dingtalk.com",
    ),
    *("t.me", "telegram.me", "wa.me", "chat.whatsapp.com", "line.me", "lin.ee", "signal.me", "m.me", "discord.gg"),
)
"""Hosts, and whatever stands below them."""

_PAYMENT_SCHEMES: Final = frozenset(
    ("wxp", "alipay", "alipays", "alipayqr", "upwallet", "upi", "bitcoin", "ethereum", "tron", "usdt", "lightning")
)
_CONTACT_SCHEMES: Final = frozenset(
    (
        "mailto",
        "tel",
        "sms",
        "smsto",
        "mms",
        "mmsto",
        "tg",
        "weixin",
        "wechat",
        "whatsapp",
        "mqqapi",
        "mecard",
        "matmsg",
    )
)
_WECHAT_PAYS: Final = re.compile(r"weixin://wxpay", re.ASCII | re.IGNORECASE)
_CARD: Final = re.compile(r"\s*BEGIN:VCARD", re.ASCII | re.IGNORECASE)
_MERCHANT: Final = re.compile(r"000201\d{4}", re.ASCII)
"""EMV's merchant code: payload format 01, then its point of initiation. Source: EMV QRCPS, 4.7."""

_SCHEME: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{1,30}):(?=\S)", re.ASCII)
_SCHEME_WITHIN: Final = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{1,30})://", re.ASCII)
_WORDS: Final = re.compile(r"\s|[\u3400-\u9fff]")
_HARMLESS_SCHEMES: Final = frozenset(("wifi", "geo", "urn", "data"))


def rule_of_code(text: str, own_hosts: Collection[str]) -> RuleHit | None:
    """Where a code leads, the worst of it; None: nowhere, or to this market, whose hosts are `own_hosts`."""
    found = set() if leads_here(text, own_hosts) else _rules_of(text, own_hosts)
    return next((_RULES[rule_id] for rule_id in _RULES if rule_id in found), None)


def leads_here(text: str, own_hosts: Collection[str]) -> bool:
    """Whether a code is an address of this market and nothing else, whoever reads it."""
    return is_plainly_at(text, own_hosts)


def _rules_of(text: str, own_hosts: Collection[str]) -> set[str]:
    first = _SCHEME.match(text)
    names = {scheme.group(1).lower() for scheme in _SCHEME_WITHIN.finditer(text)} - {"http", "https"}
    found = {_rule_of_scheme(name) for name in names - _HARMLESS_SCHEMES}
    if first is not None and (rule_id := _rule_of_scheme(first.group(1).lower())) != ELSEWHERE_RULE:
        found.add(rule_id)
    if _WECHAT_PAYS.search(text) or _MERCHANT.match(text):
        found.add(PAYMENT_RULE)
    if _CARD.search(text):
        found.add(CONTACT_RULE)
    if first is None or first.group(1).lower() not in _HARMLESS_SCHEMES or "//" in text:
        hosts = hosts_in(text, own_hosts, (*_PAYMENT_HOSTS, *_CONTACT_HOSTS))
        found |= {_rule_of_host(host) for host in hosts}
    return found


def _rule_of_scheme(name: str) -> str:
    if name in _PAYMENT_SCHEMES:
        return PAYMENT_RULE
    return CONTACT_RULE if name in _CONTACT_SCHEMES else ELSEWHERE_RULE


def _rule_of_host(host: str) -> str:
    if is_below(host, _PAYMENT_HOSTS):
        return PAYMENT_RULE
    return CONTACT_RULE if is_below(host, _CONTACT_HOSTS) else ELSEWHERE_RULE


def with_code(verdict: Verdict, text: str, own_hosts: Collection[str]) -> Verdict:
    """The filter's verdict on a code's text, and what is said against where it leads; never more than a flag.

    Of a code that is an address and no words, where it leads is all that is said.
    """
    hit = rule_of_code(text, own_hosts)
    if hit is None:
        return verdict
    if not verdict.rules or not _WORDS.search(text.strip()):
        verdict = msgspec.structs.replace(
            allowed(verdict.pack_version),
            view=VIEW,
            reason_zh=hit.reason_zh,
            reason_en=hit.reason_en,
            article=hit.article_zh,
        )
    return msgspec.structs.replace(
        verdict,
        action=Action.FLAG,
        rules=(hit, *verdict.rules),
        spans=(Span(0, len(text), hit.rule_id), *verdict.spans),
        score=max(verdict.score, hit.weight),
    )


def code_key(text: str) -> str:
    """The same for codes that lead to the same place: of an address without its query, which may be new each minute."""
    return plain_address(text) or text.strip()
