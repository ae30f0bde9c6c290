"""Edge: taking applications. The application, the sealed copy of the résumé and the first event commit together; the
database lets one stand for each person and post, whoever asks at once.

The key of the request commits with it, so a batch that failed, or whose outcome is not known, is simply asked again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.errors import Contended, Unreadable
from commerce.gathering import Gathering
from commerce.jobs.application import ApplyRequest, new_applicants_view
from commerce.jobs.mine import get_application
from commerce.jobs.resume import Snapshot, pack_snapshot, resume_context, snapshot_context, unpack_resume
from commerce.refusals import ALREADY_APPLIED, Refused
from commerce.sealing import seal, unseal

BATCH_APPLICATIONS_MAX: Final = 64
"""Applications in one transaction: bounds how long one waits for those it goes with."""
ATTEMPTS_MAX: Final = 4
"""How often a transaction that lost against others is tried."""

_RESUMES: Final = "SELECT person_id, sealed FROM commerce.resume WHERE person_id = ANY ($1)"
_SUBMIT: Final = """
SELECT code, application_id, the_application::text AS the_application
FROM commerce.submit_applications($1, $2, $3, $4, $5, $6, $7, $8, $9) ORDER BY place
"""
_LOST: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)

Result = dict[str, Any] | UUID | Refused | Unreadable
"""A new application as its applicant sees it; the id of the one that this key had made before; or why there is none."""


class Intake:
    """Takes applications of many people at once: one object per process and database, safe to call concurrently."""

    def __init__(self, database: Database, data_key: bytes) -> None:
        self._database = database
        self._data_key = data_key
        self.gathering: Gathering[ApplyRequest, Result] = Gathering(self._take, batch_max=BATCH_APPLICATIONS_MAX)

    async def apply(self, request: ApplyRequest) -> dict[str, Any] | Refused:
        """Apply, or answer how that stands which this person's key applied for before.

        Refused: not_found, post_closed, resume_missing, already_applied (facts: application_id), idempotency_mismatch.
        Raises: Contended, Unreadable; what the database raises when it is away: what became of the application is not
        known then, and the same key may be asked again.
        """
        result = await self.gathering.ask(request)
        if isinstance(result, Unreadable):
            raise result
        if isinstance(result, UUID):
            return await get_application(
                self._database, self._data_key, person_id=request.person_id, application_id=result
            )
        return result

    async def _take(self, requests: Sequence[ApplyRequest]) -> list[Result]:
        for _ in range(ATTEMPTS_MAX):
            try:
                return await submit(self._database, self._data_key, requests, now=datetime.now(UTC))
            except _LOST:
                continue
        raise Contended("taking applications", ATTEMPTS_MAX)


async def submit(
    database: Database, data_key: bytes, requests: Sequence[ApplyRequest], *, now: datetime
) -> list[Result]:
    """Take applications in one transaction, each answered by itself, in the order given."""
    application_ids = [uuid7() for _ in requests]
    async with database.transaction(platform=True) as connection:
        kept = await connection.fetch(_RESUMES, [request.person_id for request in requests])
        sealed_of = {row["person_id"]: row["sealed"] for row in kept}
        snapshots = [
            _snapshot(data_key, request, application_id, sealed_of.get(request.person_id))
            for request, application_id in zip(requests, application_ids, strict=True)
        ]
        unreadable = {place: one for place, one in enumerate(snapshots) if isinstance(one, Unreadable)}
        rows = await connection.fetch(
            _SUBMIT,
            now,
            application_ids,
            [request.person_id for request in requests],
            [request.job_id for request in requests],
            [request.room_id for request in requests],
            [request.card_id for request in requests],
            [request.idempotency_key for request in requests],
            [request.hash() for request in requests],
            [None if place in unreadable else snapshot for place, snapshot in enumerate(snapshots)],
        )
    return [
        unreadable.get(place) or _result(request, row)
        for place, (request, row) in enumerate(zip(requests, rows, strict=True))
    ]


def _snapshot(
    data_key: bytes, request: ApplyRequest, application_id: UUID, sealed: bytes | None
) -> bytes | Unreadable | None:
    """The person's résumé as it is now, sealed anew for its place beside the application; None where there is none. One
    that does not open is told to its owner alone, and not to all who went with it."""
    if sealed is None:
        return None
    try:
        resume = unpack_resume(unseal(data_key, sealed, context=resume_context(request.person_id)))
    except Unreadable as trouble:
        return trouble
    packed = pack_snapshot(Snapshot(resume, request.message))
    return seal(data_key, packed, context=snapshot_context(application_id))


def _result(request: ApplyRequest, row: Any) -> Result:
    application_id: UUID | None = row["application_id"]
    match row["code"]:
        case None:
            return new_applicants_view(json.loads(row["the_application"]), request.message)
        case "again":
            assert application_id is not None
            return application_id
        case "already_applied":
            return Refused(ALREADY_APPLIED, {"application_id": str(application_id)})
        case code:
            return Refused(code)
