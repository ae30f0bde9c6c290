"""Backlogs as scripts: what is offered, and in which order and shape it is taken."""

from __future__ import annotations

import msgpack

from media.part import Init, Part
from server.live.ledger import Ledger, RoomLedger
from server.live.socket.frames import ReadyComments, ReadyFrame, ReadyPart, ready, ready_init
from server.live.socket.ladder import Ladder
from server.live.socket.lanes import Backlog, BacklogLimits
from server.live.wire import CHUNK_BYTES_MAX, Comment, Comments, Counters, Position, encoder

LIMITS = BacklogLimits(control_bytes_max=100, chat_bytes_max=300, sound_bytes_max=2_000, video_bytes_max=60_000)


def control(name: bytes) -> ReadyFrame:
    return ReadyFrame(name)


def comments(first: int, count: int = 1) -> ReadyComments:
    lines = [
        Comment(f"c{offset}", offset, "s", "n", "viewer", "x" * 20, 0, 0) for offset in range(first, first + count)
    ]
    position = Position("e", first + count - 1)
    return ReadyComments(encoder.encode(Comments(position, lines)), position, lines)


def video(sequence: int, *, keyframe: bool = False, size_bytes: int = 5_000) -> ReadyPart:
    return ReadyPart(Part(1, "source", "video", sequence, keyframe, sequence, 200_000, 0, bytes(size_bytes)))


def sound(sequence: int, size_bytes: int = 500) -> ReadyPart:
    return ReadyPart(Part(1, "source", "audio", sequence, True, sequence, 20_000, 0, bytes(size_bytes)))


def drawn(frame: bytes | None) -> tuple[object, ...] | None:
    """A frame in few words: its kind and what tells it from others of the kind."""
    if frame is None:
        return None
    payload = frame[2:] if frame[1] < 126 else frame[4:]
    if payload[:1].isalpha():
        return (payload.decode(),)
    message = msgpack.unpackb(payload)
    match message[0]:
        case "comments":
            return ("comments", *[line[0] for line in message[2]])
        case "part":
            return ("part", message[1], message[3], message[4])
        case "init":
            return ("init", message[1])
        case _:
            return tuple(message)


def take_all(backlog: Backlog) -> list[tuple[object, ...] | None]:
    taken = []
    while (frame := backlog.take()) is not None:
        taken.append(drawn(frame))
    return taken


def make() -> tuple[Backlog, RoomLedger]:
    ledger = Ledger().room("r")
    return Backlog(LIMITS, ledger, Ladder()), ledger


def test_urgent_lanes_go_first_also_between_chunks() -> None:
    backlog, ledger = make()
    backlog.offer_part(video(1, keyframe=True, size_bytes=CHUNK_BYTES_MAX + 1), now=0.0)
    backlog.offer_part(sound(1), now=0.0)
    backlog.offer_comments(comments(1, 2))
    assert backlog.offer_control(control(b"order"))
    assert [drawn(backlog.take()) for _ in range(4)] == [
        ("order",),
        ("comments", "c1", "c2"),
        ("part", 2, 1, 0),
        ("part", 3, 1, 0),
    ]
    assert backlog.offer_control(control(b"sold out"))
    assert take_all(backlog) == [("sold out",), ("part", 3, 1, 1)]
    assert backlog.is_idle
    assert backlog.bytes_held == 0
    assert [lane.delivered for lane in ledger.lanes] == [2, 2, 1, 1]
    assert [lane.pending for lane in ledger.lanes] == [0, 0, 0, 0]


def test_control_is_never_dropped_but_bounded() -> None:
    backlog, ledger = make()
    assert backlog.offer_control(control(b"a" * 60))
    assert not backlog.offer_control(control(b"b" * 60))
    assert take_all(backlog) == [("a" * 60,), ("b" * 60,)]
    assert ledger.lanes[0].delivered == 2


def test_chat_gives_way_to_newer_chat_and_says_so() -> None:
    backlog, ledger = make()
    for first in range(1, 21, 2):
        backlog.offer_comments(comments(first, 2))
    assert backlog.bytes_held <= LIMITS.chat_bytes_max
    taken = take_all(backlog)
    missed = ledger.lanes[1].dropped["slow"]
    assert taken[0] == ("gap", 1, "slow", missed)
    assert taken[-1] == ("comments", "c19", "c20")
    assert len(taken) - 1 == (20 - missed) / 2
    assert ledger.lanes[1].delivered == 20 - missed


def test_of_the_counters_only_the_newest_waits() -> None:
    backlog, ledger = make()
    backlog.offer_comments(comments(1))
    for viewers in (1, 2, 3):
        backlog.offer_counters(ready(Counters(viewers, 0)))
    assert take_all(backlog) == [("comments", "c1"), ("counters", 3, 0)]
    assert (ledger.lanes[1].conflated, ledger.lanes[1].delivered) == (2, 2)


