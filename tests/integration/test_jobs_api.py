"""Posts, résumés and applications over the API: what each side sees and does, and what nobody else can."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from commerce.jobs.drafts import REQUIRED
from server.api.schemas.jobs import (
    ApplicantDetail,
    ApplicantList,
    JobView,
    MyApplicationList,
    MyApplicationView,
    MyResumeView,
    PostList,
    PostView,
)
from server.database.database import Database
from tests.http_edge import Answer, Edge, open_edge
from tests.job_market import KEPT_RESUME, PHONE, POST, RESUME, applied, apply, open_org, open_post, seeker

FEE = "入职前交押金 500 元,干满三个月退"


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


def fits(answer: Answer, kind: type) -> Any:
    """The answer's body, which is what the API's description says."""
    assert answer.status < 300, answer
    msgspec.convert(answer.body, kind)
    return answer.body


# ---- Posts ---------------------------------------------------------------------------------------------------------


async def test_a_draft_becomes_a_post_once_nothing_is_missing(edge: Edge) -> None:
    boss = await edge.sign_up("boss")
    org_id = await open_org(edge, boss)
    body = {"org_id": str(org_id), "title": "装配工", "draft": True}
    draft = fits(await edge.call("POST", "/api/jobs", body, token=boss, key="k1"), PostView)
    assert (draft["state"], draft["headcount"], draft["expired"]) == ("draft", None, False)
    path = f"/api/jobs/{draft['job_id']}"
    assert (await edge.call("GET", path)).code == "not_found"
    lacking = await edge.call("POST", f"{path}/publish", token=boss)
    assert (lacking.code, lacking.body["fields"]) == (
        "invalid",
        dict.fromkeys(set(REQUIRED) - {"title"}, "missing"),
    )
    part = {name: POST[name] for name in ("employer", "headcount", "place", "employment", "description")}
    assert fits(await edge.call("PATCH", path, part, token=boss), PostView)["headcount"] == 30
    fits(await edge.call("PATCH", path, POST, token=boss), PostView)
    published = fits(await edge.call("POST", f"{path}/publish", token=boss), PostView)
    assert (published["state"], published["applications"]) == ("open", 0)
    shown = fits(await edge.call("GET", path), JobView)
    assert {name: shown[name] for name in POST} == POST | {"valid_until": "2099-01-01T00:00:00+00:00"}
    assert "applications" not in shown
    assert (await edge.call("POST", f"{path}/publish", token=boss)).code == "wrong_state"
    assert fits(await edge.call("GET", f"/api/orgs/{org_id}/posts", token=boss), PostList)["posts"] == [published]


async def test_an_open_post_stays_whole_and_a_field_may_be_cleared_in_a_draft_alone(edge: Edge) -> None:
    boss = await edge.sign_up("boss")
    org_id = await open_org(edge, boss)
    post = await open_post(edge, boss, org_id)
    path = f"/api/jobs/{post['job_id']}"
    cleared = await edge.call("PATCH", path, {"headcount": None, "title": " "}, token=boss)
    assert cleared.body["fields"] == {"headcount": "missing", "title": "missing"}
    below = await edge.call("PATCH", path, {"pay_max_minor": 390_000, "pay_min_minor": 370_000}, token=boss)
    assert below.body["fields"] == {"pay_min_minor": "below_base", "pay_max_minor": "below_base"}
    draft = await open_post(edge, boss, org_id, draft=True)
    emptied = await edge.call("PATCH", f"/api/jobs/{draft['job_id']}", {"headcount": None}, token=boss)
    assert fits(emptied, PostView)["headcount"] is None


async def test_text_that_asks_for_money_is_blocked_with_its_reason(edge: Edge) -> None:
    boss = await edge.sign_up("boss")
    org_id = await open_org(edge, boss)
    body = POST | {"org_id": str(org_id), "description": FEE}
    refused = await edge.call("POST", "/api/jobs", body, token=boss, key="k1")
    assert (refused.status, refused.code) == (422, "filtered")
    assert refused.body["text"] == FEE
    assert "JS001" in {rule["rule_id"] for rule in refused.body["rules"]}
    assert "押金" in refused.body["reason_zh"]
    assert refused.body["reason_en"]
    draft = fits(await edge.call("POST", "/api/jobs", body | {"draft": True}, token=boss, key="k1"), PostView)
    path = f"/api/jobs/{draft['job_id']}"
    assert (await edge.call("POST", f"{path}/publish", token=boss)).code == "filtered"
    fits(await edge.call("PATCH", path, {"description": POST["description"]}, token=boss), PostView)
    fits(await edge.call("POST", f"{path}/publish", token=boss), PostView)
    assert (await edge.call("PATCH", path, {"requirements": [FEE]}, token=boss)).code == "filtered"
    assert fits(await edge.call("GET", path), JobView)["requirements"] == POST["requirements"]


async def test_cards_follow_their_post_and_leave_with_it(edge: Edge) -> None:
    boss = await edge.sign_up("boss")
    room = await edge.open_room(boss, "fair", "jobs")
    found = await edge.services.rooms.room_by_id(room.room_id)
    assert found is not None
    post = await open_post(edge, boss, found.org_id)
    card = await edge.call("POST", "/api/rooms/fair/cards", {"job_id": post["job_id"]}, token=boss, key="k")
    assert card.body["base_pay"] == {"min_minor": 380_000, "max_minor": 400_000, "currency": "CNY", "unit": "month"}
    fits(await edge.call("PATCH", f"/api/jobs/{post['job_id']}", {"title": "质检员"}, token=boss), PostView)
    [shown] = (await edge.call("GET", "/api/rooms/fair")).body["cards"]
    assert (shown["title"], shown["valid_until"]) == ("质检员", "2099-01-01T00:00:00+00:00")
    fits(await edge.call("POST", f"/api/jobs/{post['job_id']}/withdraw", token=boss), PostView)
    assert (await edge.call("GET", "/api/rooms/fair")).body["cards"] == []
    async with edge.services.database.transaction(platform=True) as connection:
        told = await connection.fetch("SELECT payload FROM commerce.outbox WHERE topic LIKE 'room.%' ORDER BY id")
    versions = [item[1] for row in told for item in row["payload"]["items"]]
    assert versions == [1, 2, 3]
    assert told[-1]["payload"]["items"][0][2] is None


# ---- Résumés -------------------------------------------------------------------------------------------------------


async def test_a_resume_is_kept_replaced_and_forgotten(edge: Edge) -> None:
    token = await edge.sign_up("wang")
    assert (await edge.call("GET", "/api/me/resume", token=token)).code == "not_found"
    empty = await edge.call("PUT", "/api/me/resume", {"phone": "12"}, token=token)
    assert empty.body["fields"] == {"name": "missing", "city": "missing", "phone": "phone"}
    kept = fits(await edge.call("PUT", "/api/me/resume", RESUME, token=token), MyResumeView)
    assert kept.pop("updated_at")
    assert kept == KEPT_RESUME
    fits(await edge.call("PUT", "/api/me/resume", RESUME | {"city": "杭州"}, token=token), MyResumeView)
    assert (await edge.call("GET", "/api/me/resume", token=token)).body["city"] == "杭州"
    assert (await edge.call("DELETE", "/api/me/resume", token=token)).status == 204
    assert (await edge.call("DELETE", "/api/me/resume", token=token)).code == "not_found"


async def test_the_columns_read_from_the_database_say_nothing(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    post = await open_post(edge, boss, await open_org(edge, boss))
    await applied(edge, wang, post["job_id"], message="我周三可以来面试")
    secrets = [
        text for text in (PHONE, *RESUME.values(), "我周三可以来面试") if isinstance(text, str) and len(text) > 1
    ]
    async with edge.services.database.transaction(platform=True) as connection:
        tables = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('commerce', 'people')"
        )
        for (table,) in tables:
            rows = await connection.fetch(f"SELECT t::text FROM {table} t")
            for row in rows:
                hexed = {text.encode().hex() for text in secrets}
                assert not any(secret in row[0] for secret in secrets if secret != "苏州"), (table, row[0])
                assert not any(secret in row[0] for secret in hexed), (table, row[0])


# ---- Applying ------------------------------------------------------------------------------------------------------


async def test_applying_once_and_what_stands_in_the_way(edge: Edge) -> None:
    boss, wang, bare = await edge.sign_up("boss"), await seeker(edge, "wang"), await edge.sign_up("bare")
    room = await edge.open_room(boss, "fair", "jobs")
    found = await edge.services.rooms.room_by_id(room.room_id)
    assert found is not None
    post = await open_post(edge, boss, found.org_id)
    job_id = post["job_id"]
    assert (await apply(edge, bare, job_id)).code == "resume_missing"
    assert (await apply(edge, wang, str(uuid4()))).code == "not_found"
    assert (await apply(edge, wang, job_id, room_slug="nowhere")).code == "not_found"
    assert (await apply(edge, wang, job_id, message="加我微信 abc12345 领红包")).code == "filtered"
    card = await edge.call("POST", "/api/rooms/fair/cards", {"job_id": job_id}, token=boss, key="k")
    wish = {"room_slug": "fair", "card_id": card.body["card_id"], "message": "能住宿吗"}
    first = await apply(edge, wang, job_id, **wish)
    mine = fits(first, MyApplicationView)
    assert first.status == 201
    assert (mine["state"], mine["room_slug"], mine["message"], mine["phone_shared"]) == (
        "submitted",
        "fair",
        "能住宿吗",
        False,
    )
    assert mine["pay"] == {name: post[name] for name in ("pay_min_minor", "pay_max_minor", "currency", "pay_unit")}
    assert [step["state"] for step in mine["history"]] == ["submitted"]
    again = await apply(edge, wang, job_id, **wish)
    assert (again.status, fits(again, MyApplicationView)) == (201, mine | {"seen": []})
    assert (await apply(edge, wang, job_id, **wish | {"message": "另一句"})).code == "idempotency_mismatch"
    other_key = await apply(edge, wang, job_id, key="k2", **wish)
    assert (other_key.status, other_key.code) == (409, "already_applied")
    assert other_key.body["application_id"] == mine["application_id"]
    listed = fits(await edge.call("GET", "/api/me/applications", token=wang), MyApplicationList)
    assert listed["applications"] == [mine]
    posts = await edge.call("GET", f"/api/orgs/{found.org_id}/posts", token=boss)
    assert posts.body["posts"][0]["applications"] == 1


async def test_a_post_that_is_withdrawn_or_over_takes_none(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    withdrawn, over, draft = [
        await open_post(edge, boss, org_id, **changes)
        for changes in ({}, {"valid_until": "2098-01-01T00:00:00Z"}, {"draft": True})
    ]
    await edge.call("POST", f"/api/jobs/{withdrawn['job_id']}/withdraw", token=boss)
    async with edge.services.database.transaction(platform=True) as connection:
        await connection.execute("UPDATE commerce.job_post SET valid_until = now() WHERE job_id = $1", over["job_id"])
    assert (await apply(edge, wang, withdrawn["job_id"])).code == "post_closed"
    assert (await apply(edge, wang, over["job_id"])).code == "post_closed"
    assert (await apply(edge, wang, draft["job_id"])).code == "not_found"
    assert fits(await edge.call("GET", f"/api/jobs/{over['job_id']}"), JobView)["expired"]


async def test_one_application_stands_however_many_are_sent_at_once(edge: Edge) -> None:
    boss, people = await edge.sign_up("boss"), [await seeker(edge, f"seeker{number}") for number in range(3)]
    org_id = await open_org(edge, boss)
    posts = [await open_post(edge, boss, org_id) for _ in range(2)]
    answers = await asyncio.gather(
        *(
            apply(edge, token, post["job_id"], key=f"{post['job_id']}-{turn % 3}")
            for turn in range(6)
            for token in people
            for post in posts
        )
    )
    assert {answer.status for answer in answers} == {201, 409}
    assert {answer.code for answer in answers if answer.status == 409} == {"already_applied"}
    made = {answer.body["application_id"] for answer in answers}
    assert len(made) == 6
    async with edge.services.database.transaction(platform=True) as connection:
        for table in ("application", "application_snapshot", "application_event"):
            assert await connection.fetchval(f"SELECT count(*) FROM commerce.{table}") == 6


async def test_a_resume_that_does_not_open_is_its_owners_trouble_alone(edge: Edge) -> None:
    boss, people = await edge.sign_up("boss"), [await seeker(edge, f"seeker{number}") for number in range(3)]
    post = await open_post(edge, boss, await open_org(edge, boss))
    async with edge.services.database.transaction(platform=True) as connection:
        changed = "UPDATE commerce.resume SET sealed = set_byte(sealed, 90, 255 - get_byte(sealed, 90))"
        await connection.execute(f"{changed} WHERE person_id = $1", await edge.person_id(people[1]))
    answers = await asyncio.gather(*(apply(edge, token, post["job_id"]) for token in people))
    assert [answer.status for answer in answers] == [201, 503, 201]
    assert (await edge.call("GET", "/api/me/resume", token=people[1])).code == "busy"
    fits(await edge.call("PUT", "/api/me/resume", RESUME, token=people[1]), MyResumeView)
    assert (await apply(edge, people[1], post["job_id"])).status == 201


async def test_the_snapshot_stays_as_it_was_when_the_resume_changes(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    application_id = await applied(edge, wang, (await open_post(edge, boss, org_id))["job_id"])
    await edge.call("PUT", "/api/me/resume", RESUME | {"city": "成都", "name": "王小芳"}, token=wang)
    await edge.call("DELETE", "/api/me/resume", token=wang)
    opened = await edge.call("GET", f"/api/orgs/{org_id}/applications/{application_id}", token=boss)
    assert fits(opened, ApplicantDetail)["resume"]["city"] == "苏州"
    assert opened.body["name"] == "王芳"


# ---- What the employer sees ----------------------------------------------------------------------------------------


async def test_the_employer_opens_moves_and_the_applicant_is_told(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    post = await open_post(edge, boss, org_id)
    application_id = await applied(edge, wang, post["job_id"], message="周三能来面试")
    path, mine = f"/api/orgs/{org_id}/applications", f"/api/me/applications/{application_id}"
    [line] = fits(await edge.call("GET", path, token=boss), ApplicantList)["applications"]
    assert (line["name"], line["city"], line["phone"], line["state"]) == ("王芳", "苏州", "138****8000", "submitted")
    opened = fits(await edge.call("GET", f"{path}/{application_id}", token=boss), ApplicantDetail)
    assert (opened["state"], opened["phone"]) == ("viewed", "138****8000")
    assert opened["may_become"] == ["contacted", "interview", "offered", "hired", "rejected"]
    assert "0013" not in json.dumps(opened)
    assert opened["message"] == "周三能来面试"
    assert opened["resume"]["about"] == "能吃苦,电话 138****8000 随时可打。"
    assert "2021-2024" in opened["resume"]["experience"]

    moved = await edge.call(
        "POST", f"{path}/{application_id}/state", {"state": "interview", "note": "周三上午十点面试"}, token=boss
    )
    assert fits(moved, ApplicantDetail)["state"] == "interview"
    back = await edge.call("POST", f"{path}/{application_id}/state", {"state": "contacted"}, token=boss)
    assert (back.code, back.body["state"]) == ("wrong_state", "interview")
    fee = await edge.call("POST", f"{path}/{application_id}/state", {"state": "hired", "note": FEE}, token=boss)
    assert fee.code == "filtered"

    detail = fits(await edge.call("GET", mine, token=wang), MyApplicationView)
    assert [(step["state"], step["note"]) for step in detail["history"]] == [
        ("submitted", ""),
        ("viewed", ""),
        ("interview", "周三上午十点面试"),
    ]
    assert [look["kind"] for look in detail["seen"]] == ["opened", "opened", "listed"]
    assert {look["by_name"] for look in detail["seen"]} == {"Boss"}
    notices = (await edge.call("GET", "/api/me/notices", token=wang)).body["notices"]
    told = [(notice["kind"], notice["facts"]["state"], notice["facts"]["note"]) for notice in notices]
    assert told == [("application_changed", "interview", "周三上午十点面试"), ("application_changed", "viewed", "")]
    assert notices[0]["facts"]["job_title"] == "装配工"


async def test_the_number_is_shown_when_the_applicant_lets_it(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    application_id = await applied(edge, wang, (await open_post(edge, boss, org_id))["job_id"])
    mine, theirs = f"/api/me/applications/{application_id}", f"/api/orgs/{org_id}/applications/{application_id}"
    shared = fits(await edge.call("POST", f"{mine}/phone", {"shared": True}, token=wang), MyApplicationView)
    assert shared["phone_shared"]
    assert [step["state"] for step in shared["history"]] == ["submitted"]
    assert fits(await edge.call("GET", theirs, token=boss), ApplicantDetail)["phone"] == PHONE
    fits(await edge.call("POST", f"{mine}/phone", {"shared": False}, token=wang), MyApplicationView)
    assert fits(await edge.call("GET", theirs, token=boss), ApplicantDetail)["resume"]["phone"] == "138****8000"


async def test_withdrawing_closes_the_resume_to_the_employer_at_once(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    application_id = await applied(edge, wang, (await open_post(edge, boss, org_id))["job_id"], message="你好")
    mine, theirs = f"/api/me/applications/{application_id}", f"/api/orgs/{org_id}/applications"
    for _ in range(2):
        gone = fits(await edge.call("POST", f"{mine}/withdraw", token=wang), MyApplicationView)
        assert (gone["state"], gone["message"]) == ("withdrawn", "你好")
    opened = fits(await edge.call("GET", f"{theirs}/{application_id}", token=boss), ApplicantDetail)
    assert (opened["resume"], opened["name"], opened["message"], opened["access_ended"]) == (None, "", "", True)
    assert opened["may_become"] == []
    assert (await edge.call("POST", f"{mine}/phone", {"shared": True}, token=wang)).code == "wrong_state"
    refused = await edge.call("POST", f"{theirs}/{application_id}/state", {"state": "contacted"}, token=boss)
    assert refused.code == "wrong_state"


async def test_access_ends_some_time_after_the_end_and_moving_does_not_give_it_back(edge: Edge) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    application_id = await applied(edge, wang, (await open_post(edge, boss, org_id))["job_id"])
    path = f"/api/orgs/{org_id}/applications/{application_id}"
    ended = await edge.call("POST", f"{path}/state", {"state": "rejected", "note": "这次不合适"}, token=boss)
    assert fits(ended, ApplicantDetail)["may_become"] == ["contacted"]
    for days, is_over in ((29, False), (31, True)):
        async with edge.services.database.transaction(platform=True) as connection:
            await connection.execute(
                "UPDATE commerce.application SET moved_at = now() - make_interval(days => $1::int)", days
            )
        opened = fits(await edge.call("GET", path, token=boss), ApplicantDetail)
        assert (opened["access_ended"], opened["may_become"]) == (is_over, [] if is_over else ["contacted"])
    assert (await edge.call("POST", f"{path}/state", {"state": "contacted"}, token=boss)).code == "wrong_state"
    [line] = (await edge.call("GET", f"/api/orgs/{org_id}/applications", token=boss)).body["applications"]
    assert (line["name"], line["phone"], line["state"]) == ("", "", "rejected")
    mine = fits(await edge.call("GET", f"/api/me/applications/{application_id}", token=wang), MyApplicationView)
    assert mine["state"] == "rejected"


async def test_the_list_has_pages_and_filters(edge: Edge) -> None:
    boss = await edge.sign_up("boss")
    org_id = await open_org(edge, boss)
    first, second = [await open_post(edge, boss, org_id) for _ in range(2)]
    people = [await seeker(edge, f"seeker{number}", name=f"求职者{number}") for number in range(4)]
    ids = [await applied(edge, token, first["job_id"]) for token in people]
    path = f"/api/orgs/{org_id}/applications"
    page = fits(await edge.call("GET", f"{path}?limit=3", token=boss), ApplicantList)
    assert [line["application_id"] for line in page["applications"]] == ids[:0:-1]
    rest = fits(await edge.call("GET", f"{path}?before={page['next_before']}", token=boss), ApplicantList)
    assert ([line["application_id"] for line in rest["applications"]], rest["next_before"]) == (ids[:1], None)
    await edge.call("GET", f"{path}/{ids[2]}", token=boss)
    viewed = fits(await edge.call("GET", f"{path}?state=viewed", token=boss), ApplicantList)
    assert [line["name"] for line in viewed["applications"]] == ["求职者2"]
    none = fits(await edge.call("GET", f"{path}?job_id={second['job_id']}", token=boss), ApplicantList)
    assert none == {"applications": [], "next_before": None}
    for wrong in ("state=lost", "before=x", "limit=0", "job_id=1"):
        assert (await edge.call("GET", f"{path}?{wrong}", token=boss)).code == "invalid"


# ---- Others --------------------------------------------------------------------------------------------------------


async def test_another_employer_and_another_seeker_are_refused_by_every_route(edge: Edge) -> None:
    boss, rival, wang, li = [
        await edge.sign_up("boss"),
        await edge.sign_up("rival"),
        await seeker(edge, "wang"),
        await seeker(edge, "lily"),
    ]
    org_id, rival_org = await open_org(edge, boss), await open_org(edge, rival, "别家")
    post = await open_post(edge, boss, org_id)
    application_id = await applied(edge, wang, post["job_id"])
    theirs, mine, job = f"/api/orgs/{org_id}", f"/api/me/applications/{application_id}", f"/api/jobs/{post['job_id']}"
    requests: list[tuple[str, str, Any]] = [
        ("GET", f"{theirs}/posts", None),
        ("GET", f"{theirs}/applications", None),
        ("GET", f"{theirs}/applications/{application_id}", None),
        ("POST", f"{theirs}/applications/{application_id}/state", {"state": "hired"}),
        ("GET", f"/api/orgs/{rival_org}/applications/{application_id}", None),
        ("POST", f"/api/orgs/{rival_org}/applications/{application_id}/state", {"state": "hired"}),
        ("GET", mine, None),
        ("POST", f"{mine}/withdraw", None),
        ("POST", f"{mine}/phone", {"shared": True}),
        ("PATCH", job, {"title": "mine now"}),
        ("POST", f"{job}/publish", None),
        ("POST", f"{job}/withdraw", None),
        ("POST", "/api/jobs", POST | {"org_id": str(org_id)}),
    ]
    for token in (rival, li):
        for method, path, body in requests:
            answer = await edge.call(method, path, body, token=token, key="k9")
            assert answer.code in ("not_allowed", "not_found"), (method, path, answer)
    for method, path, body in requests:
        assert (await edge.call(method, path, body, key="k9")).code == "not_signed_in"
    foreign = f"/api/orgs/{rival_org}/applications?job_id={post['job_id']}"
    assert (await edge.call("GET", foreign, token=rival)).body["applications"] == []
    untouched = fits(await edge.call("GET", mine, token=wang), MyApplicationView)
    assert (untouched["version"], untouched["seen"]) == (1, [])


async def test_row_level_security_alone_keeps_applications_to_their_two_sides(edge: Edge) -> None:
    boss, rival, wang = await edge.sign_up("boss"), await edge.sign_up("rival"), await seeker(edge, "wang")
    org_id, _ = await open_org(edge, boss), await open_org(edge, rival, "别家")
    await applied(edge, wang, (await open_post(edge, boss, org_id))["job_id"])
    await edge.call("GET", f"/api/orgs/{org_id}/applications", token=boss)
    tables = ("application", "application_snapshot", "application_event", "application_access", "application_view")

    async def seen_by(token: str | None) -> list[int]:
        person_id = None if token is None else await edge.person_id(token)
        async with edge.services.database.transaction(person_id=person_id) as connection:
            return [
                await connection.fetchval(f"SELECT count(*) FROM commerce.{table}") for table in (*tables, "resume")
            ]

    assert await seen_by(rival) == await seen_by(None) == [0] * 6
    assert await seen_by(boss) == [1, 1, 1, 1, 1, 0]
    assert await seen_by(wang) == [1, 1, 1, 1, 1, 1]
    async with edge.services.database.transaction(person_id=await edge.person_id(rival)) as connection:
        changed = await connection.execute("UPDATE commerce.application SET state = 'hired'")
    assert changed == "UPDATE 0"


async def test_a_notice_and_its_change_commit_together_or_not_at_all(edge: Edge, owner_connection: Any) -> None:
    boss, wang = await edge.sign_up("boss"), await seeker(edge, "wang")
    org_id = await open_org(edge, boss)
    application_id = await applied(edge, wang, (await open_post(edge, boss, org_id))["job_id"])
    await owner_connection.execute(
        "CREATE FUNCTION people.no_notice() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no notices today'; END $$;"
        " CREATE TRIGGER no_notice BEFORE INSERT ON people.notice FOR EACH ROW EXECUTE FUNCTION people.no_notice()"
    )
    path = f"/api/orgs/{org_id}/applications/{application_id}/state"
    assert (await edge.call("POST", path, {"state": "hired"}, token=boss)).status == 500
    mine = await edge.call("GET", f"/api/me/applications/{application_id}", token=wang)
    assert (mine.body["state"], len(mine.body["history"])) == ("submitted", 1)


async def test_a_forgotten_job_seeker_leaves_countable_applications_and_no_words(edge: Edge) -> None:
    boss, wang, li = await edge.sign_up("boss"), await seeker(edge, "wang"), await seeker(edge, "lily")
    org_id = await open_org(edge, boss)
    first, second = [await open_post(edge, boss, org_id) for _ in range(2)]
    for number, post in enumerate((first, second)):
        await applied(edge, wang, post["job_id"], key=f"k{number}")
    await applied(edge, li, first["job_id"])
    path = f"/api/orgs/{org_id}/applications"
    page = (await edge.call("GET", f"{path}?job_id={second['job_id']}", token=boss)).body["applications"]
    hired = {"state": "hired", "note": "王芳周一报到"}
    await edge.call("POST", f"{path}/{page[0]['application_id']}/state", hired, token=boss)
    person_id = await edge.person_id(wang)
    async with edge.services.database.transaction(platform=True) as connection:
        await connection.execute("SELECT commerce.forget_job_seeker($1)", person_id)
        rows = await connection.fetch("SELECT state, version FROM commerce.application WHERE person_id = $1", person_id)
        assert {row["state"] for row in rows} == {"withdrawn", "hired"}
        notes = await connection.fetch("SELECT note FROM commerce.application_event WHERE person_id = $1", person_id)
        assert {row["note"] for row in notes} == {""}
    page = fits(await edge.call("GET", path, token=boss), ApplicantList)["applications"]
    assert [(line["name"], line["access_ended"]) for line in page] == [("王芳", False), ("", True), ("", True)]
    assert (await edge.call("GET", "/api/me/resume", token=wang)).code == "not_found"
    assert (await edge.call("GET", "/api/me/resume", token=li)).status == 200
    with pytest.raises(Exception, match="only the platform"):
        async with edge.services.database.transaction(person_id=UUID(str(person_id))) as connection:
            await connection.execute("SELECT commerce.forget_job_seeker($1)", person_id)
