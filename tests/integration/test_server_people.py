"""Accounts, sessions, roles and revocations on a real database."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis

from server.bus.memory import MemoryBus
from server.config import Config
from server.database.database import Database
from server.live.topics import REVOKED, Revoked, revoked_decoder
from server.people import admin_cli, refusals
from server.people.accounts import REUSE_GRACE, SESSION_LIFE, Accounts, Person, Session
from server.people.attempts import Attempts, Limit
from server.people.passwords import Passwords
from server.people.refusals import Refused
from server.people.revocations import Revocations
from server.people.rooms import NewRoom, Rooms
from server.people.tokens import Identity, Tokens

PASSWORD = "correct horse battery"
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LATER = REUSE_GRACE + timedelta(seconds=1)


@dataclass
class People:
    """The parts under test, wired."""

    accounts: Accounts
    rooms: Rooms
    tokens: Tokens
    passwords: Passwords
    bus: MemoryBus

    async def sign_up(self, login: str, now: datetime = NOW) -> Session:
        session = await self.accounts.sign_up(login, login.title(), PASSWORD, address="192.0.2.1", now=now)
        assert isinstance(session, Session)
        return session

    async def identity(self, session: Session, now: datetime = NOW) -> Identity:
        identity = self.tokens.verify(session.token, now=now)
        assert identity is not None
        return identity


@pytest.fixture
async def people(database: Database) -> AsyncIterator[People]:
    passwords, tokens, bus = Passwords(), Tokens(bytes(range(32))), MemoryBus()
    yield People(Accounts(database, passwords, tokens, Attempts(None), bus), Rooms(database), tokens, passwords, bus)
    await bus.stop()
    passwords.close()


def code(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.code


async def test_sign_up_and_in(people: People) -> None:
    up = await people.sign_up("  Wang.Fang@Example.cn ")
    assert up.person.login == "wang.fang@example.cn"
    again = await people.accounts.sign_in("WANG.FANG@example.cn", PASSWORD, address="192.0.2.1", now=NOW)
    assert isinstance(again, Session)
    assert again.person == up.person == await people.accounts.person(up.person.person_id)
    assert (await people.identity(again)).person_id == up.person.person_id


async def test_wrong_login_and_wrong_password_are_refused_alike(people: People) -> None:
    await people.sign_up("wang")
    for login, password in (("wang", "wrong password"), ("nobody", PASSWORD)):
        assert code(await people.accounts.sign_in(login, password, address="::1", now=NOW)) == "bad_credentials"


async def test_a_login_is_taken_once(people: People) -> None:
    await people.sign_up("wang")
    taken = await people.accounts.sign_up("WANG", "Other", PASSWORD, address="::1", now=NOW)
    assert code(taken) == refusals.LOGIN_TAKEN


@pytest.mark.parametrize(
    ("login", "name", "password", "fields"),
    [
        ("ab", "A", PASSWORD, {"login": "length"}),
        ("a b c", "A", PASSWORD, {"login": "characters"}),
        ("abc", " ", PASSWORD, {"display_name": "length"}),
        ("abc", "a\u202eb", PASSWORD, {"display_name": "characters"}),
        ("abc", "\u3164", PASSWORD, {"display_name": "characters"}),
        ("abc", "A", "short", {"password": "length"}),
        ("abcdefgh", "A", "ABCDEFGH", {"password": "too_simple"}),
    ],
)
async def test_what_is_no_account_is_refused(
    people: People, login: str, name: str, password: str, fields: dict[str, str]
) -> None:
    refused = await people.accounts.sign_up(login, name, password, address="::1", now=NOW)
    assert refused == Refused(refusals.INVALID, {"fields": fields})


async def test_refresh_tokens_rotate_and_expire_with_the_session(people: People) -> None:
    session = await people.sign_up("wang")
    now = NOW
    for _ in range(3):
        now += timedelta(days=5)
        assert session.refresh_token is not None
        renewed = await people.accounts.refresh(session.refresh_token, now=now)
        assert isinstance(renewed, Session)
        assert renewed.refresh_token not in (None, session.refresh_token)
        assert renewed.refresh_expires_at == NOW + SESSION_LIFE
        session = renewed
    assert session.refresh_token is not None
    ended = await people.accounts.refresh(session.refresh_token, now=NOW + SESSION_LIFE)
    assert code(ended) == refusals.SESSION_ENDED


async def test_a_refresh_token_used_twice_ends_its_family_and_no_other(people: People) -> None:
    stolen = await people.sign_up("wang")
    other = await people.accounts.sign_in("wang", PASSWORD, address="::1", now=NOW)
    assert isinstance(other, Session)
    assert stolen.refresh_token is not None
    assert other.refresh_token is not None
    renewed = await people.accounts.refresh(stolen.refresh_token, now=NOW)
    assert isinstance(renewed, Session)
    assert renewed.refresh_token is not None
    assert code(await people.accounts.refresh(stolen.refresh_token, now=NOW + LATER)) == refusals.SESSION_ENDED
    assert code(await people.accounts.refresh(renewed.refresh_token, now=NOW + LATER)) == refusals.SESSION_ENDED
    assert isinstance(await people.accounts.refresh(other.refresh_token, now=NOW + LATER), Session)


async def test_a_second_tab_is_no_thief(people: People) -> None:
    session = await people.sign_up("wang")
    assert session.refresh_token is not None
    first = await people.accounts.refresh(session.refresh_token, now=NOW)
    second = await people.accounts.refresh(session.refresh_token, now=NOW + REUSE_GRACE)
    assert isinstance(first, Session)
    assert isinstance(second, Session)
    assert second.refresh_token is None
    assert first.refresh_token is not None
    assert isinstance(await people.accounts.refresh(first.refresh_token, now=NOW + LATER), Session)


async def test_signing_out_ends_the_session(people: People) -> None:
    session = await people.sign_up("wang")
    assert session.refresh_token is not None
    await people.accounts.sign_out(session.refresh_token, now=NOW)
    await people.accounts.sign_out("unknown", now=NOW)
    assert code(await people.accounts.refresh(session.refresh_token, now=NOW)) == refusals.SESSION_ENDED


async def test_another_password_ends_sessions_and_voids_tokens(people: People, database: Database) -> None:
    session = await people.sign_up("wang")
    told: list[bytes] = []
    people.bus.subscribe(REVOKED, told.append, lambda: None)
    revocations = Revocations(database, people.bus)
    await revocations.poll()
    heard: list[frozenset[str]] = []
    revocations.listen(heard.append)
    identity = await people.identity(session)
    assert not revocations.is_void(identity)

    now = datetime.now(UTC)
    assert await people.accounts.set_password("wang", "another password", now=now) is None
    await revocations.poll()
    assert revocations.is_void(identity)
    assert heard == [frozenset({str(session.person.person_id)})]
    assert [revoked_decoder.decode(publication) for publication in told] == [Revoked([str(session.person.person_id)])]
    assert session.refresh_token is not None
    assert code(await people.accounts.refresh(session.refresh_token, now=now)) == refusals.SESSION_ENDED
    assert code(await people.accounts.sign_in("wang", PASSWORD, address="::1", now=now)) == "bad_credentials"
    fresh = await people.accounts.sign_in("wang", "another password", address="::1", now=now)
    assert isinstance(fresh, Session)
    assert not revocations.is_void(await people.identity(fresh, now))
    await revocations.poll()
    assert len(heard) == 1


@pytest.mark.parametrize("state", ["closed", "limited"])
async def test_a_changed_state_reaches_the_edges(
    people: People, database: Database, owner_connection: asyncpg.Connection, state: str
) -> None:
    session = await people.sign_up("wang", datetime.now(UTC))
    person_id = session.person.person_id
    revocations = Revocations(database, people.bus)
    await revocations.poll()
    await owner_connection.execute("UPDATE people.person SET state = $2 WHERE person_id = $1", person_id, state)
    await revocations.poll()
    started_later = Revocations(database, people.bus)
    await started_later.poll()
    identity = await people.identity(session, datetime.now(UTC))
    for known in (revocations, started_later):
        assert known.is_void(identity)
        assert known.is_limited(person_id) == (state == "limited")
        assert not known.may_write(person_id)
    answer = await people.accounts.sign_in("wang", PASSWORD, address="::1", now=datetime.now(UTC))
    assert isinstance(answer, Refused) == (state == "closed")
    await owner_connection.execute("UPDATE people.person SET state = 'active' WHERE person_id = $1", person_id)
    await revocations.poll()
    assert not revocations.is_limited(person_id)
    assert revocations.may_write(person_id)
    again = await people.accounts.sign_in("wang", PASSWORD, address="::1", now=datetime.now(UTC))
    assert isinstance(again, Session)
    assert not revocations.is_void(await people.identity(again, datetime.now(UTC)))


async def make_room(people: People, host: Person, slug: str) -> NewRoom:
    org_id = await people.rooms.organisations.create("merchant", f"{slug} farm", owner_id=host.person_id, now=NOW)
    assert isinstance(org_id, UUID)
    room = await people.rooms.create_room(
        org_id=org_id, host_id=host.person_id, slug=slug, kind="farm", title="苹果", now=NOW
    )
    assert isinstance(room, NewRoom)
    return room


async def rename(people: People, room: NewRoom, title: str, person: Person) -> Refused | None:
    return await people.rooms.change(
        room.room_id, person_id=person.person_id, title=title, reschedule=False, scheduled_at=None, now=NOW
    )


async def test_rooms_and_roles(people: People) -> None:
    host, clerk, guard, viewer = [(await people.sign_up(name)).person for name in ("host", "clerk", "guard", "viewer")]
    room = await make_room(people, host, "apples")
    found = await people.rooms.room_by_slug("apples")
    assert found is not None
    assert (found.room_id, found.host_name, found.org_name) == (room.room_id, "Host", "apples farm")
    assert await people.rooms.list_rooms() == [found] == [await people.rooms.room_by_id(room.room_id)]
    assert await people.rooms.room_by_slug("pears") is None

    assert await people.rooms.organisations.set_member(found.org_id, clerk.person_id, "clerk") is None
    assert await people.rooms.set_room_role(room.room_id, viewer.person_id, "moderator") is None
    assert await people.rooms.organisations.set_person_kind("guard", "moderator", now=NOW) is None
    roles = [await people.rooms.roles_in_room(who.person_id, room.room_id) for who in (host, clerk, guard, viewer)]
    assert roles == [{"host"}, set(), {"moderator"}, {"moderator"}]
    assert await people.rooms.organisations.set_member(found.org_id, clerk.person_id, "host") is None
    assert await people.rooms.roles_in_room(clerk.person_id, room.room_id) == {"host"}

    standing = await people.rooms.organisations.standing(clerk.person_id)
    assert standing.memberships == [
        {"org_id": str(found.org_id), "role": "host", "kind": "merchant", "name": "apples farm"}
    ]
    assert standing.room_roles == [{"slug": "apples", "role": "host"}]


async def test_what_is_no_room_is_refused(people: People) -> None:
    host = (await people.sign_up("host")).person
    room = await make_room(people, host, "apples")
    found = await people.rooms.room_by_slug("apples")
    assert found is not None
    for slug, kind, title, expected in (
        ("apples", "farm", "x", refusals.SLUG_TAKEN),
        ("No Slug", "farm", "x", refusals.INVALID),
        ("pears", "casino", "x", refusals.INVALID),
        ("pears", "farm", "", refusals.INVALID),
    ):
        answer = await people.rooms.create_room(
            org_id=found.org_id, host_id=host.person_id, slug=slug, kind=kind, title=title, now=NOW
        )
        assert code(answer) == expected
    unknown = await people.rooms.set_room_role(room.room_id, UUID(int=1), "moderator")
    assert code(unknown) == refusals.NOT_FOUND


async def test_row_level_security_lets_nobody_promote_themselves(people: People, database: Database) -> None:
    host, viewer = [(await people.sign_up(name)).person for name in ("host", "viewer")]
    room = await make_room(people, host, "apples")
    found = await people.rooms.room_by_id(room.room_id)
    assert found is not None
    me = viewer.person_id
    for insert, ids in (
        ("INSERT INTO people.membership (org_id, person_id, role) VALUES ($1, $2, 'owner')", (found.org_id, me)),
        ("INSERT INTO people.room_role (room_id, person_id, role) VALUES ($1, $2, 'moderator')", (room.room_id, me)),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(person_id=me) as connection:
                await connection.execute(insert, *ids)
    async with database.transaction(person_id=me) as connection:
        assert await connection.execute("UPDATE people.person SET kind = 'admin'") == "UPDATE 0"
        assert await connection.execute("UPDATE people.room SET host_id = $1", me) == "UPDATE 0"
        assert await connection.fetchval("SELECT count(*) FROM people.person") == 1
    async with database.transaction(person_id=host.person_id) as connection:
        assert await connection.execute("DELETE FROM people.membership") == "DELETE 0"
        assert await connection.execute("DELETE FROM people.room") == "DELETE 0"


async def test_stream_keys_are_kept_as_hashes_and_open_one_room(
    people: People, owner_connection: asyncpg.Connection
) -> None:
    host, other = [(await people.sign_up(name)).person for name in ("host", "other")]
    room = await make_room(people, host, "apples")
    await make_room(people, other, "pears")
    assert len(room.stream_key) == 32
    assert await people.rooms.room_of_stream_key(room.stream_key) == room.room_id
    for wrong in ("", "x" * 32, room.stream_key.upper(), room.stream_key + "a"):
        assert await people.rooms.room_of_stream_key(wrong) is None
    stored = await owner_connection.fetchval("SELECT string_agg(r::text, '') FROM people.room r")
    assert room.stream_key not in stored

    assert code(await people.rooms.replace_stream_key(room.room_id, person_id=other.person_id)) == refusals.NOT_FOUND
    assert await people.rooms.room_of_stream_key(room.stream_key) == room.room_id
    replaced = await people.rooms.replace_stream_key(room.room_id, person_id=host.person_id)
    assert isinstance(replaced, str)
    assert await people.rooms.room_of_stream_key(room.stream_key) is None
    assert await people.rooms.room_of_stream_key(replaced) == room.room_id


async def test_another_organisations_host_cannot_rename_a_room(people: People) -> None:
    host, other = [(await people.sign_up(name)).person for name in ("host", "other")]
    room = await make_room(people, host, "apples")
    await make_room(people, other, "pears")
    assert code(await rename(people, room, "mine now", other)) == "not_found"
    assert await rename(people, room, "红富士", host) is None
    found = await people.rooms.room_by_slug("apples")
    assert found is not None
    assert found.title == "红富士"


# ---- Attempts --------------------------------------------------------------------------------------------------------

FEW = Limit(3, 60)


async def count(attempts: Attempts, times: int, *, address: str = "192.0.2.7") -> list[bool]:
    return [await attempts.sign_in(f"login-{number}", address) is None for number in range(times)]


@pytest.mark.parametrize("shared", [True, False])
async def test_attempts_are_limited_with_and_without_valkey(valkey_url: str, shared: bool) -> None:
    url = valkey_url if shared else "unix:///nowhere.sock"
    async with Redis.from_url(url, protocol=2) as valkey:
        attempts = Attempts(valkey, sign_in_per_address=FEW, sign_in_per_login=FEW)
        assert await count(attempts, 5) == [True, True, True, False, False]
        refused = await attempts.sign_in("x", "192.0.2.7")
        assert refused is not None
        assert 0 < refused.facts["retry_after_ms"] <= 60_000
        others = Attempts(valkey, sign_in_per_address=FEW) if shared else attempts
        assert await others.sign_in("x", "192.0.2.7") is not None
        assert await others.sign_in("x", "192.0.2.8") is None


async def test_an_ipv6_network_is_one_address(valkey_url: str) -> None:
    attempts = Attempts(None, sign_in_per_address=FEW)
    assert await count(attempts, 3, address="2001:db8::1") == [True] * 3
    assert await attempts.sign_in("x", "2001:db8::ffff:2") is not None
    assert await attempts.sign_in("x", "2001:db8:0:1::1") is None
    assert await count(attempts, 4, address="::ffff:192.0.2.1") == [True, True, True, False]


async def test_signing_in_clears_the_logins_count_and_not_the_addresss(valkey_url: str) -> None:
    async with Redis.from_url(valkey_url, protocol=2) as valkey:
        for attempts in (Attempts(valkey, sign_in_per_login=FEW), Attempts(None, sign_in_per_login=FEW)):
            for _ in range(3):
                assert await attempts.sign_in("wang", "192.0.2.1") is None
            assert await attempts.sign_in("wang", "192.0.2.1") is not None
            await attempts.signed_in("wang")
            assert await attempts.sign_in("wang", "192.0.2.1") is None


# ---- jishi user ------------------------------------------------------------------------------------------------------


async def test_the_operators_commands(
    database_url: str, people: People, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Config(database_url=database_url)

    async def run(*args: str, password: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        exit_code = await admin_cli.main(args, config)
        printed = capsys.readouterr()
        return exit_code, printed.out, printed.err

    assert await run("create", "Li", "--name", "李", "--password-stdin", password=PASSWORD) == (
        1,
        "",
        "jishi user create: invalid; login: length\n",
    )
    assert (await run("create", "li.na", "--name", "李娜", "--password-stdin", password=PASSWORD))[0] == 0
    assert (await run("create", "li.na", "--password-stdin", password=PASSWORD))[
        2
    ] == "jishi user create: login_taken\n"
    assert (await run("grant", "li.na", "admin"))[0] == 0
    assert (await run("set-password", "li.na", "--password-stdin", password="another password"))[0] == 0
    assert (await run("grant", "nobody", "admin"))[2] == "jishi user grant: not_found\n"
    signed_in = await people.accounts.sign_in("li.na", "another password", address="::1", now=datetime.now(UTC))
    assert isinstance(signed_in, Session)
    assert signed_in.person.kind == "admin"
    exit_code, out, _ = await run("list", "--json", "--starting-with", "li")
    assert exit_code == 0
    assert [json.loads(line)["display_name"] for line in out.splitlines()] == ["李娜"]
    assert "李娜" in (await run("list"))[1]
