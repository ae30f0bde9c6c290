"""Edge: what one small frame to a thousand viewers costs the server, against a bare `send()` of as many bytes.

    jishi loadtest fanout [--base-url URL --room SLUG --demo-json FILE] [--viewers 1000] [--seconds 15] [--json]

Raw viewers of chat join a room of the running demo market and only count bytes; demo viewers say lines at a steady
rate. The server's CPU is that of the processes that listen on the market's port (all its edge workers), less what they
use for the same viewers while nobody speaks; so the figure holds the lines' own way too: filter, owner, bus, encoding.
The floor is measured right after: `send_floor.c`, compiled here when there is a compiler.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
import uvloop
from websockets.asyncio.client import connect

from loadtest.figures import CpuTimes, listeners, process_cpu_s

CLIENT_BUSY_MAX = 0.85
"""Of one core; beyond it the client may be what is measured."""
SETTLE_S = 2.0
FLOOR_ROUNDS = 100
JOINING_AT_ONCE = 100
WORDS = [
    "橙子",
    "苹果",
    "好吃",
    "产地",
    "发货",
    "新鲜",
    "多少",
    "一箱",
    "今天",
    "老家",
    "果园",
    "妈妈",
    "喜欢",
    "看看",
    "真好",
]


def main(argv: list[str]) -> int:
    """The command; exit code 1 when it can't measure, 0 otherwise, also when the bar is missed."""
    options = _parse(argv)
    try:
        demo = json.loads(Path(options.demo_json).read_text())
        figures = uvloop.run(measure(options, demo))
        figures |= floor(options.viewers, figures["bytes_per_write"], options.lines_per_s)
    except (OSError, KeyError, ValueError, ExceptionGroup, subprocess.SubprocessError) as failure:
        print(f"fanout: {str(failure).splitlines()[0]}", file=sys.stderr)
        return 1
    if figures.get("floor_us_per_write"):
        figures["ratio_to_floor"] = round(figures["cpu_us_per_write"] / figures["floor_us_per_write"], 2)
    print(json.dumps(figures) if options.json else "\n".join(f"{name:24} {figures[name]}" for name in figures))
    return 0


class Viewer(asyncio.Protocol):
    """Joins and counts; parses frames only when told to."""

    def __init__(self, host: str, path: str, *, parses: bool) -> None:
        self._request = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        self._parses = parses
        self._buffer = b""
        self.received_bytes = 0
        self.frames = 0
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)
        if self._parses:
            self._buffer += data
            self._count_frames()

    def _count_frames(self) -> None:
        if self._buffer.startswith(b"HTTP"):
            header, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in header:
                raise ValueError(header.decode().split("\r\n", 1)[0])
            self._buffer = rest
        while len(self._buffer) >= 4:
            length, start = self._buffer[1], 2
            if length == 126:
                length, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + length:
                return
            self.frames += 1
            self._buffer = self._buffer[start + length :]


@dataclass(frozen=True)
class Reading:
    """Counters at one moment."""

    at: float
    server_cpu_s: float
    own_cpu_s: float
    frames: int
    received_bytes: int

    @classmethod
    def of(cls, pids: list[int], viewers: list[Viewer]) -> Reading:
        cpu_s = sum(process_cpu_s(pid) for pid in pids)
        return cls(time.monotonic(), cpu_s, time.process_time(), viewers[0].frames, viewers[0].received_bytes)


