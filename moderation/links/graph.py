"""Core: which accounts belong together, and why: a graph of accounts and the identifiers that they share.

A shared identifier links two accounts as strongly as its kind is (moderation/links/identifiers.py), less with the time
since it was seen with both, and hardly at all once too many share it. Only strong links join accounts into a group
(union-find), and a chain of them says less with every step. What comes out is a path that a person can judge.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from moderation.links.identifiers import WEIGHTS, Kind, Weight

STRONG_MIN: Final = 0.5
"""From here on a shared identifier links."""
CROWDED_MAX: Final = 0.3
"""The most that an identifier says which too many share."""
PATH_MIN: Final = 0.2
"""A chain that says less is none."""
PATH_STEPS_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """An identifier seen with an account."""

    person_id: UUID
    kind: Kind
    digest: bytes
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Two accounts that share an identifier."""

    from_id: UUID
    to_id: UUID
    kind: Kind
    """The weaker of the kinds that it has with the two."""
    strength: float
    shared_by: int
    """Accounts that have the identifier."""
    last_at: datetime
    """When the earlier of the two was last seen with it."""
    digest: bytes

    @property
    def is_strong(self) -> bool:
        return self.strength >= STRONG_MIN


@dataclass(frozen=True, slots=True)
class Path:
    """A chain of steps from one account to another."""

    steps: tuple[Step, ...]

    @property
    def strength(self) -> float:
        """The product of its steps'."""
        product = 1.0
        for step in self.steps:
            product *= step.strength
        return product

    @property
    def to_id(self) -> UUID:
        return self.steps[-1].to_id


class Groups:
    """Union-find over accounts."""

    def __init__(self) -> None:
        self._parents: dict[UUID, UUID] = {}
        self._sizes: dict[UUID, int] = {}

    def root(self, person_id: UUID) -> UUID:
        """The account that stands for the group."""
        parent = self._parents.setdefault(person_id, person_id)
        while parent != self._parents[parent]:
            self._parents[parent] = self._parents[self._parents[parent]]
            parent = self._parents[parent]
        self._parents[person_id] = parent
        return parent

    def join(self, first: UUID, second: UUID) -> None:
        larger, smaller = self.root(first), self.root(second)
        if larger == smaller:
            return
        if self._sizes.get(larger, 1) < self._sizes.get(smaller, 1):
            larger, smaller = smaller, larger
        self._parents[smaller] = larger
        self._sizes[larger] = self._sizes.get(larger, 1) + self._sizes.get(smaller, 1)

    def size(self, person_id: UUID) -> int:
        """Accounts in the group."""
        return self._sizes.get(self.root(person_id), 1)


class Graph:
    """What some sightings say at a moment."""

    def __init__(self, sightings: Iterable[Sighting], now: datetime) -> None:
        self._now = now
        self.groups = Groups()
        self._steps: dict[UUID, dict[UUID, Step]] = {}
        """The strongest step between two accounts."""
        self._weak: dict[UUID, dict[UUID, Step]] = {}
        by_digest: dict[bytes, dict[UUID, Sighting]] = {}
        for sighting in sightings:
            holders = by_digest.setdefault(sighting.digest, {})
            held = holders.get(sighting.person_id)
            if held is None or _base(sighting.kind).strength > _base(held.kind).strength:
                holders[sighting.person_id] = sighting
        for holders in by_digest.values():
            self._link(holders)

    def paths(self, person_id: UUID) -> list[Path]:
        """The strongest chain of strong steps to each account of the group within reach, strongest first."""
        best: dict[UUID, Path] = {}
        waiting: list[tuple[float, int, tuple[Step, ...]]] = [(-1.0, 0, ())]
        counted = 0
        while waiting:
            _, _, steps = heapq.heappop(waiting)
            here = steps[-1].to_id if steps else person_id
            if steps:
                if here in best or here == person_id:
                    continue
                best[here] = Path(steps)
            if len(steps) == PATH_STEPS_MAX:
                continue
            for there, step in self._steps.get(here, {}).items():
                chain = Path((*steps, step))
                if there not in best and there != person_id and chain.strength >= PATH_MIN:
                    counted += 1
                    heapq.heappush(waiting, (-chain.strength, counted, chain.steps))
        return sorted(best.values(), key=lambda path: (-path.strength, path.to_id))

    def path(self, from_id: UUID, to_id: UUID) -> Path | None:
        """Why these two belong together; None where they don't."""
        return next((path for path in self.paths(from_id) if path.to_id == to_id), None)

    def weak(self, person_id: UUID) -> list[Step]:
        """What hints at others and links to none of them, strongest first."""
        steps = self._weak.get(person_id, {})
        strong = self._steps.get(person_id, {})
        return sorted(
            (step for there, step in steps.items() if there not in strong),
            key=lambda step: (-step.strength, step.to_id),
        )

    def _link(self, holders: Mapping[UUID, Sighting]) -> None:
        people = list(holders.values())
        for index, first in enumerate(people):
            for second in people[index + 1 :]:
                step = _step(first, second, len(people), self._now)
                self._keep(step)
                self._keep(_turned(step))
                if step.is_strong:
                    self.groups.join(first.person_id, second.person_id)

    def _keep(self, step: Step) -> None:
        steps = (self._steps if step.is_strong else self._weak).setdefault(step.from_id, {})
        held = steps.get(step.to_id)
        if held is None or step.strength > held.strength:
            steps[step.to_id] = step


def strength(kind: Kind, *, age: timedelta, shared_by: int) -> float:
    """How far an identifier links two of the accounts that share it. `age`: since it was seen with both."""
    weight = _base(kind)
    found = weight.strength * float(0.5 ** (max(age, timedelta(0)) / weight.half_life))
    if shared_by > weight.accounts_max:
        found = min(found * weight.accounts_max / shared_by, CROWDED_MAX)
    return found


def _base(kind: Kind) -> Weight:
    return WEIGHTS[kind]


def _step(first: Sighting, second: Sighting, shared_by: int, now: datetime) -> Step:
    kind = min(first.kind, second.kind, key=lambda each: _base(each).strength)
    last_at = min(first.last_at, second.last_at)
    found = strength(kind, age=now - last_at, shared_by=shared_by)
    return Step(first.person_id, second.person_id, kind, found, shared_by, last_at, first.digest)


def _turned(step: Step) -> Step:
    return Step(step.to_id, step.from_id, step.kind, step.strength, step.shared_by, step.last_at, step.digest)
