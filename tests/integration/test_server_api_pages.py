"""Pages, assets, health and metrics of one edge worker, and of several on one bus."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter

from server.api import previews
from server.api.app import KEEP_ALIVE_TIMEOUT_S, make_runner
from server.api.http.security_headers import script_hash
from server.api.metrics import UNANSWERED
from server.bus.memory import MemoryExchange
from server.database.database import Database
from tests.http_edge import WEB_ROOT, Edge, open_edge
from tests.integration.test_server_api import product


@pytest.fixture
async def edge(database: Database) -> AsyncIterator[Edge]:
    async with open_edge(database) as opened:
        yield opened


def import_map_of(page: str) -> str:
    found = re.search(r'<script type="importmap">(.*?)</script>', page, re.S)
    assert found is not None
    return found[1]


async def test_pages_and_their_policy(edge: Edge) -> None:
    for path in ("/", "/rooms/apples", "/sign-in", "/orders"):
        page = await edge.call("GET", path)
        assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        policy = page.headers["Content-Security-Policy"]
        assert f"script-src 'self' '{script_hash(import_map_of(page.body).encode())}';" in policy
        assert "'unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert page.headers["Cache-Control"] == "no-cache"
        known = await edge.call("GET", path, headers={"If-None-Match": page.headers["ETag"]})
        assert (known.status, known.body) == (304, "")
        assert known.headers["Content-Security-Policy"] == policy


async def test_a_rooms_page_says_what_it_is_where_its_link_is_shared(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "PREVIEW_WAIT_MAX_S", 20.0)
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    title = '<script>"苹果" & 梨</script>'
    assert (await edge.call("PATCH", "/api/rooms/apples", {"title": title}, token=host)).status == 200
    page = await edge.call("GET", "/rooms/apples")
    escaped = "&lt;script&gt;&quot;苹果&quot; &amp; 梨&lt;/script&gt;"
    assert f'<meta property="og:title" content="{escaped}">' in page.body
    assert "Host · apples org" in page.body
    assert (
        page.headers["Content-Security-Policy"]
        == (await edge.call("GET", "/rooms/nowhere")).headers["Content-Security-Policy"]
    )
    assert script_hash(import_map_of(page.body).encode()) in page.headers["Content-Security-Policy"]
    known = await edge.call("GET", "/rooms/apples", headers={"If-None-Match": page.headers["ETag"]})
    assert known.status == 304

    made = await product(edge, host, "apples")
    card = await edge.call("POST", "/api/rooms/apples/cards", {"product_id": made["product_id"]}, token=host, key="c")
    shared = await edge.call("GET", f"/rooms/apples?card={card.body['card_id']}")
    assert '<meta property="og:title" content="红富士苹果">' in shared.body
    for unknown in ("apples?card=none", f"apples?card={made['product_id']}"):
        assert (await edge.call("GET", f"/rooms/{unknown}")).body == page.body
    for nowhere in ("nowhere", "%00", "APPLES", "%F0%9F"):
        plain = await edge.call("GET", f"/rooms/{nowhere}")
        assert (plain.status, "og:title" in plain.body) == (200, False)


async def test_a_room_page_does_not_wait_for_its_preview(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "PREVIEW_WAIT_MAX_S", 0.0)
    host = await edge.sign_up("host")
    await edge.open_room(host, "apples")
    page = await edge.call("GET", "/rooms/apples")
    assert page.status == 200
    assert "og:title" not in page.body


async def test_all_that_a_page_names_is_kept_for_good(edge: Edge) -> None:
    for path in ("/", "/rooms/apples", "/sign-in", "/orders"):
        page = await edge.call("GET", path)
        named = re.findall(r'"(/assets/[^"]+)"', page.body)
        assert len(named) > 20
        assert "data-pages" not in page.body
        assert page.body.count('rel="stylesheet"') == 1
        for url in named:
            asset = await edge.call("GET", url)
            assert (asset.status, asset.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable"), url
            assert asset.body


async def test_a_page_preloads_what_it_needs_and_no_other_pages_modules(edge: Edge) -> None:
    watch, lobby = await edge.call("GET", "/rooms/apples"), await edge.call("GET", "/")
    assert "/app/pages/watch.js" in watch.body
    assert "/app/pages/lobby.js" not in watch.body
    assert "/app/pages/lobby.js" in lobby.body
    assert "/app/pages/watch.js" not in lobby.body


async def test_a_plain_address_is_asked_for_again_each_time(edge: Edge) -> None:
    script = await edge.call("GET", "/assets/app/main.js")
    assert (script.status, script.headers["Cache-Control"]) == (200, "no-cache")
    assert "javascript" in script.headers["Content-Type"]
    same = await edge.call("GET", "/assets/app/main.js", headers={"If-None-Match": script.headers["ETag"]})
    assert same.status == 304
    assert (await edge.call("GET", "/assets/icon.svg")).headers["Content-Type"] == "image/svg+xml"


async def test_another_version_gets_todays_file_but_does_not_keep_it(edge: Edge) -> None:
    script = await edge.call("GET", "/assets/0123456789abcdef/app/main.js")
    assert (script.status, script.headers["Cache-Control"]) == (200, "no-cache")


async def test_assets_are_compressed_for_those_who_take_it(edge: Edge) -> None:
    path, plain = "/assets/app/main.js", (WEB_ROOT / "app" / "main.js").read_text()
    zipped = await edge.call("GET", path, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert (zipped.headers["Content-Encoding"], zipped.body) == ("gzip", plain)
    assert int(zipped.headers["Content-Length"]) < len(plain.encode()) * 0.9
    for accepted in ("identity", "br, gzip;q=0", "gzip; q=0.000, br"):
        unzipped = await edge.call("GET", path, headers={"Accept-Encoding": accepted})
        assert ("Content-Encoding" in unzipped.headers, unzipped.body) == (False, plain)
        assert unzipped.headers["ETag"] != zipped.headers["ETag"]
        assert unzipped.headers["Vary"] == "Accept-Encoding"


async def test_only_open_files_are_assets(database: Database, tmp_path: Path) -> None:
    for name in ("shell.html", "secret.txt", "app/main.js", "hidden/x.js", "app/.env"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "app" / "link.js").symlink_to("/etc/passwd")
    async with open_edge(database, web_root=tmp_path) as edge:
        for prefix in ("", "0123456789abcdef/"):
            assert (await edge.call("GET", f"/assets/{prefix}app/main.js")).status == 200
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
                assert (await edge.call("GET", f"/assets/{prefix}{path}")).status == 404, path


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
