"""Core: the desk beside its cases, as the API takes and shows it: claims, kept views, figures, second opinions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from moderation.cases.desk_views import VIEWS_MAX
from server.api.http.parsing import Body
from server.api.schemas.moderation import (
    ActionView,
    CaseAction,
    CaseKind,
    CaseRoom,
    LineView,
    ReportView,
    RuleId,
    RuleView,
    Slug,
    Words,
)


class ClaimView(Struct, frozen=True):
    """Who works on a case; asking again renews it."""

    case_id: UUID
    claimed_by: UUID
    claimed_by_name: str
    claimed_until: datetime


class SavedView(Body, frozen=True):
    """A view of the queue, kept by its name; its fields are those of the queue's query."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    state: Literal["open", "done"] = "open"
    order: Literal["newest", "risk"] = "risk"
    kind: CaseKind | None = None
    slug: Slug | None = None
    action: CaseAction | None = None
    rule: RuleId | None = None
    older_than_s: Annotated[int, Meta(ge=0, le=31_536_000)] | None = None


class SavedViews(Body, frozen=True):
    """All that a moderator keeps, in their order."""

    views: Annotated[list[SavedView], Meta(max_length=VIEWS_MAX)]


class SavedViewsView(Struct, frozen=True):
    views: list[SavedView]


class Times(Struct, frozen=True):
    """From filing to the first decision, in seconds; null without any."""

    decided: int
    median_s: float | None
    p90_s: float | None


class KindFigures(Struct, frozen=True):
    kind: CaseKind
    open: int
    day: Times
    week: Times


class ModeratorFigures(Struct, frozen=True):
    """Decisions and sanctions of one moderator."""

    person_id: UUID
    name: str
    day: int
    week: int


class AppealFigures(Struct, frozen=True):
    upheld: int
    rejected: int
    open: int
    overdue: int


class LookFigures(Struct, frozen=True):
    looked: int
    disagreed: int


class SecondFigures(Struct, frozen=True):
    agreed: int
    dropped: int
    lapsed: int


class Figures(Struct, frozen=True):
    """How the desk does; of the last week where nothing else is said."""

    open: int
    oldest_s: float | None
    """How long the oldest open case waits."""
    by_kind: list[KindFigures]
    moderators: list[ModeratorFigures]
    decided: int
    undone: int
    undone_share: float | None
    appeals: AppealFigures
    second_looks: LookFigures
    seconds: SecondFigures


class Second(Body, frozen=True):
    """Complete a severe sanction, or drop it."""

    agree: bool
    reason: Words


class SecondsView(Struct, frozen=True):
    """Sanctions that want a second, the longest first."""

    actions: list[ActionView]
    own: list[UUID]
    """Of these, what one decided oneself, or is about oneself: somebody else has to second it."""


class BlindCase(Struct, frozen=True):
    """A case that somebody decided, without what was decided."""

    action_id: UUID
    kind: CaseKind
    target_id: str
    room: CaseRoom | None
    subject_role: str | None
    text: str
    spans: list[Any]
    rules: list[RuleView]
    action: CaseAction
    score: float
    reports: list[ReportView]
    around: list[LineView]
    card: dict[str, Any] | None
    photo_url: str | None
    created_at: datetime


class LooksView(Struct, frozen=True):
    looks: list[BlindCase]


class Look(Body, frozen=True):
    """What one would have decided."""

    decision: Literal["approve", "remove"]
    reason: Words = ""


class LookAnswer(Struct, frozen=True):
    """Whether both say the same, and what the first said."""

    agrees: bool
    first: ActionView


class DeletionCounts(Struct, frozen=True):
    """Lines that people of one role took down, by what they looked like."""

    by: Literal["moderator", "room_moderator", "host"]
    """A moderator of the platform, one of the room, or its host."""
    total: int
    complaint: int
    filtered: int
    """The filter had something against them too."""
    other: int


class Deletions(Struct, frozen=True):
    """What was taken down in a room's chat in the last 30 days."""

    since: datetime
    total: int
    put_back: int
    by: list[DeletionCounts]
