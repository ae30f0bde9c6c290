"""Edge: the embedded Valkey: its settings, and how to run it as a child.

What is in it may be lost at any moment. It keeps an append-only file all the same, so that a restart doesn't empty
the caches; it listens on a Unix socket in a 0700 folder and nowhere else, and asks for a password.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.node import folders
from server.node.child import ChildSpec

MEMORY_MAX_MB = 256
STOP_TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 2.0
SECRET = "valkey"  # noqa: S105 - the name of the file, not the password
SOCKET_NAME = "valkey.sock"

# Everything in it can be had again, so when memory is full the least used goes, and a write never fails.
SETTINGS = """\
# Written by Jishi at each start.
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
dir "{folder}"
daemonize no
databases 1
maxmemory {memory_mb}mb
maxmemory-policy allkeys-lru
save ""
appendonly yes
appendfsync everysec
aof-load-truncated yes
loglevel notice
logfile ""
client-output-buffer-limit pubsub 32mb 8mb 10
"""


@dataclass(frozen=True, slots=True)
class Valkey:
    """Where one server keeps its files and how it runs."""

    data_dir: Path
    """The node's data folder; its files are in `valkey` below it."""
    run_dir: Path
    program: Path
    memory_max_mb: int = MEMORY_MAX_MB

    @property
    def folder(self) -> Path:
        return self.data_dir / "valkey"

    @property
    def socket(self) -> Path:
        return self.run_dir / SOCKET_NAME

    def url(self) -> str:
        """The connection URL; the password was made by `prepare`."""
        return f"unix://:{folders.read_secret(self.data_dir, SECRET)}@{quote(str(self.socket))}?db=0"

    def prepare(self) -> None:
        """Write its settings, which hold the password, for this user alone."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        settings = SETTINGS.format(
            socket=self.socket,
            password=folders.secret(self.data_dir, SECRET),
            folder=str(self.folder).replace("\\", "\\\\").replace('"', '\\"'),
            memory_mb=self.memory_max_mb,
        )
        path = self.folder / "valkey.conf"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            os.fchmod(descriptor, 0o600)
            file.write(settings)

    def spec(self) -> ChildSpec:
        """The child that runs it; ready when it answers PING, its file loaded."""
        return ChildSpec(
            name="valkey",
            argv=(str(self.program), str(self.folder / "valkey.conf")),
            probe=self.answers,
            ready_timeout_s=None,
            stop_timeout_s=STOP_TIMEOUT_S,
            env={"LC_ALL": "C"},
            log_path=self.data_dir / "logs" / "valkey.log",
            before_start=self._clear_predecessor,
        )

    async def _clear_predecessor(self) -> None:
        self.socket.unlink(missing_ok=True)

    async def answers(self) -> bool:
        """Whether it answers PING now."""
        return await why_silent(self.url()) is None


async def why_silent(url: str) -> str | None:
    """Why a Valkey doesn't answer PING now, or None when it does."""
    client = redis.asyncio.Redis.from_url(
        url,
        socket_timeout=CONNECT_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        await client.ping()
    except (OSError, RedisError, asyncio.IncompleteReadError) as error:
        return str(error) or type(error).__name__
    else:
        return None
    finally:
        await client.aclose()
