"""A whole node with small workers: up in order, down on a signal, refused with one line where it can't be."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
UP_TIMEOUT_S = 60.0

# A worker like any other, and a node that runs two of it; `fate` says what the worker does once it is ready.
WORKER = """
import asyncio, os, sys
from server.database.database import Database
from server.node import worker
async def run(own):
    database = await Database.open(own.config.database_url)
    async with database.transaction() as connection:
        await connection.fetchval("SELECT count(*) FROM people.room")
    own.ready()
    match own.given.options["fate"]:
        case "die": os._exit(3)
        case "end": return
        case "hang":
            await own.stop.wait()
            import time
            time.sleep(60)
    await own.stop.wait()
    await database.close()
worker.HARD_STOP_GRACE_S = 0.3
worker.main(run)
"""
NODE = """
import asyncio, dataclasses, sys
from server import config, logs
from server.errors import ServerError
from server.node import serve, supervisor, worker
fate = sys.argv[1]
supervisor.PAUSE_FIRST_S = 0.01
worker.HARD_STOP_GRACE_S = 0.3
def children(config):
    for index in range(2):
        spec = worker.spec("x", config, "edge", index=index, count=2, stop_timeout_s=0.3, options={"fate": fate})
        yield dataclasses.replace(spec, argv=(sys.executable, "-c", sys.argv[2]))
async def announce(config):
    print("up", flush=True)
logs.setup("node", as_json=True)
try:
    asyncio.run(serve.serve(config.from_environment(), children=children, announce=announce))
except ServerError as error:
    sys.exit(f"jishi: {error}")
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "JISHI_DATA_DIR": str(tmp_path / "data"),
        "JISHI_PORT": str(free_port()),
        "JISHI_RTMP_PORT": str(free_port()),
    }


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose cluster is made by the first test that runs a node in it."""
    return tmp_path_factory.mktemp("used") / "data"


@pytest.fixture
def used(environment: dict[str, str], used_folder: Path) -> dict[str, str]:
    """An environment on that folder."""
    return environment | {"JISHI_DATA_DIR": str(used_folder)}


def start(environment: dict[str, str], fate: str = "work") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(NODE), fate, textwrap.dedent(WORKER)]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until_up(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stderr is not None
    assert select.select([process.stdout], [], [], UP_TIMEOUT_S)[0], "neither up nor ended"
    if process.stdout.readline() != "up\n":
        pytest.fail(f"the node ended instead of coming up: {process.stderr.read()}")


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def running(used: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = start(used)
    with process:
        try:
            wait_until_up(process)
            yield process
        finally:
            process.terminate()


def jishi(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server.cli", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def wait_until_dead(pids: list[int], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, "a process of the node is left"
        time.sleep(0.02)


def test_it_runs_until_a_signal_and_leaves_no_process(running: subprocess.Popen[str], used: dict[str, str]) -> None:
    pids = children_of(running.pid)
    assert len(pids) == 4, "two engines and two workers"
    refused = jishi(used, "serve")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"jishi: another node (process {running.pid}) uses the data folder")
    status = jishi(used, "migrate", "status", "--json")
    assert json.loads(status.stdout) == {"pending": []}
    doctor = jishi(used, "doctor", "--json")
    findings = {finding["name"]: finding["ok"] for finding in json.loads(doctor.stdout)["findings"]}
    assert (findings["database"], findings["valkey"], findings["data folder"]) == (True, True, True)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 0, told
    assert [json.loads(line)["message"] for line in told.splitlines()][-2:] == ["stopping on SIGINT", "stopped"]
    wait_until_dead(pids)


def test_a_killed_node_leaves_no_process(running: subprocess.Popen[str]) -> None:
    pids = children_of(running.pid)
    running.kill()
    running.wait()
    wait_until_dead(pids)


@pytest.mark.parametrize(
    ("fate", "reason"),
    [
        ("die", "edge-0: keeps dying: ended with exit code 3"),
        ("end", "edge-0: keeps dying: ended with exit code 1"),
    ],
)
def test_a_worker_that_keeps_dying_stops_the_node(used: dict[str, str], fate: str, reason: str) -> None:
    with start(used, fate) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.splitlines()[-1] in (f"jishi: {reason}", f"jishi: {reason.replace('edge-0', 'edge-1')}")


def test_a_worker_that_hangs_is_ended_by_its_own_timer(used: dict[str, str]) -> None:
    with start(used, "hang") as process:
        wait_until_up(process)
        pids = children_of(process.pid)
        process.kill()
        process.wait()
        wait_until_dead(pids)


def test_a_port_in_use_is_said_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        told = jishi(environment | {"JISHI_PORT": str(port)}, "serve")
    assert told.returncode == 1
    assert told.stderr == f"jishi: can't listen on 127.0.0.1 port {port} (JISHI_PORT): Address already in use\n"
    assert not (Path(environment["JISHI_DATA_DIR"]) / "postgres").exists()


def test_faults_of_the_environment_are_one_line_each(environment: dict[str, str]) -> None:
    told = jishi(environment | {"JISHI_PROT": "1", "JISHI_PORT": "x"}, "serve")
    assert told.returncode == 2
    assert told.stderr.splitlines() == [
        "jishi: JISHI_PORT isn't a whole number from 1 to 65535: 'x'",
        "jishi: JISHI_PROT isn't known; did you mean JISHI_PORT?",
    ]


def test_a_data_folder_that_cannot_be_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = jishi(environment | {"JISHI_DATA_DIR": str(tmp_path / "file" / "data")}, "serve")
    assert told.returncode == 1
    assert told.stderr.startswith("jishi: the data folder ")
    assert len(told.stderr.splitlines()) == 1


def test_a_database_that_does_not_answer_is_said(environment: dict[str, str]) -> None:
    key = "0" * 64
    external = {
        "DATABASE_URL": "postgresql://jishi_app:private-password@/jishi?host=/nonexistent",
        "JISHI_SECRET_KEY": key,
        "JISHI_DATA_KEY": key,
    }
    told = jishi(environment | external, "migrate", "status")
    assert told.returncode == 1
    assert told.stderr.startswith("jishi: the database is unavailable: ")
    assert "private-password" not in told.stderr
    told = jishi(environment | external, "doctor")
    assert told.returncode == 1
    assert "FAULT database" in told.stdout


def test_migrating_works_without_a_node(environment: dict[str, str]) -> None:
    applied = json.loads(jishi(environment, "migrate", "up", "--json").stdout)["applied"]
    assert applied[0] == "people/0001_people"
    assert jishi(environment, "migrate", "up").stdout == "nothing applied\n"


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        ((), 2),
        (("--version",), 0),
        (("--help",), 0),
        (("fly",), 2),
        (("migrate", "sideways"), 2),
        (("loadtest", "nothing"), 2),
        (("moderation", "guess"), 2),
    ],
)
def test_the_command_line_says_what_it_takes(
    environment: dict[str, str], arguments: tuple[str, ...], exit_code: int
) -> None:
    told = jishi(environment, *arguments)
    assert told.returncode == exit_code
    assert "Traceback" not in told.stderr
    assert (told.stdout + told.stderr).strip()
