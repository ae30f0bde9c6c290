"""Linked accounts through the API: a browser that comes back is known, and shown to a moderator with the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any

import asyncpg
import pytest

from moderation.links.identifiers import Hasher, Kind
from server.api.device import DEVICE_COOKIE
from server.casework.links import note_seen
from server.database.database import Database
from tests.casework_scene import Scene, open_desk
from tests.http_edge import DATA_KEY, PASSWORD
from tests.integration.test_server_people_erasure import ADDRESS

RESUME = {"name": "欧阳芳芳", "phone": "139 1234 5678", "city": "延安"}


@pytest.fixture
async def scene(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as opened:
        yield opened


async def sign_up(scene: Scene, login: str, device: str | None = None) -> str:
    """A new account; the key that its browser now has."""
    scene.edge.http.cookie_jar.clear()
    headers = {"Cookie": f"{DEVICE_COOKIE}={device}"} if device is not None else {}
    body = {"login": login, "display_name": login.title(), "password": PASSWORD}
    answer = await scene.edge.call("POST", "/api/sign-up", body, headers=headers)
    assert answer.status == 201, answer
    scene.tokens[login] = answer.body["token"]
    scene.ids[login] = await scene.edge.person_id(answer.body["token"])
    cookies = SimpleCookie("; ".join(answer.headers.getall("Set-Cookie")))
    return cookies[DEVICE_COOKIE].value


async def close(scene: Scene, login: str) -> str:
    body = {"person_id": str(scene.ids[login]), "kind": "close_account", "reason": "冒充平台收押金"}
    answer = await scene.call("moderator", "POST", "/api/moderation/sanctions", body)
    assert answer.status == 201, answer
    action_id: str = answer.body["action_id"]
    return action_id


async def risk(scene: Scene, login: str) -> Any:
    return await scene.get("moderator", f"/api/moderation/people/{scene.ids[login]}/risk")


async def test_a_browser_gets_a_key_once(scene: Scene) -> None:
    body = {"login": "first.one", "display_name": "First", "password": PASSWORD}
    answer = await scene.edge.call("POST", "/api/sign-up", body)
    cookie = next(text for text in answer.headers.getall("Set-Cookie") if text.startswith(DEVICE_COOKIE))
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/api"))
    device = cookie.partition("=")[2].partition(";")[0]
    assert await sign_up(scene, "second.one", device) == device
    assert await sign_up(scene, "third.one", "made up; and too long for a key") != device
    anonymous = await scene.edge.call("GET", "/api/rooms")
    assert DEVICE_COOKIE not in str(anonymous.headers)


async def test_a_closed_account_that_comes_back_is_shown_with_the_way(
    scene: Scene, owner_connection: asyncpg.Connection
) -> None:
    device = await sign_up(scene, "cheat")
    assert (await scene.queue()) == []
    await close(scene, "cheat")
    await sign_up(scene, "newcomer", device)

    (case,) = await scene.queue()
    assert (case["kind"], case["action"], case["target_id"]) == ("host", "flag", str(scene.ids["newcomer"]))
    assert case["subject"]["state"] == "active"
    assert "同一设备" in case["rules"][0]["reason"]["zh"]
    card = await risk(scene, "newcomer")
    (link,) = card["links"]
    (step,) = link["path"]
    assert link["person"]["state"] == "closed"
    assert (step["kind"], step["to_id"], step["shared_by"]) == ("device", str(scene.ids["cheat"]), 2)
    assert [reason["code"] for reason in card["reasons"]] == ["closed_link", "new_account"]
    assert card["comebacks"][0]["case_id"] == case["case_id"]
    assert device not in str(card)
    assert "digest" not in str(card)

    # A moderator let it stand: the same two are not brought up again.
    assert (await scene.decide(case["case_id"], "approve")).status == 200
    body = {"login": "newcomer", "password": PASSWORD}
    again = await scene.edge.call("POST", "/api/sign-in", body, headers={"Cookie": f"{DEVICE_COOKIE}={device}"})
    assert again.status == 200
    scene.tokens["newcomer"] = again.body["token"]
    assert await scene.queue() == []
    assert await scene.told("newcomer") == []
    # Nothing was done to anybody by the link.
    kinds = await owner_connection.fetch("SELECT kind FROM moderation.action ORDER BY action_id")
    assert [row["kind"] for row in kinds] == ["close_account", "approve"]


async def test_a_comeback_that_a_moderator_confirms_is_closed_by_them_with_the_case(scene: Scene) -> None:
    device = await sign_up(scene, "cheat")
    await close(scene, "cheat")
    await sign_up(scene, "newcomer", device)
    (case,) = await scene.queue()
    assert (await scene.decide(case["case_id"], "remove", reason="同一个人")).status == 200
    body = {"person_id": case["target_id"], "kind": "close_account", "reason": "同一个人", "case_id": case["case_id"]}
    closed = await scene.call("moderator", "POST", "/api/moderation/sanctions", body)
    assert closed.status == 201, closed
    # Who comes back a third time is linked to both.
    await sign_up(scene, "again", device)
    (third,) = await scene.queue()
    card = await risk(scene, "again")
    assert {link["person"]["display_name"] for link in card["links"]} == {"Cheat", "Newcomer"}
    assert {each["case_id"] for each in card["comebacks"]} == {third["case_id"]}
    assert card["group_size"] == 3


async def test_a_resume_with_the_number_of_a_closed_account_is_seen(scene: Scene) -> None:
    for login in ("recruit", "returned"):
        await sign_up(scene, login)
    assert (await scene.call("recruit", "PUT", "/api/me/resume", RESUME)).status < 300
    await close(scene, "recruit")
    other_form = {**RESUME, "phone": "+86 13912345678"}
    assert (await scene.call("returned", "PUT", "/api/me/resume", other_form)).status < 300
    (case,) = await scene.queue()
    assert "同一电话" in case["rules"][0]["reason"]["zh"]
    (link,) = (await risk(scene, "returned"))["links"]
    assert link["path"][0]["kind"] == "phone"


async def test_an_address_is_a_hint_and_opens_nothing(scene: Scene) -> None:
    for login in ("sister", "brother"):
        await sign_up(scene, login)
        made = await scene.call(login, "POST", "/api/me/addresses", ADDRESS, key=login)
        assert made.status == 201
    await close(scene, "sister")
    assert await scene.queue() == []
    card = await risk(scene, "brother")
    assert card["links"] == []
    assert {weak["kind"] for weak in card["weak_links"]} == {"address_phone"}
    assert card["points"] < 20


async def test_a_village_device_and_a_mistaken_closure_accuse_nobody(scene: Scene) -> None:
    device = await sign_up(scene, "villager0")
    for number in range(1, 6):
        await sign_up(scene, f"villager{number}", device)
    await close(scene, "villager0")
    await sign_up(scene, "villager6", device)
    assert await scene.queue() == []

    own = await sign_up(scene, "mistaken")
    undone = await scene.undo(await close(scene, "mistaken"))
    assert undone.status == 200
    await sign_up(scene, "mistaken2", own)
    assert await scene.queue() == []


async def test_an_erased_person_leaves_no_trace(scene: Scene, owner_connection: asyncpg.Connection) -> None:
    device = await sign_up(scene, "leaving")
    await sign_up(scene, "staying", device)
    assert len((await risk(scene, "staying"))["links"]) == 1
    gone = await scene.call("leaving", "DELETE", "/api/me", {"password": PASSWORD})
    assert gone.status == 204, gone
    left = await owner_connection.fetchval(
        "SELECT count(*) FROM moderation.sighting WHERE person_id = $1", scene.ids["leaving"]
    )
    assert left == 0
    assert (await risk(scene, "staying"))["links"] == []
    nobody = await scene.call("moderator", "GET", f"/api/moderation/people/{scene.ids['leaving']}/risk")
    assert (nobody.status, nobody.code) == (404, "not_found")
    # What comes too late is not written.
    assert (
        await note_seen(
            scene.database, DATA_KEY, scene.ids["leaving"], [(Kind.PHONE, "13800000001")], now=scene.edge.clock()
        )
        is None
    )
    assert left == await owner_connection.fetchval(
        "SELECT count(*) FROM moderation.sighting WHERE person_id = $1", scene.ids["leaving"]
    )


async def test_only_hashes_are_kept(scene: Scene, owner_connection: asyncpg.Connection) -> None:
    await sign_up(scene, "seeker")
    assert (await scene.call("seeker", "PUT", "/api/me/resume", RESUME)).status < 300
    identifier = Hasher(DATA_KEY).identifier(Kind.PHONE, RESUME["phone"])
    assert identifier is not None
    rows = await owner_connection.fetch("SELECT kind, digest FROM moderation.sighting ORDER BY kind")
    assert {row["kind"] for row in rows} == {"device", "network", "phone"}
    assert identifier.digest in {row["digest"] for row in rows}
    text = await owner_connection.fetchval("SELECT string_agg(t::text, '') FROM moderation.sighting t")
    assert "13912345678" not in text
