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
    token = _bearer(authorization)
    if token is None:
        return None if not authorization else Problem("not_signed_in")
    identity = tokens.verify(token, now=now)
    return Problem("not_signed_in") if identity is None or is_void(identity) else identity


def identify_for_appeal(
    authorization: str | None, *, tokens: Tokens, is_outdated: Callable[[Identity], bool], now: datetime
) -> Identity | None:
    """Whom the Authorization header lets appeal though the account is closed; None where it is of another kind."""
    token = _bearer(authorization)
    identity = None if token is None else tokens.verify_for_appeal(token, now=now)
    return None if identity is None or is_outdated(identity) else identity


def _bearer(authorization: str | None) -> str | None:
    if not authorization or authorization[: len(_SCHEME)].lower() != _SCHEME:
        return None
    return authorization[len(_SCHEME) :].strip()


def is_same_site(headers: Mapping[str, str]) -> bool:
    """Whether a request that a cookie speaks for comes from a page of ours, or from no browser.

    Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet, Fetch Metadata with the Origin as its fallback.
    """
    if (site := headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    if (origin := headers.get("Origin")) is not None:
        return urlsplit(origin).netloc.lower() == headers.get("Host", "").lower() != ""
    return True
