"""Core: an application as its applicant and as the employer see it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from commerce.jobs.resume import Snapshot
from commerce.jobs.states import APPLICATION, APPLICATION_FIRST, may_become

Row = Mapping[str, Any]
"""A row as the database names its columns."""


@dataclass(frozen=True, slots=True)
class ApplyRequest:
    """A wish to apply: of whom, for what, and where it was seen."""

    person_id: UUID
    job_id: UUID
    room_id: UUID | None
    card_id: UUID | None
    message: str
    idempotency_key: str

    def hash(self) -> bytes:
        """What must be the same for the key to mean the same application."""
        parts = [str(self.job_id), str(self.room_id), str(self.card_id), self.message]
        return hashlib.sha256(msgspec.json.encode(parts)).digest()


def history(events: Sequence[Row]) -> list[dict[str, Any]]:
    """The states an application came through, in their order; `events` in that of their versions."""
    return [
        {"state": event["state"], "at": event["at"].isoformat(), "note": event["note"]}
        for event in events
        if event["event"] in APPLICATION
    ]


def applicants_view(row: Row, events: Sequence[Row], message: str) -> dict[str, Any]:
    """An application for its applicant."""
    return {
        "application_id": str(row["application_id"]),
        "job_id": str(row["job_id"]),
        "job_title": row["job_title"],
        "employer": row["employer"],
        "place": row["place"],
        "pay": {name: row[name] for name in ("pay_min_minor", "pay_max_minor", "currency", "pay_unit")},
        "room_slug": row["room_slug"],
        "state": row["state"],
        "history": history(events),
        "phone_shared": row["phone_shared"],
        "message": message,
        "created_at": row["created_at"].isoformat(),
        "updated_at": row["updated_at"].isoformat(),
        "version": row["version"],
    }


def new_applicants_view(row: dict[str, Any], message: str) -> dict[str, Any]:
    """An application that was just made, from its row as JSON."""
    times = {name: datetime.fromisoformat(row[name]) for name in ("created_at", "updated_at")}
    first = {"event": APPLICATION_FIRST, "state": APPLICATION_FIRST, "at": times["created_at"], "note": ""}
    return applicants_view(row | times, [first], message)


def employers_line(row: Row, snapshot: Snapshot | None) -> dict[str, Any]:
    """An application in the employer's list; without a snapshot (its time is over, or it is gone) nobody is named."""
    shown = _shown(row, snapshot)
    resume = shown.resume if shown is not None else None
    return {
        "application_id": str(row["application_id"]),
        "job_id": str(row["job_id"]),
        "job_title": row["job_title"],
        "name": resume.name if resume else "",
        "city": resume.city if resume else "",
        "years_experience": resume.years_experience if resume else None,
        "expected_pay": resume.expected_pay if resume else "",
        "phone": resume.phone if resume else "",
        "access_ended": resume is None,
        "state": row["state"],
        "created_at": row["created_at"].isoformat(),
        "updated_at": row["updated_at"].isoformat(),
    }


def employers_view(
    row: Row, events: Sequence[Row], snapshot: Snapshot | None, access_ends_at: datetime
) -> dict[str, Any]:
    """An application as the employer opens it."""
    shown = _shown(row, snapshot)
    return employers_line(row, snapshot) | {
        "resume": None if shown is None else shown.resume.to_json(),
        "message": "" if shown is None else shown.message,
        "phone_shared": row["phone_shared"],
        "history": history(events),
        "may_become": [] if shown is None else may_become(row["state"]),
        "access_ends_at": access_ends_at.isoformat(),
        "version": row["version"],
    }


def _shown(row: Row, snapshot: Snapshot | None) -> Snapshot | None:
    return snapshot if snapshot is None or row["phone_shared"] else snapshot.masked()
