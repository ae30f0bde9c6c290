"""Edge: the browser's files: one shell that all pages start from, and the assets it loads.

The shell is read once; its policy allows exactly the inline import map it has. Assets are served from their folder
alone. A file whose name carries a hash (`player.0a1b2c3d.js`) never changes and is kept for good; any other is asked
for again each time, and answered 304 while it is the same.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from aiohttp import web

from server.api.security_headers import page_policy

SHELL: Final = "shell.html"
PATHS: Final = ("/", "/rooms/{slug}", "/sign-in", "/orders")
"""What the shell is served for; which page it becomes, server/web/app/main.js decides."""

FOLDERS: Final = frozenset({"app", "styles", "vendor", "images", "fonts"})
FILES: Final = frozenset({"icon.svg"})
"""What lies open below /assets/: nothing else of the folder is served."""

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"

_hashed_name = re.compile(r"\.[0-9a-f]{8,64}\.\w+$")
_segment = re.compile(r"[A-Za-z0-9_@-][A-Za-z0-9._@-]*")


class Pages:
    """Serves the shell and the assets below one folder."""

    def __init__(self, web_root: Path) -> None:
        self._web_root = web_root.resolve()
        self._shell = (self._web_root / SHELL).read_bytes()
        self._headers = {
            "Content-Security-Policy": page_policy(self._shell),
            "Cache-Control": ASK_AGAIN,
            "ETag": f'"{hashlib.sha256(self._shell).hexdigest()[:32]}"',
        }

    def page(self, request: web.Request, *, status: int = 200) -> web.Response:
        """The shell; 304 to who has it."""
        known = [etag.value for etag in request.if_none_match or ()]
        if status == 200 and self._headers["ETag"].strip('"') in known:
            return web.Response(status=304, headers=self._headers)
        return web.Response(
            body=self._shell, status=status, content_type="text/html", charset="utf-8", headers=self._headers
        )

    async def show(self, request: web.Request) -> web.Response:
        """A page that exists."""
        return self.page(request)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """One file below /assets/."""
        path = self.find(request.match_info["path"])
        if path is None:
            raise web.HTTPNotFound
        cache = FOREVER if _hashed_name.search(path.name) else ASK_AGAIN
        return web.FileResponse(path, headers={"Cache-Control": cache})

    def find(self, relative: str) -> Path | None:
        """The file of this name, if it is one that lies open."""
        segments = relative.split("/")
        if not all(_segment.fullmatch(segment) for segment in segments):
            return None
        if (segments[0] not in FOLDERS) if len(segments) > 1 else (relative not in FILES):
            return None
        path = self._web_root.joinpath(*segments)
        return path if path.is_file() and path.resolve().is_relative_to(self._web_root) else None
