"""Core: what is a person's own, as the API takes and shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct


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
