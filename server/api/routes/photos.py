"""Edge: pictures of products: taken in by the API, and served from an address that never changes what it shows.

A picture is sent as a file, opened by a child process alone (media/photos), and kept as a small WebP without anything
that the camera wrote beside it.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from commerce.database import Database
from commerce.refusals import Refused
from commerce.shelf.photos import add_photo, fetch_photo, known_photo, photo_url
from media.photos.darkroom import Unusable
from media.photos.rules import MEDIA_TYPES, UPLOAD_BYTES_MAX
from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route, Upload
from server.api.schemas.photos import PhotoView
from server.errors import DatabaseUnavailable

log = logging.getLogger("jishi.api")

ARRIVAL_S: Final = 30.0
"""For 4 MiB over a slow line; the studio's page sends a tenth of it."""

RETRY_AFTER_MS: Final = 3_000
REMEMBERED_BYTES_MAX: Final = 32 * 1024 * 1024
"""Pictures that a worker keeps at hand."""

IMMUTABLE: Final = "public, max-age=31536000, immutable"


async def new_photo(call: Call) -> Any:
    image: bytes = call.any_body
    digest = hashlib.sha256(image).digest()
    known = await known_photo(call.database, person_id=call.person_id, sha256=digest, now=call.now)
    if isinstance(known, Refused):
        return known
    if known is not None:
        return {"image_url": photo_url(known)}
    photo = await call.services.darkroom.develop(image)
    if isinstance(photo, Unusable):
        if photo.reason == "busy":
            return Problem("busy", {"retry_after_ms": RETRY_AFTER_MS})
        return Problem("bad_photo", {"reason": photo.reason})
    photo_id = await add_photo(
        call.database,
        person_id=call.person_id,
        sha256=digest,
        width=photo.width,
        height=photo.height,
        webp=photo.webp,
        now=call.now,
    )
    return {"image_url": photo_url(photo_id)}


class Photos:
    """Serves pictures; those asked for lately from memory."""

    def __init__(self, database: Database, *, remembered_bytes_max: int = REMEMBERED_BYTES_MAX) -> None:
        self._database = database
        self._bytes_max = remembered_bytes_max
        self._bytes = 0
        self._remembered: OrderedDict[UUID, bytes] = OrderedDict()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """GET /photos/{photo_id}.webp."""
        photo_id = Call.as_uuid(request.match_info["photo_id"])
        try:
            webp = None if photo_id is None else await self._webp(photo_id)
        except DatabaseUnavailable as error:
            log.warning("a photo could not be read: %s", error)
            return web.Response(status=503, headers={"Retry-After": str(RETRY_AFTER_MS // 1_000)})
        if webp is None:
            raise web.HTTPNotFound
        return web.Response(body=webp, content_type="image/webp", headers={"Cache-Control": IMMUTABLE})

    async def _webp(self, photo_id: UUID) -> bytes | None:
        if (known := self._remembered.get(photo_id)) is not None:
            self._remembered.move_to_end(photo_id)
            return known
        webp = await fetch_photo(self._database, photo_id)
        if webp is not None and photo_id not in self._remembered:
            self._remembered[photo_id] = webp
            self._bytes += len(webp)
            while self._bytes > self._bytes_max:
                self._bytes -= len(self._remembered.popitem(last=False)[1])
        return webp


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/photos",
        name="createPhoto",
        summary="Take in a picture for a product; the same file is kept once",
        who="person",
        handler=new_photo,
        upload=Upload(MEDIA_TYPES, UPLOAD_BYTES_MAX, ARRIVAL_S),
        answer=PhotoView,
        status=201,
        codes=("bad_photo", "limit_reached", "not_found"),
    )
]
