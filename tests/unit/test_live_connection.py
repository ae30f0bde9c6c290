"""A connection on a line that takes so many bytes and no more: what is written when, and what the ledger says."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import msgpack
from websockets.frames import Frame, Opcode

from media.part import Part
from server.live.ledger import Ledger
from server.live.rooms.fanout import JOBS_WAITING_MAX, PART, SNAPSHOT, Fanout
from server.live.socket.connection import (
    CALM_PARTS_MIN,
    CLOSED,
    COMMENTS,
    CONTROL,
    COUNTERS,
    OPEN,
    PAUSED,
    LiveConnection,
)
from server.live.socket.frames import ReadyComments, ReadyFrame, ReadyPart, ready
from server.live.socket.lanes import BacklogLimits
from server.live.wire import Answer, Bye, Comment, Comments, Counters, Position, encoder


class Line(asyncio.Transport):
    """A transport whose peer has room for so many bytes; what is beyond waits in it, as in uvloop's."""

    def __init__(self, room_bytes: int) -> None:
        super().__init__()
        self.room_bytes = room_bytes
        self.written: list[bytes] = []
        self.waiting_bytes = 0
        self.ended = ""
        self.protocol: LiveConnection | None = None

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self.written.append(bytes(data))
        taken = min(len(data), self.room_bytes)
        self.room_bytes -= taken
        was_empty = not self.waiting_bytes
        self.waiting_bytes += len(data) - taken
        if was_empty and self.waiting_bytes and self.protocol is not None:
            self.protocol.pause_writing()

    def read(self, size_bytes: int) -> None:
        """The peer reads."""
        taken = min(size_bytes, self.waiting_bytes)
        was_full = self.waiting_bytes > 0
        self.waiting_bytes -= taken
        self.room_bytes += size_bytes - taken
        if was_full and not self.waiting_bytes and self.protocol is not None:
            self.protocol.resume_writing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert high == 0

    def get_write_buffer_size(self) -> int:
        return self.waiting_bytes

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = self.ended or "eof"

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"


class Host:
    """Stands where the hub is."""

    backlog_limits = BacklogLimits(control_bytes_max=400, video_bytes_max=100_000)
    close_deadline_s = 60.0
    reconnect_after_ms = 700

    def __init__(self) -> None:
        self.heard: list[object] = []

    def received(self, connection: LiveConnection, data: bytes) -> None:
        self.heard.append(data)

    def admit_control_frame(self, connection: LiveConnection) -> bool:
        self.heard.append("control frame")
        return True

    def left(self, connection: LiveConnection) -> None:
        self.heard.append("left")

    def line_full(self, connection: LiveConnection) -> None:
        self.heard.append("full")

    def line_free(self, connection: LiveConnection) -> None:
        self.heard.append("free")


def connected(room_bytes: int, ledger: Ledger) -> tuple[LiveConnection, Line, Host]:
    host, line = Host(), Line(room_bytes)
    connection = LiveConnection(host, ledger.room("r"), number=1, lanes=15)
    line.protocol = connection
    connection.connection_made(line)
    return connection, line, host


def kinds(line: Line) -> list[Any]:
    """What was written since the last look, in few words."""
    drawn: list[Any] = []
    for data in line.written:
        while data:
            length = data[1]
            start, size = (2, length) if length < 126 else (4, int.from_bytes(data[2:4], "big"))
            payload, opcode = data[start : start + size], data[0] & 0x0F
            data = data[start + size :]
            if opcode == Opcode.CLOSE:
                drawn.append(("close", int.from_bytes(payload[:2], "big")))
            elif opcode == Opcode.PONG:
                drawn.append(("pong", payload))
            else:
                message = msgpack.unpackb(payload)
                drawn.append((message[0], message[3], message[4]) if message[0] == "part" else message[0])
    line.written.clear()
    return drawn


def part(sequence: int, *, keyframe: bool = False, size_bytes: int = 40_000) -> ReadyPart:
    return ReadyPart(Part(1, "source", "video", sequence, keyframe, 0, 0, 0, bytes(size_bytes)))


