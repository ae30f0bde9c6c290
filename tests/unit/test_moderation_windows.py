from __future__ import annotations

from moderation.verdict import Action, Category, Role, Utterance, allowed
from moderation.windows import (
    COPIERS_TO_FLAG,
    COPIERS_TO_LIMIT,
    COPIES_WITHIN_S,
    JOINED_WITHIN_S,
    PIECE_CHARS_MAX,
    RoomWindow,
    SenderWindow,
    copied,
)


def said(text: str, sender: str | None = "s", room: str | None = "r") -> Utterance:
    return Utterance(text, Role.VIEWER, Category.ANY, sender, room)


def test_lines_of_one_sender_are_joined() -> None:
    window = SenderWindow()
    assert window.join(said("先交"), 0.0) is None
    window.remember(said("先交"), 0.0)
    assert window.join(said("押金"), 1.0) == ("先交押金", 2)
    assert window.join(said("押金", "other"), 1.0) is None
    assert window.join(said("押金", "s", "elsewhere"), 1.0) is None
    assert window.join(said("押金", None), 1.0) is None


def test_three_lines_before_are_kept_for_a_while() -> None:
    window = SenderWindow()
    for second, text in enumerate("abcd"):
        window.remember(said(text), float(second))
    assert window.join(said("e"), 4.0) == ("bcde", 3)
    assert window.join(said("e"), 2.5 + JOINED_WITHIN_S) == ("de", 1)
    assert window.join(said("e"), 3.5 + JOINED_WITHIN_S) is None


def test_long_lines_are_no_pieces() -> None:
    window = SenderWindow()
    window.remember(said("先交"), 0.0)
    assert window.join(said("长" * (PIECE_CHARS_MAX + 1)), 1.0) is None
    window.remember(said("长" * (PIECE_CHARS_MAX + 1)), 1.0)
    assert window.join(said("押金"), 2.0) is None


def test_one_text_from_many_senders_is_counted() -> None:
    window = RoomWindow()
    text = "今晚八点直播间见面大家都来"
    counts = [window.count(said(text, f"s{i}"), float(i)) for i in range(COPIERS_TO_LIMIT)]
    assert counts == list(range(1, COPIERS_TO_LIMIT + 1))
    assert window.count(said("今 晚 八点直播间见面, 大家都来!", "x"), 11.0) == COPIERS_TO_LIMIT
    assert window.count(said(text, "y"), COPIES_WITHIN_S + 1) == 1


def test_one_sender_counts_once_and_short_texts_not_at_all() -> None:
    window = RoomWindow()
    text = "今晚八点直播间见面大家都来"
    assert [window.count(said(text), float(i)) for i in range(3)] == [1, 1, 1]
    assert window.count(said("主播加油"), 0.0) == 0
    assert window.count(said(text, "s", None), 0.0) == 0


def test_copies_are_flagged_and_then_limited() -> None:
    verdict = allowed("p")
    assert copied(COPIERS_TO_FLAG - 1, verdict) is verdict
    assert copied(COPIERS_TO_FLAG, verdict).action is Action.FLAG
    limited = copied(COPIERS_TO_LIMIT, verdict)
    assert limited.action is Action.RATELIMIT
    assert not limited.shown
    assert [hit.rule_id for hit in limited.rules] == ["RW001"]
