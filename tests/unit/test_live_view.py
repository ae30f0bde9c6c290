"""A room as viewers see it: what a greeting holds, and what a returning client is told."""

from __future__ import annotations

import pytest

from server.live import topics
from server.live.rooms.view import HISTORY_COMMENTS_MAX, TOMBSTONES_MAX, RoomView, Since
from server.live.topics import RoomPublication
from server.live.wire import Comment, Comments, Counters, Position, Retraction, State, StateItem, encoder


def line(offset: int) -> Comment:
    return Comment(f"c{offset}", offset, "s", "n", "viewer", "text", 0, 0)


def with_lines(last: int) -> RoomView:
    view = RoomView("e")
    for offset in range(1, last + 1):
        view.apply(Comments(Position("e", offset), [line(offset)]))
    return view


def test_history_is_bounded_and_remembers_its_floor() -> None:
    view = with_lines(HISTORY_COMMENTS_MAX + 7)
    assert len(view.comments) == HISTORY_COMMENTS_MAX
    assert view.chat_floor == 7
    assert view.greeting({}).comments[0].offset == 8


@pytest.mark.parametrize(
    ("since", "recovered"),
    [
        ({}, True),
        ({1: Position("e", 107)}, True),
        ({0: Position("e", 0), 1: Position("e", 7)}, True),
        ({1: Position("e", 6)}, False),
        ({0: Position("older", 3)}, False),
        ({0: Position("e", 0), 1: Position("older", 107)}, False),
    ],
)
def test_recovery_is_whole_or_not_at_all(since: Since, recovered: bool) -> None:
    assert with_lines(107).greeting(since).recovered is recovered


def test_a_greeting_holds_what_stands() -> None:
    view = with_lines(2)
    view.apply(
        State(Position("e", 1), [StateItem("air", 1, {"on_air": True}), StateItem("card:1", 1, {"position": 1})])
    )
    view.apply(State(Position("e", 2), [StateItem("card:1", 2, None)]))
    view.apply(Retraction(Position("e", 3), ["c1"], "removed_by_host"))
    view.apply(Counters(5, 6))
    greeting = view.greeting({})
    assert (greeting.control, greeting.chat) == (Position("e", 3), Position("e", 2))
    assert greeting.state == [StateItem("air", 1, {"on_air": True})]
    assert [each.comment_id for each in greeting.comments] == ["c2"]
    assert (greeting.viewers, greeting.likes) == (5, 6)


def test_removed_keys_stay_removed_and_are_forgotten_in_the_end() -> None:
    view = RoomView("e")
    for number in range(TOMBSTONES_MAX + 2):
        view.apply(State(Position("e", number + 1), [StateItem(f"card:{number}", 5, None)]))
    assert view.newer([StateItem(f"card:{TOMBSTONES_MAX}", 4, {})]) == []
    assert len(view.items) == TOMBSTONES_MAX
    assert "card:0" not in view.items


def publication(after: int, offset: int, *, epoch: str = "e") -> RoomPublication:
    message = Comments(Position(epoch, offset), [line(offset)])
    return RoomPublication(epoch, 1, after, offset, 0, encoder.encode(message))


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (publication(2, 3), Comments),
        (publication(2, 9), Comments),  # sampled lines leave holes
        (publication(1, 2), "old"),
        (publication(3, 4), "gap"),
        (publication(2, 3, epoch="newer"), "gap"),
    ],
)
def test_the_next_publication_is_told_from_old_ones_and_gaps(published: RoomPublication, expected: object) -> None:
    taken = with_lines(2).take(published)
    assert taken == expected or (isinstance(expected, type) and isinstance(taken, expected))


def test_a_snapshot_crosses_the_bus_whole() -> None:
    view = with_lines(120)
    view.apply(State(Position("e", 1), [StateItem("air", 1, {"on_air": True})]))
    crossed = topics.answer_decoder.decode(topics.encoder.encode(view.snapshot()))
    assert RoomView.restore(crossed).snapshot() == view.snapshot()
    assert RoomView.restore(crossed).greeting({}) == view.greeting({})