def comments(offset: int) -> ReadyComments:
    lines = [Comment(f"c{offset}", offset, "s", "n", "viewer", "text", 0, 0)]
    position = Position("e", offset)
    return ReadyComments(encoder.encode(Comments(position, lines)), position, lines)


ANSWER = ready(Answer(1, {}))


async def test_urgent_messages_overtake_a_part_on_a_full_line() -> None:
    ledger = Ledger()
    connection, line, host = connected(20_000, ledger)
    fanout = Fanout(ledger.room("r"))
    fanout.offer(PART, 3, part(1, keyframe=True), (connection,))
    assert kinds(line) == [("part", 1, 0), ("part", 1, 1)]
    assert connection.blocked == PAUSED
    fanout.offer(PART, 3, part(2), (connection,))
    fanout.offer(COMMENTS, 1, comments(1), (connection,))
    fanout.offer(COUNTERS, 1, ready(Counters(1, 1)), (connection,))
    connection.send(ANSWER)
    assert kinds(line) == []
    line.read(line.waiting_bytes)
    assert kinds(line) == ["answer"]
    line.read(100_000)
    assert kinds(line) == ["comments", "counters", ("part", 1, 2), ("part", 2, 0), ("part", 2, 1), ("part", 2, 2)]
    assert connection.blocked == OPEN
    assert connection.waiting_bytes == 0
    assert host.heard == ["full", "free", "full", "free"]
    assert ledger.is_balanced()
    assert [lane.delivered for lane in ledger.room("r").lanes] == [1, 2, 0, 2]


async def test_who_keeps_up_gets_parts_in_one_write() -> None:
    ledger = Ledger()
    connection, line, _ = connected(10**9, ledger)
    fanout = Fanout(ledger.room("r"))
    for sequence in range(CALM_PARTS_MIN):
        fanout.offer(PART, 3, part(sequence, size_bytes=20_000), (connection,))
    assert len(line.written) == 2 * CALM_PARTS_MIN
    line.written.clear()
    whole = part(99)
    fanout.offer(PART, 3, whole, (connection,))
    assert line.written == [whole.whole]
    connection.pause_writing()
    connection.resume_writing()
    line.written.clear()
    fanout.offer(PART, 3, part(100), (connection,))
    assert len(line.written) == 3
    assert ledger.is_balanced()


async def test_after_a_skip_nothing_is_sent_until_a_keyframe() -> None:
    ledger = Ledger()
    connection, line, _ = connected(0, ledger)
    fanout = Fanout(ledger.room("r"))
    for sequence in range(1, 8):
        fanout.offer(PART, 3, part(sequence, keyframe=sequence == 1), (connection,))
    line.read(10**6)
    sent = kinds(line)
    assert [each for each in sent if each != "gap"] == [("part", 1, 0), ("part", 1, 1), ("part", 1, 2)]
    fanout.offer(PART, 3, part(8), (connection,))
    assert kinds(line) == []
    fanout.offer(PART, 3, part(9, keyframe=True, size_bytes=10), (connection,))
    fanout.offer(PART, 3, part(10, size_bytes=10), (connection,))
    assert kinds(line) == ["gap", ("part", 9, 0), ("part", 10, 0)]
    assert ledger.is_balanced()
    assert ledger.room("r").lanes[3].dropped == {"skipped_to_keyframe": 7}


async def test_who_does_not_take_urgent_messages_is_told_to_come_back() -> None:
    ledger = Ledger()
    connection, line, _ = connected(0, ledger)
    connection.send(ANSWER)
    for _ in range(100):
        connection.send(ANSWER)
    assert connection.blocked > PAUSED
    line.read(10**6)
    assert kinds(line) == ["answer", "bye", ("close", 1013)]
    connection.connection_lost(None)
    assert ledger.is_balanced()
    assert ledger.room("r").lanes[0].pending == 0


