"""The ladder as tables: what a line did, and the level that follows."""

from __future__ import annotations

import pytest

from server.live.socket.ladder import CLIMB_AFTER_S, Ladder, Level

FULL, KEYFRAMES, SOUND = Level.FULL, Level.KEYFRAMES_ONLY, Level.SOUND_ONLY

Step = tuple[float, str, Level]

TABLES: dict[str, list[Step]] = {
    "a hiccup": [(0.0, "overflow", FULL), (60.0, "overflow", FULL)],
    "two within seconds": [(0.0, "overflow", FULL), (5.0, "overflow", KEYFRAMES)],
    "keyframes are too much as well": [
        (0.0, "overflow", FULL),
        (1.0, "overflow", KEYFRAMES),
        (30.0, "overflow", SOUND),
        (31.0, "overflow", SOUND),
    ],
    "up again step by step": [
        (0.0, "overflow", FULL),
        (1.0, "overflow", KEYFRAMES),
        (2.0, "overflow", SOUND),
        (3.0, "keeps up", SOUND),
        (6.9, "keeps up", SOUND),
        (7.0, "keeps up", KEYFRAMES),
        (8.0, "keeps up", KEYFRAMES),
        (12.0, "keeps up", FULL),
    ],
    "only an unbroken while counts": [
        (0.0, "overflow", FULL),
        (1.0, "overflow", KEYFRAMES),
        (2.0, "keeps up", KEYFRAMES),
        (5.0, "waits", KEYFRAMES),
        (6.5, "keeps up", KEYFRAMES),
        (10.4, "keeps up", KEYFRAMES),
        (10.5, "keeps up", FULL),
    ],
    "a climb that fails is tried later": [
        (0.0, "overflow", FULL),
        (1.0, "overflow", KEYFRAMES),
        (12.0, "keeps up", KEYFRAMES),
        (16.0, "keeps up", FULL),
        (25.0, "overflow", KEYFRAMES),
        (26.0, "keeps up", KEYFRAMES),
        (33.9, "keeps up", KEYFRAMES),
        (34.0, "keeps up", FULL),
    ],
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_tables(table: list[Step]) -> None:
    ladder = Ladder()
    for now, event, expected in table:
        before = ladder.level
        if event == "overflow":
            stepped = ladder.overflowed(now)
        else:
            stepped = ladder.video_came(now, keeps_up=event == "keeps up")
        assert ladder.level is expected, (now, event)
        assert stepped == (ladder.level is not before)


def test_climbs_that_fail_wait_a_minute_at_most() -> None:
    ladder, now = Ladder(), 0.0
    ladder.overflowed(now)
    ladder.overflowed(now)
    waited_s: list[float] = []
    for _ in range(8):
        began = now
        while ladder.level is not FULL:
            now += 0.2
            ladder.video_came(now, keeps_up=True)
        waited_s.append(round(now - began, 1))
        ladder.overflowed(now)
    assert waited_s == sorted(waited_s)
    assert waited_s[0] == pytest.approx(CLIMB_AFTER_S, abs=0.5)
    assert waited_s[-1] == pytest.approx(60, abs=0.5)