def test_a_retracted_line_is_not_sent_from_a_backlog() -> None:
    backlog, ledger = make()
    frame = comments(1, 3)
    backlog.offer_comments(frame)
    frame.retract(frozenset({"c2", "unknown"}))
    assert take_all(backlog) == [("comments", "c1", "c3")]
    assert ledger.lanes[1].dropped == {"retracted": 1}
    assert (ledger.lanes[1].delivered, ledger.lanes[1].pending) == (2, 0)


def test_a_retracted_line_that_gives_way_counts_once() -> None:
    backlog, ledger = make()
    frame = comments(1, 2)
    backlog.offer_comments(frame)
    frame.retract(frozenset({"c1"}))
    for offset in range(3, 13):
        backlog.offer_comments(comments(offset))
    taken = take_all(backlog)
    account = ledger.lanes[1]
    assert account.dropped["retracted"] == 1
    assert taken[0] == ("gap", 1, "slow", account.dropped["slow"])
    assert (account.pending, account.delivered + account.dropped["slow"]) == (0, 11)


def test_video_skips_to_the_newest_keyframe_that_waits() -> None:
    backlog, ledger = make()
    backlog.offer_init(3, ready_init(Init(1, "source", "video", "avc1", 1, 1, 0, 0, b"moov")))
    for sequence in range(1, 15):
        backlog.offer_part(video(sequence, keyframe=sequence % 5 == 1), now=0.0)
    assert take_all(backlog) == [
        ("gap", 3, "skipped_to_keyframe", 10),
        ("init", 3),
        *[("part", 3, sequence, 0) for sequence in (11, 12, 13, 14)],
    ]
    assert ledger.lanes[3].dropped == {"skipped_to_keyframe": 10}


def test_video_without_a_newer_keyframe_waits_for_the_next() -> None:
    backlog, _ = make()
    for sequence in range(1, 15):
        backlog.offer_part(video(sequence, keyframe=sequence == 1), now=0.0)
    assert take_all(backlog) == []
    assert not backlog.is_idle
    backlog.offer_part(video(15), now=0.0)
    assert take_all(backlog) == []
    backlog.offer_part(video(16, keyframe=True), now=0.0)
    assert take_all(backlog) == [("gap", 3, "skipped_to_keyframe", 15), ("part", 3, 16, 0)]
    assert backlog.is_idle


def test_a_part_begun_is_finished_before_the_skip() -> None:
    backlog, ledger = make()
    backlog.offer_part(video(1, keyframe=True, size_bytes=40_000), now=0.0, first_chunk=1)
    for sequence in range(2, 14):
        backlog.offer_part(video(sequence), now=0.0)
    assert take_all(backlog) == [("part", 3, 1, 1), ("part", 3, 1, 2)]
    backlog.offer_part(video(14, keyframe=True), now=0.0)
    taken = take_all(backlog)
    assert taken[1:] == [("part", 3, 14, 0)]
    assert taken[0] == ("gap", 3, "skipped_to_keyframe", ledger.lanes[3].dropped["skipped_to_keyframe"])


def test_the_window_of_a_joiner_may_be_larger_than_the_bound() -> None:
    backlog, _ = make()
    for sequence in range(1, 30):
        backlog.offer_part(video(sequence, keyframe=sequence == 1), now=0.0, join=True)
    assert len(take_all(backlog)) == 29


def test_sound_drops_its_oldest() -> None:
    backlog, ledger = make()
    for sequence in range(1, 11):
        backlog.offer_part(sound(sequence), now=0.0)
    assert backlog.bytes_held <= LIMITS.sound_bytes_max
    taken = take_all(backlog)
    assert taken[0] == ("gap", 2, "slow", ledger.lanes[2].dropped["slow"])
    assert taken[-1] == ("part", 2, 10, 0)


def test_a_snapshot_replaces_the_publications_that_wait() -> None:
    backlog, ledger = make()
    backlog.offer_comments(comments(1, 2))
    backlog.offer_counters(ready(Counters(1, 0)))
    backlog.offer_control(control(b"answer"))
    backlog.conflate_publications()
    assert take_all(backlog) == [("answer",)]
    assert (ledger.lanes[1].conflated, ledger.lanes[1].pending) == (3, 0)


def test_a_lane_switched_off_is_dropped() -> None:
    backlog, ledger = make()
    backlog.offer_part(video(1, keyframe=True, size_bytes=40_000), now=0.0, first_chunk=2)
    backlog.offer_part(video(2), now=0.0)
    backlog.offer_comments(comments(1))
    backlog.drop_lane(3, "unwanted")
    assert take_all(backlog) == [("comments", "c1"), ("part", 3, 1, 2)]
    assert ledger.lanes[3].dropped == {"unwanted": 1}


