"""How much of the rooms that are watched lies in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from media.part import Init, Part
from media.senses.turns import Turns
from media.senses.wire import Channel, Job
from server.bus.memory import MemoryBus, MemoryExchange
from server.live import topics
from server.live.media_frames import encode_media
from server.lookout import follows as module
from server.lookout.follows import Follows
from tests.picture_sources import FPS, film, scene

QUIET, LOUD = "0198d2f4-0000-7000-8000-000000000001", "0198d2f4-0000-7000-8000-000000000002"
SECONDS = 8


@pytest.fixture(scope="module")
def show() -> list[Init | Part]:
    """Eight seconds, a keyframe every two."""
    return film([scene()] * (SECONDS * FPS))


class Watched:
    """Rooms that are followed, and who films them."""

    def __init__(self) -> None:
        exchange = MemoryExchange()
        self.filming, own = MemoryBus(exchange), MemoryBus(exchange)
        self.turns: dict[Channel, Turns[Job]] = {"qr": Turns(), "speech": Turns()}
        self.follows = Follows(own, self.turns, offered=lambda _: None)
        self.follows.start()

    async def show(self, room_id: str, items: Sequence[Init | Part], *, on_air: bool = True) -> None:
        air = topics.MediaAir(room_id, on_air, 0, {})
        self.filming.publish(topics.MEDIA_AIR, topics.encoder.encode(air))
        await asyncio.sleep(0)
        for item in items:
            self.filming.publish(topics.media(room_id), encode_media(item))
            await asyncio.sleep(0)

    def clip_s(self, room_id: str) -> float:
        clip = self.follows.clip(room_id)
        return clip.duration_us / 1_000_000 if clip is not None else 0.0


def size(items: Sequence[Init | Part]) -> int:
    return sum(len(item.data) for item in items if isinstance(item, Part))


async def test_what_all_rooms_hold_is_counted_until_they_leave(show: list[Init | Part]) -> None:
    watched = Watched()
    await watched.show(QUIET, show)
    await watched.show(LOUD, show)
    assert watched.follows.kept_bytes == 2 * size(show)
    await watched.show(QUIET, [], on_air=False)
    assert watched.follows.kept_bytes == size(show)
    watched.follows.stop()
    assert watched.follows.kept_bytes == 0


async def test_the_largest_room_gives_way_and_is_still_looked_at(
    show: list[Init | Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched()
    quiet = show[: len(show) // 2]
    await watched.show(QUIET, quiet)
    before_s = watched.clip_s(QUIET)
    monkeypatch.setattr(module, "BYTES_MAX", size(quiet) + size(show) * 2 // 3)
    await watched.show(LOUD, show)
    assert watched.follows.kept_bytes <= module.BYTES_MAX
    assert watched.clip_s(QUIET) == before_s
    assert 0 < watched.clip_s(LOUD) < SECONDS - 1
    (first, second) = (watched.turns["qr"].take(), watched.turns["qr"].take())
    assert first is not None
    assert second is not None
    assert {first.room_id, second.room_id} == {QUIET, LOUD}


async def test_a_room_too_large_for_all_is_held_nowhere(
    show: list[Init | Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched()
    monkeypatch.setattr(module, "BYTES_MAX", 1_000)
    await watched.show(LOUD, show)
    assert watched.follows.kept_bytes <= 1_000
    for turns in watched.turns.values():
        waiting = turns.take()
        assert waiting is None or sum(map(len, waiting.what.parts)) <= 1_000
