"""What a host sends becomes publications: parts in order, the window again for who asks, and word of being on air."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from media.part import Init, Part
from media.rtmp.decisions import MediaMessage
from server.bus.memory import MemoryBus, MemoryExchange
from server.live import topics
from server.live.media_frames import decode_media
from server.node.ingest import Ingest
from tests.media_sources import audio_config_message, avcc, idr, inter, video_config_message
from tests.waiting import eventually

ROOM = "01a200ba-f377-746e-b411-56f0fe2d347e"


class Encoder:
    """A publisher that remembers why it was cut."""

    room_id = ROOM
    peer = "127.0.0.1"
    software = "test"

    def __init__(self, publisher_id: int) -> None:
        self.publisher_id = publisher_id
        self.cut: list[tuple[str, str]] = []

    def close(self, code: str, description: str) -> None:
        self.cut.append((code, description))


class Listener:
    """An edge worker's ear on the bus."""

    def __init__(self, bus: MemoryBus) -> None:
        self.items: list[Init | Part] = []
        self.air: list[topics.MediaAir] = []
        bus.subscribe(topics.media(ROOM), lambda publication: self.items.append(decode_media(publication)), list)
        bus.subscribe(topics.MEDIA_AIR, lambda word: self.air.append(topics.air_decoder.decode(word)), list)

    @property
    def sequences(self) -> list[int]:
        return [item.sequence for item in self.items if isinstance(item, Part)]


@pytest.fixture
async def exchange() -> AsyncIterator[tuple[MemoryBus, MemoryBus]]:
    between = MemoryExchange()
    media, edge = MemoryBus(between), MemoryBus(between)
    await media.start()
    await edge.start()
    yield media, edge
    await edge.stop()
    await media.stop()


def film(ingest: Ingest, publisher_id: int, frames: int, *, first_ms: int = 0) -> None:
    """A second of keyframe and its followers, as often as it takes."""
    ingest.message(ROOM, publisher_id, MediaMessage("video", first_ms, video_config_message(avcc())), 0.0)
    for number in range(frames):
        payload = inter() if number % 25 else idr()
        ingest.message(ROOM, publisher_id, MediaMessage("video", first_ms + number * 40, payload), 0.0)


async def test_parts_go_out_numbered_from_the_clock_and_the_window_again_for_who_asks(
    exchange: tuple[MemoryBus, MemoryBus],
) -> None:
    media, edge = exchange
    listener, ingest = Listener(edge), Ingest(media)
    ingest.start()
    before = int(time.time() * 50)
    ingest.expect(ROOM, began_us=time.time_ns() // 1000 - 60_000_000)
    ingest.opened(ROOM, Encoder(1))
    film(ingest, 1, 40)
    await eventually(lambda: len(listener.sequences) >= 6)
    assert listener.sequences == list(range(listener.sequences[0], listener.sequences[0] + len(listener.sequences)))
    assert listener.sequences[0] >= before
    assert isinstance(listener.items[0], Init)
    first = next(item for item in listener.items if isinstance(item, Part))
    assert first.keyframe
    assert first.pts_us >= 60_000_000, "room time counts from the room's beginning"

    late = Listener(edge)
    edge.publish(topics.MEDIA_WANT, ROOM.encode())
    await eventually(lambda: late.items)
    assert isinstance(late.items[0], Init)
    joined = [item for item in late.items if isinstance(item, Part)]
    assert joined[0].keyframe
    sequences = [part.sequence for part in joined]
    assert sequences == listener.sequences[-len(sequences) :]


async def test_being_on_air_is_told_at_once_and_again(exchange: tuple[MemoryBus, MemoryBus]) -> None:
    media, edge = exchange
    listener, ingest = Listener(edge), Ingest(media)
    ingest.expect(ROOM, began_us=0)
    ingest.opened(ROOM, Encoder(1))
    await eventually(lambda: listener.air)
    assert (listener.air[-1].room_id, listener.air[-1].on_air) == (ROOM, True)
    assert ingest.on_air() == 1
    ingest.closed(ROOM, 1, "the encoder stopped")
    await eventually(lambda: not listener.air[-1].on_air)
    assert ingest.on_air() == 0


async def test_a_stream_goes_on_in_time_and_number_through_another_publisher(
    exchange: tuple[MemoryBus, MemoryBus],
) -> None:
    media, edge = exchange
    listener, ingest = Listener(edge), Ingest(media)
    ingest.expect(ROOM, began_us=time.time_ns() // 1000)
    ingest.opened(ROOM, Encoder(1))
    film(ingest, 1, 30)
    ingest.closed(ROOM, 1, "lost")
    ingest.opened(ROOM, Encoder(2))
    film(ingest, 2, 30, first_ms=5_000_000)
    await eventually(lambda: len(listener.sequences) >= 10)
    parts = [item for item in listener.items if isinstance(item, Part)]
    assert [part.sequence for part in parts] == list(range(parts[0].sequence, parts[0].sequence + len(parts)))
    assert [part.pts_us for part in parts] == sorted(part.pts_us for part in parts)


async def test_a_codec_that_cannot_be_carried_ends_its_publisher_with_the_reason(
    exchange: tuple[MemoryBus, MemoryBus],
) -> None:
    media, _ = exchange
    ingest, encoder = Ingest(media), Encoder(1)
    ingest.expect(ROOM, began_us=0)
    ingest.opened(ROOM, encoder)
    sorenson_h263 = b"\x12" + bytes(20)
    ingest.message(ROOM, 1, MediaMessage("video", 0, sorenson_h263), 0.0)
    assert len(encoder.cut) == 1
    assert "H.264" in encoder.cut[0][1]
    assert ingest.rejected == 1
    ingest.message(ROOM, 1, MediaMessage("audio", 0, audio_config_message()), 0.0)
