"""Edge: clips of moments: files in the data folder, each with a row that says what it must be and whose case it is.

A file is written whole before its row, and deleted after it; so every row has its file, and a file without a row is
waste. Rows go when they are old, when all of this node are too large (those of decided cases first), and with the
person they show. What is read is compared with its row: evidence that was changed is none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from media.clip import Clip
from media.senses.wire import Channel
from server.database.database import Database

log = logging.getLogger("jishi.lookout")

FOLDER: Final = "clips"
SUFFIX: Final = ".mp4"
UNFINISHED_SUFFIX: Final = ".part"
READ_AT_ONCE_MAX: Final = 2
"""Clips of up to 24 MiB each, by one process."""

WASTE_AFTER_S: Final = 600.0
"""A file so old without a row will have none: the transaction that was to write it is over."""

_ADD: Final = """
INSERT INTO moderation.clip (clip_id, case_id, channel, sha256, bytes, duration_ms, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (case_id) DO NOTHING RETURNING clip_id
"""
_TAKE_BACK: Final = "DELETE FROM moderation.clip WHERE case_id = $1 AND clip_id = $2 RETURNING clip_id"
_OF_CASE: Final = "SELECT clip_id, sha256 FROM moderation.clip WHERE case_id = $1"
_DROP_OLD: Final = "DELETE FROM moderation.clip WHERE created_at < $1 RETURNING clip_id"
_DROP_BEYOND: Final = """
WITH kept AS (
    SELECT l.clip_id, sum(l.bytes) OVER (ORDER BY c.state = 'open' DESC, l.created_at DESC, l.clip_id) AS total
    FROM moderation.clip l JOIN moderation.case_file c USING (case_id) WHERE l.clip_id = ANY ($2))
DELETE FROM moderation.clip l USING kept WHERE kept.clip_id = l.clip_id AND kept.total > $1 RETURNING l.clip_id
"""
_KNOWN: Final = "SELECT clip_id FROM moderation.clip WHERE clip_id = ANY ($1)"


@dataclass(frozen=True, slots=True)
class Stored:
    """A clip's file, before its row is written."""

    clip_id: UUID
    sha256: bytes
    bytes: int
    duration_ms: int


class ClipFolder:
    """One node's clips."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._reading = asyncio.Semaphore(READ_AT_ONCE_MAX)

    @property
    def is_empty(self) -> bool:
        """Whether there is no clip here."""
        return not self._folder.is_dir() or next(self._folder.iterdir(), None) is None

    async def store(self, clip_id: UUID, clip: Clip) -> Stored:
        """Write a clip's file.

        Raises: OSError.
        """
        digest = await asyncio.to_thread(self._write, clip_id, clip.data)
        return Stored(clip_id, digest, len(clip.data), clip.duration_us // 1_000)

    async def read(self, clip_id: UUID, digest: bytes) -> bytes | None:
        """A clip, whose SHA-256 is `digest`; None where its file is not here, or another one."""
        try:
            async with self._reading:
                data, read_digest = await asyncio.to_thread(self._read, clip_id)
        except OSError as error:
            log.warning("the clip %s can't be read: %s", clip_id, error.strerror)
            return None
        if read_digest != digest:
            log.error("the clip %s is not the one that was written", clip_id)
            return None
        return data

    async def discard(self, clip_id: UUID) -> None:
        """Delete a clip's file, if it is there."""
        await asyncio.to_thread(self._path(clip_id).unlink, missing_ok=True)

    async def prune(self, database: Database, *, now: datetime, days_max: int, bytes_max: int) -> int:
        """Drop what is too old, of this node's what is too much, and files without a row; how many files went."""
        found = await asyncio.to_thread(self._found)
        async with database.transaction(platform=True) as connection:
            await connection.execute(_DROP_OLD, now - timedelta(days=days_max))
            await connection.execute(_DROP_BEYOND, bytes_max, list(found))
        async with database.transaction(platform=True) as connection:
            known = {row["clip_id"] for row in await connection.fetch(_KNOWN, list(found))}
        oldest = time.time() - WASTE_AFTER_S
        waste = [clip_id for clip_id, written_at in found.items() if clip_id not in known and written_at < oldest]
        for clip_id in waste:
            await self.discard(clip_id)
        return len(waste)

    def _path(self, clip_id: UUID) -> Path:
        return self._folder / f"{clip_id}{SUFFIX}"

    def _read(self, clip_id: UUID) -> tuple[bytes, bytes]:
        data = self._path(clip_id).read_bytes()
        return data, sha256(data).digest()

    def _write(self, clip_id: UUID, data: bytes) -> bytes:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(clip_id)
        unfinished = path.with_suffix(UNFINISHED_SUFFIX)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
        return sha256(data).digest()

    def _found(self) -> dict[UUID, float]:
        """When each clip here was written; one that was never finished is deleted once it is old.

        What else lies here was put there by a person, and stays.
        """
        found: dict[UUID, float] = {}
        if not self._folder.is_dir():
            return found
        for path in self._folder.iterdir():
            clip_id = _id_of(path.stem)
            if clip_id is None or path.suffix not in (SUFFIX, UNFINISHED_SUFFIX):
                continue
            with contextlib.suppress(FileNotFoundError):  # another process discards, too
                written_at = path.stat().st_mtime
                if path.suffix == SUFFIX:
                    found[clip_id] = written_at
                elif written_at < time.time() - WASTE_AFTER_S:
                    path.unlink()
        return found


def _id_of(stem: str) -> UUID | None:
    """The clip that a file is named after; None where it is named after none."""
    try:
        clip_id = UUID(stem)
    except ValueError:
        return None
    return clip_id if str(clip_id) == stem else None


async def add_clip(connection: Any, stored: Stored, *, case_id: UUID, channel: Channel, now: datetime) -> bool:
    """Write a clip's row, within the change that files its case; False where the case has one already."""
    added = await connection.fetchval(
        _ADD, stored.clip_id, case_id, channel, stored.sha256, stored.bytes, stored.duration_ms, now
    )
    return added is not None


async def replace_clip(
    connection: Any, stored: Stored, *, before: UUID, case_id: UUID, channel: Channel, now: datetime
) -> bool:
    """Put a longer clip in the place of `before`, whose file is to be discarded once this has committed. False: the
    case has that one no more, and stays as it is.
    """
    is_there = await connection.fetchval(_TAKE_BACK, case_id, before) is not None
    return is_there and await add_clip(connection, stored, case_id=case_id, channel=channel, now=now)


async def clip_of_case(connection: Any, case_id: UUID) -> tuple[UUID, bytes] | None:
    """The clip of a case and its SHA-256; None where it has none, or none any more."""
    row = await connection.fetchrow(_OF_CASE, case_id)
    return None if row is None else (row["clip_id"], row["sha256"])
