"""Nothing goes missing: whatever happens to a backlog, the ledger balances, and bytes are what the queues hold."""

from __future__ import annotations

import itertools
from typing import Literal

import msgpack
from hypothesis import given, settings
from hypothesis import strategies as st

from media.part import Part
from server.live.ledger import Ledger
from server.live.socket.frames import ReadyComments, ReadyFrame, ReadyPart, ready
from server.live.socket.ladder import Ladder
from server.live.socket.lanes import Backlog, BacklogLimits
from server.live.wire import Comment, Comments, Counters, Position, encoder

LIMITS = BacklogLimits(control_bytes_max=500, chat_bytes_max=400, sound_bytes_max=3_000, video_bytes_max=90_000)

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("control"), st.integers(1, 200)),
        st.tuples(st.just("comments"), st.integers(1, 4)),
        st.tuples(st.just("counters"), st.just(0)),
        st.tuples(st.just("keyframe"), st.integers(1, 40_000)),
        st.tuples(st.just("video"), st.integers(1, 40_000)),
        st.tuples(st.just("begun"), st.just(40_000)),
        st.tuples(st.just("sound"), st.integers(1, 1_000)),
        st.tuples(st.just("retract"), st.integers(0, 50)),
        st.tuples(st.just("take"), st.integers(1, 6)),
        st.tuples(st.just("snapshot"), st.just(0)),
        st.tuples(st.just("switch off"), st.integers(1, 3)),
        st.tuples(st.just("abandon"), st.just(0)),
    ),
    max_size=80,
)


class Script:
    """Runs events on one backlog, as a connection would."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.account = self.ledger.room("r")
        self.backlog = Backlog(LIMITS, self.account, Ladder())
        self.frames: list[ReadyComments] = []
        self.sequence = 0
        self.now = 0.0
        self.parts_taken: list[tuple[int, int, int]] = []

    def run(self, event: str, size: int) -> None:
        backlog, lanes = self.backlog, self.account.lanes
        match event:
            case "control":
                lanes[0].offered += 1
                if not backlog.offer_control(ReadyFrame(b"x" * size)):
                    backlog.abandon("slow")
            case "comments":
                self._offer_comments(size)
            case "counters":
                lanes[1].offered += 1
                backlog.offer_counters(ready(Counters(1, 1)))
            case "keyframe" | "video" | "sound" | "begun":
                self._offer_part(event, size)
            case "retract":
                for frame in self.frames:
                    frame.retract(frozenset({f"c{size}", f"c{size + 3}"}))
            case "take":
                for _ in range(size):
                    self._take()
            case "snapshot":
                backlog.conflate_publications()
            case "switch off":
                backlog.drop_lane(size, "unwanted")
            case "abandon":
                backlog.abandon("closed")

    def _offer_comments(self, count: int) -> None:
        first = sum(len(frame.comments) for frame in self.frames)
        lines = [Comment(f"c{first + i}", first + i, "s", "n", "viewer", "text", 0, 0) for i in range(count)]
        position = Position("e", first + count)
        frame = ReadyComments(encoder.encode(Comments(position, lines)), position, lines)
        self.frames.append(frame)
        self.account.lanes[1].offered += count
        self.backlog.offer_comments(frame)

    def _offer_part(self, event: str, size: int) -> None:
        self.sequence += 1
        self.now += 0.4
        track: Literal["audio", "video"] = "audio" if event == "sound" else "video"
        keyframe = event != "video"
        part = ReadyPart(Part(1, "source", track, self.sequence, keyframe, int(self.now * 1e6), 0, 0, bytes(size)))
        begun = event == "begun" and self.backlog.is_idle
        self.account.lanes[part.lane].offered += 1
        self.backlog.offer_part(part, now=self.now, keeps_up=not self.backlog.bytes_held, first_chunk=1 if begun else 0)
        if begun:
            self.parts_taken.append((part.lane, self.sequence, 0))

    def _take(self) -> None:
        frame = self.backlog.take()
        if frame is None:
            return
        payload = frame[2:] if frame[1] < 126 else frame[4:]
        if payload[:1] != b"x":
            message = msgpack.unpackb(payload)
            if message[0] == "part":
                self.parts_taken.append((message[1], message[3], message[4]))


@settings(max_examples=300, deadline=None)
@given(EVENTS)
def test_the_ledger_balances_and_memory_is_bounded(events: list[tuple[str, int]]) -> None:
    script = Script()
    for event, size in events:
        script.run(event, size)
        assert script.ledger.is_balanced(), (event, size)
        assert all(lane.pending >= 0 for lane in script.account.lanes)
        assert script.backlog.bytes_held <= 500 + 800 + 100 + 4_100 + 90_000 + 41_000
    script.run("take", 1_000)
    assert script.backlog.take() is None
    assert script.backlog.bytes_held == 0
    assert all(lane.pending == 0 for lane in script.account.lanes)
    assert script.ledger.is_balanced()


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_chunks_of_a_part_come_in_order_and_parts_of_a_lane_go_forward(events: list[tuple[str, int]]) -> None:
    script = Script()
    for event, size in events:
        if event != "abandon":
            script.run(event, size)
    for lane in (2, 3):
        taken = [(part_id, index) for taken_lane, part_id, index in script.parts_taken if taken_lane == lane]
        assert taken == sorted(set(taken))
        for (part_id, index), (next_id, next_index) in itertools.pairwise(taken):
            assert (next_id == part_id and next_index == index + 1) or (next_id > part_id and next_index == 0)
