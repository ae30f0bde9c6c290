"""Which words of a card a filter gets to see."""

from __future__ import annotations

from datetime import UTC, datetime

from commerce.shelf.cards import SUBTITLE_CHARS_MAX, job_card, notice_card, product_card, shown_texts

CARD = {
    "card_id": "c",
    "kind": "product",
    "position": 1,
    "explaining": False,
    "pinned": False,
    "title": None,
    "subtitle": None,
}


def test_every_line_of_a_product_card_is_shown_to_the_filter() -> None:
    product = {
        "product_id": "p",
        "title": "苹果",
        "description": "甜" * 300,
        "origin": "洛川",
        "promise": "包赔",
        "image_url": None,
    }
    skus = [
        {"sku_id": name, "name": name, "price_minor": price, "currency": "CNY", "price_version": 1}
        for name, price in (("大", 200), ("小", 100))
    ]
    value = product_card(CARD, product, skus)
    assert [sku["name"] for sku in value["skus"]] == ["小", "大"]
    assert len(value["subtitle"]) == SUBTITLE_CHARS_MAX
    assert sorted(shown_texts(value)) == sorted(["苹果", value["subtitle"], "洛川", "包赔", "小", "大"])


def test_every_line_of_a_job_card_is_shown_to_the_filter() -> None:
    job = {
        "job_id": "j",
        "title": "装配工",
        "employer": "厂",
        "place": "杭州",
        "pay_min_minor": 1,
        "pay_max_minor": 2,
        "currency": "CNY",
        "base_min_minor": 1,
        "base_max_minor": 1,
        "pay_unit": "day",
        "headcount": 1,
        "employment": "full_time",
        "valid_until": datetime(2030, 1, 1, tzinfo=UTC),
        "shift": "",
        "benefits": ["包住"],
        "requirements": ["成年"],
    }
    assert set(shown_texts(job_card(CARD, job))) == {"装配工", "厂", "杭州", "包住", "成年"}


def test_a_notice_is_its_own_words() -> None:
    notice = notice_card(CARD | {"kind": "notice", "title": "八点", "subtitle": None})
    assert list(shown_texts(notice)) == ["八点"]
