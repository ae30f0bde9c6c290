"""The live edge over real sockets, seen by clients that share no code with it."""

from __future__ import annotations

import asyncio
import json
import socket
import struct

import aiohttp
import msgpack
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from media.part import Init, Part
from server.live import topics
from server.live.hub import HubLimits
from server.live.media_frames import encode_media
from server.live.rooms.audience import AudienceTimes
from server.live.session import SessionLimits
from server.live.socket.front_door import DoorLimits
from server.live.socket.lanes import BacklogLimits
from server.live.wire import OrderChanged, StateItem, encoder
from tests.live_edge import BAD_WORD, FARM, Edge, Viewer, live_edge, run, viewer
from tests.waiting import eventually


def init(track: str, init_id: int = 1) -> Init:
    video = track == "video"
    return Init(
        init_id=init_id,
        rendition="source",
        track="video" if video else "audio",
        codec="avc1.64001f" if video else "mp4a.40.2",
        width=1280 if video else 0,
        height=720 if video else 0,
        sample_rate=0 if video else 48_000,
        channels=0 if video else 2,
        data=b"moov of " + track.encode(),
    )


def part(track: str, sequence: int, *, keyframe: bool, size_bytes: int) -> Part:
    return Part(
        init_id=1,
        rendition="source",
        track="video" if track == "video" else "audio",
        sequence=sequence,
        keyframe=keyframe,
        pts_us=sequence * 200_000,
        duration_us=200_000,
        wall_us=1_700_000_000_000_000 + sequence * 200_000,
        data=bytes([sequence % 256]) * size_bytes,
    )


def publish_media(edge: Edge, *items: Init | Part) -> None:
    for item in items:
        edge.bus.publish(topics.media(FARM.room_id), encode_media(item))


async def receive_part(client: Viewer) -> tuple[int, int, bytes]:
    """(lane, part id, data) of the next part, put together from its chunks."""
    data = b""
    while True:
        _, lane, _, part_id, index, last, header, piece = await client.receive("part")
        assert (header is not None) == (index == 0)
        data += piece
        if last:
            return lane, part_id, data


def test_comments_cross_workers() -> None:
    async def scenario() -> None:
        async with (
            live_edge(2) as edge,
            viewer(edge.workers[0]) as speaker,
            viewer(edge.workers[1]) as listener,
        ):
            assert [message[0] for message in listener.seen] == ["hello", "snapshot"]
            answer = await speaker.ask("sign_in", "person-1")
            assert answer[2] == {"person_id": "person-1", "name": "name of person-1", "role": "viewer"}
            answer = await speaker.ask("say", "key-1", "甜吗？", 1_000, None)
            comments = await listener.receive("comments")
            assert comments[1] == [answer[2]["epoch"], answer[2]["offset"]]
            assert [line[5] for line in comments[2]] == ["甜吗？"]
            again = await speaker.ask("say", "key-1", "甜吗？", 1_000, None)
            assert again[2] == answer[2]
            async with viewer(edge.workers[0]) as later:
                assert [line[5] for line in later.seen[1][4]] == ["甜吗？"]
                assert later.seen[1][3] == [["stock:sku-1", 1, {"sku_id": "sku-1", "available": 10, "sold": 0}]]

    run(scenario())


def test_a_blocked_line_is_explained_to_its_sender_alone() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as speaker, viewer(edge.workers[0]) as listener:
            assert (await speaker.ask("say", "k", "hello", 0, None))[2] == "not_signed_in"
            assert (await speaker.ask("sign_in", "forged"))[0] == "refusal"
            await speaker.ask("sign_in", "person-1")
            refusal = await speaker.ask("say", "key-1", BAD_WORD, 0, None)
            assert refusal[2] == "filtered"
            assert refusal[3]["rules"] == ["job_deposit"]
            assert edge.records.decisions == [(BAD_WORD, "block")]
            await speaker.ask("say", "key-2", "fine", 0, None)
            comments = await listener.receive("comments")
            assert [line[5] for line in comments[2]] == ["fine"]

    run(scenario())


