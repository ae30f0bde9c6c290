"""Edge: the applicant's side of applications: what became of them, who has read them, and what is theirs to decide.

Acting as the applicant: row-level security shows and changes their own alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from commerce.database import Database
from commerce.jobs.application import applicants_view
from commerce.jobs.resume import snapshot_context, unpack_snapshot
from commerce.jobs.states import APPLICATION
from commerce.jobs.transitions import move_application
from commerce.refusals import NOT_FOUND, WRONG_STATE, Refused
from commerce.sealing import unseal

if TYPE_CHECKING:
    import asyncpg

LIST_APPLICATIONS_MAX: Final = 200
SEEN_MAX: Final = 50
"""Readings shown, the newest."""

_LIST: Final = """
SELECT * FROM commerce.application_view WHERE person_id = $1 ORDER BY application_id DESC LIMIT $2
"""
_ONE: Final = "SELECT * FROM commerce.application_view WHERE application_id = $1 AND person_id = $2"
_EVENTS: Final = """
SELECT application_id, event, state, note, at FROM commerce.application_event
WHERE application_id = ANY ($1) ORDER BY application_id, version
"""
_SNAPSHOTS: Final = "SELECT application_id, sealed FROM commerce.application_snapshot WHERE application_id = ANY ($1)"
_SEEN: Final = """
SELECT at, by_name, kind FROM commerce.application_access WHERE application_id = $1 ORDER BY at DESC LIMIT $2
"""
_SHARE: Final = """
WITH changed AS (
    UPDATE commerce.application SET phone_shared = $3, version = version + 1, updated_at = $4
    WHERE application_id = $1 AND person_id = $2 AND phone_shared <> $3 AND state = ANY ($5)
    RETURNING application_id, version, org_id, person_id, state)
INSERT INTO commerce.application_event (application_id, version, org_id, person_id, event, state, by_id, at)
SELECT application_id, version, org_id, person_id, $6, state, person_id, $4 FROM changed RETURNING version
"""


async def list_applications(database: Database, data_key: bytes, *, person_id: UUID) -> list[dict[str, Any]]:
    """One's applications, newest first. Raises: Unreadable."""
    async with database.transaction(person_id=person_id) as connection:
        rows = await connection.fetch(_LIST, person_id, LIST_APPLICATIONS_MAX)
        ids = [row["application_id"] for row in rows]
        events = defaultdict(list)
        for event in await connection.fetch(_EVENTS, ids):
            events[event["application_id"]].append(event)
        messages = await _messages(connection, data_key, ids)
    return [
        applicants_view(row, events[row["application_id"]], messages.get(row["application_id"], "")) for row in rows
    ]


async def get_application(
    database: Database, data_key: bytes, *, person_id: UUID, application_id: UUID
) -> dict[str, Any] | Refused:
    """One of one's applications, with who has read it (`seen`). Refused: not_found. Raises: Unreadable."""
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_ONE, application_id, person_id)
        return Refused(NOT_FOUND) if row is None else await _view(connection, data_key, row)


async def withdraw_application(
    database: Database, data_key: bytes, *, person_id: UUID, application_id: UUID, now: datetime
) -> dict[str, Any] | Refused:
    """Take an application back; from then on its résumé is closed to the employer. Withdrawn again, it stays so.

    Refused: not_found, wrong_state (hired or rejected already).
    """
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_ONE, application_id, person_id)
        if row is None:
            return Refused(NOT_FOUND)
        moved = await move_application(connection, application_id, "withdrawn", by_id=person_id, now=now)
        row = await connection.fetchrow(_ONE, application_id, person_id)
        if not moved and row["state"] != "withdrawn":
            return Refused(WRONG_STATE, {"state": row["state"]})
        return await _view(connection, data_key, row)


async def share_phone(
    database: Database, data_key: bytes, *, person_id: UUID, application_id: UUID, shared: bool, now: datetime
) -> dict[str, Any] | Refused:
    """Let the employer see one's telephone number, or no longer. Refused: not_found, wrong_state (withdrawn)."""
    async with database.transaction(person_id=person_id) as connection:
        event = "phone_shared" if shared else "phone_hidden"
        states = [state for state in APPLICATION if state != "withdrawn"] if shared else list(APPLICATION)
        changed = await connection.fetchval(_SHARE, application_id, person_id, shared, now, states, event)
        row = await connection.fetchrow(_ONE, application_id, person_id)
        if row is None:
            return Refused(NOT_FOUND)
        if changed is None and row["phone_shared"] != shared:
            return Refused(WRONG_STATE, {"state": row["state"]})
        return await _view(connection, data_key, row)


async def _view(connection: asyncpg.Connection, data_key: bytes, row: Mapping[str, Any]) -> dict[str, Any]:
    application_id = row["application_id"]
    events = await connection.fetch(_EVENTS, [application_id])
    messages = await _messages(connection, data_key, [application_id])
    seen = await connection.fetch(_SEEN, application_id, SEEN_MAX)
    return applicants_view(row, events, messages.get(application_id, "")) | {
        "seen": [{"at": one["at"].isoformat(), "by_name": one["by_name"], "kind": one["kind"]} for one in seen]
    }


async def _messages(connection: asyncpg.Connection, data_key: bytes, ids: list[UUID]) -> dict[UUID, str]:
    """What was written to each application whose snapshot is still there."""
    found = {}
    for row in await connection.fetch(_SNAPSHOTS, ids):
        application_id = row["application_id"]
        packed = unseal(data_key, row["sealed"], context=snapshot_context(application_id))
        found[application_id] = unpack_snapshot(packed).message
    return found
