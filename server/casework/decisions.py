"""Edge: a moderator's decisions, sanctions and their undoing: one transaction each, and its effects after it.

What is decided is written with its place in the log, the notice to the person and the effects that it has outside the
database; only then is anybody told. The case's row is held meanwhile, so of two moderators the second finds the
decision that stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.cases.effects import MUTES, REVOKE, add_effect
from moderation.cases.log import Action, NewAction, action_to_undo, action_view, add_action, has_actions
from moderation.cases.mutes import Mute, add_mute, lift_mute
from moderation.cases.permission import (
    NOT_FOUND,
    WRONG_STATE,
    Member,
    Refused,
    decision_refusal,
    next_state,
    sanction_refusal,
    undo_refusal,
)
from moderation.cases.reading import Case, case_view, hold_case
from moderation.cases.states import (
    REASON_CHARS_MAX,
    Appearance,
    CaseState,
    Decision,
    Sanction,
    appearance_after,
    mute_until,
    turned_back,
)
from moderation.records import stored_text
from server.bus.contract import Bus
from server.casework.appearance import carry_out, release_line
from server.casework.words import facts_of_case, kind_of_notice
from server.database.database import Database
from server.live.topics import MODERATION_WRITTEN, OUTBOX_WRITTEN
from server.people.closing import close_account, reopen_account
from server.people.notices import tell

_DECIDED: Final = """
UPDATE moderation.case_file SET state = $2, decided_by = $3, version = version + 1, updated_at = $4
WHERE case_id = $1 AND state = 'open' RETURNING case_id
"""
_REOPENED: Final = """
UPDATE moderation.case_file SET state = 'open', decided_by = NULL, version = version + 1, updated_at = $3
WHERE case_id = $1 AND decided_by = $2 RETURNING case_id
"""
_HAS_OPEN_TWIN: Final = """
SELECT EXISTS (SELECT FROM moderation.case_file WHERE kind = $1 AND target_id = $2 AND state = 'open')
"""
_ON_SCREEN: Final = "UPDATE moderation.case_file SET screen_id = $2 WHERE case_id = $1"
_MEMBER: Final = (
    "SELECT person_id, kind, state FROM people.person WHERE person_id = $1 AND erased_at IS NULL FOR UPDATE"
)
_ACTOR: Final = "SELECT person_id, kind, state FROM people.person WHERE person_id = $1"
_ROOM: Final = "SELECT room_id, slug, title FROM people.room WHERE {which} = $1"
_CASE_EXISTS: Final = "SELECT EXISTS (SELECT FROM moderation.case_file WHERE case_id = $1 AND subject_id = $2)"
_RULES_OF_CASE: Final = "SELECT rules FROM moderation.case_file WHERE case_id = $1"
_CLOSED_BY: Final = """
SELECT action_id FROM moderation.action a WHERE subject_id = $1 AND kind = 'close_account'
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id) ORDER BY action_id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """The moderators' desk over one database."""

    database: Database
    bus: Bus

    async def decide(
        self, case_id: UUID, decision: Decision, *, reason: str, actor_id: UUID, now: datetime
    ) -> dict[str, Any] | Refused:
        """Approve or remove what a case is about; the case as it then stands.

        Refused: not_found, not_allowed (one's own words), wrong_state (with the decision that stands).
        """
        async with self.database.transaction(platform=True) as connection:
            case = await hold_case(connection, case_id)
            if case is None:
                return Refused(NOT_FOUND)
            if refused := decision_refusal(actor_id, case.subject_id):
                return refused
            state = next_state(case.state, decision)
            if isinstance(state, Refused):
                assert case.decided_by is not None
                standing = await action_view(connection, case.decided_by)
                return Refused(WRONG_STATE, {**state.facts, "decision": standing})
            await _decide(connection, case, decision, state, reason=reason, actor_id=actor_id, now=now)
            view = await case_view(connection, case_id, now=now)
        self._written()
        assert view is not None
        return view

    async def sanction(
        self,
        sanction: Sanction,
        person_id: UUID,
        *,
        slug: str | None,
        case_id: UUID | None,
        reason: str,
        actor_id: UUID,
        now: datetime,
    ) -> dict[str, Any] | Refused:
        """Mute somebody in a room, or close the account; the action.

        Refused: not_found, not_allowed, invalid (slug), wrong_state (closed already, with the action that closed it).
        """
        async with self.database.transaction(platform=True) as connection:
            subject = await connection.fetchrow(_MEMBER, person_id)
            if subject is None:
                return Refused(NOT_FOUND)
            room = None if slug is None else await connection.fetchrow(_ROOM.format(which="slug"), slug)
            if slug is not None and room is None:
                return Refused(NOT_FOUND)
            if case_id is not None and not await connection.fetchval(_CASE_EXISTS, case_id, person_id):
                return Refused(NOT_FOUND)
            actor = Member(**dict(await connection.fetchrow(_ACTOR, actor_id)))
            refused = sanction_refusal(sanction, actor, Member(**dict(subject)), has_room=room is not None)
            if refused is not None:
                return await _with_standing(connection, refused, person_id)
            until = None if sanction is Sanction.CLOSE_ACCOUNT else mute_until(sanction, now)
            action = NewAction(
                action_id=uuid7(),
                kind=sanction.value,
                actor_id=actor_id,
                subject_id=person_id,
                case_id=case_id,
                room_id=room["room_id"] if room is not None else None,
                reason=reason,
                facts={"state": subject["state"], "until": until},
            )
            await add_action(connection, action, now=now)
            await _lay(connection, sanction, action, room, until, now=now)
            view = await action_view(connection, action.action_id)
        self._written()
        assert view is not None
        return view

    async def undo(self, action_id: UUID, *, reason: str, actor_id: UUID, now: datetime) -> dict[str, Any] | Refused:
        """Turn an action back; the action, as it then stands.

        Refused: not_found, not_allowed (about oneself), wrong_state (undone already, or decided anew since).
        """
        async with self.database.transaction(platform=True) as connection:
            action = await action_to_undo(connection, action_id)
            if action is None:
                return Refused(NOT_FOUND)
            case = await hold_case(connection, action.case_id) if action.case_id is not None else None
            if refused := undo_refusal(action.kind, actor_id, action.subject_id, is_undone=action.is_undone):
                return refused
            if refused := await _stands_no_more(connection, action, case):
                return refused
            undo = NewAction(
                action_id=uuid7(),
                kind="undo",
                undoes=action_id,
                actor_id=actor_id,
                subject_id=action.subject_id,
                case_id=action.case_id,
                room_id=action.room_id,
                text=action.text,
                reason=reason,
            )
            if not await add_action(connection, undo, now=now):
                return Refused(WRONG_STATE, {"state": "undone"})
            await _turn_back(connection, action, case, undo, now=now)
            view = await action_view(connection, action_id)
        self._written()
        assert view is not None
        return view

    def _written(self) -> None:
        """Whoever carries effects and notices need not wait until it looks again."""
        self.bus.publish(MODERATION_WRITTEN, b"")
        self.bus.publish(OUTBOX_WRITTEN, b"")


