"""Edge: simpay's HTTP API, and the two loops that settle charges and send notifications.

    POST /charges {reference, amount, currency, description, confirm: true}   begin a charge; its id is the reference
    GET  /charges/{id}
    POST /charges/{id}/close     take no more money; `result` is closed, already_paid or already_failed
    POST /refunds {charge, amount, currency}

All POSTs take an Idempotency-Key; all requests `Authorization: Bearer <api_key>`. Amounts are integers in minor units.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import aiohttp
from aiohttp import web

from commerce.payment.webhooks import sign, write_secret
from commerce.simpay.config import Config
from commerce.simpay.ledger import Conflict, Ledger, Notification

log = logging.getLogger("jishi.simpay")

BODY_BYTES_MAX: Final = 16 * 1024
SENT_AT_ONCE_MAX: Final = 32
SEND_TIMEOUT_S: Final = 5.0
IDLE_S: Final = 5.0
"""How long the loops sleep at most when nothing is due."""
AMOUNT_MAX: Final = 10**15

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_RESULTS: Final = {"succeeded": "already_paid", "refunded": "already_paid", "failed": "already_failed"}

T = TypeVar("T")


class Simpay:
    """One running simpay."""

    def __init__(self, config: Config, ledger: Ledger, thread: ThreadPoolExecutor) -> None:
        self._config = config
        self._ledger = ledger
        self._thread = thread
        self._news = asyncio.Event()

    def application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[self._guard])
        application.router.add_post("/charges", self._create)
        application.router.add_get("/charges/{id}", self._fetch)
        application.router.add_post("/charges/{id}/close", self._close)
        application.router.add_post("/refunds", self._refund)
        return application

    async def run(self) -> None:
        """Settle what is due and send what is to be told, until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SEND_TIMEOUT_S)) as session:
            while True:
                self._news.clear()
                await self._blocking(self._ledger.settle, _now_ms())
                notifications = await self._blocking(self._ledger.due, _now_ms(), SENT_AT_ONCE_MAX)
                if notifications:
                    await self._send(session, notifications)
                    continue
                next_ms = await self._blocking(self._ledger.next_ms)
                wait_s = IDLE_S if next_ms is None else min(IDLE_S, max(0.0, (next_ms - _now_ms()) / 1000))
                try:
                    async with asyncio.timeout(wait_s):
                        await self._news.wait()
                except TimeoutError:
                    pass

    async def _send(self, session: aiohttp.ClientSession, notifications: list[Notification]) -> None:
        taken = await asyncio.gather(*(self._deliver(session, notification) for notification in notifications))
        done = [n.id for n, ok in zip(notifications, taken, strict=True) if ok or n.forged]
        retry_ms, now_ms = self._config.retry_ms, _now_ms()
        again = [
            (n.id, now_ms + retry_ms[min(n.attempts, len(retry_ms) - 1)])
            for n, ok in zip(notifications, taken, strict=True)
            if not ok and not n.forged
        ]
        await self._blocking(self._ledger.sent, done, again)

    async def _deliver(self, session: aiohttp.ClientSession, notification: Notification) -> bool:
        """Whether the receiver took it."""
        body = notification.body.encode()
        secret = write_secret(os.urandom(32)) if notification.forged else self._config.webhook_secret
        headers = sign(secret, notification.event_id, int(time.time()), body) | {"Content-Type": "application/json"}
        try:
            async with session.post(
                self._config.webhook_url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            log.info("notification %s not delivered: %s", notification.event_id, type(failure).__name__)
            return False

    async def _create(self, request: web.Request) -> web.Response:
        body = await _body(request)
        reference, amount, currency = body.get("reference"), body.get("amount"), body.get("currency")
        if not (isinstance(reference, str) and _ID.fullmatch(reference) and body.get("confirm") is True):
            raise _refusal(422, "invalid")
        _check_money(amount, currency)
        description = str(body.get("description", ""))[:200]
        charge = await self._write(
            self._ledger.create, _key(request), reference, amount, currency, description, _now_ms()
        )
        return web.json_response(charge, status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        charge = await self._blocking(self._ledger.charge, request.match_info["id"])
        if charge is None:
            raise _refusal(404, "unknown_charge")
        return web.json_response(charge)

    async def _close(self, request: web.Request) -> web.Response:
        charge_id = request.match_info["id"]
        if not _ID.fullmatch(charge_id):
            raise _refusal(422, "invalid")
        charge = await self._write(self._ledger.close_charge, _key(request), charge_id, _now_ms())
        return web.json_response(charge | {"result": _RESULTS.get(charge["state"], "closed")})

    async def _refund(self, request: web.Request) -> web.Response:
        body = await _body(request)
        charge_id, amount, currency = body.get("charge"), body.get("amount"), body.get("currency")
        if not isinstance(charge_id, str):
            raise _refusal(422, "invalid")
        _check_money(amount, currency)
        charge = await self._write(self._ledger.refund, _key(request), charge_id, amount, currency, _now_ms())
        return web.json_response(charge, status=201)

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {self._config.api_key}".encode()):
            raise _refusal(401, "unauthorized")
        return await handler(request)

    async def _write(self, work: Callable[..., T], *arguments: Any) -> T:
        try:
            result = await self._blocking(work, *arguments)
        except Conflict as conflict:
            raise _refusal(409, conflict.code) from None
        self._news.set()
        return result

    async def _blocking(self, work: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


async def serve(config: Config, stop: asyncio.Event, on_ready: Callable[[int], None]) -> None:
    """Run a simpay until `stop` is set. `on_ready` gets the bound port, 0 on a Unix socket."""
    with ThreadPoolExecutor(1, thread_name_prefix="simpay-books") as thread:
        ledger = await asyncio.get_running_loop().run_in_executor(thread, Ledger, config)
        simpay = Simpay(config, ledger, thread)
        runner = web.AppRunner(simpay.application(), access_log=None, handle_signals=False)
        await runner.setup()
        try:
            on_ready(await _listen(runner, config))
            async with asyncio.TaskGroup() as group:
                work = group.create_task(simpay.run(), name="simpay")
                await stop.wait()
                work.cancel()
        finally:
            await runner.cleanup()
            await asyncio.get_running_loop().run_in_executor(thread, ledger.close)


async def _listen(runner: web.AppRunner, config: Config) -> int:
    if config.socket is not None:
        await web.UnixSite(runner, config.socket).start()
        return 0
    await web.TCPSite(runner, config.host, config.port).start()
    port: int = runner.addresses[0][1]
    return port


def _now_ms() -> int:
    return int(time.time() * 1000)


def _key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 255:
        raise _refusal(400, "idempotency_key_missing")
    return key


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise _refusal(400, "not_json") from None
    if not isinstance(body, dict):
        raise _refusal(400, "not_an_object")
    return body


def _check_money(amount: object, currency: object) -> None:
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        raise _refusal(422, "invalid_amount")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise _refusal(422, "invalid_currency")


def _refusal(status: int, code: str) -> web.HTTPException:
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        401: web.HTTPUnauthorized,
        404: web.HTTPNotFound,
        409: web.HTTPConflict,
        422: web.HTTPUnprocessableEntity,
    }
    return kinds[status](text=json.dumps({"code": code}), content_type="application/json")
