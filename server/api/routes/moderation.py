"""Edge: taking lines off the screen, by the room's host or a moderator."""

from __future__ import annotations

from typing import Any, Final

from server.api.call import Call
from server.api.http.problem import PROBLEMS, Problem
from server.api.route import Route
from server.api.schemas.moderation import RemoveComment
from server.live.topics import Refused
from server.people.rooms import MODERATOR


async def remove_comment(call: Call) -> Any:
    """Recorded first; then the line leaves every screen."""
    body: RemoveComment = call.any_body
    comment_id, room_id = call.request.match_info["comment_id"], str(call.room.room_id)
    outcome = await call.services.remove_comment(str(call.person_id), room_id, comment_id, body.reason)
    if isinstance(outcome, Refused):
        return Problem(outcome.code if outcome.code in PROBLEMS else "unavailable", outcome.facts)
    code = "removed_by_moderator" if MODERATOR in call.roles else "removed_by_host"
    await call.services.retract(room_id, [comment_id], code)
    return None


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/rooms/{slug}/comments/{comment_id}/removal",
        name="removeComment",
        summary="Take a line off every screen",
        who="guard",
        handler=remove_comment,
        body=RemoveComment,
        status=204,
    ),
]
