"""Who holds a room: scripts of (seconds, event) → decision."""

from __future__ import annotations

import pytest

from media.rtmp.takeover import (
    BAR_MEMORY_S,
    BAR_S,
    BAR_S_MAX,
    BARS_PER_ROOM_MAX,
    SILENT_S,
    Barred,
    Encoder,
    Takeover,
    Won,
)

ROOM = "farm"
LAPTOP = Encoder("192.0.2.1", "OBS")
PHONE = Encoder("192.0.2.2", "Larix")
PHONE_AT_HOME = Encoder("192.0.2.1", "Larix")


class Script:
    """A takeover whose holder is heard all the time unless told otherwise."""

    def __init__(self) -> None:
        self.takeover = Takeover()
        self.numbers = iter(range(1, 1000))

    def claim(self, encoder: Encoder, now: float, *, silent_s: float = 0.0, room: str = ROOM) -> Won | Barred:
        held = self.takeover.holder(room) is not None
        return self.takeover.claim(
            room, next(self.numbers), encoder, now=now, holder_heard_at=now - silent_s if held else None
        )


def test_the_first_wins_and_the_newest_displaces_it() -> None:
    script = Script()
    assert script.claim(LAPTOP, 0) == Won(None)
    assert script.claim(PHONE, 5) == Won(displaced=1)
    assert script.takeover.holder(ROOM) == 2


def test_the_displaced_encoder_is_refused_for_thirty_seconds() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    script.claim(PHONE, 10)
    assert script.claim(LAPTOP, 12) == Barred(28)
    assert script.claim(LAPTOP, 10 + BAR_S - 1) == Barred(1)
    assert script.takeover.holder(ROOM) == 2
    assert script.claim(LAPTOP, 10 + BAR_S) == Won(displaced=2)


def test_one_address_with_two_kinds_of_encoder() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    assert script.claim(PHONE_AT_HOME, 1) == Won(displaced=1)
    assert isinstance(script.claim(LAPTOP, 3), Barred)


def test_two_alike_behind_one_address_do_not_play_ping_pong() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    assert script.claim(LAPTOP, 1) == Won(displaced=1)
    assert [type(script.claim(LAPTOP, now)) for now in (3, 6, 12, 24, 30)] == [Barred] * 5
    assert script.takeover.holder(ROOM) == 2


def test_an_encoder_displaces_its_own_ghost_and_is_not_barred_for_it() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    assert script.claim(LAPTOP, 10, silent_s=SILENT_S) == Won(displaced=1)
    assert script.claim(LAPTOP, 20, silent_s=SILENT_S) == Won(displaced=2)
    assert script.claim(PHONE, 21) == Won(displaced=3)


def test_a_bar_does_not_hold_against_a_silent_holder() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    script.claim(PHONE, 1)
    assert isinstance(script.claim(LAPTOP, 5, silent_s=1.9), Barred)
    assert script.claim(LAPTOP, 6, silent_s=2.0) == Won(displaced=2)


def test_a_bar_does_not_hold_when_the_winner_is_gone() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    script.claim(PHONE, 1)
    script.takeover.release(ROOM, 2, now=5)
    assert script.claim(LAPTOP, 5) == Won(None)


def test_the_end_of_a_displaced_connection_changes_nothing() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    script.claim(PHONE, 1)
    script.takeover.release(ROOM, 1, now=1)
    script.takeover.release("elsewhere", 2, now=1)
    assert script.takeover.holder(ROOM) == 2


def test_the_bar_doubles_each_time_up_to_its_limit() -> None:
    script = Script()
    now = 0.0
    script.claim(LAPTOP, now)
    seen = []
    for _ in range(6):
        script.claim(PHONE, now, silent_s=0)
        refused = script.claim(LAPTOP, now)
        assert isinstance(refused, Barred)
        seen.append(refused.retry_after_s)
        now += refused.retry_after_s
        # The phone is not barred: its connection is a ghost when the laptop comes back.
        assert isinstance(script.claim(LAPTOP, now, silent_s=SILENT_S), Won)
    assert seen == [30, 60, 120, 240, BAR_S_MAX, BAR_S_MAX]


def test_a_bar_is_forgotten_after_a_quiet_while() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    script.claim(PHONE, 0)
    later = BAR_S + BAR_MEMORY_S
    script.claim(LAPTOP, later, silent_s=SILENT_S)
    script.claim(PHONE, later)
    assert script.claim(LAPTOP, later) == Barred(BAR_S)


def test_rooms_do_not_know_each_other() -> None:
    script = Script()
    script.claim(LAPTOP, 0)
    script.claim(PHONE, 1)
    assert script.claim(LAPTOP, 2, room="jobs") == Won(None)


def test_memory_is_bounded_and_given_back() -> None:
    script = Script()
    for index in range(BARS_PER_ROOM_MAX + 10):
        assert isinstance(script.claim(Encoder(str(index), "x"), index), Won)
    room = script.takeover._rooms[ROOM]
    assert len(room.bars) == BARS_PER_ROOM_MAX
    last = BARS_PER_ROOM_MAX + 10
    script.takeover.release(ROOM, last, now=last)
    assert len(script.takeover) == 1
    script.takeover.prune(last + BAR_S + BAR_MEMORY_S)
    assert len(script.takeover) == 0


@pytest.mark.parametrize("rooms", [1, 50])
def test_a_room_without_bars_is_forgotten_at_its_end(rooms: int) -> None:
    script = Script()
    for index in range(rooms):
        script.claim(LAPTOP, 0, room=str(index))
    for index in range(rooms):
        script.takeover.release(str(index), index + 1, now=1)
    assert len(script.takeover) == 0
