"""Core: what a moderator sees of an account's risk and of the accounts that it is linked to, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

IdentifierKind = Literal["device", "phone", "address_phone", "payee", "bank_card", "network"]
ReasonCode = Literal[
    "closed_link",
    "limited_link",
    "weak_closed_link",
    "group",
    "sanctions",
    "reports_upheld",
    "reports",
    "new_account",
]


class LinkedPerson(Struct, frozen=True):
    person_id: UUID
    display_name: str
    state: Literal["active", "limited", "closed"]


class RiskPerson(LinkedPerson, frozen=True):
    login: str
    kind: Literal["member", "moderator", "admin"]


class RiskReason(Struct, frozen=True):
    code: ReasonCode
    points: int
    count: int


class LinkStep(Struct, frozen=True):
    """Two accounts that share an identifier, which is not told."""

    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    kind: IdentifierKind
    strength: float
    shared_by: int
    last_at: datetime


class Link(Struct, frozen=True):
    """An account of the same group, and why."""

    person: LinkedPerson
    strength: float
    path: list[LinkStep]


class WeakLink(Struct, frozen=True):
    """An account that shares something that alone says little."""

    person: LinkedPerson
    kind: IdentifierKind
    strength: float
    shared_by: int
    last_at: datetime


class EarlierDecision(Struct, frozen=True):
    action_id: UUID
    kind: str
    actor_role: Literal["moderator", "room_moderator", "host"]
    reason: str
    at: datetime
    undone_at: datetime | None


class ReportCounts(Struct, frozen=True):
    open: int
    upheld: int
    rejected: int


class Comeback(Struct, frozen=True):
    """A closed account that this one may be the return of."""

    person: LinkedPerson
    person_id: UUID
    case_id: UUID
    at: datetime


class RiskView(Struct, frozen=True):
    """What speaks against an account, from 0 to 100; a link alone is a lead and no more."""

    person: RiskPerson
    created_at: datetime
    points: int
    reasons: list[RiskReason]
    group_size: int
    """Accounts that belong together with it, itself included."""
    links: list[Link]
    weak_links: list[WeakLink]
    sanction_points: float
    decisions: list[EarlierDecision]
    reports: ReportCounts
    comebacks: list[Comeback]
