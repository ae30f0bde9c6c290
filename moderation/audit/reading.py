"""Edge: the audit log read from the database, page by page, in a transaction that acts for the platform.

Whoever reads the whole log does so in one snapshot: the callers' transactions are `repeatable read`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.audit.entries import HIDING, TABLES, Entry
from moderation.audit.heads import Head
from moderation.audit.tree import HASH_BYTES, Frontier, split_hashes

PAGE_ROWS: Final = 2_000
PAGE_HEADS: Final = 50
UNTOLD_MAX: Final = 100
"""Rows of one source without an entry that are named."""

_HEAD: Final = "SELECT tree_size, root, signed_ms, key_id, signature, leaves, frontier FROM moderation.audit_head"
_LAST_HEAD: Final = _HEAD + " ORDER BY tree_size DESC LIMIT 1"
_HEADS: Final = _HEAD + " WHERE tree_size > $1 ORDER BY tree_size LIMIT $2"
_ENTRY: Final = """
SELECT e.entry_no, e.source, e.row_id, e.body, e.subject_id, e.actor_id, e.subject_salt, e.actor_salt,
       e.subject_erased_by, e.actor_erased_by, e.leaf_index, e.leaf_hash, NOT EXISTS (
           SELECT FROM moderation.audit_entry l
           WHERE l.row_id = e.row_id AND l.source = e.source AND l.entry_no > e.entry_no) AS is_newest
FROM moderation.audit_entry e
"""
_PLACED: Final = _ENTRY + "WHERE e.leaf_index >= $1 AND e.leaf_index < $2 ORDER BY e.leaf_index LIMIT $3"
_WAITING: Final = _ENTRY + "WHERE e.leaf_index IS NULL AND e.entry_no > $1 ORDER BY e.entry_no LIMIT $2"
_OF_ROW: Final = _ENTRY + "WHERE e.row_id = $1 ORDER BY e.entry_no"
_AT: Final = "SELECT leaf_index, source, row_id FROM moderation.audit_entry WHERE leaf_index = ANY ($1)"
_ERASURES: Final = """
SELECT e.entry_no, e.leaf_index, e.row_id, e.body, t.salts, t.sha256
FROM moderation.audit_entry e, moderation.audit_erased(e.entry_no) t
WHERE e.source IN ('erasure', 'expiry') ORDER BY e.entry_no
"""
_COUNTS: Final = """
SELECT count(*) AS entries, coalesce(max(leaf_index) + 1, 0) AS placed FROM moderation.audit_entry
"""
_ROWS: Final = """
SELECT t.{key} AS row_id, (SELECT jsonb_object_agg(f.key, f.value::text) FROM jsonb_each(to_jsonb(t)) f)::text AS fields
FROM {table} t WHERE t.{key} = ANY ($1)
"""
_UNTOLD: Final = """
SELECT t.{key} AS row_id FROM {table} t WHERE {told} AND NOT EXISTS (
    SELECT FROM moderation.audit_entry e WHERE e.row_id = t.{key} AND e.source = '{source}')
