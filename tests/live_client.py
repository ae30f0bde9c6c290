"""A viewer written from docs/protocol.md alone, on libraries that are not the server's own: websockets, msgpack."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

Message = list[Any]
ANSWER_TIMEOUT_S = 10.0


class RefusedByServer(Exception):
    """A request was refused: `code`, `facts`."""

    def __init__(self, code: str, facts: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class LiveClient:
    """One connection to a room. `async with LiveClient(base_url, slug) as viewer`."""

    def __init__(self, base_url: str, slug: str, *, lanes: str = "0,1,2,3", token: str | None = None) -> None:
        self._url = f"{base_url.replace('http', 'ws', 1)}/rooms/{slug}/live?lanes={lanes}"
        self._token = token
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._socket: ClientConnection
        self._reader: asyncio.Task[None]
        self._changed = asyncio.Event()
        self.messages: list[Message] = []
        """Everything received but media parts, in order."""
        self.parts: dict[int, int] = {2: 0, 3: 0}
        """Last chunks received, by lane: whole parts."""
        self.closed = False

    async def __aenter__(self) -> Self:
        self._socket = await connect(
            self._url,
            subprotocols=[Subprotocol("jishi.v1.msgpack")],
            max_size=None,
            compression=None,
        )
        self._reader = asyncio.get_running_loop().create_task(self._read())
        await self.until(lambda: self.of_kind("snapshot"))
        if self._token is not None:
            await self.request("sign_in", self._token)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._socket.close()
        await self._reader

    @property
    def worker(self) -> str:
        """Name of the edge worker that serves this connection."""
        return str(self.of_kind("hello")[0][2].rsplit("-", 1)[0])

    def of_kind(self, kind: str) -> list[Message]:
        return [message for message in self.messages if message[0] == kind]

    def texts(self) -> list[str]:
        """Every comment received, in order."""
        return [comment[5] for message in self.of_kind("comments") for comment in message[2]]

    def has_seen(self, text: str) -> bool:
        """Whether a line came, by itself or in a snapshot, of which one is sent anew where the stream was broken."""
        snapshots = [comment[5] for message in self.of_kind("snapshot") for comment in message[4]]
        return text in self.texts() or text in snapshots

    def state(self, key: str) -> Any:
        """The newest value received under a key."""
        newest: tuple[int, Any] = (-1, None)
        for message in self.messages:
            items = message[3] if message[0] == "snapshot" else message[2] if message[0] == "state" else []
            for item_key, version, value in items:
                if item_key == key and version >= newest[0]:
                    newest = (version, value)
        return newest[1]

    async def until(self, predicate: Callable[[], object], *, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        """Wait until something received makes this true."""
        async with asyncio.timeout(timeout_s):
            while not predicate():
                assert not self.closed, "the connection ended"
                self._changed.clear()
                await self._changed.wait()

    async def request(self, kind: str, *fields: Any) -> dict[str, Any]:
        """Ask and wait for the answer.

        Raises: RefusedByServer.
        """
        number = next(self._numbers)
        answered = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(msgpack.packb([kind, number, *fields]))
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            answer = await answered
        if answer[0] == "refusal":
            raise RefusedByServer(answer[2], answer[3])
        result: dict[str, Any] = answer[2]
        return result

    async def _read(self) -> None:
        try:
            await self._read_until_closed()
        finally:
            self.closed = True
            self._changed.set()
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError("the connection ended before the answer"))

    async def _read_until_closed(self) -> None:
        async for payload in self._socket:
            message: Message = msgpack.unpackb(payload)
            if message[0] == "part":
                self.parts[message[1]] += message[5]
            else:
                self.messages.append(message)
            if message[0] in ("answer", "refusal"):
                self._answers.pop(message[1]).set_result(message)
            self._changed.set()
