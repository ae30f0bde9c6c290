"""Moderation's verdict in the words of the room and of the wire."""

from __future__ import annotations

from moderation.filter import Filter
from moderation.verdict import Action, RuleHit, Span, Verdict
from server.live.rooms.filtering import CommentFilter, masked, refusal_facts
from server.live.topics import SayCommand
from tests.shipped_filter import shipped_engine

SCAM = "加我微信 vx12345 日赚800 先交押金"
HIT = RuleHit(
    rule_id="CT001",
    title_zh="引流",
    title_en="Diversion",
    article_zh="第一条",
    article_en="Article 1",
    reason_zh="不得引流",
    reason_en="No diversion",
    action=Action.BLOCK,
    weight=0.9,
)


def said(text: str, person: str = "p1", role: str = "viewer") -> SayCommand:
    return SayCommand(person, "观众", role, text, "key", 0, None)


def verdict(action: Action, *spans: Span) -> Verdict:
    return Verdict(action, (HIT,), spans, 0.9, "folded", "不得引流", "No diversion", "第一条", "1")


def test_masking_covers_every_span_and_keeps_the_length() -> None:
    text = "ab微信cd123"
    shown = masked(text, verdict(Action.MASK, Span(2, 4, "CT001"), Span(6, 9, "CT001")))
    assert shown == "ab＊＊cd＊＊＊"
    assert len(shown) == len(text)


def test_facts_of_a_refusal_are_those_of_the_protocol() -> None:
    assert refusal_facts(verdict(Action.BLOCK, Span(0, 2, "CT001"))) == {
        "action": "block",
        "rules": [
            {
                "rule_id": "CT001",
                "title_zh": "引流",
                "title_en": "Diversion",
                "article": "第一条",
                "article_en": "Article 1",
            }
        ],
        "spans": [[0, 2]],
        "reason_zh": "不得引流",
        "reason_en": "No diversion",
    }
    assert refusal_facts(verdict(Action.RATELIMIT))["retry_after_ms"] > 0
    assert refusal_facts(Verdict(Action.ALLOW, (), (), 0.0, "", "", "", "", "1")) == {}


def test_decisions_carry_the_verdict_and_are_counted() -> None:
    comments = CommentFilter(Filter(shipped_engine()))
    comments.room_is("room", "jobs")
    refused = comments.decide("room", said(SCAM), 1_000.0)
    assert not refused.shows
    assert refused.verdict is not None
    assert refused.facts["rules"]
    allowed = comments.decide("room", said("请问包吃住吗", person="p2"), 1_000.0)
    assert allowed.action == "allow"
    assert allowed.text == "请问包吃住吗"
    assert (comments.counts["block"], comments.counts["allow"]) == (1, 1)
    assert comments.utterance("room", said("x", role="host")).role.value == "host"
