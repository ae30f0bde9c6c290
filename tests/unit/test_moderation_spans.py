"""Spans a reader understands: whole terms, and touching ones as one."""

from __future__ import annotations

from moderation.components import Components
from moderation.lexicon import Hit
from moderation.spans import mark, widen
from moderation.verdict import Role, Utterance
from moderation.views import FOLDED, PINYIN, Views
from tests.shipped_filter import shipped_engine


def test_a_stub_is_widened_to_the_longest_term_of_its_slot() -> None:
    stub = Hit(0, 3, FOLDED, False)
    assert widen(stub, [stub, Hit(0, 4, FOLDED, False)]) == (0, 4)
    assert widen(stub, [stub, Hit(2, 5, FOLDED, False), Hit(3, 9, FOLDED, False)]) == (0, 5)


def test_what_is_found_by_sound_alone_widens_nothing() -> None:
    stub = Hit(0, 3, FOLDED, False)
    assert widen(stub, [stub, Hit(0, 6, PINYIN, True)]) == (0, 3)


def test_touching_ranges_are_one_span_and_others_stay_apart() -> None:
    views = Views("先交押金 300元", Components(""))
    spans = mark(views, [(2, 4), (0, 2), (5, 8)], "JS001")
    assert [(span.start, span.end) for span in spans] == [(0, 4), (5, 8)]


def marked(text: str, rule_id: str) -> list[str]:
    verdict = shipped_engine().decide(Utterance(text, Role.VIEWER), 0.0)
    return [text[span.start : span.end] for span in verdict.spans if span.rule_id == rule_id]


def test_a_reader_sees_the_whole_lead() -> None:
    assert marked("加我微信 vx12345", "CT006") == ["加我微信"]
    assert marked("加我微信 vx12345", "CT001") == ["微信", "vx12345"]
    assert marked("入职先交押金300", "JS001") == ["交押金"]
    assert marked("加我微.信 给你看", "CT006") == ["加我微.信"]
