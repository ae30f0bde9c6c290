"""What a room's own people take down is counted for everybody, and complaints that vanish are somebody's case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from server.database.database import Database
from server.people.rooms import MODERATOR
from tests.casework_scene import FLAGGED, SLUG, Scene, open_desk

COMPLAINTS = ("五斤苹果烂了两斤", "大家别信他家")


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        await scene.person("guard")
        rooms = scene.edge.services.rooms
        assert await rooms.set_room_role(UUID(scene.room_id), scene.ids["guard"], MODERATOR) is None
        yield scene


async def take_down(desk: Scene, text: str, *, who: str = "host", says: str = "viewer") -> None:
    await desk.say(says, text)
    comment_id = await desk.comment_id(text)
    path = f"/api/rooms/{SLUG}/comments/{comment_id}/removal"
    assert (await desk.call(who, "POST", path, {"reason": "不好听"})).status == 204
    await desk.settle()


async def counts(desk: Scene) -> dict[str, Any]:
    answer = await desk.edge.call("GET", f"/api/rooms/{SLUG}/deletions")  # by anybody
    assert answer.status == 200
    told: dict[str, Any] = answer.body
    return told


async def by(desk: Scene, role: str) -> tuple[int, int, int, int]:
    row = next(each for each in (await counts(desk))["by"] if each["by"] == role)
    return row["total"], row["complaint"], row["filtered"], row["other"]


async def test_a_host_who_takes_complaints_down_is_a_case_and_the_lines_come_back(desk: Scene) -> None:
    for text in COMPLAINTS:
        await take_down(desk, text)
    [case] = await desk.queue()
    assert (case["kind"], case["subject"]["display_name"], case["room"]["slug"]) == ("suppression", "Host", SLUG)
    assert case["text"] == "\n".join(COMPLAINTS)
    assert await desk.lines() == []
    removed = await desk.decide(case["case_id"], "remove", reason="差评不能删")
    assert removed.status == 200
    await desk.settle()
    assert sorted(await desk.lines()) == sorted(COMPLAINTS)
    assert (await desk.told("host")) == ["suppression_upheld"]
    assert (await desk.told("viewer")) == ["line_removed", "line_removed", "decision_undone", "decision_undone"]
    told = await counts(desk)
    assert (told["total"], told["put_back"]) == (2, 2)
    [case] = await desk.queue("?state=done")
    assert (case["subject"]["points"], case["state"]) == (1.0, "removed")


async def test_a_room_moderator_does_so_in_the_hosts_name(desk: Scene) -> None:
    await take_down(desk, COMPLAINTS[0], who="guard")
    [case] = await desk.queue("?kind=suppression")
    assert case["subject"]["display_name"] == "Host"
    assert (await desk.decide(case["case_id"], "approve")).status == 200
    await desk.settle()
    assert await desk.lines() == []
    assert await desk.told("host") == []
    await take_down(desk, COMPLAINTS[1], who="guard")
    [again] = await desk.queue("?kind=suppression")
    assert (again["text"], again["case_id"] != case["case_id"]) == (COMPLAINTS[1], True)


async def test_what_is_taken_down_is_counted_by_who_and_what_it_looked_like(desk: Scene) -> None:
    await take_down(desk, "主播唱得真难听")
    await take_down(desk, COMPLAINTS[0])
    await take_down(desk, FLAGGED, who="guard")
    await take_down(desk, COMPLAINTS[1], who="moderator")
    await take_down(desk, "今天退款的都来找我", who="host", says="host")  # one's own words are one's own
    assert await by(desk, "host") == (3, 2, 0, 1)
    assert await by(desk, "room_moderator") == (1, 0, 1, 0)
    assert await by(desk, "moderator") == (1, 1, 0, 0)
    told = await counts(desk)
    assert (told["total"], told["put_back"]) == (5, 0)
    [case] = await desk.queue("?kind=suppression")
    assert case["text"] == COMPLAINTS[0]  # what a moderator of the platform takes down is no suppression
    assert (await desk.edge.call("GET", "/api/rooms/nowhere/deletions")).code == "not_found"


async def test_the_counts_outlive_who_said_it_and_the_words_do_not(desk: Scene) -> None:
    await take_down(desk, COMPLAINTS[0])
    async with desk.database.transaction(platform=True) as connection:
        await connection.execute("SELECT moderation.forget_person($1)", desk.ids["viewer"])
    assert await by(desk, "host") == (1, 1, 0, 0)
    [case] = await desk.queue("?kind=suppression")
    assert case["text"] == ""
    assert (await desk.decide(case["case_id"], "remove")).status == 200
