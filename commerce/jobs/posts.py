"""Edge: an organisation's job posts: written, published, changed and withdrawn by its members, as row-level security
has it; open ones are read by anyone. Cards that show a post change with it, in the same transaction, and leave with it.

Whether a post's words may be shown is decided by the caller before it is open (see `JobDraft.texts`); every change
names the version that was looked at, so that nothing is published that was not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.database import Database
from commerce.jobs.drafts import JobDraft
from commerce.jobs.transitions import move_post
from commerce.outbox import announce_items
from commerce.refusals import INVALID, NOT_FOUND, WRONG_STATE, Refused
from commerce.shelf.cards import card_key
from commerce.shelf.showcase import card_items

if TYPE_CHECKING:
    import asyncpg

LIST_POSTS_MAX: Final = 500

_DRAFT_FIELDS: Final = tuple(field.name for field in fields(JobDraft))
_IS_MEMBER: Final = "SELECT people.is_member($1)"
_ADD: Final = f"""
INSERT INTO commerce.job_post (job_id, org_id, state, created_at, updated_at, {", ".join(_DRAFT_FIELDS)})
VALUES ($1, $2, $3, $4, $4, {", ".join(f"${5 + place}" for place in range(len(_DRAFT_FIELDS)))}) RETURNING *
"""  # noqa: S608 - names of our own fields
_CHANGE: Final = f"""
UPDATE commerce.job_post SET version = version + 1, updated_at = $3,
    {", ".join(f"{name} = ${4 + place}" for place, name in enumerate(_DRAFT_FIELDS))}
WHERE job_id = $1 AND version = $2 AND removed_at IS NULL RETURNING *
"""  # noqa: S608 - names of our own fields
_COUNTED: Final = "(SELECT count(*) FROM commerce.application a WHERE a.job_id = p.job_id) AS applications"
_OPEN: Final = "SELECT * FROM commerce.job_post WHERE job_id = $1 AND state = 'open'"
_OWN: Final = f"""
SELECT p.*, {_COUNTED} FROM commerce.job_post p WHERE job_id = $1 AND people.is_member(org_id)
"""  # noqa: S608
_OF_ORG: Final = f"""
SELECT p.*, {_COUNTED} FROM commerce.job_post p WHERE org_id = $1 ORDER BY job_id DESC LIMIT $2
"""  # noqa: S608
_RAISE_CARDS: Final = """
UPDATE commerce.card SET version = version + 1, updated_at = $2 WHERE job_id = $1 AND state = 'shown' RETURNING *
"""
_WITHDRAW_CARDS: Final = """
UPDATE commerce.card SET state = 'withdrawn', explaining = false, pinned = false, version = version + 1, updated_at = $2
WHERE job_id = $1 AND state = 'shown' RETURNING card_id, room_id, version
"""
_REMOVE: Final = """
UPDATE commerce.job_post SET removed_at = $2, removed_open = $3, version = version + 1, updated_at = $2
WHERE job_id = $1 AND removed_at IS NULL RETURNING job_id
"""
_RESTORE: Final = """
UPDATE commerce.job_post SET removed_at = NULL, version = version + 1, updated_at = $2
WHERE job_id = $1 AND removed_at IS NOT NULL RETURNING removed_open
"""


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as its organisation sees it."""

    job_id: UUID
    org_id: UUID
    draft: JobDraft
    state: str
    is_removed: bool
    """By a moderator: it can't be published again."""
    applications: int
    created_at: datetime
    updated_at: datetime
    version: int

    def to_json(self, now: datetime) -> dict[str, Any]:
        """With what only its organisation is shown: the applications' number, the version."""
        return self.to_public_json(now) | {
            "removed": self.is_removed,
            "applications": self.applications,
            "version": self.version,
        }

    def to_public_json(self, now: datetime) -> dict[str, Any]:
        """As anyone may read it."""
        draft, valid_until = self.draft, self.draft.valid_until
        written = {name: getattr(draft, name) for name in _DRAFT_FIELDS}
        return written | {
            "job_id": str(self.job_id),
            "org_id": str(self.org_id),
            "benefits": list(draft.benefits),
            "requirements": list(draft.requirements),
            "valid_until": None if valid_until is None else valid_until.isoformat(),
            "state": self.state,
            "expired": valid_until is not None and valid_until <= now,
            "created_at": self.created_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
        }


async def create_post(
    database: Database, *, person_id: UUID, org_id: UUID, draft: JobDraft, is_draft: bool = False, now: datetime
) -> PostView | Refused:
    """Open a post, or keep it as a draft. Refused: invalid, not_found (not a member)."""
    if faults := draft.faults(now, is_draft=is_draft):
        return Refused(INVALID, {"fields": faults})
    async with database.transaction(person_id=person_id) as connection:
        if not await connection.fetchval(_IS_MEMBER, org_id):
            return Refused(NOT_FOUND)
        state = "draft" if is_draft else "open"
        return _view(await connection.fetchrow(_ADD, uuid7(), org_id, state, now, *_values(draft)))