async def test_a_snapshot_replaces_what_waits() -> None:
    ledger = Ledger()
    connection, line, _ = connected(0, ledger)
    fanout = Fanout(ledger.room("r"))
    connection.send(ANSWER)
    fanout.offer(COMMENTS, 1, comments(1), (connection,))
    fanout.offer(COUNTERS, 1, ready(Counters(1, 1)), (connection,))
    fanout.offer(SNAPSHOT, 0, ready(Answer(2, {"as": "snapshot"})), (connection,))
    fanout.offer(COMMENTS, 1, comments(2), (connection,))
    line.read(10**6)
    assert kinds(line) == ["answer", "answer", "comments"]
    assert ledger.room("r").lanes[1].conflated == 2
    assert ledger.is_balanced()


async def test_closing_says_goodbye_after_what_is_urgent_and_ends_with_the_peer() -> None:
    ledger = Ledger()
    connection, line, host = connected(0, ledger)
    connection.send(ANSWER)
    connection.send(ANSWER)
    Fanout(ledger.room("r")).offer(COMMENTS, 1, comments(1), (connection,))
    connection.close(1012, "going away", bye=Bye("going_away", 5))
    connection.close(1000)
    connection.send(ANSWER)
    line.read(10**6)
    assert kinds(line) == ["answer", "answer", "bye", ("close", 1012)]
    connection.data_received(Frame(Opcode.BINARY, b"late").serialize(mask=True))
    connection.data_received(Frame(Opcode.CLOSE, b"\x03\xf4").serialize(mask=True))
    assert line.ended == "closed"
    connection.connection_lost(None)
    assert connection.blocked == CLOSED
    assert host.heard[-1] == "left"
    assert b"late" not in host.heard
    assert ledger.is_balanced()


async def test_the_peer_closes() -> None:
    connection, line, _ = connected(10**6, Ledger())
    connection.data_received(Frame(Opcode.CLOSE, b"\x0f\xa0why").serialize(mask=True))
    assert kinds(line) == [("close", 4000)]
    assert line.ended == "closed"
    connection.connection_lost(None)


async def test_a_violation_ends_what_is_sent() -> None:
    connection, line, host = connected(10**6, Ledger())
    connection.data_received(b"\x82\x01a")
    assert kinds(line) == ["bye", ("close", 1002)]
    assert line.ended == "eof"
    connection.data_received(Frame(Opcode.BINARY, b"more").serialize(mask=True))
    connection.connection_lost(None)
    assert host.heard == ["free", "left"]


async def test_pings_are_answered_the_newest_when_the_line_was_full() -> None:
    connection, line, _ = connected(10**6, Ledger())
    connection.data_received(Frame(Opcode.PING, b"1").serialize(mask=True))
    assert kinds(line) == [("pong", b"1")]
    line.room_bytes = 0
    connection.send(ANSWER)
    for payload in (b"2", b"3"):
        connection.data_received(Frame(Opcode.PING, payload).serialize(mask=True))
    line.read(10**6)
    assert kinds(line) == ["answer", ("pong", b"3")]


async def test_pongs_nobody_asked_for_count_as_messages() -> None:
    connection, _, host = connected(10**6, Ledger())
    for _ in range(3):
        connection.data_received(Frame(Opcode.PONG, b"").serialize(mask=True))
    assert host.heard == ["control frame"] * 3


async def test_lanes_switched_off_are_dropped_from_the_backlog() -> None:
    ledger = Ledger()
    connection, line, _ = connected(0, ledger)
    fanout = Fanout(ledger.room("r"))
    connection.send(ANSWER)
    fanout.offer(COMMENTS, 1, comments(1), (connection,))
    fanout.offer(PART, 3, part(1, keyframe=True), (connection,))
    connection.choose_lanes(0b0011)
    line.read(10**6)
    assert kinds(line) == ["answer", "comments"]
    assert ledger.is_balanced()


