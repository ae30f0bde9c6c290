"""What a node's bus does when members die, come late, or come back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import uvloop

from server.bus.errors import NameTaken, PathTooLong
from server.bus.frames import PUBLICATION, frame_head
from server.bus.unix import UnixBus
from tests.waiting import eventually

MEMBER = """
import asyncio, sys
from pathlib import Path
from server.bus.unix import UnixBus

async def serve():
    bus = UnixBus(Path(sys.argv[1]), sys.argv[2])
    bus.subscribe("ask", lambda publication: bus.publish("answer", sys.argv[3].encode()), lambda: None)
    await bus.start()
    await asyncio.Event().wait()

asyncio.run(serve())
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="bus-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def bus(directory: Path) -> AsyncIterator[UnixBus]:
    member = UnixBus(directory, "edge-1")
    await member.start()
    yield member
    await member.stop()


async def start_member(directory: Path, name: str, answer: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-c", MEMBER, str(directory), name, answer)


async def publish_until(bus: UnixBus, topic: str, publication: bytes, heard: Callable[[], object]) -> None:
    """Publish again and again: what goes out before the peer is linked, or has subscribed, reaches nobody."""

    def published_and_heard() -> object:
        bus.publish(topic, publication)
        return heard()

    await eventually(published_and_heard)


async def kill(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


@pytest.mark.parametrize("peer", ["aaa", "zzz"])  # which of the two dials depends on the names
async def test_a_killed_member_is_noticed_and_its_successor_found(bus: UnixBus, directory: Path, peer: str) -> None:
    heard: list[bytes] = []
    bus.subscribe("answer", heard.append, lambda: heard.append(b"(gap)"))
    first = await start_member(directory, peer, "first")
    try:
        await eventually(lambda: bus.peers == {peer})
        heard.clear()
        await publish_until(bus, "ask", b"", lambda: b"first" in heard)
    finally:
        await kill(first)
    await eventually(lambda: heard[-1] == b"(gap)" and not bus.peers)
    second = await start_member(directory, peer, "second")
    try:
        await publish_until(bus, "ask", b"", lambda: b"second" in heard)
        answered = heard.index(b"second")
        assert heard[answered - 1] == b"(gap)"
    finally:
        await kill(second)
    await eventually(lambda: not bus.peers)


async def test_a_late_member_is_linked_within_a_second(bus: UnixBus, directory: Path) -> None:
    late = [UnixBus(directory, name) for name in ("a", "m", "z")]
    for member in late:
        await member.start()
    everybody = {"edge-1", "a", "m", "z"}
    await eventually(lambda: bus.peers == everybody - {"edge-1"}, timeout_s=1)
    await eventually(lambda: all(len(member.peers) == 3 for member in late), timeout_s=1)
    for member in late:
        await member.stop()
    await eventually(lambda: not bus.peers)


async def test_sockets_of_dead_members_are_removed(bus: UnixBus, directory: Path) -> None:
    dead = directory / "zzz.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(dead))
    await eventually(lambda: not dead.exists())


async def test_a_dead_member_does_not_keep_its_name(directory: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / "edge-1.sock"))
    member = UnixBus(directory, "edge-1")
    await member.start()
    await member.stop()
    assert os.listdir(directory) == []


async def test_a_living_member_keeps_its_name(bus: UnixBus, directory: Path) -> None:
    with pytest.raises(NameTaken):
        await UnixBus(directory, "edge-1").start()
    assert (directory / "edge-1.sock").exists()


async def test_a_member_whose_socket_was_taken_away_binds_it_again(bus: UnixBus, directory: Path) -> None:
    (directory / "edge-1.sock").unlink()
    peer = UnixBus(directory, "a")
    await peer.start()
    await eventually(lambda: bus.peers == {"a"} and peer.peers == {"edge-1"})
    await peer.stop()


def test_a_path_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathTooLong):
        UnixBus(tmp_path / ("x" * 100), "edge-1")


@pytest.mark.parametrize("first_bytes", [frame_head(PUBLICATION, "t", 1) + b"x", b"\xff" * 64, b""])
async def test_a_stranger_that_does_not_speak_frames_is_shut_out(
    bus: UnixBus, directory: Path, first_bytes: bytes
) -> None:
    heard: list[bytes] = []
    bus.subscribe("t", heard.append, lambda: heard.append(b"(gap)"))
    reader, writer = await asyncio.open_unix_connection(str(directory / "edge-1.sock"))
    writer.write(first_bytes)
    if not first_bytes:
        writer.write_eof()
    assert (await reader.read()).endswith(b"edge-1")
    writer.close()
    assert (heard, bus.peers) == ([], frozenset())


async def test_a_stopped_peer_costs_no_more_than_its_bound(directory: Path) -> None:
    bus = UnixBus(directory, "edge-1", link_bytes_max=1024 * 1024)
    heard: list[bytes] = []
    bus.subscribe("answer", heard.append, lambda: None)
    await bus.start()
    peer = await start_member(directory, "zzz", "awake")
    try:
        await publish_until(bus, "ask", b"", lambda: heard)
        peer.send_signal(signal.SIGSTOP)
        for _ in range(64):
            bus.publish("ask", bytes(128 * 1024))
        assert bus.dropped > 0
        bus.publish("ask", b"small, and there is still room for it")
        dropped = bus.dropped
        peer.send_signal(signal.SIGCONT)
        heard.clear()
        await publish_until(bus, "ask", b"", lambda: heard)
        assert bus.dropped == dropped
    finally:
        await kill(peer)
        await bus.stop()


def test_it_runs_on_uvloop(directory: Path) -> None:
    async def exchange() -> None:
        a, z = UnixBus(directory, "a"), UnixBus(directory, "z")
        heard: list[bytes] = []
        z.subscribe("media.1", heard.append, lambda: None)
        await z.start()
        await a.start()
        part = bytes(100_000)
        await publish_until(a, "media.1", part, lambda: heard)
        assert heard[0] == part
        await a.stop()
        await eventually(lambda: not z.peers)
        await z.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(exchange())
    assert list(directory.iterdir()) == []
