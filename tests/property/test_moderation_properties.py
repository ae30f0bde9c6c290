"""Whatever is said: views never fail, their maps stay in range and in order, and deciding is bounded."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.components import Components
from moderation.filter import Filter
from moderation.folding import fold, fold_starts
from moderation.verdict import Category, Role, Utterance
from moderation.views import TEXT_CHARS_MAX, View, Views, tight_starts, tighten
from tests.shipped_filter import shipped_engine

DECIDE_SECONDS_MAX = 1.0
"""Far above what a text at the cap takes (tens of milliseconds), and far below what backtracking would."""

COMPONENTS = Components("押金信钱薪")
pieces = st.sampled_from(
    [
        "押金",
        "扌甲",
        "先交",
        "加我",
        "vx",
        "微信",
        "日赚",
        "800",
        "不",
        "吗",
        "?",
        "💰",
        "\u200b",
        "\u0301",
        "①",
        "一三八",
        " ",
        "。",
    ]
)
texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=20).map("".join))


def check(views: Views, view: View) -> None:
    previous = 0
    for index in range(len(view.text)):
        start, end = view.folded_span(index, index + 1)
        assert previous <= start < end <= len(views.folded.text)
        previous = start
        low, high = views.original_span(start, end)
        assert 0 <= low < high <= len(views.original)


@given(texts)
def test_the_map_of_the_fold_fits_the_fold(text: str) -> None:
    starts = fold_starts(text)
    assert len(starts) == len(fold(text))
    assert starts == sorted(starts)
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_the_map_of_the_tight_view_fits_it(text: str) -> None:
    folded = fold(text)
    assert "".join(folded[start] for start in tight_starts(folded)) == tighten(folded)


@given(texts)
def test_every_view_maps_back_in_order_and_in_range(text: str) -> None:
    views = Views(text, COMPONENTS)
    pinyin = views.pinyin()
    for view in (views.folded, views.tight, views.emoji(), views.merged(), *([pinyin] if pinyin else [])):
        check(views, view)


@settings(deadline=None)
@given(st.lists(st.tuples(texts, st.sampled_from(list(Role)), st.sampled_from(list(Category))), max_size=4))
def test_any_lines_are_decided_with_spans_inside_them(lines: list[tuple[str, Role, Category]]) -> None:
    filter_ = Filter(shipped_engine())
    for second, (text, role, category) in enumerate(lines):
        verdict = filter_.decide(Utterance(text, role, category, "sender", "room"), float(second))
        assert bool(verdict.rules) == (verdict.action.severity > 0)
        assert 0 <= verdict.score <= 1
        for span in verdict.spans:
            assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "押金",
        "不",
        "a",
        "加我微信",
        "\u0301",
        "1 ",
        "扌甲",
        "💰",
        "不交押金先交",
        "日赚8",
        "一千",
        "天就能",
        "www.",
        "治糖尿病血糖降",
    ],
)
def test_hostile_texts_at_the_cap_are_bounded(unit: str) -> None:
    text = (unit * TEXT_CHARS_MAX)[:TEXT_CHARS_MAX]
    started = time.process_time()
    shipped_engine().decide(Utterance(text, Role.HOST, Category.FARM), 0.0)
    assert time.process_time() - started < DECIDE_SECONDS_MAX
