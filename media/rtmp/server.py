"""Edge: the RTMP listener: accepts encoders, has their keys checked, and gives each room one publisher.

Bytes are handled in callbacks (connection.py). Only the check of a key awaits: `serve` runs a fixed few workers that
take requests from a bounded queue; meanwhile the encoder's connection is not read. One connection's failure, its sink's
included, ends that connection alone.

Stream keys appear in no log; a line names a key by the first digits of its SHA-256.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import itertools
import logging
import math
import os
from collections import Counter
from dataclasses import dataclass, field

from media.rtmp.connection import Connection
from media.rtmp.contract import Admission, Admitted, PublisherSink, Refused
from media.rtmp.decisions import MediaMessage, PublishRequested
from media.rtmp.handshake import RANDOM_BYTES
from media.rtmp.replies import DENIED
from media.rtmp.session import ServerSession, SessionLimits
from media.rtmp.takeover import Barred, Encoder, Takeover

log = logging.getLogger("jishi.media.rtmp")

_KEY_TAG_DIGITS = 8
_IPV6_BLOCK_BITS = 64


@dataclass(frozen=True, slots=True)
class RtmpLimits:
    """What all encoders together may take."""

    connections_max: int = 1024
    unfinished_per_address_max: int = 32
    """Connections of one address (IPv6: one /64) whose key has not been accepted; those on the air don't count."""
    admissions_max: int = 8
    """Keys checked at the same time."""
    admissions_queued_max: int = 256
    linger_s: float = 1.0
    """How long a refused encoder may take to read why."""
    session: SessionLimits = field(default_factory=SessionLimits)


