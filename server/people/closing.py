"""Edge: closing an account and opening it again, within the decision that says so.

The change of state voids the account's tokens in the database itself (people.void_tokens); each edge learns of it from
`Revocations`. An account that its owner had erased stays closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

_CLOSE: Final = """
UPDATE people.person p SET state = 'closed' FROM people.person was
WHERE p.person_id = $1 AND was.person_id = p.person_id AND p.state <> 'closed' RETURNING was.state
"""
_END_SESSIONS: Final = "UPDATE people.refresh_token SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL"
_REOPEN: Final = """
UPDATE people.person SET state = $2 WHERE person_id = $1 AND state = 'closed' AND erased_at IS NULL RETURNING person_id
"""


async def close_account(connection: Any, person_id: UUID, *, now: datetime) -> str | None:
    """Close it and end its sessions; the state it had, or None if it was closed already."""
    before: str | None = await connection.fetchval(_CLOSE, person_id)
    if before is not None:
        await connection.execute(_END_SESSIONS, person_id, now)
    return before


async def reopen_account(connection: Any, person_id: UUID, *, state: str) -> bool:
    """Give a closed account the state it had; False where it is not closed, or was erased."""
    return await connection.fetchval(_REOPEN, person_id, state) is not None
