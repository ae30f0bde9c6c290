"""Edge: what a room's own host and moderators take down goes into the same log, so that no bad review vanishes unseen.

A case about the line stays open: that its host took it down decides nothing about it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.cases.filing import NewCase, file_case
from moderation.cases.holding import case_of_line, hold_case
from moderation.cases.log import NewAction, add_action, is_taken_down
from moderation.cases.states import ActorRole, Kind, Why
from moderation.cases.suppression import Likeness, likeness
from server.casework.appearance import retract_line
from server.casework.words import facts_of_removal
from server.live.topics import CommentFacts
from server.people.notices import tell

_HOLD_LINE: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))"
_OFF_SCREEN: Final = "UPDATE moderation.case_file SET screen_id = NULL WHERE case_id = $1"
_HOST: Final = "SELECT host_id FROM people.room WHERE room_id = $1"
ROOM_NAMES: Final = "SELECT slug, title FROM people.room WHERE room_id = $1"


def line_facts(said: CommentFacts) -> dict[str, Any]:
    """What putting a line back takes, beside its words and sender."""
    return {
        "name": said.name,
        "role": said.role,
        "media_us": said.media_us,
        "wall_us": said.wall_us,
        "reply_to": said.reply_to,
    }


async def remove_line(
    connection: Any,
    *,
    room_id: UUID,
    comment_id: str,
    said: CommentFacts | None,
    actor_id: UUID,
    actor_role: ActorRole,
    code: str,
    reason: str,
    now: datetime,
) -> None:
    """Write the removal down and have the line leave the screens; taking down what is down changes nothing.

    `said` is None where the room's owner is a new one and does not know the line, while a screen may still show it.
    """
    await connection.execute(_HOLD_LINE, f"{room_id}/{comment_id}")
    await retract_line(connection, room_id=room_id, comment_id=comment_id, code=code, now=now)
    if await is_taken_down(connection, room_id=room_id, comment_id=comment_id):
        return
    case_id = await case_of_line(connection, room_id=room_id, comment_id=comment_id)
    case = await hold_case(connection, case_id) if case_id is not None else None
    if case is not None and case.screen_id == comment_id:
        await connection.execute(_OFF_SCREEN, case.case_id)
    sender_id = UUID(said.person_id) if said is not None else case.subject_id if case is not None else None
    line = line_facts(said) if said is not None else case.facts.get("line") if case is not None else None
    text = said.text if said is not None else case.text if case is not None else ""
    looks = likeness(text, is_filtered=case is not None and bool(case.rules))
    action = NewAction(
        action_id=uuid7(),
        kind="remove",
        actor_id=actor_id,
        actor_role=actor_role,
        subject_id=sender_id,
        case_id=case_id,
        target=comment_id,
        room_id=room_id,
        text=text,
        reason=reason,
        facts={"likeness": looks.value, **({"line": line} if line is not None else {})},
    )
    await add_action(connection, action, now=now)
    if looks is Likeness.COMPLAINT and actor_role is not ActorRole.MODERATOR and sender_id != actor_id:
        await _alert(connection, action, now=now)
    if sender_id is not None and sender_id != actor_id:
        room = await connection.fetchrow(ROOM_NAMES, room_id)
        facts = facts_of_removal(action, room["slug"], room["title"])
        await tell(connection, sender_id, "line_removed", facts)


async def _alert(connection: Any, removal: NewAction, *, now: datetime) -> None:
    """Have a moderator look at a room whose own people take down what only complains."""
    assert removal.room_id is not None
    host = await connection.fetchrow(_HOST, removal.room_id)
    case = NewCase(
        kind=Kind.SUPPRESSION,
        target_id=str(removal.room_id),
        room_id=removal.room_id,
        subject_id=host["host_id"],
        subject_role="host",
        text=removal.text,
        why=Why.FLAG,
        shown=True,
        facts={"actions": [str(removal.action_id)]},
    )
    await file_case(connection, case, case_id=uuid7(), now=now)
