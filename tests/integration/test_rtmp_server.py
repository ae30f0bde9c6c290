"""The RTMP server on the loopback: real ffmpeg, and a small exact client for what ffmpeg can't be told to do."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import imageio_ffmpeg
import pytest

from media.rtmp import amf0
from media.rtmp.contract import Admitted, Publisher, Refused
from media.rtmp.decisions import MediaMessage
from media.rtmp.replies import REJECTED
from media.rtmp.server import RtmpLimits, RtmpServer
from media.rtmp.session import SessionLimits
from tests.rtmp_client import AAC_HEADER, AVC_HEADER, TestClient
from tests.waiting import eventually

KEY = "the-right-key"
ROOM = "farm"
UNKNOWN_KEY = "this stream key is not known; copy it again from the studio"
TAKEN_OVER = "another encoder with the same stream key has taken over this room"
VIDEO_S = 2
FRAMES_PER_S = 25


class Keys:
    """Admits one key, numbering publishers; waits for `gate` if there is one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.gate: asyncio.Event | None = None

    async def admit(self, app: str, stream_key: str, peer: str) -> Admitted | Refused:
        self.asked.append((app, stream_key, peer))
        if self.gate is not None:
            await self.gate.wait()
        if stream_key == "broken":
            raise ConnectionError(stream_key)
        if stream_key != KEY:
            return Refused(UNKNOWN_KEY)
        return Admitted(ROOM, len(self.asked))


@dataclass
class Recorder:
    """A sink that remembers everything in order."""

    publishers: list[Publisher] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    messages: list[MediaMessage] = field(default_factory=list)
    on_message: Callable[[MediaMessage], None] | None = None
    fail_to_open: bool = False

    def opened(self, room_id: str, publisher: Publisher) -> None:
        assert room_id == ROOM
        if self.fail_to_open:
            raise RuntimeError("the sink failed")
        self.publishers.append(publisher)
        self.events.append(f"opened {publisher.publisher_id}")

    def message(self, room_id: str, publisher_id: int, message: MediaMessage, now: float) -> None:
        assert self.events[-1] == f"opened {publisher_id}", "messages come between opened and closed"
        self.messages.append(message)
        if self.on_message is not None:
            self.on_message(message)

    def closed(self, room_id: str, publisher_id: int, reason: str) -> None:
        self.events.append(f"closed {publisher_id}")
        self.reasons.append(reason)

    def of(self, kind: str) -> list[MediaMessage]:
        return [message for message in self.messages if message.kind == kind]


@dataclass
class Scene:
    server: RtmpServer
    keys: Keys
    sink: Recorder
    port: int

    def url(self, key: str = KEY, app: str = "live") -> str:
        return f"rtmp://127.0.0.1:{self.port}/{app}/{key}"


@asynccontextmanager
async def serving(limits: RtmpLimits | None = None) -> AsyncIterator[Scene]:
    keys, sink = Keys(), Recorder()
    server = RtmpServer("127.0.0.1", 0, admission=keys, sink=sink, limits=limits)
    port = await server.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())
        try:
            yield Scene(server, keys, sink, port)
        finally:
            await server.stop()
    assert server.connection_count == 0


@contextlib.asynccontextmanager
async def clients(scene: Scene, count: int = 1) -> AsyncIterator[list[TestClient]]:
    opened = [await TestClient.open(scene.port) for _ in range(count)]
    try:
        yield opened
    finally:
        for client in opened:
            await client.close()


async def ffmpeg(url: str, *, codec: tuple[str, ...] = (), sound: bool = True) -> tuple[int, str]:
    """Publish two seconds as fast as it goes; returns the exit code and stderr."""
    source = f"testsrc2=size=160x120:rate={FRAMES_PER_S}:duration={VIDEO_S}"
    video = codec or ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", str(FRAMES_PER_S))
    inputs = ["-f", "lavfi", "-i", source]
    if sound:
        inputs += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=44100:duration={VIDEO_S}"]
    command = ["-hide_banner", "-nostdin", *inputs, *video, "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url]
    process = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(), *command, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(20):
            _, stderr = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, stderr.decode()


@pytest.fixture
def short_limits() -> RtmpLimits:
    return RtmpLimits(session=SessionLimits(handshake_s=0.2, publish_s=0.4, admission_s=0.4, idle_s=0.4))


@pytest.fixture(autouse=True)
def no_key_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG, "jishi")
    yield
    assert KEY not in caplog.text
    assert "wrong-key" not in caplog.text


