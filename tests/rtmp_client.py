"""A small RTMP publisher for tests: exact about chunk sizes and timestamps, which real encoders fix for themselves."""

from __future__ import annotations

import asyncio
import socket

from media.rtmp import amf0, handshake
from media.rtmp.amf0 import AmfValue
from media.rtmp.chunks import ChunkReader, ChunkWriter, Message, MessageType

C1_RANDOM = bytes(range(256)) * 6
C1_RANDOM = C1_RANDOM[: handshake.RANDOM_BYTES]
AVC_HEADER = bytes.fromhex("17 00 000000 01 64001f ff e1 0004 67640010 01 0002 68ee")
AAC_HEADER = bytes.fromhex("af 00 1210")


def command(name: str, transaction: float, *arguments: AmfValue, stream_id: int = 0) -> Message:
    """A command message."""
    return Message(MessageType.COMMAND_AMF0, stream_id, 0, amf0.encode(name, transaction, *arguments))


def connect(app: str = "live", software: str = "FMLE/3.0 (test)") -> Message:
    """The connect command."""
    return command("connect", 1.0, {"app": app, "type": "nonprivate", "flashVer": software, "tcUrl": "rtmp://x/live"})


def client_hello() -> bytes:
    """C0, C1, and a C2 that nobody compares."""
    return handshake.hello(C1_RANDOM, 0) + bytes(handshake.PACKET_BYTES)


class PublisherScript:
    """Writes what a publisher says, in order, without I/O."""

    def __init__(self, *, compress: bool = True) -> None:
        self.writer = ChunkWriter(compress=compress)

    def say(self, *messages: Message, csid: int = 3) -> bytes:
        """Chunks of `messages`."""
        return b"".join(self.writer.write(message, csid=csid) for message in messages)

    def opening(self, app: str = "live", software: str = "FMLE/3.0 (test)") -> bytes:
        """From the handshake to the created stream."""
        return client_hello() + self.say(
            connect(app, software),
            command("releaseStream", 2.0, None, "key"),
            command("FCPublish", 3.0, None, "key"),
            command("createStream", 4.0, None),
        )

    def publish(self, key: str) -> bytes:
        """The request to publish."""
        return self.say(command("publish", 5.0, None, key, "live", stream_id=1))

    def video(self, timestamp_ms: int, payload: bytes) -> bytes:
        """One video message."""
        return self.say(Message(MessageType.VIDEO, 1, timestamp_ms, payload), csid=6)

    def audio(self, timestamp_ms: int, payload: bytes) -> bytes:
        """One audio message."""
        return self.say(Message(MessageType.AUDIO, 1, timestamp_ms, payload), csid=4)


class Answers:
    """Reads what the server says after its handshake."""

    def __init__(self) -> None:
        self._handshake = bytearray()
        self._reader = ChunkReader()
        self.messages: list[Message] = []

    def feed(self, data: bytes) -> None:
        """Take the server's bytes."""
        missing = 1 + 2 * handshake.PACKET_BYTES - len(self._handshake)
        self._handshake += data[:missing]
        if rest := data[missing:]:
            self.messages += self._reader.feed(rest)

    def commands(self) -> list[list[AmfValue]]:
        """The commands so far, decoded."""
        return [amf0.decode(m.payload) for m in self.messages if m.type_id == MessageType.COMMAND_AMF0]

    def statuses(self) -> list[tuple[str, str, str]]:
        """Level, code and description of each onStatus."""
        return [
            (str(status["level"]), str(status["code"]), str(status["description"]))
            for name, _, _, status in (words for words in self.commands() if words[0] == "onStatus")
            if name and isinstance(status, dict)
        ]


class TestClient:
    """A publisher on a real socket."""

    __test__ = False

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.script = PublisherScript()
        self.answers = Answers()

    @classmethod
    async def open(cls, port: int, *, receive_bytes: int | None = None) -> TestClient:
        """Connect to a server on the loopback; `receive_bytes` bounds what the kernel holds for us."""
        sock = socket.socket()
        sock.setblocking(False)
        if receive_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        return cls(*await asyncio.open_connection(sock=sock, limit=8192))

    async def send(self, data: bytes) -> None:
        """Write and wait until the kernel has it."""
        self._writer.write(data)
        await self._writer.drain()

    async def read_until(self, code: str, *, timeout_s: float = 5.0) -> str:
        """Read until a status with `code` has come; returns its description."""
        async with asyncio.timeout(timeout_s):
            while True:
                for _, seen, description in self.answers.statuses():
                    if seen == code:
                        return description
                data = await self._reader.read(65536)
                assert data, f"closed before {code}: {self.answers.statuses()}"
                self.answers.feed(data)

    async def read_to_end(self, *, timeout_s: float = 5.0) -> None:
        """Read until the server closes."""
        async with asyncio.timeout(timeout_s):
            try:
                while data := await self._reader.read(65536):
                    self.answers.feed(data)
            except ConnectionError:
                pass

    async def go_live(self, key: str, *, chunk_bytes: int | None = None, software: str = "FMLE/3.0 (test)") -> None:
        """Publish, up to the server's Publish.Start."""
        await self.send(self.script.opening(software=software))
        if chunk_bytes is not None and chunk_bytes != 128:
            await self.send(self.script.writer.set_chunk_bytes(chunk_bytes))
        await self.send(self.script.publish(key))
        await self.read_until("NetStream.Publish.Start")

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            pass
