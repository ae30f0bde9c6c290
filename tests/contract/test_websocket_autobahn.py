"""Autobahn's cases, by `kosoku`, against our handshake, frame parser and frame writer.

What is served is an echo. The live protocol itself refuses text, so the echo stands for the framing alone, with a
message limit as large as the largest case needs. Extensions are never negotiated: the compression cases (12, 13) have
to come out as not implemented.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
import uvloop

from server.live.socket.handshake import HandshakeAccepted, answer_handshake, parse_request
from server.live.socket.websocket import (
    BinaryReceived,
    CloseReceived,
    FrameParser,
    Opcode,
    PingReceived,
    TextReceived,
    Violated,
    close_frame,
    frame,
)

MESSAGE_BYTES_MAX = 17 * 1024 * 1024
"""Case 9.2.6 sends 16 MiB."""
PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}
AGENT_TIMEOUT_S = 1_800.0


class Echo(asyncio.Protocol):
    """Answers every message with itself."""

    def __init__(self) -> None:
        self._header = b""
        self._parser: FrameParser | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self._header += data
            header, found, data = self._header.partition(b"\r\n\r\n")
            if not found:
                return
            request = parse_request(header + found)
            assert request is not None
            answer = answer_handshake(request, "jishi.v1.msgpack")
            assert isinstance(answer, HandshakeAccepted)
            self._transport.write(answer.response)
            self._parser = FrameParser(MESSAGE_BYTES_MAX, fragments_max=MESSAGE_BYTES_MAX)
        for received in self._parser.feed(data):
            match received:
                case BinaryReceived(message):
                    self._transport.write(frame(message))
                case TextReceived(text):
                    self._transport.write(frame(text.encode(), Opcode.TEXT))
                case PingReceived(payload):
                    self._transport.write(frame(payload, Opcode.PONG))
                case CloseReceived(code):
                    self._transport.write(close_frame(code))
                    self._transport.close()
                case Violated(code, reason):
                    self._transport.write(close_frame(code, reason))
                    self._transport.close()


async def judge(out: Path, cases: list[str]) -> dict[str, dict[str, str]]:
    """Run the fuzzing client against an echo; its verdicts by case."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        included = [argument for case in cases for argument in ("--include", case)]
        client = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("kosoku"),
            *("--mode", "fuzzingclient", "--parallelism", "4", "--outdir", str(out), *included),
            f"ws://127.0.0.1:{port}",
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(AGENT_TIMEOUT_S):
                await client.wait()
        finally:
            if client.returncode is None:
                client.kill()
                await client.wait()
    agents = json.loads((out / "index.json").read_text())
    assert len(agents) == 1
    verdicts: dict[str, dict[str, str]] = next(iter(agents.values()))
    return verdicts


@pytest.mark.parametrize(
    ("cases", "count_min"),
    [
        pytest.param([f"{group}.*" for group in (1, 2, 3, 4, 5, 6, 7, 10)], 240, id="framing"),
        pytest.param(["9.*"], 50, id="large and many"),
    ],
)
def test_autobahn(tmp_path: Path, cases: list[str], count_min: int) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        verdicts = runner.run(judge(tmp_path, cases))
    failed = {case: verdict for case, verdict in verdicts.items() if verdict["behavior"] not in PASSED}
    assert not failed
    unclean = {case: verdict for case, verdict in verdicts.items() if verdict["behaviorClose"] not in PASSED}
    assert not unclean
    assert len(verdicts) >= count_min, Counter(case.split(".")[0] for case in verdicts)


def test_compression_is_never_negotiated(tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        verdicts = runner.run(judge(tmp_path, ["12.1.1", "13.1.1"]))
    assert {verdict["behavior"] for verdict in verdicts.values()} == {"UNIMPLEMENTED"}
