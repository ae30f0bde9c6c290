"""A whole demo market in a folder of its own, started as a newcomer would, for tests that look at it from outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port

READY_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Market:
    """A running demo market."""

    base_url: str
    data_dir: Path
    process: subprocess.Popen[bytes]
    demo: dict[str, Any]
    log: Path

    def account(self, role: str, index: int = 0) -> dict[str, Any]:
        """The demo's account of that role; viewers are many, so tests that must not meet each other take an index."""
        found: list[dict[str, Any]] = [account for account in self.demo["accounts"] if account["role"] == role]
        return found[index]

    def room(self, kind: str) -> dict[str, Any]:
        """The demo's room of that kind: farm or jobs."""
        rooms: list[dict[str, Any]] = self.demo["rooms"]
        return next(room for room in rooms if room["kind"] == kind)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a GET."""
        try:
            with urllib.request.urlopen(self.base_url + path, timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def processes(self, marker: str) -> list[int]:
        """Ids of this market's live processes whose command line holds `marker`."""
        return [pid for pid, command in descendants(self.process.pid) if marker in command]


def descendants(pid: int) -> list[tuple[int, str]]:
    """Every process below `pid`, with its command line."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                if fields[0] != "Z":
                    parents[int(entry.name)] = int(fields[1])
                    commands[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    below: list[tuple[int, str]] = []
    wave = [pid]
    while wave:
        wave = [child for child, parent in parents.items() if parent in wave]
        below += [(child, commands[child]) for child in wave]
    return below


@contextlib.contextmanager
def open_market(folder: Path, **environment: str) -> Iterator[Market]:
    """Start `jishi demo` with its data under `folder`, wait until it is ready, and stop it by SIGINT afterwards.

    Raises: AssertionError when it isn't ready in time, or leaves a process behind.
    """
    port, rtmp_port = free_port(), free_port()
    data_dir = folder / "data"
    log = folder / "market.log"
    settings = {
        "JISHI_PORT": str(port),
        "JISHI_RTMP_PORT": str(rtmp_port),
        "JISHI_DATA_DIR": str(data_dir),
        **environment,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JISHI_")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "demo"],
            env={**inherited, **settings},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    family: list[tuple[int, str]] = []
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log, data_dir)
        demo = json.loads((data_dir / "demo.json").read_text())
        yield Market(f"http://127.0.0.1:{port}", data_dir, process, demo, log)
        family = descendants(process.pid)
    finally:
        stop(process)
    left = [command for pid, command in family if Path(f"/proc/{pid}").exists() and not is_zombie(pid)]
    assert not left, f"left behind: {left}"


def wait_until_ready(base_url: str, process: subprocess.Popen[bytes], log: Path, data_dir: Path) -> None:
    """Poll /readyz until it answers 200 and demo.json stands."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        assert process.poll() is None, f"the market ended with {process.returncode}:\n{log.read_text()[-4000:]}"
        assert time.monotonic() < deadline, f"not ready within {READY_TIMEOUT_S} s:\n{log.read_text()[-4000:]}"
        with contextlib.suppress(OSError), urllib.request.urlopen(base_url + "/readyz", timeout=2) as response:
            if response.status == 200 and (data_dir / "demo.json").exists():
                return
        time.sleep(0.1)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the market as Ctrl-C would, and by force after a while."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the market did not stop within {STOP_TIMEOUT_S} s of SIGINT") from None


def is_zombie(pid: int) -> bool:
    """Whether the process has ended and only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
