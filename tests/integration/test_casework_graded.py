"""Graded sanctions: what each really forbids, where the request arrives, when it ends, and what it leaves behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from server.database.database import Database
from server.live.topics import Refused, Said
from tests.api_people import new_product
from tests.casework_scene import HELD, SLUG, Scene, open_desk
from tests.http_edge import Answer


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Scene]:
    async with open_desk(database) as scene:
        yield scene


async def sanction(desk: Scene, kind: str, *, who: str = "viewer", key: str | None = None, **more: Any) -> Answer:
    body = {"person_id": str(desk.ids[who]), "kind": kind, "reason": "引流", **more}
    answer = await desk.call("moderator", "POST", "/api/moderation/sanctions", body, key=key)
    await hear(desk)
    return answer


async def hear(desk: Scene) -> None:
    """Let the workers hear of what holds."""
    await desk.edge.services.restrictions.poll()
    await desk.worker.restrictions.poll()


async def product(desk: Scene) -> dict[str, Any]:
    """Apples of the host's, on sale."""
    room = await desk.edge.services.rooms.room_by_slug(SLUG)
    assert room is not None
    answer = await desk.call("host", "POST", "/api/products", new_product(str(room.org_id)), key=str(uuid7()))
    assert answer.status == 201, answer
    made: dict[str, Any] = answer.body
    return made


async def push(desk: Scene, **card: Any) -> Answer:
    return await desk.call("host", "POST", f"/api/rooms/{SLUG}/cards", card, key=str(uuid7()))


async def shown(desk: Scene) -> list[str]:
    cards = (await desk.edge.call("GET", f"/api/rooms/{SLUG}")).body["cards"]
    return [card["title"] for card in cards]


