"""Edge: one résumé for each person, sealed; read and written by that person alone, as row-level security has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from commerce.database import Database
from commerce.jobs.resume import Resume, pack_resume, resume_context, unpack_resume
from commerce.refusals import INVALID, NOT_FOUND, Refused
from commerce.sealing import seal, unseal

_READ: Final = "SELECT sealed, updated_at FROM commerce.resume WHERE person_id = $1"
_WRITE: Final = """
INSERT INTO commerce.resume (person_id, sealed, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (person_id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
"""
_DELETE: Final = "DELETE FROM commerce.resume WHERE person_id = $1"


@dataclass(frozen=True, slots=True)
class KeptResume:
    """A résumé and when it was last written."""

    resume: Resume
    updated_at: datetime

    def to_json(self) -> dict[str, Any]:
        return self.resume.to_json() | {"updated_at": self.updated_at.isoformat()}


async def read_resume(database: Database, data_key: bytes, *, person_id: UUID) -> KeptResume | Refused:
    """One's own résumé. Refused: not_found. Raises: Unreadable."""
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_READ, person_id)
    if row is None:
        return Refused(NOT_FOUND)
    packed = unseal(data_key, row["sealed"], context=resume_context(person_id))
    return KeptResume(unpack_resume(packed), row["updated_at"])


async def write_resume(
    database: Database, data_key: bytes, *, person_id: UUID, resume: Resume, now: datetime
) -> KeptResume | Refused:
    """Keep a résumé in the place of the one before; applications keep theirs. Refused: invalid."""
    if faults := resume.faults():
        return Refused(INVALID, {"fields": faults})
    sealed = seal(data_key, pack_resume(resume), context=resume_context(person_id))
    async with database.transaction(person_id=person_id) as connection:
        await connection.execute(_WRITE, person_id, sealed, now)
    return KeptResume(resume, now)


async def delete_resume(database: Database, *, person_id: UUID) -> Refused | None:
    """Forget one's résumé; applications keep their copies. Refused: not_found."""
    async with database.transaction(person_id=person_id) as connection:
        deleted = await connection.execute(_DELETE, person_id)
    return Refused(NOT_FOUND) if deleted == "DELETE 0" else None
