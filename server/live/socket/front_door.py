"""Edge: the one listening port: reads each new connection's header, then hands the connection on.

`GET /rooms/{slug}/live` becomes a `LiveConnection`; everything else is given, bytes and all, to aiohttp's request
handler, whose own deadlines hold from then on. Until the header is there a connection costs a timer, and an address may
have only so many of these: established viewers are never counted, since a village may sit behind one address.
"""

from __future__ import annotations

import asyncio
import http
import json
import re
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import parse_qs

from websockets.http11 import Request

from server.live.hub import Hub
from server.live.rooms.audience import RoomFacts
from server.live.rooms.view import Since
from server.live.session import ALL_LANES, lane_bits
from server.live.socket.handshake import HandshakeAccepted, HandshakeRefused, answer_handshake, parse_request
from server.live.wire import LANES, SUBPROTOCOL, Position
from server.tasks import TaskSet

HEADER_END: Final = b"\r\n\r\n"
LIVE_PATH: Final = re.compile(rb"GET /rooms/([A-Za-z0-9][A-Za-z0-9_-]{0,63})/live(?:\?([^ #]*))? HTTP/1\.[01]\r\n")

NOT_SENT_LOW_WATER_BYTES: Final = 16 * 1024
"""Bytes the kernel takes beyond what it can send: an urgent message waits behind no more than that."""
UNACKNOWLEDGED_MS_MAX: Final = 30_000
"""A peer that acknowledges nothing for so long, without a word, is gone (TCP_USER_TIMEOUT)."""
KEEPALIVE_IDLE_S: Final = 60


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """Bounds of connections that are not through the door yet."""

    header_deadline_s: float = 5.0
    header_bytes_max: int = 16 * 1024
    header_bytes_total_max: int = 32 * 1024 * 1024
    """Of all headers that are not whole yet."""
    unfinished_per_address_max: int = 8192
    """Twice what the kernel queues: a village behind one address may come back all at once."""
    backlog: int = 4096


def _nobody(address: str) -> bool:
    return False


class FrontDoor:
    """Accepts connections for one worker."""

    def __init__(
        self,
        hub: Hub,
        make_http_protocol: Callable[[], asyncio.BaseProtocol],
        *,
        limits: DoorLimits | None = None,
        is_proxy: Callable[[str], bool] = _nobody,
    ) -> None:
        """`make_http_protocol` is an aiohttp `web.Server`; `is_proxy` tells addresses that stand for many clients."""
        self.hub = hub
        self.make_http_protocol = make_http_protocol
        self.limits = limits or DoorLimits()
        self.tasks = TaskSet("front door")
        self.refused_total = 0
        self.header_bytes = 0  # held by connections that are not through the door
        self._is_proxy = is_proxy
        self._unfinished: Counter[str] = Counter()
        self._newcomers: set[_Newcomer] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port listened on."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, host: str, port: int) -> None:
        """Listen, sharing the port with the node's other workers.

        Raises: OSError when the address can't be had.
        """
        listener = listening_socket(host, port)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Newcomer(self), sock=listener, backlog=self.limits.backlog)

    async def stop_accepting(self) -> None:
        """Take no new connections; those that are through the door go on."""
        if self._server is not None:
            self._server.close()
        for newcomer in list(self._newcomers):
            newcomer.abort()
        await self.tasks.stop()

    def admit(self, newcomer: _Newcomer, address: str) -> bool:
        """Count a connection without a header against its address."""
        if self._unfinished[address] >= self.limits.unfinished_per_address_max and not self._is_proxy(address):
            self.refused_total += 1
            return False
        self._unfinished[address] += 1
        self._newcomers.add(newcomer)
        return True

    def release(self, newcomer: _Newcomer, address: str) -> None:
        """The connection is through the door, or gone."""
        self._newcomers.discard(newcomer)
        self._unfinished[address] -= 1
        if not self._unfinished[address]:
            del self._unfinished[address]


