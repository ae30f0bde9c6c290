"""What the front door reads from an address, and what it answers itself."""

from __future__ import annotations

import http
import json

import pytest

from server.live.session import ALL_LANES
from server.live.socket.front_door import LIVE_PATH, parse_live_query, problem_response
from server.live.socket.handshake import HandshakeRefused
from server.live.wire import Position


@pytest.mark.parametrize(
    ("query", "lanes", "since"),
    [
        ("", ALL_LANES, {}),
        ("lanes=", ALL_LANES, {}),
        ("lanes=1,3", 0b1011, {}),
        ("lanes=0,x,9", 0b0001, {}),
        ("since=0:abc:4,1:abc:70&lanes=0", 0b0001, {0: Position("abc", 4), 1: Position("abc", 70)}),
        ("since=1:a%3Ab:7", ALL_LANES, {1: Position("a:b", 7)}),
        ("since=3:abc:4,1::4,1:abc:,1:abc:-1,1:abc:x", ALL_LANES, {}),
        ("since=1:abc:" + "9" * 40, ALL_LANES, {}),
        ("&" * 100, ALL_LANES, {}),
        ("%ff=%ff&lanes=%00", 0b0001, {}),
    ],
)
def test_live_query(query: str, lanes: int, since: dict[int, Position]) -> None:
    assert parse_live_query(query) == (lanes, since)


@pytest.mark.parametrize(
    ("line", "slug"),
    [
        (b"GET /rooms/orchard/live HTTP/1.1\r\n", b"orchard"),
        (b"GET /rooms/a-b_1/live?lanes=0 HTTP/1.1\r\n", b"a-b_1"),
        (b"GET /rooms/orchard/live/ HTTP/1.1\r\n", None),
        (b"GET /rooms/../live HTTP/1.1\r\n", None),
        (b"GET /rooms//live HTTP/1.1\r\n", None),
        (b"POST /rooms/orchard/live HTTP/1.1\r\n", None),
        (b"GET /rooms/orchard/live HTTP/2.0\r\n", None),
    ],
)
def test_live_path(line: bytes, slug: bytes | None) -> None:
    match = LIVE_PATH.match(line)
    assert (match[1] if match else None) == slug


def test_problems_are_documents() -> None:
    refused = HandshakeRefused(http.HTTPStatus.UPGRADE_REQUIRED, "upgrade_required", "no", (("Upgrade", "websocket"),))
    head, _, body = problem_response(refused).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 426 Upgrade Required\r\n")
    assert b"\r\nUpgrade: websocket" in head
    assert f"\r\nContent-Length: {len(body)}\r\n".encode() in head
    assert json.loads(body) == {
        "type": "about:blank",
        "title": "Upgrade Required",
        "status": 426,
        "code": "upgrade_required",
        "detail": "no",
    }
