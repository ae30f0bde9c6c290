"""Edge: what a closed account leaves to be followed up, written as signed files. Each export is on record."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.links.leads import LeadKey, write_csv, write_json
from server.casework.risk import risk_of
from server.database.database import Database

ROWS_MAX: Final = 10_000
"""Words, and decisions, of one lead; the newest."""

_ACCOUNT: Final = """
SELECT p.person_id, p.login, p.display_name, p.created_at, a.action_id, a.created_at AS closed_at,
       a.reason AS closed_reason
FROM people.person p
LEFT JOIN LATERAL (
    SELECT action_id, created_at, reason FROM moderation.action a
    WHERE a.subject_id = p.person_id AND a.kind = 'close_account'
        AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id)
    ORDER BY a.action_id DESC LIMIT 1) a ON true
WHERE p.person_id = $1 AND p.state = 'closed' AND p.erased_at IS NULL
"""
_IDENTIFIERS: Final = """
SELECT kind, encode(digest, 'hex') AS digest, first_at, last_at FROM moderation.sighting
WHERE person_id = $1 ORDER BY kind, first_at
"""
_ROOMS: Final = """
SELECT r.slug, r.title, r.kind, r.created_at, o.name AS organisation FROM people.room r
JOIN people.organisation o USING (org_id) WHERE r.host_id = $1 ORDER BY r.created_at
"""
_DECISIONS: Final = """
SELECT a.action_id AS id, a.created_at AS at, a.kind, r.slug AS room_slug, a.text, a.reason
FROM moderation.action a LEFT JOIN people.room r USING (room_id)
WHERE a.subject_id = $1 ORDER BY a.action_id DESC LIMIT $2
"""
_WORDS: Final = """
SELECT v.verdict_id AS id, v.created_at AS at, v.action AS kind, r.slug AS room_slug, v.text,
       coalesce((SELECT string_agg(h ->> 'id', ' ') FROM jsonb_array_elements(v.rules) h), '') AS reason
FROM moderation.verdict v LEFT JOIN people.room r USING (room_id)
WHERE v.sender_id = $1 AND v.action <> 'allow' ORDER BY v.verdict_id DESC LIMIT $2
"""
_RECORD: Final = """
INSERT INTO moderation.lead_export (export_id, person_id, sha256, created_at) VALUES ($1, $2, $3, $4)
"""


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a lead, and the key that signed them."""

    files: list[Path]
    public_key: bytes
    sha256: str
    """Of the JSON file, as the audit log tells it."""


async def export_lead(
    database: Database, key: LeadKey, person_id: UUID, folder: Path, *, now: datetime
) -> Written | None:
    """Write the files about a closed account; None for an account that is not closed, or was erased.

    Raises: OSError where a file can't be written, or is there already.
    """
    export_id = uuid7()
    lead = await _gather(database, person_id, export_id, now)
    if lead is None:
        return None
    contents = {"json": write_json(lead), "csv": write_csv(lead)}
    digest = sha256(contents["json"]).hexdigest()
    # On record first: a lead that nobody was told of must not exist.
    async with database.transaction(platform=True) as connection:
        await connection.execute(_RECORD, export_id, person_id, digest, now)
    files = []
    for kind, content in contents.items():
        path = folder / f"lead-{person_id}-{now:%Y%m%dT%H%M%SZ}.{kind}"
        _write(path, content)
        _write(path.with_name(path.name + ".sig"), key.sign(content).encode())
        files += [path, path.with_name(path.name + ".sig")]
    return Written(files, key.public_key, digest)


async def _gather(database: Database, person_id: UUID, export_id: UUID, now: datetime) -> dict[str, Any] | None:
    async with database.transaction(platform=True) as connection:
        account = await connection.fetchrow(_ACCOUNT, person_id)
        if account is None:
            return None
        found: dict[str, Any] = {
            name: [dict(row) for row in await connection.fetch(query, person_id, *limits)]
            for name, query, limits in (
                ("identifiers", _IDENTIFIERS, ()),
                ("rooms", _ROOMS, ()),
                ("decisions", _DECISIONS, (ROWS_MAX,)),
                ("words", _WORDS, (ROWS_MAX,)),
            )
        }
    card = await risk_of(database, person_id, now=now)
    if card is None:
        return None
    return {
        "export_id": export_id,
        "made_at": now,
        "account": dict(account),
        **found,
        "linked": card["links"],
        "weakly_linked": card["weak_links"],
        "reports": card["reports"],
    }


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
