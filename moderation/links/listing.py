"""Edge: an outside list of identifiers against those of our accounts, in memory that does not grow with the list.

Our own hashes make a sieve first, so that of the list only what may be ours is asked for, in batches. What is told is
the line's number and whose it is; the list's own words are not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from moderation.links.identifiers import VALUE_CHARS_MAX, Hasher, Identifier
from moderation.links.sieve import Sieve
from moderation.links.sightings import HOLDERS_MAX

BATCH_LINES: Final = 10_000
LINE_BYTES_MAX: Final = 4 * VALUE_CHARS_MAX

_KNOWN: Final = """
SELECT h.digest, h.person_id, h.kind, h.last_at, p.display_name, p.state
FROM unnest($1::bytea[]) AS d (digest)
CROSS JOIN LATERAL (
    SELECT * FROM moderation.sighting s WHERE s.digest = d.digest ORDER BY s.last_at DESC LIMIT $2) h
JOIN people.person p ON p.person_id = h.person_id
"""


_ALL: Final = """
SELECT digest FROM moderation.sighting WHERE digest > $1 AND kind <> 'network' ORDER BY digest LIMIT $2
"""
PAGE_ROWS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Match:
    """A line that one of our accounts was seen with."""

    line: int
    """From 1."""
    kind: str
    person_id: UUID
    display_name: str
    state: str

    def to_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "kind": self.kind,
            "person_id": str(self.person_id),
            "display_name": self.display_name,
            "state": self.state,
        }


@dataclass(slots=True)
class Totals:
    """What a list came to."""

    lines: int = 0
    unreadable: int = 0
    """Lines that are no identifier of any kind."""
    matched_lines: int = 0
    matches: int = 0


async def check_list(
    connection: Any,
    hasher: Hasher,
    lines: Iterable[bytes],
    *,
    tell: Callable[[Match], None],
    progress: Callable[[Totals], None],
) -> Totals:
    """Tell every match as it is found; the totals so far after each batch, and at the end."""
    totals = Totals()
    sieve = await _sieve_of(connection)
    batch: dict[bytes, list[int]] = {}
    for line in lines:
        totals.lines += 1
        identifiers = read_line(hasher, line)
        if not identifiers and line.strip():
            totals.unreadable += 1
        for identifier in identifiers:
            if sieve.passes(identifier.digest):
                batch.setdefault(identifier.digest, []).append(totals.lines)
        if totals.lines % BATCH_LINES == 0:
            await _ask(connection, batch, totals, tell)
            batch = {}
            progress(totals)
    await _ask(connection, batch, totals, tell)
    return totals


def read_line(hasher: Hasher, line: bytes) -> list[Identifier]:
    """What a line may be; nothing where it is too long or no text."""
    if len(line) > LINE_BYTES_MAX:
        return []
    try:
        return hasher.listed(line.decode())
    except UnicodeDecodeError:
        return []


async def _sieve_of(connection: Any) -> Sieve:
    """A sieve of all hashes that an outside list may name. What comes in meanwhile is not looked for."""
    sieve, after = Sieve(), b""
    while rows := await connection.fetch(_ALL, after, PAGE_ROWS):
        for row in rows:
            sieve.add(row["digest"])
        after = rows[-1]["digest"]
    return sieve


async def _ask(connection: Any, batch: dict[bytes, list[int]], totals: Totals, tell: Callable[[Match], None]) -> None:
    if not batch:
        return
    told: set[tuple[int, UUID]] = set()
    for row in await connection.fetch(_KNOWN, list(batch), HOLDERS_MAX):
        for line in batch[row["digest"]]:
            if (line, row["person_id"]) not in told:
                told.add((line, row["person_id"]))
                tell(Match(line, row["kind"], row["person_id"], row["display_name"], row["state"]))
    totals.matches += len(told)
    totals.matched_lines += len({line for line, _ in told})
