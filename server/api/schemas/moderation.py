"""Core: what moderators do and what people report, as the API takes and shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from moderation.cases.appeals import WORDS_CHARS_MAX
from moderation.cases.states import NOTE_CHARS_MAX, REASON_CHARS_MAX
from server.api.http.parsing import Body

CaseKind = Literal["line", "card", "product", "post", "title", "name", "host", "suppression", "moment"]
CaseAction = Literal["flag", "hold", "block", "report"]
RuleId = Annotated[str, Meta(pattern="^[A-Za-z0-9_]{1,24}$")]
Slug = Annotated[str, Meta(pattern="^[a-z0-9-]{1,48}$")]
SanctionKind = Literal[
    "warn",
    "mute_10m",
    "mute_1d",
    "mute_room",
    "room_ban",
    "card_off",
    "limited_account",
    "stream_limited",
    "close_account",
]
ActionKind = Literal[
    "approve",
    "remove",
    "warn",
    "mute_10m",
    "mute_1d",
    "mute_room",
    "room_ban",
    "card_off",
    "limited_account",
    "stream_limited",
    "close_account",
]
AppealState = Literal["open", "upheld", "rejected", "undone"]
"""`undone`: the decision was undone by itself, before anybody answered."""
Words = Annotated[str, Meta(max_length=REASON_CHARS_MAX)]
"""A moderator's own words, which the person is told."""


class RemoveComment(Body, frozen=True):
    """Take a line off every screen."""

    reason: Annotated[str, Meta(max_length=200)] = ""


class Report(Body, frozen=True):
    """Say that something is wrong with a line, a card, or the host of a room."""

    kind: Literal["comment", "card", "host"]
    target_id: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Literal["scam", "false_claim", "outside_contact", "abuse", "other"]
    note: Annotated[str, Meta(max_length=NOTE_CHARS_MAX)] = ""


class ReportMade(Struct, frozen=True):
    report_id: UUID


class QueueQuery(Struct, frozen=True):
    """Which cases."""

    state: Literal["open", "done"] = "open"
    order: Literal["newest", "risk"] = "newest"
    """`risk`: open cases by risk × audience × age, those that say the same as one (`alike`)."""
    kind: CaseKind | None = None
    slug: Slug | None = None
    """Of one room."""
    action: CaseAction | None = None
    """What brought them here."""
    rule: RuleId | None = None
    """That touch this rule."""
    older_than_s: Annotated[int, Meta(ge=0, le=31_536_000)] | None = None
    """That wait for so long."""
    before: UUID | None = None
    """`next_before` of the page already seen."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class Decide(Body, frozen=True):
    """Let what a case is about stand, or take it down."""

    decision: Literal["approve", "remove"]
    reason: Words = ""
    decide_alike: bool = False
    """The same for up to 100 open cases that say the same, but for one's own words and what somebody else works on."""


class LaySanction(Body, frozen=True):
    """Lay a sanction on somebody."""

    person_id: UUID
    kind: SanctionKind
    reason: Words
    slug: Slug | None = None
    """The room; needed for every kind but `warn`, `limited_account` and `close_account`."""
    case_id: UUID | None = None
    """What it is for; a case about this person."""
    until: Annotated[datetime, Meta(tz=True)] | None = None
    """Another end than the kind's own, at most a year ahead; for `room_ban`, `card_off`, `limited_account` and
    `stream_limited`."""
    card_id: UUID | None = None
    """For `card_off`: this card of the room alone, and what shows the same; else all of them."""


class Undo(Body, frozen=True):
    """Turn an action back."""

    reason: Words = ""


class LogQuery(Struct, frozen=True):
    """Which page of the log."""

    before: UUID | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class Bilingual(Struct, frozen=True):
    zh: str
    en: str


class RuleView(Struct, frozen=True):
    """A rule that the text touches, with its law and what its author is told."""

    id: str
    title: Bilingual
    article: Bilingual
    reason: Bilingual
    action: Literal["allow", "flag", "mask", "hold", "block", "ratelimit"]


