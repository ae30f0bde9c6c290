"""Edge: what accounts are seen with, as it happens, and whether a closed account has come back under another name.

Whoever shares a strong identifier with a closed account is shown to a moderator, once for each two accounts; nothing is
done to them by the link alone. What can't be written down at the moment is left: the next sign-in brings it again.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from moderation.cases.filing import NewCase, file_case
from moderation.cases.states import Kind as CaseKind
from moderation.cases.states import Why
from moderation.links.explaining import comeback_verdict, path_value
from moderation.links.graph import Graph, Path
from moderation.links.identifiers import Hasher, Kind
from moderation.links.sightings import neighbourhood, note
from moderation.records import as_json
from server.database.database import Database
from server.errors import DatabaseUnavailable

log = logging.getLogger("jishi.links")

_CLOSED: Final = """
SELECT p.person_id FROM people.person p
WHERE p.person_id = ANY ($1) AND p.state = 'closed' AND p.erased_at IS NULL
    AND EXISTS (SELECT FROM moderation.action a WHERE a.subject_id = p.person_id AND a.kind = 'close_account'
        AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id))
    AND NOT EXISTS (SELECT FROM moderation.comeback c WHERE c.person_id = $2 AND c.closed_id = p.person_id)
"""
_PERSON: Final = "SELECT display_name FROM people.person WHERE person_id = $1 AND erased_at IS NULL FOR NO KEY UPDATE"
_COMEBACK: Final = """
INSERT INTO moderation.comeback (person_id, closed_id, case_id, path, created_at)
VALUES ($1, $2, $3, $4::text::jsonb, $5) ON CONFLICT DO NOTHING
"""


@functools.lru_cache(maxsize=2)
def hasher_of(data_key: bytes) -> Hasher:
    """The hasher under JISHI_DATA_KEY, derived once."""
    return Hasher(data_key)


async def note_seen(
    database: Database, data_key: bytes, person_id: UUID, seen: Iterable[tuple[Kind, str]], *, now: datetime
) -> UUID | None:
    """Write down what an account was just seen with; the case, where that shows that a closed account came back."""
    hasher = hasher_of(data_key)
    found = (hasher.identifier(kind, value) for kind, value in seen)
    identifiers = {identifier for identifier in found if identifier is not None}
    if not identifiers:
        return None
    try:
        async with database.transaction(platform=True) as connection:
            if not await note(connection, person_id, identifiers, now=now):
                return None
            return await look_for_comeback(connection, person_id, now=now)
    except (DatabaseUnavailable, asyncpg.PostgresError) as trouble:
        log.warning("sightings were not written: %s: %s", type(trouble).__name__, trouble)
        return None


async def look_for_comeback(connection: Any, person_id: UUID, *, now: datetime) -> UUID | None:
    """Have a moderator look at an account that is linked to closed ones; the case, where there is something new."""
    paths = Graph(await neighbourhood(connection, person_id), now).paths(person_id)
    if not paths:
        return None
    name = await connection.fetchval(_PERSON, person_id)
    closed = {row["person_id"] for row in await connection.fetch(_CLOSED, [path.to_id for path in paths], person_id)}
    found = [path for path in paths if path.to_id in closed]
    return await _file(connection, person_id, name, found, now) if found and name is not None else None


async def _file(connection: Any, person_id: UUID, name: str, paths: Sequence[Path], now: datetime) -> UUID:
    case = NewCase(
        kind=CaseKind.HOST,
        target_id=str(person_id),
        subject_id=person_id,
        subject_role="viewer",
        text=name,
        why=Why.FLAG,
        shown=True,
        verdict=comeback_verdict(paths),
        facts={"links": [path_value(path) for path in paths]},
    )
    case_id = await file_case(connection, case, case_id=uuid7(), now=now)
    for path in paths:
        await connection.execute(_COMEBACK, person_id, path.to_id, case_id, as_json(path_value(path)), now)
    return case_id
