"""Edge: who works on which case: a lease that its holder renews by asking again, and that ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from moderation.cases.permission import CLAIMED, NOT_FOUND, WRONG_STATE, Refused

LEASE: Final = timedelta(minutes=2)

_STATE: Final = "SELECT state FROM moderation.case_file WHERE case_id = $1"
_TAKE: Final = """
INSERT INTO moderation.claim AS c (case_id, moderator_id, until) VALUES ($1, $2, $3)
ON CONFLICT (case_id) DO UPDATE SET moderator_id = $2, until = $3 WHERE c.moderator_id = $2 OR c.until <= $4
RETURNING case_id
"""
_HELD: Final = """
SELECT c.moderator_id, p.display_name AS name, c.until FROM moderation.claim c
JOIN people.person p ON p.person_id = c.moderator_id WHERE c.case_id = $1 AND c.until > $2
"""
_RELEASE: Final = "DELETE FROM moderation.claim WHERE case_id = $1 AND moderator_id = $2"


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody works on a case until a moment."""

    moderator_id: UUID
    name: str
    until: datetime


async def claim_case(connection: Any, case_id: UUID, moderator_id: UUID, *, now: datetime) -> Claim | Refused:
    """Take a case, or renew that. Refused: not_found, wrong_state (decided), claimed (by somebody else)."""
    state = await connection.fetchval(_STATE, case_id)
    if state is None:
        return Refused(NOT_FOUND)
    if state != "open":
        return Refused(WRONG_STATE, {"state": state})
    if await connection.fetchval(_TAKE, case_id, moderator_id, now + LEASE, now) is None:
        return await claim_refusal(connection, case_id, moderator_id, now=now) or Refused(CLAIMED)
    held = await claim_of(connection, case_id, now=now)
    assert held is not None, case_id
    return held


async def claim_of(connection: Any, case_id: UUID, *, now: datetime) -> Claim | None:
    """Who works on a case."""
    row = await connection.fetchrow(_HELD, case_id, now)
    return None if row is None else Claim(**dict(row))


async def claim_refusal(connection: Any, case_id: UUID, moderator_id: UUID, *, now: datetime) -> Refused | None:
    """Why this moderator may not decide a case now, or None."""
    held = await claim_of(connection, case_id, now=now)
    if held is None or held.moderator_id == moderator_id:
        return None
    return Refused(CLAIMED, {"claimed_by_name": held.name, "claimed_until": held.until.isoformat()})


async def release_case(connection: Any, case_id: UUID, moderator_id: UUID) -> None:
    """Work on it no more; releasing what one does not hold changes nothing."""
    await connection.execute(_RELEASE, case_id, moderator_id)
