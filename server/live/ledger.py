"""Core: the account of every delivery, per room and lane, in which nothing may go missing.

A delivery is one publication to one viewer. What was offered is delivered (handed to the socket), sampled away over the
room's cap, conflated (a newer value replaced it), dropped for a reason, or pending in a viewer's backlog. `pending` is
counted on its own and not as the remainder, so that `is_balanced` is a real check.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from server.live.wire import LANES

LANE_NAMES: Final = ("control", "chat", "sound", "video")

DropReason = Literal[
    "slow",  # the viewer did not read fast enough: the oldest of the lane gave way
    "skipped_to_keyframe",  # the same for video
    "stepped_down",  # the viewer's line carries keyframes or sound only, for now
    "retracted",  # the line was removed before it was sent
    "unwanted",  # the viewer switched the lane off
    "closed",  # the connection ended first
]


class LaneLedger:
    """One lane of one room."""

    __slots__ = ("conflated", "delivered", "dropped", "offered", "pending", "sampled")

    def __init__(self) -> None:
        self.offered = 0
        self.delivered = 0
        self.sampled = 0
        self.conflated = 0
        self.pending = 0
        self.dropped: dict[DropReason, int] = {}

    def drop_pending(self, publications: int, reason: DropReason) -> None:
        """What a backlog held is not sent."""
        self.pending -= publications
        self.dropped[reason] = self.dropped.get(reason, 0) + publications

    def drop(self, publications: int, reason: DropReason) -> None:
        """What was offered is not sent, and was in no backlog."""
        self.dropped[reason] = self.dropped.get(reason, 0) + publications

    def is_balanced(self) -> bool:
        """Whether every delivery offered is accounted for."""
        spent = self.delivered + self.sampled + self.conflated + sum(self.dropped.values()) + self.pending
        return self.offered == spent


class RoomLedger:
    """The lanes of one room, by lane number."""

    __slots__ = ("lanes",)

    def __init__(self) -> None:
        self.lanes = tuple(LaneLedger() for _ in LANES)

    def is_balanced(self) -> bool:
        return all(lane.is_balanced() for lane in self.lanes)


class Ledger:
    """The rooms of one worker. A room that closed stays in the totals."""

    def __init__(self) -> None:
        self._rooms: dict[str, RoomLedger] = {}

    def room(self, room_id: str) -> RoomLedger:
        """The account of a room, opened at its first use."""
        account = self._rooms.get(room_id)
        if account is None:
            account = self._rooms[room_id] = RoomLedger()
        return account

    def is_balanced(self) -> bool:
        return all(room.is_balanced() for room in self._rooms.values())

    def metrics(self) -> Iterator[tuple[str, dict[str, str], int]]:
        """Values to export: (metric name, labels, value). `pending` is a gauge, the others count up."""
        for room_id, room in self._rooms.items():
            for lane_name, lane in zip(LANE_NAMES, room.lanes, strict=True):
                labels = {"room": room_id, "lane": lane_name}
                yield "jishi_deliveries_offered_total", labels, lane.offered
                yield "jishi_deliveries_delivered_total", labels, lane.delivered
                yield "jishi_deliveries_sampled_total", labels, lane.sampled
                yield "jishi_deliveries_conflated_total", labels, lane.conflated
                yield "jishi_deliveries_pending", labels, lane.pending
                for reason, count in lane.dropped.items():
                    yield "jishi_deliveries_dropped_total", {**labels, "reason": reason}, count
