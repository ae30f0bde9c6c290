"""Edge: proofs and exports, made while the log passes by once, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

from moderation.audit.heads import Head
from moderation.audit.proofs import Consistency, Inclusion, consistency, inclusion
from moderation.audit.reading import entries_of, last_head
from moderation.audit.tree import (
    Frontier,
    ProofBuilder,
    Range,
    consistency_ranges,
    hash_leaf,
    inclusion_ranges,
    is_consistent,
    is_included,
)
from moderation.audit.verifying import Progress
from moderation.errors import LogBroken

PAGE_ROWS: Final = 5_000

_LEAVES: Final = """
SELECT leaf_index, body FROM moderation.audit_entry WHERE leaf_index >= $1 AND leaf_index < $2
ORDER BY leaf_index LIMIT $3
"""


async def leaves(connection: Any, begin: int, end: int) -> AsyncIterator[tuple[int, str]]:
    """Places and bodies of the log, in order."""
    while begin < end:
        rows = await connection.fetch(_LEAVES, begin, end, PAGE_ROWS)
        if not rows:
            return
        for row in rows:
            yield row["leaf_index"], row["body"]
        begin = rows[-1]["leaf_index"] + 1


async def prove_row(connection: Any, row_id: UUID, progress: Progress) -> list[Inclusion]:
    """A proof of each signed leaf that tells the row, under the newest head; none where the log tells nothing of it.

    Raises: LogBroken where the log doesn't fit its head: it has to be verified.
    """
    stored = await last_head(connection)
    if stored is None:
        return []
    head = stored.head
    proofs = []
    for entry in await entries_of(connection, row_id):
        if entry.leaf_index is None or entry.leaf_index >= head.tree_size:
            continue
        path = await _gather(connection, inclusion_ranges(entry.leaf_index, head.tree_size), head, progress)
        if not is_included(entry.hashed(), entry.leaf_index, head.tree_size, path, head.root):
            raise LogBroken(head.tree_size)
        proofs.append(inclusion(entry.body, entry.leaf_index, path, head))
    return proofs


async def prove_since(connection: Any, old_size: int, progress: Progress) -> Consistency | None:
    """A proof that the newest head's tree begins with the one of that size; None where there is no such.

    Raises: LogBroken.
    """
    stored = await last_head(connection)
    if stored is None or not 0 < old_size <= stored.head.tree_size:
        return None
    head, old = stored.head, Frontier()
    async for _, body in leaves(connection, 0, old_size):
        old.append(hash_leaf(body.encode()))
    path = await _gather(connection, consistency_ranges(old_size, head.tree_size), head, progress)
    if not is_consistent(old_size, head.tree_size, old.root(), head.root, path):
        raise LogBroken(head.tree_size)
    return consistency(old_size, old.root(), path, head)


async def _gather(connection: Any, ranges: Sequence[Range], head: Head, progress: Progress) -> list[bytes]:
    builder = ProofBuilder(ranges)
    expected = 0
    async for index, body in leaves(connection, 0, head.tree_size):
        if index != expected:
            raise LogBroken(head.tree_size)
        builder.feed(index, hash_leaf(body.encode()))
        expected += 1
        if expected % PAGE_ROWS == 0:
            progress(expected, head.tree_size)
    if expected != head.tree_size:
        raise LogBroken(head.tree_size)
    return builder.proof()