ORDER BY t.{key} LIMIT $1
"""
_LIFTED: Final = """
SELECT a.action_id FROM moderation.action a
LEFT JOIN moderation.mute m USING (action_id)
LEFT JOIN moderation.restriction r USING (action_id)
JOIN people.person p ON p.person_id = a.subject_id AND p.erased_at IS NULL
WHERE (m.lifted_at IS NOT NULL OR r.lifted_at IS NOT NULL
       OR (a.kind LIKE 'mute%' AND m.action_id IS NULL)
       OR (a.kind IN ('room_ban', 'limited_account', 'card_off', 'stream_limited') AND r.action_id IS NULL)
       OR (a.kind = 'close_account' AND p.state <> 'closed'))
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
ORDER BY a.action_id LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class StoredHead:
    """A head with what the database keeps beside it."""

    head: Head
    leaves: bytes
    """The hashes since the head before."""
    frontier: bytes

    def leaf_hashes(self) -> list[bytes]:
        """The hashes; none where they are not whole ones."""
        return split_hashes(self.leaves) if len(self.leaves) % HASH_BYTES == 0 else []

    def grown(self) -> Frontier | None:
        """The tree at this head, or None where what is kept of it isn't what was signed."""
        try:
            frontier = Frontier.from_bytes(self.head.tree_size, self.frontier)
        except ValueError:
            return None
        return frontier if frontier.root() == self.head.root else None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure as the log tells it, and as the rows are."""

    entry_no: int
    leaf_index: int | None
    row_id: UUID
    body: str
    salts: int
    sha256: str


async def last_head(connection: Any) -> StoredHead | None:
    """The newest head."""
    row = await connection.fetchrow(_LAST_HEAD)
    return None if row is None else _stored(row)


async def all_heads(connection: Any, *, after: int = 0) -> AsyncIterator[StoredHead]:
    """Heads of trees larger than `after`, smallest first."""
    while True:
        rows = await connection.fetch(_HEADS, after, PAGE_HEADS)
        for row in rows:
            yield _stored(row)
        if len(rows) < PAGE_HEADS:
            return
        after = rows[-1]["tree_size"]


async def placed_entries(connection: Any, begin: int, end: int) -> AsyncIterator[list[Entry]]:
    """Entries with a place from `begin` up to and without `end`, in pages."""
    while begin < end:
        rows = await connection.fetch(_PLACED, begin, end, PAGE_ROWS)
        if not rows:
            return
        yield [Entry(**row) for row in rows]
        begin = rows[-1]["leaf_index"] + 1


async def waiting_entries(connection: Any) -> AsyncIterator[list[Entry]]:
    """Entries without a place yet, in pages."""
    after = 0
    while rows := await connection.fetch(_WAITING, after, PAGE_ROWS):
        yield [Entry(**row) for row in rows]
        after = rows[-1]["entry_no"]


async def entries_of(connection: Any, row_id: UUID) -> list[Entry]:
    """All that the log tells of a row."""
    return [Entry(**row) for row in await connection.fetch(_OF_ROW, row_id)]


async def rows_at(connection: Any, places: list[int]) -> dict[int, tuple[str, UUID]]:
    """What stands in these places: source and row."""
    rows = await connection.fetch(_AT, places)
    return {row["leaf_index"]: (row["source"], row["row_id"]) for row in rows}


async def erasures(connection: Any) -> list[Erasure]:
    """All erasures."""
    return [Erasure(**row) for row in await connection.fetch(_ERASURES)]


async def counts(connection: Any) -> tuple[int, int]:
    """Entries, and how long the log is by the last place."""
    row = await connection.fetchrow(_COUNTS)
    return row["entries"], row["placed"]


async def told_rows(connection: Any, entries: list[Entry]) -> Mapping[tuple[str, UUID], Mapping[str, str]]:
    """The rows that the entries tell, each field as jsonb writes it, by source and id."""
    found = {}
    for source, (table, key) in TABLES.items():
        row_ids = [entry.row_id for entry in entries if entry.source == source]
        if not row_ids:
            continue
        for row in await connection.fetch(_ROWS.format(table=table, key=key), row_ids):
            found[source, row["row_id"]] = msgspec.json.decode(row["fields"], type=dict[str, str])
    return found


async def untold_rows(connection: Any, source: str) -> list[UUID]:
    """Rows of a source that the log does not tell, some of them."""
    table, key = TABLES[source]
    hiding = ", ".join(f"'{action}'" for action in HIDING)
    told = f"t.action IN ({hiding})" if source == "verdict" else "true"
    query = _UNTOLD.format(table=table, key=key, told=told, source=source)
    return [row["row_id"] for row in await connection.fetch(query, UNTOLD_MAX)]


async def lifted_unsaid(connection: Any) -> list[UUID]:
    """Sanctions that hold no more though nobody undid them, some of them."""
    return [row["action_id"] for row in await connection.fetch(_LIFTED, UNTOLD_MAX)]


def _stored(row: Any) -> StoredHead:
    head = Head(row["tree_size"], row["root"], row["signed_ms"], row["key_id"], row["signature"])
    return StoredHead(head, row["leaves"], row["frontier"])
