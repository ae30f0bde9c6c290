"""Edge: the embedded engines together: made ready, started under a supervisor, and their addresses.

`python -m server.node.engines.embedded` runs them alone, for the tests: the settings come as JSON on standard
input, the addresses go out as one JSON line, and SIGTERM or the parent's death ends them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvloop

from server import logs
from server.errors import ServerError
from server.node import folders
from server.node.engines import binaries
from server.node.engines.postgres import APPLICATION, OWNER, SUPERUSER, Postgres
from server.node.engines.valkey import Valkey
from server.node.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the engines are reached."""

    database_url: str | None = None
    """As the application."""
    migrate_url: str | None = None
    """As the owner."""
    valkey_url: str | None = None


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines that a node runs itself; None where one is given from outside."""

    postgres: Postgres | None
    valkey: Valkey | None

    @classmethod
    def locate(cls, data_dir: Path, run_dir: Path, *, postgres: bool, valkey: bool, durable: bool = True) -> Engines:
        """Find the programs of those wanted.

        Raises: BinaryMissing; EngineFailed when PostgreSQL can't run under this user.
        """
        own_postgres = None
        if postgres:
            bin_dir = binaries.postgres_bin_folder()
            identity = binaries.postgres_identity(bin_dir, data_dir)
            own_postgres = Postgres(data_dir, run_dir, bin_dir, identity, durable)
        return cls(own_postgres, Valkey(data_dir, run_dir, binaries.valkey_server()) if valkey else None)

    def addresses(self) -> Addresses:
        return Addresses(
            self.postgres.url(APPLICATION) if self.postgres else None,
            self.postgres.url(OWNER) if self.postgres else None,
            self.valkey.url() if self.valkey else None,
        )

    async def start(self, supervisor: Supervisor) -> None:
        """Make ready what is missing and start them, one after the other.

        Raises: EngineFailed, ChildFailed.
        """
        if self.postgres is not None:
            await self.postgres.prepare()
            await supervisor.start(self.postgres.spec())
            await self.postgres.bootstrap()
        if self.valkey is not None:
            self.valkey.prepare()
            await supervisor.start(self.valkey.spec())


def running_addresses(data_dir: Path, run_dir: Path, *, valkey: bool) -> Addresses:
    """Where the engines of a node that runs already are reached.

    Raises: EngineFailed when it never had any.
    """
    postgres = Postgres(data_dir, run_dir, Path(), "self")
    return Engines(postgres, Valkey(data_dir, run_dir, Path()) if valkey else None).addresses()


class AloneInput(msgspec.Struct, frozen=True):
    """What `python -m server.node.engines.embedded` reads."""

    data_dir: str
    durable: bool = False
    temporary: bool = False
    """Whether the data folder goes when the engines end, also when whoever started them was killed."""


class AloneOutput(msgspec.Struct, frozen=True):
    """What it writes when the engines are ready."""

    superuser_url: str
    database_url: str
    migrate_url: str
    valkey_url: str
    children: dict[str, int]


async def _run_alone(given: AloneInput) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    data_dir = Path(given.data_dir)
    folders.prepare(data_dir)
    engines = Engines.locate(data_dir, folders.run_folder(data_dir), postgres=True, valkey=True, durable=given.durable)
    assert engines.postgres is not None
    assert engines.valkey is not None
    supervisor = Supervisor()
    try:
        await engines.start(supervisor)
        answer = AloneOutput(
            engines.postgres.url(SUPERUSER, "postgres"),
            engines.postgres.url(APPLICATION),
            engines.postgres.url(OWNER),
            engines.valkey.url(),
            supervisor.children(),
        )
        os.write(1, msgspec.json.encode(answer) + b"\n")
        await stop.wait()
    finally:
        await supervisor.stop()
        if given.temporary:
            shutil.rmtree(data_dir, ignore_errors=True)


def main() -> int:
    """Run the engines alone until a signal."""
    logs.setup("engines")
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=AloneInput)
    try:
        uvloop.run(_run_alone(given))
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
