"""Events in, lines out: whole, unforgeable, and without secrets."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from server import logs
from server.logs import BLOT, JsonFormatter, Redactor, TextFormatter

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def event(message: str, *arguments: Any, extra: dict[str, Any] | None = None, failure: Any = None) -> logging.LogRecord:
    return logging.getLogger("jishi.test").makeRecord(
        "jishi.test", logging.WARNING, "test.py", 1, message, arguments, failure, None, extra
    )


def as_json(record: logging.LogRecord, *secrets: str) -> dict[str, Any]:
    line = JsonFormatter("edge", Redactor(secrets)).format(record)
    assert "\n" not in line
    assert "\r" not in line
    decoded: dict[str, Any] = json.loads(line)
    return decoded


def test_a_line_says_when_how_bad_who_and_what() -> None:
    got = as_json(event("%d parts", 3, extra={"room_id": "r1", "lag_ms": 1.5}))
    assert got.pop("time").endswith("+00:00")
    assert got == {
        "level": "warning",
        "process": "edge",
        "logger": "jishi.test",
        "message": "3 parts",
        "fields": {"room_id": "r1", "lag_ms": 1.5},
    }


def test_ids_are_bound_to_what_is_being_done() -> None:
    with logs.bind(request_id="q1"), logs.bind(order_id="o1"):
        assert as_json(event("x"))["fields"] == {"request_id": "q1", "order_id": "o1"}
    assert "fields" not in as_json(event("x"))


def test_no_value_forges_a_line() -> None:
    forged = 'name\r\n{"level":"critical"}\x1b[2J'
    assert as_json(event("%s", forged))["message"] == forged
    line = TextFormatter("edge", Redactor()).format(event("%s", forged, extra={"name_given": forged}))
    assert "\n" not in line
    assert "\r" not in line
    assert "\x1b" not in line


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SECRETSECRET",
        f"token was {TOKEN}".replace("c2lnbmF0dXJl", "SECRETSECRET"),
        "postgresql://jishi_app:SECRETSECRET@/jishi?host=/run",
        "unix://:SECRETSECRET@/run/valkey.sock",
        "GET /x?access_token=SECRETSECRET&y=1",
        '{"password": "SECRETSECRET"}',
        "stream_key=SECRETSECRET",
        "the plain value SECRETSECRET known at the start",
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str) -> None:
    for line in (
        JsonFormatter("edge", Redactor(["SECRETSECRET"])).format(event("%s", text)),
        TextFormatter("edge", Redactor(["SECRETSECRET"])).format(event("%s", text, extra={"seen": [text]})),
    ):
        assert "SECRETSECRET" not in line
        assert BLOT in line
    if "plain value" not in text:
        assert "SECRETSECRET" not in JsonFormatter("edge", Redactor()).format(event("%s", text))


def test_what_is_called_a_secret_is_blotted_out_whatever_it_looks_like() -> None:
    fields = as_json(event("x", extra={"token": 5, "headers": {"Cookie": "a=b", "Host": "h"}}))["fields"]
    assert fields == {"token": BLOT, "headers": {"Cookie": BLOT, "Host": "h"}}


def test_ordinary_words_stay() -> None:
    text = "order 42 paid: 一斤 9.90 元, http://127.0.0.1:8080/rooms/orchard, tokens: 3"
    assert Redactor(["", "short"]).text(text) == text


def test_a_failure_is_told_with_its_trace_and_without_its_secret() -> None:
    try:
        raise ValueError("password=SECRETSECRET")
    except ValueError:
        got = as_json(event("x", failure=sys.exc_info()))
    assert "ValueError" in got["exception"]
    assert "SECRETSECRET" not in got["exception"]
