"""The live edge when things fall between each other: owners, answers, sign-ins, lanes and a host's long absence."""

from __future__ import annotations

import time

import pytest

from server.bus.requests import Requests
from server.live import topics
from server.live.rooms.room import RoomLimits
from server.live.session import Identity
from server.live.wire import Position, State, StateItem, encoder
from tests.integration.test_live_edge import init, part, publish_media, receive_part
from tests.live_edge import FARM, Edge, live_edge, run, viewer
from tests.waiting import eventually


def test_an_answer_that_makes_no_sense_does_not_stop_the_room() -> None:
    answers = [
        b"no message",
        topics.encoder.encode(topics.Refused("malformed", {})),
        topics.encoder.encode(topics.RoomSnapshot("old", 0, 0, 0, [], [], 0, 0)),
        topics.encoder.encode(topics.RoomSnapshot("new", 1, 0, 0, [], [], 0, 0)),
    ]
    asked: list[int] = []

    async def scenario() -> None:
        async with live_edge(with_owner=False) as edge:
            requests = Requests(edge.bus, "strange-owner")

            def answer(_: bytes) -> bytes:
                asked.append(len(asked))
                if len(asked) == 3:  # the old owner answers after the new one has published
                    wire = encoder.encode(State(Position("new", 1), []))
                    publication = topics.RoomPublication("new", 0, 0, 1, 0, wire)
                    edge.bus.publish(topics.room_out(FARM.room_id), topics.encoder.encode(publication))
                return answers[min(len(asked), len(answers)) - 1]

            requests.serve(topics.room_ask(FARM.room_id), answer)
            async with viewer(edge.workers[0]) as client:
                assert client.seen[1][1] == ["new", 1]
            await requests.stop()

    run(scenario())
    assert len(asked) == 4


def test_a_fault_in_one_second_does_not_end_the_watch_over_the_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]):
            hub, bus = edge.workers[0].hub, edge.workers[0].bus
            publish = bus.publish
            failed: list[str] = []

            def fail_once(topic: str, publication: bytes) -> None:
                if topic == topics.room_in(FARM.room_id) and not failed:
                    failed.append(topic)
                    raise RuntimeError("as planned")
                publish(topic, publication)

            monkeypatch.setattr(bus, "publish", fail_once)
            heard: list[bytes] = []
            edge.bus.subscribe(topics.room_in(FARM.room_id), heard.append, lambda: None)
            await eventually(lambda: failed and heard, timeout_s=5.0)
            assert hub.viewers == 1

    run(scenario())


def test_a_token_that_becomes_void_during_its_sign_in_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    void: set[str] = set()

    async def slow_roles(person_id: str, room_id: str) -> frozenset[str]:
        void.add(person_id)
        return frozenset({"host"})

    monkeypatch.setattr("tests.live_edge.room_roles", slow_roles)
    monkeypatch.setattr(
        "tests.live_edge.verify_token", lambda token: None if token in void else Identity(token, token, 4e9)
    )

    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as client:
            assert (await client.ask("sign_in", "person-1"))[0::2] == ["refusal", "not_signed_in"]
            assert (await client.ask("say", "key", "hello", 0, None))[2] == "not_signed_in"

    run(scenario())


def test_a_line_that_was_accepted_is_published_though_its_owner_stops() -> None:
    forever = RoomLimits(batch_s_max=60.0, batch_deliveries_per_s_min=-2.0, batch_deliveries_per_s_full=-1.0)

    async def scenario() -> None:
        async with live_edge(room_limits=forever) as edge, viewer(edge.workers[0]) as client:
            await client.ask("sign_in", "person-1")
            assert (await client.ask("say", "key", "last words", 0, None))[0] == "answer"
            await edge.stop_owner()
            assert [line[5] for line in (await client.receive("comments"))[2]] == ["last words"]

    run(scenario())


def test_who_switches_chat_on_has_all_of_it() -> None:
    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as speaker, viewer(edge.workers[0], "?lanes=0") as late:
            await speaker.ask("sign_in", "person-1")
            await speaker.ask("say", "key-1", "unheard", 0, None)
            await late.send("set_lanes", [0, 1])
            snapshot = await late.receive("snapshot")
            assert [line[5] for line in snapshot[4]] == ["unheard"]
            await speaker.ask("say", "key-2", "heard", 0, None)
            assert [line[5] for line in (await late.receive("comments"))[2]] == ["heard"]

    run(scenario())


def test_the_last_picture_of_a_host_long_gone_is_not_shown_to_joiners() -> None:
    def off_air(edge: Edge, seconds_ago: int, version: int) -> None:
        since_us = time.time_ns() // 1000 - seconds_ago * 1_000_000
        item = StateItem("air", version, {"on_air": False, "since_us": since_us})
        edge.bus.publish(topics.room_in(FARM.room_id), topics.encoder.encode(topics.StateUpdate([item])))

    async def scenario() -> None:
        async with live_edge() as edge, viewer(edge.workers[0]) as first:
            publish_media(edge, init("video"), part("video", 1, keyframe=True, size_bytes=100))
            await receive_part(first)
            off_air(edge, 5, 1)
            await first.receive("state")
            async with viewer(edge.workers[0]) as soon:
                assert (await receive_part(soon))[1] == 1
            off_air(edge, 100, 2)
            await first.receive("state")
            async with viewer(edge.workers[0]) as late:
                await late.receive("init")
                publish_media(edge, part("video", 2, keyframe=True, size_bytes=100))
                assert (await receive_part(late))[1] == 2, "the host is back, with the settings it had"

    run(scenario())
