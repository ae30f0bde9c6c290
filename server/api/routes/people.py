"""Edge: signing up, in and out, keeping a session, and who one is."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from moderation.cases.mine import closing_decision
from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.device import note_device
from server.api.http.authentication import is_same_site
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.people import MeView, SessionView, SignIn, SignUp
from server.people.accounts import Person, Session
from server.people.names import normal_display_name
from server.people.refusals import ACCOUNT_CLOSED, Refused

REFRESH_COOKIE: Final = "jishi_refresh"
REFRESH_PATH: Final = "/api/session"


async def sign_up(call: Call) -> Any:
    body: SignUp = call.any_body
    if refused := call.filter_refusal([normal_display_name(body.display_name)], Role.TITLE, Category.ANY):
        return refused
    accounts = call.services.accounts
    session = await accounts.sign_up(body.login, body.display_name, body.password, address=call.address, now=call.now)
    if isinstance(session, Refused):
        return session
    person_id = session.person.person_id
    await call.queue_flagged("name", person_id, subject_id=person_id)
    answer = signed_in(call, session, status=201)
    await note_device(call, person_id, answer)
    return answer


async def sign_in(call: Call) -> Any:
    body: SignIn = call.any_body
    session = await call.services.accounts.sign_in(body.login, body.password, address=call.address, now=call.now)
    if isinstance(session, Refused):
        return await _closed(call, session) if session.code == ACCOUNT_CLOSED else session
    answer = signed_in(call, session)
    await note_device(call, session.person.person_id, answer)
    return answer


async def _closed(call: Call, refused: Refused) -> Refused:
    """Who proves to be a closed account's owner is told why it is closed, and may appeal if a moderator closed it."""
    person_id = UUID(refused.facts["person_id"])
    async with call.database.transaction(person_id=person_id) as connection:
        decision = await closing_decision(connection, person_id, now=call.now)
    return Refused(ACCOUNT_CLOSED, {**refused.facts, "decision": decision} if decision is not None else {})


async def refresh(call: Call) -> Any:
    """A fresh token for the cookie's session; 204 where there is no cookie, for then nobody was signed in."""
    if not is_same_site(call.request.headers):
        return Problem("cross_site")
    refresh_token = call.request.cookies.get(REFRESH_COOKIE, "")
    if not refresh_token:
        return None
    session = await call.services.accounts.refresh(refresh_token, now=call.now)
    if isinstance(session, Refused):
        return session
    return signed_in(call, session)


async def sign_out(call: Call) -> Any:
    if not is_same_site(call.request.headers):
        return Problem("cross_site")
    if refresh_token := call.request.cookies.get(REFRESH_COOKIE, ""):
        await call.services.accounts.sign_out(refresh_token, now=call.now)
    answer = web.Response(status=204)
    drop_cookie(answer)
    return answer


async def sign_out_everywhere(call: Call) -> Any:
    return await call.services.accounts.sign_out_everywhere(call.person_id, now=call.now)


async def me(call: Call) -> Any:
    person = await call.services.accounts.person(call.person_id)
    if person is None:
        return Problem("not_signed_in")
    standing = await call.services.rooms.organisations.standing(call.person_id)
    return {
        "person": _person(person),
        "memberships": standing.memberships,
        "room_roles": standing.room_roles,
    }


def _person(person: Person) -> dict[str, str]:
    return {
        "person_id": str(person.person_id),
        "login": person.login,
        "display_name": person.display_name,
        "kind": person.kind,
    }


def drop_cookie(answer: web.Response) -> None:
    """Have the browser forget its session."""
    answer.del_cookie(REFRESH_COOKIE, path=REFRESH_PATH, httponly=True, samesite="Strict")


def signed_in(call: Call, session: Session, *, status: int = 200) -> web.Response:
    """A session as an answer: the token in the body, its refresh token in the cookie."""
    body = {"token": session.token, "expires_at": session.expires_at, "person": _person(session.person)}
    answer = call.respond(body, status=status)
    if session.refresh_token is not None:
        assert session.refresh_expires_at is not None
        answer.set_cookie(
            REFRESH_COOKIE,
            session.refresh_token,
            max_age=int((session.refresh_expires_at - call.now).total_seconds()),
            path=REFRESH_PATH,
            secure=call.is_https,
            httponly=True,
            samesite="Strict",
        )
    return answer


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/sign-up",
        name="signUp",
        summary="Make an account and open a session",
        who="anyone",
        handler=sign_up,
        body=SignUp,
        answer=SessionView,
        status=201,
        codes=("login_taken", "invalid", "filtered", "rate_limited", "busy"),
    ),
    Route(
        method="POST",
        path="/api/sign-in",
        name="signIn",
        summary="Open a session",
        who="anyone",
        handler=sign_in,
        body=SignIn,
        answer=SessionView,
        codes=("bad_credentials", "account_closed", "rate_limited", "busy"),
    ),
    Route(
        method="POST",
        path="/api/session/refresh",
        name="refreshSession",
        summary="A fresh token for the session of the cookie; 204 without a cookie",
        who="cookie",
        handler=refresh,
        body=Nothing,
        answer=SessionView,
        codes=("session_ended", "account_closed"),
    ),
    Route(
        method="POST",
        path="/api/session/sign-out",
        name="signOut",
        summary="End the session of the cookie",
        who="cookie",
        handler=sign_out,
        body=Nothing,
        status=204,
    ),
    Route(
        method="POST",
        path="/api/me/sign-out-everywhere",
        name="signOutEverywhere",
        summary="End all my sessions and void every token given out so far",
        who="person",
        handler=sign_out_everywhere,
        body=Nothing,
        status=204,
    ),
    Route(
        method="GET",
        path="/api/me",
        name="whoAmI",
        summary="My account, memberships and roles",
        who="person",
        handler=me,
        answer=MeView,
    ),
]
