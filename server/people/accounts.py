"""Edge: accounts and sessions: signing up, in and out, and keeping a session alive by refresh tokens.

A session is a family of refresh tokens. Each is used once and replaced; one that is used again later was stolen from
somebody, so its whole family ends. Within `REUSE_GRACE` a second use is a browser's second tab, which gets an access
token and keeps the cookie that the first tab was given. Refresh tokens are stored as hashes, and expire with the
family, `SESSION_LIFE` after the sign-in.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from server.bus.contract import Bus
from server.database.database import Database
from server.live.topics import REVOKED, Revoked, encoder
from server.people.attempts import Attempts
from server.people.erasure import erase_person
from server.people.names import (
    account_refusal,
    display_name_refusal,
    normal_display_name,
    normal_login,
    password_refusal,
)
from server.people.passwords import Passwords
from server.people.refusals import (
    ACCOUNT_CLOSED,
    BAD_CREDENTIALS,
    INVALID,
    LOGIN_TAKEN,
    NOT_FOUND,
    SESSION_ENDED,
    WRONG_PASSWORD,
    Refused,
)
from server.people.tokens import Tokens

log = logging.getLogger("jishi.people")

SESSION_LIFE: Final = timedelta(days=30)
REUSE_GRACE: Final = timedelta(seconds=10)
REFRESH_TOKEN_BYTES: Final = 32

_NEW_PERSON: Final = """
INSERT INTO people.person (person_id, login, display_name, kind, tokens_valid_from, created_at)
VALUES ($1, $2, $3, $4, $5, $5)
"""
_NEW_CREDENTIAL: Final = "INSERT INTO people.credential (person_id, password_hash, changed_at) VALUES ($1, $2, $3)"
_BY_LOGIN: Final = """
SELECT p.person_id, p.login, p.display_name, p.kind, p.state, c.password_hash
FROM people.person p JOIN people.credential c USING (person_id) WHERE p.login = $1
"""
_WITH_HASH: Final = """
SELECT p.login, c.password_hash FROM people.person p JOIN people.credential c USING (person_id) WHERE p.person_id = $1
"""
_RENAME: Final = """
UPDATE people.person SET display_name = $2 WHERE person_id = $1 AND state <> 'closed'
RETURNING person_id, login, display_name, kind
"""
_BY_ID: Final = "SELECT person_id, login, display_name, kind, state FROM people.person WHERE person_id = $1"
_NEW_REFRESH: Final = """
INSERT INTO people.refresh_token (token_hash, family_id, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
"""
_USE_REFRESH: Final = """
UPDATE people.refresh_token SET used_at = $2
WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2
RETURNING family_id, person_id, expires_at
"""
_REFRESH: Final = """
SELECT family_id, person_id, expires_at, used_at, revoked_at FROM people.refresh_token WHERE token_hash = $1
"""
_END_FAMILY: Final = "UPDATE people.refresh_token SET revoked_at = $2 WHERE family_id = $1 AND revoked_at IS NULL"
_END_ALL: Final = "UPDATE people.refresh_token SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL"
_VOID: Final = "UPDATE people.person SET tokens_valid_from = $2 WHERE person_id = $1 RETURNING login"
_REPLACE_CREDENTIAL: Final = """
INSERT INTO people.credential (person_id, password_hash, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (person_id) DO UPDATE SET password_hash = $2, changed_at = $3
"""
_PERSON_ID: Final = "SELECT person_id FROM people.person WHERE login = $1"


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its owner sees it."""

    person_id: UUID
    login: str
    display_name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person: the access token, and the refresh token that replaces the one used (None: keep that)."""

    person: Person
    token: str
    expires_at: datetime
    refresh_token: str | None
    refresh_expires_at: datetime | None


class Accounts:
    """Everything that makes, opens and ends sessions."""

    def __init__(
        self, database: Database, passwords: Passwords, tokens: Tokens, attempts: Attempts, bus: Bus | None = None
    ) -> None:
        """`bus` carries the word of ended sessions to the edges; without it they learn by asking the database."""
        self._database = database
        self._passwords = passwords
        self._tokens = tokens
        self._attempts = attempts
        self._bus = bus

    async def create(
        self, login: str, display_name: str, password: str, *, kind: str = "member", now: datetime
    ) -> Person | Refused:
        """Make an account."""
        login, display_name = normal_login(login), normal_display_name(display_name)
        if refused := account_refusal(login, display_name, password):
            return refused
        password_hash = await self._passwords.hash(password)
        if isinstance(password_hash, Refused):
            return password_hash
        person = Person(uuid7(), login, display_name, kind)
        try:
            async with self._database.transaction(platform=True) as connection:
                await connection.execute(_NEW_PERSON, person.person_id, login, display_name, kind, now)
                await connection.execute(_NEW_CREDENTIAL, person.person_id, password_hash, now)
        except asyncpg.UniqueViolationError:
            return Refused(LOGIN_TAKEN)
        return person

    async def sign_up(
        self, login: str, display_name: str, password: str, *, address: str, now: datetime
    ) -> Session | Refused:
        """Make an account and sign in to it."""
        if refused := await self._attempts.sign_up(address):
            return refused
        person = await self.create(login, display_name, password, now=now)
        return person if isinstance(person, Refused) else await self._open(person, now)

    async def sign_in(self, login: str, password: str, *, address: str, now: datetime) -> Session | Refused:
        """Open a session. A wrong login and a wrong password are refused alike, and take as long.

        Refused: bad_credentials, rate_limited, busy, account_closed (with a token by which to appeal).
        """
        login = normal_login(login)
        if refused := await self._attempts.sign_in(login, address):
            return refused
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(_BY_LOGIN, login)
        matched = await self._passwords.verify(None if row is None else row["password_hash"], password)
        if isinstance(matched, Refused):
            return matched
        if row is None or not matched:
            return Refused(BAD_CREDENTIALS)
        await self._attempts.signed_in(login)
        if row["state"] == "closed":
            issued = self._tokens.issue_for_appeal(person_id=row["person_id"], name=row["display_name"], now=now)
            facts = {
                "person_id": str(row["person_id"]),
                "appeal_token": issued.token,
                "appeal_token_expires_at": issued.expires_at,
            }
            return Refused(ACCOUNT_CLOSED, facts)
        return await self._open(_person(row), now)

    async def refresh(self, refresh_token: str, *, now: datetime) -> Session | Refused:
        """A new access token, and a new refresh token in place of this one."""
        token_hash = _hash(refresh_token)
        async with self._database.transaction(platform=True) as connection:
            used = await connection.fetchrow(_USE_REFRESH, token_hash, now)
            if used is None:
                used = await self._used_again(connection, token_hash, now)
                replacement = None
            else:
                replacement = await _new_refresh(
                    connection, used["family_id"], used["person_id"], used["expires_at"], now
                )
            if used is None:
                return Refused(SESSION_ENDED)
            row = await connection.fetchrow(_BY_ID, used["person_id"])
            if row["state"] == "closed":
                await connection.execute(_END_FAMILY, used["family_id"], now)
                return Refused(ACCOUNT_CLOSED)
        return self._session(_person(row), replacement, used["expires_at"] if replacement else None, now)

    async def sign_out(self, refresh_token: str, *, now: datetime) -> None:
        """End the session that the refresh token belongs to; an unknown token is none's."""
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(_REFRESH, _hash(refresh_token))
            if row is not None:
                await connection.execute(_END_FAMILY, row["family_id"], now)

    async def sign_out_everywhere(self, person_id: UUID, *, now: datetime) -> Refused | None:
        """End all sessions of a person and void every token issued before `now`, on all edges."""
        async with self._database.transaction(platform=True) as connection:
            if await connection.fetchval(_VOID, person_id, now) is None:
                return Refused(NOT_FOUND)
            await connection.execute(_END_ALL, person_id, now)
        self._tell_revoked(person_id)
        return None

    async def set_password(self, login: str, password: str, *, now: datetime) -> Refused | None:
        """Give an account another password, and end its sessions."""
        login = normal_login(login)
        if refused := password_refusal(login, password):
            return refused
        password_hash = await self._passwords.hash(password)
        if isinstance(password_hash, Refused):
            return password_hash
        async with self._database.transaction(platform=True) as connection:
            person_id = await connection.fetchval(_PERSON_ID, login)
            if person_id is None:
                return Refused(NOT_FOUND)
            await _replace_password(connection, person_id, password_hash, now)
        self._tell_revoked(person_id)
        return None

    async def change_password(
        self, person_id: UUID, old: str, new: str, *, address: str, now: datetime
    ) -> Session | Refused:
        """As the account's owner: another password; every session ends, and this new one begins.

        Refused: wrong_password, invalid, rate_limited, busy, not_found.
        """
        login = await self.confirm(person_id, old, address=address)
        if isinstance(login, Refused):
            return login
        if fault := password_refusal(login, new):
            return Refused(INVALID, {"fields": {"new": fault.facts["fields"]["password"]}})
        password_hash = await self._passwords.hash(new)
        if isinstance(password_hash, Refused):
            return password_hash
        async with self._database.transaction(platform=True) as connection:
            await _replace_password(connection, person_id, password_hash, now)
            row = await connection.fetchrow(_BY_ID, person_id)
        self._tell_revoked(person_id)
        return await self._open(_person(row), now)

    async def confirm(self, person_id: UUID, password: str, *, address: str) -> str | Refused:
        """The login of a person who proves to be its owner; counts as an attempt to sign in.

        Refused: wrong_password, rate_limited, busy, not_found.
        """
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(_WITH_HASH, person_id)
        if row is None:
            return Refused(NOT_FOUND)
        login: str = row["login"]
        if refused := await self._attempts.sign_in(login, address):
            return refused
        matched = await self._passwords.verify(row["password_hash"], password)
        if isinstance(matched, Refused):
            return matched
        if not matched:
            return Refused(WRONG_PASSWORD)
        await self._attempts.signed_in(login)
        return login

    async def delete(self, person_id: UUID, password: str, *, address: str, now: datetime) -> Refused | None:
        """Delete an account for its owner: server/people/erasure.py.

        Refused: wrong_password, account_needed, rate_limited, busy, not_found.
        """
        login = await self.confirm(person_id, password, address=address)
        if isinstance(login, Refused):
            return login
        if refused := await erase_person(self._database, person_id, now=now):
            return refused
        self._tell_revoked(person_id)
        return None

    async def rename(self, person_id: UUID, display_name: str) -> Person | Refused:
        """Show the person under another name. Tokens say the old one until they are renewed."""
        display_name = normal_display_name(display_name)
        if refused := display_name_refusal(display_name):
            return refused
        async with self._database.transaction(platform=True) as connection:
            row = await connection.fetchrow(_RENAME, person_id, display_name)
        return Refused(NOT_FOUND) if row is None else _person(row)

    async def person(self, person_id: UUID) -> Person | None:
        """One account, read as its owner."""
        async with self._database.transaction(person_id=person_id) as connection:
            row = await connection.fetchrow(_BY_ID, person_id)
        return None if row is None else _person(row)

    async def _open(self, person: Person, now: datetime) -> Session:
        expires_at = now + SESSION_LIFE
        async with self._database.transaction(platform=True) as connection:
            refresh_token = await _new_refresh(connection, uuid7(), person.person_id, expires_at, now)
        return self._session(person, refresh_token, expires_at, now)

    def _session(
        self, person: Person, refresh_token: str | None, refresh_expires_at: datetime | None, now: datetime
    ) -> Session:
        issued = self._tokens.issue(person_id=person.person_id, name=person.display_name, kind=person.kind, now=now)
        return Session(person, issued.token, issued.expires_at, refresh_token, refresh_expires_at)

    async def _used_again(self, connection: Any, token_hash: bytes, now: datetime) -> Any | None:
        """The row of a token whose second use is forgiven; otherwise its family, if it has one, ends."""
        row = await connection.fetchrow(_REFRESH, token_hash)
        if row is None or row["revoked_at"] is not None or row["expires_at"] <= now:
            return None
        if now - row["used_at"] <= REUSE_GRACE:
            return row
        log.warning("a refresh token of person %s was used twice: its session ends", row["person_id"])
        await connection.execute(_END_FAMILY, row["family_id"], now)
        return None

    def _tell_revoked(self, person_id: UUID) -> None:
        if self._bus is not None:
            self._bus.publish(REVOKED, encoder.encode(Revoked([str(person_id)])))


async def _replace_password(connection: Any, person_id: UUID, password_hash: str, now: datetime) -> None:
    """Another password, and the end of every session that the old one opened."""
    await connection.execute(_REPLACE_CREDENTIAL, person_id, password_hash, now)
    await connection.execute(_VOID, person_id, now)
    await connection.execute(_END_ALL, person_id, now)


async def _new_refresh(connection: Any, family_id: UUID, person_id: UUID, expires_at: datetime, now: datetime) -> str:
    refresh_token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    await connection.execute(_NEW_REFRESH, _hash(refresh_token), family_id, person_id, now, expires_at)
    return refresh_token


def _hash(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode()).digest()


def _person(row: Any) -> Person:
    return Person(row["person_id"], row["login"], row["display_name"], row["kind"])