class _Newcomer(asyncio.Protocol):
    """A connection whose header is not there yet, or whose room is being looked up."""

    __slots__ = ("_address", "_admitted", "_deadline", "_door", "_header", "_header_bytes", "_looking_up", "_transport")

    def __init__(self, door: FrontDoor) -> None:
        self._door = door
        self._header = b""
        self._header_bytes = 0
        self._address = ""
        self._admitted = False
        self._looking_up = False
        self._deadline: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._address = str(peer[0]) if peer else ""
        self._admitted = self._door.admit(self, self._address)
        if not self._admitted:
            self._transport.abort()
            return
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._door.limits.header_deadline_s, self.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._finish()

    def data_received(self, data: bytes) -> None:
        self._header += data
        self._header_bytes += len(data)
        self._door.header_bytes += len(data)
        if self._door.header_bytes > self._door.limits.header_bytes_total_max:
            self.abort()
            return
        if self._looking_up or not self._admitted:
            if len(self._header) > self._door.limits.header_bytes_max * 2:
                self.abort()  # nobody sends so much before the handshake is answered
            return
        end = self._header.find(HEADER_END, 0, self._door.limits.header_bytes_max)
        if end >= 0:
            self._header_complete(end + len(HEADER_END))
        elif len(self._header) >= self._door.limits.header_bytes_max:
            detail = f"at most {self._door.limits.header_bytes_max} bytes"
            self._refuse(HandshakeRefused(http.HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "header_too_large", detail))

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _finish(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._door.header_bytes -= self._header_bytes
        self._header_bytes = 0
        if self._admitted:
            self._admitted = False
            self._door.release(self, self._address)

    def _header_complete(self, end: int) -> None:
        live = LIVE_PATH.match(self._header)
        if live is None:
            self._hand_on(self._door.make_http_protocol(), self._header)
            return
        request = parse_request(self._header[:end])
        if request is None:
            self._refuse(HandshakeRefused(http.HTTPStatus.BAD_REQUEST, "malformed", "not a well-formed request"))
            return
        self._header = self._header[end:]
        self._looking_up = True
        slug, query = live[1].decode(), (live[2] or b"").decode("ascii", "replace")
        self._door.tasks.spawn(self._enter(request, slug, query), slug)

    async def _enter(self, request: Request, slug: str, query: str) -> None:
        try:
            facts = await self._door.hub.find(slug)
        except Exception:
            self._refuse(HandshakeRefused(http.HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "try again soon"))
            raise
        if self._transport is None:
            return
        if facts is None:
            self._refuse(HandshakeRefused(http.HTTPStatus.NOT_FOUND, "room_unknown", "there is no such room"))
            return
        answer = answer_handshake(request, SUBPROTOCOL)
        if isinstance(answer, HandshakeRefused):
            self._refuse(answer)
        else:
            self._welcome(facts, answer, query)

    def _welcome(self, facts: RoomFacts, answer: HandshakeAccepted, query: str) -> None:
        lanes, since = parse_live_query(query)
        connection = self._door.hub.connect(facts, lanes)
        transport, early = self._transport, self._header
        assert transport is not None
        transport.write(answer.response)
        self._hand_on(connection, b"")
        self._door.hub.join(connection, facts, since)
        if early:
            connection.data_received(early)

    def _hand_on(self, protocol: asyncio.BaseProtocol, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        self._transport = None
        self._header = b""
        self._finish()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if data:
            cast(asyncio.Protocol, protocol).data_received(data)

    def _refuse(self, refused: HandshakeRefused) -> None:
        if self._transport is None:
            return
        self._door.refused_total += 1
        self._admitted_no_more()
        self._transport.write(problem_response(refused))
        self._transport.close()

    def _admitted_no_more(self) -> None:
        self._looking_up = True  # what still comes is not read
        self._finish()


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket whose connections inherit what the live edge needs of TCP.

    Raises: OSError when the address can't be had.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_ADDRCONFIG
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, NOT_SENT_LOW_WATER_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS_MAX)
        if hasattr(socket, "TCP_KEEPIDLE"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
        listener.setblocking(False)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def parse_live_query(query: str) -> tuple[int, Since]:
    """The lanes wanted, as bits, and where the client stood; what is not well-formed counts as absent."""
    fields = parse_qs(query, max_num_fields=16) if query.count("&") < 16 else {}
    lanes = ALL_LANES
    if "lanes" in fields:
        lanes = lane_bits([int(lane) for lane in fields["lanes"][-1].split(",") if lane in ("0", "1", "2", "3")])
    since: Since = {}
    for position in fields.get("since", [""])[-1].split(",")[: len(LANES)]:
        lane, _, rest = position.partition(":")
        epoch, _, offset = rest.rpartition(":")
        if lane in ("0", "1") and 0 < len(epoch) <= 64 and offset.isascii() and offset.isdigit() and len(offset) < 17:
            since[int(lane)] = Position(epoch, int(offset))
    return lanes, since


def problem_response(refused: HandshakeRefused) -> bytes:
    """An HTTP answer with a problem document (RFC 9457), after which the connection closes."""
    body = json.dumps(
        {
            "type": "about:blank",
            "title": refused.status.phrase,
            "status": refused.status.value,
            "code": refused.code,
            "detail": refused.detail,
        },
        ensure_ascii=False,
    ).encode()
    lines = [
        f"HTTP/1.1 {refused.status.value} {refused.status.phrase}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in refused.headers),
    ]
    return "\r\n".join(lines).encode() + HEADER_END + body
