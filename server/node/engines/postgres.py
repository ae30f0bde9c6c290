"""Edge: the embedded PostgreSQL: its cluster on disk, its settings, and how to run it as a child.

A cluster is made beside its place and moved there when it is whole, so a start that was cut short leaves nothing half
made. It listens on a Unix socket in a 0700 folder and nowhere else, asks everyone for a SCRAM password, sorts by the
built-in C.UTF-8 (no index breaks when the system's locales change) and keeps data checksums. Three roles: the
superuser, whose password only this module reads; `jishi_owner`, who owns the database and migrates; and `jishi_app`,
whom row-level security binds.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg

from server.errors import EngineFailed
from server.node import folders
from server.node.child import ChildSpec, launch_argv, tail
from server.node.engines import binaries

PORT = 5432
"""Only part of the socket's name: nothing listens on TCP."""
SUPERUSER = "jishi_superuser"
OWNER = "jishi_owner"
APPLICATION = "jishi_app"
DATABASE = "jishi"
CONNECTIONS_MAX = 100
SHARED_BUFFERS_MB = 128
INITDB_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 30.0
PREDECESSOR_TIMEOUT_S = 30.0
PROBE_TIMEOUT_S = 5.0
BOOTSTRAP_TIMEOUT_S = 60.0
"""For one connection of a cluster that answers: a machine that is busy starting everything else may be slow."""

# Statements, and the values in the details of errors, are people's data: neither goes into the log.
SETTINGS = """\
# Written by Jishi at each start; changes belong in jishi.local.conf beside it.
listen_addresses = ''
port = {port}
unix_socket_directories = '{run}'
unix_socket_permissions = 0700
max_connections = {connections}
superuser_reserved_connections = 3
shared_buffers = '{shared_buffers_mb}MB'
effective_cache_size = '512MB'
maintenance_work_mem = '64MB'
max_wal_size = '1GB'
checkpoint_completion_target = 0.9
random_page_cost = 1.1
jit = off
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
synchronous_commit = {durable}
fsync = {durable}
full_page_writes = {durable}
log_destination = 'stderr'
logging_collector = on
log_directory = '{logs}'
log_filename = 'postgres-%a.log'
log_file_mode = 0600
log_rotation_age = '1d'
log_rotation_size = 0
log_truncate_on_rotation = on
log_line_prefix = '%m [%p] %q%u '
log_statement = 'none'
log_min_error_statement = 'panic'
log_error_verbosity = 'terse'
log_checkpoints = off
include_if_exists = 'jishi.local.conf'
"""

# A session's lines have its user's name between the two.
_FATAL_OF_NO_SESSION = re.compile(r" \[\d+\] (FATAL|PANIC):  ")

HOST_BASED_AUTHENTICATION = """\
# Written by Jishi at each start: the socket only, a password from everyone.
local all all scram-sha-256
"""


