"""Core: demo.json: where the demo market is, who may sign in, and how to publish; read by people and by scripts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

FILE_NAME: Final = "demo.json"
FILE_MODE: Final = 0o600


class DemoRoom(msgspec.Struct, frozen=True):
    """A room and how to be its host."""

    slug: str
    kind: str  # farm | jobs
    publish_url: str
    stream_key: str


class DemoAccount(msgspec.Struct, frozen=True):
    """Somebody to sign in as."""

    role: str  # viewer | host | employer | moderator | admin
    login: str
    password: str
    token: str


class DemoRecord(msgspec.Struct, frozen=True):
    """Everything in demo.json."""

    base_url: str
    rooms: list[DemoRoom]
    accounts: list[DemoAccount]
    sku: str
    job: str


def read(data_dir: Path) -> DemoRecord | None:
    """The record of an earlier run, or None where there is none that can be read."""
    try:
        return msgspec.json.decode((data_dir / FILE_NAME).read_bytes(), type=DemoRecord)
    except (OSError, msgspec.DecodeError):
        return None


def write(data_dir: Path, record: DemoRecord) -> None:
    """Replace the record whole, readable by its owner alone."""
    written = data_dir / f"{FILE_NAME}.new"
    written.unlink(missing_ok=True)
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with open(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(record), indent=2))
    written.replace(data_dir / FILE_NAME)
