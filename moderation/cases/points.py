"""Core: points that sanctions leave with a person, how they decay, and the next step that a sum suggests.

A sanction weighs half as much after each `HALF_LIFE`, so that somebody who behaves is a newcomer again within months.
What was undone weighs nothing. The suggestion is a table and no more: a moderator decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from moderation.cases.states import Sanction

HALF_LIFE: Final = timedelta(days=30)
COUNTED_FOR: Final = HALF_LIFE * 10
"""Older ones weigh less than a thousandth of what they did."""

POINTS: Final[Mapping[str, float]] = {
    "remove": 1.0,
    Sanction.WARN.value: 1.0,
    Sanction.MUTE_10M.value: 2.0,
    Sanction.MUTE_1D.value: 4.0,
    Sanction.MUTE_ROOM.value: 6.0,
    Sanction.ROOM_BAN.value: 8.0,
    Sanction.CARD_OFF.value: 4.0,
    Sanction.LIMITED_ACCOUNT.value: 10.0,
    Sanction.STREAM_LIMITED.value: 12.0,
    Sanction.CLOSE_ACCOUNT.value: 20.0,
}
"""What each kind of the log leaves when a moderator of the platform laid it; others leave nothing."""

STEPS_OF_VIEWERS: Final[Sequence[tuple[float, Sanction]]] = (
    (0.0, Sanction.WARN),
    (0.9, Sanction.MUTE_10M),
    (2.5, Sanction.MUTE_1D),
    (6.0, Sanction.ROOM_BAN),
    (12.0, Sanction.LIMITED_ACCOUNT),
    (20.0, Sanction.CLOSE_ACCOUNT),
)
STEPS_OF_HOSTS: Final[Sequence[tuple[float, Sanction]]] = (
    (0.0, Sanction.WARN),
    (1.8, Sanction.CARD_OFF),
    (6.0, Sanction.LIMITED_ACCOUNT),
    (12.0, Sanction.STREAM_LIMITED),
    (22.0, Sanction.CLOSE_ACCOUNT),
)
"""From so many points on, this is the next step."""


def points_at(laid: Iterable[tuple[str, datetime]], now: datetime) -> float:
    """The sum of what sanctions (kind, when) still weigh, to two decimals."""
    return round(sum(POINTS.get(kind, 0.0) * weight(now - at) for kind, at in laid), 2)


def weight(age: timedelta) -> float:
    """What is left of a point after a time."""
    return float(0.5 ** (max(age, timedelta(0)) / HALF_LIFE))


def suggested(points: float, *, is_host: bool) -> Sanction:
    """The next step for somebody with so many points."""
    steps = STEPS_OF_HOSTS if is_host else STEPS_OF_VIEWERS
    return next(sanction for least, sanction in reversed(steps) if points >= least)
