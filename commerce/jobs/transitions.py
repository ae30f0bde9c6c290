"""Edge: moving posts and applications from state to state: one guarded UPDATE each, its predicate taken from states.py;
an application's with its event row in the same statement, and the notice to the applicant in the same transaction.

Written as the person who does it: row-level security lets an applicant, or members of the employer, alone.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from commerce.jobs.states import APPLICATION, POST
from commerce.order.states import sources, target

if TYPE_CHECKING:
    import asyncpg

_MOVE_POST: Final = """
UPDATE commerce.job_post SET state = $2, version = version + 1, updated_at = $4
WHERE job_id = $1 AND state = ANY ($3) AND version = coalesce($5, version) AND removed_at IS NULL RETURNING *
"""
_MOVE_APPLICATION: Final = """
WITH moved AS (
    UPDATE commerce.application SET state = $2, version = version + 1, updated_at = $4, moved_at = $4
    WHERE application_id = $1 AND state = ANY ($3) AND (person_id = $7 OR commerce.is_readable(application_id))
    RETURNING application_id, version, org_id, person_id, job_id, job_title, employer),
noted AS (
    INSERT INTO commerce.application_event (application_id, version, org_id, person_id, event, state, note, by_id, at)
    SELECT application_id, version, org_id, person_id, $5, $2, $6, $7, $4 FROM moved)
SELECT * FROM moved
"""
_TELL: Final = "SELECT people.tell($1, 'application_changed', $2::text::jsonb)"


async def move_post(
    connection: asyncpg.Connection, job_id: UUID, event: str, *, now: datetime, version: int | None = None
) -> Any:
    """Apply `event` to a post, of this version alone if one is given: its row; None where that can't be."""
    return await connection.fetchrow(_MOVE_POST, job_id, target(POST, event), sources(POST, event), now, version)


async def move_application(
    connection: asyncpg.Connection, application_id: UUID, event: str, *, by_id: UUID, note: str = "", now: datetime
) -> bool:
    """Apply `event` to an application and tell its applicant, unless it is their own doing.

    False where its state does not know the event, where it is not this person's to move, and where the time is over in
    which the employer may read it: moving it would give that time anew.
    """
    row = await connection.fetchrow(
        _MOVE_APPLICATION,
        application_id,
        target(APPLICATION, event),
        sources(APPLICATION, event),
        now,
        event,
        note,
        by_id,
    )
    if row is None:
        return False
    if row["person_id"] != by_id:
        facts = {name: str(row[name]) for name in ("application_id", "job_id", "job_title", "employer")}
        state = target(APPLICATION, event)
        told = json.dumps({**facts, "state": state, "note": note}, ensure_ascii=False)
        await connection.execute(_TELL, row["person_id"], told)
    return True
