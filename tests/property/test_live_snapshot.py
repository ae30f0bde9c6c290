"""A snapshot with the publications after it is the same as a fresh snapshot, for every kind of event of a room.

The owner's room publishes; replicas are joined at any moment, from the owner's snapshot as it crosses the bus, and get
every publication from before and after it in order. Cut streams must be noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from server.live import topics
from server.live.rooms.room import FilterDecision, Room, RoomLimits
from server.live.rooms.view import RoomView
from server.live.topics import PresenceReport, RoomPublication, RoomSnapshot, Said, SayCommand
from server.live.wire import Comments, Retraction, StateItem

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(["viewer", "viewer", "viewer", "host", "buyer"]), st.integers(0, 5)),
        st.tuples(st.just("flood"), st.just("viewer"), st.integers(30, 130)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 1_500)),
        st.tuples(st.just("stock"), st.sampled_from(["stock:1", "stock:2", "card:1"]), st.integers(1, 9)),
        st.tuples(st.just("withdraw"), st.sampled_from(["card:1", "card:2"]), st.integers(1, 9)),
        st.tuples(st.just("air"), st.sampled_from(["on", "off"]), st.integers(0, 3)),
        st.tuples(st.just("retract"), st.just(""), st.integers(0, 40)),
        st.tuples(st.just("presence"), st.sampled_from(["a", "b"]), st.integers(0, 20_000)),
        st.tuples(st.just("join"), st.just(""), st.just(0)),
    ),
    max_size=60,
)


@dataclass
class Replica:
    view: RoomView
    seen: set[str]


class Theatre:
    """One owner and the replicas that joined it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.said: list[str] = []
        limits = RoomLimits(comments_per_s_max=20)
        self.room = Room("r", "epoch", sender_key=b"k", limits=limits, items=[], now=self.now)
        self.published: list[RoomPublication] = []
        self.replicas: list[Replica] = []
        self.sampled = 0
        self.shown = 0

    def run(self, event: str, name: str, number: int) -> None:
        room = self.room
        match event:
            case "say" | "flood":
                for _ in range(max(1, number if event == "flood" else 1)):
                    self._say(name)
            case "wait":
                self.now += number / 1_000
            case "stock":
                self._publish(room.update([StateItem(name, number, {"n": number})], now=self.now))
            case "withdraw":
                self._publish(room.update([StateItem(name, number, None)], now=self.now))
            case "air":
                wall_us = int(self.now * 1e6)
                self._publish(room.set_air(on_air=name == "on", since_us=number, wall_us=wall_us, now=self.now))
            case "retract":
                comment_id = self.said[-number] if 0 < number <= len(self.said) else "unknown"
                self._publish(room.retract([comment_id], "removed_by_host", now=self.now))
            case "presence":
                room.report(PresenceReport(name, number, number % 7), now=self.now)
            case "join":
                self._join()
        for publication in room.tick(self.now):
            self._publish(publication)

    def settle(self) -> None:
        while (due_at := self.room.due_at()) is not None:
            self.now = max(self.now, due_at)
            for publication in self.room.tick(self.now):
                self._publish(publication)

    def snapshot(self) -> RoomSnapshot:
        """As it crosses the bus."""
        answer = topics.answer_decoder.decode(topics.encoder.encode(self.room.snapshot()))
        assert isinstance(answer, RoomSnapshot)
        return answer

    def _say(self, role: str) -> None:
        comment_id = f"c{len(self.said)}"
        command = SayCommand("p", "name", role, "text", comment_id, 0, None)
        said = self.room.say(
            command, FilterDecision("allow", "text"), comment_id=comment_id, now=self.now, wall_us=int(self.now * 1e6)
        )
        assert isinstance(said, Said)
        self.said.append(comment_id)

    def _join(self) -> None:
        view = RoomView.restore(self.snapshot())
        for publication in self.published:
            assert view.take(publication) == "old" or publication.offset == 0
        self.replicas.append(Replica(view, set()))

    def _publish(self, publication: RoomPublication | None) -> None:
        if publication is None:
            return
        decoded = topics.publication_decoder.decode(topics.encoder.encode(publication))
        self.published.append(decoded)
        self.sampled += decoded.sampled
        for replica in self.replicas:
            message = replica.view.take(decoded)
            assert not isinstance(message, str), message
            if isinstance(message, Comments):
                new = {each.comment_id for each in message.comments}
                assert not new & replica.seen, "a line came twice"
                replica.seen |= new
            if isinstance(message, Retraction):
                assert not {each.comment_id for each in replica.view.comments} & set(message.comment_ids)


def stands_as(snapshot: RoomSnapshot) -> tuple[object, ...]:
    return (
        snapshot.epoch,
        snapshot.control_offset,
        snapshot.chat_offset,
        snapshot.chat_floor,
        {item.key: item for item in snapshot.items},
        snapshot.comments,
        snapshot.viewers,
        snapshot.likes,
    )


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_snapshot_and_later_publications_are_a_fresh_snapshot(events: list[tuple[str, str, int]]) -> None:
    theatre = Theatre()
    theatre.run("join", "", 0)
    for event in events:
        theatre.run(*event)
        for replica in theatre.replicas:
            assert stands_as(replica.view.snapshot()) == stands_as(theatre.snapshot())
            assert replica.view.greeting({}) == RoomView.restore(theatre.snapshot()).greeting({})
    theatre.settle()
    for replica in theatre.replicas:
        assert stands_as(replica.view.snapshot()) == stands_as(theatre.snapshot())


@settings(max_examples=100, deadline=None)
@given(EVENTS, st.data())
def test_a_missing_publication_is_noticed_at_the_next_of_its_lane(
    events: list[tuple[str, str, int]], data: st.DataObject
) -> None:
    theatre = Theatre()
    start = RoomView.restore(theatre.snapshot())
    for event in events:
        theatre.run(*event)
    theatre.settle()
    numbered = [publication for publication in theatre.published if publication.offset]
    if len(numbered) < 2:
        return
    missing = data.draw(st.sampled_from(numbered[:-1]))
    noticed = False
    for publication in numbered:
        if publication is missing:
            continue
        taken = start.take(publication)
        if publication.lane == missing.lane and publication.offset > missing.offset:
            assert taken == "gap"
            noticed = True
        else:
            assert not isinstance(taken, str)
    later_in_lane = any(each.lane == missing.lane and each.offset > missing.offset for each in numbered)
    assert noticed == later_in_lane
