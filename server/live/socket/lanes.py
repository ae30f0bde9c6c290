"""Core: what one viewer has still to be sent, by lane, most urgent first, bounded in bytes.

A `Backlog` exists only while its viewer's socket takes no more. Each lane gives way in its own manner:

* control is never dropped: over its bound the connection has to be closed, to come back and get a snapshot;
* chat: the oldest lines are dropped; of the counters only the newest waits;
* sound: the oldest parts are dropped;
* video: the lane skips to the newest keyframe that waits, or gives up all and waits for the next one; a line on which
  that happens again and again gets keyframes only, then sound only, until it keeps up again (ladder.py).

A part whose first chunk was sent is always finished. Configurations are kept, as later parts need them. What was left
out is announced by a `gap` before the next publication of its lane. Whatever enters and leaves is entered in the room's
ledger.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from server.live.ledger import DropReason, RoomLedger
from server.live.socket.frames import ReadyFrame, ReadyPart, gap_frame
from server.live.socket.ladder import Ladder, Level
from server.live.wire import LANE_CHAT, LANE_CONTROL, LANE_SOUND, LANE_VIDEO

MEDIA_LANES: Final = (LANE_SOUND, LANE_VIDEO)


@dataclass(frozen=True, slots=True)
class BacklogLimits:
    """Bytes that may wait for one viewer. The bytes themselves are shared between viewers."""

    control_bytes_max: int = 512 * 1024
    chat_bytes_max: int = 64 * 1024
    sound_bytes_max: int = 256 * 1024
    video_bytes_max: int = 4 * 1024 * 1024
    video_us_max: int = 3_000_000
    """A picture so late gives way to a newer keyframe, however few its bytes."""


class _Waiting:
    """A frame in a queue, as it was when it was queued."""

    __slots__ = ("frame", "publications", "size_bytes")

    def __init__(self, frame: ReadyFrame) -> None:
        self.frame = frame
        self.size_bytes = len(frame.data)
        self.publications = frame.publications


class _MediaQueue:
    """The parts of one media lane; the first may be partly sent."""

    __slots__ = ("awaits_keyframe", "bytes_held", "bytes_max", "items", "missed", "next_chunk")

    def __init__(self, bytes_max: int) -> None:
        self.items: deque[ReadyFrame | ReadyPart] = deque()
        self.next_chunk = 0
        self.bytes_held = 0
        self.bytes_max = bytes_max
        self.missed = 0
        self.awaits_keyframe = False


class Backlog:
    """One viewer's waiting frames. `take` gives the next to write, most urgent first."""

    __slots__ = (
        "_chat",
        "_chat_bytes",
        "_chat_missed",
        "_control",
        "_control_bytes",
        "_counters",
        "_ladder",
        "_ledger",
        "_limits",
        "_media",
        "_notice",
    )

    def __init__(self, limits: BacklogLimits, ledger: RoomLedger, ladder: Ladder) -> None:
        self._limits = limits
        self._ledger = ledger
        self._ladder = ladder
        self._notice: bytes | None = None  # of the newest step on the ladder
        self._control: deque[_Waiting] = deque()
        self._control_bytes = 0
        self._chat: deque[_Waiting] = deque()
        self._chat_bytes = 0
        self._chat_missed = 0
        self._counters: ReadyFrame | None = None
        self._media = {
            LANE_SOUND: _MediaQueue(limits.sound_bytes_max),
            LANE_VIDEO: _MediaQueue(limits.video_bytes_max),
        }

    @property
    def bytes_held(self) -> int:
        """Bytes that wait in all lanes."""
        counters_bytes = len(self._counters.data) if self._counters else 0
        media_bytes = sum(queue.bytes_held for queue in self._media.values())
        return self._control_bytes + self._chat_bytes + counters_bytes + media_bytes

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits and no lane owes its viewer a gap or a keyframe."""
        return not (
            self._control
            or self._chat
            or self._counters is not None
            or self._notice is not None
            or self._ladder.level
            or any(queue.items or queue.missed or queue.awaits_keyframe for queue in self._media.values())
        )

    def offer_control(self, ready: ReadyFrame) -> bool:
        """Queue on the control lane; False when that is over its bound and the connection has to be closed."""
        self._control.append(waiting := _Waiting(ready))
        self._control_bytes += waiting.size_bytes
        self._ledger.lanes[LANE_CONTROL].pending += waiting.publications
        return self._control_bytes <= self._limits.control_bytes_max

    def offer_comments(self, ready: ReadyFrame) -> None:
        """Queue on the chat lane; the oldest give way."""
        self._chat.append(waiting := _Waiting(ready))
        self._chat_bytes += waiting.size_bytes
        self._ledger.lanes[LANE_CHAT].pending += waiting.publications
        while self._chat_bytes > self._limits.chat_bytes_max and len(self._chat) > 1:
            oldest = self._chat.popleft()
            self._chat_bytes -= oldest.size_bytes
            self._chat_missed += oldest.frame.publications
            self._account_retracted(oldest)
            self._ledger.lanes[LANE_CHAT].drop_pending(oldest.frame.publications, "slow")

    def offer_counters(self, ready: ReadyFrame) -> None:
        """Let the room's totals wait; they replace those that waited."""
        account = self._ledger.lanes[LANE_CHAT]
        if self._counters is not None:
            account.pending -= 1
            account.conflated += 1
        self._counters = ready
        account.pending += 1

    def offer_init(self, lane: int, ready: ReadyFrame) -> None:
        """Queue a track's configuration; only a newer one replaces it, when no part in between needs it."""
        queue = self._media[lane]
        account = self._ledger.lanes[lane]
        account.pending += 1
        if queue.items and isinstance(queue.items[-1], ReadyFrame):
            queue.bytes_held -= _bytes_of(queue.items.pop())
            account.pending -= 1
            account.conflated += 1
        queue.items.append(ready)
        queue.bytes_held += len(ready.data)

    def offer_part(
        self, part: ReadyPart, *, now: float, keeps_up: bool = False, first_chunk: int = 0, join: bool = False
    ) -> None:
        """Queue a part, of which `first_chunk` chunks were already sent.

        `keeps_up`: the line has taken all before it. `join`: it belongs to the window a joiner starts with, which may
        be larger than the bound.
        """
        queue = self._media[part.lane]
        self._ledger.lanes[part.lane].pending += 1
        if part.lane == LANE_VIDEO and not first_chunk:
            if not join and self._ladder.video_came(now, keeps_up=keeps_up):
                self._stepped(queue)
            if not self._is_wanted(queue, part):
                return
        assert not first_chunk or not queue.items, "a part begun stands first"
        if first_chunk:
            queue.next_chunk = first_chunk
        queue.items.append(part)
        queue.bytes_held += sum(map(len, part.chunks[first_chunk:]))
        if join:
            return
        if part.lane == LANE_SOUND:
            if queue.bytes_held > queue.bytes_max:
                self._drop_oldest_sound(queue)
        elif queue.bytes_held > queue.bytes_max or (part.keyframe and self._is_late(queue, part)):
            self._skip_to_keyframe(queue)
            if self._ladder.overflowed(now):
                self._stepped(queue)

    def _is_wanted(self, queue: _MediaQueue, part: ReadyPart) -> bool:
        """Whether a part of video is sent to a line like this one, and could be decoded there."""
        level = self._ladder.level
        reason: DropReason | None = None
        if level is Level.SOUND_ONLY or (level is Level.KEYFRAMES_ONLY and not part.keyframe):
            reason = "stepped_down"
        elif queue.awaits_keyframe and not part.keyframe:
            reason = "skipped_to_keyframe"
        queue.awaits_keyframe = reason is not None
        if reason is not None:
            queue.missed += 1
            self._ledger.lanes[LANE_VIDEO].drop_pending(1, reason)
        return reason is None

    def _stepped(self, queue: _MediaQueue) -> None:
        """Tell the viewer of its new level; what waits and is above it gives way."""
        level = self._ladder.level
        self._notice = gap_frame(LANE_VIDEO, 0, level.name.lower())
        if level is Level.SOUND_ONLY:
            self._keep_from(queue, len(queue.items), "stepped_down")
            queue.awaits_keyframe = True

    def _is_late(self, queue: _MediaQueue, newest: ReadyPart) -> bool:
        """Whether an older picture still waits that nobody wants to see beside this one."""
        oldest = next(item for item in queue.items if isinstance(item, ReadyPart))
        return newest.pts_us - oldest.pts_us > self._limits.video_us_max

    def take(self) -> bytes | None:
        """The next frame to write; None when nothing waits."""
        if self._control:
            return self._take_frame(self._control, LANE_CONTROL)
        if self._chat:
            if self._chat_missed:
                missed, self._chat_missed = self._chat_missed, 0
                return gap_frame(LANE_CHAT, missed)
            return self._take_frame(self._chat, LANE_CHAT)
        if self._counters is not None:
            frame, self._counters = self._counters.data, None
            account = self._ledger.lanes[LANE_CHAT]
            account.pending -= 1
            account.delivered += 1
            return frame
        if self._notice is not None:
            notice, self._notice = self._notice, None
            return notice
        for lane in MEDIA_LANES:
            queue = self._media[lane]
            if queue.items:
                if queue.missed and not queue.next_chunk:
                    missed, queue.missed = queue.missed, 0
                    return gap_frame(lane, missed)
                return self._take_chunk(lane, queue)
        return None

    def finish_control(self) -> bytes:
        """All that waits on the control lane at once, before a goodbye."""
        frames = []
        while self._control:
            frames.append(self._take_frame(self._control, LANE_CONTROL))
        return b"".join(frames)

    def conflate_publications(self) -> None:
        """A fresh snapshot replaces what waits of chat and counters."""
        account = self._ledger.lanes[LANE_CHAT]
        waiting = sum(each.frame.publications for each in self._chat)
        for each in self._chat:
            self._account_retracted(each)
        waiting += 1 if self._counters is not None else 0
        account.pending -= waiting
        account.conflated += waiting
        self._chat.clear()
        self._chat_bytes = self._chat_missed = 0
        self._counters = None

    def drop_lane(self, lane: int, reason: DropReason) -> None:
        """Drop what waits on a lane that is not wanted any more; a part begun is finished."""
        if lane == LANE_CHAT:
            account = self._ledger.lanes[LANE_CHAT]
            for each in self._chat:
                self._account_retracted(each)
                account.drop_pending(each.frame.publications, reason)
            if self._counters is not None:
                account.drop_pending(1, reason)
            self._chat.clear()
            self._chat_bytes = self._chat_missed = 0
            self._counters = None
        elif lane in self._media:
            queue = self._media[lane]
            begun = queue.items[0] if queue.next_chunk else None
            dropped = len(queue.items) - (begun is not None)
            if dropped:
                self._ledger.lanes[lane].drop_pending(dropped, reason)
            queue.items.clear()
            queue.bytes_held = 0
            queue.missed = 0
            queue.awaits_keyframe = lane == LANE_VIDEO
            if isinstance(begun, ReadyPart):
                queue.items.append(begun)
                queue.bytes_held = sum(map(len, begun.chunks[queue.next_chunk :]))

    def abandon(self, reason: DropReason) -> None:
        """Drop everything, as the connection ends."""
        account = self._ledger.lanes[LANE_CONTROL]
        for each in self._control:
            account.drop_pending(each.publications, reason)
        self._control.clear()
        self._control_bytes = 0
        self._notice = None
        self.drop_lane(LANE_CHAT, reason)
        for lane, queue in self._media.items():
            queue.next_chunk = 0
            self.drop_lane(lane, reason)

    def _take_frame(self, queue: deque[_Waiting], lane: int) -> bytes:
        waiting = queue.popleft()
        if lane == LANE_CONTROL:
            self._control_bytes -= waiting.size_bytes
        else:
            self._chat_bytes -= waiting.size_bytes
            self._account_retracted(waiting)
        account = self._ledger.lanes[lane]
        account.pending -= waiting.frame.publications
        account.delivered += waiting.frame.publications
        return waiting.frame.data

    def _account_retracted(self, waiting: _Waiting) -> None:
        """Lines taken out of the frame while it waited are not deliveries of what follows."""
        retracted = waiting.publications - waiting.frame.publications
        if retracted:
            self._ledger.lanes[LANE_CHAT].drop_pending(retracted, "retracted")

    def _take_chunk(self, lane: int, queue: _MediaQueue) -> bytes:
        item = queue.items[0]
        if isinstance(item, ReadyFrame):
            chunk, last = item.data, True
        else:
            chunk = item.chunks[queue.next_chunk]
            queue.next_chunk += 1
            last = queue.next_chunk == len(item.chunks)
        queue.bytes_held -= len(chunk)
        if last:
            queue.items.popleft()
            queue.next_chunk = 0
            account = self._ledger.lanes[lane]
            account.pending -= 1
            account.delivered += 1
        return chunk

    def _skip_to_keyframe(self, queue: _MediaQueue) -> None:
        items = list(queue.items)
        keyframes = [index for index, item in enumerate(items) if isinstance(item, ReadyPart) and item.keyframe]
        start = keyframes[-1] if keyframes else len(items)
        begun = 1 if queue.next_chunk else 0
        if start < begun or sum(map(_bytes_of, items[start:])) > queue.bytes_max:
            start = len(items)  # the newest picture's group alone is over the bound
        self._keep_from(queue, start, "skipped_to_keyframe")
        queue.awaits_keyframe = start == len(items)

    def _keep_from(self, queue: _MediaQueue, start: int, reason: DropReason) -> None:
        """Drop the parts of video before `start` but for one that is begun, and configurations that none needs."""
        account = self._ledger.lanes[LANE_VIDEO]
        kept: deque[ReadyFrame | ReadyPart] = deque()
        for index, item in enumerate(queue.items):
            if isinstance(item, ReadyPart) and index < start and not (index == 0 and queue.next_chunk):
                queue.bytes_held -= _bytes_of(item)
                queue.missed += 1
                account.drop_pending(1, reason)
                continue
            if isinstance(item, ReadyFrame) and kept and isinstance(kept[-1], ReadyFrame):
                queue.bytes_held -= _bytes_of(kept.pop())
                account.pending -= 1
                account.conflated += 1
            kept.append(item)
        queue.items = kept

    def _drop_oldest_sound(self, queue: _MediaQueue) -> None:
        kept: deque[ReadyFrame | ReadyPart] = deque()
        for index, item in enumerate(queue.items):
            begun = index == 0 and queue.next_chunk > 0
            newest = index == len(queue.items) - 1
            if begun or newest or queue.bytes_held <= queue.bytes_max or isinstance(item, ReadyFrame):
                kept.append(item)
            else:
                queue.bytes_held -= _bytes_of(item)
                queue.missed += 1
                self._ledger.lanes[LANE_SOUND].drop_pending(1, "slow")
        queue.items = kept


def _bytes_of(item: ReadyFrame | ReadyPart) -> int:
    return len(item.data) if isinstance(item, ReadyFrame) else len(item.whole)
