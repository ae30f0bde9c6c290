"""A simpay process for tests, and a door for its webhooks."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from commerce.database import Database
from commerce.payment.payments import handle_webhook
from commerce.payment.simpay_client import SimpayClient
from commerce.payment.webhooks import write_secret
from commerce.refusals import Refused
from commerce.simpay.config import Config

API_KEY = "test-key"
SECRET = write_secret(b"simpay tests sign with this.....")


class SimpayProcess:
    """`python -m commerce.simpay` with its books in a folder; may be killed and started again on the same port."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "commerce.simpay"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process.stdin as stdin:
            json.dump(self._config.to_json(), stdin)
        line = self._process.stdout.readline()
        assert line, "simpay ended before it was ready"
        self._config = replace(self._config, port=json.loads(line)["port"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._config.port}"

    def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


@contextlib.asynccontextmanager
async def simpay_process(folder: Path, webhook_url: str, **settings: object) -> AsyncIterator[SimpayProcess]:
    """A running simpay, killed at the end."""
    config = Config.from_json(
        {
            "api_key": API_KEY,
            "webhook_secret": SECRET,
            "webhook_url": webhook_url,
            "data_file": str(folder / "simpay.sqlite3"),
            "retry_ms": [50, 100],
        }
        | settings
    )
    process = SimpayProcess(config)
    try:
        process.start()
        yield process
    finally:
        process.kill()


class WebhookDoor:
    """Where simpay's notifications come in: counts them, and turns them away while `open` is false."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._client = SimpayClient("http://unused", api_key="unused")
        self.open = True
        self.came = 0
        self.done = 0
        """Those that have been dealt with, whatever became of them."""
        self.refused = 0
        self.duplicates = 0

    async def take(self, request: web.Request) -> web.Response:
        self.came += 1
        try:
            return web.Response(status=await self._deal_with(request))
        finally:
            self.done += 1

    async def _deal_with(self, request: web.Request) -> int:
        body = await request.read()
        if not self.open:
            return 503
        result = await handle_webhook(
            self._database,
            self._client,
            secrets=[SECRET],
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            now=datetime.now(UTC),
        )
        if isinstance(result, Refused):
            self.refused += 1
            return 400
        self.duplicates += result.duplicate
        return 204


@contextlib.asynccontextmanager
async def webhook_door(database: Database) -> AsyncIterator[tuple[WebhookDoor, str]]:
    """A door and its address."""
    door = WebhookDoor(database)
    application = web.Application()
    application.router.add_post("/api/webhooks/simpay", door.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield door, f"http://127.0.0.1:{runner.addresses[0][1]}/api/webhooks/simpay"
    finally:
        await runner.cleanup()
