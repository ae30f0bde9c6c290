"""Edge: what a node needs of its machine, looked at one by one: for a person who wonders why it doesn't start.

Nothing is changed and nothing is started. A finding is fine, a fault (the node can't run), or only worth knowing.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
from collections.abc import Iterator

import msgspec

from media.senses.installed import versions
from media.senses.wire import CHANNELS
from server.config import Config
from server.database import migrate
from server.errors import DataFolderInUse, ServerError
from server.node import folders
from server.node.engines import binaries
from server.node.engines.embedded import running_addresses
from server.node.engines.postgres import Postgres
from server.node.engines.valkey import why_silent

PYTHON_MIN = (3, 11)
OPEN_FILES_ADVISED = 16_384
"""A viewer is a descriptor; a thousand viewers fit the usual 1,024 no more."""
FREE_DISK_ADVISED_MB = 2_048


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at. `ok` is None for what is only worth knowing."""

    name: str
    ok: bool | None
    detail: str


async def examine(config: Config) -> list[Finding]:
    """Look at everything."""
    found = [*_python(), *_engines(config), *_data_folder(config)]
    is_running = _is_running(config)
    found += [*_ports(config, is_running), *_machine(config), *_watch(config)]
    return [*found, *await _reach(config, is_running)]


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info[:2] >= PYTHON_MIN, version)


def _engines(config: Config) -> Iterator[Finding]:
    if not config.database_url:
        try:
            folder = binaries.postgres_bin_folder()
            identity = binaries.postgres_identity(folder, config.data_dir)
            yield Finding("postgres program", True, f"{binaries.version_of(folder / 'postgres')} in {folder}")
            yield Finding("postgres identity", True, identity)
        except ServerError as error:
            yield Finding("postgres program", False, str(error))
    if not config.valkey_url:
        try:
            program = binaries.valkey_server()
            yield Finding("valkey program", True, f"{binaries.version_of(program)} in {program.parent}")
        except ServerError as error:
            yield Finding("valkey program", False, str(error))


def _data_folder(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    if not folder.exists():
        parent = next(path for path in folder.parents if path.exists())
        ok = os.access(parent, os.W_OK | os.X_OK)
        yield Finding("data folder", ok, f"{folder} will be made" if ok else f"{parent} isn't writable")
        return
    mode = folder.stat().st_mode & 0o777
    ok = os.access(folder, os.W_OK | os.X_OK) and not mode & 0o66
    yield Finding("data folder", ok, f"{folder} (mode {mode:o})")
    for path in sorted((folder / "secrets").glob("*")):
        mode = path.stat().st_mode & 0o777
        if mode & 0o77 or not path.stat().st_size:
            yield Finding(f"secret {path.name}", False, f"{path} has mode {mode:o}, {path.stat().st_size} bytes")
    run_dir = folders.recorded_run_folder(folder)
    fits = folders.socket_path_fits(folder / "run")
    yield Finding(
        "sockets", True if fits else None, f"{run_dir}{'' if fits else ' (the data folder has too long a path)'}"
    )
    cluster = Postgres(folder, run_dir, binaries.postgres_bin_folder(), "self") if not config.database_url else None
    if cluster is not None and (cluster.cluster / "PG_VERSION").exists():
        yield _cluster_version(cluster)


def _cluster_version(cluster: Postgres) -> Finding:
    try:
        cluster.check_version()
    except ServerError as error:
        return Finding("postgres data", False, str(error))
    return Finding("postgres data", True, f"made by PostgreSQL {(cluster.cluster / 'PG_VERSION').read_text().strip()}")


def _is_running(config: Config) -> bool:
    if not (config.data_dir / "lock").exists():
        return False
    try:
        os.close(folders.lock(config.data_dir))
    except (DataFolderInUse, OSError):
        return True
    return False


def _ports(config: Config, is_running: bool) -> Iterator[Finding]:
    for variable, port in (("JISHI_PORT", config.port), ("JISHI_RTMP_PORT", config.rtmp_port)):
        reason = folders.port_in_use(config.host, port)
        if reason is not None and is_running:
            yield Finding(variable, True, f"{config.host} port {port}: this node listens")
        else:
            yield Finding(variable, reason is None, f"{config.host} port {port}: {reason or 'free'}")


def _machine(config: Config) -> Iterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = hard == resource.RLIM_INFINITY or hard >= OPEN_FILES_ADVISED
    yield Finding("open files", True if enough else None, f"{soft}, at most {hard}")
    folder = next(path for path in (config.data_dir, *config.data_dir.parents) if path.exists())
    free_mb = shutil.disk_usage(folder).free // 2**20
    yield Finding("free disk", True if free_mb >= FREE_DISK_ADVISED_MB else None, f"{free_mb:,} MB")
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    yield Finding("chromium", None, browser or "not here; only the browser tests and `jishi loadtest glass` need it")


def _watch(config: Config) -> Iterator[Finding]:
    """What live rooms can be watched for here."""
    for channel in CHANNELS:
        known, is_set = versions(channel), channel in config.watch
        lacking = [name for name, version in known.items() if version is None]
        if lacking:
            words = f"not installed ({', '.join(lacking)}): pip install 'jishi[{channel}]'"
        else:
            words = ", ".join(f"{name} {version}" for name, version in known.items())
        state = "watched for" if is_set else "not watched for (JISHI_WATCH)"
        yield Finding(f"watch {channel}", not lacking if is_set else None, f"{state}; {words}")


async def _reach(config: Config, is_running: bool) -> list[Finding]:
    """Ask the engines that should answer now."""
    database_url, valkey_url = config.database_url, config.valkey_url
    if is_running and not (database_url and valkey_url):
        try:
            run_dir = folders.recorded_run_folder(config.data_dir)
            addresses = running_addresses(config.data_dir, run_dir, valkey=not valkey_url)
        except ServerError as error:
            return [Finding("engines", False, str(error))]
        database_url = database_url or addresses.database_url or ""
        valkey_url = valkey_url or addresses.valkey_url or ""
    found = []
    for name, url, ask in (("database", database_url, _ask_database), ("valkey", valkey_url, _ask_valkey)):
        if url:
            found.append(await ask(url))
        else:
            found.append(Finding(name, None, "embedded; starts with `jishi serve`"))
    return found


async def _ask_database(url: str) -> Finding:
    try:
        missing = await migrate.pending(url)
    except ServerError as error:
        return Finding("database", False, str(error))
    if missing:
        return Finding("database", False, f"{len(missing)} migrations to apply, first {missing[0]}: `jishi migrate up`")
    return Finding("database", True, "answers, migrated")


async def _ask_valkey(url: str) -> Finding:
    reason = await why_silent(url)
    # Losable: the node runs on without it.
    return Finding("valkey", True if reason is None else None, reason or "answers")
