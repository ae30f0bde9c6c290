"""What a room is told before its show, item by item."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from commerce.jobs.drafts import JobDraft
from commerce.shelf.claim_facts import Goods
from moderation.verdict import Category, Role, Utterance, Verdict, allowed
from server.api.pre_stream import (
    Checked,
    Finding,
    Level,
    check_job,
    check_line_up,
    check_organisation,
    check_product,
    check_schedule,
    check_stream_key,
    check_title,
    report,
)
from server.api.pre_stream_words import WORDS
from server.claims.goods import goods_of_product
from server.people.rooms import Room
from tests.shipped_filter import shipped_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCAM = "加微信vx88812345"
SOME_ID = UUID("0198d2f4-0000-7000-8000-000000000001")
ROOM = Room(SOME_ID, "stall", "farm", "今晚八点讲苹果", SOME_ID, "山谷果业", SOME_ID, "阿山", "open")
SKU = {
    "sku_id": str(SOME_ID),
    "name": "五斤装",
    "state": "on_sale",
    "price_minor": 9_900,
    "currency": "CNY",
    "price_version": 1,
    "available": 86,
    "sold": 14,
}
APPLES: dict[str, Any] = {
    "product_id": str(SOME_ID),
    "title": "红富士苹果",
    "description": "五斤一箱, 坏果包赔",
    "origin": "陕西洛川",
    "promise": "48 小时内发货",
    "image_url": "/photos/a.webp",
    "state": "on_sale",
    "skus": [SKU],
}
POST = JobDraft(
    title="分拣员",
    employer="山谷果业",
    headcount=3,
    place="陕西洛川",
    base_min_minor=350_000,
    base_max_minor=400_000,
    pay_min_minor=450_000,
    pay_max_minor=600_000,
    employment="full_time",
    requirements=["能站立工作"],
    description="分拣苹果",
    valid_until=NOW + timedelta(days=30),
)


def card(text: str) -> Verdict:
    return shipped_engine().decide(Utterance(text, Role.CARD, Category.FARM), 0.0)


def jobs_card(text: str) -> Verdict:
    return shipped_engine().decide(Utterance(text, Role.CARD, Category.JOBS), 0.0)


def title(text: str) -> Verdict:
    return shipped_engine().decide(Utterance(text, Role.TITLE, Category.FARM), 0.0)


def product(removed: bool = False, paid: Any = None, **fields: Any) -> Checked:
    described = {**APPLES, **fields}
    return check_product(described, goods_of_product(described, paid), card, item_id=str(SOME_ID), removed=removed)


def job(draft: JobDraft = POST, state: str = "open", removed: bool = False) -> Checked:
    return check_job(draft, state, jobs_card, NOW, item_id=str(SOME_ID), removed=removed)


def told(checked: Checked) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.level.value, finding.place) for finding in checked.findings]


def test_what_is_in_order_passes() -> None:
    for checked in (
        product(),
        job(),
        check_title(ROOM, title, []),
        check_organisation(ROOM, title),
        check_stream_key(on_air=False, was_on_air=True),
        check_stream_key(on_air=True, was_on_air=False),
        check_schedule(ROOM, NOW, on_air=False),
        check_schedule(replace(ROOM, scheduled_at=NOW - timedelta(hours=1)), NOW, on_air=False),
        check_schedule(replace(ROOM, scheduled_at=NOW - timedelta(days=1)), NOW, on_air=True),
        check_line_up([object()]),
    ):
        assert (checked.level, told(checked)) == (Level.FINE, []), checked


@pytest.mark.parametrize(
    ("fields", "findings"),
    [
        ({"origin": " "}, [("no_origin", "warn", "")]),
        ({"image_url": None}, [("no_photo", "warn", "")]),
        ({"description": ""}, [("no_description", "warn", "")]),
        ({"state": "draft"}, [("not_on_sale", "block", "")]),
        ({"skus": [{**SKU, "state": "withdrawn"}]}, [("not_on_sale", "block", "")]),
        ({"skus": [{**SKU, "available": 0}]}, [("sold_out", "warn", "")]),
        ({"removed": True}, [("removed", "block", "")]),
        ({"promise": "超市卖 199"}, [("claim_unproven", "warn", "promise")]),
        ({"description": "原价 599 元"}, [("claim_false", "warn", "description")]),
        ({"skus": [{**SKU, "name": "现价 49 元"}]}, [("claim_false", "warn", "skus")]),
    ],
)
def test_what_a_product_lacks_or_claims_is_found(fields: dict[str, Any], findings: list[tuple[str, str, str]]) -> None:
    assert told(product(**fields)) == findings


def test_words_that_the_filter_refuses_block_an_item_and_say_where_and_by_which_law() -> None:
    checked = product(description="五斤一箱, " + SCAM)
    assert checked.level is Level.BLOCK
    finding = checked.findings[0]
    assert (finding.code, finding.place, finding.text) == ("words", "description", "五斤一箱, " + SCAM)
    start, end = finding.spans[0]
    assert finding.text[start:end]
    assert finding.rule is not None
    assert finding.rule.article_zh


def test_words_that_offend_only_together_are_found() -> None:
    def refuses_both(text: str) -> Verdict:
        return card(SCAM) if "苹果" in text and "坏果" in text else allowed("1")

    checked = check_product(APPLES, goods_of_product(APPLES), refuses_both, item_id=str(SOME_ID), removed=False)
    assert checked.level is Level.BLOCK
    assert {place for _, _, place in told(checked)} == {"all"}
    assert checked.findings[0].text.startswith("红富士苹果\n")


def test_a_false_claim_says_what_is_so() -> None:
    [finding] = [each for each in product(promise="最后三单").findings if each.code == "claim_false"]
    assert finding.level is Level.WARN
    assert finding.rule is not None
    assert finding.rule.reason_zh == "你说“最后三单”，“红富士苹果”库存还有 86 份。"
    assert product(promise="最后三单", skus=[{**SKU, "available": 3}]).level is Level.FINE


def test_a_former_price_is_held_against_what_was_paid() -> None:
    said: dict[str, Any] = {"promise": "原价 129 元", "skus": [{**SKU, "price_version": 2}]}
    assert told(product(**said)) == [("claim_unproven", "warn", "promise")]
    assert told(product(paid={str(SOME_ID): (9_900, 12_900)}, **said)) == []
    assert told(product(paid={str(SOME_ID): (8_900, 9_900)}, **said)) == [("claim_false", "warn", "promise")]


def test_what_a_post_lacks_is_named() -> None:
    assert told(job(state="withdrawn")) == [("post_not_open", "block", "")]
    assert told(job(replace(POST, valid_until=NOW))) == [("post_over", "block", "")]
    assert told(job(removed=True)) == [("removed", "block", "")]
    assert told(job(replace(POST, base_min_minor=None, base_max_minor=None))) == [
        ("post_lacks", "warn", "base_min_minor"),
        ("post_lacks", "warn", "base_max_minor"),
    ]
    assert job(replace(POST, benefits=["先交押金500元才能上班"])).level is Level.BLOCK


def test_the_room_itself_is_looked_at() -> None:
    assert told(check_stream_key(on_air=False, was_on_air=False)) == [("never_on_air", "warn", "")]
    late = replace(ROOM, scheduled_at=NOW - timedelta(days=1))
    assert told(check_schedule(late, NOW, on_air=False)) == [("schedule_over", "warn", "")]
    assert told(check_line_up([])) == [("line_up_empty", "warn", "")]
    goods: Goods = goods_of_product(APPLES)
    claims = check_title(replace(ROOM, title="苹果清仓 最后 5 箱"), title, [goods])
    assert ("claim_false", "warn", "title") in told(claims)
    assert check_organisation(replace(ROOM, org_name=SCAM), title).level is Level.BLOCK


def test_the_report_counts_items_and_has_words_for_everything() -> None:
    fine, bad = Checked("product", "枣", [], "a"), Checked("job", "工", [Finding("post_over", Level.BLOCK)], "b")
    warned = Checked("stream_key", "", [Finding("never_on_air", Level.WARN)])
    told = report([fine, bad, warned], NOW)
    assert (told["verdict"], told["counts"]) == ("block", {"pass": 1, "warn": 1, "block": 1})
    assert report([fine, warned], NOW)["verdict"] == "warn"
    assert report([fine], NOW)["verdict"] == "pass"
    [finding] = told["items"][1]["findings"]
    assert finding["what"] == {"zh": "岗位已经过期", "en": "The post is over"}
    assert finding["todo"]["zh"]
    assert finding["todo"]["en"]
    for (what_zh, what_en), _ in WORDS.values():
        assert what_zh
        assert what_en
