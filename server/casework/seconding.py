"""Edge: seconding a severe sanction, which completes or drops it, and looking at a decision again, blind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.cases.log import Action, action_to_undo, action_view, add_action, hold_action
from moderation.cases.permission import NOT_ALLOWED, NOT_FOUND, OWN_DECISION, WRONG_STATE, Refused
from moderation.cases.seconding import add_look, add_second, decision_looked_at, extend_restriction
from moderation.cases.seconds import SecondState, second_refusal, state_of
from moderation.cases.states import Decision, Sanction
from server.casework.decisions import Transactions, Written
from server.casework.undoing import turn_back
from server.people.notices import tell

LAPSED_REASON: Final = "没有第二位审核员确认, 自动撤销。 No second moderator confirmed it in time."


@dataclass(frozen=True, slots=True)
class SecondDesk:
    """Where one moderator looks at what another decided."""

    database: Transactions
    written: Written

    async def second(
        self, action_id: UUID, *, agree: bool, reason: str, actor_id: UUID, now: datetime
    ) -> dict[str, Any] | Refused:
        """Complete a severe sanction, or drop it; the action.

        Refused: not_found, not_allowed (about oneself), own_decision, wrong_state (not_needed, agreed, dropped, lapsed,
        alone, undone).
        """
        async with self.database.transaction(platform=True) as connection:
            await hold_action(connection, action_id)
            action = await action_to_undo(connection, action_id)
            if action is None or action.kind == "undo":
                return Refused(NOT_FOUND)
            refused = second_refusal(
                state_of(action.facts.get("second"), action.second_outcome),
                is_undone=action.is_undone,
                actor_id=actor_id,
                decided_by=action.actor_id,
                subject_id=action.subject_id,
            )
            if refused is not None:
                return refused
            outcome = SecondState.AGREED if agree else SecondState.DROPPED
            added = await add_second(connection, action_id, outcome, actor_id=actor_id, reason=reason, now=now)
            assert added, action_id
            if agree:
                await _complete(connection, action, reason)
            else:
                await _drop(connection, action, actor_id=actor_id, reason=reason, now=now)
            view = await action_view(connection, action_id)
        self.written()
        assert view is not None
        return view

    async def look(
        self, action_id: UUID, decision: Decision, *, reason: str, actor_id: UUID, now: datetime
    ) -> dict[str, Any] | Refused:
        """Say what one would have decided; whether that `agrees`, and the `first` decision.

        Refused: not_found (nothing to look at again), not_allowed (about oneself), own_decision, wrong_state.
        """
        async with self.database.transaction(platform=True) as connection:
            first = await decision_looked_at(connection, action_id)
            if first is None or not first["sampled"]:
                return Refused(NOT_FOUND)
            if first["subject_id"] == actor_id:
                return Refused(NOT_ALLOWED)
            if first["actor_id"] == actor_id:
                return Refused(OWN_DECISION)
            agrees = first["kind"] == decision.value
            added = await add_look(
                connection,
                action_id,
                actor_id=actor_id,
                decision=decision.value,
                agrees=agrees,
                reason=reason,
                now=now,
            )
            if not added:
                return Refused(WRONG_STATE, {"state": "looked_at"})
            view = await action_view(connection, action_id)
        return {"agrees": agrees, "first": view}


async def lapse(connection: Any, action_id: UUID, *, now: datetime) -> None:
    """Let fall what nobody has seconded in time; what was seconded, dropped or undone meanwhile stays as it is."""
    await hold_action(connection, action_id)
    action = await action_to_undo(connection, action_id)
    if action is None or action.is_undone or action.facts.get("second") != SecondState.WANTED.value:
        return
    if await add_second(connection, action_id, SecondState.LAPSED, actor_id=None, reason="", now=now):
        await _drop(connection, action, actor_id=action.actor_id, reason=LAPSED_REASON, now=now)


async def _complete(connection: Any, action: Action, reason: str) -> None:
    assert action.subject_id is not None
    until = action.facts.get("until")
    ends = None if until is None else datetime.fromisoformat(until)
    if action.kind != Sanction.CLOSE_ACCOUNT.value:
        await extend_restriction(connection, action.action_id, ends)
    facts = {"kind": action.kind, "until": until, "reason": reason, "action_id": str(action.action_id)}
    await tell(connection, action.subject_id, "sanction_confirmed", facts)


async def _drop(connection: Any, action: Action, *, actor_id: UUID, reason: str, now: datetime) -> None:
    undo = action.undone_by(actor_id, uuid7(), reason=reason)
    assert await add_action(connection, undo, now=now), action.action_id
    await turn_back(connection, action, None, undo, now=now)
