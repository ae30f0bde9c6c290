"""One edge worker's HTTP API on a real port and a real database, for tests that speak HTTP to it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from multidict import CIMultiDictProxy
from prometheus_client import CollectorRegistry

import server
from commerce.jobs.intake import Intake
from commerce.order.checkout import Checkout
from commerce.payment.simpay_client import SimpayClient
from commerce.payment.webhooks import write_secret
from moderation.filter import shipped_filter
from server.api.app import build_app, make_runner
from server.api.services import Check, Market, RoomLive, Services
from server.bus.memory import MemoryBus, MemoryExchange
from server.bus.requests import Requests
from server.casework.restrictions import Restrictions
from server.database.database import Database
from server.live.desk import Accepted
from server.live.topics import Refused
from server.people.accounts import Accounts
from server.people.attempts import Attempts
from server.people.passwords import Passwords
from server.people.revocations import Revocations
from server.people.rooms import NewRoom, Rooms
from server.people.tokens import Tokens

PASSWORD = "correct horse battery"
WEBHOOK_SECRET = write_secret(b"webhooks of tests are signed so.")
DATA_KEY = bytes(range(32, 64))
WEB_ROOT = Path(server.__file__).parent / "web"
FILTER = shipped_filter()


class Clock:
    """The API's time, that a test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    body: Any
    headers: CIMultiDictProxy[str]

    @property
    def code(self) -> str:
        """A problem's code, told consistently in body and status."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        assert self.body["status"] == self.status
        code: str = self.body["code"]
        return code


@dataclass
class Edge:
    """The API under test, and clients of it."""

    services: Services
    base_url: str
    http: aiohttp.ClientSession
    clock: Clock
    removed: list[tuple[str, ...]] = field(default_factory=list)
    retracted: list[tuple[str, list[str], str]] = field(default_factory=list)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """One request; no redirect is followed."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        options: dict[str, Any] = {"data": raw} if raw is not None else {} if body is None else {"json": body}
        async with self.http.request(
            method, self.base_url + path, headers=sent, allow_redirects=False, **options
        ) as response:
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(response.status, await (response.json() if is_json else response.text()), response.headers)

    async def sign_up(self, login: str) -> str:
        """A new account's token."""
        answer = await self.call(
            "POST", "/api/sign-up", {"login": login, "display_name": login.title(), "password": PASSWORD}
        )
        assert answer.status == 201, answer
        token: str = answer.body["token"]
        return token

    async def person_id(self, token: str) -> UUID:
        identity = self.services.tokens.verify(token, now=self.clock())
        assert identity is not None
        return identity.person_id

    async def open_room(self, token: str, slug: str, kind: str = "farm") -> NewRoom:
        """A room with an organisation of its own, hosted by the token's person."""
        person_id, now = await self.person_id(token), self.clock()
        org_kind = "merchant" if kind == "farm" else "employer"
        org_id = await self.services.rooms.organisations.create(org_kind, f"{slug} org", owner_id=person_id, now=now)
        assert isinstance(org_id, UUID)
        room = await self.services.rooms.create_room(
            org_id=org_id, host_id=person_id, slug=slug, kind=kind, title=slug, now=now
        )
        assert isinstance(room, NewRoom)
        return room


async def _nobody_is_live(room_ids: Sequence[UUID]) -> Mapping[UUID, RoomLive]:
    return {}


@contextlib.asynccontextmanager
async def open_edge(
    database: Database,
    *,
    exchange: MemoryExchange | None = None,
    checks: Mapping[str, Check] | None = None,
    attempts: Attempts | None = None,
    **given: Any,
) -> AsyncIterator[Edge]:
    """An edge worker's API, listening on a free port of 127.0.0.1."""
    bus, clock, passwords = MemoryBus(exchange), Clock(), Passwords()
    name = f"edge-{secrets.token_hex(3)}"
    requests = Requests(bus, name)
    tokens, revocations = Tokens(bytes(range(32))), Revocations(database, bus)
    removed: list[tuple[str, ...]] = []
    retracted: list[tuple[str, list[str], str]] = []

    async def remove(person_id: str, room_id: str, comment_id: str, reason: str) -> Accepted | Refused:
        if comment_id == "unknown":
            return Refused("not_found", {})
        removed.append((person_id, room_id, comment_id, reason))
        return Accepted({})

    async def retract(room_id: str, comment_ids: list[str], code: str) -> None:
        retracted.append((room_id, comment_ids, code))

    async with contextlib.AsyncExitStack() as stack:
        stack.callback(passwords.close)
        stack.push_async_callback(bus.stop)
        stack.push_async_callback(requests.stop)
        provider = await stack.enter_async_context(SimpayClient("http://127.0.0.1:9", api_key="none"))
        services = Services(
            **{
                "database": database,
                "accounts": Accounts(database, passwords, tokens, attempts or Attempts(None), bus),
                "rooms": Rooms(database),
                "tokens": tokens,
                "revocations": revocations,
                "restrictions": Restrictions(database, bus),
                "market": Market(
                    checkout=Checkout(database),
                    intake=Intake(database, DATA_KEY),
                    provider=provider,
                    webhook_secrets=[WEBHOOK_SECRET],
                ),
                "decide_text": FILTER.decide,
                "rooms_live": _nobody_is_live,
                "remove_comment": remove,
                "retract": retract,
                "bus": bus,
                "requests": requests,
                "worker": name,
                "web_root": WEB_ROOT,
                "data_key": DATA_KEY,
                "checks": checks or {},
                "registry": CollectorRegistry(),
                "now": clock,
                **given,
            }
        )
        runner = make_runner(build_app(services))
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        http = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=10))
        )
        port = runner.addresses[0][1]
        yield Edge(services, f"http://127.0.0.1:{port}", http, clock, removed, retracted)
