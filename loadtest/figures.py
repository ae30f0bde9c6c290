"""Core: percentiles and the machine's busyness, for every load test's report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` per cent of the values do not exceed (nearest rank)."""
    assert values, "no percentile of nothing"
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """The machine's CPU time so far, in clock ticks over all cores (proc(5), /proc/stat)."""

    busy: int
    total: int

    @classmethod
    def now(cls) -> CpuTimes:
        """Read the clock."""
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
        return cls(busy=sum(fields) - fields[3] - fields[4], total=sum(fields))

    def busy_since(self, earlier: CpuTimes) -> float:
        """The share of all cores' time that was used since: 0 to 1."""
        return (self.busy - earlier.busy) / max(1, self.total - earlier.total)
