"""The desk on lines of chat: what is held is released into its room, what is removed leaves it, and each is undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from server.database.database import Database
from server.live.topics import Refused, Said
from tests.casework_scene import FLAGGED, HELD, SLUG, Scene, open_desk
from tests.waiting import eventually


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        yield scene


async def test_a_held_line_is_released_into_its_room_and_taken_back_by_undoing_that(desk: Scene) -> None:
    await desk.say("viewer", "大家好")
    refused = await desk.say("viewer", HELD)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.facts["action"]) == ("filtered", "hold")

    [case] = await desk.queue()
    assert (case["kind"], case["action"], case["text"], case["state"]) == ("line", "hold", HELD, "open")
    assert case["on_screen"] is False
    assert case["room"]["slug"] == SLUG
    assert case["subject"]["display_name"] == "Viewer"
    assert [rule["id"] for rule in case["rules"]] == ["OC006", "OC003"]
    start, end, rule_id = case["spans"][0]
    assert HELD[start:end]
    assert rule_id in ("OC006", "OC003")
    assert [line["text"] for line in case["around"]] == ["大家好", HELD]

    answer = await desk.decide(case["case_id"], "approve", reason="他在说别的")
    assert answer.status == 200
    assert (answer.body["state"], answer.body["on_screen"]) == ("approved", True)
    assert answer.body["screen_id"] == case["target_id"]
    [action] = answer.body["actions"]
    assert (action["kind"], action["actor_name"], action["reason"]) == ("approve", "Moderator", "他在说别的")
    await desk.settle()
    assert await desk.lines() == ["大家好", HELD]
    assert await desk.told("viewer") == ["line_held", "line_approved"]
    assert (await desk.notices("viewer"))[0]["facts"]["reason"] == "他在说别的"

    undone = await desk.undo(action["action_id"])
    assert (undone.status, undone.body["undone_by_name"]) == (200, "Moderator")
    await desk.settle()
    assert await desk.lines() == ["大家好"]
    [again] = await desk.queue()
    assert (again["case_id"], again["state"]) == (case["case_id"], "open")
    assert await desk.told("viewer") == ["line_held", "line_approved", "decision_undone"]

    # Approved once more it comes back under an id that no screen has seen taken down.
    await desk.decide(case["case_id"], "approve")
    await desk.settle()
    assert await desk.lines() == ["大家好", HELD]
    assert await desk.comment_id(HELD) != case["target_id"]


async def test_a_flagged_line_is_removed_and_put_back(desk: Scene) -> None:
    assert isinstance(await desk.say("viewer", FLAGGED), Said)
    [case] = await desk.queue()
    assert (case["action"], case["on_screen"]) == ("flag", True)
    shown_as = await desk.comment_id(FLAGGED)

    removed = await desk.decide(case["case_id"], "remove", reason="骗钱的话")
    assert (removed.body["state"], removed.body["on_screen"]) == ("removed", False)
    await desk.settle()
    assert await desk.lines() == []
    [notice] = await desk.notices("viewer")
    assert notice["kind"] == "line_removed"
    assert notice["facts"]["rules"][0]["article"]["zh"]
    assert (notice["facts"]["text"], notice["facts"]["reason"]) == (FLAGGED, "骗钱的话")

    await desk.undo(removed.body["actions"][0]["action_id"])
    await desk.settle()
    assert await desk.lines() == [FLAGGED]
    back_as = await desk.comment_id(FLAGGED)
    assert back_as != shown_as

    # Its host may take it down under its new id; the desk's log has both, and a moderator may undo the host.
    answer = await desk.call("host", "POST", f"/api/rooms/{SLUG}/comments/{back_as}/removal", {"reason": "烦"})
    assert answer.status == 204
    assert await desk.lines() == []
    log = (await desk.get("moderator", "/api/moderation/log"))["actions"]
    assert [(entry["kind"], entry["actor_role"]) for entry in log] == [("remove", "host"), ("remove", "moderator")]
    assert log[1]["undone_at"] is not None
    assert (await desk.undo(log[0]["action_id"])).status == 200
    await desk.settle()
    assert await desk.lines() == [FLAGGED]
    [open_case] = await desk.queue()
    assert open_case["on_screen"] is True
    assert await desk.told("viewer") == ["line_removed", "decision_undone", "line_removed", "decision_undone"]


async def test_of_two_moderators_the_second_is_told_what_stands(desk: Scene) -> None:
    await desk.person("second", "moderator")
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    answers = await asyncio.gather(
        desk.decide(case["case_id"], "approve"), desk.decide(case["case_id"], "remove", who="second")
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    lost = next(answer for answer in answers if answer.status == 409)
    won = next(answer for answer in answers if answer.status == 200)
    assert lost.code == "wrong_state"
    assert lost.body["decision"]["kind"] == won.body["actions"][0]["kind"]
    assert lost.body["state"] == won.body["state"]

    action_id = won.body["actions"][0]["action_id"]
    undone = await asyncio.gather(desk.undo(action_id), desk.undo(action_id, who="second"))
    assert sorted(answer.status for answer in undone) == [200, 409]
    [case] = await desk.queue()
    assert len(case["actions"]) == 1


async def test_a_release_outlives_its_rooms_owner_and_is_done_once(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    await desk.kill_owner()
    assert (await desk.decide(case["case_id"], "approve")).status == 200  # acknowledged while nobody owns the room
    assert await desk.relay.step(datetime.now(UTC)) is False
    assert desk.relay.failed == 1
    await desk.new_owner()
    later = datetime.now(UTC) + timedelta(seconds=60)
    assert await desk.relay.step(later) is True
    assert await desk.lines() == [HELD]
    assert await desk.relay.step(later) is False

    # The clerk that died between telling the owner and writing that down tells it again: nothing changes.
    async with desk.database.transaction(platform=True) as connection:
        await connection.execute("UPDATE moderation.effect SET done_at = NULL WHERE kind = 'release'")
    await desk.relay.step(later)
    assert await desk.lines() == [HELD]


async def test_effects_of_a_room_keep_their_order_while_its_owner_is_away(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    await desk.kill_owner()
    approved = await desk.decide(case["case_id"], "approve")
    await desk.relay.step(datetime.now(UTC))
    await desk.undo(approved.body["actions"][0]["action_id"])
    assert await desk.relay.step(datetime.now(UTC)) is False  # the second is not done before the first
    await desk.new_owner()
    later = datetime.now(UTC) + timedelta(seconds=60)
    while await desk.relay.step(later):
        pass
    assert await desk.lines() == []


async def test_what_was_said_afterwards_is_kept_with_the_case(desk: Scene) -> None:
    for place in range(7):
        await desk.say("viewer", f"前面的话{place}")
    await desk.say("viewer", HELD)
    for place in range(7):
        await desk.say("viewer", f"后面的话{place}")
    await desk.relay.step(datetime.now(UTC) + timedelta(seconds=20))
    [case] = await desk.queue()
    assert [line["text"] for line in case["around"]] == [
        *(f"前面的话{place}" for place in range(2, 7)),
        HELD,
        *(f"后面的话{place}" for place in range(5)),
    ]


async def test_the_relay_wakes_at_once_when_something_was_decided(desk: Scene) -> None:
    serving = asyncio.get_running_loop().create_task(desk.relay.serve())
    try:
        await desk.say("viewer", HELD)
        [case] = await desk.queue()
        await desk.decide(case["case_id"], "approve")
        await eventually(lambda: desk.relay.done == 1, timeout_s=10)
        assert await desk.lines() == [HELD]
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
