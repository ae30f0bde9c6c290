"""What a person changes of the own account: the name that is shown, and the password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.api.schemas.people import PersonView, SessionView
from server.database.database import Database
from tests.http_edge import PASSWORD, Edge, open_edge
from tests.integration.test_server_api import cookie_of, fits

NEW = "battery staple horse"


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


async def test_a_name_is_changed_as_it_was_chosen(edge: Edge) -> None:
    token = await edge.sign_up("wang")
    changed = fits(await edge.call("PATCH", "/api/me", {"display_name": "  王芳 "}, token=token), PersonView)
    assert (changed.body["display_name"], changed.body["login"]) == ("王芳", "wang")
    assert (await edge.call("GET", "/api/me", token=token)).body["person"] == changed.body
    # Tokens have the new name from the next on.
    renewed = await edge.call("POST", "/api/session/refresh")
    identity = edge.services.tokens.verify(renewed.body["token"], now=edge.clock())
    assert identity is not None
    assert identity.name == "王芳"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid"),
        ("   ", "invalid"),
        ("x" * 33, "invalid"),
        ("\u200b", "invalid"),
        ("加我微信 abc12345", "filtered"),
    ],
)
async def test_a_name_that_may_not_be_is_refused(edge: Edge, name: str, code: str) -> None:
    token = await edge.sign_up("wang")
    assert (await edge.call("PATCH", "/api/me", {"display_name": name}, token=token)).code == code
    assert (await edge.call("GET", "/api/me", token=token)).body["person"]["display_name"] == "Wang"


async def change(edge: Edge, token: str, old: str, new: str) -> Any:
    return await edge.call("POST", "/api/me/password", {"old": old, "new": new}, token=token)


async def test_a_changed_password_ends_all_sessions_but_this_one(edge: Edge) -> None:
    elsewhere = await edge.call("POST", "/api/sign-up", {"login": "wang", "display_name": "W", "password": PASSWORD})
    here = await edge.call("POST", "/api/sign-in", {"login": "wang", "password": PASSWORD})
    changed = fits(await change(edge, here.body["token"], PASSWORD, NEW), SessionView)
    await edge.services.revocations.poll()
    assert (await edge.call("GET", "/api/me", token=changed.body["token"])).status == 200
    assert (await edge.call("POST", "/api/session/refresh")).status == 200
    edge.http.cookie_jar.clear()
    for gone in (elsewhere, here):
        assert (await edge.call("GET", "/api/me", token=gone.body["token"])).code == "not_signed_in"
        old = await edge.call("POST", "/api/session/refresh", headers={"Cookie": f"jishi_refresh={cookie_of(gone)}"})
        assert old.code == "session_ended"
    for password, status in ((PASSWORD, 401), (NEW, 200)):
        answer = await edge.call("POST", "/api/sign-in", {"login": "wang", "password": password})
        assert answer.status == status


async def test_a_password_is_changed_by_who_knows_it_to_one_that_holds(edge: Edge) -> None:
    token = await edge.sign_up("wang")
    assert (await change(edge, token, "guessed wrongly", NEW)).code == "wrong_password"
    for poor, fault in (("short", "length"), ("aaaaaaaaaa", "too_simple")):
        refused = await change(edge, token, PASSWORD, poor)
        assert (refused.code, refused.body["fields"]) == ("invalid", {"new": fault})
    assert (await edge.call("POST", "/api/sign-in", {"login": "wang", "password": PASSWORD})).status == 200
