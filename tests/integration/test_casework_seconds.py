"""Four eyes: what holds till somebody seconds it, and what becomes of it; and blind second looks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from moderation.cases.second_looks import is_sampled
from server.database.database import Database
from tests.casework_scene import HELD, SLUG, Scene, open_desk
from tests.http_edge import Answer

BLIND = ("state", "actions", "decided_by", "version")
"""What would tell how a case was decided."""


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        await scene.person("second", "moderator")
        yield scene


async def sanction(desk: Scene, kind: str, *, who: str = "viewer", **more: Any) -> dict[str, Any]:
    body = {"person_id": str(desk.ids[who]), "kind": kind, "reason": "诈骗", **more}
    answer = await desk.call("moderator", "POST", "/api/moderation/sanctions", body)
    assert answer.status == 201, answer
    laid: dict[str, Any] = answer.body
    return laid


async def second(desk: Scene, action_id: str, *, agree: bool, who: str = "second", key: str | None = None) -> Answer:
    body = {"agree": agree, "reason": "看过了"}
    return await desk.call(who, "POST", f"/api/moderation/actions/{action_id}/second", body, key=key)


async def state(desk: Scene, who: str = "viewer") -> str:
    async with desk.database.transaction(platform=True) as connection:
        found: str = await connection.fetchval("SELECT state FROM people.person WHERE person_id = $1", desk.ids[who])
    return found


async def is_listed(desk: Scene) -> bool:
    rooms = await desk.edge.services.rooms.lobby_rooms(now=datetime.now(UTC))
    return SLUG in [room.slug for room in rooms]


async def wait(desk: Scene, hours: int) -> None:
    """Let the clerk come by so much later."""
    while await desk.relay.step(datetime.now(UTC) + timedelta(hours=hours)):
        pass


async def test_a_closed_account_is_closed_for_a_day_till_another_moderator_agrees(desk: Scene) -> None:
    closed = await sanction(desk, "close_account")
    assert closed["second"]["state"] == "wanted"
    due_in = datetime.fromisoformat(closed["second"]["due_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < due_in <= timedelta(hours=24)
    assert await state(desk) == "closed"  # for the time being
    waiting = await desk.get("second", "/api/moderation/seconds")
    assert waiting == {"actions": [closed], "own": []}
    assert (await desk.get("moderator", "/api/moderation/seconds"))["own"] == [closed["action_id"]]
    assert (await second(desk, closed["action_id"], agree=True, who="moderator")).code == "own_decision"
    agreed = await second(desk, closed["action_id"], agree=True, key="press")
    assert (agreed.status, agreed.body["second"]["state"]) == (200, "agreed")
    assert (agreed.body["second"]["by_name"], agreed.body["undone_at"]) == ("Second", None)
    assert (await second(desk, closed["action_id"], agree=True, key="press")).body == agreed.body
    assert (await second(desk, closed["action_id"], agree=False)).body["state"] == "agreed"
    await wait(desk, 25)
    assert await state(desk) == "closed"
    assert (await desk.get("second", "/api/moderation/seconds"))["actions"] == []
    assert (await desk.undo(closed["action_id"])).status == 200
    assert await state(desk) == "active"


async def test_one_that_is_dropped_is_undone_at_once(desk: Scene) -> None:
    closed = await sanction(desk, "close_account")
    dropped = (await second(desk, closed["action_id"], agree=False)).body
    assert (dropped["second"]["state"], dropped["undone_by_name"]) == ("dropped", "Second")
    assert await state(desk) == "active"
    await wait(desk, 25)
    assert await state(desk) == "active"


async def test_what_nobody_seconds_falls_by_itself(desk: Scene) -> None:
    closed = await sanction(desk, "close_account")
    await wait(desk, 23)
    assert await state(desk) == "closed"
    await wait(desk, 25)
    assert await state(desk) == "active"
    [logged, *_] = (await desk.get("second", "/api/moderation/log"))["actions"]
    assert (logged["action_id"], logged["second"]["state"]) == (closed["action_id"], "lapsed")
    assert (logged["undone_at"] is not None, logged["second"]["by_name"]) == (True, None)
    assert (await second(desk, closed["action_id"], agree=True)).body["state"] == "lapsed"
    await wait(desk, 26)


async def test_effects_of_a_person_do_not_wait_for_a_second(desk: Scene) -> None:
    closed = await sanction(desk, "close_account")
    await desk.undo(closed["action_id"])
    assert (await second(desk, closed["action_id"], agree=True)).body["state"] == "undone"
    await sanction(desk, "mute_10m", slug=SLUG)
    assert await desk.relay.step(datetime.now(UTC))
    await wait(desk, 25)  # what was undone does not fall again
    assert await desk.told("viewer") == ["account_closed", "account_reopened", "muted"]


async def test_a_room_is_out_of_the_lobby_for_a_day_and_for_as_long_as_said_once_seconded(desk: Scene) -> None:
    unlisted = await sanction(desk, "stream_limited", who="host", slug=SLUG)
    until = datetime.fromisoformat(unlisted["until"])
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    assert not await is_listed(desk)
    mine = (await desk.get("host", "/api/me/decisions"))["decisions"][0]
    assert (mine["provisional_until"], mine["may_appeal"]) == (unlisted["second"]["due_at"], True)
    agreed = (await second(desk, unlisted["action_id"], agree=True)).body
    until = datetime.fromisoformat(agreed["until"])
    assert timedelta(days=6) < until - datetime.now(UTC) <= timedelta(days=7)
    assert (await desk.get("host", "/api/me/decisions"))["decisions"][0]["provisional_until"] is None
    assert await desk.told("host") == ["sanctioned", "sanction_confirmed"]

    dropped = await sanction(desk, "stream_limited", who="host", slug=SLUG)
    await desk.undo(agreed["action_id"])
    assert not await is_listed(desk)
    await second(desk, dropped["action_id"], agree=False)
    assert await is_listed(desk)


async def test_who_is_alone_decides_and_the_log_says_so(desk: Scene) -> None:
    async with desk.database.transaction(platform=True) as connection:
        await connection.execute("UPDATE people.person SET state = 'closed' WHERE person_id = $1", desk.ids["second"])
    closed = await sanction(desk, "close_account")
    assert (closed["second"]["state"], closed["second"]["due_at"]) == ("alone", None)
    await wait(desk, 48)
    assert await state(desk) == "closed"
    assert (await sanction(desk, "warn", who="host"))["second"] is None


async def decided(desk: Scene, *, sampled: bool) -> dict[str, Any]:
    """A decision of the moderator's that is, or is not, to be looked at again."""
    while True:
        await desk.say("viewer", HELD)
        case = (await desk.queue())[0]
        case = (await desk.decide(case["case_id"], "remove")).body
        action: dict[str, Any] = case["actions"][0]
        assert is_sampled_text(action["action_id"]) == await is_marked(desk, action["action_id"])
        if is_sampled_text(action["action_id"]) == sampled:
            return action


