"""Core: job posts, résumés and applications, as the API takes and shows them.

What must be there at all is said by the rules (commerce/jobs/drafts.py, commerce/jobs/resume.py), which name every
field that is missing at once; so hardly a field is required here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from commerce.jobs.applicants import PAGE_MAX
from commerce.jobs.resume import (
    ABOUT_CHARS_MAX,
    EXPERIENCE_CHARS_MAX,
    MESSAGE_CHARS_MAX,
    NAME_CHARS_MAX,
    SKILL_CHARS_MAX,
    SKILLS_MAX,
    YEARS_MAX,
)
from server.api.http.parsing import Body
from server.api.schemas.limits import Currency, Labels, Minor, Text32, Text60, Text64, Text2000

PayUnit = Literal["month", "day", "hour", "piece"]
Employment = Literal["", "full_time", "part_time", "temporary", "intern", "dispatch"]
Headcount = Annotated[int, Meta(ge=1, le=100_000)]
Moment = Annotated[datetime, Meta(tz=True)]
State = Literal["submitted", "viewed", "contacted", "interview", "offered", "hired", "rejected", "withdrawn"]
EmployerState = Literal["contacted", "interview", "offered", "hired", "rejected"]
Education = Literal["", "none", "primary", "junior", "senior", "vocational", "college", "bachelor", "master"]
Years = Annotated[int, Meta(ge=0, le=YEARS_MAX)]


class NewJob(Body, frozen=True):
    """Open a job post for an organisation, or keep it as a draft, which may lack anything but a title."""

    org_id: UUID
    draft: bool = False
    title: Text60 = ""
    employer: Text64 = ""
    headcount: Headcount | None = None
    place: Text60 = ""
    base_min_minor: Minor | None = None
    base_max_minor: Minor | None = None
    pay_min_minor: Minor | None = None
    pay_max_minor: Minor | None = None
    currency: Currency = "CNY"
    pay_unit: PayUnit = "month"
    employment: Employment = ""
    shift: Text60 = ""
    benefits: Labels = field(default_factory=list)
    requirements: Labels = field(default_factory=list)
    description: Text2000 = ""
    valid_until: Moment | None = None


class ChangeJob(Body, frozen=True):
    """Change what is given of a post, and leave the rest."""

    title: Text60 | UnsetType = UNSET
    employer: Text64 | UnsetType = UNSET
    headcount: Headcount | UnsetType | None = UNSET
    place: Text60 | UnsetType = UNSET
    base_min_minor: Minor | UnsetType | None = UNSET
    base_max_minor: Minor | UnsetType | None = UNSET
    pay_min_minor: Minor | UnsetType | None = UNSET
    pay_max_minor: Minor | UnsetType | None = UNSET
    currency: Currency | UnsetType = UNSET
    pay_unit: PayUnit | UnsetType = UNSET
    employment: Employment | UnsetType = UNSET
    shift: Text60 | UnsetType = UNSET
    benefits: Labels | UnsetType = UNSET
    requirements: Labels | UnsetType = UNSET
    description: Text2000 | UnsetType = UNSET
    valid_until: Moment | UnsetType | None = UNSET


class JobView(Struct, frozen=True):
    """An open post, as anyone may read it. Base pay is null on posts from before it was asked for."""

    job_id: UUID
    org_id: UUID
    title: str
    employer: str
    headcount: int | None
    place: str
    base_min_minor: int | None
    base_max_minor: int | None
    pay_min_minor: int | None
    pay_max_minor: int | None
    currency: str
    pay_unit: PayUnit
    employment: Employment
    shift: str
    benefits: list[str]
    requirements: list[str]
    description: str
    valid_until: datetime | None
    state: Literal["draft", "open", "withdrawn"]
    expired: bool
    created_at: datetime
    updated_at: datetime


class PostView(JobView, frozen=True):
    """A post, as its organisation sees it."""

    removed: bool
    """By a moderator: it can't be published again."""
    applications: int
    version: int


class PostList(Struct, frozen=True):
    posts: list[PostView]


class ResumeBody(Body, frozen=True):
    """A résumé in the place of the one before."""

    name: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""
    phone: Text32 = ""
    city: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""
    years_experience: Years = 0
    education: Education = ""
    skills: Annotated[list[Annotated[str, Meta(max_length=SKILL_CHARS_MAX)]], Meta(max_length=SKILLS_MAX)] = field(
        default_factory=list
    )
    experience: Annotated[str, Meta(max_length=EXPERIENCE_CHARS_MAX)] = ""
    about: Annotated[str, Meta(max_length=ABOUT_CHARS_MAX)] = ""
    expected_pay: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""


class ResumeView(Struct, frozen=True):
    """A résumé; its telephone number is masked where its owner did not let it be seen."""

    name: str
    phone: str
    city: str
    years_experience: int
    education: Education
    skills: list[str]
    experience: str
    about: str
    expected_pay: str


class MyResumeView(ResumeView, frozen=True):
    updated_at: datetime


class Apply(Body, frozen=True):
    """Apply with the résumé as it is now; the room and card where the post was seen, if it was."""

    room_slug: Annotated[str, Meta(max_length=48)] | None = None
    card_id: UUID | None = None
    message: Annotated[str, Meta(max_length=MESSAGE_CHARS_MAX)] = ""


class SharePhone(Body, frozen=True):
    """Let the employer see the telephone number, or no longer."""

    shared: bool


class MoveApplication(Body, frozen=True):
    """Say what became of an application; the applicant reads the note."""

    state: EmployerState
    note: Annotated[str, Meta(max_length=500)] = ""


class PayView(Struct, frozen=True):
    pay_min_minor: int
    pay_max_minor: int
    currency: str
    pay_unit: PayUnit


class StepView(Struct, frozen=True):
    state: State
    at: datetime
    note: str


class LookView(Struct, frozen=True):
    """Who of the employer has read the résumé: seen in a list (once a day for each reader), or opened."""

    at: datetime
    by_name: str
    kind: Literal["listed", "opened"]


class MyApplicationView(Struct, frozen=True):
    """An application as its applicant sees it; `seen` where one is asked for by itself."""

    application_id: UUID
    job_id: UUID
    job_title: str
    employer: str
    place: str
    pay: PayView
    room_slug: str | None
    state: State
    history: list[StepView]
    phone_shared: bool
    message: str
    created_at: datetime
    updated_at: datetime
    version: int
    seen: list[LookView] = field(default_factory=list)


class MyApplicationList(Struct, frozen=True):
    applications: list[MyApplicationView]


class ApplicantsQuery(Struct, frozen=True):
    job_id: UUID | None = None
    state: State | None = None
    before: UUID | None = None
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = PAGE_MAX


class ApplicantView(Struct, frozen=True):
    """An application in the employer's list. Once access to the résumé has ended, nothing of it is left here."""

    application_id: UUID
    job_id: UUID
    job_title: str
    name: str
    city: str
    years_experience: int | None
    expected_pay: str
    phone: str
    access_ended: bool
    state: State
    created_at: datetime
    updated_at: datetime


class ApplicantList(Struct, frozen=True):
    applications: list[ApplicantView]
    next_before: UUID | None


class ApplicantDetail(ApplicantView, frozen=True):
    """An application as the employer opens it: the résumé as it was when it was made."""

    resume: ResumeView | None
    message: str
    phone_shared: bool
    history: list[StepView]
    may_become: list[EmployerState]
    access_ends_at: datetime
    version: int
