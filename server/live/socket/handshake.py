"""Core: decides a WebSocket's opening handshake, on top of the sans-I/O part of `websockets`.

Extensions are never negotiated: what is sent is either small or video, and a compressor costs 14 KB per connection.
Another site's page may not connect: a foreign Origin is refused, an absent one (no browser) is welcome.
"""

from __future__ import annotations

import http
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.streams import StreamReader
from websockets.typing import Subprotocol


@dataclass(frozen=True, slots=True)
class HandshakeAccepted:
    """`response` is to be written as it is; frames follow."""

    response: bytes
    subprotocol: str | None


@dataclass(frozen=True, slots=True)
class HandshakeRefused:
    """To be answered as an ordinary HTTP problem with these header fields in addition."""

    status: http.HTTPStatus
    code: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()


_REFUSAL_CODES: Final = {
    http.HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    http.HTTPStatus.UPGRADE_REQUIRED: "upgrade_required",
    http.HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: "http_version_not_supported",
}


def parse_request(header: bytes) -> Request | None:
    """A request header, from its first line to its empty line; None when it is not well-formed or announces a body."""
    reader = StreamReader()
    reader.feed_data(header)
    reader.feed_eof()
    parsing = Request.parse(reader.read_line)
    try:
        next(parsing)
    except StopIteration as parsed:
        request = parsed.value
        assert isinstance(request, Request)
        return request
    except (ValueError, NotImplementedError, EOFError, WebSocketException):
        return None
    return None


def answer_handshake(request: Request, subprotocol: str) -> HandshakeAccepted | HandshakeRefused:
    """Decide a client's opening handshake (RFC 6455 section 4.2).

    `subprotocol` is chosen when offered; a client that offers none, or only others, is accepted without one.
    Another site's page is refused: its Origin names another host than the request's Host.
    """
    if not is_own_origin(request):
        return HandshakeRefused(http.HTTPStatus.FORBIDDEN, "foreign_origin", "this page belongs to another site")

    def select(_: ServerProtocol, offered: object) -> Subprotocol | None:
        assert isinstance(offered, (list, tuple))
        return Subprotocol(subprotocol) if subprotocol in offered else None

    protocol = ServerProtocol(select_subprotocol=select)
    response = protocol.accept(request)
    status = http.HTTPStatus(response.status_code)
    if status == http.HTTPStatus.SWITCHING_PROTOCOLS:
        return HandshakeAccepted(response.serialize(), protocol.subprotocol)
    detail = (response.body or b"").decode(errors="replace").strip()
    passed_on = tuple((name, response.headers[name]) for name in ("Allow", "Upgrade") if name in response.headers)
    return HandshakeRefused(status, _REFUSAL_CODES.get(status, "handshake_malformed"), detail, passed_on)


_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def is_own_origin(request: Request) -> bool:
    """Whether the request comes from no page at all, or from a page of the host it asks."""
    origins = request.headers.get_all("Origin")
    if not origins:
        return True
    hosts = request.headers.get_all("Host")
    if len(origins) != 1 or len(hosts) != 1:
        return False
    try:
        origin = urlsplit(origins[0])
        host = urlsplit(f"//{hosts[0]}")
        default_port = _DEFAULT_PORTS.get(origin.scheme)
        return (
            default_port is not None
            and origin.hostname is not None
            and origin.hostname == host.hostname
            and (origin.port or default_port) == (host.port or default_port)
        )
    except ValueError:  # a port that is no number
        return False
