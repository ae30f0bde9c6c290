"""The embedded engines: killed and back with every acknowledged row, as root in a closed folder, and nowhere on TCP."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio
from redis.exceptions import RedisError

from server.database.database import Database
from server.errors import ChildFailed, DatabaseUnavailable, DataFolderInUse, EngineFailed
from server.node import folders
from server.node import supervisor as supervising
from server.node.child import Child, ChildSpec
from server.node.engines import binaries
from server.node.engines.binaries import first_blocked, service_account
from server.node.engines.embedded import Engines
from server.node.engines.postgres import APPLICATION, OWNER, Postgres
from server.node.supervisor import Supervisor
from tests.waiting import eventually


@pytest.fixture(scope="module")
def closed_folder() -> Iterator[Path]:
    """A folder of mode 0700 with a checkout in it, as a newcomer has it under /root.

    One for the module: the cluster in it is made once, and every test starts and stops its engines.
    """
    home = Path(tempfile.mkdtemp(prefix="jishi-home-"))
    checkout = home / "checkout"
    checkout.mkdir(mode=0o700)
    yield checkout
    shutil.rmtree(home)


class Node:
    """Engines under a supervisor, as `serve` has them."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.supervisor = Supervisor()
        folders.prepare(data_dir)
        self.run_dir = folders.run_folder(data_dir)
        self.engines = Engines.locate(data_dir, self.run_dir, postgres=True, valkey=True)
        assert self.engines.postgres is not None
        assert self.engines.valkey is not None
        self.postgres, self.valkey = self.engines.postgres, self.engines.valkey


@pytest.fixture
async def node(closed_folder: Path) -> AsyncIterator[Node]:
    made = Node(closed_folder / ".jishi")
    try:
        await made.engines.start(made.supervisor)
        yield made
    finally:
        await made.supervisor.stop()


def modes(folder: Path) -> dict[str, int]:
    """The mode of a folder, of every folder above it, and of everything in it but the data folder."""
    paths = [folder, *folder.parents, *(path for path in folder.rglob("*") if ".jishi" not in path.parts)]
    return {str(path): stat.S_IMODE(path.stat().st_mode) for path in paths}


async def test_they_start_in_a_closed_folder_and_change_no_mode_outside_their_own(closed_folder: Path) -> None:
    before = modes(closed_folder)
    node = Node(closed_folder / ".jishi")
    binaries_before = modes(node.postgres.bin_dir)
    try:
        await node.engines.start(node.supervisor)
    finally:
        await node.supervisor.stop()
    assert modes(closed_folder) == before
    assert modes(node.postgres.bin_dir) == binaries_before
    assert os.listdir(closed_folder) == [".jishi"]
    opened = [str(path) for path in node.data_dir.rglob("*") if path.stat().st_mode & 0o066]
    assert opened == [], "nothing below the data folder is for others"
    assert stat.S_IMODE(node.data_dir.stat().st_mode) == 0o700


async def test_every_acknowledged_row_survives_a_killed_postgres(node: Node) -> None:
    owner = await asyncpg.connect(node.postgres.url(OWNER))
    await owner.execute(
        "DROP TABLE IF EXISTS kept; CREATE TABLE kept (number int PRIMARY KEY); GRANT ALL ON kept TO jishi_app"
    )
    await owner.close()
    database = await Database.open(node.postgres.url(APPLICATION))
    acknowledged: list[int] = []
    refused = 0
    enough = asyncio.Event()

    async def write(start: int) -> None:
        nonlocal refused
        number = start
        while not enough.is_set():
            try:
                async with database.transaction() as connection:
                    await connection.execute("INSERT INTO kept VALUES ($1)", number)
                acknowledged.append(number)
            except DatabaseUnavailable:
                refused += 1
                await asyncio.sleep(0.01)
            number += 1

    async def fifty_more() -> None:
        goal = len(acknowledged) + 50
        await eventually(lambda: len(acknowledged) > goal, timeout_s=15)

    async def one_more_refused() -> None:
        before = refused
        await eventually(lambda: refused > before, timeout_s=15)

    async with asyncio.TaskGroup() as group:
        for writer in range(4):
            group.create_task(write(writer * 1_000_000))
        for _ in range(2):
            await fifty_more()
            os.kill(node.supervisor.children()["postgres"], signal.SIGKILL)
            await one_more_refused()
        await fifty_more()
        enough.set()
    async with database.transaction() as connection:
        rows = {row["number"] for row in await connection.fetch("SELECT number FROM kept")}
    await database.close()
    assert set(acknowledged) - rows == set()
    assert refused > 0


