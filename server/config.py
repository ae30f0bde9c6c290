"""Core: what the operator decides, read from the environment once, into frozen values.

Everything comes from variables (docs/operations.md); each may be given as `NAME_FILE`, the path of a file that holds
the value. Faults are collected and told together. A `JISHI_` variable that isn't known is a fault, for a misspelt
setting that is silently ignored is worse than a start that is refused. Limits that no operator changes are named
constants where they apply.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from media.senses.wire import CHANNELS
from server.errors import ConfigError

KEY_BYTES = 32
"""An Ed25519 seed (JISHI_SECRET_KEY), an AES-256 key (JISHI_DATA_KEY)."""
WORKERS_MAX = 64
PORT_MAX = 65_535
RETENTION_YEARS_MIN = 3
"""What the E-commerce Law, article 31, asks for."""
RETENTION_YEARS_MAX = 100
LOG_LEVELS = ("debug", "info", "warning", "error")
PAYMENT_PROVIDERS = ("simpay",)
CLIPS_DAYS_MAX = 3_650
CLIPS_MB_MIN = 100
CLIPS_MB_MAX = 10_000_000

PREFIX = "JISHI_"
NAMES = (
    "JISHI_HOST",
    "JISHI_PORT",
    "JISHI_RTMP_PORT",
    "JISHI_DATA_DIR",
    "JISHI_WORKERS",
    "JISHI_SECRET_KEY",
    "JISHI_DATA_KEY",
    "JISHI_TRUSTED_PROXIES",
    "JISHI_PAYMENT_PROVIDER",
    "JISHI_LOG_LEVEL",
    "JISHI_PACKS",
    "JISHI_AUDIT_RETENTION_YEARS",
    "JISHI_WATCH",
    "JISHI_OWN_HOSTS",
    "JISHI_CLIPS_DAYS",
    "JISHI_CLIPS_MB",
    "JISHI_MIGRATE_URL",
    "DATABASE_URL",
    "VALKEY_URL",
)
_PRIVATE = ("secret_key", "data_key", "database_url", "migrate_url", "valkey_url")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one node. Its text form shows no secret."""

    host: str = "127.0.0.1"
    """Where pages, API and WebSocket, and RTMP, listen."""
    port: int = 8080
    rtmp_port: int = 1935
    data_dir: Path = Path(".jishi")
    """Absolute. The engines, keys, recordings and logs of the node."""
    run_dir: Path | None = None
    """Where the node's Unix sockets are; set when the node starts."""
    workers: int = 1
    """Edge workers."""
    secret_key: bytes = b""
    """Seed of the Ed25519 key that signs tokens; empty until the node starts when it makes its own."""
    data_key: bytes = b""
    """Wraps the keys of personal fields; empty until the node starts when it makes its own."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks in CIDR form, whose word on the client's address is taken."""
    payment_provider: str = "simpay"
    log_level: str = "info"
    packs: Path | None = None
    """Absolute. Rule packs of the operator's own in place of the shipped ones; None: the shipped ones."""
    audit_retention_years: int = 0
    """How long the words of moderation's decisions are kept; 0: for good."""
    watch: tuple[str, ...] = ()
    """What live rooms are watched for: some of media/senses/wire.py's channels, each an extra of the distribution."""
    own_hosts: tuple[str, ...] = ()
    """Names of this market, and of others, to which a code in the picture may lead."""
    clips_days: int = 90
    """How long a clip of a moment is kept as evidence."""
    clips_mb: int = 2_048
    """How much all clips may take."""
    database_url: str = ""
    """As the application's role; empty: the embedded PostgreSQL."""
    migrate_url: str = ""
    """As the owner's role."""
    valkey_url: str = ""
    """Empty: the embedded Valkey."""

    def __repr__(self) -> str:
        return f"Config({', '.join(f'{name}={value!r}' for name, value in self.redacted().items())})"

    def redacted(self) -> dict[str, Any]:
        """Every value as it may be shown."""
        return {
            name: ("set" if getattr(self, name) else "") if name in _PRIVATE else str(getattr(self, name))
            for name in self.__struct_fields__
        }

    def secrets(self) -> list[str]:
        """What must not be seen in a log."""
        urls = [urlsplit(url).password or "" for url in (self.database_url, self.migrate_url, self.valkey_url)]
        keys = [text for key in (self.secret_key, self.data_key) for text in (encode_key(key), key.hex())]
        return [secret for secret in (*urls, *keys) if secret]

    def to_json(self) -> bytes:
        """For a child's standard input."""
        return msgspec.json.encode(self, enc_hook=encode_path)

    @classmethod
    def from_json(cls, text: bytes) -> Config:
        return msgspec.json.decode(text, type=cls, dec_hook=decode_path)


def encode_path(value: Any) -> Any:
    """msgspec's hook for `Path`."""
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def decode_path(kind: type, value: Any) -> Any:
    """msgspec's hook for `Path`."""
    if kind is Path or kind == Path:
        return Path(value)
    raise NotImplementedError(kind)


def encode_key(key: bytes) -> str:
    """A key as it is written in a file or variable."""
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def decode_key(text: str) -> bytes:
    """32 bytes from 64 hexadecimal digits, or from base64 (either alphabet, padding or not).

    Raises: ValueError.
    """
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    bare = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("isn't 32 bytes in base64 or hexadecimal; make one with: openssl rand -base64 32")
    return key


