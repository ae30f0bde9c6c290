"""Edge: watches live rooms: what children read in them is judged, and what a person should see becomes a case.

Nothing is taken off a screen here, whatever was read: recognition errs, and a moderator decides.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import asyncpg

from media.senses.sense import Sense
from media.senses.turns import Turns, Waiting
from media.senses.wire import Answer, Channel, Job
from moderation.verdict import Category
from server.bus.contract import Bus
from server.database.database import Database
from server.errors import DatabaseUnavailable
from server.lookout.clips import ClipFolder
from server.lookout.filing import Filed, file_find, lengthen_clip
from server.lookout.finds import DecideText, Find, FindBook, Sentences, judge, target_of
from server.lookout.follows import Follows
from server.people.rooms import Room
from server.tasks import TaskSet

log = logging.getLogger("jishi.lookout")

PRUNE_INTERVAL_S: Final = 600.0
SILENT_INTERVAL_S: Final = 2.0
ROOM_FRESH_S: Final = 60.0
CLIP_AFTER_S: Final = 4.0
"""A clip goes on for so long after its moment; the case is opened at once, with what there is."""

_TROUBLE: Final = (DatabaseUnavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What the world does to what is told; the next find may have more luck."""

FetchRoom = Callable[[UUID], Awaitable[Room | None]]
CountViewers = Callable[[UUID], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator decides."""

    own_hosts: Sequence[str] = ()
    """Where codes may lead without a word."""
    clips_days_max: int
    clips_bytes_max: int


@dataclass(slots=True)
class _Reading:
    """One channel at work."""

    sense: Sense
    turns: Turns[Job]
    offered: asyncio.Event = field(default_factory=asyncio.Event)
    looked: int = 0
    passed_by: int = 0
    """Looked at and not read: nothing had changed, nobody spoke."""
    found: int = 0
    behind_s: float = 0.0
    """Of the newest answer, after what it is about was received."""
    cpu_s: dict[str, float] = field(default_factory=dict)
    """By room, of those that are watched now."""


class Lookout:
    """`serve` until cancelled."""

    def __init__(
        self,
        channels: Sequence[Channel],
        *,
        bus: Bus,
        database: Database,
        decide_text: DecideText,
        fetch_room: FetchRoom,
        count_viewers: CountViewers,
        clips: ClipFolder,
        limits: Limits,
    ) -> None:
        self._readings: dict[Channel, _Reading] = {each: _Reading(Sense(each), Turns()) for each in channels}
        turns = {channel: reading.turns for channel, reading in self._readings.items()}
        self._follows = Follows(bus, turns, offered=lambda channel: self._readings[channel].offered.set())
        self._database = database
        self._decide_text = decide_text
        self._fetch_room = fetch_room
        self._count_viewers = count_viewers
        self._clips = clips
        self._limits = limits
        self._book = FindBook()
        self._sentences = Sentences()
        self._rooms: dict[str, tuple[Room, float]] = {}
        self._tasks = TaskSet("lookout")
        self.cases = 0
        """Opened, since the start."""

    async def serve(self) -> None:
        """Watch until cancelled."""
        if self._readings:
            self._follows.start()
        try:
            async with asyncio.TaskGroup() as group:
                for channel, reading in self._readings.items():
                    group.create_task(self._read(channel, reading), name=f"lookout:{channel}")
                group.create_task(self._tidy(), name="lookout:tidy")
                group.create_task(self._prune(), name="lookout:prune")
        finally:
            self._follows.stop()
            await self._tasks.stop()
            for reading in self._readings.values():
                await reading.sense.stop()

    def figures(self) -> dict[str, float]:
        """Of all channels."""
        return {
            "jishi_watch_rooms": len(self._follows.rooms),
            "jishi_watch_rooms_left_out": self._follows.left_out,
            "jishi_watch_kept_bytes": self._follows.kept_bytes,
            "jishi_watch_cases_total": self.cases,
            "jishi_watch_cases_limited_total": self._book.limited,
        }

    def labelled(self) -> list[tuple[str, dict[str, str], float]]:
        """By channel, and what each room costs."""
        told: list[tuple[str, dict[str, str], float]] = []
        for channel, reading in self._readings.items():
            label: dict[str, str] = {"channel": channel}
            told += [
                ("jishi_watch_looked_total", label, reading.looked),
                ("jishi_watch_passed_by_total", label, reading.passed_by),
                ("jishi_watch_dropped_total", label, reading.turns.dropped),
                ("jishi_watch_found_total", label, reading.found),
                ("jishi_watch_deaths_total", label, reading.sense.deaths),
                ("jishi_watch_behind_s", label, reading.behind_s),
            ]
            told += [
                ("jishi_watch_room_cpu_s", {**label, "room": room_id}, cpu_s)
                for room_id, cpu_s in reading.cpu_s.items()
            ]
        return told

    async def _read(self, channel: Channel, reading: _Reading) -> None:
        while True:
            waiting = reading.turns.take()
            if waiting is None:
                reading.offered.clear()
                await reading.offered.wait()
                continue
            answer = await reading.sense.ask(waiting.what)
            if answer is not None:
                self._count(reading, waiting, answer)
                await self._judge(channel, reading, waiting.room_id, answer)

    def _count(self, reading: _Reading, waiting: Waiting[Job], answer: Answer) -> None:
        reading.looked += 1
        reading.passed_by += not answer.looked
        reading.behind_s = max(0.0, time.time() - waiting.received_us / 1_000_000)
        spent_s = reading.cpu_s.get(waiting.room_id, 0.0)
        reading.cpu_s[waiting.room_id] = spent_s + answer.cpu_us / 1_000_000

    async def _judge(self, channel: Channel, reading: _Reading, room_id: str, answer: Answer) -> None:
        if channel == "speech" and not answer.texts:
            self._sentences.forget(room_id)
        for text in answer.texts:
            try:
                room = await self._room(room_id)
                if room is None:
                    return
                find = self._find(channel, room_id, room, text)
                if find is not None:
                    reading.found += 1
                    await self._tell(room_id, room, find)
            except _TROUBLE as trouble:
                log.warning(
                    "what was read in %s can't be told: %s", room_id, _kind_of(trouble), extra={"room_id": room_id}
                )

    def _find(self, channel: Channel, room_id: str, room: Room, text: str) -> Find | None:
        texts = self._sentences.heard(room_id, text) if channel == "speech" else [(text, 0)]
        category, own_hosts = Category(room.kind), self._limits.own_hosts
        for each, since in texts:
            find = judge(self._decide_text, channel, each, category, own_hosts, time.monotonic(), since=since)
            if find is not None:
                return find
        return None

    async def _tell(self, room_id: str, room: Room, find: Find) -> None:
        target_id = target_of(room_id, find)
        if not self._book.admits(room_id, target_id, time.monotonic(), find.rules):
            return
        is_told = False
        try:
            filed = await file_find(
                self._database,
                self._clips,
                find,
                target_id=target_id,
                room=room,
                clip=self._follows.clip(room_id),
                audience=await self._count_viewers(room.room_id),
                now=datetime.now(UTC),
            )
            is_told = True
        finally:
            if not is_told:
                self._book.retract(room_id, target_id, find.rules)
        if filed is None:
            return
        self.cases += filed.is_new
        if filed.clip_id is not None:
            self._tasks.spawn(self._lengthen(room_id, filed, find.channel), f"clip of {filed.case_id}")
        log.info("%s in %s: case %s", find.channel, room.slug, filed.case_id, extra={"room_id": room_id})

    async def _lengthen(self, room_id: str, filed: Filed, channel: Channel) -> None:
        await asyncio.sleep(CLIP_AFTER_S)
        clip = self._follows.clip(room_id)
        if clip is None or filed.clip_id is None:
            return
        case_id, now = filed.case_id, datetime.now(UTC)
        try:
            await lengthen_clip(
                self._database, self._clips, clip, before=filed.clip_id, case_id=case_id, channel=channel, now=now
            )
        except _TROUBLE as trouble:
            log.warning("the clip of %s stays as it is: %s", case_id, _kind_of(trouble), extra={"room_id": room_id})

    async def _room(self, room_id: str) -> Room | None:
        room, fresh_until = self._rooms.get(room_id, (None, 0.0))
        if room is None or fresh_until <= time.monotonic():
            room = await self._fetch_room(UUID(room_id))
            if room is not None:
                self._rooms[room_id] = (room, time.monotonic() + ROOM_FRESH_S)
        return room

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(SILENT_INTERVAL_S)
            self._follows.forget_silent(time.monotonic())
            self._book.forget_old(time.monotonic())
            watched = set(self._follows.rooms)
            for room_id in self._rooms.keys() - watched:
                del self._rooms[room_id]
                self._sentences.forget(room_id)
            for reading in self._readings.values():
                reading.cpu_s = {room_id: cpu_s for room_id, cpu_s in reading.cpu_s.items() if room_id in watched}

    async def _prune(self) -> None:
        while True:
            try:
                await self._clips.prune(
                    self._database,
                    now=datetime.now(UTC),
                    days_max=self._limits.clips_days_max,
                    bytes_max=self._limits.clips_bytes_max,
                )
            except _TROUBLE as trouble:
                log.warning("clips can't be looked through: %s", _kind_of(trouble))
            await asyncio.sleep(PRUNE_INTERVAL_S)


def _kind_of(trouble: BaseException) -> str:
    """Its kind alone: what PostgreSQL says of a row has the row's words in it."""
    code = getattr(trouble, "sqlstate", None) or getattr(trouble, "errno", None)
    return type(trouble).__name__ + (f" {code}" if code is not None else "")
