"""Edge: the employer's side of applications, for members of its organisation.

Every reading of a résumé is noted, who and when, and its applicant is shown it. Row-level security lets members read a
snapshot for a time after the application came into its state (commerce.access_period), and no longer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from commerce.database import Database
from commerce.jobs.application import employers_line, employers_view
from commerce.jobs.resume import Snapshot, snapshot_context, unpack_snapshot
from commerce.jobs.states import ACCESS_PERIODS, APPLICATION, EMPLOYER_EVENTS
from commerce.jobs.transitions import move_application
from commerce.refusals import NOT_FOUND, WRONG_STATE, Refused
from commerce.sealing import unseal

if TYPE_CHECKING:
    import asyncpg

PAGE_MAX: Final = 50

_LIST: Final = """
SELECT * FROM commerce.application_view
WHERE org_id = $1 AND application_id < $2 AND state = ANY ($3) ORDER BY application_id DESC LIMIT $4
"""
_LIST_OF_JOB: Final = """
SELECT * FROM commerce.application_view
WHERE job_id = $5 AND org_id = $1 AND application_id < $2 AND state = ANY ($3) ORDER BY application_id DESC LIMIT $4
"""
_LAST_ID: Final = UUID(int=2**128 - 1)
_ONE: Final = "SELECT * FROM commerce.application_view WHERE application_id = $1 AND org_id = $2"
_EVENTS: Final = """
SELECT event, state, note, at FROM commerce.application_event WHERE application_id = $1 ORDER BY version
"""
_SNAPSHOTS: Final = "SELECT application_id, sealed FROM commerce.application_snapshot WHERE application_id = ANY ($1)"
_NOTE_READING: Final = """
INSERT INTO commerce.application_access (application_id, org_id, person_id, by_id, by_name, kind, at, on_day)
SELECT application_id, org_id, person_id, $2, $3, $4, $5, ($5 AT TIME ZONE 'UTC')::date
FROM commerce.application WHERE application_id = ANY ($1)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """The member who looks, by the name the applicant is told."""

    person_id: UUID
    name: str


async def list_applicants(
    database: Database,
    data_key: bytes,
    *,
    reader: Reader,
    org_id: UUID,
    job_id: UUID | None = None,
    state: str | None = None,
    before: UUID | None = None,
    limit: int = PAGE_MAX,
    now: datetime,
) -> dict[str, Any]:
    """A page of an organisation's applications, newest first; `before` is the last of the page already seen.

    Raises: Unreadable.
    """
    limit = min(limit, PAGE_MAX)
    async with database.transaction(person_id=reader.person_id) as connection:
        wanted = [org_id, before or _LAST_ID, [state] if state else list(APPLICATION), limit + 1]
        if job_id is None:
            rows = await connection.fetch(_LIST, *wanted)
        else:
            rows = await connection.fetch(_LIST_OF_JOB, *wanted, job_id)
        has_more, rows = len(rows) > limit, rows[:limit]
        snapshots = await _read(connection, data_key, [row["application_id"] for row in rows], reader, "listed", now)
    return {
        "applications": [employers_line(row, snapshots.get(row["application_id"])) for row in rows],
        "next_before": str(rows[-1]["application_id"]) if has_more else None,
    }


async def open_applicant(
    database: Database, data_key: bytes, *, reader: Reader, org_id: UUID, application_id: UUID, now: datetime
) -> dict[str, Any] | Refused:
    """One application with its résumé; one that nobody had looked at becomes viewed. Refused: not_found."""
    async with database.transaction(person_id=reader.person_id) as connection:
        if await connection.fetchrow(_ONE, application_id, org_id) is None:
            return Refused(NOT_FOUND)
        await move_application(connection, application_id, "viewed", by_id=reader.person_id, now=now)
        return await _view(connection, data_key, reader, org_id, application_id, now)


async def move_applicant(
    database: Database,
    data_key: bytes,
    *,
    reader: Reader,
    org_id: UUID,
    application_id: UUID,
    state: str,
    note: str,
    now: datetime,
) -> dict[str, Any] | Refused:
    """Say what became of an application; the applicant is told, with the note. Refused: not_found, wrong_state."""
    assert state in EMPLOYER_EVENTS, state
    async with database.transaction(person_id=reader.person_id) as connection:
        row = await connection.fetchrow(_ONE, application_id, org_id)
        if row is None:
            return Refused(NOT_FOUND)
        if not await move_application(connection, application_id, state, by_id=reader.person_id, note=note, now=now):
            row = await connection.fetchrow(_ONE, application_id, org_id)
            return Refused(WRONG_STATE, {"state": row["state"]})
        return await _view(connection, data_key, reader, org_id, application_id, now)


async def _view(
    connection: asyncpg.Connection, data_key: bytes, reader: Reader, org_id: UUID, application_id: UUID, now: datetime
) -> dict[str, Any]:
    row: Mapping[str, Any] = await connection.fetchrow(_ONE, application_id, org_id)
    events = await connection.fetch(_EVENTS, application_id)
    snapshots = await _read(connection, data_key, [application_id], reader, "opened", now)
    ends_at = row["moved_at"] + ACCESS_PERIODS[row["state"]]
    return employers_view(row, events, snapshots.get(application_id), ends_at)


async def _read(
    connection: asyncpg.Connection, data_key: bytes, ids: Sequence[UUID], reader: Reader, kind: str, now: datetime
) -> dict[UUID, Snapshot]:
    """The snapshots that may be read, each reading noted."""
    found = {}
    for row in await connection.fetch(_SNAPSHOTS, ids):
        application_id = row["application_id"]
        packed = unseal(data_key, row["sealed"], context=snapshot_context(application_id))
        found[application_id] = unpack_snapshot(packed)
    if found:
        await connection.execute(_NOTE_READING, list(found), reader.person_id, reader.name, kind, now)
    return found
