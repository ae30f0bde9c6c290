"""Edge: carrying the outbox to whoever listens. At least once, in the order of each aggregate's versions.

A transaction's rows are read only when every transaction that was running beside it has ended: numbers are given out
before they commit, and a reader that trusted them alone would skip the late ones. A row read twice does no harm, since
every value carries its version and a lower one never replaces a higher.

Rows for one room that are read together become one publication with the newest value of each key.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from commerce.database import Database
from commerce.shelf.cards import StateItem

if TYPE_CHECKING:
    import asyncpg

Publish = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Called with `room.{room_id}` and {"items": [[key, version, value | null], …]}, or `person.{person_id}` and an Order
or {"notice": {notice_id, kind, at, facts}}."""

BATCH_ROWS_MAX: Final = 500
KEPT_FOR: Final = timedelta(hours=1)
"""How long a row stays after it was published, for people who look for what was said."""

_WAITING: Final = """
SELECT id, topic, payload::text AS payload FROM commerce.outbox
WHERE done_at IS NULL AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY id LIMIT $1
"""
_DONE: Final = "UPDATE commerce.outbox SET done_at = $2 WHERE id = ANY ($1)"
_ADD: Final = "INSERT INTO commerce.outbox (topic, payload) VALUES ($1, $2::text::jsonb)"
_PRUNE: Final = """
DELETE FROM commerce.outbox WHERE id IN (
    SELECT id FROM commerce.outbox WHERE id < $1 AND done_at < $2 ORDER BY id LIMIT $3)
"""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one step carried."""

    rows: int
    publications: int


async def relay(database: Database, publish: Publish, *, now: datetime, limit: int = BATCH_ROWS_MAX) -> Relayed:
    """Publish what waits, oldest first, at most `limit` rows, and mark it done. One relay runs at a time.

    Call again at once while `rows == limit`. An exception of `publish` leaves all of the step's rows waiting.
    """
    async with database.transaction(platform=True) as connection:
        rows = await connection.fetch(_WAITING, limit)
    if not rows:
        return Relayed(0, 0)
    publications = gather([(row["topic"], json.loads(row["payload"])) for row in rows])
    for topic, payload in publications:
        await publish(topic, payload)
    async with database.transaction(platform=True) as connection:
        await connection.execute(_DONE, [row["id"] for row in rows], now)
        await connection.execute(_PRUNE, rows[0]["id"], now - KEPT_FOR, limit * 2)
    return Relayed(len(rows), len(publications))


def gather(rows: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """One publication for each topic, in the order of first mention: of each key or order, its newest version alone.

    A notice has no versions: each is a publication of its own.
    """
    newest: dict[str, dict[str, Any]] = {}
    for topic, payload in rows:
        of_topic = newest.setdefault(topic, {})
        if topic.startswith("room."):
            for item in payload["items"]:
                of_topic[item[0]] = _newer(of_topic.get(item[0]), item, 1)
        elif "notice" in payload:
            of_topic[payload["notice"]["notice_id"]] = payload
        else:
            of_topic[payload["order_id"]] = _newer(of_topic.get(payload["order_id"]), payload, "version")
    publications: list[tuple[str, dict[str, Any]]] = []
    for topic, values in newest.items():
        if topic.startswith("room."):
            publications.append((topic, {"items": list(values.values())}))
        else:
            publications.extend((topic, of_person) for of_person in values.values())
    return publications


def _newer(held: Any, offered: Any, version: int | str) -> Any:
    return offered if held is None or offered[version] >= held[version] else held


async def announce_items(connection: asyncpg.Connection, room_id: object, items: list[StateItem]) -> None:
    """Write values that changed together to the outbox, for their room."""
    await connection.execute(_ADD, f"room.{room_id}", json.dumps({"items": items}, ensure_ascii=False))