async def test_valkey_comes_back_with_what_it_had(node: Node) -> None:
    client = redis.asyncio.Redis.from_url(node.valkey.url())
    await client.set("key", "value")
    await client.aclose()
    killed = node.supervisor.children()["valkey"]
    os.kill(killed, signal.SIGTERM)
    await eventually(lambda: node.supervisor.children().get("valkey", killed) != killed)
    await eventually(node.valkey.socket.exists)
    client = redis.asyncio.Redis.from_url(node.valkey.url())
    try:
        assert await client.get("key") == b"value"
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "allkeys-lru"
    finally:
        await client.aclose()


async def test_nobody_comes_in_without_a_password_or_by_tcp(node: Node) -> None:
    for url in (
        node.postgres.url(APPLICATION).replace("jishi_app:", "jishi_app:wrong-"),
        f"postgresql://jishi_app@/jishi?host={node.run_dir}",
    ):
        with pytest.raises((asyncpg.InvalidPasswordError, asyncpg.InterfaceError)):
            await asyncpg.connect(url)
    client = redis.asyncio.Redis.from_url(f"unix://{node.valkey.socket}")
    with pytest.raises(RedisError, match="authenticated"):
        await client.ping()
    await client.aclose()
    inodes = set()
    for pid in node.supervisor.children().values():
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():  # noqa: ASYNC240
            inodes.add(os.readlink(descriptor).removeprefix("socket:[").removesuffix("]"))
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:  # noqa: ASYNC240
            assert line.split()[9] not in inodes
    superuser = await asyncpg.connect(node.postgres.url("jishi_superuser", "postgres"))
    try:
        for name, value in {
            "data_checksums": "on",
            "listen_addresses": "",
            "synchronous_commit": "on",
            "fsync": "on",
            "log_statement": "none",
        }.items():
            assert await superuser.fetchval("SELECT current_setting($1)", name) == value
        locale = await superuser.fetchrow(
            "SELECT datlocprovider, datlocale, encoding FROM pg_database WHERE datname = 'jishi'"
        )
        assert tuple(locale) == (b"b", "C.UTF-8", 6)
    finally:
        await superuser.close()


async def test_lock_files_that_speak_of_somebody_else_are_no_hindrance(node: Node) -> None:
    await node.supervisor.stop()
    # After a crash in a container the recorded number is nearly always that of another process of this user.
    stranger = Child(ChildSpec(name="stranger", argv=("/bin/sleep", "60"), ready=False))
    await stranger.start()
    words = f"{stranger.pid}\n{node.postgres.cluster}\n1\n5432\n{node.run_dir}\n\n 0 0\nready\n"
    for lock_file in (node.postgres.cluster / "postmaster.pid", node.run_dir / ".s.PGSQL.5432.lock"):
        lock_file.write_text(words)
    again = Supervisor()
    try:
        await node.engines.start(again)
        assert await node.postgres.answers()
    finally:
        await again.stop()
        await stranger.stop()


