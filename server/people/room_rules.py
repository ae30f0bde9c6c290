"""Core: what a room may be called, and when it may be announced for."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

SLUG_CHARS_MAX: Final = 48
TITLE_CHARS_MAX: Final = 60
SCHEDULED_AHEAD_MAX: Final = timedelta(days=90)

_slug = re.compile(r"[a-z0-9][a-z0-9-]{1,46}[a-z0-9]")


def room_faults(
    *, now: datetime, title: str | None = None, slug: str | None = None, scheduled_at: datetime | None = None
) -> dict[str, str]:
    """What is wrong with these of a room, by field; None: not given."""
    faults = {}
    if slug is not None and not _slug.fullmatch(slug):
        faults["slug"] = "characters"
    if title is not None and not 1 <= len(title) <= TITLE_CHARS_MAX:
        faults["title"] = "length"
    if scheduled_at is not None and scheduled_at < now:
        faults["scheduled_at"] = "past"
    elif scheduled_at is not None and scheduled_at > now + SCHEDULED_AHEAD_MAX:
        faults["scheduled_at"] = "range"
    return faults
