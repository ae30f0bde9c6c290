"""Core: access tokens: who somebody is, signed, so that every edge can check it without the database.

A token is a JWT signed with Ed25519 by a key derived from JISHI_SECRET_KEY. It holds for `ACCESS_LIFE` from `iat`; what
ends it sooner (server/people/revocations.py) is asked beside it. One algorithm, one audience and one type are accepted.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ACCESS_LIFE: Final = timedelta(minutes=15)
CLOCK_SKEW: Final = timedelta(seconds=30)
"""How far ahead the clock of the node that issued a token may be."""

TOKEN_CHARS_MAX: Final = 2_048
"""Longer ones are refused unread."""

VERIFIED_MAX: Final = 20_000
"""Tokens whose signature is remembered as good: checking one takes some 0.4 ms, and each client sends its own again."""

APPEAL_LIFE: Final = timedelta(minutes=30)
"""How long somebody whose account is closed may read why, and appeal, after each sign-in."""

KINDS: Final = frozenset({"member", "moderator", "admin"})

_ALGORITHM: Final = "EdDSA"
_AUDIENCE: Final = "jishi"
_TYPE: Final = "access"
_APPEAL_TYPE: Final = "appeal"
_CLAIMS: Final = ["aud", "typ", "sub", "name", "kind", "iat", "exp"]
_KEY_PURPOSE: Final = b"jishi access tokens v1"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a valid token speaks for."""

    person_id: UUID
    name: str
    kind: str
    """member, moderator or admin: of the whole platform."""
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, and until when it holds."""

    token: str
    expires_at: datetime


class Tokens:
    """Issues and checks tokens with one key."""

    def __init__(self, secret_key: bytes) -> None:
        """`secret_key` is JISHI_SECRET_KEY: 32 bytes."""
        assert len(secret_key) >= 32, "a secret key has 32 bytes"
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_PURPOSE).derive(secret_key)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = self._private.public_key()
        self._verified: OrderedDict[str, Identity] = OrderedDict()

    def issue(self, *, person_id: UUID, name: str, kind: str, now: datetime, life: timedelta = ACCESS_LIFE) -> Issued:
        """A token for a person; `life` is longer for the accounts of a demo only."""
        assert kind in KINDS, kind
        return self._sign(_TYPE, person_id, name, kind, now, now + life)

    def issue_for_appeal(self, *, person_id: UUID, name: str, now: datetime) -> Issued:
        """A token by which a person may read what was decided about them and appeal, and nothing else."""
        return self._sign(_APPEAL_TYPE, person_id, name, "member", now, now + APPEAL_LIFE)

    def _sign(
        self, token_type: str, person_id: UUID, name: str, kind: str, now: datetime, expires_at: datetime
    ) -> Issued:
        claims = {
            "aud": _AUDIENCE,
            "typ": token_type,
            "sub": str(person_id),
            "name": name,
            "kind": kind,
            "iat": now.timestamp(),
            "exp": int(expires_at.timestamp()),
        }
        return Issued(jwt.encode(claims, self._private, algorithm=_ALGORITHM), expires_at)

    def verify(self, token: str, *, now: datetime) -> Identity | None:
        """Whom the token speaks for at `now`, or None when it is not valid."""
        if len(token) > TOKEN_CHARS_MAX:
            return None
        identity = self._verified.get(token)
        if identity is None:
            identity = self._read(token, _TYPE)
            if identity is not None:
                self._remember(token, identity)
        return identity if _holds(identity, now) else None

    def verify_for_appeal(self, token: str, *, now: datetime) -> Identity | None:
        """Whom a token for appealing speaks for at `now`, or None when it is none or not valid."""
        identity = self._read(token, _APPEAL_TYPE) if len(token) <= TOKEN_CHARS_MAX else None
        return identity if _holds(identity, now) else None

    def _read(self, token: str, token_type: str) -> Identity | None:
        """Whom a token of ours speaks for, whatever the time."""
        try:
            claims = jwt.decode(
                token,
                self._public,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False},
            )
            identity = _identity(claims)
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            return None
        return identity if claims["typ"] == token_type and identity.kind in KINDS else None

    def _remember(self, token: str, identity: Identity) -> None:
        self._verified[token] = identity
        if len(self._verified) > VERIFIED_MAX:
            self._verified.popitem(last=False)


def _holds(identity: Identity | None, now: datetime) -> bool:
    return identity is not None and identity.issued_at - CLOCK_SKEW <= now < identity.expires_at


def _identity(claims: dict[str, Any]) -> Identity:
    return Identity(
        person_id=UUID(claims["sub"]),
        name=str(claims["name"]),
        kind=str(claims["kind"]),
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
