"""Edge: what decisions have yet to do outside the database: written with them, done by the clerk at least once.

Effects of one room or person are done in the order in which they were decided: while one waits, those after it do too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from moderation.records import as_json

BATCH_EFFECTS_MAX: Final = 200
RETRY_AFTER_MAX: Final = timedelta(seconds=30)
KEPT_FOR: Final = timedelta(hours=1)
"""How long an effect stays after it was done, for people who look for what happened."""

RELEASE: Final = "release"
"""Show a line in its room; payload as server.live.topics.ReleaseCommand."""
RETRACT: Final = "retract"
"""Take a line off every screen; payload: comment_id, code."""
REVOKE: Final = "revoke"
"""End a person's live connections; payload: empty."""
MUTES: Final = "mutes"
"""Tell every worker that mutes changed; payload: empty."""
EVIDENCE: Final = "evidence"
"""Some time after a line became a case: keep what was said around it; payload: case_id, wall_us."""

LAPSE: Final = "lapse"
"""Let a sanction fall that nobody has seconded by then; its subject is the action. Payload: empty."""
OF_THEIR_OWN_TIME: Final = (EVIDENCE, LAPSE)
"""Kinds that wait for a moment, and for which nothing else waits."""

_ADD: Final = """
INSERT INTO moderation.effect (kind, subject, payload, due_at) VALUES ($1, $2, $3::text::jsonb, $4)
"""
_DUE: Final = """
SELECT e.effect_id, e.kind, e.subject, e.payload::text AS payload, e.tries FROM moderation.effect e
WHERE e.done_at IS NULL AND e.due_at <= $1 AND (e.kind = ANY ($3) OR NOT EXISTS (
    SELECT FROM moderation.effect b WHERE b.done_at IS NULL AND b.subject = e.subject AND b.effect_id < e.effect_id
        AND b.kind <> ALL ($3)))
ORDER BY e.effect_id LIMIT $2
"""
_DONE: Final = "UPDATE moderation.effect SET done_at = $2 WHERE effect_id = $1"
_AGAIN: Final = "UPDATE moderation.effect SET tries = tries + 1, due_at = $2 WHERE effect_id = $1"
_WAITING: Final = "SELECT count(*) FROM moderation.effect WHERE done_at IS NULL AND kind <> ALL ($1)"
_PRUNE: Final = "DELETE FROM moderation.effect WHERE done_at < $1"
_KEEP_AROUND: Final = """
UPDATE moderation.case_file SET around = $2::text::jsonb, version = version + 1, updated_at = $3 WHERE case_id = $1
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that is to be done, and was tried so often."""

    effect_id: int
    kind: str
    subject: str
    payload: dict[str, Any]
    tries: int


async def add_effect(
    connection: Any, kind: str, subject: object, payload: Mapping[str, Any], *, due_at: datetime
) -> None:
    """Have it done, once the transaction of its decision has committed."""
    await connection.execute(_ADD, kind, str(subject), as_json(payload), due_at)


async def due_effects(connection: Any, *, now: datetime) -> list[Effect]:
    """What is to be done now, at most one of each room or person."""
    rows = await connection.fetch(_DUE, now, BATCH_EFFECTS_MAX, OF_THEIR_OWN_TIME)
    return [Effect(**{**row, "payload": msgspec.json.decode(row["payload"])}) for row in rows]


async def effect_done(connection: Any, effect: Effect, *, now: datetime) -> None:
    """It was done."""
    await connection.execute(_DONE, effect.effect_id, now)


async def effect_failed(connection: Any, effect: Effect, *, now: datetime) -> None:
    """It could not be done: try again after a growing pause."""
    await connection.execute(_AGAIN, effect.effect_id, now + retry_after(effect.tries))


async def waiting_effects(connection: Any) -> int:
    """How many are not done."""
    count: int = await connection.fetchval(_WAITING, OF_THEIR_OWN_TIME)
    return count


async def prune_effects(connection: Any, *, now: datetime) -> None:
    """Forget those that were done a while ago."""
    await connection.execute(_PRUNE, now - KEPT_FOR)


async def keep_around(connection: Any, case_id: object, lines: list[dict[str, Any]], *, now: datetime) -> None:
    """Keep the lines around a case with it."""
    await connection.execute(_KEEP_AROUND, case_id, as_json(lines), now)


def retry_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 0.5 s, doubling, up to RETRY_AFTER_MAX."""
    return min(RETRY_AFTER_MAX, timedelta(seconds=0.5 * 2 ** min(tries, 10)))
