"""The live edge over real sockets, seen by clients that share no code with it."""

from __future__ import annotations

from tests.live_edge import live_edge, run, viewer


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

    run(scenario())
