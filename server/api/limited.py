"""Core: what is closed to a limited account (moderation/cases/limits.py): what puts something of one's own on show."""

from __future__ import annotations

from typing import Final

CLOSED_TO_LIMITED: Final = frozenset(
    {
        "createOrganisation",
        "createRoom",
        "changeRoom",
        "createProduct",
        "changeProduct",
        "changeSku",
        "createPhoto",
        "addToLineUp",
        "pushCard",
        "changeCard",
        "createJob",
        "changeJob",
        "publishJob",
        "changeMe",
    }
)
"""Names of routes, by which a limited account is refused `account_limited`."""
