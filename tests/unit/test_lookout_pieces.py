"""What of a text is judged by itself, and what becomes of several verdicts on one text."""

from __future__ import annotations

import pytest

from media.senses.wire import Channel
from moderation.verdict import Action, RuleHit, Span, Verdict, allowed
from server.lookout.pieces import LINES_MAX, pieces_of, verdict_of_all


@pytest.mark.parametrize(
    ("channel", "text", "pieces"),
    [
        ("screen", "苹果很甜", []),
        ("screen", "苹果\n很甜", ["苹果\n", "很甜"]),
        ("qr", "苹果\n\n很甜\n包邮", ["苹果\n\n", "很甜\n", "包邮", "苹果\n\n很甜\n", "很甜\n包邮"]),
        ("screen", "我们不收\n押金\n包邮", ["我们不收\n", "包邮", "我们不收\n押金\n"]),
        ("speech", "苹果很甜,真的。包邮!", ["苹果很甜,真的。", "包邮!"]),
        ("speech", "苹果很甜,真的", []),
        ("screen", "苹果很甜。包邮!", []),
        ("screen", "", []),
    ],
)
def test_lines_and_pairs_of_them_are_pieces(channel: Channel, text: str, pieces: list[str]) -> None:
    assert [text[begin:end] for begin, end in pieces_of(channel, text)] == pieces


def test_pieces_are_bounded_and_leave_nothing_out() -> None:
    text = "\n".join(f"苹果 {number}" for number in range(333))
    pieces = pieces_of("screen", text)
    assert len(pieces) <= 2 * LINES_MAX
    assert set().union(*(range(*piece) for piece in pieces)) == set(range(len(text)))


def verdict(rule_id: str, begin: int, end: int, score: float = 0.5) -> Verdict:
    hit = RuleHit(rule_id, "", "", "", "", f"因为 {rule_id}", "", Action.FLAG, score)
    return Verdict(Action.FLAG, (hit,), (Span(begin, end, rule_id),), score, "plain", hit.reason_zh, "", "", "1")


def test_the_worst_leads_and_the_others_add_their_rules() -> None:
    said = {"甲甲\n乙乙\n丙丙": verdict("A", 0, 2), "乙乙\n": verdict("B", 0, 2, 0.9), "甲甲\n": verdict("A", 0, 1)}
    told = verdict_of_all(lambda text: said.get(text, allowed("1")), "screen", "甲甲\n乙乙\n丙丙")
    assert ([hit.rule_id for hit in told.rules], told.score, told.reason_zh) == (["B", "A"], 0.9, "因为 B")
    assert told.spans == (Span(3, 5, "B"), Span(0, 2, "A")), "what overlaps is told once"


def test_what_the_model_makes_of_a_piece_counts_for_nothing() -> None:
    said = {"乙乙": verdict("LM001", 0, 2)}
    assert verdict_of_all(lambda text: said.get(text, allowed("1")), "screen", "甲甲\n乙乙") == allowed("1")


def test_what_was_judged_before_is_judged_with_the_whole_alone() -> None:
    asked: list[str] = []

    def decide(text: str) -> Verdict:
        asked.append(text)
        return allowed("1")

    verdict_of_all(decide, "speech", "甲甲。乙乙。丙丙", since=6)
    assert asked == ["甲甲。乙乙。丙丙", "丙丙", "乙乙。丙丙"]
