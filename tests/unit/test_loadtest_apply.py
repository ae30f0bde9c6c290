"""What the load test of applications plans, and when it calls its own run void."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from loadtest.apply import OTHERS_BUSY_MAX, Reading, Scene, Wish, figures_of, plan
from loadtest.figures import CpuTimes
from loadtest.http_lines import Answer, HttpLines

SCENE = Scene("org", "boss", [f"token{number}" for number in range(20)], [f"job{number}" for number in range(30)])
BEFORE = Reading(CpuTimes(0, 0), (1, 2), 0.0, 0.0, 0.0)


def test_nobody_applies_twice_for_one_post_and_the_rate_is_what_was_asked_for() -> None:
    wishes = plan(SCENE, per_s=50.0, seconds=10.0)
    assert len({(wish.applicant, wish.job_id) for wish in wishes}) == len(wishes)
    assert 400 <= len(wishes) <= 600
    due = [wish.due_s for wish in wishes]
    assert due == sorted(due)
    assert due[0] > 0
    assert due[-1] <= 10.0
    assert [wish.due_s for wish in plan(SCENE, per_s=50.0, seconds=10.0)] == due


def test_figures_count_from_when_an_application_was_due() -> None:
    wishes = [Wish(0.0, 0, "job", latency_ms=float(ms), status=201) for ms in range(1, 101)]
    wishes[99].status = 503
    ended = Reading(CpuTimes(busy=100, total=400), edges=(1, 2), edges_s=0.5, node_s=0.9, own_s=0.1)
    figures = figures_of(wishes, 10.0, BEFORE, ended)
    assert (figures["acknowledged"], figures["per_s"], figures["refused"]) == (99, 9.9, {"503": 1})
    assert (figures["p50_ms"], figures["p99_ms"], figures["max_ms"]) == (50.0, 99.0, 100.0)
    assert figures["edge_cpu_ms_each"] == 5.0
    restarted = figures_of(wishes, 10.0, BEFORE, replace(ended, edges=(1, 3)))
    assert [restarted[name] for name in ("edge_cpu_ms_each", "node_busy", "others_busy", "void")] == [None] * 3 + [True]


@pytest.mark.parametrize(
    ("own_s", "late_ms", "busy", "is_void"),
    [(0.5, 1.0, 20, False), (9.0, 1.0, 20, True), (0.5, 60.0, 20, True), (0.5, 1.0, 100, True)],
)
def test_a_run_is_void_when_the_client_or_others_were_the_bottleneck(
    own_s: float, late_ms: float, busy: int, is_void: bool
) -> None:
    wishes = [Wish(0.0, 0, "job", late_ms=late_ms, latency_ms=1.0, status=201)]
    ended = replace(BEFORE, machine=CpuTimes(busy, 100), own_s=own_s)
    assert busy / 100 > OTHERS_BUSY_MAX or busy == 20
    assert figures_of(wishes, 10.0, BEFORE, ended)["void"] is is_void


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that answers in pieces, and closes the connection when told to by the path."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            if b"GET /close" in head:
                break
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n")
            await writer.drain()
            writer.write(b'{"a": ')
            await writer.drain()
            writer.write(b"12}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_a_connection_that_is_cut_is_opened_again(echo: int) -> None:
    async with HttpLines("127.0.0.1", echo, count=1, timeout_s=10) as lines:
        whole: Any = await lines.send(lines.request("GET", "/", "token"))
        assert (whole.status, whole.json()) == (201, {"a": 12})
        assert await lines.send(lines.request("GET", "/close", "token")) == Answer(0, b"")
        answers = await asyncio.gather(*(lines.send(lines.request("GET", "/", "token")) for _ in range(3)))
        assert [answer.status for answer in answers] == [201, 201, 201]
