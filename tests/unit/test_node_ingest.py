"""What hosts send, as it leaves on the bus: over a long absence, and when a window is asked for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from media.part import Init, Part
from media.rtmp.decisions import MediaMessage
from media.stream import MessageKind
from server.bus.memory import MemoryBus, MemoryExchange
from server.live import topics
from server.live.media_frames import decode_media
from server.node.workers.ingest import GRACE_S, Ingest
from tests.media_sources import (
    audio_config_message,
    audio_message,
    avcc,
    idr,
    inter,
    video_config_message,
)


@dataclass
class Host:
    """A publisher, to the sink."""

    room_id: str = "room"
    publisher_id: int = 1
    peer: str = "127.0.0.1"
    software: str = "test"

    def close(self, code: str, description: str) -> None:
        raise AssertionError(description)


def publish(ingest: Ingest) -> None:
    """Configurations and two seconds, as an encoder sends them after each connect."""

    def say(kind: MessageKind, timestamp_ms: int, payload: bytes) -> None:
        ingest.message("room", 1, MediaMessage(kind, timestamp_ms, payload), 0.0)

    say("video", 0, video_config_message(avcc()))
    say("audio", 0, audio_config_message())
    for frame in range(50):
        say("video", 40 * frame, idr() if frame % 25 == 0 else inter())
        say("audio", 40 * frame, audio_message())


async def test_a_host_that_comes_back_after_a_long_while_with_the_same_settings_is_seen_again() -> None:
    bus = MemoryBus(MemoryExchange())
    heard: list[Init | Part] = []
    bus.subscribe(topics.media("room"), lambda payload: heard.append(decode_media(payload)), lambda: None)
    ingest = Ingest(bus)
    ingest.start()
    ingest.expect("room", began_us=0)
    ingest.opened("room", Host())
    publish(ingest)
    ingest.closed("room", 1, "gone")
    await asyncio.sleep(0)
    before = len(heard)
    assert any(isinstance(item, Part) and item.track == "video" for item in heard)

    ingest.repeat(asyncio.get_running_loop().time() + GRACE_S + 1)
    bus.publish(topics.MEDIA_WANT, b"room")
    for _ in range(3):
        await asyncio.sleep(0)
    assert all(isinstance(item, Init) for item in heard[before:]), "the last picture is forgotten"
    assert len(heard) == before + 2

    ingest.opened("room", Host())
    publish(ingest)
    await asyncio.sleep(0)
    tracks = {item.track for item in heard[before + 2 :] if isinstance(item, Part)}
    assert tracks == {"audio", "video"}
