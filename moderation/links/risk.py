"""Core: what speaks against an account, in points with their reasons; a moderator reads it, nothing acts on it.

A link by itself stays below what the account's own deeds can reach: whoever shares a telephone with a cheat may be the
cheat's mother.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

POINTS_MAX: Final = 100
LINK_TO_CLOSED_MAX: Final = 40
LINK_TO_LIMITED_MAX: Final = 15
WEAK_LINK_MAX: Final = 5
GROUP_MIN: Final = 4
"""Accounts that belong together before it says something."""
GROUP_POINTS: Final = 10
SANCTIONS_MAX: Final = 40
UPHELD_EACH, UPHELD_MAX = 6, 24
REPORTS_EACH, REPORTS_MAX = 2, 10
NEW_FOR: Final = timedelta(days=1)
YOUNG_FOR: Final = timedelta(days=7)
NEW_POINTS, YOUNG_POINTS = 10, 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an account."""

    age: timedelta
    closed_links: Sequence[float]
    """Strengths of the paths to closed accounts."""
    limited_links: Sequence[float]
    weak_closed_links: Sequence[float]
    group_size: int
    sanction_points: float
    """As moderation/cases/points.py counts them."""
    reports: int
    """Received, and not decided against the reporter."""
    reports_upheld: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks against it."""

    code: str
    """closed_link, limited_link, weak_closed_link, group, sanctions, reports_upheld, reports, new_account."""
    points: int
    count: int


def assess(known: Known) -> tuple[int, list[Reason]]:
    """Points from 0 to `POINTS_MAX`, and the reasons that make them, heaviest first."""
    reasons = [
        Reason("closed_link", _share(LINK_TO_CLOSED_MAX, known.closed_links), len(known.closed_links)),
        Reason("limited_link", _share(LINK_TO_LIMITED_MAX, known.limited_links), len(known.limited_links)),
        Reason("weak_closed_link", _share(WEAK_LINK_MAX, known.weak_closed_links), len(known.weak_closed_links)),
        Reason("group", GROUP_POINTS if known.group_size >= GROUP_MIN else 0, known.group_size),
        Reason("sanctions", min(SANCTIONS_MAX, round(2 * known.sanction_points)), 1),
        Reason("reports_upheld", min(UPHELD_MAX, UPHELD_EACH * known.reports_upheld), known.reports_upheld),
        Reason("reports", min(REPORTS_MAX, REPORTS_EACH * known.reports), known.reports),
        Reason("new_account", _youth(known.age), 1),
    ]
    told = sorted((reason for reason in reasons if reason.points > 0), key=lambda reason: -reason.points)
    return min(POINTS_MAX, sum(reason.points for reason in told)), told


def _share(most: int, strengths: Sequence[float]) -> int:
    return round(most * max(strengths, default=0.0))


def _youth(age: timedelta) -> int:
    return NEW_POINTS if age < NEW_FOR else YOUNG_POINTS if age < YOUNG_FOR else 0