async def get_open_post(database: Database, *, job_id: UUID) -> PostView | Refused:
    """A post that is open, also where its time is over. Refused: not_found."""
    async with database.transaction() as connection:
        row = await connection.fetchrow(_OPEN, job_id)
    return Refused(NOT_FOUND) if row is None else _view(row)


async def get_own_post(database: Database, *, person_id: UUID, job_id: UUID) -> PostView | Refused:
    """A post of an organisation that the person belongs to, in any state. Refused: not_found."""
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_OWN, job_id)
    return Refused(NOT_FOUND) if row is None else _view(row)


async def list_posts(database: Database, *, person_id: UUID, org_id: UUID) -> list[PostView]:
    """An organisation's posts, newest first; those that the person may see."""
    async with database.transaction(person_id=person_id) as connection:
        return [_view(row) for row in await connection.fetch(_OF_ORG, org_id, LIST_POSTS_MAX)]


async def change_post(
    database: Database, *, person_id: UUID, seen: PostView, draft: JobDraft, now: datetime
) -> PostView | Refused:
    """Write `draft` in the place of what was `seen`.

    Refused: invalid, wrong_state (it was changed since, or removed).
    """
    if faults := draft.faults(now, is_draft=seen.state == "draft"):
        return Refused(INVALID, {"fields": faults})
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_CHANGE, seen.job_id, seen.version, now, *_values(draft))
        if row is None:
            return Refused(WRONG_STATE, {"state": seen.state})
        await _refresh_cards(connection, seen.job_id, now)
        return _view(await connection.fetchrow(_OWN, seen.job_id))


async def publish_post(database: Database, *, person_id: UUID, seen: PostView, now: datetime) -> PostView | Refused:
    """Open the post that was `seen`. Refused: invalid (facts: what is missing), wrong_state."""
    if faults := seen.draft.faults(now):
        return Refused(INVALID, {"fields": faults})
    async with database.transaction(person_id=person_id) as connection:
        if await move_post(connection, seen.job_id, "published", now=now, version=seen.version) is None:
            return Refused(WRONG_STATE, {"state": seen.state})
        return _view(await connection.fetchrow(_OWN, seen.job_id))


async def withdraw_post(database: Database, *, person_id: UUID, job_id: UUID, now: datetime) -> PostView | Refused:
    """Take a post back, and its cards off every screen; applications stand. Refused: not_found, wrong_state."""
    async with database.transaction(person_id=person_id) as connection:
        row = await connection.fetchrow(_OWN, job_id)
        if row is None:
            return Refused(NOT_FOUND)
        if await move_post(connection, job_id, "withdrawn", now=now) is None:
            return Refused(WRONG_STATE, {"state": row["state"]})
        await _withdraw_cards(connection, job_id, now)
        return _view(await connection.fetchrow(_OWN, job_id))


async def remove_post(connection: asyncpg.Connection, job_id: UUID, *, now: datetime) -> bool:
    """Take a post down for a moderator, in a transaction of the platform: it is withdrawn, its cards leave every
    screen, and its organisation can't publish it again. False where it was removed before."""
    was_open = await move_post(connection, job_id, "withdrawn", now=now) is not None
    if await connection.fetchrow(_REMOVE, job_id, now, was_open) is None:
        return False
    await _withdraw_cards(connection, job_id, now)
    return True


async def restore_post(connection: asyncpg.Connection, job_id: UUID, *, now: datetime) -> bool:
    """Undo a removal, in a transaction of the platform: a post that was open then is open again; its cards stay away
    until its host shows them. False where it is not removed."""
    row = await connection.fetchrow(_RESTORE, job_id, now)
    if row is None:
        return False
    if row["removed_open"]:
        await move_post(connection, job_id, "published", now=now)
    return True


async def _refresh_cards(connection: asyncpg.Connection, job_id: UUID, now: datetime) -> None:
    cards = await connection.fetch(_RAISE_CARDS, job_id, now)
    for card, item in zip(cards, await card_items(connection, cards), strict=True):
        await announce_items(connection, card["room_id"], [item])


async def _withdraw_cards(connection: asyncpg.Connection, job_id: UUID, now: datetime) -> None:
    for card in await connection.fetch(_WITHDRAW_CARDS, job_id, now):
        await announce_items(connection, card["room_id"], [(card_key(card["card_id"]), card["version"], None)])


def _values(draft: JobDraft) -> list[Any]:
    values = {name: getattr(draft, name) for name in _DRAFT_FIELDS}
    return list((values | {name: list(values[name]) for name in ("benefits", "requirements")}).values())


def _view(row: Mapping[str, Any]) -> PostView:
    return PostView(
        job_id=row["job_id"],
        org_id=row["org_id"],
        draft=JobDraft(**{name: row[name] for name in _DRAFT_FIELDS}),
        state=row["state"],
        is_removed=row["removed_at"] is not None,
        applications=row.get("applications", 0),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        version=row["version"],
    )
