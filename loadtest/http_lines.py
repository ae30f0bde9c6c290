"""Edge: a few HTTP/1.1 connections that a load test keeps open, each with one request at a time; it reads as little of
an answer as it can.

A request is bytes made beforehand. When every connection is taken the next request waits, and whoever counts latency
from when it was due counts that too.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class HttpLines:
    """Opened and closed as a context manager."""

    def __init__(self, host: str, port: int, *, count: int, timeout_s: float) -> None:
        self._host = host
        self._port = port
        self._count = count
        self._timeout_s = timeout_s
        self._free: deque[_Line] = deque()
        self._lines: list[_Line] = []
        self._turns = asyncio.Semaphore(count)

    async def __aenter__(self) -> Self:
        for _ in range(self._count):
            self._free.append(await self._open())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            line.close()

    def request(self, method: str, path: str, token: str, body: Any = None, *, key: str | None = None) -> bytes:
        """The bytes of a request for JSON."""
        content = b"" if body is None else json.dumps(body).encode()
        head = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Authorization: Bearer {token}"]
        if body is not None:
            head.append("Content-Type: application/json")
        if key is not None:
            head.append(f"Idempotency-Key: {key}")
        head.append(f"Content-Length: {len(content)}")
        return "\r\n".join([*head, "", ""]).encode() + content

    async def send(self, request: bytes) -> Answer:
        """The answer to a request; status 0 where there is none in time, for the outcome is not known then."""
        async with self._turns:
            line = self._free.popleft()
            try:
                if line.is_closed:
                    line = await self._open()
                async with asyncio.timeout(self._timeout_s):
                    return await line.ask(request)
            except (OSError, TimeoutError):
                line.close()
                return Answer(0, b"")
            finally:
                self._free.append(line)

    async def _open(self) -> _Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(_Line, self._host, self._port)
        self._lines.append(line)
        return line


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._received = b""
        self.is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closed = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or self._answer is None or self._answer.done():
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(body) >= length:
            self._received = b""
            self._answer.set_result(Answer(int(head[9:12]), body[:length]))

    async def ask(self, request: bytes) -> Answer:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self.is_closed = True
        if self._transport is not None:
            self._transport.close()
