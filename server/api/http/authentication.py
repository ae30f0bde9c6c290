"""Core: who a request comes from, and whether a browser sent it from a page of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from server.api.http.problem import Problem
from server.people.tokens import Identity, Tokens

_SCHEME = "bearer "


def identify(
    authorization: str | None, *, tokens: Tokens, is_void: Callable[[Identity], bool], now: datetime
) -> Identity | Problem | None:
    """Whom the Authorization header speaks for; None without one. Refused: not_signed_in (not, or no longer, good)."""
    if not authorization:
        return None
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        return Problem("not_signed_in")
    identity = tokens.verify(authorization[len(_SCHEME) :].strip(), now=now)
    if identity is None or is_void(identity):
        return Problem("not_signed_in")
    return identity


def is_same_site(headers: Mapping[str, str]) -> bool:
    """Whether a request that a cookie speaks for comes from a page of ours, or from no browser.

    Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet, Fetch Metadata with the Origin as its fallback.
    """
    if (site := headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    if (origin := headers.get("Origin")) is not None:
        return urlsplit(origin).netloc.lower() == headers.get("Host", "").lower() != ""
    return True
