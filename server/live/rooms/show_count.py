"""Core: what a room's owner counts of the show that runs.

An owner that begins in the middle of a show counts from its own beginning; one that has had the room since before the
show begins to count with it.
"""

from __future__ import annotations

from commerce.show.tally import Tally
from server.live.topics import ShowTally


class ShowCount:
    """The counts of one room; before a show is known they are taken for the one that may be under way."""

    __slots__ = ("_comments", "_likes", "_lines_held", "_lines_removed", "_viewers", "_viewers_peak", "show_id")

    def __init__(self) -> None:
        self.show_id: str | None = None
        self._viewers = 0
        self._viewers_peak = 0
        self._comments = 0
        self._likes = 0
        self._lines_held = 0
        self._lines_removed = 0

    def begin(self, show_id: str, *, is_new: bool) -> None:
        """The room is in this show. What was counted before belongs to it only where it was running already."""
        if show_id == self.show_id:
            return
        if is_new or self.show_id is not None:
            self._clear()
        self.show_id = show_id

    def commented(self) -> None:
        """A line was accepted."""
        self._comments += 1

    def held(self) -> None:
        """A line was kept off the screen."""
        self._lines_held += 1

    def removed(self, lines: int) -> None:
        """Lines were taken down."""
        self._lines_removed += lines

    def watched(self, viewers: int, likes: int) -> None:
        """So many watch now, and gave so many likes since the last time."""
        self._viewers = viewers
        self._viewers_peak = max(self._viewers_peak, viewers)
        self._likes += likes

    def tally(self, epoch: str) -> ShowTally | None:
        """The counts; None while no show is known."""
        if self.show_id is None:
            return None
        return ShowTally(
            self.show_id,
            epoch,
            self._viewers_peak,
            self._comments,
            self._likes,
            self._lines_held,
            self._lines_removed,
        )

    def _clear(self) -> None:
        self._viewers_peak = self._viewers
        self._comments = self._likes = self._lines_held = self._lines_removed = 0


def as_tally(told: ShowTally) -> Tally:
    """What an owner tells, as the books take it."""
    return Tally(
        viewers_peak=told.viewers_peak,
        comments=told.comments,
        likes=told.likes,
        lines_held=told.lines_held,
        lines_removed=told.lines_removed,
    )
