"""A viewer on a thin line: what is urgent still comes at once, the picture gives way in steps and climbs back."""

from __future__ import annotations

import asyncio
import socket
import statistics
from typing import Any

import msgpack
import pytest

from server.live import topics
from server.live.socket import ladder
from server.live.wire import StateItem
from tests.integration.test_live_edge import handshake, init, part, publish_media
from tests.live_edge import FARM, Edge, live_edge, run
from tests.waiting import eventually

PART_EVERY_S = 0.02
"""Ten times as fast as media time, so that the steps take a tenth of the time."""
PART_BYTES = 30_000
READ_EVERY_S = 0.01
LINE_BYTES_PER_S = 200_000
"""Enough for every tenth part, which is a keyframe; the whole picture is 1,500,000."""


class ThinLine:
    """A client that reads so many bytes per second through a small receive buffer, and notes when each message came."""

    def __init__(self) -> None:
        self.bytes_per_s = float(LINE_BYTES_PER_S)
        self.came: list[tuple[float, list[Any]]] = []
        self._buffer = b""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.setblocking(False)

    async def join(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", port))
        await loop.sock_sendall(self._socket, handshake(f"127.0.0.1:{port}"))
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += await loop.sock_recv(self._socket, 4096)
        self._buffer = self._buffer.partition(b"\r\n\r\n")[2]

    async def read(self) -> None:
        """Read until cancelled."""
        loop = asyncio.get_running_loop()
        due_at = loop.time()
        try:
            while True:
                data = await loop.sock_recv(self._socket, 4096)
                self._buffer += data
                self._note(loop.time())
                due_at = max(due_at, loop.time() - READ_EVERY_S) + len(data) / self.bytes_per_s
                if due_at > loop.time() + READ_EVERY_S:
                    await asyncio.sleep(due_at - loop.time())
        finally:
            self._socket.close()

    def reasons(self) -> list[str]:
        """Of the gaps on the video lane that came so far."""
        return [message[2] for _, message in self.came if message[:2] == ["gap", 3]]

    def parts(self, after: str) -> list[int]:
        """Numbers of the video parts begun since the newest gap of this reason."""
        numbers: list[int] = []
        for _, message in self.came:
            if message[:3] == ["gap", 3, after]:
                numbers.clear()
            elif message[:2] == ["part", 3] and message[4] == 0:
                numbers.append(message[3])
        return numbers

    def _note(self, now: float) -> None:
        while len(self._buffer) >= 4:
            length, start = self._buffer[1], 2
            if length == 126:
                length, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + length:
                return
            self.came.append((now, msgpack.unpackb(self._buffer[start : start + length])))
            self._buffer = self._buffer[start + length :]


async def go_live(edge: Edge, sent_at: dict[int, float]) -> None:
    """Publish video, and a change of state beside every second part, until cancelled."""
    loop = asyncio.get_running_loop()
    publish_media(edge, init("video"))
    began, sequence = loop.time(), 0
    while True:
        sequence += 1
        publish_media(edge, part("video", sequence, keyframe=sequence % 10 == 1, size_bytes=PART_BYTES))
        if sequence % 2:
            sent_at[sequence] = loop.time()
            update = topics.StateUpdate([StateItem("air", sequence, {"on_air": True, "since_us": sequence})])
            edge.bus.publish(topics.room_in(FARM.room_id), topics.encoder.encode(update))
        await asyncio.sleep(max(0.0, began + sequence * PART_EVERY_S - loop.time()))


def test_on_a_thin_line_what_is_urgent_comes_at_once_and_the_picture_climbs_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ladder, "CLIMB_AFTER_S", 0.5)
    line, sent_at = ThinLine(), dict[int, float]()

    async def scenario() -> None:
        async with live_edge() as edge, asyncio.TaskGroup() as group:
            await line.join(edge.workers[0].door.port)
            host = group.create_task(go_live(edge, sent_at))
            reader = group.create_task(line.read())
            await eventually(lambda: "keyframes_only" in line.reasons(), timeout_s=15.0)
            await eventually(lambda: len(line.parts("keyframes_only")) > 8, timeout_s=15.0)
            keyframes = [number for number in line.parts("keyframes_only")[-4:] if number % 10 == 1]
            assert len(keyframes) == 4, "nothing but keyframes"
            waited = [
                now - sent_at[message[2][0][1]]
                for now, message in line.came
                if message[0] == "state" and message[2][0][1] in sent_at
            ]
            assert len(waited) > 30
            assert statistics.median(waited) < 0.25
            assert max(waited) < 1.0

            line.bytes_per_s = 100e6
            await eventually(lambda: "full" in line.reasons(), timeout_s=15.0)
            await eventually(lambda: len(line.parts("full")) > 30, timeout_s=15.0)
            shown = line.parts("full")
            assert shown == list(range(shown[0], shown[0] + len(shown))), "the whole picture, without a hole"
            account = edge.workers[0].hub.ledger.room(FARM.room_id)
            assert account.is_balanced()
            assert not any(account.lanes[0].dropped.values())
            host.cancel()
            reader.cancel()

    run(scenario())
