"""Edge: whether this process lives, whether it can work, and what it measures."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from aiohttp import web

from server.api.http.parsing import encode
from server.api.metrics import CONTENT_TYPE, gather_metrics
from server.api.services import Check, Services

log = logging.getLogger("jishi.health")

CHECK_TIMEOUT_S: Final = 2.0


async def healthz(request: web.Request) -> web.Response:
    """This process answers: that is all it says."""
    return web.Response(body=b'{"status":"ok"}', content_type="application/json")


async def look(check: Check) -> str | None:
    """What one check says within its time; a check that fails is a fault, never an error of the page."""
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT_S:g} s"
    except Exception as error:  # whatever is wrong with a dependency is what this page is for
        log.warning("a readiness check failed", exc_info=error)
        return f"{type(error).__name__}: {error}".splitlines()[0]


class Health:
    """The pages that machines look at."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def readyz(self, request: web.Request) -> web.Response:
        """200 when every check is well, else 503; with what each said."""
        checks = self._services.checks
        faults = await asyncio.gather(*(look(check) for check in checks.values()))
        ready = not any(faults)
        said = {name: fault or "ok" for name, fault in zip(checks, faults, strict=True)}
        body = encode({"status": "ready" if ready else "not_ready", "checks": said})
        return web.Response(body=body, status=200 if ready else 503, content_type="application/json")

    async def metrics(self, request: web.Request) -> web.Response:
        """The whole node's metrics."""
        services = self._services
        peers = [peer for peer in services.peers() if peer != services.worker]
        text = await gather_metrics(services.requests, services.registry, peers)
        return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE})
