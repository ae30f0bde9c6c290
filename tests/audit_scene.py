"""An audit log of some actions on a real database, signed twice, with the hands of its owner on it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from moderation.audit.entries import Fault
from moderation.audit.heads import Head, HeadKey, TrustedKeys
from moderation.audit.tree import hash_leaf
from moderation.audit.verifying import Report, verify
from moderation.cases.log import NewAction, add_action
from server.casework.audit_signing import HEADS_FILE, AuditKeeper, kept_heads
from server.database.database import Database

SECRET_KEY = bytes(range(32))
KEY = HeadKey(SECRET_KEY)
ROWS = 12
_INSERT_PERSON = "INSERT INTO people.person (person_id, login, display_name, kind) VALUES ($1, $2, $2, $3)"


@dataclass
class Log:
    """A log of some actions, signed twice."""

    database: Database
    owner: asyncpg.Connection
    keeper: AuditKeeper
    data_dir: Path
    subject_id: UUID = field(default_factory=uuid7)
    actor_id: UUID = field(default_factory=uuid7)
    actions: list[UUID] = field(default_factory=list)

    async def act(self, text: str, reason: str = "看过了") -> UUID:
        action = NewAction(
            action_id=uuid7(),
            kind="remove",
            actor_id=self.actor_id,
            subject_id=self.subject_id,
            text=text,
            reason=reason,
            facts={"spans": [[0, 1, "r1"]], "until": datetime(2026, 11, 22, 8, 0, tzinfo=UTC)},
        )
        async with self.database.transaction(platform=True) as connection:
            assert await add_action(connection, action, now=datetime.now(UTC))
        self.actions.append(action.action_id)
        return action.action_id

    async def sign(self) -> None:
        while await self.keeper.step(datetime.now(UTC)):
            pass
        while await self.keeper.sign(datetime.now(UTC)):
            pass

    async def verify(self, *, kept: list[Head] | None = None) -> Report:
        heads = kept_heads(self.data_dir / HEADS_FILE) if kept is None else kept
        return await verify(
            self.owner, keys=TrustedKeys([KEY.public_key]), kept=heads, progress=lambda done, total: None
        )

    @contextlib.asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """What the owner does in the block is gone after it."""
        undone = self.owner.transaction()
        await undone.start()
        try:
            yield
        finally:
            await undone.rollback()

    async def faults(self, *, kept: list[Head] | None = None) -> list[tuple[Fault, UUID | None]]:
        report = await self.verify(kept=kept)
        return [(finding.fault, finding.row_id) for finding in report.findings]

    async def index_of(self, row_id: UUID) -> int:
        index: int = await self.owner.fetchval(
            "SELECT leaf_index FROM moderation.audit_entry WHERE row_id = $1", row_id
        )
        return index

    async def forge_leaf(self, row_id: UUID, old: str, new: str) -> None:
        """Change a leaf and its hash, as somebody would who knows the tables."""
        body = await self.owner.fetchval("SELECT body FROM moderation.audit_entry WHERE row_id = $1", row_id)
        assert old in body
        body = body.replace(old, new)
        await self.owner.execute(
            "UPDATE moderation.audit_entry SET body = $2, leaf_hash = $3 WHERE row_id = $1",
            row_id,
            body,
            hash_leaf(body.encode()),
        )


async def open_log(database: Database, owner: asyncpg.Connection, data_dir: Path) -> Log:
    """A log of `ROWS` actions about one person."""
    made = Log(database, owner, AuditKeeper(database, KEY, data_dir), data_dir)
    await owner.execute(_INSERT_PERSON, made.subject_id, "viewer1", "member")
    await owner.execute(_INSERT_PERSON, made.actor_id, "moderator1", "moderator")
    for number in range(ROWS):
        await made.act(f"第{number}句")
        if number == ROWS // 2:
            await made.sign()
    await made.sign()
    assert await made.faults() == []
    return made
