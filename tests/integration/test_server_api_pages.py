"""Pages, assets, health and metrics of one edge worker, and of several on one bus."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from server.api.app import KEEP_ALIVE_TIMEOUT_S, make_runner
from server.api.metrics import UNANSWERED
from server.api.security_headers import script_hash
from server.bus.memory import MemoryExchange
from server.database.database import Database
from tests.http_edge import WEB_ROOT, Edge, open_edge


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


async def test_pages_and_their_policy(edge: Edge) -> None:
    import_map = re.search(rb'<script type="importmap">(.*?)</script>', (WEB_ROOT / "shell.html").read_bytes(), re.S)
    assert import_map is not None
    for path in ("/", "/rooms/apples", "/sign-in", "/orders"):
        page = await edge.call("GET", path)
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        policy = page.headers["Content-Security-Policy"]
        assert f"script-src 'self' '{script_hash(import_map.group(1))}';" in policy
        assert "'unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["Cache-Control"] == "no-cache"
        known = await edge.call("GET", path, headers={"If-None-Match": page.headers["ETag"]})
        assert (known.status, known.body) == (304, "")


async def test_assets(edge: Edge) -> None:
    script = await edge.call("GET", "/assets/app/main.js")
    assert script.status == 200
    assert "javascript" in script.headers["Content-Type"]
    assert script.headers["Cache-Control"] == "no-cache"
    same = await edge.call("GET", "/assets/app/main.js", headers={"If-None-Match": script.headers["ETag"]})
    assert same.status == 304
    assert (await edge.call("GET", "/assets/icon.svg")).headers["Content-Type"] == "image/svg+xml"


async def test_only_open_files_are_assets(database: Database, tmp_path: Path) -> None:
    for name in ("shell.html", "secret.txt", "app/main.js", "app/player.0a1b2c3d.js", "hidden/x.js", "app/.env"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "app" / "link.js").symlink_to("/etc/passwd")
    async with open_edge(database, web_root=tmp_path) as edge:
        assert (await edge.call("GET", "/assets/app/main.js")).status == 200
        hashed = await edge.call("GET", "/assets/app/player.0a1b2c3d.js")
        assert "immutable" in hashed.headers["Cache-Control"]
        for path in (
            "shell.html",
            "secret.txt",
            "hidden/x.js",
            "app/.env",
            "app/link.js",
            "app",
            "app/../secret.txt",
            "app/%2e%2e/secret.txt",
            "%2e%2e/etc/passwd",
            "app//main.js",
            "app/none.js",
        ):
            assert (await edge.call("GET", f"/assets/{path}")).status == 404, path


async def test_health(database: Database) -> None:
    faults: dict[str, str | None] = {"database": None, "bus": None}

    async def database_check() -> str | None:
        return faults["database"]

    async def bus_check() -> str | None:
        if faults["bus"]:
            raise ConnectionError(faults["bus"])
        return None

    async with open_edge(database, checks={"database": database_check, "bus": bus_check}) as edge:
        assert (await edge.call("GET", "/readyz")).body == {
            "status": "ready",
            "checks": {"database": "ok", "bus": "ok"},
        }
        faults |= {"database": "away", "bus": "cut"}
        unready = await edge.call("GET", "/readyz")
        assert unready.status == 503
        assert unready.body["checks"] == {"database": "away", "bus": "ConnectionError: cut"}
        assert (await edge.call("GET", "/healthz")).body == {"status": "ok"}


async def test_metrics_are_the_whole_nodes(database: Database) -> None:
    exchange = MemoryExchange()
    registries = [CollectorRegistry(), CollectorRegistry()]
    for registry, count in zip(registries, (3, 4), strict=True):
        Counter("deliveries", "What was sent.", ["lane"], registry=registry).labels("chat").inc(count)
    names: list[str] = ["gone"]
    async with (
        open_edge(database, exchange=exchange, registry=registries[0], peers=lambda: names) as one,
        open_edge(database, exchange=exchange, registry=registries[1], peers=lambda: names) as other,
    ):
        names += [one.services.worker, other.services.worker]
        for edge in (one, other):
            text = (await edge.call("GET", "/metrics")).body
            assert 'deliveries_total{lane="chat"} 7.0\n' in text
            assert f"{UNANSWERED} 1\n" in text


async def test_idle_connections_are_not_kept_for_an_hour() -> None:
    runner = make_runner(web.Application())
    await runner.setup()
    assert runner.server is not None
    assert runner.server()._keepalive_timeout == KEEP_ALIVE_TIMEOUT_S
    await runner.cleanup()