def is_sampled_text(action_id: str) -> bool:
    return is_sampled(UUID(action_id))


async def is_marked(desk: Scene, action_id: str) -> bool:
    async with desk.database.transaction(platform=True) as connection:
        query = "SELECT facts ->> 'sampled' = 'true' FROM moderation.action WHERE action_id = $1"
        return bool(await connection.fetchval(query, action_id))


async def test_a_share_of_decisions_is_looked_at_again_blind_and_disagreement_is_counted(desk: Scene) -> None:
    action = await decided(desk, sampled=True)
    assert (await desk.get("moderator", "/api/moderation/second-looks"))["looks"] == []  # one's own
    looks = (await desk.get("second", "/api/moderation/second-looks"))["looks"]
    blind = next(each for each in looks if each["action_id"] == action["action_id"])
    assert (blind["text"], blind["kind"], bool(blind["rules"])) == (HELD, "line", True)
    assert not set(BLIND) & set(blind)
    path = f"/api/moderation/second-looks/{action['action_id']}"
    body = {"decision": "approve", "reason": "只是玩笑"}
    assert (await desk.call("moderator", "POST", path, body)).code == "own_decision"
    looked = await desk.call("second", "POST", path, body)
    assert (looked.status, looked.body["agrees"], looked.body["first"]["kind"]) == (200, False, "remove")
    assert (await desk.call("second", "POST", path, body)).body["state"] == "looked_at"
    other = await decided(desk, sampled=True)
    answer = await desk.call(
        "second", "POST", f"/api/moderation/second-looks/{other['action_id']}", {"decision": "remove"}
    )
    assert answer.body["agrees"] is True
    figures = await desk.get("second", "/api/moderation/figures")
    assert figures["second_looks"] == {"looked": 2, "disagreed": 1}
    assert await desk.get("second", f"/api/moderation/cases/{action['case_id']}")  # nothing was changed by it
    unsampled = await decided(desk, sampled=False)
    path = f"/api/moderation/second-looks/{unsampled['action_id']}"
    assert (await desk.call("second", "POST", path, body)).code == "not_found"
    assert (await desk.call("second", "POST", f"/api/moderation/second-looks/{uuid7()}", body)).code == "not_found"


async def test_an_effect_that_fails_is_tried_again_and_holds_up_no_other(desk: Scene) -> None:
    closed = await sanction(desk, "close_account")
    async with desk.database.transaction(platform=True) as holding:
        await holding.execute("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7))", closed["action_id"])
        await desk.relay.step(datetime.now(UTC) + timedelta(hours=25))  # waits for the action, in vain
        assert desk.relay.failed == 1
    assert await state(desk) == "closed"
    await wait(desk, 26)
    assert await state(desk) == "active"
