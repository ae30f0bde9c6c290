"""Edge: appealing against a decision, and answering that: one that is upheld undoes the decision with its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.cases.appealing import (
    Appeal,
    add_answer,
    add_appeal,
    appeal_to_answer,
    appeal_view,
    appealed_against,
)
from moderation.cases.appeals import (
    ANSWER_WITHIN,
    Answer,
    AppealState,
    answer_refusal,
    appeal_refusal,
)
from moderation.cases.holding import hold_case
from moderation.cases.log import action_to_undo, add_action, hold_action
from moderation.cases.permission import NOT_FOUND, WRONG_STATE, Refused
from moderation.cases.reviewing import ask_for_review, blocked_line
from server.casework.decisions import Transactions, Written
from server.casework.undoing import overturn, stands_no_more, turn_back
from server.people.notices import tell


@dataclass(frozen=True, slots=True)
class AppealDesk:
    """Where people appeal, and moderators answer."""

    database: Transactions
    written: Written

    async def appeal(self, action_id: UUID, words: str, *, person_id: UUID, now: datetime) -> dict[str, Any] | Refused:
        """Appeal against a decision about oneself, in one's own words or none; its id, and when it is answered by.

        `action_id` may be that of the filter's own decision to block a line: then a moderator looks at the line.

        Refused: not_found, wrong_state (not_appealable, appealed, undone, too_late), rate_limited.
        """
        async with self.database.transaction(platform=True) as connection:
            decision = await appealed_against(connection, action_id, person_id)
            if decision is None:
                return await _review(connection, action_id, words, person_id=person_id, now=now)
            refused = appeal_refusal(
                decision.kind,
                decision.decided_at,
                is_undone=decision.is_undone,
                is_appealed=decision.is_appealed,
                now=now,
            )
            if refused is not None:
                return refused
            appeal_id, due_at = uuid7(), now + ANSWER_WITHIN
            made = await add_appeal(
                connection,
                appeal_id=appeal_id,
                action_id=action_id,
                person_id=person_id,
                words=words,
                now=now,
                due_at=due_at,
            )
            if not made:
                return Refused(WRONG_STATE, {"state": "appealed"})
        self.written()
        return {"appeal_id": appeal_id, "state": AppealState.OPEN.value, "due_at": due_at}

    async def answer(
        self, appeal_id: UUID, answer: Answer, *, reason: str, actor_id: UUID, now: datetime
    ) -> dict[str, Any] | Refused:
        """Uphold an appeal, which undoes the decision here and now, or reject it; the appeal.

        Refused: not_found, not_allowed (one's own appeal), own_decision, wrong_state (answered or undone already; or
        what it is about was reported again and waits as a case of its own).
        """
        async with self.database.transaction(platform=True) as connection:
            named = await appeal_to_answer(connection, appeal_id)
            if named is None:
                return Refused(NOT_FOUND)
            await hold_action(connection, named.action_id)
            appeal = await appeal_to_answer(connection, appeal_id)
            assert appeal is not None
            refused = answer_refusal(
                appeal.state, actor_id=actor_id, decided_by=appeal.decided_by, person_id=appeal.person_id
            )
            if refused is not None:
                return refused
            refused = await _answer(connection, appeal, answer, reason=reason, actor_id=actor_id, now=now)
            if refused is not None:
                return refused
            view = await appeal_view(connection, appeal_id, reader_id=actor_id, now=now)
        self.written()
        assert view is not None
        return view


async def _review(
    connection: Any, verdict_id: UUID, words: str, *, person_id: UUID, now: datetime
) -> dict[str, Any] | Refused:
    blocked = await blocked_line(connection, verdict_id, person_id)
    if blocked is None:
        return Refused(NOT_FOUND)
    report_id = uuid7()
    refused = await ask_for_review(
        connection, verdict_id, blocked, report_id=report_id, person_id=person_id, words=words, now=now
    )
    return refused or {"appeal_id": report_id, "state": AppealState.OPEN.value, "due_at": now + ANSWER_WITHIN}


async def _answer(
    connection: Any, appeal: Appeal, answer: Answer, *, reason: str, actor_id: UUID, now: datetime
) -> Refused | None:
    action = await action_to_undo(connection, appeal.action_id)
    assert action is not None
    # The case's row first, as everywhere: whoever decides or undoes holds it.
    case = await hold_case(connection, action.case_id) if action.case_id is not None else None
    if answer is Answer.UPHOLD and (refused := await stands_no_more(connection, action, case)):
        return refused
    undo = action.undone_by(actor_id, uuid7(), reason=reason, facts={"appeal_id": str(appeal.appeal_id)})
    answered = await add_answer(connection, appeal.appeal_id, answer, actor_id=actor_id, reason=reason, now=now)
    assert answered, appeal.appeal_id
    if answer is Answer.UPHOLD:
        assert await add_action(connection, undo, now=now), action.action_id
        if case is not None and action.kind == "remove" and action.target is None:
            await overturn(connection, action, case, undo, now=now)
        else:
            await turn_back(connection, action, case, undo, now=now)
    facts = {
        "kind": action.kind,
        "text": action.text,
        "reason": undo.reason,
        "action_id": str(action.action_id),
        "appeal_id": str(appeal.appeal_id),
    }
    await tell(connection, appeal.person_id, "appeal_upheld" if answer is Answer.UPHOLD else "appeal_rejected", facts)
    return None
