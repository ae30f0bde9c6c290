"""What of that which was read a person is told, and how often."""

from __future__ import annotations

import pytest

from media.senses.wire import Channel
from moderation.filter import Filter
from moderation.verdict import Action, Category
from server.lookout.finds import (
    CASES_PER_HOUR_MAX,
    HOUR_S,
    KEYS_REMEMBERED_MAX,
    SAME_WITHIN_S,
    Find,
    FindBook,
    Sentences,
    judge,
    target_of,
)
from tests.shipped_filter import rules_alone

OWN = ("market.example",)
FRAUD = "先交押金三百元才能上班"


def found(channel: Channel, text: str, category: Category = Category.JOBS) -> Find | None:
    return judge(Filter(rules_alone()).decide, channel, text, category, OWN, 0.0)


@pytest.mark.parametrize(
    ("channel", "text", "rule"),
    [
        ("qr", "https://u.wechat.com/MAbc", "QR002"),
        ("qr", FRAUD, "JS001"),
        ("screen", FRAUD, "JS001"),
        ("speech", FRAUD, "JS001"),
        ("qr", "https://market.example/rooms/farm", None),
        ("screen", "今天的苹果很甜", None),
        ("speech", "不收押金, 免费培训", None),
    ],
)
def test_what_is_flagged(channel: Channel, text: str, rule: str | None) -> None:
    find = found(channel, text)
    assert (find is None) == (rule is None)
    if find is not None:
        assert find.verdict.action is Action.FLAG
        assert find.verdict.rules[0].rule_id == rule


BANNER = "谨防诈骗"
COMPLAINTS = "投诉电话12315"


@pytest.mark.parametrize("channel", ["qr", "screen"])
@pytest.mark.parametrize(
    "lines",
    [
        [BANNER, FRAUD],
        [FRAUD, COMPLAINTS],
        [BANNER, COMPLAINTS, FRAUD, COMPLAINTS, BANNER],
        [BANNER, COMPLAINTS, "先交押金三百元", "才能上班", COMPLAINTS, BANNER],
        [BANNER, *(f"第 {number} 号苹果" for number in range(200)), FRAUD],
    ],
)
def test_a_banner_excuses_nothing_but_itself(channel: Channel, lines: list[str]) -> None:
    text = "\n".join(lines)
    find = found(channel, text)
    assert find is not None
    assert find.text == text
    assert "JS001" in [hit.rule_id for hit in find.verdict.rules]
    (span,) = [span for span in find.verdict.spans if span.rule_id == "JS001"]
    assert "押金" in text[span.start : span.end]


def test_a_warning_that_is_heard_excuses_its_own_sentence() -> None:
    assert found("speech", f"谨防诈骗。{FRAUD}。有问题打投诉电话12315。") is not None
    assert found("speech", f"谨防诈骗，{FRAUD}的都是骗子。") is None


@pytest.mark.parametrize(
    "text", ["我们不收\n押金三百元", "谨防\n刷单诈骗", f"{BANNER}\n{COMPLAINTS}\n今天的苹果很甜", "今天的苹果很甜\n"]
)
def test_what_goes_on_in_the_next_line_is_read_with_it(text: str) -> None:
    assert found("screen", text) is None


def test_what_was_heard_before_is_not_judged_by_pieces_again() -> None:
    decide = Filter(rules_alone()).decide
    before, now = f"{BANNER}。{FRAUD}。{BANNER}。", "今天的苹果很甜"
    assert judge(decide, "speech", before + now, Category.JOBS, OWN, 0.0) is not None
    assert judge(decide, "speech", before + now, Category.JOBS, OWN, 0.0, since=len(before)) is None


