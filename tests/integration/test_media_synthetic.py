"""The synthetic host as a child process, published to our RTMP listener, decoded, and its clock read."""

from __future__ import annotations

import asyncio
import contextlib
import io
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator

import av
import numpy as np
import pytest

from media import clock_blocks
from media.part import Init, Part, Rejected
from media.rtmp.contract import Admitted, Publisher
from media.rtmp.decisions import MediaMessage
from media.rtmp.server import RtmpServer
from media.stream import Stream
from media.synthetic import URL_VARIABLE
from tests.media_sources import inits_of, parts_of
from tests.waiting import eventually


class Room:
    """Admits everyone and keeps what each publisher's messages become."""

    def __init__(self) -> None:
        self.stream = Stream(first_init_id=1, first_sequence=0)
        self.items: list[Init | Part | Rejected] = []
        self.opened_count = 0
        self.publisher: Publisher | None = None
        self.keys: list[str] = []

    async def admit(self, app: str, stream_key: str, peer: str) -> Admitted:
        self.keys.append(stream_key)
        return Admitted("room", 1)

    def opened(self, room_id: str, publisher: Publisher) -> None:
        self.opened_count += 1
        self.publisher = publisher
        self.items += self.stream.publisher_opened(now_us())

    def message(self, room_id: str, publisher_id: int, message: MediaMessage, now: float) -> None:
        self.items += self.stream.feed_message(message.kind, message.timestamp_ms, message.payload, now_us())

    def closed(self, room_id: str, publisher_id: int, reason: str) -> None:
        self.items += self.stream.publisher_closed(now_us())


def now_us() -> int:
    return time.time_ns() // 1_000


@contextlib.asynccontextmanager
async def listening(room: Room, port: int = 0) -> AsyncIterator[int]:
    server = RtmpServer("127.0.0.1", port, admission=room, sink=room)
    bound = await server.start()
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve(), name="rtmp")
        try:
            yield bound
        finally:
            await server.stop()


@contextlib.asynccontextmanager
async def host(scene: str, port: int, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "media.synthetic", "--scene", scene, *arguments),
        env={URL_VARIABLE: f"rtmp://127.0.0.1:{port}/live/the-key"},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def clocks(items: list[Init | Part | Rejected]) -> list[tuple[int, int | None]]:
    """For each part, when it was received and the clock in its first picture, in ms."""
    (init,) = inits_of(items, "video")
    parts = parts_of(items, "video")
    data = init.data + b"".join(part.data for part in parts)
    with av.open(io.BytesIO(data), "r") as container:
        shown = {
            round(float(frame.pts * frame.time_base) * 1_000): clock_blocks.read(
                np.asarray(frame.to_ndarray()[: frame.height], np.uint8)
            )
            for frame in container.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        }
    return [(part.wall_us // 1_000, shown[round(part.pts_us / 1_000)]) for part in parts]


@pytest.mark.parametrize("scene", ["farm", "jobs"])
async def test_it_publishes_as_a_host_and_its_clock_tells_the_age_of_each_picture(scene: str) -> None:
    room = Room()
    async with listening(room) as port, host(scene, port) as process:
        await eventually(lambda: len(parts_of(room.items, "video")) >= 12, timeout_s=20)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
        await eventually(lambda: not room.stream.health(now_us()).live)
    assert not [item for item in room.items if isinstance(item, Rejected)]
    assert room.keys == ["the-key"]
    (video,), (audio,) = inits_of(room.items, "video"), inits_of(room.items, "audio")
    assert (video.width, video.height, audio.sample_rate, audio.channels) == (640, 360, 48_000, 2)
    read = clocks(room.items)
    assert all(clock is not None for _, clock in read)
    ages_ms = sorted((wall - (clock or 0)) % (1 << 40) for wall, clock in read)
    assert ages_ms[len(ages_ms) // 2] < 250, "from drawing to our socket"
    keyframes = [part.pts_us for part in parts_of(room.items, "video") if part.keyframe]
    assert keyframes[1] - keyframes[0] == pytest.approx(1_000_000, abs=50_000)


async def test_it_comes_back_when_the_server_does() -> None:
    room = Room()
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]

    async def publishes(time: int) -> None:
        async with listening(room, port):
            await eventually(lambda: room.opened_count == time, timeout_s=20)
            before = len(parts_of(room.items, "video"))
            await eventually(lambda: len(parts_of(room.items, "video")) > before + 3, timeout_s=20)

    async with host("farm", port) as process:
        await publishes(1)
        await publishes(2)
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
    assert len(inits_of(room.items, "video")) == 1, "the same encoder settings need no new init"
    parts = parts_of(room.items, "video")
    assert [part.sequence for part in parts] == list(range(len(parts)))
    assert [part.pts_us for part in parts] == sorted(part.pts_us for part in parts)


async def test_it_does_not_outlive_the_process_that_started_it() -> None:
    command = f"{sys.executable} -m media.synthetic --scene farm --url rtmp://127.0.0.1:1/live/key & wait"
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-c", command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert shell.stdout is not None
    said = await asyncio.wait_for(shell.stdout.readline(), 20)
    assert b"trying again" in said
    assert b"key" not in said
    shell.kill()
    # The pipe closes when the last process that holds it has ended.
    await asyncio.wait_for(shell.stdout.read(), 10)


async def test_bad_arguments_are_one_clear_line() -> None:
    for arguments, words in (
        (["--scene", "farm", "--size", "600x360", "--url", "rtmp://h/live/k"], b"width must be a multiple of 80"),
        (["--scene", "farm", "--url", "file:///etc/passwd"], b"no rtmp:// address given"),
        (["--scene", "moon"], b"invalid choice"),
    ):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "media.synthetic", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 2
        assert words in said