def test_abandoning_accounts_for_everything() -> None:
    backlog, ledger = make()
    backlog.offer_control(control(b"a"))
    backlog.offer_comments(comments(1, 3))
    backlog.offer_counters(ready(Counters(1, 0)))
    backlog.offer_part(sound(1), now=0.0)
    backlog.offer_part(video(1, keyframe=True, size_bytes=40_000), now=0.0, first_chunk=1)
    backlog.abandon("closed")
    assert take_all(backlog) == []
    assert backlog.bytes_held == 0
    assert [lane.pending for lane in ledger.lanes] == [0, 0, 0, 0]
    assert [lane.dropped["closed"] for lane in ledger.lanes] == [1, 4, 1, 1]


def test_a_goodbye_takes_what_is_urgent_along() -> None:
    backlog, ledger = make()
    backlog.offer_control(control(b"a"))
    backlog.offer_control(control(b"b"))
    backlog.offer_comments(comments(1))
    assert backlog.finish_control() == b"\x82\x01a\x82\x01b"
    assert ledger.lanes[0].delivered == 2


def test_what_is_taken_are_frames_that_a_client_reads() -> None:
    part = video(1, keyframe=True, size_bytes=3 * CHUNK_BYTES_MAX)
    assert b"".join(part.chunks) == part.whole
    assert len(part.chunks) == 3
    chunks = [msgpack.unpackb(chunk[4:]) for chunk in part.chunks]
    assert [(chunk[4], chunk[5], chunk[6] is not None, len(chunk[7])) for chunk in chunks] == [
        (0, False, True, CHUNK_BYTES_MAX),
        (1, False, False, CHUNK_BYTES_MAX),
        (2, True, False, CHUNK_BYTES_MAX),
    ]


def config(init_id: int) -> ReadyFrame:
    return ready_init(Init(init_id, "source", "video", "avc1", 1, 1, 0, 0, b"moov" * 20))


def test_configurations_that_no_part_needs_give_way_to_newer_ones() -> None:
    backlog, ledger = make()
    for init_id in range(50):
        backlog.offer_init(3, config(init_id))
    assert backlog.bytes_held < 200
    backlog.offer_part(video(1, keyframe=True), now=0.0)
    for init_id in range(50, 60):
        backlog.offer_init(3, config(init_id))
        for sequence in range(15):
            backlog.offer_part(video(sequence, keyframe=sequence == 0), now=0.0, join=True)
        backlog.offer_part(video(15, keyframe=True), now=0.0)
    assert [drawn[0] for drawn in take_all(backlog) if drawn is not None].count("init") <= 2
    assert ledger.is_balanced() or ledger.lanes[3].pending == 0


def test_a_late_picture_gives_way_to_a_newer_keyframe() -> None:
    backlog, ledger = make()
    for second in range(5):
        part = Part(1, "source", "video", second, True, second * 1_000_000, 1_000_000, 0, b"small")
        backlog.offer_part(ReadyPart(part), now=0.0)
    assert take_all(backlog) == [("gap", 3, "skipped_to_keyframe", 4), ("part", 3, 4, 0)]
    assert ledger.lanes[3].dropped == {"skipped_to_keyframe": 4}


def test_a_line_that_overflows_again_gets_keyframes_then_sound_and_climbs_back() -> None:
    backlog, ledger = make()
    for sequence in range(1, 30):
        backlog.offer_part(video(sequence, keyframe=sequence % 14 == 1), now=1.0)
    for sequence in range(30, 33):
        backlog.offer_part(video(sequence, keyframe=True, size_bytes=25_000), now=2.0)
    backlog.offer_part(sound(1), now=2.0)
    assert take_all(backlog) == [("gap", 3, "sound_only", 0), ("part", 2, 1, 0)]
    sent: list[tuple[object, ...] | None] = []
    for tenth in range(100):
        part = video(100 + tenth, keyframe=tenth % 10 == 0)
        backlog.offer_part(part, now=2.0 + tenth / 10, keeps_up=True)
        sent += take_all(backlog)
    levels = [each for each in sent if each is not None and each[2] in ("keyframes_only", "full")]
    assert levels == [("gap", 3, "keyframes_only", 0), ("gap", 3, "full", 0)]
    between = sent[sent.index(levels[0]) : sent.index(levels[1])]
    assert [each[2] for each in between if each is not None and each[0] == "part"] == [140, 150, 160, 170, 180]
    after = [each[2] for each in sent[sent.index(levels[1]) :] if each is not None and each[0] == "part"]
    assert after == list(range(181, 200)), "going on from the last keyframe that was sent"
    assert ledger.lanes[3].dropped["stepped_down"] > 50
    assert backlog.is_idle
