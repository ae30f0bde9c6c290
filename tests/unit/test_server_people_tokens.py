"""Tokens: what is issued is verified, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.people.tokens import ACCESS_LIFE, CLOCK_SKEW, Identity, Tokens

NOW = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)
PERSON = UUID(int=7)
TOKENS = Tokens(bytes(range(32)))


def issue(**changes: Any) -> str:
    return TOKENS.issue(**{"person_id": PERSON, "name": "王芳", "kind": "member", "now": NOW, **changes}).token


def test_a_token_speaks_for_its_person_until_it_expires() -> None:
    identity = TOKENS.verify(issue(), now=NOW)
    assert isinstance(identity, Identity)
    assert (identity.person_id, identity.name, identity.kind) == (PERSON, "王芳", "member")
    assert abs(identity.issued_at - NOW) < timedelta(microseconds=2)
    assert TOKENS.verify(issue(), now=NOW + ACCESS_LIFE - timedelta(seconds=1)) is not None
    assert TOKENS.verify(issue(), now=NOW + ACCESS_LIFE) is None
    assert TOKENS.verify(issue(life=timedelta(days=30)), now=NOW + timedelta(days=29)) is not None


def test_a_remembered_token_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.people.tokens.VERIFIED_MAX", 2)
    tokens = Tokens(bytes(range(32)))
    made = [issue(name=str(number)) for number in range(4)]
    for token in made * 2:
        assert tokens.verify(token, now=NOW) is not None
        assert tokens.verify(token, now=NOW) is not None
        assert tokens.verify(token, now=NOW + ACCESS_LIFE) is None
        assert tokens.verify(token + "x", now=NOW) is None
    assert len(tokens._verified) == 2


def test_clocks_may_differ_a_little() -> None:
    assert TOKENS.verify(issue(), now=NOW - CLOCK_SKEW / 2) is not None
    assert TOKENS.verify(issue(), now=NOW - 2 * CLOCK_SKEW) is None


def test_another_key_is_refused() -> None:
    assert Tokens(bytes(range(32))).verify(issue(), now=NOW) is not None
    assert Tokens(bytes(32)).verify(issue(), now=NOW) is None


CLAIMS: dict[str, Any] = {
    "aud": "jishi",
    "typ": "access",
    "sub": str(PERSON),
    "name": "x",
    "kind": "admin",
    "iat": NOW.timestamp(),
    "exp": int(NOW.timestamp()) + 60,
}


def signed(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, TOKENS._private, algorithm="EdDSA")


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "other"},
        {"aud": None},
        {"typ": "refresh"},
        {"kind": "root"},
        {"sub": "not a uuid"},
        {"sub": 7},
        {"exp": "soon"},
        {"exp": 1e300},
        {"iat": float(2**63)},
        *({name: ...} for name in CLAIMS),
    ],
)
def test_wrong_or_missing_claims_are_refused(change: dict[str, Any]) -> None:
    assert TOKENS.verify(signed(CLAIMS), now=NOW) is not None
    claims = {name: value for name, value in (CLAIMS | change).items() if value is not ...}
    try:
        token = signed(claims)
    except TypeError:
        return  # PyJWT does not sign it at all
    assert TOKENS.verify(token, now=NOW) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "." * 10, "x" * 5000, jwt.encode(CLAIMS, "", algorithm="none")])
def test_what_is_no_token_of_ours_is_refused(token: str) -> None:
    assert TOKENS.verify(token, now=NOW) is None


def test_a_token_of_another_algorithm_is_refused() -> None:
    hmac_by_public_key = jwt.encode(CLAIMS, TOKENS._public.public_bytes_raw(), algorithm="HS256")
    assert TOKENS.verify(hmac_by_public_key, now=NOW) is None
    foreign = jwt.encode(CLAIMS, Ed25519PrivateKey.generate(), algorithm="EdDSA")
    assert TOKENS.verify(foreign, now=NOW) is None
