"""Edge: the browser's files: one shell that all pages start from, and the assets it loads, all served from memory.

Assets lie below `/assets/{version}/`, version being a hash of all of them, and are kept by browsers for good; the shell
alone is asked for again each time, and answered 304 while it is the same. Below plain `/assets/`, for addresses that
are written down somewhere (a product's picture), the same files are revalidated. Changed files need a restart.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from aiohttp import web

from server.api.http.client_address import ProxyTrust
from server.api.http.security_headers import page_policy
from server.site.preview import Preview, with_preview
from server.site.shell import LATER, WATCH, page_styles, render_shell, style_sheets
from server.site.web_files import WebFile, joined, read_open_files, version_of, web_file

SHELL: Final = "shell.html"
PATHS: Final[Mapping[str, str]] = {
    "/": "lobby",
    "/rooms/{slug}": "watch",
    "/sign-in": "sign_in",
    "/orders": "orders",
    "/studio": "studio",
    "/studio/rooms/{slug}": "studio_room",
    "/applications": "applications",
    "/me/resume": "resume",
    "/employer": "employer",
    "/employer/posts/{job_id}": "employer_post",
    "/moderation": "moderation",
    "/me": "me",
    "/me/notices": "notices",
    "/me/decisions": "decisions",
    "/me/addresses": "addresses",
    "/me/follows": "follows",
    "/me/settings": "settings",
}
"""What the shell is served for, and the module of server/web/app/pages that makes it a page."""
NO_PAGE: Final = "not_found"

PREVIEWED_MAX: Final = 500
"""Shells with a preview in them that are kept."""

PreviewOf = Callable[[str, UUID | None], Awaitable[Preview | None]]
"""(slug, card_id): what a link to the room, or to that card in it, shows where it is shared."""

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"

_versioned = re.compile(r"([0-9a-f]{16})/(.+)")
_takes_gzip = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


class Pages:
    """Serves the shell and the assets below one folder."""

    def __init__(self, web_root: Path, preview_of: PreviewOf, proxies: ProxyTrust) -> None:
        self._preview_of, self._proxies = preview_of, proxies
        self._previewed: OrderedDict[tuple[str, Preview, str], WebFile] = OrderedDict()
        shell = (web_root / SHELL).read_text()
        self._files = read_open_files(web_root)
        for page in (*PATHS.values(), NO_PAGE, LATER):
            self._files[page_styles(page)] = joined(self._files, style_sheets(shell, page=page))
        self.version = version_of(shell.encode(), self._files)
        self._shells = {page: self._render(shell, page) for page in (*PATHS.values(), NO_PAGE)}

    def _render(self, shell: str, page: str) -> tuple[WebFile, str]:
        body = render_shell(shell, page=page, version=self.version).encode()
        return web_file("text/html; charset=utf-8", body), page_policy(body)

    def page(self, request: web.Request, *, name: str = NO_PAGE, status: int = 200) -> web.Response:
        """The shell of a page; 304 to who has it."""
        shell, policy = self._shells[name]
        response = _answer(request, shell, ASK_AGAIN, status)
        response.headers["Content-Security-Policy"] = policy
        return response

    async def show(self, request: web.Request) -> web.Response:
        """A page that exists."""
        resource = request.match_info.route.resource
        assert resource is not None
        return self.page(request, name=PATHS[resource.canonical])

    async def show_room(self, request: web.Request) -> web.Response:
        """The page of a room, with what a link to it shows where it is shared."""
        preview = await self._preview_of(request.match_info["slug"], _card_id(request.query.get("card", "")))
        if preview is None:
            return self.page(request, name=WATCH)
        forwarded_proto = request.headers.get("X-Forwarded-Proto", "")
        is_https = self._proxies.is_https(
            request.remote or "", is_secure=request.secure, forwarded_proto=forwarded_proto
        )
        origin = f"{'https' if is_https else 'http'}://{request.host}"
        key = (WATCH, preview, origin if preview.image_url else "")
        file = self._previewed.get(key)
        if file is None:
            body = with_preview(self._shells[WATCH][0].body.decode(), preview, origin=origin).encode()
            file = self._previewed[key] = web_file("text/html; charset=utf-8", body)
            if len(self._previewed) > PREVIEWED_MAX:
                self._previewed.popitem(last=False)
        response = _answer(request, file, ASK_AGAIN, 200)
        response.headers["Content-Security-Policy"] = self._shells[WATCH][1]
        return response

    async def asset(self, request: web.Request) -> web.Response:
        """One file below /assets/."""
        name, cache = request.match_info["path"], ASK_AGAIN
        if versioned := _versioned.fullmatch(name):
            # During an update a page of another version may ask: better today's file, not to be kept, than none.
            name, cache = versioned[2], FOREVER if versioned[1] == self.version else ASK_AGAIN
        file = self._files.get(name)
        if file is None:
            raise web.HTTPNotFound
        return _answer(request, file, cache, 200)


def _card_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _answer(request: web.Request, file: WebFile, cache: str, status: int) -> web.Response:
    gzipped = file.gzipped if _takes_gzip.search(request.headers.get("Accept-Encoding", "")) else None
    tag = f"{file.tag}-gzip" if gzipped is not None else file.tag
    headers = {"Cache-Control": cache, "ETag": f'"{tag}"'}
    if file.gzipped is not None:
        headers["Vary"] = "Accept-Encoding"
    if status == 200 and any(known.value in (tag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = file.content_type
    if gzipped is not None:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=file.body if gzipped is None else gzipped, status=status, headers=headers)
