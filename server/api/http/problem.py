"""Core: every way the HTTP API says no: one table from code to status and title, and the body as RFC 9457 has it.

Codes come from the rules (commerce/refusals.py, server/people/refusals.py) and from this layer. Facts stand beside the
members of the standard, so that a client can say in its own words what happened. `retry_after_ms` also goes out as
Retry-After.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

CONTENT_TYPE: Final = "application/problem+json"

PROBLEMS: Final[Mapping[str, tuple[int, str]]] = {
    # What the request itself is
    "malformed": (400, "The request cannot be read"),
    "idempotency_key_missing": (400, "The request needs an Idempotency-Key"),
    "invalid": (422, "A field has a value that is not allowed"),
    "too_large": (413, "The request is too large"),
    "unsupported_media_type": (415, "The body is of another type than this takes, or compressed"),
    "request_timeout": (408, "The request did not arrive in time"),
    "not_found": (404, "There is nothing here for you"),
    "method_not_allowed": (405, "This cannot be done here"),
    "upgrade_required": (426, "This is a WebSocket: open it on a connection of its own"),
    "idempotency_mismatch": (422, "This Idempotency-Key was used for another request"),
    # Who asks
    "not_signed_in": (401, "Sign in first"),
    "bad_credentials": (401, "Login or password is wrong"),
    "session_ended": (401, "The session has ended"),
    "account_closed": (403, "The account is closed"),
    "account_limited": (403, "The account is limited and may not do this"),
    "room_banned": (403, "You may not speak, buy or apply in this room"),
    "not_allowed": (403, "This is not yours to do"),
    "cross_site": (403, "The request comes from another site"),
    "login_taken": (409, "The login is taken"),
    "slug_taken": (409, "The name is taken"),
    "limit_reached": (409, "There are as many as there may be"),
    "wrong_password": (403, "The password is wrong"),
    "account_needed": (409, "Something of this account is still under way"),
    "rate_limited": (429, "Too many attempts"),
    # Commerce
    "sold_out": (409, "There is not enough left"),
    "price_changed": (409, "The price has changed"),
    "not_on_sale": (409, "It is not on sale here"),
    "quantity": (422, "The quantity is out of range"),
    "wrong_state": (409, "It is no longer possible"),
    "already_shown": (409, "It is on screen already"),
    "too_many_cards": (409, "The room shows as many cards as it may"),
    "resume_missing": (409, "Write a résumé first"),
    "already_applied": (409, "You have applied for this job"),
    "post_closed": (409, "The post takes no more applications"),
    "bad_photo": (422, "The picture cannot be used"),
    "bad_signature": (401, "The signature is not ours"),
    "bad_webhook": (400, "The notification cannot be read"),
    # Moderation
    "filtered": (422, "The text cannot be shown"),
    "removed": (409, "A moderator took it down"),
    "claimed": (409, "Somebody else works on it"),
    "own_decision": (403, "Somebody else has to look at your decision"),
    # The server
    "busy": (503, "Too many are waiting: try again shortly"),
    "unavailable": (503, "Not available now: try again with the same key"),
    "internal": (500, "A fault of the server"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal of this layer, a value like those of the packages below."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.code in PROBLEMS, self.code


def status_of(code: str) -> int:
    """The HTTP status of a code."""
    return PROBLEMS[code][0]


def problem_body(code: str, facts: Mapping[str, Any]) -> bytes:
    """The JSON of a problem; facts never take the place of the standard's members."""
    status, title = PROBLEMS[code]
    standard = {"type": f"urn:jishi:problem:{code}", "title": title, "status": status, "code": code}
    return msgspec.json.encode({**facts, **standard})


def retry_after_s(facts: Mapping[str, Any]) -> int | None:
    """Whole seconds for Retry-After, or None."""
    retry_after_ms = facts.get("retry_after_ms")
    return None if retry_after_ms is None else max(1, math.ceil(retry_after_ms / 1000))
