"""Edge: the tree grown by one: rows get their places, and a head over them is signed and kept.

One at a time does this over all nodes (the clerk). What is signed is what the rows say at that moment, hashed anew; the
tree before them is the one that was signed last, whatever became of its rows since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from moderation.audit.heads import Head, HeadKey
from moderation.audit.reading import StoredHead
from moderation.audit.tree import Frontier, hash_leaf

PLACED_MAX: Final = 2_000
"""Rows that get their place in one transaction."""
SIGNED_MAX: Final = 10_000
"""Rows that one head adds."""
EXPIRED_MAX: Final = 2_000

_LEAVES: Final = """
SELECT leaf_index, body FROM moderation.audit_entry WHERE leaf_index >= $1 ORDER BY leaf_index LIMIT $2
"""
_SEQUENCE: Final = "SELECT moderation.sequence_audit($1)"
_EXPIRE: Final = "SELECT moderation.audit_expire($1, $2)"
_ADD_HEAD: Final = """
INSERT INTO moderation.audit_head (tree_size, root, signed_ms, key_id, signature, leaves, frontier)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def place_rows(connection: Any) -> int:
    """Give rows that have committed the next places; how many, at most `PLACED_MAX`."""
    placed: int = await connection.fetchval(_SEQUENCE, PLACED_MAX)
    return placed


async def expire_words(connection: Any, *, before: datetime) -> int:
    """Take the words of decisions of before a moment, at least three years ago; of how many, at most `EXPIRED_MAX`."""
    expired: int = await connection.fetchval(_EXPIRE, before, EXPIRED_MAX)
    return expired


async def sign_head(connection: Any, frontier: Frontier, key: HeadKey, *, signed_ms: int) -> StoredHead | None:
    """Sign and keep a head over the rows beyond this tree, and grow it by them; None where there are none.

    At most `SIGNED_MAX` rows. A place without a row ends what is signed: nothing is signed over a gap.
    """
    leaves = []
    for row in await connection.fetch(_LEAVES, frontier.size, SIGNED_MAX):
        if row["leaf_index"] != frontier.size:
            break
        leaves.append(hash_leaf(row["body"].encode()))
        frontier.append(leaves[-1])
    if not leaves:
        return None
    head = key.sign(frontier.size, frontier.root(), signed_ms)
    stored = StoredHead(head, b"".join(leaves), frontier.to_bytes())
    await _keep(connection, stored)
    return stored


async def _keep(connection: Any, stored: StoredHead) -> None:
    head: Head = stored.head
    await connection.execute(
        _ADD_HEAD,
        head.tree_size,
        head.root,
        head.signed_ms,
        head.key_id,
        head.signature,
        stored.leaves,
        stored.frontier,
    )
