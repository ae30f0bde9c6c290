"""Edge: the clip of a case, for moderators: what was seen or heard, as a file that a browser plays."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route
from server.lookout.clips import clip_of_case

MEDIA_TYPE: Final = "video/mp4"
NOT_STORED: Final = "private, no-store"
"""Evidence about a person stays where its age is watched over."""


async def get_clip(call: Call) -> Any:
    case_id = call.uuid("case_id")
    if case_id is None or call.services.clips is None:
        return Problem("not_found")
    async with call.services.database.transaction(platform=True) as connection:
        kept = await clip_of_case(connection, case_id)
    if kept is None:
        return Problem("not_found")
    clip_id, sha256 = kept
    data = await call.services.clips.read(clip_id, sha256)
    if data is None:
        return Problem("not_found")
    named = f'attachment; filename="{case_id}.mp4"'
    headers = {"Cache-Control": NOT_STORED, "Content-Disposition": named}
    return web.Response(body=data, content_type=MEDIA_TYPE, headers=headers)


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/moderation/cases/{case_id}/clip",
        name="getClip",
        summary="The last seconds before something was seen or heard in a room, as long as they are kept",
        who="moderator",
        handler=get_clip,
        media_type=MEDIA_TYPE,
    ),
]