def frames(scene: Scene, stamps: int = 3) -> list[int]:
    """The last video timestamps."""
    return [message.timestamp_ms for message in scene.sink.of("video")][-stamps:]


async def test_ffmpeg_publishes_pictures_and_sound() -> None:
    async with serving() as scene:
        code, stderr = await ffmpeg(scene.url())
        assert code == 0, stderr
        await eventually(lambda: scene.sink.events == ["opened 1", "closed 1"])
        assert scene.keys.asked == [("live", KEY, "127.0.0.1")]
        assert scene.sink.reasons == ["the encoder stopped"]
    sink = scene.sink

    name, metadata = amf0.decode(sink.of("data")[0].payload)[:2]
    assert name == "onMetaData"
    assert isinstance(metadata, dict)
    assert (metadata["width"], metadata["height"]) == (160.0, 120.0)

    header, *pictures = [m for m in sink.of("video") if m.payload[1] != 2]
    assert header.payload[:2] == b"\x17\x00"
    assert header.payload[5] == 1  # avcC version
    assert len(pictures) == VIDEO_S * FRAMES_PER_S
    assert [m.payload[0] for m in pictures if m.payload[0] == 0x17] == [0x17] * VIDEO_S
    stamps = [m.timestamp_ms for m in pictures]
    assert stamps == sorted(stamps)
    assert stamps[-1] - stamps[0] == pytest.approx(VIDEO_S * 1000 - 1000 / FRAMES_PER_S, abs=2)
    compositions = {int.from_bytes(m.payload[2:5], "big", signed=True) for m in pictures}
    assert len(compositions) > 1, "B-frames have other presentation than decode times"

    config, *sounds = sink.of("audio")
    assert config.payload[:2] == b"\xaf\x00"
    assert config.payload[2:4] == bytes.fromhex("1208")  # AAC LC, 44.1 kHz, mono
    assert len(sounds) == pytest.approx(VIDEO_S * 44100 / 1024, abs=3)
    stamps = [m.timestamp_ms for m in sounds]
    assert stamps == sorted(stamps)


async def test_ffmpeg_shows_why_a_key_was_refused() -> None:
    async with serving() as scene:
        code, stderr = await ffmpeg(scene.url("wrong-key"))
        assert code != 0
        assert UNKNOWN_KEY in stderr
        assert scene.sink.events == []


async def test_ffmpeg_shows_why_an_application_was_refused() -> None:
    async with serving() as scene:
        code, stderr = await ffmpeg(scene.url(app="video"))
        assert code != 0
        assert "the server address must end in /live" in stderr
        assert scene.keys.asked == []


async def test_ffmpeg_shows_why_a_codec_was_refused() -> None:
    async with serving() as scene:
        code, stderr = await ffmpeg(scene.url(), codec=("-c:v", "flv"), sound=False)
        assert code != 0
        assert scene.sink.events == ["opened 1", "closed 1"]
        assert scene.sink.reasons[0].startswith(
            "Sorenson H.263 is not supported: this server takes H.264 video and AAC"
        )
        assert "H.264" in stderr or "Broken pipe" in stderr or "reset" in stderr


async def test_ffmpeg_reconnects() -> None:
    async with serving() as scene:
        for _ in range(2):
            code, stderr = await ffmpeg(scene.url(), sound=False)
            assert code == 0, stderr
        await eventually(lambda: scene.sink.events == ["opened 1", "closed 1", "opened 2", "closed 2"])


@pytest.mark.parametrize("chunk_bytes", [128, 4096, 65536])
async def test_chunk_sizes(chunk_bytes: int) -> None:
    sent = [
        (stamp, b"\x27\x01" + bytes((stamp & 0xFF,)) * size) for stamp, size in ((0, 50), (33, 300_000), (66, 5000))
    ]
    async with serving() as scene, clients(scene) as (client,):
        await client.go_live(KEY, chunk_bytes=chunk_bytes)
        await client.send(b"".join(client.script.video(stamp, payload) for stamp, payload in sent))
        await eventually(lambda: len(scene.sink.messages) == len(sent))
        assert [(m.timestamp_ms, m.payload) for m in scene.sink.messages] == sent


