"""Opening handshakes: what is accepted, and what each refusal says."""

from __future__ import annotations

import pytest

from server.live.socket.handshake import (
    HandshakeAccepted,
    HandshakeRefused,
    answer_handshake,
    is_own_origin,
    parse_request,
)

FIELDS = {
    "Host": "market.example",
    "Upgrade": "websocket",
    "Connection": "keep-alive, Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def header(line: str = "GET /rooms/orchard/live HTTP/1.1", **changed: str | None) -> bytes:
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    lines = [line, *(f"{name}: {value}" for name, value in fields.items() if value is not None)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(sent: bytes) -> HandshakeAccepted | HandshakeRefused:
    request = parse_request(sent)
    assert request is not None
    return answer_handshake(request, "jishi.v1.msgpack")


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, None), ("other", None), ("other, jishi.v1.msgpack", "jishi.v1.msgpack")],
)
def test_the_subprotocol_is_chosen_when_offered(offered: str | None, chosen: str | None) -> None:
    accepted = answer(header(Sec_WebSocket_Protocol=offered, Sec_WebSocket_Extensions="permessage-deflate"))
    assert isinstance(accepted, HandshakeAccepted)
    assert accepted.subprotocol == chosen
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in accepted.response
    assert (b"Sec-WebSocket-Protocol: jishi.v1.msgpack\r\n" in accepted.response) == (chosen is not None)
    assert b"Extensions" not in accepted.response


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (header(Upgrade=None), 426, "upgrade_required"),
        (header(Connection="close"), 426, "upgrade_required"),
        (header(Sec_WebSocket_Key="short"), 400, "handshake_malformed"),
        (header(Sec_WebSocket_Version="8"), 400, "handshake_malformed"),
        (header("GET /rooms/orchard/live HTTP/1.0"), 505, "http_version_not_supported"),
        (header(Origin="https://elsewhere.example"), 403, "foreign_origin"),
    ],
)
def test_refusals(sent: bytes, status: int, code: str) -> None:
    refused = answer(sent)
    assert isinstance(refused, HandshakeRefused)
    assert (refused.status, refused.code) == (status, code)


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        (None, "market.example", True),
        ("https://market.example", "market.example", True),
        ("https://market.example", "market.example:443", True),
        ("http://MARKET.example:8080", "market.example:8080", True),
        ("http://[::1]:8080", "[::1]:8080", True),
        ("http://market.example:8080", "market.example:8081", False),
        ("http://market.example.evil.example", "market.example", False),
        ("null", "market.example", False),
        ("file://", "market.example", False),
        ("http://market.example:port", "market.example", False),
    ],
)
def test_origins(origin: str | None, host: str, own: bool) -> None:
    request = parse_request(header(Origin=origin, Host=host))
    assert request is not None
    assert is_own_origin(request) is own


def test_two_origins_are_none_of_ours() -> None:
    request = parse_request(header()[:-2] + b"Origin: https://market.example\r\n" * 2 + b"\r\n")
    assert request is not None
    assert not is_own_origin(request)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET\r\n\r\n",
        b"GET /rooms/orchard/live HTTP/1.1\r\nno colon\r\n\r\n",
        header(Content_Length="5"),
        header(Transfer_Encoding="chunked"),
        b"GET /rooms/orchard/live HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    ],
)
def test_what_is_no_request(sent: bytes) -> None:
    assert parse_request(sent) is None