class RtmpServer:
    """Accepts publishers for `rtmp://host:port/<app>` until stopped.

    `start`, `serve` and `stop` may be called in any order and repeatedly; a stopped server stays stopped.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        admission: Admission,
        sink: PublisherSink,
        limits: RtmpLimits | None = None,
        app: str = "live",
    ) -> None:
        """`port` 0 takes a free one."""
        self._host = host
        self._port = port
        self._admission = admission
        self._sink = sink
        self._limits = limits or RtmpLimits()
        self._app = app
        self._listener: asyncio.Server | None = None
        self._starting = asyncio.Lock()
        self._connections: dict[int, Connection] = {}
        self._numbers = itertools.count(1)
        self._unfinished: Counter[str] = Counter()
        self._blocks: dict[int, str] = {}
        """By connection whose key has not been accepted: the address block it counts for."""
        self._requests: asyncio.Queue[tuple[Connection, PublishRequested]] = asyncio.Queue(
            self._limits.admissions_queued_max
        )
        self._takeover = Takeover()
        self._stopping = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self.linger_s = self._limits.linger_s
        self.counts: Counter[str] = Counter()
        """Since the start: connections, turned_away, published, refused, barred, displaced, failed."""

    @property
    def connection_count(self) -> int:
        """Connections open now, on the air or not."""
        return len(self._connections)

    def holder_of(self, room_id: str) -> Connection | None:
        """The publisher on the air in a room."""
        number = self._takeover.holder(room_id)
        return None if number is None else self._connections.get(number)

    async def start(self) -> int:
        """Listen; returns the bound port.

        Raises: OSError if the address can't be had, or the server has been stopped.
        """
        async with self._starting:
            if self._listener is None:
                if self._stopping.is_set():
                    raise OSError("this RTMP server has been stopped")
                loop = asyncio.get_running_loop()
                self._listener = await loop.create_server(
                    lambda: Connection(self, next(self._numbers), loop), self._host, self._port
                )
                self._port = self._listener.sockets[0].getsockname()[1]
        return self._port

    async def serve(self) -> None:
        """Listen if `start` has not yet, and check keys until `stop` is called or this is cancelled."""
        try:
            if self._stopping.is_set():
                return
            await self.start()
            async with asyncio.TaskGroup() as group:
                workers = [
                    group.create_task(self._admit_requests(), name=f"rtmp:admission:{number}")
                    for number in range(self._limits.admissions_max)
                ]
                await self._stopping.wait()
                for worker in workers:
                    worker.cancel()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Stop listening, tell every encoder, and wait until all have gone, at most `linger_s` and a little."""
        self._stopping.set()
        async with self._starting:
            if self._listener is not None:
                self._listener.close()
        for connection in list(self._connections.values()):
            connection.close(DENIED, "the server is restarting; reconnect in a moment")
        await self._empty.wait()
        if self._listener is not None:
            await self._listener.wait_closed()

    def new_session(self, now: float) -> ServerSession:
        """For Connection."""
        return ServerSession(random=os.urandom(RANDOM_BYTES), now=now, app=self._app, limits=self._limits.session)

    def connection_opened(self, connection: Connection) -> bool:
        """For Connection: count it in, if there is room."""
        block = _address_block(connection.peer)
        full = (
            self._stopping.is_set()
            or len(self._connections) >= self._limits.connections_max
            or self._unfinished[block] >= self._limits.unfinished_per_address_max
        )
        if full:
            self.counts["turned_away"] += 1
            log.warning("no room for a connection from %s", connection.peer)
            return False
        self.counts["connections"] += 1
        self._connections[connection.number] = connection
        self._blocks[connection.number] = block
        self._unfinished[block] += 1
        self._empty.clear()
        return True

    def connection_closed(self, connection: Connection) -> None:
        """For Connection: count it out; called for those turned away too."""
        self._no_longer_unfinished(connection)
        self._takeover.release(connection.room_id, connection.number, now=asyncio.get_running_loop().time())
        self._connections.pop(connection.number, None)
        if not self._connections:
            self._empty.set()

    def publish_requested(self, connection: Connection, request: PublishRequested) -> None:
        """For Connection: have its key checked."""
        try:
            self._requests.put_nowait((connection, request))
        except asyncio.QueueFull:
            self.counts["refused"] += 1
            connection.close(DENIED, "too many streams are starting at once; try again in a moment")

    def publisher_opened(self, connection: Connection) -> None:
        """For Connection: it goes on the air."""
        self._sink.opened(connection.room_id, connection)

    def publisher_message(self, connection: Connection, message: MediaMessage, now: float) -> None:
        """For Connection: pass on one message of a publisher."""
        self._sink.message(connection.room_id, connection.publisher_id, message, now)

    def publisher_closed(self, connection: Connection, reason: str) -> None:
        """For Connection: its publisher has left the air."""
        self._takeover.release(connection.room_id, connection.number, now=asyncio.get_running_loop().time())
        log.info("publisher %d left room %s: %s", connection.publisher_id, connection.room_id, reason)
        self._sink.closed(connection.room_id, connection.publisher_id, reason)

    async def _admit_requests(self) -> None:
        while True:
            connection, request = await self._requests.get()
            if connection.has_ended():
                continue
            answer = await self._check_key(connection, request)
            if connection.has_ended():
                continue
            try:
                self._settle(connection, answer, _key_tag(request.stream_name))
            except Exception:  # the sink's failure is this connection's alone
                self.counts["failed"] += 1
                log.exception("a publisher from %s could not be put on the air", connection.peer)
                connection.cut()

    async def _check_key(self, connection: Connection, request: PublishRequested) -> Admitted | Refused:
        try:
            async with asyncio.timeout(self._limits.session.admission_s):
                return await self._admission.admit(request.app, request.stream_name, connection.peer)
        except Exception as error:  # the database's failure is told to the host, and the next one may fare better
            self.counts["failed"] += 1
            # The message might quote what was looked up, so only the kind of failure is written down.
            log.error("the key of %s could not be checked: %s", connection.peer, type(error).__qualname__)
            return Refused("the stream key could not be checked just now; try again in a moment", DENIED)

    def _settle(self, connection: Connection, answer: Admitted | Refused, key_tag: str) -> None:
        if isinstance(answer, Refused):
            self.counts["refused"] += 1
            log.info("refused %s, key %s: %s", connection.peer, key_tag, answer.description)
            connection.close(answer.code, answer.description)
            return
        now = asyncio.get_running_loop().time()
        self._takeover.prune(now)
        holder = self.holder_of(answer.room_id)
        claim = self._takeover.claim(
            answer.room_id,
            connection.number,
            Encoder(connection.peer, connection.software),
            now=now,
            holder_heard_at=None if holder is None else holder.heard_at,
        )
        if isinstance(claim, Barred):
            self.counts["barred"] += 1
            log.info("barred %s, key %s, from room %s", connection.peer, key_tag, answer.room_id)
            wait_s = math.ceil(claim.retry_after_s)
            connection.close(
                DENIED,
                f"another encoder has taken over this room; stop it, or try again in {wait_s} s",
            )
            return
        if holder is not None:
            self.counts["displaced"] += 1
            holder.close(DENIED, "another encoder with the same stream key has taken over this room")
        self.counts["published"] += 1
        log.info("publisher %d, key %s, is on the air in room %s", answer.publisher_id, key_tag, answer.room_id)
        self._no_longer_unfinished(connection)
        connection.accept(answer.room_id, answer.publisher_id)

    def _no_longer_unfinished(self, connection: Connection) -> None:
        block = self._blocks.pop(connection.number, None)
        if block is not None:
            self._unfinished[block] -= 1
            if not self._unfinished[block]:
                del self._unfinished[block]


def _address_block(address: str) -> str:
    """What one customer of a network provider is sure to hold: an IPv4 address, or an IPv6 /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, _IPV6_BLOCK_BITS), strict=False))
    return str(parsed)


def _key_tag(stream_name: str) -> str:
    """A name for a key in the log that does not give it away."""
    return hashlib.sha256(stream_name.encode("utf-8", "replace")).hexdigest()[:_KEY_TAG_DIGITS]
