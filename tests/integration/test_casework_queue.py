"""The queue: by urgency, the same as one, filtered, claimed; kept views and figures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from server.database.database import Database
from server.live.topics import PresenceReport, encoder, room_in
from tests.casework_scene import FLAGGED, HELD, SLUG, Scene, open_desk
from tests.http_edge import Answer
from tests.waiting import eventually


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        await scene.person("second", "moderator")
        yield scene


async def claim(desk: Scene, case_id: str, *, who: str = "moderator") -> Answer:
    return await desk.call(who, "POST", f"/api/moderation/cases/{case_id}/claim", {})


async def watched_by(desk: Scene, viewers: int) -> None:
    report = PresenceReport("edge", viewers, 0)
    desk.worker.bus.publish(room_in(desk.room_id), encoder.encode(report))
    room = desk.worker.owner._hosted[desk.room_id]
    await eventually(lambda: room.room is not None and room.room.viewers == viewers)


async def test_the_most_urgent_comes_first_and_newest_first_is_kept(desk: Scene) -> None:
    await desk.say("viewer", FLAGGED)
    await desk.lines()
    await watched_by(desk, 900)
    await desk.say("viewer", f"{FLAGGED}啊")
    await desk.say("viewer", HELD)  # seen by nobody
    newest = await desk.queue()
    assert [case["text"] for case in newest] == [HELD, f"{FLAGGED}啊", FLAGGED]
    assert [case["audience"] for case in newest] == [900, 900, 0]
    urgent = await desk.queue("?order=risk")
    assert urgent[0]["text"] == f"{FLAGGED}啊"
    assert [case["priority"] for case in urgent] == sorted((case["priority"] for case in urgent), reverse=True)
    page = await desk.get("moderator", "/api/moderation/queue?order=risk&limit=1")
    rest = await desk.get("moderator", f"/api/moderation/queue?order=risk&before={page['next_before']}")
    assert [case["case_id"] for case in (*page["cases"], *rest["cases"])] == [case["case_id"] for case in urgent]
    assert rest["next_before"] is None


async def test_what_many_say_is_one_entry_and_is_decided_at_once(desk: Scene) -> None:
    said = {"first": HELD, "other": f"{HELD}!!", "third": f"{HELD} ~"}
    for who, text in said.items():
        await desk.person(who)
        await desk.say(who, text)
    await desk.say("moderator", HELD)  # one's own words are another's to judge
    await desk.say("viewer", FLAGGED)
    assert len(await desk.queue()) == 5
    entries = await desk.queue("?order=risk&action=hold")
    assert [entry["alike"] for entry in entries] == [4]
    if entries[0]["subject"]["display_name"] == "Moderator":
        entries = [case for case in await desk.queue("?action=hold") if case["subject"]["display_name"] == "First"]
    path = f"/api/moderation/cases/{entries[0]['case_id']}/decision"
    body = {"decision": "remove", "reason": "夸大", "decide_alike": True}
    decided = (await desk.call("moderator", "POST", path, body)).body
    assert (decided["state"], decided["decided_alike"], decided["alike"]) == ("removed", 2, 1)
    left = await desk.queue()
    assert sorted(case["subject"]["display_name"] for case in left) == ["Moderator", "Viewer"]
    for who in said:
        assert await desk.told(who) == ["line_held", "line_removed"]
        [mine] = [each for each in (await desk.get(who, "/api/me/decisions"))["decisions"] if each["kind"] == "remove"]
        assert mine["may_appeal"]

    along = decided["alike_action_ids"]
    assert len(along) == 2
    for action_id in (*along, decided["actions"][-1]["action_id"]):
        assert (await desk.undo(action_id)).status == 200
        assert (await desk.undo(action_id)).code == "wrong_state"
    assert len(await desk.queue()) == 5


async def test_what_somebody_else_works_on_is_not_decided_along(desk: Scene) -> None:
    await desk.person("other")
    await desk.say("viewer", HELD)
    await desk.say("other", HELD)
    newer, older = await desk.queue()
    assert (await claim(desk, newer["case_id"], who="second")).status == 200
    path, body = f"/api/moderation/cases/{older['case_id']}/decision", {"decision": "remove", "decide_alike": True}
    assert (await desk.call("moderator", "POST", path, body)).body["decided_alike"] == 0
    assert [case["case_id"] for case in await desk.queue()] == [newer["case_id"]]


async def test_who_claims_a_case_decides_it_and_others_wait(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    assert (case["claimed_by"], case["claimed_until"]) == (None, None)
    claimed = await claim(desk, case["case_id"])
    assert (claimed.status, claimed.body["claimed_by_name"]) == (200, "Moderator")
    again = await claim(desk, case["case_id"])
    assert again.body["claimed_until"] >= claimed.body["claimed_until"]
    refused = await claim(desk, case["case_id"], who="second")
    assert (refused.code, refused.body["claimed_by_name"]) == ("claimed", "Moderator")
    [case] = await desk.queue()
    assert (case["claimed_by"], case["claimed_by_name"]) == (str(desk.ids["moderator"]), "Moderator")
    assert (await desk.decide(case["case_id"], "remove", who="second")).code == "claimed"

    release = f"/api/moderation/cases/{case['case_id']}/claim"
    assert (await desk.call("second", "DELETE", release)).status == 204  # not one's own: nothing changes
    assert (await claim(desk, case["case_id"], who="second")).code == "claimed"
    assert (await desk.call("moderator", "DELETE", release)).status == 204
    assert (await claim(desk, case["case_id"], who="second")).status == 200
    desk.edge.clock.ahead = timedelta(minutes=2, seconds=1)  # and forgets about it
    assert (await desk.decide(case["case_id"], "remove")).status == 200
    assert (await claim(desk, case["case_id"])).body["state"] == "removed"
    assert (await claim(desk, str(uuid7()))).code == "not_found"


async def test_of_two_who_claim_at_once_one_has_it(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    both = await asyncio.gather(*(claim(desk, case["case_id"], who=who) for who in ("moderator", "second")))
    assert sorted(answer.status for answer in both) == [200, 409]


async def test_the_queue_is_filtered(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    await desk.say("viewer", FLAGGED)
    held, flagged = (await desk.queue("?action=hold"))[0], (await desk.queue("?action=flag"))[0]
    rule = held["rules"][0]["id"]
    for order in ("risk", "newest"):
        assert [case["text"] for case in await desk.queue(f"?order={order}&rule={rule}")] == [HELD]
        assert await desk.queue(f"?order={order}&kind=card") == []
        assert await desk.queue(f"?order={order}&slug=nowhere") == []
        assert len(await desk.queue(f"?order={order}&slug={SLUG}&kind=line&older_than_s=0")) == 2
        assert await desk.queue(f"?order={order}&older_than_s=3600") == []
    assert flagged["text"] == FLAGGED
    for wrong in ("order=oldest", "older_than_s=-1", "rule=a%20b", "action=mask"):
        assert (await desk.call("moderator", "GET", f"/api/moderation/queue?{wrong}")).code == "invalid"
    assert (await desk.queue("?order=risk&state=done")) == []


async def test_views_are_kept_for_each_moderator(desk: Scene) -> None:
    path = "/api/moderation/views"
    assert (await desk.get("moderator", path))["views"] == []
    views = [{"name": "直播间", "slug": SLUG, "order": "newest"}, {"name": "等了很久", "older_than_s": 600}]
    kept = await desk.call("moderator", "PUT", path, {"views": views})
    assert kept.status == 200
    assert [view["name"] for view in kept.body["views"]] == ["直播间", "等了很久"]
    assert (await desk.get("moderator", path)) == kept.body
    assert (await desk.get("second", path))["views"] == []
    assert (await desk.call("moderator", "PUT", path, {"views": [*views, views[0]]})).code == "invalid"
    many = [{"name": f"view {number}"} for number in range(21)]
    assert (await desk.call("moderator", "PUT", path, {"views": many})).code == "invalid"
    assert (await desk.call("moderator", "PUT", path, {"views": []})).body == {"views": []}


async def test_the_figures_say_how_the_desk_does(desk: Scene) -> None:
    empty = await desk.get("moderator", "/api/moderation/figures")
    assert (empty["open"], empty["oldest_s"], empty["by_kind"], empty["undone_share"]) == (0, None, [], None)
    for _ in range(3):
        await desk.say("viewer", HELD)
    waiting = [case["case_id"] for case in await desk.queue()]
    removed = (await desk.decide(waiting[0], "remove")).body
    await desk.decide(waiting[1], "approve", who="second")
    await desk.undo(removed["actions"][0]["action_id"])
    figures: dict[str, Any] = await desk.get("moderator", "/api/moderation/figures")
    assert (figures["open"], figures["decided"], figures["undone"], figures["undone_share"]) == (2, 2, 1, 0.5)
    [lines] = figures["by_kind"]
    assert (lines["kind"], lines["open"], lines["day"]["decided"], lines["week"]["decided"]) == ("line", 2, 2, 2)
    assert 0 <= lines["day"]["median_s"] <= lines["day"]["p90_s"] < 60
    assert {each["name"]: each["day"] for each in figures["moderators"]} == {"Moderator": 1, "Second": 1}
    assert figures["appeals"] == {"upheld": 0, "rejected": 0, "open": 0, "overdue": 0}
    assert figures["second_looks"] == {"looked": 0, "disagreed": 0}
    assert 0 <= figures["oldest_s"] < 60
