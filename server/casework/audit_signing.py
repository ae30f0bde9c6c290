"""Edge: the audit log kept growing: rows placed every second, a head signed at least every minute that brought some.

It runs in the clerk's office, so that one does it at a time over all nodes. A head is written to the database first
and then to a file in the data folder of the node that signed it, which is only ever added to: who changes the database
alone is found out by that file. Where the database has less than the file, it was cut or is an old copy: nothing is
signed over that until the operator has looked (docs/operations.md).
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from moderation.audit.growing import EXPIRED_MAX, PLACED_MAX, SIGNED_MAX, expire_words, place_rows, sign_head
from moderation.audit.heads import Head, HeadKey, TrustedKeys, read_heads, write_head
from moderation.audit.reading import StoredHead, last_head
from moderation.audit.tree import Frontier
from moderation.errors import HeadInvalid
from server.config import RETENTION_YEARS_MIN
from server.database.database import Database
from server.errors import DatabaseUnavailable

log = logging.getLogger("jishi.audit")

HEADS_FILE: Final = "audit_heads.jsonl"
"""In the data folder."""
PLACE_INTERVAL_S: Final = 1.0
SIGN_INTERVAL: Final = timedelta(seconds=30)
EXPIRE_INTERVAL: Final = timedelta(hours=1)
TROUBLE_PAUSE_S: Final = 1.0
TAIL_BYTES: Final = 64 * 1_024
"""Of the file, what its last head is looked for in."""


class AuditKeeper:
    """Grows the tree and signs its heads."""

    def __init__(self, database: Database, key: HeadKey, data_dir: Path, *, retention_years: int = 0) -> None:
        """`retention_years`: how long the words of decisions are kept; 0: for good."""
        assert retention_years == 0 or retention_years >= RETENTION_YEARS_MIN, retention_years
        self._retention = timedelta(days=366 * retention_years)
        self._expired_at: datetime | None = None
        self._database = database
        self._key = key
        self._file = data_dir / HEADS_FILE
        self._frontier: Frontier | None = None
        self._signed_at: datetime | None = None
        self._refusal: str | None = None
        self.placed = 0
        self.signed = 0

    def figures(self) -> dict[str, float]:
        """What was done since the start; `refused` is 1 while nothing is signed because the log has lost rows."""
        return {
            "jishi_audit_rows_placed_total": self.placed,
            "jishi_audit_heads_signed_total": self.signed,
            "jishi_audit_signing_refused": float(self._refusal is not None),
        }

    async def serve(self) -> None:
        """Place and sign until cancelled. What another office signed meanwhile is read first."""
        self._frontier = None
        while True:
            try:
                has_more = await self.step(datetime.now(UTC))
            except (DatabaseUnavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as trouble:
                log.warning("%s: %s", type(trouble).__name__, trouble)
                self._frontier = None
                await asyncio.sleep(TROUBLE_PAUSE_S)
            else:
                await asyncio.sleep(0 if has_more else PLACE_INTERVAL_S)

    async def step(self, now: datetime) -> bool:
        """Place what has come, and sign when it is time; whether more waits."""
        async with self._database.transaction(platform=True) as connection:
            placed = await place_rows(connection)
        self.placed += placed
        if self._retention and (self._expired_at is None or now - self._expired_at >= EXPIRE_INTERVAL):
            await self.expire(now)
        has_more = placed == PLACED_MAX
        if has_more or (self._signed_at is not None and now - self._signed_at < SIGN_INTERVAL):
            return has_more
        return await self.sign(now)

    async def expire(self, now: datetime) -> None:
        """Take the words of decisions that are older than they are kept."""
        async with self._database.transaction(platform=True) as connection:
            expired = await expire_words(connection, before=now - self._retention)
        self._expired_at = None if expired == EXPIRED_MAX else now

    async def sign(self, now: datetime) -> bool:
        """Sign what has its place; whether there is more of it."""
        if self._frontier is None and not await self._load():
            self._signed_at = now  # said once in a while, not every second
            return False
        assert self._frontier is not None
        before, frontier = self._frontier.size, self._frontier.copy()
        async with self._database.transaction(platform=True) as connection:
            stored = await sign_head(connection, frontier, self._key, signed_ms=int(now.timestamp() * 1_000))
        self._frontier = frontier
        if stored is None:
            return False
        await asyncio.to_thread(append_head, self._file, stored.head)
        self.signed += 1
        if stored.head.tree_size - before == SIGNED_MAX:
            return True
        self._signed_at = now
        return False

    async def _load(self) -> bool:
        """Go on from the last head; whether that may be done."""
        async with self._database.transaction(platform=True) as connection:
            stored = await last_head(connection)
        try:
            kept = await asyncio.to_thread(last_kept_head, self._file)
        except HeadInvalid as error:
            self._refusal = f"{self._file} can't be read: {error}"
        else:
            self._refusal = signing_refusal(stored, kept, TrustedKeys([self._key.public_key]))
        if self._refusal is not None:
            log.error("no audit head is signed: %s (docs/operations.md)", self._refusal)
            return False
        frontier = stored.grown() if stored is not None else Frontier()
        assert frontier is not None, "signing_refusal has looked"
        self._frontier = frontier
        return True


def signing_refusal(stored: StoredHead | None, kept: Head | None, keys: TrustedKeys) -> str | None:
    """Why nothing may be signed after this head, or None. `kept`: the file's last."""
    size = stored.head.tree_size if stored is not None else 0
    if stored is not None and stored.grown() is None:
        return f"the database's last head (of {size} rows) was edited"
    if stored is not None and keys.knows(stored.head) and not keys.is_signed(stored.head):
        return f"the database's last head (of {size} rows) is forged"
    if kept is not None and kept.tree_size > size:
        return f"the file of heads knows {kept.tree_size} rows, the database {size}: it was cut, or is an old copy"
    if kept is not None and stored is not None and kept.tree_size == size and kept.root != stored.head.root:
        return f"the file and the database have different heads of {size} rows"
    return None


def append_head(file: Path, head: Head) -> None:
    """Add a head to the file, so that it outlives a power cut. A line that was cut off in one goes first."""
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, TAIL_BYTES, max(0, size - TAIL_BYTES))
        os.ftruncate(descriptor, size - (len(tail) - tail.rfind(b"\n") - 1))
        os.write(descriptor, (write_head(head) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def kept_heads(file: Path) -> list[Head]:
    """All heads of the file; none where there is no file. Raises: HeadInvalid, OSError."""
    try:
        return read_heads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except UnicodeDecodeError as error:
        raise HeadInvalid("isn't text") from error


def last_kept_head(file: Path) -> Head | None:
    """The file's last head, without reading all of it. Raises: HeadInvalid, OSError."""
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - TAIL_BYTES))
            tail = opened.read()
    except FileNotFoundError:
        return None
    whole = tail[tail.find(b"\n") + 1 :] if len(tail) == TAIL_BYTES else tail
    try:
        heads = read_heads(whole.decode())
    except UnicodeDecodeError as error:
        raise HeadInvalid("isn't text") from error
    return heads[-1] if heads else None
