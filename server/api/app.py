"""Edge: the aiohttp application of one edge worker: API, pages, health, and the headers on every answer."""

from __future__ import annotations

import importlib.metadata
import logging
import re
from collections.abc import Callable, Sequence
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from uuid_utils.compat import uuid7

from server import logs
from server.api.health import Health, healthz
from server.api.http.client_address import ProxyTrust
from server.api.http.parsing import BODY_BYTES_MAX, encode
from server.api.http.security_headers import ALWAYS, API_POLICY
from server.api.lobby import LOBBY, Lobby
from server.api.metrics import serve_metrics
from server.api.openapi import describe
from server.api.previews import previews
from server.api.route import Route
from server.api.routes import addresses as routes_addresses
from server.api.routes import appeals as routes_appeals
from server.api.routes import applications as routes_applications
from server.api.routes import catalogue as routes_catalogue
from server.api.routes import clips as routes_clips
from server.api.routes import desk as routes_desk
from server.api.routes import follows as routes_follows
from server.api.routes import jobs as routes_jobs
from server.api.routes import line_up as routes_line_up
from server.api.routes import links as routes_links
from server.api.routes import me as routes_me
from server.api.routes import moderation as routes_moderation
from server.api.routes import orders as routes_orders
from server.api.routes import organisations as routes_organisations
from server.api.routes import people as routes_people
from server.api.routes import photos as routes_photos
from server.api.routes import rooms as routes_rooms
from server.api.routes import shows as routes_shows
from server.api.routes import studio as routes_studio
from server.api.services import Services
from server.api.serving import Serving, problem_response
from server.site.pages import PATHS, Pages
from server.site.shell import WATCH

log = logging.getLogger("jishi.api")

ROUTES: Final[list[Route]] = [
    *routes_people.ROUTES,
    *routes_organisations.ROUTES,
    *routes_rooms.ROUTES,
    *routes_studio.ROUTES,
    *routes_line_up.ROUTES,
    *routes_photos.ROUTES,
    *routes_shows.ROUTES,
    *routes_catalogue.ROUTES,
    *routes_jobs.ROUTES,
    *routes_applications.ROUTES,
    *routes_orders.ROUTES,
    *routes_moderation.ROUTES,
    *routes_appeals.ROUTES,
    *routes_desk.ROUTES,
    *routes_clips.ROUTES,
    *routes_links.ROUTES,
    *routes_me.ROUTES,
    *routes_follows.ROUTES,
    *routes_addresses.ROUTES,
]
"""The API's table."""

KEEP_ALIVE_TIMEOUT_S: Final = 75.0
"""An idle connection is closed after so long; aiohttp's own default is an hour."""

LINGERING_TIME_S: Final = 3.0
"""How long what a refused request still sends is read and thrown away."""

_template_field = re.compile(r"{\w+}")
_request_id = re.compile(r"[A-Za-z0-9._-]{8,64}")
_STATUS_CODES: Final = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def build_app(services: Services) -> web.Application:
    """The application; from here on this worker also serves its metrics on the bus."""
    pages = Pages(services.web_root, previews(services), ProxyTrust(services.trusted_proxies))
    serving, health = Serving(services), Health(services)
    app = web.Application(client_max_size=BODY_BYTES_MAX, middlewares=[_named, _last_resort(pages)])
    app[LOBBY] = Lobby()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, serving.handler(route))
    openapi = encode(describe(ROUTES, version=importlib.metadata.version("jishi")))

    async def openapi_json(request: web.Request) -> web.Response:
        return web.Response(body=openapi, content_type="application/json")

    app.router.add_get("/api/openapi.json", openapi_json)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    app.router.add_get("/rooms/{slug}/live", _live_needs_its_own_connection)
    photos = routes_photos.Photos(services.database)
    app.router.add_get("/photos/{photo_id}.webp", photos.serve)
    for path, page in PATHS.items():
        app.router.add_get(path, pages.show_room if page == WATCH else pages.show)
    app.router.add_get("/assets/{path:.+}", pages.asset)
    app.on_response_prepare.append(_add_security_headers)
    serve_metrics(services.requests, services.worker, services.registry)
    return app


async def _live_needs_its_own_connection(request: web.Request) -> web.Response:
    """The front door takes upgrades, and sees only the first request of a connection."""
    refusal = problem_response("upgrade_required")
    refusal.headers.update({"Upgrade": "websocket", "Connection": "close"})
    refusal.force_close()
    return refusal


def make_runner(app: web.Application) -> web.AppRunner:
    """Runs the application with deadlines that hold; `runner.server` makes protocols for the front door."""
    return web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        keepalive_timeout=KEEP_ALIVE_TIMEOUT_S,
        lingering_time=LINGERING_TIME_S,
        auto_decompress=False,
    )


async def _add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", API_POLICY)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def _named(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every line logged on behalf of a request carries its id, which the client is told, and may have chosen."""
    chosen = request.headers.get("X-Request-ID", "")
    request_id = chosen if _request_id.fullmatch(chosen) else str(uuid7())
    with logs.bind(request_id=request_id):
        response = await handler(request)
    response.headers["X-Request-ID"] = request_id
    return response


def methods_by_path(routes: Sequence[Route]) -> Callable[[str], str]:
    """Tells the methods of a path, as it was sent, for an `Allow` header; '' for a path of none of these routes.

    Where a path fits two templates (`line-up/order` is no item of the line-up), those of the more literal one: aiohttp
    would name the methods of both.
    """
    methods: dict[str, set[str]] = {}
    for route in routes:
        methods.setdefault(route.path, set()).add(route.method)
    patterns = [
        (re.compile("[^/]+".join(map(re.escape, _template_field.split(path)))), ",".join(sorted(methods[path])))
        for path in sorted(methods, key=lambda path: path.count("{"))
    ]
    return lambda path: next((named for pattern, named in patterns if pattern.fullmatch(path)), "")


def _last_resort(pages: Pages) -> Middleware:
    """What no route answers: a problem below /api, for people the shell (which says so), else plain status."""
    allowed = methods_by_path(ROUTES)

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            if error.status == 404 and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
                return pages.page(request, status=404)
            refusal = problem_response(_STATUS_CODES.get(error.status, "malformed"))
            if "Allow" in error.headers:
                refusal.headers["Allow"] = allowed(request.rel_url.raw_path) or error.headers["Allow"]
            return refusal
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            return problem_response("internal")

    return answer
