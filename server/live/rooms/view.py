"""Core: a room as its viewers see it: state, history, totals, and the positions they stand at.

The owner and every edge worker hold one and change it by the same publications, so that a snapshot with the
publications after it is the same as a fresh snapshot. An edge worker takes publications through `take`, which tells the
next one from an old one and from one that comes after a gap.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Literal

from server.live.topics import RoomPublication, RoomSnapshot
from server.live.wire import (
    LANE_CHAT,
    LANE_CONTROL,
    Comment,
    Comments,
    Counters,
    Position,
    Retraction,
    ServerMessage,
    Snapshot,
    State,
    StateItem,
    server_decoder,
)

HISTORY_COMMENTS_MAX: Final = 100
TOMBSTONES_MAX: Final = 1000
"""Removed keys whose version is remembered, so that an older value does not come back."""

Since = dict[int, Position]
"""By lane: where a client that comes back stood."""


class RoomView:
    """What a joiner is shown."""

    __slots__ = ("chat_floor", "chat_offset", "comments", "control_offset", "epoch", "items", "likes", "viewers")

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.control_offset = 0
        self.chat_offset = 0
        self.chat_floor = 0
        self.items: dict[str, StateItem] = {}
        self.comments: deque[Comment] = deque()
        self.viewers = 0
        self.likes = 0

    @classmethod
    def restore(cls, snapshot: RoomSnapshot) -> RoomView:
        """The view that a snapshot was taken of."""
        view = cls(snapshot.epoch)
        view.control_offset = snapshot.control_offset
        view.chat_offset = snapshot.chat_offset
        view.chat_floor = snapshot.chat_floor
        view.items = {item.key: item for item in snapshot.items}
        view.comments.extend(snapshot.comments)
        view.viewers = snapshot.viewers
        view.likes = snapshot.likes
        return view

    def snapshot(self) -> RoomSnapshot:
        """For an edge worker that begins to serve the room."""
        return RoomSnapshot(
            epoch=self.epoch,
            control_offset=self.control_offset,
            chat_offset=self.chat_offset,
            chat_floor=self.chat_floor,
            items=[item for item in self.items.values() if item.value is not None],
            comments=list(self.comments),
            viewers=self.viewers,
            likes=self.likes,
        )

    def greeting(self, since: Since) -> Snapshot:
        """For a viewer who joins, or comes back from the positions in `since`."""
        return Snapshot(
            control=Position(self.epoch, self.control_offset),
            chat=Position(self.epoch, self.chat_offset),
            state=[item for item in self.items.values() if item.value is not None],
            comments=list(self.comments),
            viewers=self.viewers,
            likes=self.likes,
            recovered=self._recovers(since),
        )

    def newer(self, items: list[StateItem]) -> list[StateItem]:
        """Those of the items that are newer than what is held."""
        return [item for item in items if (held := self.items.get(item.key)) is None or held.version < item.version]

    def apply(self, message: ServerMessage) -> None:
        """Take in one publication that is the next of its lane."""
        match message:
            case State(position, items):
                self.control_offset = position.offset
                self._hold(items)
            case Retraction(position, comment_ids):
                self.control_offset = position.offset
                gone = set(comment_ids)
                self.comments = deque(each for each in self.comments if each.comment_id not in gone)
            case Comments(position, comments):
                self.chat_offset = position.offset
                self.comments.extend(comments)
                while len(self.comments) > HISTORY_COMMENTS_MAX:
                    self.chat_floor = self.comments.popleft().offset
            case Counters(viewers, likes):
                self.viewers = viewers
                self.likes = likes
            case _:
                raise AssertionError(f"no publication of a room: {type(message).__name__}")

    def take(self, publication: RoomPublication) -> ServerMessage | Literal["old", "gap"]:
        """Apply a publication if it is the next of its lane, and return its message.

        `gap` means that something before it was missed, or that the room has a new owner: a fresh snapshot is needed.
        """
        if publication.epoch != self.epoch:
            return "gap"
        if publication.offset:
            held = self.control_offset if publication.lane == LANE_CONTROL else self.chat_offset
            if publication.offset <= held:
                return "old"
            if publication.after != held:
                return "gap"
        message: ServerMessage = server_decoder.decode(publication.wire)
        self.apply(message)
        return message

    def _hold(self, items: list[StateItem]) -> None:
        for item in self.newer(items):
            self.items.pop(item.key, None)  # so that tombstones stand in the order in which they came
            self.items[item.key] = item
        tombstones = [key for key, item in self.items.items() if item.value is None]
        for key in tombstones[: max(0, len(tombstones) - TOMBSTONES_MAX)]:
            del self.items[key]

    def _recovers(self, since: Since) -> bool:
        """State is always whole in a snapshot; chat is while no line after the client's position left the history."""
        if any(position.epoch != self.epoch for position in since.values()):
            return False
        chat = since.get(LANE_CHAT)
        return chat is None or chat.offset >= self.chat_floor
