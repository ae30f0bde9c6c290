"""Hostile values in every field, path and header of every route: refused by the table's codes, never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from server.api.app import ROUTES
from server.api.route import Route
from server.database.database import Database
from server.people.attempts import Attempts, Limit
from tests.http_edge import Edge, open_edge

HOSTILE_JSON = [
    "null",
    '""',
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\\\u0000"',
    json.dumps("x" * 5000),
    '"\u202e\u200b"',
    "-1",
    "0",
    str(2**63),
    str(2**70),
    "1.5",
    "1e400",
    "true",
    "[]",
    "[[[[]]]]",
    "{}",
    '"00000000-0000-0000-0000-000000000000"',
    '"9999-12-31T23:59:59Z"',
]
HOSTILE_PARTS = ["\0", "a\0", "..", "%", "x" * 3000, "'; DROP TABLE people.person; --", "\u202e", "苹果", "a b"]
GOOD = {"str": '"好货"', "int": "1", "bool": "false", "list": "[]", "uuid": '"00000000-0000-7000-8000-000000000001"'}


def good_value(kind: Any) -> str:
    name = msgspec.json.schema(kind)
    if "anyOf" in name:
        return "null"
    kinds = {"string": "str", "integer": "int", "boolean": "bool", "array": "list"}
    if name.get("format") == "uuid":
        return GOOD["uuid"]
    if name.get("format") == "date-time":
        return '"2099-01-01T00:00:00Z"'
    if "enum" in name:
        return json.dumps(name["enum"][0])
    return GOOD[kinds[name["type"]]]


def hostile_bodies(route: Route) -> Iterator[bytes]:
    assert route.body is not None
    fields = msgspec.structs.fields(route.body)
    good = {field.encode_name: good_value(field.type) for field in fields}
    for field in fields:
        for value in HOSTILE_JSON:
            body = good | {field.encode_name: value}
            yield ("{" + ",".join(f'"{name}":{text}' for name, text in body.items()) + "}").encode()


def checked(route: Route, status: int, code: str | None, sent: object) -> None:
    assert status < 500, (route.name, sent)
    assert code is None or code in route.all_codes(), (route.name, code, sent)


@pytest.fixture
async def signed_in(database: Database) -> Any:
    plenty = Limit(10_000, 60)
    attempts = Attempts(None, sign_in_per_login=plenty, sign_in_per_address=plenty, sign_up_per_address=plenty)
    async with open_edge(database, attempts=attempts) as edge:
        token = await edge.sign_up("host")
        await edge.open_room(token, "apples")
        yield edge, token


async def test_hostile_fields(signed_in: tuple[Edge, str]) -> None:
    edge, token = signed_in
    number = 0
    for route in ROUTES:
        if route.body is None or route.who == "cookie" or route.name == "signOutEverywhere":
            continue
        parts = dict.fromkeys(route.path_fields, "00000000-0000-7000-8000-000000000001") | {"slug": "apples"}
        for body in hostile_bodies(route):
            number += 1
            headers = {"Content-Type": "application/json"}
            answer = await edge.call(
                route.method, route.path.format_map(parts), raw=body, headers=headers, token=token, key=f"k{number}"
            )
            checked(route, answer.status, answer.code if answer.status >= 400 else None, body[:200])
    assert number > 300


async def test_hostile_paths(signed_in: tuple[Edge, str]) -> None:
    edge, token = signed_in
    for route in ROUTES:
        for name in route.path_fields:
            for part in HOSTILE_PARTS:
                parts = dict.fromkeys(route.path_fields, "apples") | {name: quote(part, safe="")}
                body: dict[str, Any] | None = {} if route.body else None
                answer = await edge.call(route.method, route.path.format_map(parts), body, token=token, key="k")
                checked(route, answer.status, None, part)


async def test_hostile_headers(signed_in: tuple[Edge, str]) -> None:
    edge, token = signed_in
    for value in ("\u00ff", "x" * 5000, "'", ",", "a" * 300, "é" * 100):
        for name in ("Authorization", "Idempotency-Key", "Cookie", "X-Forwarded-For", "Origin", "If-None-Match"):
            for method, path in (("POST", "/api/products"), ("POST", "/api/session/refresh"), ("GET", "/")):
                headers = {"Authorization": f"Bearer {token}", name: value}
                assert (await edge.call(method, path, headers=headers)).status < 500
