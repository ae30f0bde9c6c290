"""Edge: what every worker holds while it runs: its database pool, its place on the node's bus, its derived keys."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from moderation.filter import Filter, shipped_filter
from moderation.folder import engine_of
from server.bus.unix import UnixBus
from server.config import Config
from server.database.database import Database

BUS_FOLDER: Final = "bus"
SIMPAY_SOCKET: Final = "simpay.sock"
ANY_ADDRESSES: Final = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared with, not bound


@contextlib.asynccontextmanager
async def database_of(config: Config, name: str, connections_max: int) -> AsyncIterator[Database]:
    """A pool of the application's role.

    Raises: DatabaseUnavailable.
    """
    database = await Database.open(config.database_url, pool_size_max=connections_max, application_name=f"jishi-{name}")
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def bus_of(config: Config, name: str) -> AsyncIterator[UnixBus]:
    """Membership of the node's bus."""
    folder = run_dir(config) / BUS_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    bus = UnixBus(folder, name)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


def filter_of(config: Config) -> Filter:
    """The filter of a worker that starts; takes seconds.

    Raises: PackInvalid, PacksRefused.
    """
    words = shipped_filter() if config.packs is None else Filter(engine_of(config.packs))
    # Some hundred thousand objects that stay: a full collection would hold up the loop to walk them.
    gc.collect()
    gc.freeze()
    return words


def run_dir(config: Config) -> Path:
    """Where the node's sockets are; set for every worker by `serve`."""
    assert config.run_dir is not None
    return config.run_dir


def own_address(host: str) -> str:
    """How this machine reaches what listens on `host`, as it stands in a URL."""
    return ANY_ADDRESSES.get(host, f"[{host}]" if ":" in host else host)


def derived_key(config: Config, purpose: str) -> bytes:
    """32 bytes of `JISHI_SECRET_KEY` for one purpose, telling nothing of it or of the others (HMAC as a PRF)."""
    return hmac.digest(config.secret_key, purpose.encode(), hashlib.sha256)