def test_the_same_code_or_words_are_the_same_however_the_rest_is_read() -> None:
    one, other = found("screen", f"直播间\n{FRAUD}"), found("screen", f"{FRAUD}\n第 2 场")
    assert one is not None
    assert other is not None
    assert target_of("room", one) == target_of("room", other)
    assert target_of("room", one) != target_of("another", one)
    heard = found("speech", FRAUD)
    assert heard is not None
    assert target_of("room", one) != target_of("room", heard)
    first, second = (found("qr", f"https://shop.example.org/a?t={stamp}") for stamp in (1, 2))
    assert first is not None
    assert second is not None
    assert target_of("room", first) == target_of("room", second)
    assert len(target_of("0198d2f4-0000-7000-8000-000000000001", first)) <= 64


def test_a_find_is_told_once_in_a_room_and_day() -> None:
    book = FindBook()
    assert book.admits("room", "a", 0.0, {"a"})
    assert not book.admits("room", "a", 10.0, {"a"})
    assert book.admits("other", "a", 10.0, {"a"})
    assert not book.admits("room", "a", SAME_WITHIN_S - 1, {"a"})
    assert book.admits("room", "a", SAME_WITHIN_S, {"a"})


def test_what_could_not_be_told_is_new_the_next_time() -> None:
    book = FindBook()
    assert book.admits("room", "a", 0.0, {"a"})
    book.retract("room", "a", {"a"})
    assert book.admits("room", "a", 1.0, {"a"})
    book.retract("room", "never told", {"a"})
    assert not book.admits("room", "a", 2.0, {"a"})


def test_a_room_that_shows_one_code_after_another_fills_no_queue() -> None:
    book = FindBook()
    told = [book.admits("room", str(number), float(number), {"a"}) for number in range(CASES_PER_HOUR_MAX + 5)]
    assert told == [True] * CASES_PER_HOUR_MAX + [False] * 5
    assert book.limited == 5
    assert book.admits("room", "later", HOUR_S + 1, {"a"})


def test_decoys_leave_room_for_what_is_worse() -> None:
    book, decide = FindBook(), Filter(rules_alone()).decide

    def shown(text: str) -> bool:
        find = judge(decide, "qr", text, Category.FARM, OWN, 0.0)
        assert find is not None
        return book.admits("room", target_of("room", find), 0.0, find.rules)

    assert sum(shown(f"https://shop{number}.example.org/") for number in range(40)) == CASES_PER_HOUR_MAX
    assert shown("wxp://f2f0AbC"), "a purse is no decoy's like"
    assert shown(f"https://shop99.example.org/ {FRAUD}"), "nor is what has a rule more"
    assert not shown("https://shop98.example.org/")


def test_what_could_not_be_told_costs_nothing() -> None:
    book = FindBook()
    for number in range(3 * CASES_PER_HOUR_MAX):
        assert book.admits("room", str(number), float(number), {"a", "b"})
        book.retract("room", str(number), {"a", "b"})
    assert book.limited == 0


def test_what_is_remembered_is_bounded_and_forgotten() -> None:
    book = FindBook()
    for number in range(KEYS_REMEMBERED_MAX + 5):
        assert book.admits("room", str(number), number * HOUR_S / CASES_PER_HOUR_MAX, {"a"})
    assert book.admits("room", "0", (KEYS_REMEMBERED_MAX + 6) * HOUR_S / CASES_PER_HOUR_MAX, {"a"})
    late = (KEYS_REMEMBERED_MAX + 7) * HOUR_S / CASES_PER_HOUR_MAX + SAME_WITHIN_S
    book.forget_old(late)
    assert book._rooms == {}


def test_a_sentence_over_two_windows_is_judged_whole() -> None:
    sentences = Sentences()
    assert sentences.heard("room", "上班之前先") == [("上班之前先", 0)]
    assert sentences.heard("room", "交押金三百元") == [("交押金三百元", 0), ("上班之前先交押金三百元", 5)]
    assert sentences.heard("other", "你好") == [("你好", 0)]
    sentences.forget("room")
    assert sentences.heard("room", "好") == [("好", 0)]
    sentences.heard("room", "长" * 500)
    assert len(sentences.heard("room", "好")[1][0]) < 200
