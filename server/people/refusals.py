"""Core: how accounts say no. A refusal is a value with a code and facts; clients put it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

BAD_CREDENTIALS: Final = "bad_credentials"
LOGIN_TAKEN: Final = "login_taken"
SLUG_TAKEN: Final = "slug_taken"
INVALID: Final = "invalid"  # facts: fields, a code for each
BUSY: Final = "busy"  # facts: retry_after_ms
RATE_LIMITED: Final = "rate_limited"  # facts: retry_after_ms
SESSION_ENDED: Final = "session_ended"
ACCOUNT_CLOSED: Final = "account_closed"  # facts on signing in: person_id, appeal_token, appeal_token_expires_at
NOT_FOUND: Final = "not_found"
LIMIT_REACHED: Final = "limit_reached"  # facts: limit_max
WRONG_PASSWORD: Final = "wrong_password"  # noqa: S105 - a code
ACCOUNT_NEEDED: Final = "account_needed"  # facts: reasons, what still needs it (server/people/erasure.py)

CODES: Final = frozenset(
    {
        BAD_CREDENTIALS,
        LOGIN_TAKEN,
        SLUG_TAKEN,
        INVALID,
        BUSY,
        RATE_LIMITED,
        SESSION_ENDED,
        ACCOUNT_CLOSED,
        NOT_FOUND,
        LIMIT_REACHED,
        WRONG_PASSWORD,
        ACCOUNT_NEEDED,
    }
)


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules said no, and nothing was changed."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.code in CODES, self.code