async def _decide(
    connection: Any, case: Case, decision: Decision, state: CaseState, *, reason: str, actor_id: UUID, now: datetime
) -> None:
    is_first = not await has_actions(connection, case.case_id)
    appearance = appearance_after(decision, was_shown=case.shown)
    done = await carry_out(connection, case, appearance, {}, is_first=is_first, now=now)
    action = NewAction(
        action_id=uuid7(),
        kind=decision.value,
        actor_id=actor_id,
        subject_id=case.subject_id,
        case_id=case.case_id,
        room_id=case.room_id,
        text=case.text,
        reason=reason,
        facts={**done.to_json(), "spans": case.spans, "rules": case.rules},
    )
    await add_action(connection, action, now=now)
    decided = await connection.fetchval(_DECIDED, case.case_id, state.value, action.action_id, now)
    assert decided is not None, case.case_id
    kind = kind_of_notice(case.kind, decision, done.did)
    if kind is not None and case.subject_id is not None:
        await tell(connection, case.subject_id, kind, facts_of_case(case, action.action_id, action.reason))


async def _with_standing(connection: Any, refused: Refused, person_id: UUID) -> Refused:
    """A refusal of what is so already, with the action that made it so."""
    if refused.code != WRONG_STATE:
        return refused
    closed_by = await connection.fetchval(_CLOSED_BY, person_id)
    standing = await action_view(connection, closed_by) if closed_by is not None else None
    return Refused(WRONG_STATE, {**refused.facts, "decision": standing})


