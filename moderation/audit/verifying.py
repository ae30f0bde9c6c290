"""Edge: the whole log read again: every head, every row of it, and every row that it tells.

Memory stays flat: pages of rows, and 32 bytes for each row between two heads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from moderation.audit.checking import TreeCheck
from moderation.audit.entries import TABLES, Entry, Fault, Finding, check_entry, read_body
from moderation.audit.heads import Head, TrustedKeys, write_head
from moderation.audit.reading import (
    all_heads,
    counts,
    erasures,
    lifted_unsaid,
    placed_entries,
    rows_at,
    told_rows,
    untold_rows,
    waiting_entries,
)

FINDINGS_MAX: Final = 1_000
"""Findings that are told; the others are counted."""

Progress = Callable[[int, int], None]
"""Called with rows read, and how many there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """What reading everything again has shown."""

    entries: int
    """Rows of the log."""
    signed: int
    """Those that a head covers."""
    heads: int
    kept_heads: int
    """Heads from outside the database that were compared."""
    last_head: Head | None
    findings: list[Finding]
    findings_more: int
    """Findings beyond those that are told."""

    @property
    def ok(self) -> bool:
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "entries": self.entries,
            "signed": self.signed,
            "waiting": self.entries - self.signed,
            "heads": self.heads,
            "kept_heads": self.kept_heads,
            "root": self.last_head.root.hex() if self.last_head is not None else None,
            "head": write_head(self.last_head) if self.last_head is not None else None,
            "findings": [finding.to_json() for finding in self.findings],
            "findings_more": self.findings_more,
        }


async def verify(connection: Any, *, keys: TrustedKeys, kept: Sequence[Head], progress: Progress) -> Report:
    """Read everything again, in one snapshot, which the caller's transaction holds."""
    reader = _Reader(connection, progress)
    await reader.begin()
    tree = TreeCheck(keys, kept)
    heads, last = 0, None
    async for stored in all_heads(connection):
        own = await reader.read(tree.frontier.size, stored.head.tree_size)
        tree.feed(stored.head, stored.leaf_hashes(), own)
        heads, last = heads + 1, stored.head
    signed = tree.frontier.size
    tree.feed_unsigned(await reader.read(signed, reader.placed), reader.placed)
    await reader.read_waiting()
    await reader.read_untold()
    await reader.read_lifted()
    tree.finish()
    places = [finding.leaf_index for finding in tree.findings if finding.leaf_index is not None]
    rows = await rows_at(connection, places[:FINDINGS_MAX])
    findings = _once([*reader.findings, *(_named(finding, rows) for finding in tree.findings)])
    return Report(
        entries=reader.entries,
        signed=signed,
        heads=heads,
        kept_heads=len(kept),
        last_head=last,
        findings=findings[:FINDINGS_MAX],
        findings_more=max(0, len(findings) - FINDINGS_MAX),
    )


class _Reader:
    """Reads rows and the rows that they tell, and keeps what is wrong with them."""

    def __init__(self, connection: Any, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress
        self._erasures: frozenset[int] = frozenset()
        self._read = 0
        self.findings: list[Finding] = []
        self.entries = 0
        self.placed = 0

    async def begin(self) -> None:
        self.entries, self.placed = await counts(self._connection)
        told = await erasures(self._connection)
        self._erasures = frozenset(erasure.entry_no for erasure in told)
        for erasure in told:
            body = read_body(erasure.body)
            if body is None or (body.fields.get("salts"), body.fields.get("sha256")) != (erasure.salts, erasure.sha256):
                words = "the salts that are gone are not those that the erasure tells"
                self.findings.append(
                    Finding(
                        Fault.ERASED,
                        words,
                        erasure.leaf_index,
                        body.source if body is not None else None,
                        erasure.row_id,
                    )
                )

    async def read(self, begin: int, end: int) -> dict[int, bytes]:
        """Check the rows that stand there; their hashes, by place."""
        own: dict[int, bytes] = {}
        async for page in placed_entries(self._connection, begin, end):
            await self._check(page)
            for entry in page:
                assert entry.leaf_index is not None
                own[entry.leaf_index] = entry.hashed()
        return own

    async def read_waiting(self) -> None:
        async for page in waiting_entries(self._connection):
            await self._check(page)

    async def read_untold(self) -> None:
        for source in TABLES:
            for row_id in await untold_rows(self._connection, source):
                self.findings.append(
                    Finding(Fault.ADDED, f"the log tells nothing of this {source}", None, source, row_id)
                )

    async def read_lifted(self) -> None:
        for action_id in await lifted_unsaid(self._connection):
            words = "what it laid was lifted, and no decision says so"
            self.findings.append(Finding(Fault.LIFTED, words, None, "action", action_id))

    async def _check(self, page: list[Entry]) -> None:
        rows = await told_rows(self._connection, page)
        for entry in page:
            self.findings += check_entry(entry, rows.get((entry.source, entry.row_id)), self._erasures)
        self._read += len(page)
        self._progress(self._read, self.entries)


def _named(finding: Finding, rows: Mapping[int, tuple[str, UUID]]) -> Finding:
    """The finding with the row that stands in its place."""
    if finding.leaf_index is None or finding.leaf_index not in rows or finding.fault is Fault.TREE:
        return finding
    source, row_id = rows[finding.leaf_index]
    return Finding(finding.fault, finding.what, finding.leaf_index, source, row_id)


def _once(findings: list[Finding]) -> list[Finding]:
    """Each fault of a row once, in the order of the log; what has no place comes last."""
    found: dict[tuple[Fault, int | None, UUID | None, str], Finding] = {}
    for finding in findings:
        what = finding.what if finding.leaf_index is None or finding.fields else ""
        found.setdefault((finding.fault, finding.leaf_index, finding.row_id, what), finding)
    return sorted(found.values(), key=lambda each: (each.leaf_index is None, each.leaf_index or 0))