def test_what_follows_a_sign_in_waits_for_it_and_twins_are_decided_once() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as speaker:
            await speaker.send("sign_in", 1, "person-1")
            await speaker.send("say", 2, "key-1", BAD_WORD, 0, None)
            await speaker.send("say", 3, "key-1", BAD_WORD, 0, None)
            await speaker.send("say", 4, "key-2", "fine", 0, None)
            outcomes: dict[int, list[object]] = {}
            while len(outcomes) < 4:
                message = msgpack.unpackb(await speaker.socket.recv())
                if message[0] in ("answer", "refusal"):
                    outcomes[message[1]] = [message[0], message[2]]
            assert outcomes[1][0] == outcomes[4][0] == "answer"
            assert outcomes[2] == outcomes[3] == ["refusal", "filtered"]
            assert edge.records.decisions == [(BAD_WORD, "block")]

    run(scenario())


def test_a_removed_line_leaves_screens_and_history() -> None:
    async def scenario() -> None:
        async with (
            live_edge(2) as edge,
            viewer(edge.workers[0]) as host,
            viewer(edge.workers[1]) as listener,
        ):
            await host.ask("sign_in", "host-1")
            await listener.ask("sign_in", "person-1")
            said = await listener.ask("say", "key-1", "rude", 0, None)
            comment_id = said[2]["comment_id"]
            assert (await listener.ask("remove", comment_id, "rude"))[2] == "not_allowed"
            assert (await host.ask("remove", comment_id, "rude"))[:1] == ["answer"]
            retraction = await listener.receive("retraction")
            assert retraction[2:] == [[comment_id], "removed_by_host"]
            assert edge.records.removals == [("host-1", FARM.room_id, comment_id, "rude")]
            async with viewer(edge.workers[0]) as later:
                assert later.seen[1][4] == []

    run(scenario())


def test_orders_stock_and_likes() -> None:
    async def scenario() -> None:
        async with live_edge(2) as edge, viewer(edge.workers[0]) as buyer, viewer(edge.workers[1]) as listener:
            await buyer.ask("sign_in", "buyer-1")
            refusal = await buyer.ask("buy", "key-1", "sku-1", 1, "card-1", 980)
            assert refusal[2:] == ["price_changed", {"price_minor": 990}]
            answer = await buyer.ask("buy", "key-2", "sku-1", 1, "card-1", 990)
            assert answer[2]["order_id"] == "order of key-2"
            paid = OrderChanged({"order_id": "order of key-2", "state": "paid"})
            edge.bus.publish(topics.person("buyer-1"), encoder.encode(paid))
            assert (await buyer.receive("order"))[1]["state"] == "paid"
            sold = StateItem("stock:sku-1", 2, {"sku_id": "sku-1", "available": 9, "sold": 1})
            stale = StateItem("stock:sku-1", 1, {"sku_id": "sku-1", "available": 10, "sold": 0})
            for item in (sold, stale):
                update = topics.encoder.encode(topics.StateUpdate([item]))
                edge.bus.publish(topics.room_in(FARM.room_id), update)
            state = await listener.receive("state")
            assert state[2] == [["stock:sku-1", 2, {"sku_id": "sku-1", "available": 9, "sold": 1}]]
            await buyer.send("like", 5)
            while (counters := await listener.receive("counters"))[1:] != [2, 5]:
                assert counters[1] <= 2
            await buyer.send("ask_clock", 42)
            assert (await buyer.receive("clock"))[1] == 42
            assert "state" not in [message[0] for message in listener.seen[listener.seen.index(state) + 1 :]]

    run(scenario())


