"""The host's studio over HTTP: organisations and rooms that people open themselves, the lobby, the stream's health."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from server.api.schemas.organisations import OrganisationView
from server.api.schemas.rooms import RoomList, RoomView
from server.api.schemas.studio import HealthView, MyRoomList
from server.api.services import RoomLive
from server.bus.memory import MemoryExchange
from server.database.database import Database
from server.live import topics
from server.live.air import AirBoard
from server.live.topics import MediaAir
from server.people.organisations import ORGANISATIONS_OWNED_MAX
from server.people.room_opening import ROOMS_OWNED_MAX
from tests.http_edge import Answer, Edge, open_edge
from tests.unit.test_server_api_stream_health import WELL
from tests.waiting import eventually


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


def fits(answer: Answer, kind: type) -> Any:
    assert answer.status < 300, answer
    msgspec.convert(answer.body, kind)
    return answer.body


async def found(edge: Edge, token: str, kind: str = "merchant", key: str = "org") -> str:
    body = {"kind": kind, "name": "洛川果园合作社" if kind == "merchant" else "苏州某电子厂"}
    made = fits(await edge.call("POST", "/api/orgs", body, token=token, key=key), OrganisationView)
    org_id: str = made["org_id"]
    return org_id


async def test_a_host_founds_an_organisation_and_opens_a_room(edge: Edge) -> None:
    host = await edge.sign_up("host")
    org_id = await found(edge, host)
    at = (edge.clock() + timedelta(days=1)).isoformat()
    body = {"org_id": org_id, "title": "红富士开园", "slug": "hong-fu-shi", "scheduled_at": at}
    made = await edge.call("POST", "/api/rooms", body, token=host, key="room")
    room = fits(made, RoomView)
    assert made.status == 201
    assert (room["slug"], room["kind"], room["org_name"]) == ("hong-fu-shi", "farm", "洛川果园合作社")
    assert room["host_id"] == str(await edge.person_id(host))
    assert room["scheduled_at"] is not None
    again = await edge.call("POST", "/api/rooms", body, token=host, key="room")
    assert (again.headers["Idempotency-Replayed"], again.body) == ("true", room)

    key = await edge.call("POST", "/api/rooms/hong-fu-shi/stream-key", token=host)
    assert await edge.services.rooms.room_of_stream_key(key.body["stream_key"]) == UUID(room["room_id"])

    mine = fits(await edge.call("GET", "/api/me/rooms", token=host), MyRoomList)["rooms"]
    assert [(each["slug"], each["state"], each["org_id"]) for each in mine] == [("hong-fu-shi", "open", org_id)]
    moved = await edge.call("PATCH", "/api/rooms/hong-fu-shi", {"scheduled_at": None}, token=host)
    assert (moved.body["scheduled_at"], moved.body["title"]) == (None, "红富士开园")
    renamed = await edge.call("PATCH", "/api/rooms/hong-fu-shi", {"title": "开园了", "scheduled_at": at}, token=host)
    assert renamed.body["title"] == "开园了"
    assert (await edge.call("PATCH", "/api/rooms/hong-fu-shi", {}, token=host)).body == renamed.body

    me = (await edge.call("GET", "/api/me", token=host)).body
    assert me["memberships"] == [{"org_id": org_id, "name": "洛川果园合作社", "kind": "merchant", "role": "owner"}]


async def test_a_room_is_given_a_name_where_none_is_wanted(edge: Edge) -> None:
    host = await edge.sign_up("host")
    org_id = await found(edge, host, "employer")
    body = {"org_id": org_id, "title": "电子厂直招"}
    made = [await edge.call("POST", "/api/rooms", body, token=host, key=f"k{n}") for n in range(2)]
    slugs = {fits(each, RoomView)["slug"] for each in made}
    assert len(slugs) == 2
    assert {each.body["kind"] for each in made} == {"jobs"}


async def test_rooms_that_cannot_be(edge: Edge) -> None:
    host, stranger = await edge.sign_up("host"), await edge.sign_up("stranger")
    org_id = await found(edge, host)
    good = {"org_id": org_id, "title": "苹果", "slug": "apples"}

    async def open_as(token: str, **changes: Any) -> Answer:
        return await edge.call("POST", "/api/rooms", {**good, **changes}, token=token, key="k")

    assert (await open_as(stranger)).code == "not_found"
    assert (await open_as(host, org_id="01900000-0000-7000-8000-000000000000")).code == "not_found"
    past = (edge.clock() - timedelta(minutes=1)).isoformat()
    far = (edge.clock() + timedelta(days=400)).isoformat()
    assert (await open_as(host, scheduled_at=past)).body["fields"] == {"scheduled_at": "past"}
    assert (await open_as(host, scheduled_at=far)).body["fields"] == {"scheduled_at": "range"}
    assert (await open_as(host, scheduled_at="2026-12-01T00:00:00")).code == "invalid"
    assert (await open_as(host, slug="No Slug")).code == "invalid"
    assert (await open_as(host, title="加我微信 abc12345 领红包")).code == "filtered"
    assert (await open_as(host)).status == 201
    taken = await edge.call("POST", "/api/rooms", good, token=host, key="k2")
    assert (taken.status, taken.code) == (409, "slug_taken")
    assert (await edge.call("PATCH", "/api/rooms/apples", {"title": "mine"}, token=stranger)).code == "not_allowed"
    assert fits(await edge.call("GET", "/api/me/rooms", token=stranger), MyRoomList) == {"rooms": []}


async def test_a_clerk_opens_no_room(edge: Edge) -> None:
    host, clerk = await edge.sign_up("host"), await edge.sign_up("clerk")
    org_id = await found(edge, host)
    await edge.services.rooms.organisations.set_member(UUID(org_id), await edge.person_id(clerk), "clerk")
    body = {"org_id": org_id, "title": "苹果"}
    assert (await edge.call("POST", "/api/rooms", body, token=clerk, key="k")).code == "not_found"


async def test_what_one_may_make_is_bounded(edge: Edge) -> None:
    host = await edge.sign_up("host")
    org_ids = [await found(edge, host, key=f"org{n}") for n in range(ORGANISATIONS_OWNED_MAX)]
    body = {"kind": "merchant", "name": "又一个"}
    full = await edge.call("POST", "/api/orgs", body, token=host, key="more")
    assert (full.status, full.code, full.body["limit_max"]) == (409, "limit_reached", ORGANISATIONS_OWNED_MAX)
    room = {"org_id": org_ids[0], "title": "苹果"}
    for number in range(ROOMS_OWNED_MAX):
        assert (await edge.call("POST", "/api/rooms", room, token=host, key=f"r{number}")).status == 201
    full = await edge.call("POST", "/api/rooms", room, token=host, key="more")
    assert (full.code, full.body["limit_max"]) == ("limit_reached", ROOMS_OWNED_MAX)


async def test_names_of_organisations_are_read_by_the_filter(edge: Edge) -> None:
    host = await edge.sign_up("host")
    body = {"kind": "merchant", "name": "加我微信 abc12345 领红包"}
    assert (await edge.call("POST", "/api/orgs", body, token=host, key="k")).code == "filtered"
    assert (await edge.call("POST", "/api/orgs", {"kind": "club", "name": "x"}, token=host, key="k")).code == "invalid"
    blank = await edge.call("POST", "/api/orgs", {"kind": "merchant", "name": "  "}, token=host, key="k")
    assert blank.body["fields"] == {"name": "length"}


async def test_the_lobby_shows_who_is_on_air_and_then_who_begins_soonest(database: Database) -> None:
    on_air: dict[UUID, RoomLive] = {}

    async def live(room_ids: Sequence[UUID]) -> Mapping[UUID, RoomLive]:
        return {room_id: on_air[room_id] for room_id in room_ids if room_id in on_air}

    async with open_edge(database, rooms_live=live) as edge:
        host = await edge.sign_up("host")
        org_id = await found(edge, host)
        for slug, hours in (("quiet", None), ("tomorrow", 24), ("tonight", 8), ("live", None)):
            at = None if hours is None else (edge.clock() + timedelta(hours=hours)).isoformat()
            body = {"org_id": org_id, "title": slug, "slug": slug, "scheduled_at": at}
            made = await edge.call("POST", "/api/rooms", body, token=host, key=slug)
        on_air[UUID(made.body["room_id"])] = RoomLive(on_air=True, viewers=3, likes=7)
        lobby = fits(await edge.call("GET", "/api/rooms"), RoomList)["rooms"]
        assert [room["slug"] for room in lobby] == ["live", "tonight", "tomorrow", "quiet"]
        assert (lobby[0]["viewers"], lobby[0]["likes"]) == (3, 7)


async def test_health_is_the_hosts_to_see(database: Database) -> None:
    exchange = MemoryExchange()
    async with open_edge(database, exchange=exchange) as media:
        board = AirBoard(media.services.bus)
        board.start()
        async with open_edge(database, exchange=exchange, air_of=board) as edge:
            host, viewer = await edge.sign_up("host"), await edge.sign_up("viewer")
            room = await edge.open_room(host, "apples")
            path = "/api/rooms/apples/health"
            assert (await edge.call("GET", path, token=viewer)).code == "not_allowed"
            off = fits(await edge.call("GET", path, token=host), HealthView)
            assert (off["on_air"], off["measured_at"], off["warnings"]) == (False, None, [])
            since_us = int((edge.clock().timestamp() - 60) * 1e6)
            air = MediaAir(str(room.room_id), True, since_us, {**WELL, "audio_bps": 0})
            edge.services.bus.publish(topics.MEDIA_AIR, topics.encoder.encode(air))
            await eventually(lambda: board(room.room_id) is not None)
            told = fits(await edge.call("GET", path, token=host), HealthView)
            assert (told["on_air"], told["video"]["width"], told["sound"]) == (True, 1280, None)
            assert told["warnings"] == ["no_sound"]
            assert 55 <= told["uptime_s"] <= 70
        board.stop()
