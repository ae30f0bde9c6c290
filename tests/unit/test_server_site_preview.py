"""What a shared link shows, with words in it that would like to be markup."""

from __future__ import annotations

import pytest

from server.site.preview import LINE_CHARS_MAX, Preview, room_preview, with_preview

SHELL = """<head>
<title>集市</title>
<meta name="viewport" content="width=device-width">
<meta name="description" content="集市：看得见的好货">
</head>"""
PRODUCT = {
    "kind": "product",
    "title": "洛川苹果",
    "subtitle": "脆甜",
    "origin": "陕西",
    "image_url": "/photos/1.webp",
}
JOB = {"kind": "job", "title": "分拣员", "subtitle": "果库", "employer": "果库", "place": "洛川", "image_url": None}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (None, Preview("果园直播", "李哥 · 合作社")),
        (PRODUCT, Preview("洛川苹果", "陕西 · 脆甜 · 果园直播 · 李哥", "/photos/1.webp")),
        (JOB, Preview("分拣员", "果库 · 洛川 · 果园直播 · 李哥")),
        (
            PRODUCT | {"origin": "", "subtitle": "长" * 200},
            Preview("洛川苹果", "长" * LINE_CHARS_MAX, "/photos/1.webp"),
        ),
    ],
)
def test_a_link_shows_the_room_or_the_card_it_names(card: dict[str, str] | None, expected: Preview) -> None:
    assert room_preview("果园直播", "李哥", "合作社", card) == expected


def test_the_head_has_the_preview_in_place_of_the_sites_own_words() -> None:
    page = with_preview(SHELL, Preview("苹果", "脆甜", "/photos/1.webp"), origin="https://jishi.example")
    assert (
        page
        == """<head>
<title>苹果 · 集市</title>
<meta name="description" content="脆甜">
<meta property="og:site_name" content="集市">
<meta property="og:type" content="website">
<meta property="og:title" content="苹果">
<meta property="og:description" content="脆甜">
<meta name="twitter:card" content="summary_large_image">
<meta property="og:image" content="https://jishi.example/photos/1.webp">
<meta name="viewport" content="width=device-width">
</head>"""
    )
    other = with_preview(SHELL, Preview("苹果", "", "https://pictures.example/1.jpg"), origin="https://jishi.example")
    assert 'content="https://pictures.example/1.jpg"' in other


@pytest.mark.parametrize(
    "words",
    [
        "</title><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onload='x",
        r"\1 \g<0> \n",
        "<!-- & -->",
    ],
)
def test_words_stay_words(words: str) -> None:
    page = with_preview(SHELL, Preview(words, words, f"/photos/{words}"), origin=f"http://{words}")
    assert page.count("<") == page.count(">") == with_preview(SHELL, Preview("a", "b", "/c"), origin="d").count("<")
    assert "<script" not in page
    assert "<img" not in page
