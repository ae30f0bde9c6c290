"""Core: what is a person's own, as the API takes and shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from server.api.http.parsing import Body
from server.api.schemas.limits import Text64, Text255

Name32 = Annotated[str, Meta(min_length=1, max_length=32)]
Place60 = Annotated[str, Meta(min_length=1, max_length=60)]
Street120 = Annotated[str, Meta(min_length=1, max_length=120)]
Phone = Annotated[str, Meta(pattern="^[+]?[0-9][0-9 -]{3,18}[0-9]$")]
"""As people write it: digits, with spaces or hyphens, and a country's code or none."""


class NoticesQuery(Struct, frozen=True):
    """Which page of the notices."""

    before: UUID | None = None
    """`next_before` of the page already seen."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 30


class NoticeView(Struct, frozen=True):
    """Something that the person was told; docs/notices.md draws the facts of each kind."""

    notice_id: UUID
    kind: str
    at: datetime
    facts: dict[str, Any]
    read: bool


class NoticeList(Struct, frozen=True):
    notices: list[NoticeView]
    unread: int
    next_before: str | None


class ChangeMe(Body, frozen=True):
    """Be shown under another name."""

    display_name: Text64


class ChangePassword(Body, frozen=True):
    """Another password; all other sessions end."""

    old: Text255
    new: Text255


class DeleteMe(Body, frozen=True):
    """Delete the account, for good."""

    password: Text255


class HostView(Struct, frozen=True):
    """Somebody who hosts a room; `followed` is null for who is not signed in."""

    person_id: UUID
    display_name: str
    followers: int
    followed: bool | None


class FollowedRoom(Struct, frozen=True):
    slug: str
    title: str
    kind: Literal["farm", "jobs"]
    on_air: bool
    scheduled_at: datetime | None


class FollowedHost(Struct, frozen=True):
    person_id: UUID
    display_name: str
    since: datetime
    rooms: list[FollowedRoom]


class FollowList(Struct, frozen=True):
    hosts: list[FollowedHost]


class WriteAddress(Body, frozen=True):
    """Where goods may go, who takes them in, and how to call them."""

    name: Name32
    phone: Phone
    region: Place60
    detail: Street120
    is_default: bool = False


class AddressView(Struct, frozen=True):
    address_id: UUID
    name: str
    phone: str
    region: str
    detail: str
    is_default: bool


class AddressCreated(Struct, frozen=True):
    """Names the address and repeats nothing of it: answers to keyed writes are kept for a while."""

    address_id: UUID
    is_default: bool


class AddressList(Struct, frozen=True):
    addresses: list[AddressView]
