"""Edge: writes one frame to many viewers, in slices between which the event loop and more urgent lanes get their turn.

A write to a socket costs some microseconds, so ten thousand of them would hold everything else up for a tenth of a
second. The viewers of a publication are fixed when it is offered: who joins later has it in the snapshot.

When the worker itself can't keep up, jobs gather here. Beyond `JOBS_WAITING_MAX` on a lane they give way as they do in
a viewer's backlog: the oldest chat and sound, and video up to the next keyframe; control never.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from server.live.ledger import DropReason, RoomLedger
from server.live.socket.connection import LiveConnection
from server.live.socket.frames import ReadyFrame, ReadyPart
from server.live.wire import LANE_CHAT, LANE_CONTROL, LANE_VIDEO, LANES

WRITES_PER_SLICE: Final = 512
JOBS_WAITING_MAX: Final = 64
"""Per lane; of video some 10 s, which nobody wants to see late."""

# Kinds of jobs beyond those of frames in connection.py.
SNAPSHOT: Final = 3
INIT: Final = 4
PART: Final = 5


class _Job:
    __slots__ = ("kind", "lane", "members", "message", "position", "publications")

    def __init__(
        self, kind: int, lane: int, message: ReadyFrame | ReadyPart, members: tuple[LiveConnection, ...]
    ) -> None:
        self.kind = kind
        self.lane = lane
        self.message = message
        self.publications = message.publications if isinstance(message, ReadyFrame) else 1
        self.members = members
        self.position = 0


class Fanout:
    """The writes of one room that are not made yet."""

    def __init__(self, ledger: RoomLedger, *, writes_per_slice: int = WRITES_PER_SLICE) -> None:
        self._ledger = ledger
        self._writes_per_slice = writes_per_slice
        self._jobs: tuple[deque[_Job], ...] = tuple(deque() for _ in LANES)
        self._scheduled = False
        self._awaits_keyframe = False

    def offer(self, kind: int, lane: int, message: ReadyFrame | ReadyPart, members: tuple[LiveConnection, ...]) -> None:
        """Send a message to these viewers: the first slice now, if nothing of its lane or of a more urgent one waits.

        So a line never overtakes the snapshot that was offered before it, which would wipe it off the screen.
        """
        if not members:
            return
        job = _Job(kind, lane, message, members)
        account = self._ledger.lanes[lane]
        offered = job.publications * len(members)
        account.offered += offered
        account.pending += offered
        if self._gives_way(job):
            account.drop_pending(offered, "skipped_to_keyframe")
            return
        if any(self._jobs[: lane + 1]) or not self._advance(job):
            self._jobs[lane].append(job)
            self._schedule()
            if len(self._jobs[lane]) > JOBS_WAITING_MAX and lane != LANE_CONTROL:
                self._thin_out(lane)

    def _gives_way(self, job: _Job) -> bool:
        """Whether a part of video can't be decoded by anyone, since those before it were given up."""
        if job.lane != LANE_VIDEO or not isinstance(job.message, ReadyPart):
            return False
        self._awaits_keyframe = self._awaits_keyframe and not job.message.keyframe
        return self._awaits_keyframe

    def _thin_out(self, lane: int) -> None:
        """Give up what nobody was sent any of: the older half, or all video since its next keyframe is to come."""
        jobs = list(self._jobs[lane])
        kept_from = len(jobs) if lane == LANE_VIDEO else len(jobs) // 2
        self._awaits_keyframe = self._awaits_keyframe or lane == LANE_VIDEO
        self._jobs[lane].clear()
        for index, job in enumerate(jobs):
            if index >= kept_from or job.position or job.kind == INIT:
                self._jobs[lane].append(job)
            else:
                reason: DropReason = "skipped_to_keyframe" if lane == LANE_VIDEO else "slow"
                self._ledger.lanes[lane].drop_pending(job.publications * len(job.members), reason)

    def conflate_publications(self) -> None:
        """A snapshot is about to replace the chat and counters that wait here."""
        account = self._ledger.lanes[LANE_CHAT]
        for job in self._jobs[LANE_CHAT]:
            left = job.publications * (len(job.members) - job.position)
            account.pending -= left
            account.conflated += left
        self._jobs[LANE_CHAT].clear()

    def stop(self, reason: DropReason) -> None:
        """Drop what waits."""
        for lane, jobs in enumerate(self._jobs):
            for job in jobs:
                self._ledger.lanes[lane].drop_pending(job.publications * (len(job.members) - job.position), reason)
            jobs.clear()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._scheduled = False
        for jobs in self._jobs:
            if jobs:
                if self._advance(jobs[0]):
                    jobs.popleft()
                break
        if any(self._jobs):
            self._schedule()

    def _advance(self, job: _Job) -> bool:
        """Write one slice; whether the job is done."""
        members = job.members[job.position : job.position + self._writes_per_slice]
        job.position += len(members)
        account = self._ledger.lanes[job.lane]
        account.pending -= job.publications * len(members)
        message = job.message
        if isinstance(message, ReadyPart):
            for member in members:
                member.send_part(message)
        elif job.kind == INIT:
            for member in members:
                member.send_init(job.lane, message)
        elif job.kind == SNAPSHOT:
            account.offered -= len(members)  # `send` enters them itself
            for member in members:
                member.send_snapshot(message)
        else:
            self._write_frames(job, message, members)
        return job.position >= len(job.members)

    def _write_frames(self, job: _Job, message: ReadyFrame, members: tuple[LiveConnection, ...]) -> None:
        account = self._ledger.lanes[job.lane]
        retracted = (job.publications - message.publications) * len(members)
        if retracted:
            account.drop(retracted, "retracted")
        written = 0
        data = message.data
        for member in members:
            if member.blocked:
                member.queue(job.kind, message)
            else:
                written += 1
                member.write(data)
        account.delivered += written * message.publications