async def measure(options: argparse.Namespace, demo: dict[str, Any]) -> dict[str, Any]:
    """The server's side of the figures.

    Raises: OSError, ValueError, KeyError when there is no market to measure.
    """
    base_url = urlsplit(options.base_url or demo["base_url"])
    slug = options.room or next(room["slug"] for room in demo["rooms"] if room["kind"] == "farm")
    host, port = base_url.hostname or "127.0.0.1", base_url.port or 80
    tokens = [each["token"] for each in demo["accounts"] if each["role"] == "viewer"][: max(4, options.lines_per_s * 3)]
    pids = options.pid or listeners(port)
    if not pids:
        raise ValueError(f"no process listens on port {port} here: name the edge workers by --pid")
    viewers = await _join(host, port, f"/rooms/{slug}/live?lanes=0,1", options.viewers)
    machine = CpuTimes.now()
    idle_from = Reading.of(pids, viewers)
    await asyncio.sleep(options.seconds / 2)
    idle_to = Reading.of(pids, viewers)
    bytes_before = [viewer.received_bytes for viewer in viewers]
    said = [0, 0]
    async with asyncio.TaskGroup() as group:
        speakers = [
            group.create_task(
                _speak(f"ws://{host}:{port}/rooms/{slug}/live?lanes=0", token, index, len(tokens), said, options)
            )
            for index, token in enumerate(tokens)
        ]
        await asyncio.sleep(SETTLE_S)
        began = Reading.of(pids, viewers)
        await asyncio.sleep(options.seconds)
        ended = Reading.of(pids, viewers)
        for speaker in speakers:
            speaker.cancel()
    await asyncio.sleep(SETTLE_S)  # what is on its way arrives, so that all have the same
    took_s = ended.at - began.at
    idle_per_s = (idle_to.server_cpu_s - idle_from.server_cpu_s) / (idle_to.at - idle_from.at)
    writes = (ended.frames - began.frames) * len(viewers)
    if not writes:
        raise ValueError(f"nobody heard a word: of {sum(said)} lines {said[1]} were refused")
    cpu_us = (ended.server_cpu_s - began.server_cpu_s) * 1e6
    client_busy = (ended.own_cpu_s - began.own_cpu_s) / took_s
    spread = {viewer.received_bytes - before for viewer, before in zip(viewers, bytes_before, strict=True)}
    return {
        "viewers": len(viewers),
        "edge_workers": len(pids),
        "seconds": round(took_s, 1),
        "lines_said": said[0],
        "lines_refused": said[1],
        "per_s": round(writes / took_s),
        "bytes_per_write": round((ended.received_bytes - began.received_bytes) / (ended.frames - began.frames)),
        "cpu_us_per_write": round((cpu_us - idle_per_s * took_s * 1e6) / writes, 2),
        "cpu_us_per_write_idle_included": round(cpu_us / writes, 2),
        "idle_cpu": round(idle_per_s, 3),
        "lost": sum(viewer.lost for viewer in viewers),
        "unequal": len(spread) - 1,
        "client_busy": round(client_busy, 3),
        "machine_busy": round(CpuTimes.now().busy_since(machine), 3),
        "void": client_busy > CLIENT_BUSY_MAX or any(viewer.lost for viewer in viewers) or len(spread) > 1,
    }


async def _join(host: str, port: int, path: str, count: int) -> list[Viewer]:
    loop = asyncio.get_running_loop()
    viewers = [Viewer(f"{host}:{port}", path, parses=index == 0) for index in range(count)]
    for batch in range(0, count, JOINING_AT_ONCE):
        joining = iter(viewers[batch : batch + JOINING_AT_ONCE])
        connecting = [
            loop.create_connection(joining.__next__, host, port) for _ in viewers[batch : batch + JOINING_AT_ONCE]
        ]
        await asyncio.gather(*connecting)
    await asyncio.sleep(SETTLE_S)
    if any(viewer.lost or not viewer.received_bytes for viewer in viewers):
        raise ValueError("not every viewer was let in")
    return viewers


async def _speak(url: str, token: str, index: int, speakers: int, said: list[int], options: argparse.Namespace) -> None:
    """Sign in and say a line every (speakers ÷ rate) seconds, in turn with the others, until cancelled."""
    pause_s = speakers / options.lines_per_s
    dice = random.Random(index)
    async with connect(url, compression=None) as socket:
        await socket.send(msgspec.msgpack.encode(["sign_in", 0, token]))
        answers = asyncio.TaskGroup()
        async with answers:
            answers.create_task(_hear(socket, said))
            await asyncio.sleep(pause_s * index / speakers)
            for number in itertools.count(1):
                text = "".join(dice.sample(WORDS, 4))
                await socket.send(msgspec.msgpack.encode(["say", number, f"{os.getpid()}-{number}", text, 0]))
                said[0] += 1
                await asyncio.sleep(pause_s)


async def _hear(socket: Any, said: list[int]) -> None:
    async for message in socket:
        said[1] += msgspec.msgpack.decode(message)[0] == "refusal"


def floor(connections: int, message_bytes: int, rounds_per_s: int) -> dict[str, Any]:
    """CPU of one bare `send()`, in the same rhythm; nothing where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return {"floor": "no C compiler here"}
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "send_floor"
        source = Path(__file__).with_name("send_floor.c")
        subprocess.run([compiler, "-O2", "-o", program, source], check=True)
        arguments = (connections, message_bytes, FLOOR_ROUNDS, 1000 // rounds_per_s)
        run = subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True)
    return {"floor_us_per_write": round(float(run.stdout), 2)}


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jishi loadtest fanout", description=(__doc__ or "").split("\n\n")[0])
    demo_json = Path(os.environ.get("JISHI_DATA_DIR", ".jishi")) / "demo.json"
    parser.add_argument("--demo-json", default=str(demo_json), help="of the running demo (default: in JISHI_DATA_DIR)")
    parser.add_argument("--base-url", help="of the market (default: the demo's)")
    parser.add_argument("--room", help="slug (default: the demo's farm room)")
    parser.add_argument("--pid", type=int, action="append", help="an edge worker (default: who listens on the port)")
    parser.add_argument("--viewers", type=int, default=1_000)
    parser.add_argument("--lines-per-s", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.viewers < 1 or options.seconds <= 0 or options.lines_per_s < 1:
        parser.error("--viewers, --lines-per-s and --seconds must be positive")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