def read(
    environment: Mapping[str, str],
    *,
    cores: int,
    folder: Path,
    read_file: Callable[[str], str],
) -> Config:
    """The configuration that an environment says.

    `cores` is how many this process may run on, `folder` what a relative data folder is relative to, `read_file` gives
    a file's text or raises OSError.

    Raises: ConfigError with every fault.
    """
    faults = _unknown(environment)
    given = _collect(environment, read_file, faults)
    fields: dict[str, Any] = {"workers": max(1, min(cores, WORKERS_MAX)), "data_dir": folder / ".jishi"}
    for name, text in given.items():
        field = name.removeprefix(PREFIX).lower()
        try:
            fields[field] = _PARSERS[name](text)
        except ValueError as error:
            faults.append(f"{name} {error}")
    fields["data_dir"] = folder / fields["data_dir"]
    if "packs" in fields:
        fields["packs"] = folder / fields["packs"]
    faults += _contradictions(given)
    if faults:
        raise ConfigError(sorted(faults))
    return Config(**fields)


def from_environment() -> Config:
    """The configuration of this process.

    Raises: ConfigError.
    """
    return read(
        os.environ,
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        folder=Path.cwd(),
        read_file=lambda path: Path(path).read_text(encoding="utf-8"),
    )


def _unknown(environment: Mapping[str, str]) -> list[str]:
    known = [*NAMES, *(f"{name}_FILE" for name in NAMES)]
    faults = []
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            faults.append(f"{name} isn't known{f'; did you mean {near[0]}?' if near else ''}")
    return faults


def _collect(environment: Mapping[str, str], read_file: Callable[[str], str], faults: list[str]) -> dict[str, str]:
    """The text of each variable that is set; one set to nothing counts as unset."""
    given = {}
    for name in NAMES:
        text, path = environment.get(name, "").strip(), environment.get(f"{name}_FILE", "").strip()
        if text and path:
            faults.append(f"{name} and {name}_FILE are both set: keep one")
        elif path:
            try:
                text = read_file(path).strip()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{name}_FILE: {path} can't be read: {getattr(error, 'strerror', None) or error}")
            else:
                if not text:
                    faults.append(f"{name}_FILE: {path} is empty")
        if text:
            given[name] = text
    return given


def _contradictions(given: Mapping[str, str]) -> list[str]:
    faults = []
    if "DATABASE_URL" in given:
        faults += [
            f"{name} isn't set: with DATABASE_URL the keys are yours to keep"
            for name in ("JISHI_SECRET_KEY", "JISHI_DATA_KEY")
            if name not in given
        ]
    elif "JISHI_MIGRATE_URL" in given:
        faults.append("JISHI_MIGRATE_URL is set without DATABASE_URL")
    ports = {given.get("JISHI_PORT", "8080"), given.get("JISHI_RTMP_PORT", "1935")}
    if len(ports) == 1:
        faults.append("JISHI_PORT and JISHI_RTMP_PORT are the same")
    return faults


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", text) and not re.fullmatch(r"[0-9.]+", text):
            return text
    raise ValueError(f"isn't an address or a host's name: {text!r}")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"isn't a whole number from {low} to {high}: {text!r}")
        return int(text)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"isn't one of {', '.join(choices)}: {text!r}")
        return text.lower()

    return parse


def _networks(text: str) -> tuple[str, ...]:
    networks = []
    for item in filter(None, re.split(r"[,\s]+", text)):
        try:
            networks.append(str(ipaddress.ip_network(item)))
        except ValueError as error:
            raise ValueError(f"has {item!r}, which isn't an address or network ({error})") from None
    return tuple(networks)


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        try:
            scheme = urlsplit(text).scheme
        except ValueError:
            scheme = ""
        if scheme not in schemes:  # the value holds a password: it isn't repeated
            raise ValueError(f"isn't a URL that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text

    return parse


def _some_of(*choices: str) -> Callable[[str], tuple[str, ...]]:
    def parse(text: str) -> tuple[str, ...]:
        given = [item.lower() for item in re.split(r"[,\s]+", text) if item]
        unknown = [item for item in given if item not in choices]
        if unknown:
            raise ValueError(f"has {unknown[0]!r}, which isn't one of {', '.join(choices)}")
        return tuple(choice for choice in choices if choice in given)

    return parse


def _host_names(text: str) -> tuple[str, ...]:
    try:
        return tuple(_host(item).lower() for item in re.split(r"[,\s]+", text) if item)
    except ValueError as error:
        raise ValueError(f"has what {error}") from None


_database_url = _url("postgresql", "postgres")
_PARSERS: dict[str, Callable[[str], Any]] = {
    "JISHI_HOST": _host,
    "JISHI_PORT": _whole(1, PORT_MAX),
    "JISHI_RTMP_PORT": _whole(1, PORT_MAX),
    "JISHI_DATA_DIR": Path,
    "JISHI_WORKERS": _whole(1, WORKERS_MAX),
    "JISHI_SECRET_KEY": decode_key,
    "JISHI_DATA_KEY": decode_key,
    "JISHI_TRUSTED_PROXIES": _networks,
    "JISHI_PAYMENT_PROVIDER": _one_of(*PAYMENT_PROVIDERS),
    "JISHI_LOG_LEVEL": _one_of(*LOG_LEVELS),
    "JISHI_PACKS": Path,
    "JISHI_AUDIT_RETENTION_YEARS": _whole(RETENTION_YEARS_MIN, RETENTION_YEARS_MAX),
    "JISHI_WATCH": _some_of(*CHANNELS),
    "JISHI_OWN_HOSTS": _host_names,
    "JISHI_CLIPS_DAYS": _whole(1, CLIPS_DAYS_MAX),
    "JISHI_CLIPS_MB": _whole(CLIPS_MB_MIN, CLIPS_MB_MAX),
    "JISHI_MIGRATE_URL": _database_url,
    "DATABASE_URL": _database_url,
    "VALKEY_URL": _url("redis", "rediss", "unix"),
}