async def test_timestamps_past_24_and_32_bits() -> None:
    stamps = [16_777_214, 16_777_215, 16_777_216, 33_554_432, 0x7FFFFFFF, 0xFFFFFFF0, 4]
    async with serving() as scene, clients(scene) as (client,):
        await client.go_live(KEY)
        for stamp in stamps:
            await client.send(client.script.video(stamp, b"\x27\x01" + bytes(300)))
        await eventually(lambda: len(scene.sink.messages) == len(stamps))
        assert frames(scene, 7) == [*stamps[:-1], (1 << 32) + 4]


async def test_half_open_connections_are_closed_at_their_deadline(short_limits: RtmpLimits) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with serving(short_limits) as scene, clients(scene, 3) as (silent, shaken, live):
        await shaken.send(shaken.script.opening())
        await live.go_live(KEY)
        await silent.read_to_end()
        assert loop.time() - started >= short_limits.session.handshake_s
        await shaken.read_to_end()
        await live.read_to_end()
        assert scene.sink.reasons == ["nothing received for 0.4 s"]
        await eventually(lambda: scene.server.connection_count == 0)


async def test_a_key_that_takes_too_long_to_check_is_refused(short_limits: RtmpLimits) -> None:
    async with serving(short_limits) as scene, clients(scene) as (client,):
        scene.keys.gate = asyncio.Event()
        await client.send(client.script.opening() + client.script.publish(KEY))
        assert "try again" in await client.read_until("NetStream.Publish.Denied")
        await client.read_to_end()
        scene.keys.gate.set()


async def test_a_failing_check_is_told_and_the_next_one_works() -> None:
    async with serving() as scene, clients(scene, 2) as (first, second):
        await first.send(first.script.opening() + first.script.publish("broken"))
        assert "could not be checked" in await first.read_until("NetStream.Publish.Denied")
        await second.go_live(KEY)
        assert scene.server.counts["failed"] == 1


async def test_a_megabyte_of_garbage_closes_alone() -> None:
    async with serving() as scene, clients(scene, 3) as (live, garbage, chunks):
        await live.go_live(KEY)
        with contextlib.suppress(ConnectionError):
            await garbage.send(b"\xff" * 1_000_000)
        with contextlib.suppress(ConnectionError):
            await chunks.send(chunks.script.opening() + bytes(range(256)) * 4000)
        await garbage.read_to_end()
        await chunks.read_to_end()
        await live.send(live.script.video(0, AVC_HEADER))
        await eventually(lambda: len(scene.sink.messages) == 1)
        assert scene.sink.events == ["opened 1"]


async def test_a_peer_that_does_not_read_is_cut() -> None:
    ping = bytes.fromhex("02 000000 000006 04 00000000 0006 00000000")
    patient = RtmpLimits(session=SessionLimits(messages_per_s_max=10**9, messages_burst_max=10**9))
    async with serving(patient) as scene:
        client = await TestClient.open(scene.port, receive_bytes=4096)
        await client.go_live(KEY)
        publisher = scene.server.holder_of(ROOM)
        assert publisher is not None
        assert publisher._transport is not None
        publisher._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(10):
                while not scene.sink.reasons:
                    await client.send(ping * 500)
                    await asyncio.sleep(0)
        await client.close()
        await eventually(lambda: scene.sink.reasons == ["the encoder does not read what the server says"])


async def test_a_flood_of_messages_closes_alone() -> None:
    async with serving() as scene, clients(scene, 2) as (live, flood):
        await flood.go_live(KEY)
        with contextlib.suppress(ConnectionError):
            await flood.send(flood.script.video(0, b"\x27") + b"\x46\0\0\0\0\0\1\x09\x27" + b"\xc6\x27" * 30_000)
        await eventually(lambda: scene.sink.reasons)
        assert "over the limit" in scene.sink.reasons[0]
        await live.go_live(KEY)


async def test_what_a_client_sends_too_early_is_not_lost() -> None:
    async with serving() as scene, clients(scene) as (client,):
        scene.keys.gate = asyncio.Event()
        script = client.script
        await client.send(script.opening() + script.publish(KEY) + script.video(0, AVC_HEADER))
        await eventually(lambda: scene.keys.asked)
        await client.send(script.audio(0, AAC_HEADER))
        scene.keys.gate.set()
        await eventually(lambda: len(scene.sink.messages) == 2)
        assert [m.payload for m in scene.sink.messages] == [AVC_HEADER, AAC_HEADER]


