"""Following hosts over the API, and the word that goes to followers when a host goes on air."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from server.api.schemas.me import FollowList, HostView
from server.api.services import RoomLive
from server.bus.memory import MemoryBus
from server.bus.requests import Requests
from server.database.database import Database
from server.live import topics
from server.node.workers.clerk import Clerk
from server.people import follows, on_air
from server.people.on_air import NEW_SHOW_AFTER, note_on_air, tell_followers
from tests.http_edge import Edge, open_edge
from tests.integration.test_node_clerk import NoProvider
from tests.integration.test_server_api import fits

NOW = datetime(2026, 6, 1, tzinfo=UTC)


async def all_live(room_ids: Sequence[UUID]) -> Mapping[UUID, RoomLive]:
    return {room_id: RoomLive(on_air=True, viewers=1) for room_id in room_ids}


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database, rooms_live=all_live) as opened:
        yield opened


async def told(edge: Edge, token: str) -> list[str]:
    notices = (await edge.call("GET", "/api/me/notices?limit=100", token=token)).body["notices"]
    return [notice["facts"]["room_slug"] for notice in notices if notice["kind"] == "host_on_air"]


async def test_a_viewer_follows_a_host_and_stops(edge: Edge) -> None:
    host, viewer = await edge.sign_up("host"), await edge.sign_up("viewer")
    room, host_id = await edge.open_room(host, "orchard"), await edge.person_id(host)
    path = f"/api/hosts/{host_id}"
    assert fits(await edge.call("GET", path), HostView).body == {
        "person_id": str(host_id),
        "display_name": "Host",
        "followers": 0,
        "followed": None,
    }
    for _ in range(2):
        assert (await edge.call("PUT", f"{path}/follow", token=viewer)).status == 204
    seen = fits(await edge.call("GET", path, token=viewer), HostView).body
    assert (seen["followers"], seen["followed"]) == (1, True)
    assert (await edge.call("GET", path, token=host)).body["followed"] is False

    mine = fits(await edge.call("GET", "/api/me/follows", token=viewer), FollowList).body["hosts"]
    assert [followed["display_name"] for followed in mine] == ["Host"]
    assert mine[0]["rooms"] == [
        {"slug": room.slug, "title": "orchard", "kind": "farm", "on_air": True, "scheduled_at": None}
    ]
    assert (await edge.call("GET", "/api/me/follows", token=host)).body == {"hosts": []}
    for _ in range(2):
        assert (await edge.call("DELETE", f"{path}/follow", token=viewer)).status == 204
    assert (await edge.call("GET", path, token=viewer)).body["followed"] is False


async def test_who_hosts_nothing_is_nobody_here(edge: Edge) -> None:
    viewer = await edge.sign_up("viewer")
    for person_id in (await edge.person_id(viewer), uuid4(), "nobody"):
        assert (await edge.call("GET", f"/api/hosts/{person_id}")).code == "not_found"
        assert (await edge.call("PUT", f"/api/hosts/{person_id}/follow", token=viewer)).code == "not_found"


async def test_follows_have_an_end(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows, "FOLLOWS_MAX", 1)
    viewer = await edge.sign_up("viewer")
    hosts = []
    for login in ("first", "second"):
        token = await edge.sign_up(login)
        await edge.open_room(token, f"{login}-room")
        hosts.append(await edge.person_id(token))
    assert (await edge.call("PUT", f"/api/hosts/{hosts[0]}/follow", token=viewer)).status == 204
    assert (await edge.call("PUT", f"/api/hosts/{hosts[0]}/follow", token=viewer)).status == 204
    full = await edge.call("PUT", f"/api/hosts/{hosts[1]}/follow", token=viewer)
    assert (full.code, full.body["limit_max"]) == ("limit_reached", 1)


async def test_followers_are_told_once_for_a_show(edge: Edge, database: Database) -> None:
    host, viewer, other = [await edge.sign_up(login) for login in ("host", "viewer", "other")]
    room, host_id = await edge.open_room(host, "orchard"), await edge.person_id(host)
    await edge.call("PUT", f"/api/hosts/{host_id}/follow", token=viewer)

    assert await note_on_air(database, room.room_id, now=NOW)
    assert await tell_followers(database) == 1
    assert await tell_followers(database) is None
    assert (await told(edge, viewer), await told(edge, other)) == (["orchard"], [])
    # A line that drops goes on with the same show, as long as it lasts.
    for minutes in (1, 55, 110, 165):
        assert not await note_on_air(database, room.room_id, now=NOW + timedelta(minutes=minutes))
    assert await tell_followers(database) is None
    later = NOW + timedelta(minutes=165) + NEW_SHOW_AFTER
    assert await note_on_air(database, room.room_id, now=later)
    assert await tell_followers(database) == 1
    assert await told(edge, viewer) == ["orchard", "orchard"]
    facts = (await edge.call("GET", "/api/me/notices", token=viewer)).body["notices"][0]["facts"]
    assert facts == {
        "room_slug": "orchard",
        "room_title": "orchard",
        "host_name": "Host",
        "host_id": str(host_id),
    }
    assert not await note_on_air(database, uuid4(), now=NOW)


async def test_many_followers_are_told_in_batches_that_can_be_cut_off(
    edge: Edge, database: Database, owner_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_air, "FOLLOWERS_MAX", 2)
    host = await edge.sign_up("host")
    room, host_id = await edge.open_room(host, "orchard"), await edge.person_id(host)
    await owner_connection.execute(
        "INSERT INTO people.person (person_id, login, display_name)"
        " SELECT gen_random_uuid(), 'viewer' || n, 'V' FROM generate_series(1, 5) n"
    )
    await owner_connection.execute(
        "INSERT INTO people.follow SELECT person_id, $1, now() FROM people.person WHERE display_name = 'V'", host_id
    )
    await note_on_air(database, room.room_id, now=NOW)

    async def cut_off() -> None:
        async with database.transaction(platform=True) as connection:
            assert await connection.fetchval("SELECT people.tell_followers(2)") == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await cut_off()
    batches = []
    while (batch := await tell_followers(database)) is not None:
        batches.append(batch)
    assert batches == [2, 2, 1]
    counts = await owner_connection.fetch("SELECT count(*) FROM people.notice GROUP BY person_id")
    assert [row["count"] for row in counts] == [1] * 5


async def test_the_clerk_hears_of_the_air(edge: Edge, database: Database) -> None:
    host, viewer = await edge.sign_up("host"), await edge.sign_up("viewer")
    room, host_id = await edge.open_room(host, "orchard"), await edge.person_id(host)
    await edge.call("PUT", f"/api/hosts/{host_id}/follow", token=viewer)
    bus = MemoryBus()
    requests = Requests(bus, "clerk")
    clerk = Clerk(database, NoProvider(), bus, requests)
    clerk._heard_air(b"noise")
    for on in (False, True, True):
        clerk._heard_air(topics.encoder.encode(topics.MediaAir(str(room.room_id), on, 1, {})))
    assert await clerk._watch_air_once() == 1
    assert await clerk._watch_air_once() == 0
    assert await told(edge, viewer) == ["orchard"]
    await requests.stop()
