"""Core: percentiles, and the machine's and its processes' busyness, for every load test's report."""

from __future__ import annotations

import math
import os
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


def listeners(port: int) -> list[int]:
    """The processes here that listen on a TCP port, each with its own socket (proc(5), net/tcp)."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
            inodes.add(f"socket:[{fields[9]}]")
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and any(os.readlink(fd) in inodes for fd in (process / "fd").iterdir()):
                found.append(int(process.name))
        except OSError:
            continue  # gone, or somebody else's
    return sorted(found)


def process_cpu_s(pid: int) -> float:
    """CPU time that a process has used so far, in user and system mode (proc(5), /proc/pid/stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def node_of(pid: int) -> list[int]:
    """The processes of the node that one of its workers belongs to: the worker's parent and all below it, the embedded
    engines with them."""
    parents: dict[int, int] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # gone meanwhile
    found = {parents.get(pid, pid)}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return sorted(found)


def processes_cpu_s(pids: Sequence[int]) -> float:
    """CPU time that these have used so far; one that has ended counts no more."""
    total_s = 0.0
    for pid in pids:
        try:
            total_s += process_cpu_s(pid)
        except OSError:
            continue
    return total_s
