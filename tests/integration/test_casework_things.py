"""The desk on cards, posts, titles and names, what viewers report, and who may do any of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from server.database.database import Database
from tests.api_people import new_product
from tests.casework_scene import FLAGGED, HELD, SLUG, Scene, open_desk
from tests.job_market import open_post

FLAGGED_NOTICE = "名师带班包过"
FLAGGED_TITLE = "扫码看更多"


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        yield scene


async def push(desk: Scene, title: str) -> dict[str, Any]:
    answer = await desk.call("host", "POST", f"/api/rooms/{SLUG}/cards", {"title": title}, key=f"card {title}")
    assert answer.status == 201, answer
    card: dict[str, Any] = answer.body
    return card


async def cards(desk: Scene) -> list[str]:
    room = await desk.get("viewer", f"/api/rooms/{SLUG}")
    return [card["title"] for card in room["cards"]]


async def report(desk: Scene, kind: str, target_id: object, *, who: str = "viewer", reason: str = "scam") -> Any:
    body = {"kind": kind, "target_id": str(target_id), "reason": reason, "note": "看着像骗子"}
    return await desk.call(who, "POST", f"/api/rooms/{SLUG}/reports", body)


async def test_a_flagged_card_is_queued_taken_down_and_shown_again(desk: Scene) -> None:
    await push(desk, "今晚八点")
    card = await push(desk, FLAGGED_NOTICE)
    [case] = await desk.queue("?kind=card")
    assert (case["target_id"], case["action"], case["text"]) == (card["card_id"], "flag", FLAGGED_NOTICE)
    assert case["card"]["title"] == FLAGGED_NOTICE
    assert case["subject"]["display_name"] == "Host"
    assert await desk.queue("?kind=line") == []

    removed = (await desk.decide(case["case_id"], "remove")).body
    assert await cards(desk) == ["今晚八点"]
    assert await desk.told("host") == ["card_removed"]
    pushed = await desk.call("host", "POST", f"/api/rooms/{SLUG}/cards", {"title": FLAGGED_NOTICE}, key="again")
    assert pushed.code == "removed"
    assert (await desk.undo(removed["actions"][0]["action_id"])).status == 200
    assert sorted(await cards(desk)) == sorted(["今晚八点", FLAGGED_NOTICE])
    assert await desk.told("host") == ["card_removed", "decision_undone"]
    assert (await desk.decide(case["case_id"], "approve")).body["state"] == "approved"
    assert await desk.told("host") == ["card_removed", "decision_undone"]  # it was shown all along


async def test_a_flagged_title_gives_way_to_a_plain_one_and_back(desk: Scene) -> None:
    answer = await desk.call("host", "PATCH", f"/api/rooms/{SLUG}", {"title": FLAGGED_TITLE})
    assert answer.status == 200
    [case] = await desk.queue()
    assert (case["kind"], case["target_id"]) == ("title", desk.room_id)

    async def title() -> str:
        async with desk.database.transaction(platform=True) as connection:
            found: str = await connection.fetchval("SELECT title FROM people.room WHERE slug = $1", SLUG)
        return found

    removed = (await desk.decide(case["case_id"], "remove")).body
    assert await title() == f"{SLUG} org"
    await desk.undo(removed["actions"][0]["action_id"])
    assert await title() == FLAGGED_TITLE


async def test_a_flagged_name_is_queued_and_hidden(desk: Scene) -> None:
    answer = await desk.edge.call(
        "POST",
        "/api/sign-up",
        {"login": "promoter", "display_name": "扫码看更多", "password": "correct horse battery"},
    )
    assert answer.status == 201
    [case] = await desk.queue("?kind=name")
    person_id = answer.body["person"]["person_id"]
    assert (case["target_id"], case["room"]) == (person_id, None)
    removed = (await desk.decide(case["case_id"], "remove")).body
    assert removed["subject"]["display_name"] == f"用户{person_id[-6:]}"
    await desk.undo(removed["actions"][0]["action_id"])
    [case] = await desk.queue("?kind=name")
    assert case["subject"]["display_name"] == "扫码看更多"


async def test_a_reported_line_is_one_case_however_many_report_it(desk: Scene) -> None:
    await desk.person("other")
    await desk.say("viewer", "加我好友看更多")
    comment_id = await desk.comment_id("加我好友看更多")
    first = await report(desk, "comment", comment_id, who="host")
    assert first.status == 201
    again = await report(desk, "comment", comment_id, who="host", reason="abuse")
    assert (again.status, again.body) == (201, first.body)
    assert (await report(desk, "comment", comment_id, who="other", reason="outside_contact")).status == 201
    [case] = await desk.queue()
    assert (case["action"], case["text"], case["on_screen"]) == ("report", "加我好友看更多", True)
    assert [each["reason"] for each in case["reports"]] == ["scam", "outside_contact"]
    assert (await report(desk, "comment", comment_id)).code == "not_allowed"  # one's own
    assert (await report(desk, "comment", uuid7(), who="other")).code == "not_found"

    await desk.decide(case["case_id"], "remove")
    await desk.settle()
    assert await desk.lines() == []
    # Of a line there is one case ever: a late report joins what was decided.
    await desk.person("late")
    assert (await report(desk, "comment", comment_id, who="late")).status == 201
    assert await desk.queue() == []


async def test_a_report_of_a_flagged_line_joins_its_case(desk: Scene) -> None:
    await desk.say("viewer", FLAGGED)
    await report(desk, "comment", await desk.comment_id(FLAGGED), who="host")
    [case] = await desk.queue()
    assert (case["action"], len(case["reports"]), bool(case["rules"])) == ("flag", 1, True)


async def test_cards_and_hosts_are_reported(desk: Scene) -> None:
    card = await push(desk, "今晚八点")
    assert (await report(desk, "card", card["card_id"])).status == 201
    assert (await report(desk, "host", desk.ids["host"])).status == 201
    assert (await report(desk, "host", desk.ids["viewer"])).code == "not_found"
    assert (await report(desk, "card", "no card")).code == "not_found"
    host, shown = await desk.queue()
    assert (host["kind"], host["subject"]["role"], shown["kind"]) == ("host", "host", "card")
    assert shown["card"]["title"] == "今晚八点"
    assert (await desk.decide(host["case_id"], "remove")).body["state"] == "removed"
    assert await desk.told("host") == ["report_upheld"]
    assert (await report(desk, "host", desk.ids["host"])).status == 201  # anew, after the first was decided
    assert [case["kind"] for case in await desk.queue()] == ["host", "card"]


async def test_nobody_reports_without_end(desk: Scene) -> None:
    for place in range(21):
        await push(desk, f"第{place}场")
    shown = (await desk.get("viewer", f"/api/rooms/{SLUG}"))["cards"]
    answers = [await report(desk, "card", card["card_id"]) for card in shown]
    assert [answer.status for answer in answers] == [201] * 20 + [429]
    assert answers[-1].body["retry_after_ms"] > 0


async def test_a_post_that_is_taken_down_takes_its_cards_with_it(desk: Scene) -> None:
    await desk.person("boss")
    await desk.edge.open_room(desk.tokens["boss"], "fair", "jobs")
    room = await desk.edge.services.rooms.room_by_slug("fair")
    assert room is not None
    post = await open_post(desk.edge, desk.tokens["boss"], room.org_id, description="扫码进群领福利")
    job_id = post["job_id"]
    pushed = await desk.call("boss", "POST", "/api/rooms/fair/cards", {"job_id": job_id}, key="job")
    assert pushed.status == 201, pushed
    [case] = await desk.queue("?kind=post")
    assert (case["target_id"], case["subject"]["role"], case["room"]) == (job_id, "employer", None)
    marked = case["spans"][0]
    assert "扫码" in case["text"][marked[0] : marked[1]]

    async def shown() -> list[str]:
        return [card["title"] for card in (await desk.get("viewer", "/api/rooms/fair"))["cards"]]

    assert await shown() == [post["title"]]
    removed = (await desk.decide(case["case_id"], "remove")).body
    assert await shown() == []
    assert (await desk.call("viewer", "GET", f"/api/jobs/{job_id}")).code == "not_found"
    assert await desk.told("boss") == ["post_removed"]
    assert (await desk.undo(removed["actions"][0]["action_id"])).status == 200
    assert await shown() == [post["title"]]
    assert (await desk.get("viewer", f"/api/jobs/{job_id}"))["title"] == post["title"]


async def test_a_product_that_is_taken_down_takes_its_cards_with_it(desk: Scene) -> None:
    room = await desk.edge.services.rooms.room_by_slug(SLUG)
    assert room is not None
    product = await desk.call("host", "POST", "/api/products", new_product(str(room.org_id)), key="apples")
    product_id = product.body["product_id"]
    await desk.call("host", "POST", f"/api/rooms/{SLUG}/cards", {"product_id": product_id}, key="apples on screen")
    changed = await desk.call("host", "PATCH", f"/api/products/{product_id}", {"description": FLAGGED_NOTICE})
    assert changed.status == 200, changed
    [case] = await desk.queue()
    assert (case["kind"], case["target_id"]) == ("product", product_id)
    removed = (await desk.decide(case["case_id"], "remove")).body
    assert await cards(desk) == []
    refused = await desk.call("host", "POST", f"/api/rooms/{SLUG}/cards", {"product_id": product_id}, key="again")
    assert refused.code == "not_on_sale"
    await desk.undo(removed["actions"][0]["action_id"])
    assert await cards(desk) == ["红富士苹果"]


async def test_the_queue_comes_in_pages_by_room_and_state(desk: Scene) -> None:
    for _ in range(3):
        await desk.say("viewer", HELD)
    page = await desk.get("moderator", "/api/moderation/queue?limit=2")
    assert (len(page["cases"]), page["open"]) == (2, 3)
    rest = await desk.get("moderator", f"/api/moderation/queue?limit=2&before={page['next_before']}")
    assert (len(rest["cases"]), rest["next_before"]) == (1, None)
    await desk.decide(rest["cases"][0]["case_id"], "approve")
    assert [case["state"] for case in await desk.queue("?state=done")] == ["approved"]
    assert len(await desk.queue(f"?slug={SLUG}")) == 2
    assert await desk.queue("?slug=elsewhere") == []
    assert (await desk.call("moderator", "GET", "/api/moderation/queue?state=lost")).code == "invalid"
    case_id = rest["cases"][0]["case_id"]
    assert (await desk.get("moderator", f"/api/moderation/cases/{case_id}"))["state"] == "approved"
    assert (await desk.call("moderator", "GET", f"/api/moderation/cases/{uuid7()}")).code == "not_found"


async def test_nobody_but_moderators_of_the_platform_reaches_the_desk(desk: Scene) -> None:
    await desk.person("guard")
    await desk.edge.services.rooms.set_room_role(UUID(desk.room_id), desk.ids["guard"], "moderator")
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    for who in ("viewer", "host", "guard"):
        for path in ("queue", "log", f"cases/{case['case_id']}"):
            assert (await desk.call(who, "GET", f"/api/moderation/{path}")).code == "not_allowed"
        assert (await desk.decide(case["case_id"], "approve", who=who)).code == "not_allowed"
        assert (await desk.undo(str(uuid7()), who=who)).code == "not_allowed"
    # A moderator who speaks does not judge that line.
    await desk.say("moderator", HELD)
    own = (await desk.queue())[0]
    assert own["subject"]["display_name"] == "Moderator"
    assert (await desk.decide(own["case_id"], "approve")).code == "not_allowed"


async def test_an_erased_person_leaves_decisions_that_count_and_no_words(desk: Scene) -> None:
    await desk.say("viewer", "我说过这些")
    await desk.say("viewer", HELD)
    await desk.say("host", HELD)
    hosts, viewers = await desk.queue()
    await desk.decide(viewers["case_id"], "remove")
    async with desk.database.transaction(platform=True) as connection:
        await connection.execute("SELECT moderation.forget_person($1)", desk.ids["viewer"])
    [kept] = await desk.queue("?state=done")
    assert (kept["text"], kept["spans"], kept["actions"][0]["text"]) == ("", [], "")
    assert kept["actions"][0]["kind"] == "remove"
    [other] = await desk.queue()
    assert other["case_id"] == hosts["case_id"]
    assert other["text"] == HELD
    assert [(line["name"], line["text"]) for line in other["around"]] == [("", ""), ("Host", HELD)]