async def test_the_newest_publisher_wins_and_the_displaced_one_stays_out() -> None:
    async with serving() as scene, clients(scene, 3) as (laptop, phone, laptop_again):
        await laptop.go_live(KEY, software="OBS")
        await laptop.send(laptop.script.video(0, AVC_HEADER))
        await eventually(lambda: scene.sink.messages)
        await phone.go_live(KEY, software="Larix")
        assert await laptop.read_until("NetStream.Publish.Denied") == TAKEN_OVER
        await laptop.read_to_end()
        assert scene.sink.events == ["opened 1", "closed 1", "opened 2"]

        await phone.send(phone.script.video(0, AVC_HEADER))
        await laptop_again.send(laptop_again.script.opening(software="OBS") + laptop_again.script.publish(KEY))
        assert "try again in 30 s" in await laptop_again.read_until("NetStream.Publish.Denied")
        assert scene.sink.events == ["opened 1", "closed 1", "opened 2"]
        assert scene.server.counts == Counter(connections=3, published=2, displaced=1, barred=1)


async def test_a_sink_may_close_a_publisher_from_within_a_message() -> None:
    async with serving() as scene, clients(scene) as (client,):
        scene.sink.on_message = lambda message: scene.sink.publishers[0].close(REJECTED, "ended by a moderator")
        await client.go_live(KEY)
        await client.send(client.script.video(0, AVC_HEADER) + client.script.video(33, b"\x27\x01"))
        assert await client.read_until(REJECTED) == "ended by a moderator"
        assert len(scene.sink.messages) == 1
        assert scene.sink.events == ["opened 1", "closed 1"]


async def test_a_failing_sink_ends_its_publisher_alone() -> None:
    def fail(message: MediaMessage) -> None:
        raise RuntimeError("the sink failed")

    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context["exception"]))
    async with serving() as scene, clients(scene, 2) as (first, second):
        scene.sink.on_message = fail
        await first.go_live(KEY)
        await first.send(first.script.video(0, AVC_HEADER))
        await first.read_to_end()
        await eventually(lambda: scene.sink.events == ["opened 1", "closed 1"])
        assert [str(failure) for failure in failures] == ["the sink failed"]
        scene.sink.on_message = None
        await second.go_live(KEY)


async def test_a_sink_that_cannot_open_ends_its_publisher_alone() -> None:
    async with serving() as scene, clients(scene, 2) as (first, second):
        scene.sink.fail_to_open = True
        await first.send(first.script.opening() + first.script.publish(KEY))
        await first.read_to_end()
        scene.sink.fail_to_open = False
        assert scene.server.holder_of(ROOM) is None
        await second.go_live(KEY)
        assert scene.sink.events == ["opened 2"]


async def test_unfinished_connections_of_an_address_are_limited_but_not_those_on_the_air() -> None:
    limits = RtmpLimits(unfinished_per_address_max=2)
    async with serving(limits) as scene, clients(scene) as (live,):
        await live.go_live(KEY)
        async with clients(scene, 3) as (first, _, third):
            await third.read_to_end()
            assert scene.server.counts["turned_away"] == 1
            await first.go_live(KEY, software="another")
        await eventually(lambda: scene.server.connection_count == 0)


async def test_connections_are_limited() -> None:
    async with serving(RtmpLimits(connections_max=1)) as scene, clients(scene, 2) as (_, second):
        await second.read_to_end()
        assert scene.server.connection_count == 1


async def test_stopping_tells_the_encoder() -> None:
    async with serving() as scene, clients(scene) as (client,):
        await client.go_live(KEY)
        async with asyncio.TaskGroup() as group:
            group.create_task(scene.server.stop())
            assert "restarting" in await client.read_until("NetStream.Publish.Denied")
            await client.read_to_end()
            await client.close()
        assert scene.sink.reasons == ["the server is restarting; reconnect in a moment"]
        await scene.server.stop()


async def test_serve_can_be_cancelled_at_once_and_starts_by_itself() -> None:
    server = RtmpServer("127.0.0.1", 0, admission=Keys(), sink=Recorder())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(server.serve())
        port = await server.start()
        client = await TestClient.open(port)
        await eventually(lambda: server.connection_count == 1)
        task.cancel()
    assert server.connection_count == 0
    await client.close()
    await server.serve()
    await server.stop()


async def test_a_server_that_was_stopped_does_not_start() -> None:
    server = RtmpServer("127.0.0.1", 0, admission=Keys(), sink=Recorder())
    await server.stop()
    with pytest.raises(OSError, match="stopped"):
        await server.start()
