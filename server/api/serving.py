"""Edge: what happens around every handler: who asks, may they, what they sent, under which key; and every way it ends.

Each route of the table becomes one aiohttp handler here. In order: sign-in, limits of the account, the body, the room
and the roles in it, the key, the handler; what comes back is a body, or a refusal that the table in
http/problem.py makes an answer. What the world does (a database away, a provider silent) is told as such, and
only a fault of ours is `internal`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
from aiohttp import web
from prometheus_client import Counter, Histogram

from commerce.errors import CommerceError
from commerce.refusals import Refused as CommerceRefused
from server.api.call import Call
from server.api.http.authentication import identify, identify_for_appeal
from server.api.http.client_address import ProxyTrust
from server.api.http.idempotency import JoinedDatabase, KeyedRequest, Replay, request_hash
from server.api.http.parsing import encode, idempotency_key, parse, parse_query
from server.api.http.problem import CONTENT_TYPE, Problem, problem_body, retry_after_s, status_of
from server.api.http.uploads import Uploads
from server.api.limited import CLOSED_TO_LIMITED
from server.api.route import SIGNED_IN, Route
from server.api.services import Services
from server.bus.errors import BusError
from server.casework.restrictions import refusal_facts
from server.errors import DatabaseUnavailable
from server.people.refusals import Refused as PeopleRefused
from server.people.rooms import HOST, MODERATOR, Room
from server.people.tokens import Identity

log = logging.getLogger("jishi.api")

BODY_TIMEOUT_S: Final = 10.0
"""How long a body may take to arrive."""

RETRY_AFTER_MS: Final = 1_000

Refusals = Problem | PeopleRefused | CommerceRefused
_BUSY: Final = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError, asyncpg.DeadlockDetectedError)


class _Undone(Exception):
    """Ends the transaction of a key whose request was refused."""

    def __init__(self, refused: Refusals) -> None:
        super().__init__(refused.code)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class _Caller:
    """What is known of a request before its body."""

    identity: Identity | None
    room: Room | None
    roles: frozenset[str]
    org_id: UUID | None = None


def problem_response(code: str, facts: Mapping[str, Any] | None = None) -> web.Response:
    """A refusal as an answer."""
    facts = facts or {}
    answer = web.Response(body=problem_body(code, facts), status=status_of(code), content_type=CONTENT_TYPE)
    if (seconds := retry_after_s(facts)) is not None:
        answer.headers["Retry-After"] = str(seconds)
    if answer.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="jishi"'
    return answer


class Serving:
    """Carries out calls of routes with the given services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._uploads = Uploads()
        self._trust = ProxyTrust(services.trusted_proxies)
        self._requests = Counter(
            "jishi_http_requests", "API requests answered.", ["route", "status"], registry=services.registry
        )
        self._seconds = Histogram(
            "jishi_http_seconds", "Time to answer an API request.", ["route"], registry=services.registry
        )

    def handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The aiohttp handler of a route."""

        async def handle(request: web.Request) -> web.StreamResponse:
            with self._seconds.labels(route.name).time():
                answer = await guarded(request)
            self._requests.labels(route.name, str(answer.status)).inc()
            return answer

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                return await self._handle(route, request)
            except (DatabaseUnavailable, BusError) as error:
                log.warning("%s: %s", route.name, error)
                return problem_response("unavailable", {"retry_after_ms": RETRY_AFTER_MS})
            except CommerceError as error:
                log.warning("%s: %s", route.name, error)
                return problem_response("busy", {"retry_after_ms": RETRY_AFTER_MS})
            except _BUSY as error:
                log.warning("%s: %s", route.name, error)
                return problem_response("busy", {"retry_after_ms": RETRY_AFTER_MS})

        return handle

    async def _handle(self, route: Route, request: web.Request) -> web.StreamResponse:
        caller = await self._caller(route, request)
        if isinstance(caller, Problem):
            return _refusal_response(caller)
        body = await self._body(route, request)
        if isinstance(body, Problem):
            return _refusal_response(body)
        query = None if route.query is None else parse_query(request.query, route.query)
        if isinstance(query, Problem):
            return _refusal_response(query)
        key = _key(route, request)
        if isinstance(key, Problem):
            return _refusal_response(key)
        call = self._call(request, caller, body, query, key)
        if key is not None and route.keyed in ("by_api", "if_given"):
            answer = await self._once(route, call)
        else:
            answer = _response(route, await route.handler(call))
        for then in call.after:
            then()
        return answer

    async def _caller(self, route: Route, request: web.Request) -> _Caller | Problem:
        services = self._services
        if any("\0" in part for part in request.match_info.values()):
            return Problem("not_found")
        identity: Identity | None = None
        if route.who in SIGNED_IN:
            known = self._identity(route, request)
            if isinstance(known, Problem):
                return known
            identity = known
        if route.who == "member":
            assert identity is not None
            return await self._member(request.match_info["org_id"], identity)
        if route.who == "moderator":
            assert identity is not None
            if not await services.rooms.organisations.is_moderator(identity.person_id):
                return Problem("not_allowed")
        if "slug" not in route.path_fields:
            return _Caller(identity, None, frozenset())
        room = await services.rooms.room_by_slug(request.match_info["slug"])
        if room is None:
            return Problem("not_found")
        roles: frozenset[str] = frozenset()
        if identity is not None:
            roles = await services.rooms.roles_in_room(identity.person_id, room.room_id)
        if (route.who == "host" and HOST not in roles) or (route.who == "guard" and not roles & {HOST, MODERATOR}):
            return Problem("not_allowed")
        return _Caller(identity, room, roles)

    def _identity(self, route: Route, request: web.Request) -> Identity | Problem:
        """Who is signed in, and may do this kind of thing at all."""
        services, now = self._services, self._services.now()
        header, revocations = request.headers.get("Authorization"), services.revocations
        known = identify(header, tokens=services.tokens, is_void=revocations.is_void, now=now)
        if route.who == "appellant":
            if not isinstance(known, Identity):
                is_outdated = revocations.is_outdated
                known = identify_for_appeal(header, tokens=services.tokens, is_outdated=is_outdated, now=now)
            return known or Problem("not_signed_in")
        if not isinstance(known, Identity):
            return known or Problem("not_signed_in")
        if route.method != "GET" and revocations.is_limited(known.person_id):
            return Problem("account_limited")
        if route.name in CLOSED_TO_LIMITED:
            limit = services.restrictions.limit(known.person_id, now)
            if limit is not None:
                return Problem("account_limited", refusal_facts(limit))
        return known

    async def _member(self, org_id_text: str, identity: Identity) -> _Caller | Problem:
        """Of an organisation that is not one's own one learns nothing, not even whether it exists."""
        org_id = Call.as_uuid(org_id_text)
        if org_id is None or not await self._services.rooms.organisations.is_member(identity.person_id, org_id):
            return Problem("not_allowed")
        return _Caller(identity, None, frozenset(), org_id)

    async def _body(self, route: Route, request: web.Request) -> Any:
        """The request's body as the route's struct, or as bytes, or why not; None on routes without one."""
        if route.upload is not None:
            return await self._uploads.read(request, route.upload)
        if route.body is None and route.who != "provider":
            return None
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return Problem("unsupported_media_type")
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                raw = await request.read()
        except TimeoutError:
            return Problem("request_timeout")
        except web.HTTPRequestEntityTooLarge:
            return Problem("too_large")
        if route.body is None:
            return None
        # A page of another site cannot send this type without asking first (CORS), which is never granted.
        if raw and request.content_type != "application/json":
            return Problem("unsupported_media_type")
        return parse(raw, route.body)

    def _call(self, request: web.Request, caller: _Caller, body: Any, query: Any, key: str | None) -> Call:
        peer = request.remote or ""
        return Call(
            services=self._services,
            request=request,
            now=self._services.now(),
            address=self._trust.client_address(peer, request.headers.getall("X-Forwarded-For", [])),
            database=self._services.database,
            identity=caller.identity,
            any_body=body,
            any_query=query,
            any_room=caller.room,
            any_org_id=caller.org_id,
            roles=caller.roles,
            any_key=key,
            is_https=self._trust.is_https(
                peer, is_secure=request.secure, forwarded_proto=request.headers.get("X-Forwarded-Proto", "")
            ),
        )

    async def _once(self, route: Route, call: Call) -> web.StreamResponse:
        """Carry a call out under its key, in one transaction with the key's row."""
        digest = request_hash(call.request.path, encode(call.any_body))
        keyed = KeyedRequest(call.person_id, route.name, call.key, digest)
        platform = route.who == "moderator"
        try:
            async with self._services.database.transaction(person_id=call.person_id, platform=platform) as connection:
                claimed = await keyed.claim(connection, call.now)
                if isinstance(claimed, Replay):
                    return _json(claimed.body, claimed.status, {"Idempotency-Replayed": "true"})
                if isinstance(claimed, Problem):
                    return _refusal_response(claimed)
                database = JoinedDatabase(connection, call.person_id, platform=platform)
                joined = dataclasses.replace(call, database=database)
                result = await route.handler(joined)
                if isinstance(result, Refusals):
                    raise _Undone(result)
                body = msgspec.to_builtins(result)
                await keyed.keep(connection, route.status, body)
        except _Undone as undone:
            return _refusal_response(undone.refused)
        return _json(body, route.status)


def _key(route: Route, request: web.Request) -> str | Problem | None:
    """The key that the request came with; None where the route takes none, or does without."""
    header = request.headers.get("Idempotency-Key")
    if not route.keyed or (route.keyed == "if_given" and not header):
        return None
    return idempotency_key(header)


def _response(route: Route, result: Any) -> web.StreamResponse:
    if isinstance(result, web.StreamResponse):
        return result
    if isinstance(result, Refusals):
        return _refusal_response(result)
    if result is None:
        return web.Response(status=204)
    return _json(result, route.status)


def _json(body: Any, status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(body=encode(body), status=status, content_type="application/json", headers=headers)


def _refusal_response(refused: Refusals) -> web.Response:
    return problem_response(refused.code, refused.facts)
