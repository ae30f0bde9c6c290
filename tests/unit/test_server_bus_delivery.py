"""Own publications: in the next turn, in order, bounded."""

from __future__ import annotations

import asyncio

from server.bus.delivery import OwnPublications
from server.bus.local import LocalSubscriptions
from tests.waiting import eventually


def listen(local: LocalSubscriptions, topic: str) -> list[str]:
    heard: list[str] = []
    local.add(topic, lambda publication: heard.append(publication.decode()), lambda: heard.append("(gap)"))
    return heard


async def test_they_arrive_in_the_next_turn() -> None:
    local = LocalSubscriptions(lambda topic, wanted: None)
    own = OwnPublications(local)
    heard = listen(local, "t")
    for text in ("1", "2", "3"):
        own.put("t", text.encode())
    own.put("nobody", b"x")
    assert heard == []
    await asyncio.sleep(0)
    assert heard == ["1", "2", "3"]


async def test_what_subscribers_publish_waits_for_the_turn_after() -> None:
    local = LocalSubscriptions(lambda topic, wanted: None)
    own = OwnPublications(local)
    heard = listen(local, "t")
    local.add("t", lambda publication: own.put("t", publication + b"'") if len(publication) < 3 else None, lambda: None)
    own.put("t", b"1")
    await asyncio.sleep(0)
    assert heard == ["1"]
    await eventually(lambda: heard == ["1", "1'", "1''"])


async def test_past_the_bound_they_are_dropped_and_announced() -> None:
    local = LocalSubscriptions(lambda topic, wanted: None)
    own = OwnPublications(local, undelivered_bytes_max=4)
    heard, other = listen(local, "t"), listen(local, "other")
    for text in ("abc", "de", "f"):
        own.put("t", text.encode())
    await asyncio.sleep(0)
    assert heard == ["(gap)", "abc", "f"]
    own.put("t", b"gh")
    await asyncio.sleep(0)
    assert heard[3:] == ["gh"]
    assert other == []


async def test_nothing_arrives_after_clearing() -> None:
    local = LocalSubscriptions(lambda topic, wanted: None)
    own = OwnPublications(local)
    heard = listen(local, "t")
    own.put("t", b"1")
    own.clear()
    await asyncio.sleep(0)
    assert heard == []


def test_interest_is_told_once_per_topic() -> None:
    told: list[tuple[str, bool]] = []
    local = LocalSubscriptions(lambda topic, wanted: told.append((topic, wanted)))
    first = local.add("t", lambda publication: None, lambda: None)
    second = local.add("t", lambda publication: None, lambda: None)
    first.cancel()
    first.cancel()
    second.cancel()
    assert told == [("t", True), ("t", False)]
    assert local.topics() == []
