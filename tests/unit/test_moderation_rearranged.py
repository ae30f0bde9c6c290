"""Texts in another order: which orders are tried, and spans put back where they stand."""

from __future__ import annotations

from moderation.rearranged import REARRANGED_CHARS_MAX, orders, restored
from moderation.verdict import Action, Category, Role, Span, Utterance
from tests.shipped_filter import shipped_engine


def read(text: str) -> list[str]:
    return ["".join(text[place] for place in order) for order in orders(text)]


def test_a_line_is_read_backwards() -> None:
    assert read("金押交先") == ["先交押金"]


def test_lines_are_read_in_columns_both_ways() -> None:
    assert read("先押\n交金") == ["金交\n押先", "先交押金", "押金先交"]


def test_very_short_and_long_texts_stay_as_they_are() -> None:
    assert read("金押") == []
    assert read("长" * (REARRANGED_CHARS_MAX + 1)) == []


def test_spans_stand_in_the_text_as_written() -> None:
    assert restored([Span(0, 2, "JS001")], [3, 2, 1, 0]) == (Span(2, 4, "JS001"),)
    assert restored([Span(0, 2, "JS001")], [0, 3, 1, 4]) == (Span(0, 1, "JS001"), Span(3, 4, "JS001"))


def test_a_scam_written_backwards_is_found_and_marked() -> None:
    text = "金押交先前岗上"
    verdict = shipped_engine().decide(Utterance(text, Role.VIEWER, Category.JOBS), 0.0)
    assert verdict.action is Action.HOLD
    assert [text[span.start : span.end] for span in verdict.spans if span.rule_id == "JS002"] == ["金押", "岗上"]


def test_honest_texts_read_backwards_are_honest() -> None:
    for text in ("吗交要金押", "金押收不们我", "q加永霜直接带走", "订单号 88231456 微信付的"):
        assert shipped_engine().decide(Utterance(text, Role.VIEWER, Category.JOBS), 0.0).action is Action.ALLOW
