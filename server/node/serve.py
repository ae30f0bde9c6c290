"""Edge: the node as a list: folder, lock, engines, migrations, workers; then until a signal; then back in reverse.

`serve` is the composition root of `jishi serve` and `jishi demo`; the workers' own are in `server/node/workers/`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from media.senses.installed import missing
from media.senses.wire import CHANNELS
from server.config import Config, decode_key
from server.database import migrate
from server.errors import ConfigError, DataFolderInUse, MigrationError, PortInUse
from server.lookout.clips import ClipFolder
from server.node import folders, worker
from server.node.child import ChildSpec
from server.node.engines.embedded import Addresses, Engines, running_addresses
from server.node.supervisor import Supervisor

Prepare = Callable[[Config], Awaitable[Sequence[ChildSpec]]]
"""Done when the database is migrated and no worker runs; returns children to start after the workers."""
Announce = Callable[[Config], Awaitable[None]]
"""Done when every child is ready."""

log = logging.getLogger("jishi.node")


def worker_children(config: Config) -> list[ChildSpec]:
    """The node's workers in the order of their start."""
    children = []
    if config.payment_provider == "simpay":
        children.append(worker.spec("server.node.workers.simpay", config, "simpay"))
    children.append(worker.spec("server.node.workers.media", config, "media"))
    children += [
        worker.spec("server.node.workers.edge", config, "edge", index=index, count=config.workers)
        for index in range(config.workers)
    ]
    children.append(worker.spec("server.node.workers.clerk", config, "clerk"))
    if config.watch or not ClipFolder(config.data_dir).is_empty:
        children.append(worker.spec("server.node.workers.lookout", config, "lookout", is_needed=False))
    return children


def check_extras(config: Config) -> None:
    """See that what is to be watched for can be read here.

    Raises: ConfigError, naming what to install.
    """
    faults = [
        f"JISHI_WATCH has {channel}, which needs {', '.join(lacking)}: pip install 'jishi[{channel}]'"
        for channel in CHANNELS
        if channel in config.watch and (lacking := missing(channel))
    ]
    if faults:
        raise ConfigError(faults)


def check_ports(config: Config) -> None:
    """See that the node can listen where it is to.

    Raises: PortInUse, naming the variable.
    """
    for variable, port in (("JISHI_PORT", config.port), ("JISHI_RTMP_PORT", config.rtmp_port)):
        if (reason := folders.port_in_use(config.host, port)) is not None:
            raise PortInUse(f"can't listen on {config.host} port {port} ({variable}): {reason}")


def with_keys(config: Config) -> Config:
    """The configuration with the keys of the data folder, made the first time, where none are given.

    Raises: EngineFailed when a key's file is unfit.
    """
    given = {name: getattr(config, name) for name in ("secret_key", "data_key")}
    made = {name: decode_key(folders.secret(config.data_dir, name)) for name, key in given.items() if not key}
    return msgspec.structs.replace(config, **made)


async def serve(
    config: Config,
    *,
    prepare: Prepare | None = None,
    announce: Announce | None = None,
    children: Callable[[Config], Sequence[ChildSpec]] = worker_children,
) -> None:
    """Run the node until SIGINT or SIGTERM; returns when nothing of it is left.

    Raises: ServerError; by then, too, nothing is left.
    """
    with _stopped_by_signals() as stopped:
        try:
            async with _engines_running(config) as (ready_config, supervisor):
                await _migrate(ready_config)
                extra = await prepare(ready_config) if prepare is not None else ()
                for spec in (*children(ready_config), *extra):
                    await supervisor.start(spec)
                log.info("ready")
                if announce is not None:
                    await announce(ready_config)
                raise await supervisor.failed()
        except asyncio.CancelledError:
            if not stopped():
                raise
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
            log.info("stopped")


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[Callable[[], bool]]:
    """Turn the first signal into a cancellation of this task; gives whether there was one.

    Later signals change nothing: the stop has its own deadlines.
    """
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    signals: list[signal.Signals] = []

    def on_signal(number: signal.Signals) -> None:
        signals.append(number)
        if len(signals) == 1:
            log.info("stopping on %s", number.name)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)
    try:
        yield lambda: bool(signals)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _engines_running(config: Config) -> AsyncIterator[tuple[Config, Supervisor]]:
    """Hold the data folder and run the engines in it; gives the whole configuration and the supervisor."""
    check_extras(config)
    folders.prepare(config.data_dir)
    lock = folders.lock(config.data_dir)
    supervisor = Supervisor()
    try:
        check_ports(config)
        run_dir = folders.run_folder(config.data_dir)
        engines = Engines.locate(
            config.data_dir, run_dir, postgres=not config.database_url, valkey=not config.valkey_url
        )
        await engines.start(supervisor)
        yield _reaching(with_keys(config), run_dir, engines.addresses()), supervisor
    finally:
        await supervisor.stop()
        os.close(lock)


def _reaching(config: Config, run_dir: Path, addresses: Addresses) -> Config:
    """The configuration with the embedded engines' addresses where none are given."""
    return msgspec.structs.replace(
        config,
        run_dir=run_dir,
        database_url=config.database_url or addresses.database_url or "",
        migrate_url=config.migrate_url or addresses.migrate_url or "",
        valkey_url=config.valkey_url or addresses.valkey_url or "",
    )


async def _migrate(config: Config) -> None:
    """Bring the schema up, or see that it is.

    Raises: MigrationError, DatabaseUnavailable.
    """
    if config.migrate_url:
        for migration in await migrate.migrate(config.migrate_url):
            log.info("migrated %s", migration)
    elif missing := await migrate.pending(config.database_url):
        raise MigrationError(f"the database lacks {len(missing)} migrations, first {missing[0]}: `jishi migrate up`")


@contextlib.asynccontextmanager
async def reachable(config: Config, *, migrated: bool = False) -> AsyncIterator[Config]:
    """The configuration with a database that answers: the one given, that of the node that runs, or, for as long as the
    block lasts, one started for it. For commands that work on the database beside or without a running node.

    `migrated`: the schema is seen to be whole (an embedded one is brought up).

    Raises: ServerError.
    """
    async with _database_running(config) as ready:
        if migrated:
            await _migrate(ready if not config.database_url else msgspec.structs.replace(ready, migrate_url=""))
        yield ready


@contextlib.asynccontextmanager
async def _database_running(config: Config) -> AsyncIterator[Config]:
    if config.database_url:
        yield config
        return
    folders.prepare(config.data_dir)
    try:
        lock = folders.lock(config.data_dir)
    except DataFolderInUse:
        run_dir = folders.recorded_run_folder(config.data_dir)
        yield _reaching(
            with_keys(config), run_dir, running_addresses(config.data_dir, run_dir, valkey=not config.valkey_url)
        )
        return
    supervisor = Supervisor()
    try:
        run_dir = folders.run_folder(config.data_dir)
        engines = Engines.locate(config.data_dir, run_dir, postgres=True, valkey=False)
        await engines.start(supervisor)
        yield _reaching(with_keys(config), run_dir, engines.addresses())
    finally:
        await supervisor.stop()
        os.close(lock)