@dataclass(frozen=True, slots=True)
class Postgres:
    """Where one cluster lives and how it runs."""

    data_dir: Path
    """The node's data folder; the cluster is in `postgres` below it."""
    run_dir: Path
    bin_dir: Path
    identity: str
    """See launch.py."""
    durable: bool = True
    """False only in tests: fsync and its like off."""
    shared_buffers_mb: int = SHARED_BUFFERS_MB

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def _stderr(self) -> Path:
        return self.data_dir / "logs" / "postgres.stderr"

    def url(self, role: str, database: str = DATABASE) -> str:
        """The connection URL of a role; its password was made by `prepare`."""
        password = folders.read_secret(self.data_dir, role)
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.run_dir))}&port={PORT}"

    def spec(self) -> ChildSpec:
        """The child that runs the cluster; ready when it takes connections, however long a recovery lasts."""
        return ChildSpec(
            name="postgres",
            argv=(str(self.bin_dir / "postgres"), "-D", str(self.cluster)),
            probe=self.answers,
            ready_timeout_s=None,
            stop_signal=signal.SIGINT,  # a fast shutdown: sessions are ended, then a checkpoint
            stop_timeout_s=STOP_TIMEOUT_S,
            env={"LC_ALL": "C", "TZ": "UTC"},
            log_path=self._stderr,
            identity=self.identity,
            last_words=self.last_words,
            before_start=self._clear_predecessor,
        )

    async def prepare(self) -> None:
        """Make the cluster if there is none, and write its settings.

        Raises: EngineFailed when it can't be made, or was made by another major version.
        """
        for role in (SUPERUSER, OWNER, APPLICATION):
            folders.secret(self.data_dir, role)
        if not (self.cluster / "PG_VERSION").exists():
            await self._initdb()
        self.check_version()
        settings = SETTINGS.format(
            port=PORT,
            run=self.run_dir,
            logs=str(self.data_dir / "logs").replace("\\", "\\\\").replace("'", "''"),
            connections=CONNECTIONS_MAX,
            shared_buffers_mb=self.shared_buffers_mb,
            durable="on" if self.durable else "off",
        )
        for name, text in (("postgresql.conf", settings), ("pg_hba.conf", HOST_BASED_AUTHENTICATION)):
            path = self.cluster / name
            path.write_text(text)
            path.chmod(0o600)
        self._give_to_service_account()

    async def _initdb(self) -> None:
        making = self.data_dir / "postgres.new"
        if making.exists():
            shutil.rmtree(making)
        making.mkdir(mode=0o700)
        password_file = making.with_name("postgres.password")
        password_file.touch(mode=0o600)
        password_file.write_text(folders.read_secret(self.data_dir, SUPERUSER))
        command = (
            *launch_argv(signal.SIGKILL, self.identity if self.identity == "namespace" else "self"),
            *(str(self.bin_dir / "initdb"), "-D", str(making), "-U", SUPERUSER, f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--locale=C", "--data-checksums", "--no-instructions", *(() if self.durable else ("--no-sync",))),
        )
        if ":" in self.identity:
            uid, gid = map(int, self.identity.split(":"))
            os.chown(making, uid, gid)
            os.chown(password_file, uid, gid)
            self.data_dir.chmod(0o711)
            command = (*launch_argv(signal.SIGKILL, self.identity), *command[len(launch_argv(signal.SIGKILL, "")) :])
        try:
            await _run(command)
        finally:
            password_file.unlink()
        making.rename(self.cluster)

    def check_version(self) -> None:
        """See that the cluster was made by this major version.

        Raises: EngineFailed.
        """
        made_by = (self.cluster / "PG_VERSION").read_text().strip()
        here = binaries.version_of(self.bin_dir / "postgres").rsplit(" ", 1)[-1]
        if here.split(".")[0] != made_by:
            raise EngineFailed(
                f"the data in {self.cluster} was made by PostgreSQL {made_by} and the program here is {here}: "
                f"dump it with {made_by} and load it again (docs/operations.md)"
            )

    def _give_to_service_account(self) -> None:
        """Where root can't be hidden, let the engine's own account into what it needs, all below the data folder."""
        if ":" not in self.identity:
            return
        uid, gid = map(int, self.identity.split(":"))
        self.data_dir.chmod(0o711)
        for folder in (self.run_dir, self.data_dir / "logs", self.cluster):
            for path in (folder, *folder.rglob("*")):
                os.chown(path, uid, gid, follow_symlinks=False)

    async def answers(self) -> bool:
        """Whether it takes connections now."""
        try:
            connection = await asyncpg.connect(self.url(SUPERUSER, "postgres"), timeout=PROBE_TIMEOUT_S)
            await connection.close(timeout=PROBE_TIMEOUT_S)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return False
        return True

    def last_words(self, pid: int) -> str:
        """The line that says why this postmaster didn't start, or ''.

        Its standard error has what came before the cluster's own log was opened, and is emptied at each start. In the
        log earlier lives may have had the same number, so only what follows the last start is its own.
        """
        lines = tail(self._stderr) if self._stderr.exists() else []
        started_at = self._stderr.stat().st_mtime if lines else 0.0
        for log in self._stderr.parent.glob("postgres-*.log"):
            if log.stat().st_mtime >= started_at:
                own = tail(log)
                starts = [place for place, line in enumerate(own) if f" [{pid}] LOG:  starting PostgreSQL" in line]
                lines += own[starts[-1] :] if starts else []
        if any("ready to accept connections" in line for line in lines):
            return ""
        return next((line for line in reversed(lines) if _FATAL_OF_NO_SESSION.search(line)), "")

    async def bootstrap(self) -> None:
        """Make the roles and the database where they are missing. The cluster must be running.

        Raises: EngineFailed.
        """
        try:
            await self._make_roles_and_database()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            raise EngineFailed(f"the roles and the database can't be made: {error}") from error

    async def _make_roles_and_database(self) -> None:
        connection = await asyncpg.connect(self.url(SUPERUSER, "postgres"), timeout=BOOTSTRAP_TIMEOUT_S)
        try:
            for role in (OWNER, APPLICATION):
                known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
                # A password of ours has letters, digits, - and _ only: nothing to quote.
                await connection.execute(
                    f"{'ALTER' if known else 'CREATE'} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB "
                    f"NOCREATEROLE PASSWORD '{folders.read_secret(self.data_dir, role)}'"
                )
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
            await connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            await connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APPLICATION}")
        finally:
            await connection.close()

    async def _clear_predecessor(self) -> None:
        """Wait for a postmaster of this cluster that is still ending, and drop lock files that speak of none.

        After a crash the number in `postmaster.pid`, and in the lock beside the socket, may belong to anybody (in a
        container nearly always), and PostgreSQL would refuse to start. Whether a process is of this cluster shows in
        its working folder.
        """
        deadline = asyncio.get_running_loop().time() + PREDECESSOR_TIMEOUT_S
        for lock_file in (self.cluster / "postmaster.pid", self.run_dir / f".s.PGSQL.{PORT}.lock"):
            while (pid := _pid_in(lock_file)) is not None:
                if not _works_in(pid, self.cluster):
                    lock_file.unlink(missing_ok=True)
                elif asyncio.get_running_loop().time() > deadline:
                    return  # PostgreSQL says it best itself
                else:
                    await asyncio.sleep(0.05)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _works_in(pid: int, folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    return False


async def _run(command: tuple[str, ...]) -> None:
    """Run a program to its end, in a thread; it dies with this process.

    Raises: EngineFailed with its last line.
    """
    try:
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, timeout=INITDB_TIMEOUT_S, check=False, env={"LC_ALL": "C"}
        )
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"the database cluster wasn't made within {INITDB_TIMEOUT_S:g} s") from error
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise EngineFailed(f"the database cluster can't be made: {words[-1] if words else done.returncode}")
