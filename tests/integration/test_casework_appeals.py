"""Appeals: once, in time, in any words, also with a closed account; answered by somebody else, and undone at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from server.database.database import Database
from server.live.topics import Refused, Said
from tests.casework_scene import FLAGGED, HELD, SLUG, Scene, open_desk
from tests.http_edge import PASSWORD, Answer


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        await scene.person("second", "moderator")
        yield scene


async def sanction(desk: Scene, kind: str, person_id: object, **more: Any) -> str:
    body = {"person_id": str(person_id), "kind": kind, "reason": "引流", **more}
    answer = await desk.call("moderator", "POST", "/api/moderation/sanctions", body)
    assert answer.status == 201, answer
    await desk.edge.services.restrictions.poll()
    await desk.worker.restrictions.poll()
    return str(answer.body["action_id"])


async def appeal(desk: Scene, action_id: str, words: str = "我没有", *, who: str = "viewer") -> Answer:
    return await desk.call(who, "POST", f"/api/me/decisions/{action_id}/appeal", {"words": words})


async def waiting(desk: Scene, who: str = "second") -> list[dict[str, Any]]:
    appeals: list[dict[str, Any]] = (await desk.get(who, "/api/moderation/appeals"))["appeals"]
    return appeals


async def answer(desk: Scene, appeal_id: str, decision: str, *, who: str = "second", key: str | None = None) -> Answer:
    body = {"decision": decision, "reason": "复核过了"}
    return await desk.call(who, "POST", f"/api/moderation/appeals/{appeal_id}/decision", body, key=key)


async def mine(desk: Scene, action_id: str, who: str = "viewer") -> dict[str, Any]:
    decisions = (await desk.get(who, "/api/me/decisions"))["decisions"]
    return next(each for each in decisions if each["decision_id"] == action_id)


async def test_an_appeal_is_answered_by_somebody_else_and_upheld_it_lifts_the_mute_at_once(desk: Scene) -> None:
    action_id = await sanction(desk, "mute_room", desk.ids["viewer"], slug=SLUG)
    assert isinstance(await desk.say("viewer", "还能说吗"), Refused)
    before = await mine(desk, action_id)
    assert (before["may_appeal"], before["appeal"]) == (True, None)
    # Its words would be held anywhere else.
    made = await appeal(desk, action_id, HELD)
    assert (made.status, made.body["state"]) == (201, "open")
    due_in = datetime.fromisoformat(made.body["due_at"]) - datetime.now(UTC)
    assert timedelta(hours=71) < due_in <= timedelta(hours=72)
    after = await mine(desk, action_id)
    assert (after["may_appeal"], after["appeal"]["state"], after["appeal"]["words"]) == (False, "open", HELD)
    assert (await appeal(desk, action_id)).body["state"] == "appealed"

    [listed] = await waiting(desk, "moderator")
    assert (listed["may_answer"], listed["words"], listed["action"]["kind"]) == (False, HELD, "mute_room")
    assert (await answer(desk, listed["appeal_id"], "uphold", who="moderator")).code == "own_decision"
    [listed] = await waiting(desk)
    assert (listed["may_answer"], listed["overdue"], listed["person"]["display_name"]) == (True, False, "Viewer")
    upheld = await answer(desk, listed["appeal_id"], "uphold")
    assert (upheld.status, upheld.body["state"]) == (200, "upheld")
    assert upheld.body["answer"]["by_name"] == "Second"
    assert upheld.body["action"]["undone_by_name"] == "Second"
    await desk.worker.restrictions.poll()
    assert isinstance(await desk.say("viewer", "又能说了"), Said)
    assert await desk.told("viewer") == ["muted", "mute_lifted", "appeal_upheld"]
    assert (await answer(desk, listed["appeal_id"], "reject")).body["state"] == "upheld"
    assert await waiting(desk) == []
    [done] = (await desk.get("second", "/api/moderation/appeals?state=done"))["appeals"]
    assert done == upheld.body
    told = await mine(desk, action_id)
    assert (told["appeal"]["state"], told["appeal"]["reason"]) == ("upheld", "复核过了")
    assert told["undone_at"] is not None


async def test_a_rejected_appeal_leaves_everything_as_it_was_and_says_why(desk: Scene) -> None:
    action_id = await sanction(desk, "warn", desk.ids["viewer"])
    appeal_id = (await appeal(desk, action_id)).body["appeal_id"]
    first = await answer(desk, appeal_id, "reject", key="press")
    again = await answer(desk, appeal_id, "reject", key="press")
    assert (first.status, again.body) == (200, first.body)
    assert (await mine(desk, action_id))["undone_at"] is None
    [_, rejected] = reversed(await desk.notices("viewer"))
    assert (rejected["kind"], rejected["facts"]["reason"]) == ("appeal_rejected", "复核过了")
    assert rejected["facts"]["action_id"] == action_id


@pytest.mark.parametrize("text", [HELD, FLAGGED])
async def test_a_line_is_back_whether_it_was_held_or_seen(desk: Scene, text: str) -> None:
    await desk.say("viewer", text)
    [case] = await desk.queue()
    removed = (await desk.decide(case["case_id"], "remove")).body
    await desk.settle()
    assert await desk.lines() == []
    action_id = removed["actions"][0]["action_id"]
    appeal_id = (await appeal(desk, action_id)).body["appeal_id"]
    assert (await answer(desk, appeal_id, "uphold")).status == 200
    await desk.settle()
    assert await desk.lines() == [text]
    assert await desk.queue() == []  # decided, by who upheld the appeal
    case = await desk.get("second", f"/api/moderation/cases/{case['case_id']}")
    assert case["state"] == "approved"
    assert [(each["kind"], each["actor_name"]) for each in case["actions"]] == [
        ("remove", "Moderator"),
        ("approve", "Second"),
    ]
    # That approval is a decision like any other, and can be turned back.
    assert (await desk.undo(case["actions"][1]["action_id"])).status == 200
    await desk.settle()
    assert await desk.lines() == []


async def test_a_line_that_its_host_took_down_comes_back(desk: Scene) -> None:
    await desk.say("viewer", "苹果坏了三个")
    comment_id = await desk.comment_id("苹果坏了三个")
    path = f"/api/rooms/{SLUG}/comments/{comment_id}/removal"
    assert (await desk.call("host", "POST", path, {"reason": "不好听"})).status == 204
    await desk.settle()
    [decision] = (await desk.get("viewer", "/api/me/decisions"))["decisions"]
    assert (decision["by"], decision["may_appeal"]) == ("host", True)
    appeal_id = (await appeal(desk, decision["decision_id"])).body["appeal_id"]
    assert (await answer(desk, appeal_id, "uphold", who="moderator")).status == 200
    await desk.settle()
    assert await desk.lines() == ["苹果坏了三个"]


async def test_a_closed_account_is_told_why_and_appeals_by_a_token_that_does_nothing_else(desk: Scene) -> None:
    edge = desk.edge
    credentials = {"login": "wanglei", "password": PASSWORD}
    signed_up = await edge.call("POST", "/api/sign-up", {**credentials, "display_name": "王磊"})
    person_id = signed_up.body["person"]["person_id"]
    desk.ids["wanglei"], desk.tokens["wanglei"] = UUID(person_id), signed_up.body["token"]
    await desk.say("wanglei", HELD)
    [case] = await desk.queue()
    action_id = await sanction(desk, "close_account", person_id, case_id=case["case_id"])
    await edge.services.revocations.poll()

    wrong = await edge.call("POST", "/api/sign-in", {**credentials, "password": "not the password"})
    assert (wrong.code, "decision" in wrong.body) == ("bad_credentials", False)
    refused = await edge.call("POST", "/api/sign-in", credentials)
    assert refused.code == "account_closed"
    decision = refused.body["decision"]
    assert (decision["decision_id"], decision["reason"], decision["text"]) == (action_id, "引流", HELD)
    assert decision["rules"][0]["article"]["zh"]
    assert decision["may_appeal"] is True
    token = refused.body["appeal_token"]
    assert datetime.fromisoformat(refused.body["appeal_token_expires_at"]) > datetime.now(UTC)

    listed = await edge.call("GET", "/api/me/decisions", token=token)
    assert [each["kind"] for each in listed.body["decisions"]] == ["close_account", "hold"]
    for method, path in (("GET", "/api/me"), ("GET", "/api/me/notices"), ("GET", "/api/orders")):
        assert (await edge.call(method, path, token=token)).status == 401
    assert (await edge.call("POST", "/api/me/sign-out-everywhere", {}, token=token)).status == 401
    path = f"/api/me/decisions/{action_id}/appeal"
    made = await edge.call("POST", path, {"words": "号被盗了"}, token=token)
    assert made.status == 201
    edge.clock.ahead = timedelta(minutes=31)
    assert (await edge.call("GET", "/api/me/decisions", token=token)).status == 401
    edge.clock.ahead = timedelta()

    assert (await answer(desk, made.body["appeal_id"], "uphold")).status == 200
    await edge.services.revocations.poll()
    assert (await edge.call("POST", "/api/sign-in", credentials)).status == 200


async def test_what_may_not_be_appealed_against(desk: Scene) -> None:
    action_id = await sanction(desk, "warn", desk.ids["viewer"])
    assert (await appeal(desk, action_id, who="host")).code == "not_found"  # about somebody else
    assert (await appeal(desk, str(uuid7()))).code == "not_found"
    assert (await appeal(desk, "none")).code == "not_found"
    assert (await appeal(desk, action_id, "长" * 2_001)).code == "invalid"
    await desk.undo(action_id)
    assert (await appeal(desk, action_id)).body["state"] == "undone"
    late = await sanction(desk, "warn", desk.ids["viewer"])
    desk.edge.clock.ahead = timedelta(days=21)
    token = desk.edge.services.tokens.issue(
        person_id=desk.ids["viewer"], name="Viewer", kind="member", now=desk.edge.clock()
    ).token
    answered = await desk.edge.call("POST", f"/api/me/decisions/{late}/appeal", {}, token=token)
    assert answered.body["state"] == "too_late"


async def test_an_appeal_that_waits_too_long_is_overdue_and_one_that_was_undone_waits_no_more(desk: Scene) -> None:
    first = await sanction(desk, "warn", desk.ids["viewer"])
    second = await sanction(desk, "warn", desk.ids["viewer"])
    for action_id in (first, second):
        await appeal(desk, action_id)
    page = await desk.get("second", "/api/moderation/appeals?limit=1")
    assert (page["open"], page["overdue"], page["appeals"][0]["action"]["action_id"]) == (2, 0, first)
    rest = await desk.get("second", f"/api/moderation/appeals?after={page['next_after']}")
    assert ([each["action"]["action_id"] for each in rest["appeals"]], rest["next_after"]) == ([second], None)
    await desk.undo(first)
    assert (await mine(desk, first))["appeal"]["state"] == "undone"
    late = datetime.now(UTC) + timedelta(hours=73)
    desk.edge.clock.ahead = timedelta(hours=73)
    token = desk.edge.services.tokens.issue(person_id=desk.ids["second"], name="Second", kind="moderator", now=late)
    overdue = (await desk.edge.call("GET", "/api/moderation/appeals", token=token.token)).body
    assert (overdue["open"], overdue["overdue"], overdue["appeals"][0]["overdue"]) == (1, 1, True)


async def test_of_two_answers_at_once_one_counts(desk: Scene) -> None:
    await desk.person("third", "moderator")
    action_id = await sanction(desk, "warn", desk.ids["viewer"])
    appeal_id = (await appeal(desk, action_id)).body["appeal_id"]
    answers = await asyncio.gather(
        answer(desk, appeal_id, "uphold", who="second"),
        answer(desk, appeal_id, "reject", who="third"),
        desk.undo(action_id, who="moderator"),
    )
    decided = [each.status for each in answers[:2]]
    assert sorted(decided) in ([200, 409], [409, 409])
    state = (await mine(desk, action_id))["appeal"]["state"]
    undone = (await mine(desk, action_id))["undone_at"] is not None
    assert undone == (answers[0].status == 200 or answers[2].status == 200)
    assert (state == "upheld") == (answers[0].status == 200)
    assert (state == "rejected") == (answers[1].status == 200)


BLOCKED = "加微信 apple8866 详聊"
"""Blocked by the filter alone: no person has seen it."""


async def test_what_the_filter_blocked_is_looked_at_by_a_person_who_is_asked_to(desk: Scene) -> None:
    assert isinstance(await desk.say("viewer", BLOCKED), Refused)
    assert await desk.queue() == []
    [decision] = (await desk.get("viewer", "/api/me/decisions"))["decisions"]
    assert (decision["by"], decision["kind"], decision["may_appeal"]) == ("filter", "block", True)
    made = await appeal(desk, decision["decision_id"], "这是我家苹果的牌子")
    assert (made.status, made.body["state"]) == (201, "open")
    assert (await appeal(desk, decision["decision_id"])).body["state"] == "appealed"
    [case] = await desk.queue()
    assert (case["action"], case["text"], case["on_screen"]) == ("block", BLOCKED, False)
    assert (case["appeal_words"], case["reports"], bool(case["rules"])) == ("这是我家苹果的牌子", [], True)
    mine_now = await mine(desk, decision["decision_id"])
    assert (mine_now["may_appeal"], mine_now["appeal"]["state"]) == (False, "open")
    assert mine_now["appeal"]["words"] == "这是我家苹果的牌子"
    assert (await desk.decide(case["case_id"], "approve", reason="是商标")).status == 200
    await desk.settle()
    assert await desk.lines() == [BLOCKED]
    answered = (await mine(desk, decision["decision_id"]))["appeal"]
    assert (answered["state"], answered["reason"], answered["answered_at"] is not None) == ("upheld", "是商标", True)


async def test_a_blocked_line_is_ones_own_to_appeal_for_and_not_without_end(desk: Scene) -> None:
    for number in range(6):
        await desk.say("viewer", f"{BLOCKED} {number}")
    blocked = [each["decision_id"] for each in (await desk.get("viewer", "/api/me/decisions"))["decisions"]]
    assert (await appeal(desk, blocked[0], who="host")).code == "not_found"
    codes = [(await appeal(desk, decision_id)).status for decision_id in blocked]
    assert codes == [201] * 5 + [429]
    [first, *_] = await desk.queue()
    assert (await desk.decide(first["case_id"], "remove")).status == 200
    assert (await mine(desk, first["case_id"]))["appeal"]["state"] == "rejected"
