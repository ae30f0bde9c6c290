"""Shows from the first picture to the summary: a publisher, the room's owner, the books, and the host over HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from uuid_utils.compat import uuid7

from commerce.refusals import Refused
from commerce.show import books
from commerce.show.books import Kept, end_show, end_silent_shows, keep_show, likes_of_room, write_tally
from commerce.show.summaries import list_shows
from commerce.show.tally import Tally
from media.rtmp.contract import Admitted
from media.rtmp.contract import Refused as NotAdmitted
from media.rtmp.replies import REJECTED
from server.api.schemas.rooms import RoomView
from server.api.schemas.shows import RoomOrders, ShowList, ShowSummaryView
from server.bus.memory import MemoryBus, MemoryExchange
from server.bus.requests import Requests
from server.database.database import Database
from server.live import topics
from server.live.air import AirBoard
from server.live.rooms.owner import Owner
from server.live.rooms.room import FilterDecision
from server.live.topics import LineSaid, PresenceReport, SayCommand
from server.node.workers.bookkeeper import Bookkeeper
from server.node.workers.ingest import Ingest, StreamKeys
from tests.commerce_scene import NOW, Scene, open_scene
from tests.http_edge import Answer, Edge, open_edge
from tests.waiting import eventually

LATER = NOW + timedelta(minutes=1)


def fits(answer: Answer, kind: type) -> Any:
    assert answer.status < 300, answer
    msgspec.convert(answer.body, kind)
    return answer.body


# ---- The books -------------------------------------------------------------------------------------------------------


async def kept(database: Database, scene: Scene, since: datetime, now: datetime) -> Kept:
    answer = await keep_show(database, room_id=scene.room_id, on_air_since=since, now=now)
    assert answer is not None
    return answer


async def test_a_show_goes_on_through_dropped_lines_and_ends_by_silence_or_by_its_host(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    scene = await open_scene(database, owner_connection)
    first = await kept(database, scene, NOW, NOW)
    assert first.is_new
    assert await kept(database, scene, NOW, LATER) == Kept(first.show_id, False)
    back = LATER + books.SILENCE - timedelta(seconds=1)
    assert await kept(database, scene, back, back) == Kept(first.show_id, False)
    assert await end_silent_shows(database, now=back + books.SILENCE) == 0
    assert await end_silent_shows(database, now=back + books.SILENCE + timedelta(seconds=1)) == 1

    later = back + timedelta(hours=1)
    second = await kept(database, scene, later, later)
    assert second.is_new
    much_later = later + books.SILENCE + timedelta(hours=1)
    third = await kept(database, scene, much_later, much_later)
    assert third.is_new, "one that nobody closed is closed by the next"

    host = {"person_id": scene.host_id, "room_id": scene.room_id}
    ended_at = much_later + timedelta(minutes=5)
    assert await end_show(database, **host, now=ended_at) == third.show_id
    assert await end_show(database, **host, now=ended_at + timedelta(seconds=9)) == third.show_id
    at_last = await end_show(database, **host, now=ended_at + timedelta(minutes=2))
    assert at_last == Refused("wrong_state", {"state": "off_air"})
    still_there = await keep_show(database, room_id=scene.room_id, on_air_since=much_later, now=ended_at)
    assert still_there is None, "the same publisher begins no other show"
    again = await kept(database, scene, ended_at + timedelta(seconds=20), ended_at + timedelta(seconds=21))
    assert again.is_new

    shows = await list_shows(database, **host, now=ended_at + timedelta(minutes=1))
    assert isinstance(shows, list)
    assert [show.show_id for show in shows] == [again.show_id, third.show_id, second.show_id, first.show_id]
    assert [show.duration_s for show in shows] == [40, 300, 0, 60 + 599]
    assert [show.ended_at for show in shows][:2] == [None, ended_at]


async def test_what_two_owners_counted_is_added_and_what_is_written_twice_is_not(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    scene = await open_scene(database, owner_connection)
    show_id = (await kept(database, scene, NOW, NOW)).show_id
    for tally in (Tally(3, 10, 100, 1, 0), Tally(5, 20, 200, 1, 1), Tally(5, 20, 200, 1, 1), Tally(1, 2, 3, 0, 0)):
        await write_tally(database, show_id=show_id, epoch="one", tally=tally)
    await write_tally(database, show_id=show_id, epoch="two", tally=Tally(4, 1, 5, 0, 0))
    shows = await list_shows(database, person_id=scene.host_id, room_id=scene.room_id, now=LATER)
    assert isinstance(shows, list)
    assert shows[0].tally == Tally(viewers_peak=5, comments=21, likes=205, lines_held=1, lines_removed=1)
    assert await likes_of_room(database, scene.room_id) == 205
    stranger = scene.buyers[0]
    assert await list_shows(database, person_id=stranger, room_id=scene.room_id, now=NOW) == Refused("not_found")
    assert await end_show(database, person_id=stranger, room_id=scene.room_id, now=NOW) == Refused("not_found")


# ---- A whole show ----------------------------------------------------------------------------------------------------


@dataclass
class Encoder:
    """A publisher, to the sink."""

    room_id: str
    ingest: Ingest
    publisher_id: int = 1
    peer: str = "127.0.0.1"
    software: str = "test"
    told: list[tuple[str, str]] = field(default_factory=list)

    def close(self, code: str, description: str) -> None:
        self.told.append((code, description))
        self.ingest.closed(self.room_id, self.publisher_id, description)


def _decide(room_id: str, command: SayCommand, now: float) -> FilterDecision:
    return FilterDecision("allow", command.text)


@dataclass
class Stage:
    """The API, the media worker's sink and the room's owner on one bus."""

    edge: Edge
    ingest: Ingest
    keys: StreamKeys
    bus: MemoryBus
    requests: Requests
    keeper: Bookkeeper
    owner: Owner

    def make_owner(self) -> Owner:
        return make_owner(self.bus, self.requests, self.keeper)

    async def say(self, room_id: UUID, number: int) -> None:
        command = SayCommand(str(uuid7()), "观众", "viewer", f"第 {number} 句", f"k{number}", 0, None)
        await self.requests.ask(topics.room_ask(str(room_id)), topics.encoder.encode(command), timeout_s=5)

    def watch(self, room_id: UUID, viewers: int, likes: int) -> None:
        report = PresenceReport("edge", viewers, likes)
        self.bus.publish(topics.room_in(str(room_id)), topics.encoder.encode(report))


def make_owner(bus: MemoryBus, requests: Requests, keeper: Bookkeeper) -> Owner:
    async def list_rooms() -> list[str]:
        return []

    async def load_state(room_id: str) -> list[Any]:
        return []

    async def record(
        room_id: str,
        command: SayCommand,
        decision: FilterDecision,
        comment_id: str,
        before: list[LineSaid],
        viewers: int,
    ) -> None:
        return None

    return Owner(
        bus,
        requests,
        is_mine=lambda room_id: True,
        list_rooms=list_rooms,
        decide=_decide,
        record_decision=record,
        load_state=load_state,
        sender_key=bytes(32),
        load_likes=keeper.likes,
    )


@contextlib.asynccontextmanager
async def open_stage(database: Database) -> AsyncIterator[Stage]:
    exchange = MemoryExchange()
    bus = MemoryBus(exchange)
    board = AirBoard(bus)
    board.start()
    async with open_edge(database, exchange=exchange, air_of=board) as edge:
        requests, ingest, keeper = Requests(bus, "owner"), Ingest(bus), Bookkeeper(database)
        owner = make_owner(bus, requests, keeper)
        ingest.start()
        await owner.start()
        stage = Stage(edge, ingest, StreamKeys(database, ingest), bus, requests, keeper, owner)
        try:
            yield stage
        finally:
            await stage.owner.stop()
            await requests.stop()
            board.stop()
            await bus.stop()


async def test_a_host_ends_a_show_and_reads_what_it_brought(
    database: Database, owner_connection: asyncpg.Connection
) -> None:
    async with open_stage(database) as stage:
        edge = stage.edge
        host, buyer, stranger = [await edge.sign_up(name) for name in ("host", "buyer", "stranger")]
        made = await edge.open_room(host, "apples")
        room = await edge.services.rooms.room_by_slug("apples")
        assert room is not None
        end = "/api/rooms/apples/show/end"
        assert (await edge.call("POST", end, {}, token=host)).code == "wrong_state"
        assert (await edge.call("POST", end, {}, token=stranger)).code == "not_allowed"

        # On air.
        assert isinstance(await stage.keys.admit("live", made.stream_key, "::1"), Admitted)
        encoder = Encoder(str(room.room_id), stage.ingest)
        stage.ingest.opened(str(room.room_id), encoder)
        await eventually(lambda: stage.owner.rooms_on_air() and edge.services.air_of(room.room_id))
        await stage.keeper.keep(stage.owner)

        # Sold, said and liked.
        skus = [{"name": "五斤装", "price_minor": 2990, "currency": "CNY", "on_hand": 100}]
        product = {"org_id": str(room.org_id), "title": "红富士", "skus": skus}
        shown = (await edge.call("POST", "/api/products", product, token=host, key="p")).body
        card = {"product_id": shown["product_id"]}
        assert (await edge.call("POST", "/api/rooms/apples/cards", card, token=host, key="c")).status == 201
        for number in range(3):
            order = {
                "room_slug": "apples",
                "sku_id": shown["skus"][0]["sku_id"],
                "quantity": number + 1,
                "price_minor": 2990,
            }
            placed = await edge.call("POST", "/api/orders", order, token=buyer, key=f"o{number}")
            assert placed.status == 201, placed
        await owner_connection.execute("UPDATE commerce.purchase_order SET state = 'paid' WHERE quantity < 3")
        for number in range(4):
            await stage.say(room.room_id, number)
        stage.watch(room.room_id, 5, 30)
        stage.watch(room.room_id, 2, 1)
        await eventually(lambda: stage.owner.tallies()[0].likes == 31)

        running = fits(await edge.call("GET", "/api/rooms/apples/shows", token=host), ShowList)["shows"]
        assert (len(running), running[0]["ended_at"], running[0]["orders"]) == (1, None, 3)

        # Ended: what was counted since the books were last kept is in the summary.
        summary = fits(await edge.call("POST", end, {}, token=host), ShowSummaryView)
        expected = {
            "viewers_peak": 5,
            "comments": 4,
            "likes": 31,
            "orders": 3,
            "paid": 2,
            "units": 3,
            "revenue_minor": 3 * 2990,
            "currency": "CNY",
            "applications": 0,
            "products": [{"title": "红富士", "units": 3, "revenue_minor": 3 * 2990}],
        }
        assert {name: summary[name] for name in expected} == expected
        assert summary["ended_at"] is not None
        [(code, reason)] = encoder.told
        assert (code, "ended this show" in reason) == (REJECTED, True)
        assert fits(await edge.call("GET", "/api/rooms/apples"), RoomView)["cards"] == []
        assert fits(await edge.call("POST", end, {}, token=host), ShowSummaryView)["show_id"] == summary["show_id"]

        # An encoder that connects again by itself is told to stop; later the key opens a new show.
        refused = await stage.keys.admit("live", made.stream_key, "::1")
        assert isinstance(refused, NotAdmitted)
        assert (refused.code, "start streaming again in 15 s" in refused.description) == (REJECTED, True)
        await stage.keeper.keep(stage.owner)
        again = Encoder(str(room.room_id), stage.ingest, publisher_id=2)
        stage.ingest.opened(str(room.room_id), again)
        await eventually(lambda: bool(stage.owner.rooms_on_air()))
        await stage.keeper.keep(stage.owner)
        both = fits(await edge.call("GET", "/api/rooms/apples/shows", token=host), ShowList)["shows"]
        assert [show["show_id"] == summary["show_id"] for show in both] == [False, True]
        assert (both[0]["comments"], both[0]["orders"]) == (0, 0)


async def test_an_owner_that_is_killed_loses_only_what_was_not_written_yet(database: Database) -> None:
    async with open_stage(database) as stage:
        host = await stage.edge.sign_up("host")
        made = await stage.edge.open_room(host, "apples")
        stage.ingest.expect(str(made.room_id), began_us=0)
        stage.ingest.opened(str(made.room_id), Encoder(str(made.room_id), stage.ingest))
        await eventually(lambda: bool(stage.owner.rooms_on_air()))
        nowhere = topics.MediaAir(str(uuid7()), True, 1, {})
        stage.bus.publish(topics.MEDIA_AIR, topics.encoder.encode(nowhere))
        await eventually(lambda: len(stage.owner.rooms_on_air()) == 2)
        await stage.keeper.keep(stage.owner)  # a room that is none costs the other nothing
        for number in range(5):
            await stage.say(made.room_id, number)
        stage.watch(made.room_id, 8, 50)
        await eventually(lambda: stage.owner.tallies()[0].likes == 50)
        await stage.keeper.keep(stage.owner)
        await stage.say(made.room_id, 5)  # after the last word of the one that dies

        await stage.owner.stop()
        stage.keeper = Bookkeeper(database)
        stage.owner = stage.make_owner()
        await stage.owner.start()
        stage.ingest.repeat(0.0)
        await eventually(lambda: bool(stage.owner.rooms_on_air()))
        await stage.keeper.keep(stage.owner)
        for number in range(6, 8):
            await stage.say(made.room_id, number)
        stage.watch(made.room_id, 3, 7)
        await eventually(lambda: bool(stage.owner.tallies()) and stage.owner.tallies()[0].likes == 7)
        await stage.keeper.keep(stage.owner)
        [show] = fits(await stage.edge.call("GET", "/api/rooms/apples/shows", token=host), ShowList)["shows"]
        assert (show["comments"], show["likes"], show["viewers_peak"]) == (7, 57, 8)


# ---- Orders ----------------------------------------------------------------------------------------------------------


async def test_a_host_reads_the_rooms_orders_and_nobody_else_does(
    database: Database, owner_connection: asyncpg.Connection, monkeypatch: Any
) -> None:
    monkeypatch.setattr("commerce.show.summaries.ORDERS_LISTED_MAX", 2)
    async with open_edge(database) as edge:
        host, other = await edge.sign_up("host"), await edge.sign_up("other")
        await edge.open_room(host, "mine")
        await edge.open_room(other, "theirs")
        scene = await open_scene(database, owner_connection, on_hand=100)
        room = await edge.services.rooms.room_by_slug("apples")
        assert room is not None
        rooms = edge.services.rooms
        await rooms.organisations.set_member(room.org_id, await edge.person_id(host), "host")
        placed = [
            (await scene.order(key=f"k{number}", quantity=number + 1, now=datetime.now(UTC))).order_id
            for number in range(5)
        ]
        await owner_connection.execute(
            "UPDATE commerce.purchase_order SET state = 'paid' WHERE order_id = ANY ($1)", placed[:2]
        )
        path = "/api/rooms/apples/orders"
        seen: list[str] = []
        page = fits(await edge.call("GET", path, token=host), RoomOrders)
        totals = {"orders": 5, "paid": 2, "units": 3, "revenue_minor": 3 * 1990, "currency": "CNY"}
        while True:
            assert page["totals"] == totals
            seen += [order["order_id"] for order in page["orders"]]
            if page["next_before"] is None:
                break
            page = fits(await edge.call("GET", f"{path}?before={page['next_before']}", token=host), RoomOrders)
        assert seen == [str(order_id) for order_id in reversed(placed)]
        newest = fits(await edge.call("GET", path, token=host), RoomOrders)["orders"][0]
        assert (newest["buyer_name"], newest["quantity"], newest["address"]) == ("buyer-apples-0", 5, None)
        assert newest["payment_state"] == "created"

        assert (await edge.call("GET", path)).code == "not_signed_in"
        assert (await edge.call("GET", path, token=other)).code == "not_allowed"
        assert (await edge.call("GET", f"{path}?before=x", token=host)).code == "invalid"
        # A role in the room alone, without the organisation: the database says no.
        await rooms.set_room_role(room.room_id, await edge.person_id(other), "host")
        for of in ("orders", "shows"):
            assert (await edge.call("GET", f"/api/rooms/apples/{of}", token=other)).code == "not_found"
        assert (await edge.call("POST", "/api/rooms/apples/show/end", {}, token=other)).code == "not_found"
