from __future__ import annotations

from commerce.show.tally import Tally
from server.live.rooms.show_count import ShowCount, as_tally
from server.live.topics import ShowTally


def test_nothing_is_told_before_a_show_is_known() -> None:
    count = ShowCount()
    count.commented()
    assert count.tally("e") is None


def test_what_was_counted_before_a_new_show_is_not_its() -> None:
    count = ShowCount()
    count.commented()
    count.watched(7, 3)
    count.begin("a", is_new=True)
    assert count.tally("e") == ShowTally("a", "e", 7, 0, 0, 0, 0)
    count.commented()
    count.held()
    count.removed(2)
    count.watched(9, 1)
    count.watched(4, 1)
    count.begin("a", is_new=False)
    assert count.tally("e") == ShowTally("a", "e", 9, 1, 2, 1, 2)
    count.begin("b", is_new=False)
    assert count.tally("e") == ShowTally("b", "e", 4, 0, 0, 0, 0)


def test_an_owner_that_begins_within_a_show_keeps_what_it_counted_before_it_knew() -> None:
    count = ShowCount()
    count.commented()
    count.watched(5, 2)
    count.begin("a", is_new=False)
    tally = count.tally("e")
    assert tally == ShowTally("a", "e", 5, 1, 2, 0, 0)
    assert as_tally(tally) == Tally(viewers_peak=5, comments=1, likes=2)