async def _lay(
    connection: Any, sanction: Sanction, action: NewAction, room: Any, until: datetime | None, *, now: datetime
) -> None:
    """Have the sanction hold, and tell the person."""
    assert action.subject_id is not None
    rules = await connection.fetchval(_RULES_OF_CASE, action.case_id) if action.case_id is not None else []
    facts = {"reason": action.reason, "rules": rules or [], "action_id": str(action.action_id)}
    if sanction is Sanction.CLOSE_ACCOUNT:
        await close_account(connection, action.subject_id, now=now)
        await add_effect(connection, REVOKE, action.subject_id, {}, due_at=now)
        await tell(connection, action.subject_id, "account_closed", facts)
        return
    reason = stored_text(action.reason, REASON_CHARS_MAX)
    await add_mute(connection, Mute(action.action_id, room["room_id"], action.subject_id, until, reason))
    await add_effect(connection, MUTES, action.subject_id, {}, due_at=now)
    where = {"room_slug": room["slug"], "room_title": room["title"], "until": until}
    await tell(connection, action.subject_id, "muted", {**facts, **where})


# ---- Undoing ---------------------------------------------------------------------------------------------------------


async def _stands_no_more(connection: Any, action: Action, case: Case | None) -> Refused | None:
    """Why the action can't be undone though nobody undid it: something later rests on it."""
    if action.kind not in ("approve", "remove") or case is None or action.target is not None:
        return None
    if case.decided_by != action.action_id:
        return Refused(WRONG_STATE, {"state": case.state.value})
    if await connection.fetchval(_HAS_OPEN_TWIN, case.kind.value, case.target_id):
        return Refused(WRONG_STATE, {"state": "reported_again"})
    return None


async def _turn_back(connection: Any, action: Action, case: Case | None, undo: NewAction, *, now: datetime) -> None:
    match action.kind:
        case "approve" | "remove" if action.target is not None:
            await _line_back(connection, action, case, now=now)
        case "approve" | "remove":
            assert case is not None
            await _reopen(connection, action, case, undo, now=now)
        case "close_account":
            await _open_account(connection, action, undo)
        case _:
            await _let_speak(connection, action, undo, now=now)


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
    room = await connection.fetchrow(_ROOM.format(which="room_id"), action.room_id)
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
        "room_slug": room["slug"],
        "room_title": room["title"],
        "text": action.text,
        "spans": [],
        "rules": [],
        "reason": "",
        "action_id": str(action.action_id),
        "kind": action.kind,
    }
    await tell(connection, action.subject_id, "decision_undone", facts)


async def _open_account(connection: Any, action: Action, undo: NewAction) -> None:
    assert action.subject_id is not None
    state = action.facts.get("state", "active")
    if await reopen_account(connection, action.subject_id, state=state):
        facts = {"reason": undo.reason, "action_id": str(action.action_id)}
        await tell(connection, action.subject_id, "account_reopened", facts)


async def _let_speak(connection: Any, action: Action, undo: NewAction, *, now: datetime) -> None:
    assert action.subject_id is not None
    assert action.room_id is not None
    await lift_mute(connection, action.action_id, now=now)
    await add_effect(connection, MUTES, action.subject_id, {}, due_at=now)
    room = await connection.fetchrow(_ROOM.format(which="room_id"), action.room_id)
    facts = {
        "room_slug": room["slug"],
        "room_title": room["title"],
        "reason": undo.reason,
        "action_id": str(action.action_id),
    }
    await tell(connection, action.subject_id, "mute_lifted", facts)
