"""Edge: a find as a case in the moderators' queue, with a clip of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from media.clip import Clip
from media.senses.wire import Channel
from moderation.cases.filing import NewCase, file_case
from moderation.cases.states import Kind, Why
from server.database.database import Database
from server.lookout.clips import ClipFolder, add_clip, replace_clip
from server.lookout.finds import SAME_WITHIN_S, Find
from server.people.rooms import Room

_TOLD: Final = (
    "SELECT true FROM moderation.case_file WHERE kind = 'moment' AND target_id = $1 AND created_at > $2 LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A find that went into the queue."""

    case_id: UUID
    is_new: bool
    """Whether it opened the case; else it went to one that was open."""
    clip_id: UUID | None
    """The clip that it gave the case; None where there was none to give, or the case has one."""


async def file_find(
    database: Database,
    clips: ClipFolder,
    find: Find,
    *,
    target_id: str,
    room: Room,
    clip: Clip | None,
    audience: int,
    now: datetime,
) -> Filed | None:
    """File a find: a new case, or one more time in that which is open; None where one was opened lately.

    Raises: DatabaseUnavailable, OSError: then nothing is left of it.
    """
    if await _was_told(database, target_id, now=now):
        return None
    case = NewCase(
        kind=Kind.MOMENT,
        target_id=target_id,
        room_id=room.room_id,
        subject_id=room.host_id,
        subject_role="host",
        text=find.text,
        why=Why.FLAG,
        shown=True,
        verdict=find.verdict,
        audience=audience,
        facts={"moment": {"channel": find.channel, "media_us": clip.began_us + clip.duration_us if clip else None}},
    )
    stored = await clips.store(uuid7(), clip) if clip is not None else None
    new_id, is_kept = uuid7(), False
    try:
        async with database.transaction(platform=True) as connection:
            case_id = await file_case(connection, case, case_id=new_id, now=now)
            if stored is not None:
                is_kept = await add_clip(connection, stored, case_id=case_id, channel=find.channel, now=now)
    finally:
        if stored is not None and not is_kept:
            await clips.discard(stored.clip_id)
    return Filed(case_id, case_id == new_id, stored.clip_id if stored is not None and is_kept else None)


async def lengthen_clip(
    database: Database, clips: ClipFolder, clip: Clip, *, before: UUID, case_id: UUID, channel: Channel, now: datetime
) -> bool:
    """Give a case a clip that goes on after its moment, in place of `before`, which ended with it; whether it has it.

    Raises: DatabaseUnavailable, OSError: then it has one of the two, and the other's file is waste.
    """
    stored = await clips.store(uuid7(), clip)
    async with database.transaction(platform=True) as connection:
        is_there = await replace_clip(connection, stored, before=before, case_id=case_id, channel=channel, now=now)
    await clips.discard(before if is_there else stored.clip_id)
    return is_there


async def _was_told(database: Database, target_id: str, *, now: datetime) -> bool:
    async with database.transaction(platform=True) as connection:
        since = now - timedelta(seconds=SAME_WITHIN_S)
        return bool(await connection.fetchval(_TOLD, target_id, since))