def test_a_joiner_starts_at_the_newest_keyframe_and_chooses_lanes() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as early:
            publish_media(
                edge,
                init("video"),
                init("audio"),
                part("video", 1, keyframe=True, size_bytes=40_000),
                part("video", 2, keyframe=False, size_bytes=100),
                part("audio", 1, keyframe=True, size_bytes=900),
                part("video", 3, keyframe=True, size_bytes=50_000),
                part("video", 4, keyframe=False, size_bytes=200),
            )
            assert [(await receive_part(early))[:2] for _ in range(5)] == [(3, 1), (3, 2), (2, 1), (3, 3), (3, 4)]
            async with viewer(edge.workers[0], "?lanes=0,1,3") as joiner, viewer(edge.workers[0], "?lanes=0") as quiet:
                assert await receive_part(joiner) == (3, 3, b"\x03" * 50_000)
                assert await receive_part(joiner) == (3, 4, b"\x04" * 200)
                assert [message[2] for message in joiner.seen if message[0] == "init"] == [1]
                publish_media(edge, part("video", 5, keyframe=False, size_bytes=100))
                assert (await receive_part(joiner))[1] == 5
                await quiet.send("set_lanes", [3])
                assert [(await receive_part(quiet))[1] for _ in range(3)] == [3, 4, 5]
                assert [message[0] for message in quiet.seen[:3]] == ["hello", "snapshot", "init"]
            ledger = edge.workers[0].hub.ledger
            assert ledger.is_balanced()

    run(scenario())


def test_without_its_owner_a_room_still_shows_the_picture() -> None:
    async def scenario() -> None:
        limits = HubLimits(audience=AudienceTimes(ask_timeout_s=0.1, ask_pause_s=0.05, greet_without_owner_s=0.3))
        async with live_edge(hub_limits=limits, with_owner=False) as edge, viewer(edge.workers[0]) as client:
            assert client.seen[1][1:3] == [["", 0], ["", 0]]
            publish_media(edge, init("video"), part("video", 1, keyframe=True, size_bytes=10))
            assert (await receive_part(client))[:2] == (3, 1)
            await client.ask("sign_in", "person-1")
            await edge.owner.start()
            snapshot = await client.receive("snapshot")
            assert snapshot[1][0] != ""
            assert (await client.ask("say", "key", "hello", 0, None))[0] == "answer"

    run(scenario())


def test_a_new_owner_is_noticed_and_a_fresh_snapshot_sent() -> None:
    async def scenario() -> None:
        async with live_edge(2) as edge, viewer(edge.workers[0]) as speaker, viewer(edge.workers[1]) as listener:
            await speaker.ask("sign_in", "person-1")
            said = await speaker.ask("say", "key-1", "before", 0, None)
            await listener.receive("comments")
            await edge.replace_owner()
            snapshot = await listener.receive("snapshot")
            assert snapshot[1][0] != said[2]["epoch"]
            assert snapshot[4] == []
            assert snapshot[7] is False
            said = await speaker.ask("say", "key-2", "after", 0, None)
            comments = await listener.receive("comments")
            assert comments[1] == [said[2]["epoch"], 1]
            assert [line[5] for line in comments[2]] == ["after"]

    run(scenario())


def test_what_an_edge_worker_missed_is_made_good_by_a_snapshot() -> None:
    async def scenario() -> None:
        async with live_edge(2) as edge, viewer(edge.workers[0]) as speaker, viewer(edge.workers[1]) as listener:
            await speaker.ask("sign_in", "person-1")
            await speaker.ask("say", "key-1", "heard", 0, None)
            await listener.receive("comments")
            deaf = edge.workers[1].bus
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(deaf, "take", lambda topic, publication: None)
                await speaker.ask("say", "key-2", "missed", 0, None)
            await speaker.ask("say", "key-3", "next", 0, None)
            snapshot = await listener.receive("snapshot")
            assert [line[5] for line in snapshot[4]] == ["heard", "missed", "next"]
            assert snapshot[2][1] == 3
            seen = [line[5] for message in listener.seen if message[0] == "comments" for line in message[2]]
            assert seen == ["heard"]

    run(scenario())


def test_a_client_that_comes_back_is_told_whether_it_missed_anything() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as speaker:
            await speaker.ask("sign_in", "person-1")
            said = await speaker.ask("say", "key", "hello", 0, None)
            epoch, offset = said[2]["epoch"], said[2]["offset"]
            async with viewer(edge.workers[0], f"?since=0:{epoch}:0,1:{epoch}:{offset}") as back:
                assert back.seen[1][7] is True
            async with viewer(edge.workers[0], "?since=0:other:3,1:other:4") as lost:
                assert lost.seen[1][7] is False

    run(scenario())


