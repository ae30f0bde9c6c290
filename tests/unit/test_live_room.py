"""A room's owner as scripts: lines in, publications out."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from server.live.rooms.room import FilterDecision, Room, RoomLimits, batch_s, sample, sender_of
from server.live.topics import LineSaid, PresenceReport, Refused, ReleaseCommand, RoomPublication, Said, SayCommand
from server.live.wire import Comment, Comments, Counters, Retraction, State, StateItem, server_decoder

ALLOW = FilterDecision("allow", "hello")


def make(**limits: Any) -> Room:
    return Room("r", "e", sender_key=b"k", limits=RoomLimits(**limits), items=[], now=0.0)


def command(key: str, role: str = "viewer", person_id: str = "p") -> SayCommand:
    return SayCommand(person_id, "name", role, "hello", key, 5, None)


def say(room: Room, key: str, *, now: float, role: str = "viewer", decision: FilterDecision = ALLOW) -> Said | Refused:
    return room.say(command(key, role), decision, comment_id=f"id-{key}", now=now, wall_us=9)


def drawn(publications: list[RoomPublication]) -> list[object]:
    return [server_decoder.decode(publication.wire) for publication in publications]


def lines(publications: list[RoomPublication]) -> list[str]:
    return [
        each.comment_id for message in drawn(publications) if isinstance(message, Comments) for each in message.comments
    ]


def test_in_a_small_room_a_line_is_published_at_once() -> None:
    room = make()
    assert say(room, "a", now=1.0) == Said("id-a", 1, "e")
    assert room.due_at() == 1.0
    (publication,) = room.tick(1.0)
    assert (publication.after, publication.offset, publication.sampled) == (0, 1, 0)
    (message,) = drawn([publication])
    assert isinstance(message, Comments)
    sender = sender_of("r", "p", b"k")
    assert message.comments == [Comment("id-a", 1, sender, "name", "viewer", "hello", 5, 9, None)]
    assert room.due_at() is None


def test_a_repeated_key_answers_the_same() -> None:
    room = make()
    first = say(room, "a", now=1.0)
    assert say(room, "a", now=2.0) == first
    blocked = FilterDecision("block", "x", "filtered", {"rules": ["r1"]})
    refused = say(room, "b", now=2.0, decision=blocked)
    assert refused == Refused("filtered", {"rules": ["r1"]})
    assert say(room, "b", now=3.0) == refused
    other = room.say(command("a", person_id="q"), ALLOW, comment_id="id-q", now=3.0, wall_us=9)
    assert other == Said("id-q", 2, "e")
    assert lines(room.tick(3.0)) == ["id-a", "id-q"]


def test_remembered_keys_are_bounded() -> None:
    room = make(keys_remembered_max=2)
    for key in ("a", "b", "c"):
        say(room, key, now=1.0)
    assert room.answered("p", "a") is None
    assert room.answered("p", "c") == Said("id-c", 3, "e")


@pytest.mark.parametrize("action", ["hold", "block", "ratelimit"])
def test_refused_lines_are_not_published(action: Literal["hold", "block", "ratelimit"]) -> None:
    room = make()
    decision = FilterDecision(action, "hello", "filtered", {"action": action})
    assert say(room, "a", now=1.0, decision=decision) == Refused("filtered", {"action": action})
    assert room.due_at() is None


def test_a_masked_line_is_shown_masked() -> None:
    room = make()
    say(room, "a", now=1.0, decision=FilterDecision("mask", "vx ****"))
    (message,) = drawn(room.tick(1.0))
    assert isinstance(message, Comments)
    assert message.comments[0].text == "vx ****"


def test_batches_grow_with_the_room_and_the_rate() -> None:
    limits = RoomLimits()
    assert batch_s(0, limits) == 0
    assert batch_s(2_000, limits) == 0
    assert 0 < batch_s(10_000, limits) < batch_s(30_000, limits) < limits.batch_s_max
    assert batch_s(400_000, limits) == limits.batch_s_max
    room = make()
    room.report(PresenceReport("w", 100_000, 0), now=1.0)
    room.tick(1.0)
    say(room, "a", now=1.0)
    say(room, "b", now=1.05)
    assert room.tick(1.1) == []
    assert room.due_at() == pytest.approx(1.0 + limits.batch_s_max)
    assert lines(room.tick(1.15)) == ["id-a", "id-b"]


def test_over_the_cap_viewers_are_sampled_and_the_others_kept() -> None:
    room = make(comments_per_s_max=10)
    room.report(PresenceReport("w", 100_000, 0), now=1.0)
    room.tick(1.0)
    for number in range(40):
        say(room, str(number), now=1.0, role="host" if number % 10 == 0 else "viewer")
    (publication,) = room.tick(1.2)
    kept = lines([publication])
    assert len(kept) == 10
    assert {"id-0", "id-10", "id-20", "id-30"} <= set(kept)
    assert publication.sampled == 30
    assert room.snapshot().chat_offset == publication.offset
    assert [each.comment_id for each in room.snapshot().comments] == kept


def test_sampling_is_even_and_keeps_order() -> None:
    comments = [Comment(str(n), n, "s", "n", "viewer", "t", 0, 0) for n in range(10)]
    assert [each.offset for each in sample(comments, 5)] == [1, 3, 5, 7, 9]
    assert sample(comments, 10) == sample(comments, 99) == comments
    assert sample(comments, 0) == []
    hosts = [Comment(str(n), n, "s", "n", "host", "t", 0, 0) for n in range(10)]
    assert sample(hosts, 0) == hosts


def test_older_state_never_replaces_newer() -> None:
    room = make()
    new = StateItem("stock:1", 5, {"available": 3})
    first = room.update([new], now=1.0)
    assert first is not None
    assert (first.lane, first.after, first.offset) == (0, 0, 1)
    assert room.update([StateItem("stock:1", 4, {"available": 9}), new], now=1.0) is None
    gone = room.update([StateItem("stock:1", 6, None)], now=1.0)
    assert gone is not None
    assert room.update([new], now=1.0) is None
    assert room.snapshot().items == []
    message = server_decoder.decode(gone.wire)
    assert isinstance(message, State)
    assert message.items == [StateItem("stock:1", 6, None)]


def test_air_is_news_only_when_it_changes() -> None:
    room = make()
    assert room.set_air(on_air=True, since_us=7, wall_us=100, now=1.0) is not None
    assert room.set_air(on_air=True, since_us=7, wall_us=200, now=3.0) is None
    assert room.set_air(on_air=False, since_us=7, wall_us=50, now=5.0) is not None
    (item,) = room.snapshot().items
    assert item == StateItem("air", 101, {"on_air": False, "since_us": 7})


def test_a_retracted_line_leaves_history_and_what_waits() -> None:
    room = make()
    say(room, "a", now=1.0)
    room.tick(1.0)
    room.report(PresenceReport("w", 100_000, 0), now=1.0)
    say(room, "b", now=1.0)
    say(room, "c", now=1.0)
    publication = room.retract(["id-a", "id-b", "unknown"], "removed_by_host", now=1.1)
    assert publication is not None
    message = server_decoder.decode(publication.wire)
    assert isinstance(message, Retraction)
    assert message.comment_ids == ["id-a", "id-b", "unknown"]
    assert room.retract(["id-a", "unknown"], "removed_by_moderator", now=1.1) is None  # told twice
    assert room.snapshot().comments == []
    assert lines(room.tick(2.5)) == ["id-c"]
    assert [each.offset for each in room.snapshot().comments] == [3]


def test_counters_are_at_most_once_a_second_and_forget_silent_workers() -> None:
    room = make()
    room.report(PresenceReport("a", 3, 2), now=1.0)
    assert drawn(room.tick(1.0)) == [Counters(3, 2)]
    room.report(PresenceReport("b", 4, 1), now=1.5)
    assert room.tick(1.5) == []
    assert room.due_at() == 2.0
    assert drawn(room.tick(2.0)) == [Counters(7, 3)]
    room.report(PresenceReport("b", 4, 0), now=7.0)
    assert drawn(room.tick(7.0)) == [Counters(4, 3)]
    room.report(PresenceReport("b", 0, 0), now=9.0)
    assert drawn(room.tick(9.0)) == [Counters(0, 3)]


def test_name_tags_differ_by_room_and_key() -> None:
    tag = sender_of("r", "p", b"k")
    assert tag == sender_of("r", "p", b"k")
    assert len({tag, sender_of("r2", "p", b"k"), sender_of("r", "p2", b"k"), sender_of("r", "p", b"k2")}) == 4


def released(comment_id: str, *, wall_us: int = 3) -> ReleaseCommand:
    return ReleaseCommand(comment_id, "q", "other", "viewer", "held before", 2, wall_us, None)


def test_a_released_line_comes_after_what_was_said_and_only_once() -> None:
    room = make()
    say(room, "a", now=1.0)
    room.release(released("id-held"), now=1.0)
    room.release(released("id-held"), now=1.0)
    assert lines(room.tick(1.0)) == ["id-a", "id-held"]
    (_, shown) = room.snapshot().comments
    assert (shown.offset, shown.text, shown.sender) == (2, "held before", sender_of("r", "q", b"k"))
    assert (shown.media_us, shown.wall_us) == (2, 3)  # of when it was said

    assert room.retract(["id-held"], "removed_by_moderator", now=2.0) is not None
    room.release(released("id-held"), now=2.0)  # the relay, told twice and late
    assert lines(room.tick(2.0)) == []
    assert [each.comment_id for each in room.snapshot().comments] == ["id-a"]
    facts = room.comment("id-held")
    assert facts is not None
    assert facts.text == "held before"


def test_a_released_line_is_never_sampled_away() -> None:
    room = make(comments_per_s_max=2)
    room.report(PresenceReport("w", 100_000, 0), now=1.0)
    for place in range(20):
        say(room, f"{place}", now=1.0)
    room.release(released("id-held"), now=1.0)
    kept = lines(room.tick(2.0))
    assert "id-held" in kept
    assert len(kept) <= 3


def test_what_was_said_around_a_moment_is_known_taken_down_or_not() -> None:
    room = make()
    for place in range(12):
        room.say(command(f"{place}"), ALLOW, comment_id=f"id-{place}", now=1.0, wall_us=place * 10)
    room.retract(["id-5"], "removed_by_host", now=1.0)
    around = room.around(65)
    assert [line.comment_id for line in around] == [f"id-{place}" for place in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11)]
    assert around[0] == LineSaid("id-2", "p", "name", "hello", 20)
    assert [line.comment_id for line in room.around(0)] == [f"id-{place}" for place in range(1, 6)]