class CaseRoom(Struct, frozen=True):
    room_id: UUID
    slug: str
    title: str
    kind: Literal["farm", "jobs"]


class RestrictionView(Struct, frozen=True):
    """Something that a person may not do."""

    action_id: UUID
    kind: Literal["mute", "room_ban", "card_off", "limited_account", "stream_limited"]
    room_id: UUID | None
    until: datetime | None
    """Null: until it is undone."""


class SubjectView(Struct, frozen=True):
    """Whose words they are."""

    person_id: UUID
    display_name: str
    role: str
    """viewer, buyer, moderator, host or employer."""
    state: Literal["active", "limited", "closed"]
    muted: bool
    """In the case's room, now."""
    muted_until: datetime | None
    """Null while `muted`: for good."""
    earlier_removals: int
    """By moderators of the platform, in other cases, not undone."""
    points: float
    """What earlier sanctions and removals weigh now; they decay."""
    suggested: SanctionKind
    """The next step for somebody with so many points."""
    restrictions: list[RestrictionView]
    """What holds for them now, anywhere."""


class ReportView(Struct, frozen=True):
    report_id: UUID
    reason: Literal["scam", "false_claim", "outside_contact", "abuse", "other"]
    note: str
    at: datetime


class LineView(Struct, frozen=True):
    """A line said before or after, kept as evidence."""

    comment_id: str
    name: str
    text: str
    wall_us: int


class SecondView(Struct, frozen=True):
    """What a severe sanction wants, or got, of a second moderator."""

    state: Literal["wanted", "alone", "agreed", "dropped", "lapsed"]
    """`wanted`: it holds provisionally, till `due_at`; `alone`: there was nobody else to ask, and it holds."""
    due_at: datetime | None
    by_name: str | None
    reason: str | None
    at: datetime | None


class ActionView(Struct, frozen=True):
    """An entry of the log."""

    action_id: UUID
    kind: ActionKind
    actor_name: str
    actor_role: Literal["moderator", "room_moderator", "host"]
    subject_id: UUID | None
    subject_name: str | None
    case_id: UUID | None
    room_slug: str | None
    text: str
    reason: str
    at: datetime
    until: datetime | None
    """When it ends by itself; null for what does not."""
    undone_at: datetime | None
    undone_by_name: str | None
    undo_reason: str | None
    second: SecondView | None
    """Null for what needs none."""


class ClipView(Struct, frozen=True):
    """The last seconds of a room before something was seen or heard in it; `getClip` gives the file."""

    channel: Literal["qr", "screen", "speech"]
    """A code in the picture, words in the picture, words that were spoken."""
    duration_ms: int
    bytes: int
    sha256: str
    """In hexadecimal, of the file as it was written."""
    at: datetime


class CaseView(Struct, frozen=True):
    """Something that a person has to look at, or has."""

    case_id: UUID
    kind: CaseKind
    state: Literal["open", "approved", "removed"]
    target_id: str
    room: CaseRoom | None
    subject: SubjectView | None
    text: str
    spans: list[Any]
    """[start, end, rule id] each, in code points."""
    rules: list[RuleView]
    action: Literal["flag", "hold", "block", "report"]
    score: float
    on_screen: bool
    """Whether viewers see it now, as far as is known here."""
    screen_id: str | None
    """A line's comment id on the screens, which is another each time it is put back; null when it is not on them."""
    reports: list[ReportView]
    appeal_words: str | None
    """What its author says, who wants a person to look at what the filter blocked; null: nobody asked."""
    around: list[LineView]
    """The lines before and after a line, and itself (its comment id is `target_id`), in the order they were said."""
    actions: list[ActionView]
    card: dict[str, Any] | None
    """The card as it was seen when it was filed."""
    photo_url: str | None
    version: int
    created_at: datetime
    audience: int
    """Viewers of its room when it came."""
    priority: float
    """Risk × audience × age, now; the higher the more urgent."""
    alike: int
    """How many open cases say the same, itself included while it is open."""
    claimed_by: UUID | None
    """Who works on it; till `claimed_until` nobody else decides it."""
    claimed_by_name: str | None
    claimed_until: datetime | None
    clip: ClipView | None = None
    """Of a `moment`, as long as it is kept."""
    decided_alike: int = 0
    """In the answer to a decision: how many others were decided with it."""
    alike_action_ids: list[UUID] = field(default_factory=list)
    """The decisions about those, each of which is undone like any other."""