def test_a_viewer_who_stops_reading_costs_bounded_memory_and_delays_nobody() -> None:
    limits = HubLimits(
        backlog=BacklogLimits(
            control_bytes_max=64_000, chat_bytes_max=8_000, sound_bytes_max=20_000, video_bytes_max=200_000
        ),
        stall_s=1.0,
    )

    async def scenario() -> None:
        async with live_edge(hub_limits=limits) as edge, viewer(edge.workers[0]) as healthy:
            hub = edge.workers[0].hub
            stopped = socket.socket()
            stopped.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stopped.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(stopped, ("127.0.0.1", edge.workers[0].door.port))
            await loop.sock_sendall(stopped, handshake(edge.workers[0].address))
            await eventually(lambda: hub.viewers == 2)
            slow = list(hub._connections)[1]
            publish_media(edge, init("video"))
            waiting_max = 0
            for sequence in range(1, 121):
                publish_media(edge, part("video", sequence, keyframe=sequence % 10 == 1, size_bytes=30_000))
                update = StateItem("air", sequence, {"on_air": True, "since_us": sequence})
                edge.bus.publish(topics.room_in(FARM.room_id), topics.encoder.encode(topics.StateUpdate([update])))
                began = loop.time()
                assert (await receive_part(healthy))[1] == sequence
                assert loop.time() - began < 1.0
                waiting_max = max(waiting_max, slow.waiting_bytes)
            assert 100_000 < waiting_max < 200_000 + 64_000 + 40_000
            dropped = hub.ledger.room(FARM.room_id).lanes[3].dropped
            assert dropped["skipped_to_keyframe"] + dropped["stepped_down"] > 50
            await eventually(lambda: hub.viewers == 1, timeout_s=4.0)
            assert hub.stalled_total == 1
            assert hub.ledger.is_balanced()
            assert hub.ledger.room(FARM.room_id).lanes[3].pending == 0
            stopped.close()

    run(scenario())


