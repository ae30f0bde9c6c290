"""Points of sanctions: how they add up and decay, and the next step that a sum suggests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moderation.cases.points import COUNTED_FOR, HALF_LIFE, POINTS, points_at, suggested
from moderation.cases.states import Sanction

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def test_points_add_up_and_halve() -> None:
    assert points_at([], NOW) == 0.0
    assert points_at([("warn", NOW), ("mute_10m", NOW)], NOW) == 3.0
    assert points_at([("mute_1d", NOW - HALF_LIFE)], NOW) == 2.0
    assert points_at([("mute_1d", NOW - 2 * HALF_LIFE), ("warn", NOW)], NOW) == 2.0
    assert points_at([("close_account", NOW - COUNTED_FOR)], NOW) < 0.05


def test_what_is_no_sanction_weighs_nothing_and_no_clock_makes_a_point_heavier() -> None:
    assert points_at([("approve", NOW), ("undo", NOW)], NOW) == 0.0
    assert points_at([("warn", NOW + timedelta(seconds=3))], NOW) == 1.0


def test_every_sanction_has_its_points_and_severer_ones_more() -> None:
    assert {sanction.value for sanction in Sanction} < set(POINTS)
    of_viewers = [POINTS[each] for each in ("warn", "mute_10m", "mute_1d", "mute_room", "room_ban", "limited_account")]
    assert of_viewers == sorted(set(of_viewers))


@pytest.mark.parametrize(
    ("points", "is_host", "step"),
    [
        (0.0, False, Sanction.WARN),
        (1.0, False, Sanction.MUTE_10M),
        (3.0, False, Sanction.MUTE_1D),
        (7.0, False, Sanction.ROOM_BAN),
        (15.0, False, Sanction.LIMITED_ACCOUNT),
        (99.0, False, Sanction.CLOSE_ACCOUNT),
        (1.0, True, Sanction.WARN),
        (2.0, True, Sanction.CARD_OFF),
        (6.0, True, Sanction.LIMITED_ACCOUNT),
        (12.0, True, Sanction.STREAM_LIMITED),
        (22.0, True, Sanction.CLOSE_ACCOUNT),
    ],
)
def test_the_next_step(points: float, is_host: bool, step: Sanction) -> None:
    assert suggested(points, is_host=is_host) is step


def test_who_is_sanctioned_by_the_table_climbs_it_and_comes_down_by_waiting() -> None:
    laid: list[tuple[str, datetime]] = []
    steps = []
    for _ in range(6):
        step = suggested(points_at(laid, NOW), is_host=False)
        steps.append(step)
        laid.append((step.value, NOW))
    assert steps == [
        Sanction.WARN,
        Sanction.MUTE_10M,
        Sanction.MUTE_1D,
        Sanction.ROOM_BAN,
        Sanction.LIMITED_ACCOUNT,
        Sanction.CLOSE_ACCOUNT,
    ]
    assert suggested(points_at(laid[:3], NOW + 6 * HALF_LIFE), is_host=False) is Sanction.WARN
