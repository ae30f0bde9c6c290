"""The supervisor over tiny real children: ready in order, restarted, given up, stopped in reverse, never orphaned."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.errors import ChildFailed
from server.node import supervisor as supervising
from server.node.child import Child, ChildSpec
from server.node.supervisor import Supervisor, pause_s
from tests.waiting import eventually

# Writes what it does into a journal, says that it is ready, and ends on SIGTERM.
ORDERLY = """
import os, signal, sys
name, journal = sys.argv[1:]
def write(what):
    with open(journal, "a") as file:
        file.write(f"{name} {what} {os.getpid()}\\n")
def stop(*_):
    write("stopped")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
write("started")
os.write(int(os.environ["READY_FD"]), b"1")
while True:
    signal.pause()
"""
STUBBORN = ORDERLY.replace('    write("stopped")\n    sys.exit(0)', '    write("refused")')
CRASHING = "import sys; sys.exit('no luck today')"
NEVER_READY = "import time; time.sleep(60)"


def python(script: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", textwrap.dedent(script), *arguments)


def orderly(name: str, journal: Path, script: str = ORDERLY, stop_timeout_s: float = 5.0) -> ChildSpec:
    return ChildSpec(name=name, argv=python(script, name, str(journal)), stop_timeout_s=stop_timeout_s)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
async def supervisor() -> AsyncIterator[Supervisor]:
    made = Supervisor()
    yield made
    await made.stop()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    path.touch()
    return path


def entries(journal: Path) -> list[str]:
    return [line.rsplit(" ", 1)[0] for line in journal.read_text().splitlines()]


@pytest.mark.parametrize(("deaths", "wait_s"), [(1, 0.1), (2, 0.2), (3, 0.4), (20, supervising.PAUSE_MAX_S)])
def test_the_pause_grows_to_its_bound(deaths: int, wait_s: float) -> None:
    assert pause_s(deaths) == wait_s


async def test_children_start_in_order_and_stop_in_reverse(supervisor: Supervisor, journal: Path) -> None:
    for name in ("first", "second", "third"):
        await supervisor.start(orderly(name, journal))
        assert entries(journal)[-1] == f"{name} started"
    pids = list(supervisor.children().values())
    await supervisor.stop()
    await supervisor.stop()
    assert entries(journal)[3:] == ["third stopped", "second stopped", "first stopped"]
    assert [pid for pid in pids if is_alive(pid)] == []


async def test_a_child_that_dies_is_started_again(supervisor: Supervisor, journal: Path) -> None:
    await supervisor.start(orderly("one", journal))
    killed = supervisor.children()["one"]
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: entries(journal) == ["one started"] * 2)
    assert supervisor.children()["one"] != killed


async def test_a_child_that_keeps_dying_is_given_up_with_its_reason(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "PAUSE_FIRST_S", 0.001)
    spec = ChildSpec(name="unlucky", argv=python(CRASHING), log_path=tmp_path / "unlucky.log")
    with pytest.raises(ChildFailed, match="unlucky: keeps dying: ended with exit code 1: no luck today") as raised:
        await supervisor.start(spec)
    assert raised.value.exit_code == 1
    assert (await supervisor.failed()) is raised.value


async def test_a_child_that_is_not_needed_never_stops_the_others(
    supervisor: Supervisor, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PAUSE_FIRST_S", "NOT_NEEDED_PAUSE_S"):
        monkeypatch.setattr(supervising, name, 0.001)
    dying = "import sys; open(sys.argv[1], 'a').write('unlucky died 0\\n'); sys.exit(1)"
    await supervisor.start(ChildSpec(name="unlucky", argv=python(dying, str(journal)), is_needed=False))
    await supervisor.start(orderly("steady", journal))
    deaths_max = 2 * supervising.DEATHS_MAX
    await eventually(lambda: entries(journal).count("unlucky died") > deaths_max, timeout_s=60)
    assert "steady" in supervisor.children()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await supervisor.failed()


async def test_a_program_that_is_not_there_is_given_up(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "PAUSE_FIRST_S", 0.001)
    spec = ChildSpec(name="absent", argv=("/nonexistent",), log_path=tmp_path / "log")
    with pytest.raises(ChildFailed, match="can't run /nonexistent"):
        await supervisor.start(spec)


async def test_a_child_that_is_never_ready_is_given_up(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "PAUSE_FIRST_S", 0.001)
    monkeypatch.setattr(supervising, "DEATHS_MAX", 1)
    with pytest.raises(ChildFailed, match="was not ready within"):
        await supervisor.start(ChildSpec(name="slow", argv=python(NEVER_READY), ready_timeout_s=0.05))


async def test_a_child_that_refuses_to_stop_is_killed_at_its_deadline(supervisor: Supervisor, journal: Path) -> None:
    await supervisor.start(orderly("stubborn", journal, STUBBORN, stop_timeout_s=0.2))
    pid = supervisor.children()["stubborn"]
    await supervisor.stop()
    assert entries(journal) == ["stubborn started", "stubborn refused"]
    assert not is_alive(pid)


async def test_what_a_child_leaves_behind_is_killed_with_it(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    )
    child = Child(ChildSpec(name="parent", argv=python(script), ready=False, log_path=tmp_path / "log"))
    await child.start()
    assert await child.wait() == 0
    left = int((tmp_path / "log").read_text())
    await eventually(lambda: not is_alive(left))


async def test_a_child_sees_neither_the_settings_nor_the_secrets_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JISHI_SECRET_KEY", "hidden")
    monkeypatch.setenv("DATABASE_URL", "hidden")
    script = "import os, sys; print(sorted(os.environ.items()), sys.stdin.read())"
    spec = ChildSpec(name="n", argv=python(script), stdin_json=b"given", ready=False, log_path=tmp_path / "log")
    child = Child(spec)
    await child.start()
    assert await child.wait() == 0
    seen = (tmp_path / "log").read_text()
    assert "given" in seen
    assert "hidden" not in seen


def test_no_child_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    script = f"""
        import asyncio
        from pathlib import Path
        from server.node.supervisor import Supervisor
        from tests.integration.test_node_supervisor import orderly
        async def work():
            supervisor = Supervisor()
            for name in ("first", "second"):
                await supervisor.start(orderly(name, Path({str(journal)!r})))
            print(*supervisor.children().values(), flush=True)
            await asyncio.sleep(60)
        asyncio.run(work())
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    with process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        pidfds = [os.pidfd_open(pid) for pid in pids]
        process.kill()
    assert len(pidfds) == 2
    for pidfd in pidfds:
        assert select.select([pidfd], [], [], 5.0)[0], "a child goes on after its supervisor was killed"
        os.close(pidfd)
    assert sorted(entries(journal)[2:]) == ["first stopped", "second stopped"]


async def test_a_stop_during_a_start_leaves_nothing(journal: Path) -> None:
    supervisor = Supervisor()
    async with asyncio.TaskGroup() as group:
        starting = group.create_task(supervisor.start(ChildSpec(name="slow", argv=python(NEVER_READY))))
        await eventually(supervisor.children)
        pid = supervisor.children()["slow"]
        starting.cancel()
        await supervisor.stop()
    assert not is_alive(pid)