def handshake(host: str, *headers: str) -> bytes:
    lines = [
        "GET /rooms/orchard/live HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_the_handshake_and_http_share_the_port() -> None:
    async def scenario() -> None:
        connector = aiohttp.TCPConnector(force_close=True)
        async with live_edge() as edge, aiohttp.ClientSession(connector=connector) as http:
            address = edge.workers[0].address
            async with viewer(edge.workers[0]) as client:
                assert client.socket.subprotocol == "jishi.v1.msgpack"
                async with http.get(f"http://{address}/api/rooms?x=1") as response:
                    assert await response.text() == "aiohttp answers /api/rooms"
                async with http.post(f"http://{address}/rooms/orchard/live", data=b"x" * 100_000) as response:
                    assert response.status == 200
                async with http.get(f"http://{address}/rooms/orchard/live") as response:
                    assert response.status == 426
                    assert response.headers["Upgrade"] == "websocket"
                    assert json.loads(await response.text())["code"] == "upgrade_required"
            for options in ({}, {"subprotocols": ["other"]}, {"origin": f"http://{address}"}):
                async with connect(f"ws://{address}/rooms/orchard/live", **options) as socket_:
                    assert socket_.subprotocol is None
                    assert msgpack.unpackb(await socket_.recv())[0] == "hello"
            for path, origin, status in (("orchard", Origin("http://elsewhere.example"), 403), ("nowhere", None, 404)):
                with pytest.raises(InvalidStatus) as refused:
                    async with connect(f"ws://{address}/rooms/{path}/live", origin=origin):
                        pass
                assert refused.value.response.status_code == status
                assert refused.value.response.headers["Content-Type"] == "application/problem+json"

    run(scenario())


def test_a_client_that_breaks_the_protocol_is_closed_with_its_reason() -> None:
    async def closed_by(edge: Edge, *sent: str | bytes) -> tuple[int | None, list[list[object]]]:
        async with viewer(edge.workers[0]) as client:
            for data in sent:
                await client.socket.send(data)
            with pytest.raises(ConnectionClosed) as closed:
                await client.receive("never")
            assert closed.value.rcvd is not None
            return closed.value.rcvd.code, client.seen[2:]

    async def scenario() -> None:
        limits = HubLimits(session=SessionLimits(messages_per_s=1, messages_burst=5))
        async with live_edge(hub_limits=limits) as edge:
            assert await closed_by(edge, b"\xc1") == (1007, [["bye", "protocol", None]])
            assert (await closed_by(edge, msgpack.packb(["unheard_of", 1])))[0] == 1008
            assert (await closed_by(edge, msgpack.packb(["say", 1, 2])))[0] == 1008
            assert (await closed_by(edge, "text"))[0] == 1003
            assert (await closed_by(edge, b"x" * 9_000))[0] == 1009
            assert (await closed_by(edge, *[msgpack.packb(["like", 1])] * 6))[0] == 1008
            await eventually(lambda: edge.workers[0].hub.viewers == 0)
            reader, writer = await asyncio.open_connection("127.0.0.1", edge.workers[0].door.port)
            writer.write(handshake("x") + b"\x82\x01a")  # not masked, and sent before the handshake was answered
            received = await reader.read()
            assert received.startswith(b"HTTP/1.1 101 ")
            assert struct.pack("!H", 1002) in received[-64:]
            writer.close()

    run(scenario())


def test_unfinished_handshakes_end_at_their_deadline_and_are_few_per_address() -> None:
    async def scenario() -> None:
        limits = DoorLimits(header_deadline_s=0.2, header_bytes_max=2_000, unfinished_per_address_max=3)
        async with live_edge(door_limits=limits) as edge:
            port = edge.workers[0].door.port
            established = [await connect(f"ws://127.0.0.1:{port}/rooms/orchard/live") for _ in range(5)]
            loop = asyncio.get_running_loop()
            began = loop.time()
            halves = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            for _, writer in halves:
                writer.write(b"GET /rooms/orchard/live HTTP/1.1\r\nHost:")
            await eventually(lambda: sum(edge.workers[0].door._unfinished.values()) == 3)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await read_to_end(reader) == b""
            writer.close()
            for reader, writer in halves:
                assert await read_to_end(reader) == b""
                writer.close()
            assert 0.15 < loop.time() - began < 2.0
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 1_000)
            assert (await read_to_end(reader)).startswith(b"HTTP/1.1 431 ")
            writer.close()
            for socket_ in established:
                assert msgpack.unpackb(await socket_.recv())[0] == "hello"
                await socket_.close()

    async def read_to_end(reader: asyncio.StreamReader) -> bytes:
        received = b""
        try:
            while piece := await reader.read(65536):
                received += piece
        except ConnectionResetError:
            pass
        return received

    run(scenario())


def test_draining_tells_clients_when_to_come_back() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as one, viewer(edge.workers[0]) as other:
            hub = edge.workers[0].hub
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(hub.drain(5.0))
                for client in (one, other):
                    bye = await client.receive("bye")
                    assert bye[1] == "going_away"
                    assert 0 <= bye[2] <= hub.limits.reconnect_after_ms_max
                    with pytest.raises(ConnectionClosed) as closed:
                        await client.receive("never")
                    assert closed.value.rcvd is not None
                    assert closed.value.rcvd.code == 1012
            assert hub.viewers == 0
            assert hub.ledger.is_balanced()

    run(scenario())


def test_a_person_whose_tokens_are_void_is_closed() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as banned, viewer(edge.workers[0]) as other:
            await banned.ask("sign_in", "person-1")
            await other.ask("sign_in", "person-2")
            edge.bus.publish(topics.REVOKED, topics.encoder.encode(topics.Revoked(["person-1"])))
            assert (await banned.receive("bye"))[1:] == ["account_closed", None]
            assert (await other.ask("sign_out"))[0] == "answer"
            assert (await other.ask("say", "key", "hello", 0, None))[2] == "not_signed_in"

    run(scenario())