async def test_large_rooms_are_written_in_slices_urgent_lanes_first() -> None:
    ledger = Ledger()
    members = tuple(connected(10**6, ledger)[0] for _ in range(10))
    lines = [cast(Line, member._transport) for member in members]
    fanout = Fanout(ledger.room("r"), writes_per_slice=4)
    fanout.offer(PART, 3, part(1, keyframe=True, size_bytes=10), members)
    fanout.offer(COMMENTS, 1, comments(1), members)
    fanout.offer(CONTROL, 0, ANSWER, members)
    assert [len(line.written) for line in lines] == [3] * 4 + [0] * 6
    assert ledger.is_balanced()
    await asyncio.sleep(0)
    assert [len(line.written) for line in lines] == [3] * 4 + [1] * 4 + [0] * 2
    for _ in range(6):
        await asyncio.sleep(0)
    assert [kinds(line) for line in lines] == [[("part", 1, 0), "comments", "answer"]] * 4 + [
        ["answer", "comments", ("part", 1, 0)]
    ] * 6
    assert ledger.is_balanced()


async def test_a_line_never_overtakes_the_snapshot_before_it() -> None:
    ledger = Ledger()
    members = tuple(connected(10**6, ledger)[0] for _ in range(4))
    fanout = Fanout(ledger.room("r"), writes_per_slice=2)
    fanout.offer(CONTROL, 0, ready(Answer(1, {})), members)
    fanout.offer(SNAPSHOT, 0, ready(Answer(2, {"as": "snapshot"})), members)
    fanout.offer(COMMENTS, 1, comments(1), members)
    for _ in range(6):
        await asyncio.sleep(0)
    assert [kinds(cast(Line, member._transport)) for member in members] == [["answer", "answer", "comments"]] * 4
    assert ledger.is_balanced()


async def test_a_line_retracted_while_slices_wait_is_not_shown_to_the_rest() -> None:
    ledger = Ledger()
    members = tuple(connected(10**6, ledger)[0] for _ in range(3))
    fanout = Fanout(ledger.room("r"), writes_per_slice=1)
    frame = comments(1)
    fanout.offer(COMMENTS, 1, frame, members)
    frame.retract(frozenset({"c1"}))
    for _ in range(3):
        await asyncio.sleep(0)
    assert ledger.room("r").lanes[1].dropped == {"retracted": 2}
    assert ledger.is_balanced()


async def test_a_worker_that_cannot_keep_up_gives_way_lane_by_lane() -> None:
    ledger = Ledger()
    members = tuple(connected(10**9, ledger)[0] for _ in range(2))
    fanout = Fanout(ledger.room("r"), writes_per_slice=1)
    for sequence in range(2 * JOBS_WAITING_MAX):
        fanout.offer(PART, 3, part(sequence, keyframe=sequence == 0, size_bytes=10), members)
        fanout.offer(COMMENTS, 1, comments(sequence), members)
        fanout.offer(CONTROL, 0, ANSWER, members)
    fanout.offer(PART, 3, part(1_000, keyframe=True, size_bytes=10), members)
    while any(lane.pending for lane in ledger.room("r").lanes):
        assert ledger.is_balanced()
        await asyncio.sleep(0)
    control, chat, _, video = ledger.room("r").lanes
    assert control.delivered == 4 * JOBS_WAITING_MAX
    assert JOBS_WAITING_MAX <= chat.delivered < 4 * JOBS_WAITING_MAX
    assert chat.delivered + chat.dropped["slow"] == chat.offered
    written = kinds(cast(Line, members[1]._transport))
    assert [each for each in written if each[0] == "part"][-1] == ("part", 1_000, 0)
    assert video.dropped["skipped_to_keyframe"] > 0


async def test_a_frame_is_the_same_bytes_for_all() -> None:
    ledger = Ledger()
    members = tuple(connected(10**6, ledger)[0] for _ in range(2))
    frame = ReadyFrame(encoder.encode(Counters(1, 1)))
    Fanout(ledger.room("r")).offer(COUNTERS, 1, frame, members)
    assert [cast(Line, member._transport).written for member in members] == [[frame.data], [frame.data]]
