"""Edge: what undoing an action turns back, in the undo's own transaction: a decision, a removal, a sanction."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.cases.holding import Case, hold_case
from moderation.cases.log import Action, NewAction, action_to_undo, add_action, hold_action
from moderation.cases.permission import WRONG_STATE, Refused
from moderation.cases.states import Appearance, CaseState, Decision, appearance_after, turned_back
from server.casework.appearance import carry_out, release_line
from server.casework.sanctions import lift, place_of_id
from server.casework.words import facts_of_case
from server.people.notices import tell

_REOPENED: Final = """
UPDATE moderation.case_file SET state = 'open', decided_by = NULL, version = version + 1, updated_at = $3
WHERE case_id = $1 AND decided_by = $2 RETURNING case_id
"""
_OVERTURNED: Final = """
UPDATE moderation.case_file SET state = 'approved', decided_by = $3, version = version + 1, updated_at = $4
WHERE case_id = $1 AND decided_by = $2 RETURNING case_id
"""
_HAS_OPEN_TWIN: Final = """
SELECT EXISTS (SELECT FROM moderation.case_file WHERE kind = $1 AND target_id = $2 AND state = 'open')
"""
_ON_SCREEN: Final = "UPDATE moderation.case_file SET screen_id = $2 WHERE case_id = $1"


async def stands_no_more(connection: Any, action: Action, case: Case | None) -> Refused | None:
    """Why the action can't be undone though nobody undid it: something later rests on it."""
    if action.kind not in ("approve", "remove") or case is None or action.target is not None:
        return None
    if case.decided_by != action.action_id:
        return Refused(WRONG_STATE, {"state": case.state.value})
    if await connection.fetchval(_HAS_OPEN_TWIN, case.kind.value, case.target_id):
        return Refused(WRONG_STATE, {"state": "reported_again"})
    return None


async def turn_back(connection: Any, action: Action, case: Case | None, undo: NewAction, *, now: datetime) -> None:
    """Have things be as they were before the action, and tell the person."""
    match action.kind:
        case "approve" | "remove" if action.target is not None:
            await _line_back(connection, action, case, now=now)
        case "approve" | "remove":
            assert case is not None
            await _reopen(connection, action, case, undo, now=now)
        case _:
            await lift(connection, action, undo.reason, now=now)


async def overturn(connection: Any, action: Action, case: Case, undo: NewAction, *, now: datetime) -> None:
    """Undo a removal for good: the case stands as approved by who undid it, and its thing is seen."""
    did = Appearance(action.facts.get("did", Appearance.LEAVE.value))
    appearance = (
        appearance_after(Decision.APPROVE, was_shown=case.shown) if did is Appearance.LEAVE else turned_back(did)
    )
    done = await carry_out(connection, case, appearance, action.facts, is_first=False, now=now)
    approval = NewAction(
        action_id=uuid7(),
        kind=Decision.APPROVE.value,
        actor_id=undo.actor_id,
        subject_id=case.subject_id,
        case_id=case.case_id,
        room_id=case.room_id,
        text=case.text,
        reason=undo.reason,
        facts={**done.to_json(), "spans": case.spans, "rules": case.rules},
    )
    await add_action(connection, approval, now=now)
    overturned = await connection.fetchval(_OVERTURNED, case.case_id, action.action_id, approval.action_id, now)
    assert overturned is not None, case.case_id


async def restore_lines(connection: Any, case: Case, *, actor_id: UUID, reason: str, now: datetime) -> None:
    """Undo the removals that a case of suppression gathers, but for those that were undone already."""
    for action_id in case.facts.get("actions", []):
        await hold_action(connection, UUID(action_id))
        action = await action_to_undo(connection, UUID(action_id))
        if action is None or action.is_undone:
            continue
        about = await hold_case(connection, action.case_id) if action.case_id is not None else None
        undo = action.undone_by(actor_id, uuid7(), reason=reason)
        assert await add_action(connection, undo, now=now), action_id
        await turn_back(connection, action, about, undo, now=now)


async def _reopen(connection: Any, action: Action, case: Case, undo: NewAction, *, now: datetime) -> None:
    """The case waits for a decision again, and its thing looks as it did before."""
    appearance = turned_back(Appearance(action.facts.get("did", Appearance.LEAVE.value)))
    done = await carry_out(connection, case, appearance, action.facts, is_first=False, now=now)
    reopened = await connection.fetchval(_REOPENED, case.case_id, action.action_id, now)
    assert reopened is not None, case.case_id
    if action.subject_id is not None and (action.kind == "remove" or done.did is not Appearance.LEAVE):
        facts = {**facts_of_case(case, action.action_id, undo.reason), "kind": action.kind}
        await tell(connection, action.subject_id, "decision_undone", facts)


async def _line_back(connection: Any, action: Action, case: Case | None, *, now: datetime) -> None:
    """What a host or room moderator took down stands in the room again, unless a case's decision keeps it away."""
    line = action.facts.get("line")
    keeps_away = case is not None and (case.state is CaseState.REMOVED or case.screen_id is not None)
    if line is None or keeps_away or action.subject_id is None or action.room_id is None:
        return
    place = await place_of_id(connection, action.room_id)
    assert place is not None
    screen_id = str(uuid7())
    await release_line(
        connection,
        room_id=action.room_id,
        comment_id=screen_id,
        person_id=action.subject_id,
        text=action.text,
        line=line,
        now=now,
    )
    if case is not None:
        await connection.execute(_ON_SCREEN, case.case_id, screen_id)
    facts = {
        "room_slug": place.slug,
        "room_title": place.title,
        "text": action.text,
        "spans": [],
        "rules": [],
        "reason": "",
        "action_id": str(action.action_id),
        "kind": action.kind,
    }
    await tell(connection, action.subject_id, "decision_undone", facts)
