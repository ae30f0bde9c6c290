"""Core: a room's owner: the one place where its lines are put in order, batched, sampled and counted.

Cards, stock and retractions are published at once. Lines wait for the room's tick, which is no wait at all in a small
room and grows with (viewers × lines per second) so that the writes to sockets stay bounded. Over the room's cap
viewers' lines are sampled, evenly over the batch; those of the host, moderators and buyers are always kept. A line has
its offset from the moment it is accepted; one that was sampled away leaves a hole.

What changes the room is a plain function; the moderation verdict, clock and ids are handed in.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections import OrderedDict, deque
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from moderation.verdict import Verdict
from server.live.rooms.show_count import ShowCount
from server.live.rooms.view import RoomView
from server.live.topics import (
    CommentFacts,
    LineSaid,
    PresenceReport,
    Refused,
    ReleaseCommand,
    RoomPublication,
    RoomSnapshot,
    Said,
    SayCommand,
)
from server.live.wire import (
    LANE_CHAT,
    LANE_CONTROL,
    Comment,
    Comments,
    Counters,
    Position,
    Retraction,
    State,
    StateItem,
    encoder,
)

ROLES_ALWAYS_KEPT: Final = frozenset({"host", "moderator", "buyer"})
RATE_DECAY_S: Final = 2.0
LINES_AROUND_MAX: Final = 5
"""Lines before, and after, what a person has to decide about, that are kept with it as evidence."""


@dataclass(frozen=True, slots=True)
class RoomLimits:
    """Bounds of one room."""

    comments_per_s_max: float = 40.0
    """Tencent's cap for a live group; more cannot be read."""
    batch_s_max: float = 0.15
    batch_deliveries_per_s_min: float = 2_000.0
    """Up to this many (viewers × lines per second) every line is published at once."""
    batch_deliveries_per_s_full: float = 50_000.0
    """From here on the batches are as long as they get."""
    counters_interval_s: float = 1.0
    presence_expires_s: float = 5.0
    keys_remembered_max: int = 2_000
    senders_remembered_max: int = 5_000
    """Lines whose sender and words are known to whoever removes them."""
    releases_remembered_max: int = 2_000
    """Lines put on screen by a moderator, and lines taken down, so that being told twice changes nothing."""


@dataclass(frozen=True, slots=True)
class FilterDecision:
    """What moderation decided about a line."""

    action: Literal["allow", "flag", "mask", "hold", "block", "ratelimit"]
    text: str
    """The line to show; for `mask` with the offending parts covered."""
    code: str = "filtered"
    """How the refusal is called when the action refuses: `filtered`, `muted` or `rate_limited`."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """For code `filtered`: action, rules, spans, reason_zh, reason_en."""
    verdict: Verdict | None = None
    """Moderation's own value, kept with the record of a decision other than `allow`."""

    @property
    def shows(self) -> bool:
        return self.action in ("allow", "flag", "mask")


