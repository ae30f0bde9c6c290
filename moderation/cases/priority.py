"""Core: which case first: risk × audience × age, with cases that say the same taken as one.

Each factor grows without bound but slowly, so that neither a crowd nor a suspicion starves what waits: after
`AGE_DOUBLES` every case weighs twice as much as when it came.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from moderation.folding import fold

RISK_OF: Final[Mapping[str, float]] = {"report": 0.4, "flag": 0.5, "hold": 0.7, "block": 0.9}
"""The least risk of a case by what brought it here; the filter's own score counts where it is higher."""
UNBELIEVED: Final = 0.8
"""How much of the doubt is left after each report."""
HIDDEN_WEIGHS: Final = 0.5
"""What nobody sees meanwhile harms nobody but its author."""
AGE_DOUBLES: Final = timedelta(minutes=10)

_BETWEEN: Final = re.compile(r"[\W_]+")
_REPEATS: Final = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case as far as its place in the queue goes."""

    case_id: UUID
    kind: str
    why: str
    """report, flag, hold or block."""
    score: float
    reports: int
    audience: int
    """Viewers of its room when it came."""
    shown: bool
    created_at: datetime
    fold: str | None
    subject_id: UUID | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the queue: a case, and how many say the same, itself included."""

    case_id: UUID
    priority: float
    alike: tuple[UUID, ...]


def fold_key(text: str) -> str | None:
    """The same for texts that differ only in their dress: case, width, script, separators, repeats. None: no text."""
    plain = _REPEATS.sub(r"\1", _BETWEEN.sub("", fold(text)))
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:32] if plain else None


def risk(why: str, score: float, reports: int) -> float:
    """How likely something is wrong, from 0 to 1."""
    doubt = 1 - max(RISK_OF[why], min(score, 1.0))
    return float(1 - doubt * UNBELIEVED**reports)


def priority(case: Waiting, now: datetime) -> float:
    """How urgent a case is; higher first."""
    weight = 1.0 if case.shown else HIDDEN_WEIGHS
    age = max(now - case.created_at, timedelta(0)) / AGE_DOUBLES
    crowd = 1 + math.log2(1 + max(case.audience, 0))
    return risk(case.why, case.score, case.reports) * weight * crowd * (1 + age)


def in_order(cases: Iterable[Waiting], now: datetime) -> list[Entry]:
    """The queue: of cases that say the same the most urgent stands for all, and many make it more urgent."""
    groups: dict[tuple[str, str], list[tuple[float, Waiting]]] = {}
    for case in cases:
        key = (case.kind, case.fold if case.fold is not None else str(case.case_id))
        groups.setdefault(key, []).append((priority(case, now), case))
    entries = [_entry(group) for group in groups.values()]
    return sorted(entries, key=lambda entry: (-entry.priority, entry.case_id))


def _entry(group: list[tuple[float, Waiting]]) -> Entry:
    group.sort(key=lambda each: (-each[0], each[1].case_id))
    urgency, first = group[0]
    people = len({case.subject_id for _, case in group})
    return Entry(first.case_id, urgency * (1 + math.log2(people)), tuple(case.case_id for _, case in group))