async def test_a_warning_forbids_nothing_and_is_told_and_counted(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    [case] = await desk.queue()
    assert (case["subject"]["points"], case["subject"]["suggested"]) == (0.0, "warn")
    warned = await sanction(desk, "warn", case_id=case["case_id"])
    assert (warned.status, warned.body["kind"], warned.body["until"], warned.body["text"]) == (201, "warn", None, HELD)
    assert isinstance(await desk.say("viewer", "好的知道了"), Said)
    [case] = await desk.queue()
    assert (case["subject"]["points"], case["subject"]["suggested"]) == (1.0, "mute_10m")
    assert case["subject"]["restrictions"] == []
    told = (await desk.notices("viewer"))[0]
    assert (told["kind"], told["facts"]["kind"], told["facts"]["text"]) == ("sanctioned", "warn", HELD)
    assert told["facts"]["rules"][0]["article"]["zh"]
    [mine] = [each for each in (await desk.get("viewer", "/api/me/decisions"))["decisions"] if each["kind"] == "warn"]
    assert (mine["text"], mine["rules"], mine["spans"]) == (HELD, case["rules"], case["spans"])
    await desk.undo(warned.body["action_id"])
    [case] = await desk.queue()
    assert case["subject"]["points"] == 0.0
    assert (await desk.told("viewer"))[-1] == "sanction_lifted"


async def test_who_is_banned_from_a_room_neither_speaks_nor_buys_there(desk: Scene) -> None:
    apples = await product(desk)
    await push(desk, product_id=apples["product_id"])
    order = {"sku_id": apples["skus"][0]["sku_id"], "quantity": 1, "room_slug": SLUG, "price_minor": 2990}
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    banned = await sanction(desk, "room_ban", slug=SLUG, until=until)
    assert datetime.fromisoformat(banned.body["until"]) == datetime.fromisoformat(until)
    refused = await desk.say("viewer", "我想买")
    assert isinstance(refused, Refused)
    assert (refused.code, refused.facts["action_id"]) == ("room_banned", banned.body["action_id"])
    answer = await desk.call("viewer", "POST", "/api/orders", order, key="order 1")
    assert (answer.code, answer.body["reason"]) == ("room_banned", "引流")
    job = f"/api/jobs/{uuid7()}/applications"
    assert (await desk.call("viewer", "POST", job, {"room_slug": SLUG}, key="job 1")).code == "room_banned"
    desk.edge.clock.ahead = timedelta(days=3)
    assert (
        await desk.call("viewer", "POST", "/api/orders", order, key="order 1")
    ).status == 401  # the token is too old
    desk.edge.clock.ahead = timedelta()
    await desk.undo(banned.body["action_id"])
    await hear(desk)
    assert (await desk.call("viewer", "POST", "/api/orders", order, key="order 1")).status == 201
    assert isinstance(await desk.say("viewer", "买到了"), Said)
    assert await desk.told("viewer") == ["sanctioned", "sanction_lifted"]


async def test_a_limited_account_shows_nothing_of_its_own_and_speaks_slowly(desk: Scene) -> None:
    limited = await sanction(desk, "limited_account", who="host")
    lasts = datetime.fromisoformat(limited.body["until"]) - datetime.now(UTC)
    assert timedelta(days=6) < lasts <= timedelta(days=7)
    answer = await push(desk, title="今晚八点")
    assert (answer.code, answer.body["action_id"]) == ("account_limited", limited.body["action_id"])
    room = {"org_id": str(uuid7()), "title": "新房间"}
    assert (await desk.call("host", "POST", "/api/rooms", room, key="room 1")).code == "account_limited"
    assert (await desk.call("host", "PATCH", "/api/me", {"display_name": "换个名字"})).code == "account_limited"
    assert (await desk.call("host", "POST", "/api/me/notices/read", {})).status == 204
    assert isinstance(await desk.say("host", "大家好", role="host"), Said)
    refused = await desk.say("host", "今天卖苹果", role="host")
    assert isinstance(refused, Refused)
    assert (refused.code, 9_000 < refused.facts["retry_after_ms"] <= 10_000) == ("rate_limited", True)
    assert isinstance(await desk.say("viewer", "好的"), Said)
    assert isinstance(await desk.say("viewer", "收到"), Said)
    await desk.undo(limited.body["action_id"])
    await hear(desk)
    assert (await push(desk, title="今晚八点")).status == 201
    assert isinstance(await desk.say("host", "又能说了", role="host"), Said)


async def test_a_card_that_is_off_stays_off_in_its_room(desk: Scene) -> None:
    apples = await product(desk)
    card = (await push(desk, product_id=apples["product_id"])).body
    assert (await push(desk, title="今晚八点")).status == 201
    off = await sanction(desk, "card_off", who="host", slug=SLUG, card_id=card["card_id"])
    assert off.status == 201
    assert await shown(desk) == ["今晚八点"]
    assert (await push(desk, product_id=apples["product_id"])).code == "removed"
    assert (await push(desk, title="明天见")).status == 201
    await desk.undo(off.body["action_id"])
    assert sorted(await shown(desk)) == sorted(["今晚八点", "明天见", "红富士苹果"])

    everything = await sanction(desk, "card_off", who="host", slug=SLUG)
    assert await shown(desk) == []
    assert (await push(desk, title="偷偷上一张")).code == "removed"
    await desk.undo(everything.body["action_id"])
    assert len(await shown(desk)) == 3
    assert (await sanction(desk, "card_off", slug=SLUG)).body["fields"] == {"person_id": "not_the_host"}
    assert (await sanction(desk, "card_off", who="host", slug=SLUG, card_id=str(uuid7()))).code == "not_found"


async def test_a_limited_stream_is_kept_out_of_the_lobby_and_open_to_who_knows_it(desk: Scene) -> None:
    rooms = desk.edge.services.rooms

    async def listed() -> list[str]:
        return [room.slug for room in await rooms.lobby_rooms(now=datetime.now(UTC))]

    assert await listed() == [SLUG]
    unlisted = await sanction(desk, "stream_limited", who="host", slug=SLUG)
    assert await listed() == []
    assert (await desk.edge.call("GET", f"/api/rooms/{SLUG}")).status == 200
    await desk.undo(unlisted.body["action_id"])
    assert await listed() == [SLUG]


async def test_the_same_sanction_under_the_same_key_is_laid_once(desk: Scene) -> None:
    first = await sanction(desk, "mute_10m", slug=SLUG, key="press 1")
    again = await sanction(desk, "mute_10m", slug=SLUG, key="press 1")
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    other = await sanction(desk, "mute_1d", slug=SLUG, key="press 1")
    assert other.code == "idempotency_mismatch"
    assert (await sanction(desk, "mute_10m", slug=SLUG)).body["action_id"] != first.body["action_id"]
    assert await desk.told("viewer") == ["muted", "muted"]

    await desk.say("host", HELD)
    [case] = await desk.queue()
    path, body = f"/api/moderation/cases/{case['case_id']}/decision", {"decision": "remove", "reason": "夸大"}
    decided = await desk.call("moderator", "POST", path, body, key="press 2")
    again = await desk.call("moderator", "POST", path, body, key="press 2")
    assert (decided.status, again.status, again.body) == (200, 200, decided.body)
    assert (await desk.call("moderator", "POST", path, body, key="press 3")).code == "wrong_state"
    assert (await desk.call("moderator", "POST", path, body, key="k" * 300)).code == "invalid"


async def test_what_holds_for_a_person_stands_with_every_case_about_them(desk: Scene) -> None:
    await desk.say("viewer", HELD)
    laid = [
        await sanction(desk, "mute_room", slug=SLUG),
        await sanction(desk, "room_ban", slug=SLUG),
        await sanction(desk, "limited_account"),
    ]
    [case] = await desk.queue()
    held = case["subject"]["restrictions"]
    assert [each["kind"] for each in held] == ["mute", "room_ban", "limited_account"]
    assert [each["action_id"] for each in held] == [answer.body["action_id"] for answer in laid]
    assert [each["room_id"] for each in held] == [desk.room_id, desk.room_id, None]
    assert (case["subject"]["points"], case["subject"]["suggested"]) == (24.0, "close_account")
    assert UUID(held[0]["action_id"])


async def test_which_end_may_be_named(desk: Scene) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    assert (await sanction(desk, "limited_account", until=past)).body["fields"] == {"until": "out_of_range"}
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await sanction(desk, "mute_10m", slug=SLUG, until=soon)).body["fields"] == {"until": "not_for_this_kind"}
    assert await desk.told("viewer") == []