class Room:
    """The owner's state of one room."""

    def __init__(
        self,
        room_id: str,
        epoch: str,
        *,
        sender_key: bytes,
        limits: RoomLimits,
        items: list[StateItem],
        now: float,
        likes: int = 0,
    ) -> None:
        """`likes` were given before this owner had the room."""
        self.room_id = room_id
        self._limits = limits
        self._sender_key = sender_key
        self._view = RoomView(epoch)
        if items:
            self._view.apply(State(Position(epoch, 0), items))
        self._next_chat_offset = 1
        self._pending: list[Comment] = []
        self._batch_due_at: float | None = None
        self._answers: OrderedDict[tuple[str, str], Said | Refused] = OrderedDict()
        self._said: OrderedDict[str, CommentFacts] = OrderedDict()
        self._released: OrderedDict[str, None] = OrderedDict()
        self._retracted: OrderedDict[str, None] = OrderedDict()
        self._rate_per_s = 0.0
        self._rate_at = now
        self._sample_tokens = limits.comments_per_s_max
        self._sample_at = now
        self._sampled = 0  # lines sampled away since the last publication of the lane
        self._workers: dict[str, tuple[int, float]] = {}
        self._viewers = 0
        self._likes = likes
        self._view.likes = likes
        self.show = ShowCount()
        self._counters_at = now - limits.counters_interval_s
        self.touched_at = now

    @property
    def epoch(self) -> str:
        return self._view.epoch

    @property
    def state(self) -> Mapping[str, StateItem]:
        """Cards, stock and air as they stand, by key; the room's own, to be read at once."""
        return self._view.items

    @property
    def viewers(self) -> int:
        """How many watch now, as its edge workers reported."""
        return self._viewers

    def snapshot(self) -> RoomSnapshot:
        """The room as published so far."""
        return self._view.snapshot()

    # ---- Lines -------------------------------------------------------------------------------------------------------

    def answered(self, person_id: str, key: str) -> Said | Refused | None:
        """What this person's request with this key was answered before."""
        return self._answers.get((person_id, key))

    def say(
        self, command: SayCommand, decision: FilterDecision, *, comment_id: str, now: float, wall_us: int
    ) -> Said | Refused:
        """Accept or refuse a line; a repeated key is answered as the first time."""
        self.touched_at = now
        if (earlier := self.answered(command.person_id, command.key)) is not None:
            return earlier
        answer: Said | Refused
        if decision.shows:
            comment = self._accept(command, decision.text, comment_id, now, wall_us)
            answer = Said(comment.comment_id, comment.offset, self.epoch)
        else:
            answer = Refused(decision.code, dict(decision.facts))
            if decision.action in ("hold", "block") and decision.verdict is not None:
                self.show.held()
        self._answers[command.person_id, command.key] = answer
        if len(self._answers) > self._limits.keys_remembered_max:
            self._answers.popitem(last=False)
        return answer

    def _accept(self, command: SayCommand, text: str, comment_id: str, now: float, wall_us: int) -> Comment:
        self.show.commented()
        comment = self._line(command, text, comment_id, wall_us)
        self._said[comment_id] = CommentFacts(
            command.person_id,
            command.text,
            command.name,
            command.role,
            command.media_us,
            wall_us,
            command.reply_to,
        )
        _forget_oldest(self._said, self._limits.senders_remembered_max)
        self._wait_for_tick(comment, now)
        return comment

    def _line(self, said: SayCommand | ReleaseCommand, text: str, comment_id: str, wall_us: int) -> Comment:
        """The line as it is published, with the next offset."""
        offset, self._next_chat_offset = self._next_chat_offset, self._next_chat_offset + 1
        return Comment(
            comment_id=comment_id,
            offset=offset,
            sender=sender_of(self.room_id, said.person_id, self._sender_key),
            name=said.name,
            role=said.role,
            text=text,
            media_us=said.media_us,
            wall_us=wall_us,
            reply_to=said.reply_to,
        )

    def _wait_for_tick(self, comment: Comment, now: float) -> None:
        self._rate_per_s = self._rate_per_s * math.exp((self._rate_at - now) / RATE_DECAY_S) + 1 / RATE_DECAY_S
        self._rate_at = now
        if not self._pending:
            self._batch_due_at = now + batch_s(self._viewers * self._rate_per_s, self._limits)
        self._pending.append(comment)

    def release(self, command: ReleaseCommand, *, now: float) -> None:
        """Show a line that a person let through, at the end of the chat; it is never sampled away."""
        self.touched_at = now
        if command.comment_id in self._released:
            return
        self._released[command.comment_id] = None
        _forget_oldest(self._released, self._limits.releases_remembered_max)
        self._said[command.comment_id] = CommentFacts(
            command.person_id,
            command.text,
            command.name,
            command.role,
            command.media_us,
            command.wall_us,
            command.reply_to,
        )
        _forget_oldest(self._said, self._limits.senders_remembered_max)
        self._wait_for_tick(self._line(command, command.text, command.comment_id, command.wall_us), now)

    def around(self, wall_us: int) -> list[LineSaid]:
        """The lines said before and after a moment (Unix time), oldest first, taken down since or not."""
        before: list[tuple[str, CommentFacts]] = []
        after: deque[tuple[str, CommentFacts]] = deque(maxlen=LINES_AROUND_MAX)
        for comment_id, said in reversed(self._said.items()):
            if said.wall_us > wall_us:
                after.append((comment_id, said))
            elif said.wall_us < wall_us:
                before.append((comment_id, said))
                if len(before) == LINES_AROUND_MAX:
                    break
        return [
            LineSaid(comment_id, said.person_id, said.name, said.text, said.wall_us)
            for comment_id, said in [*reversed(before), *reversed(after)]
        ]

    def comment(self, comment_id: str) -> CommentFacts | None:
        """Who said a line, and what; None for one that was not said here lately."""
        return self._said.get(comment_id)

    # ---- State -------------------------------------------------------------------------------------------------------

    def update(self, items: list[StateItem], *, now: float) -> RoomPublication | None:
        """Publish those items that are newer than what the room holds."""
        self.touched_at = now
        newer = self._view.newer(items)
        return self._publish_control(State(self._next_control(), newer)) if newer else None

    def set_air(self, *, on_air: bool, since_us: int, wall_us: int, now: float) -> RoomPublication | None:
        """Publish that the room went on or off air, if that is news."""
        held = self._view.items.get("air")
        value = {"on_air": on_air, "since_us": since_us}
        if held is not None and held.value == value:
            return None
        version = max(wall_us, held.version + 1 if held is not None else 1)
        return self.update([StateItem("air", version, value)], now=now)

    def retract(self, comment_ids: list[str], code: str, *, now: float) -> RoomPublication | None:
        """Take lines off every screen, whether they were shown, still wait, or are not known here.

        None when all of them were taken down before.
        """
        self.touched_at = now
        comment_ids = [each for each in comment_ids if each not in self._retracted]
        if not comment_ids:
            return None
        self.show.removed(len(comment_ids))
        self._retracted.update(dict.fromkeys(comment_ids))
        _forget_oldest(self._retracted, self._limits.releases_remembered_max)
        gone = set(comment_ids)
        self._pending = [each for each in self._pending if each.comment_id not in gone]
        return self._publish_control(Retraction(self._next_control(), comment_ids, code))

    def _next_control(self) -> Position:
        return Position(self.epoch, self._view.control_offset + 1)

    def _publish_control(self, message: State | Retraction) -> RoomPublication:
        after = self._view.control_offset
        self._view.apply(message)
        return RoomPublication(
            epoch=self.epoch,
            lane=LANE_CONTROL,
            after=after,
            offset=message.position.offset,
            sampled=0,
            wire=encoder.encode(message),
        )

    # ---- Presence and likes ------------------------------------------------------------------------------------------

    def report(self, report: PresenceReport, *, now: float) -> None:
        """Take an edge worker's count; a worker that is not heard of any more counts no longer."""
        self.touched_at = now
        self._likes += max(0, report.likes)
        self._workers[report.worker] = (max(0, report.viewers), now)
        expired_at = now - self._limits.presence_expires_s
        self._workers = {name: heard for name, heard in self._workers.items() if heard[0] and heard[1] > expired_at}
        self._viewers = sum(viewers for viewers, _ in self._workers.values())
        self.show.watched(self._viewers, max(0, report.likes))

    # ---- Ticks -------------------------------------------------------------------------------------------------------

    def due_at(self) -> float | None:
        """When `tick` has something to publish; None when nothing waits."""
        due = [self._batch_due_at] if self._batch_due_at is not None else []
        if self._counters_changed():
            due.append(self._counters_at + self._limits.counters_interval_s)
        return min(due, default=None)

    def tick(self, now: float) -> list[RoomPublication]:
        """What is due."""
        publications: list[RoomPublication] = []
        if self._batch_due_at is not None and self._batch_due_at <= now:
            publications.extend(self._publish_batch(now))
        if self._counters_changed() and self._counters_at + self._limits.counters_interval_s <= now:
            self._counters_at = now
            publications.append(self._publish_counters())
        return publications

    def _counters_changed(self) -> bool:
        return (self._viewers, self._likes) != (self._view.viewers, self._view.likes)

    def _publish_counters(self) -> RoomPublication:
        message = Counters(self._viewers, self._likes)
        self._view.apply(message)
        return RoomPublication(self.epoch, LANE_CHAT, 0, 0, 0, encoder.encode(message))

    def _publish_batch(self, now: float) -> list[RoomPublication]:
        pending, self._pending, self._batch_due_at = self._pending, [], None
        cap = self._limits.comments_per_s_max
        self._sample_tokens = min(cap, self._sample_tokens + (now - self._sample_at) * cap)
        self._sample_at = now
        kept = sample(pending, int(self._sample_tokens), always=self._released)
        self._sample_tokens = max(0.0, self._sample_tokens - len(kept))
        self._sampled += len(pending) - len(kept)
        if not kept:
            return []
        sampled, self._sampled = self._sampled, 0
        after = self._view.chat_offset
        message = Comments(Position(self.epoch, kept[-1].offset), kept)
        self._view.apply(message)
        return [
            RoomPublication(
                epoch=self.epoch,
                lane=LANE_CHAT,
                after=after,
                offset=message.position.offset,
                sampled=sampled,
                wire=encoder.encode(message),
            )
        ]