class QueueView(Struct, frozen=True):
    cases: list[CaseView]
    open: int
    """Cases of all kinds and rooms that wait."""
    next_before: str | None


class LogView(Struct, frozen=True):
    actions: list[ActionView]
    next_before: str | None


class DecisionsQuery(Struct, frozen=True):
    """Which page of the decisions about me."""

    before: UUID | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class MyAppeal(Struct, frozen=True):
    """One's own appeal against a decision."""

    appeal_id: UUID
    state: AppealState
    words: str
    at: datetime
    due_at: datetime
    """When it should be answered by."""
    answered_at: datetime | None
    reason: str
    """The answer's own words."""


class MyDecision(Struct, frozen=True):
    """What was decided about one's own words or account, by the filter or by people."""

    decision_id: UUID
    by: Literal["filter", "moderator", "room_moderator", "host"]
    kind: Literal[
        "mask",
        "ratelimit",
        "hold",
        "block",
        "approve",
        "remove",
        "warn",
        "mute_10m",
        "mute_1d",
        "mute_room",
        "room_ban",
        "card_off",
        "limited_account",
        "stream_limited",
        "close_account",
    ]
    room_slug: str | None
    room_title: str | None
    text: str
    spans: list[Any]
    rules: list[RuleView]
    reason: str
    """The moderator's own words."""
    at: datetime
    until: datetime | None
    undone_at: datetime | None
    provisional_until: datetime | None
    """While it waits for a second moderator: when it falls if none comes."""
    may_appeal: bool
    """By `POST /api/me/decisions/{decision_id}/appeal`, now."""
    appeal_until: datetime | None
    """Null: not at all."""
    appeal: MyAppeal | None


class MyDecisions(Struct, frozen=True):
    decisions: list[MyDecision]
    next_before: str | None


class MakeAppeal(Body, frozen=True):
    """Appeal against a decision, in one's own words or none."""

    words: Annotated[str, Meta(max_length=WORDS_CHARS_MAX)] = ""


class AppealMade(Struct, frozen=True):
    appeal_id: UUID
    state: AppealState
    due_at: datetime


class AppealsQuery(Struct, frozen=True):
    """Which appeals: those that wait, the longest first; or those that don't any more, newest first."""

    state: Literal["open", "done"] = "open"
    after: UUID | None = None
    """`next_after` of the page already seen."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class AnswerAppeal(Body, frozen=True):
    """Uphold an appeal, which undoes the decision at once, or reject it."""

    decision: Literal["uphold", "reject"]
    reason: Words


class Appellant(Struct, frozen=True):
    person_id: UUID
    display_name: str
    state: Literal["active", "limited", "closed"]


class AppealAnswer(Struct, frozen=True):
    decision: Literal["uphold", "reject"]
    reason: str
    by_name: str
    at: datetime


class AppealView(Struct, frozen=True):
    """An appeal, with the decision that it is about."""

    appeal_id: UUID
    state: AppealState
    words: str
    at: datetime
    due_at: datetime
    overdue: bool
    may_answer: bool
    """It waits, and the decision is not one's own."""
    person: Appellant
    action: ActionView
    answer: AppealAnswer | None


class AppealsView(Struct, frozen=True):
    appeals: list[AppealView]
    open: int
    overdue: int
    next_after: str | None
