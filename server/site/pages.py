"""Edge: the browser's files: one shell that all pages start from, and the assets it loads, all served from memory.

Assets lie below `/assets/{version}/`, version being a hash of all of them, and are kept by browsers for good; the shell
alone is asked for again each time, and answered 304 while it is the same. Below plain `/assets/`, for addresses that
are written down somewhere (a product's picture), the same files are revalidated. Changed files need a restart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from aiohttp import web

from server.api.http.security_headers import page_policy
from server.site.shell import LATER, page_styles, render_shell, style_sheets
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
    "/me/addresses": "addresses",
    "/me/follows": "follows",
    "/me/settings": "settings",
}
"""What the shell is served for, and the module of server/web/app/pages that makes it a page."""
NO_PAGE: Final = "not_found"

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"

_versioned = re.compile(r"([0-9a-f]{16})/(.+)")
_takes_gzip = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


class Pages:
    """Serves the shell and the assets below one folder."""

    def __init__(self, web_root: Path) -> None:
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