def batch_s(deliveries_per_s: float, limits: RoomLimits) -> float:
    """How long lines are gathered in a room with this many (viewers × lines per second)."""
    span = limits.batch_deliveries_per_s_full - limits.batch_deliveries_per_s_min
    fullness = (deliveries_per_s - limits.batch_deliveries_per_s_min) / span
    return limits.batch_s_max * min(1.0, max(0.0, fullness))


def sample(comments: list[Comment], comments_max: int, *, always: Container[str] = ()) -> list[Comment]:
    """At most so many lines, evenly spread, but always those of the host, moderators and buyers, and those named."""

    def is_kept(comment: Comment) -> bool:
        return comment.role in ROLES_ALWAYS_KEPT or comment.comment_id in always

    ordinary = sum(not is_kept(comment) for comment in comments)
    quota = min(ordinary, max(0, comments_max - (len(comments) - ordinary)))
    kept: list[Comment] = []
    seen = 0
    for comment in comments:
        if is_kept(comment):
            kept.append(comment)
            continue
        seen += 1
        if seen * quota // ordinary > (seen - 1) * quota // ordinary:
            kept.append(comment)
    return kept


def _forget_oldest(remembered: OrderedDict[str, Any], items_max: int) -> None:
    while len(remembered) > items_max:
        remembered.popitem(last=False)


def sender_of(room_id: str, person_id: str, key: bytes) -> str:
    """A person's name tag in one room: the same every time, and not to be linked with other rooms without the key."""
    digest = hashlib.blake2b(f"{room_id}/{person_id}".encode(), key=key, digest_size=9).digest()
    return base64.urlsafe_b64encode(digest).decode()
