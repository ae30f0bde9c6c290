"""Core: a route of the API as data: from one table come both what aiohttp serves and what /api/openapi.json says."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from server.api.call import Call

Who = Literal["anyone", "person", "appellant", "member", "host", "guard", "moderator", "cookie", "provider"]
"""Who may: anyone; a signed-in person; such a one, or by a token for appealing who has a closed account; a member of
the organisation {org_id}; the room's host; its host or moderator; a moderator of the platform; the holder of the
refresh cookie; a payment provider by its signature."""

SIGNED_IN: Final = frozenset({"person", "appellant", "member", "host", "guard", "moderator"})
"""Of these, the ones that need a token."""

Handler = Callable[["Call"], Awaitable[Any]]
"""Carries out a call. Answers a body (a struct, a mapping, or None for 204), a refusal, or an aiohttp response."""

_path_field = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is a file."""

    media_types: tuple[str, ...]
    bytes_max: int
    timeout_s: float
    """How long it may take to arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    """With `{name}` for its parts; `{slug}` is always a room's, `{org_id}` an organisation's."""
    name: str
    """The operationId."""
    summary: str
    who: Who
    handler: Handler
    body: type | None = None
    """The struct the request's JSON is read as."""
    upload: Upload | None = None
    """In place of `body`: the request is a file, and the call's body its bytes."""
    query: type | None = None
    """The struct that the address's query is read as; every field has a default."""
    answer: type | None = None
    """The struct that the answer's JSON fits."""
    media_type: str | None = None
    """In place of `answer`: the answer is a file of this type, as an aiohttp response."""
    status: int = 200
    codes: tuple[str, ...] = ()
    """The refusals that are this route's own (http/problem.py), beside those that any route of its kind has."""
    keyed: Literal["", "by_api", "by_handler", "if_given"] = ""
    """Whether it takes an Idempotency-Key: the result is kept by the API in the change's own transaction (`if_given`:
    where one came), or the handler knows the key itself."""

    @property
    def path_fields(self) -> list[str]:
        """The names of the path's parts."""
        return _path_field.findall(self.path)

    def all_codes(self) -> list[str]:
        """Every code this route may answer with, sorted."""
        codes = {*self.codes, "unavailable", "internal"}
        if self.who in SIGNED_IN:
            codes |= {"not_signed_in"}
            if self.method != "GET" and self.who != "appellant":
                codes |= {"account_limited"}
        if self.who in ("host", "guard", "member", "moderator"):
            codes |= {"not_allowed"}
        if self.who == "cookie":
            codes |= {"cross_site"}
        if self.path_fields:
            codes |= {"not_found"}
        if self.query is not None:
            codes |= {"invalid"}
        if self.body is not None:
            codes |= {"malformed", "invalid", "too_large", "unsupported_media_type", "request_timeout"}
        if self.upload is not None:
            codes |= {"too_large", "unsupported_media_type", "request_timeout", "busy"}
        if self.keyed:
            codes |= {"invalid", "idempotency_mismatch"}
        if self.keyed not in ("", "if_given"):
            codes |= {"idempotency_key_missing"}
        return sorted(codes)