def test_an_earlier_lifes_words_are_not_this_ones(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    own, stderr = logs / "postgres-Sun.log", logs / "postgres.stderr"
    cluster = Postgres(tmp_path, tmp_path, tmp_path, "self")
    started, lost = "[42] LOG:  starting PostgreSQL 18", "[50] PANIC:  could not locate a valid checkpoint record"
    own.write_text(f"t {started}\nt {lost}\n")
    os.utime(own, (1, 1))
    stderr.write_text('t [42] FATAL:  could not create lock file "postmaster.pid": No space left on device\n')
    assert "No space left" in cluster.last_words(42)
    stderr.write_text("t [42] LOG:  redirecting log output to logging collector process\n")
    os.utime(stderr, (1, 1))
    assert lost in cluster.last_words(42)
    assert cluster.last_words(43) == ""
    own.write_text(f"t {started}\nt [42] LOG:  database system is ready to accept connections\nt [60] FATAL:  ending\n")
    assert cluster.last_words(42) == ""


def test_a_namespace_refused_for_a_moment_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    monkeypatch.setattr(binaries, "NAMESPACE_PAUSE_S", 0.0)
    refused_once = f"test -e {asked} || {{ touch {asked}; exit 126; }}"
    monkeypatch.setattr(binaries, "launch_argv", lambda *_: ("/bin/sh", "-c", refused_once))
    assert binaries.namespaces_work()
    monkeypatch.setattr(binaries, "launch_argv", lambda *_: ("/bin/sh", "-c", "exit 126"))
    assert not binaries.namespaces_work()


async def test_why_the_cluster_does_not_start_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "PAUSE_FIRST_S", 0.01)
    node = Node(tmp_path / "data")
    await node.engines.start(node.supervisor)
    await node.supervisor.stop()
    # The postmaster's own word, and that of a process of its, which the postmaster only calls a failure.
    (node.postgres.cluster / "postgresql.auto.conf").write_text("shared_preload_libraries = 'nowhere'\n")
    with pytest.raises(ChildFailed, match=r'FATAL:  could not access file "nowhere"'):
        await node.engines.start(again := Supervisor())
    await again.stop()
    (node.postgres.cluster / "postgresql.auto.conf").write_text("")
    for segment in (node.postgres.cluster / "pg_wal").glob("0*"):
        segment.write_bytes(bytes(segment.stat().st_size))
    with pytest.raises(ChildFailed, match=r"(PANIC|FATAL):  could not locate a valid checkpoint record"):
        await node.engines.start(again := Supervisor())
    await again.stop()


async def test_a_cluster_of_another_major_version_is_refused(tmp_path: Path) -> None:
    node = Node(tmp_path / "data")
    node.postgres.cluster.mkdir()
    (node.postgres.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(EngineFailed, match="made by PostgreSQL 14"):
        await node.engines.start(node.supervisor)
    await node.supervisor.stop()


def test_sockets_move_where_a_path_is_too_long(tmp_path: Path) -> None:
    deep = tmp_path / ("深" * 40)
    folders.prepare(deep)
    run_dir = folders.run_folder(deep)
    try:
        assert folders.socket_path_fits(run_dir)
        assert stat.S_IMODE(run_dir.stat().st_mode) == 0o700
        assert folders.run_folder(deep) == run_dir == folders.recorded_run_folder(deep)
        run_dir.chmod(0o755)
        assert folders.run_folder(deep) != run_dir, "a folder that others could have filled isn't trusted"
        folders.run_folder(deep).rmdir()
    finally:
        run_dir.rmdir()


def test_one_node_holds_a_data_folder(tmp_path: Path) -> None:
    folders.prepare(tmp_path / "data")
    held = folders.lock(tmp_path / "data")
    with pytest.raises(DataFolderInUse, match=f"process {os.getpid()}"):
        folders.lock(tmp_path / "data")
    os.close(held)
    os.close(folders.lock(tmp_path / "data"))


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    folders.prepare(tmp_path)
    first = folders.secret(tmp_path, "key")
    assert folders.secret(tmp_path, "key") == first
    (tmp_path / "secrets" / "key").chmod(0o640)
    with pytest.raises(EngineFailed, match="can be read by others"):
        folders.secret(tmp_path, "key")


def test_a_folder_that_the_service_account_may_not_pass_is_named(closed_folder: Path) -> None:
    account = service_account()
    if account.pw_uid == os.geteuid():
        return
    (closed_folder / "program").touch(mode=0o755)
    assert first_blocked(closed_folder / "program", account) == closed_folder.parent
    assert first_blocked(Path("/usr/bin/env"), account) is None
