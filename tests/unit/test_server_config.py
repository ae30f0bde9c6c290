"""The environment in, a Config or every fault out."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from server import config
from server.config import NAMES, Config
from server.errors import ConfigError

KEY = bytes(range(32))
KEY_TEXT = base64.b64encode(KEY).decode()
OTHER_TEXT = KEY[::-1].hex()
EXTERNAL = {
    "DATABASE_URL": "postgresql://app:pässword@db/jishi",
    "JISHI_SECRET_KEY": KEY_TEXT,
    "JISHI_DATA_KEY": OTHER_TEXT,
}
FILES = {"/run/secrets/key": KEY_TEXT + "\n", "/run/secrets/empty": "\n"}


def read_file(path: str) -> str:
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def read(environment: dict[str, str], cores: int = 2) -> Config:
    return config.read(environment, cores=cores, folder=Path("/srv/market"), read_file=read_file)


def test_nothing_set_is_a_laptop() -> None:
    got = read({"PATH": "/bin", "HOME": "/root"})
    assert (got.host, got.port, got.rtmp_port, got.workers) == ("127.0.0.1", 8080, 1935, 2)
    assert got.data_dir == Path("/srv/market/.jishi")
    assert (got.database_url, got.valkey_url, got.secret_key, got.trusted_proxies) == ("", "", b"", ())


@pytest.mark.parametrize(("cores", "workers"), [(0, 1), (1, 1), (2, 2), (12, 12), (500, config.WORKERS_MAX)])
def test_a_worker_for_each_core(cores: int, workers: int) -> None:
    assert read({}, cores).workers == workers


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"JISHI_HOST": "0.0.0.0"}, "host", "0.0.0.0"),
        ({"JISHI_HOST": "::1"}, "host", "::1"),
        ({"JISHI_HOST": "market.example"}, "host", "market.example"),
        ({"JISHI_PORT": " 80 "}, "port", 80),
        ({"JISHI_PORT": ""}, "port", 8080),
        ({"JISHI_DATA_DIR": "data"}, "data_dir", Path("/srv/market/data")),
        ({"JISHI_DATA_DIR": "/data"}, "data_dir", Path("/data")),
        ({"JISHI_WORKERS": "1"}, "workers", 1),
        ({"JISHI_WATCH": "speech, QR"}, "watch", ("qr", "speech")),
        ({"JISHI_WATCH": ""}, "watch", ()),
        ({"JISHI_OWN_HOSTS": "Market.example 203.0.113.9"}, "own_hosts", ("market.example", "203.0.113.9")),
        ({"JISHI_CLIPS_DAYS": "30"}, "clips_days", 30),
        ({"JISHI_CLIPS_MB": "500"}, "clips_mb", 500),
        ({"JISHI_SECRET_KEY": KEY_TEXT}, "secret_key", KEY),
        ({"JISHI_SECRET_KEY": KEY.hex()}, "secret_key", KEY),
        ({"JISHI_SECRET_KEY": config.encode_key(KEY)}, "secret_key", KEY),
        ({"JISHI_SECRET_KEY": config.encode_key(b"\xff" * 32)}, "secret_key", b"\xff" * 32),
        ({"JISHI_SECRET_KEY_FILE": "/run/secrets/key"}, "secret_key", KEY),
        ({"JISHI_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}, "trusted_proxies", ("10.0.0.0/8", "::1/128")),
        ({"JISHI_LOG_LEVEL": "DEBUG"}, "log_level", "debug"),
        ({"JISHI_PACKS": "/etc/jishi/packs"}, "packs", Path("/etc/jishi/packs")),
        ({"JISHI_AUDIT_RETENTION_YEARS": "3"}, "audit_retention_years", 3),
        ({"VALKEY_URL": "unix:///run/valkey.sock"}, "valkey_url", "unix:///run/valkey.sock"),
        (EXTERNAL, "database_url", EXTERNAL["DATABASE_URL"]),
    ],
)
def test_values(given: dict[str, str], field: str, value: Any) -> None:
    assert getattr(read(given), field) == value


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"JISHI_PORTS": "1"}, ["JISHI_PORTS isn't known; did you mean JISHI_PORT?"]),
        ({"JISHI_ZZZZZZ": "1"}, ["JISHI_ZZZZZZ isn't known"]),
        ({"JISHI_PORT": "0"}, ["JISHI_PORT isn't a whole number from 1 to 65535: '0'"]),
        ({"JISHI_PORT": "٨٠"}, ["JISHI_PORT isn't a whole number from 1 to 65535: '٨٠'"]),
        ({"JISHI_PORT": "1935"}, ["JISHI_PORT and JISHI_RTMP_PORT are the same"]),
        ({"JISHI_HOST": "256.0.0.1"}, ["JISHI_HOST isn't an address or a host's name: '256.0.0.1'"]),
        ({"JISHI_HOST": "a b"}, ["JISHI_HOST isn't an address or a host's name: 'a b'"]),
        ({"JISHI_SECRET_KEY": "short", "JISHI_DATA_KEY": "!" * 44}, ["JISHI_DATA_KEY isn't", "JISHI_SECRET_KEY isn't"]),
        ({"JISHI_SECRET_KEY_FILE": "/nowhere"}, ["JISHI_SECRET_KEY_FILE: /nowhere can't be read: No such file"]),
        ({"JISHI_SECRET_KEY_FILE": "/run/secrets/empty"}, ["JISHI_SECRET_KEY_FILE: /run/secrets/empty is empty"]),
        (
            {"JISHI_SECRET_KEY": KEY_TEXT, "JISHI_SECRET_KEY_FILE": "/run/secrets/key"},
            ["JISHI_SECRET_KEY and JISHI_SECRET_KEY_FILE are both set: keep one"],
        ),
        ({"JISHI_TRUSTED_PROXIES": "10.0.0.1/8"}, ["JISHI_TRUSTED_PROXIES has '10.0.0.1/8'"]),
        ({"JISHI_PAYMENT_PROVIDER": "gold"}, ["JISHI_PAYMENT_PROVIDER isn't one of simpay: 'gold'"]),
        ({"JISHI_WATCH": "qr,smell"}, ["JISHI_WATCH has 'smell', which isn't one of qr, screen, speech"]),
        ({"JISHI_OWN_HOSTS": "a.example,b c!"}, ["JISHI_OWN_HOSTS has what isn't an address or a host's name: 'c!'"]),
        ({"JISHI_CLIPS_DAYS": "0"}, ["JISHI_CLIPS_DAYS isn't a whole number from 1 to 3650"]),
        ({"JISHI_CLIPS_MB": "1"}, ["JISHI_CLIPS_MB isn't a whole number from 100 to"]),
        ({"VALKEY_URL": "http://x"}, ["VALKEY_URL isn't a URL that begins with redis:// or rediss:// or unix://"]),
        (
            {"DATABASE_URL": EXTERNAL["DATABASE_URL"]},
            ["JISHI_DATA_KEY isn't set: with DATABASE_URL", "JISHI_SECRET_KEY isn't set: with DATABASE_URL"],
        ),
        ({"JISHI_MIGRATE_URL": "postgresql://x"}, ["JISHI_MIGRATE_URL is set without DATABASE_URL"]),
        (
            {"JISHI_PORT": "x", "JISHI_WORKERS": "-1", "JISHI_HOTS": "", "JISHI_LOG_LEVEL": "loud"},
            ["JISHI_HOTS isn't known; did you mean JISHI_HOST?", "JISHI_LOG_LEVEL", "JISHI_PORT", "JISHI_WORKERS"],
        ),
    ],
)
def test_every_fault_is_told_at_once(given: dict[str, str], faults: list[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        read(given)
    assert len(raised.value.faults) == len(faults)
    for told, expected in zip(raised.value.faults, faults, strict=True):
        assert told.startswith(expected)


def test_a_faulty_secret_is_never_repeated() -> None:
    with pytest.raises(ConfigError) as raised:
        read({"DATABASE_URL": "mysql://app:hunter2hunter2@db", "JISHI_SECRET_KEY": "hunter2hunter2"})
    assert "hunter2" not in str(raised.value)


def test_its_text_shows_no_secret() -> None:
    got = read(EXTERNAL)
    shown = repr(got) + str(got.redacted()) + f"{got}"
    assert [secret for secret in got.secrets() if secret in shown] == []
    assert repr(KEY) not in shown
    assert len(got.secrets()) == 5


def test_a_child_reads_what_its_parent_wrote() -> None:
    got = read(EXTERNAL | {"JISHI_TRUSTED_PROXIES": "10.0.0.0/8"})
    assert Config.from_json(got.to_json()) == got


def test_every_name_has_its_parser_and_its_field() -> None:
    assert set(config._PARSERS) == set(NAMES)
    for name in NAMES:
        assert hasattr(read({}), name.removeprefix("JISHI_").lower())
