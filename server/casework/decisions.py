"""Edge: a moderator's decisions, sanctions and their undoing: one transaction each, and its effects after it.

What is decided is written with its place in the log, the notice to the person and the effects that it has outside the
database; only then is anybody told. The case's row is held meanwhile, so of two moderators the second finds the
decision that stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from uuid_utils.compat import uuid7

from moderation.cases.claims import claim_refusal, release_case
from moderation.cases.holding import Case, cases_alike, hold_alike, hold_case
from moderation.cases.log import NewAction, action_to_undo, action_view, add_action, has_actions, hold_action
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
from moderation.cases.reading import case_view
from moderation.cases.second_looks import is_sampled
from moderation.cases.seconding import has_other_moderators
from moderation.cases.seconds import second_facts
from moderation.cases.states import (
    OF_A_ROOM,
    CaseState,
    Decision,
    Kind,
    Sanction,
    appearance_after,
    end_fault,
    sanction_until,
)
from server.casework.appearance import carry_out
from server.casework.sanctions import Place, cards_off, lay, place_of_slug
from server.casework.undoing import restore_lines, stands_no_more, turn_back
from server.casework.words import facts_of_case, kind_of_notice
from server.people.notices import tell

_DECIDED: Final = """
UPDATE moderation.case_file SET state = $2, decided_by = $3, version = version + 1, updated_at = $4
WHERE case_id = $1 AND state = 'open' RETURNING case_id
"""
_MEMBER: Final = (
    "SELECT person_id, kind, state FROM people.person WHERE person_id = $1 AND erased_at IS NULL FOR UPDATE"
)
_ACTOR: Final = "SELECT person_id, kind, state FROM people.person WHERE person_id = $1"
_CASE_ABOUT: Final = "SELECT text, spans, rules FROM moderation.case_file WHERE case_id = $1 AND subject_id = $2"
_CLOSED_BY: Final = """
SELECT action_id FROM moderation.action a WHERE subject_id = $1 AND kind = 'close_account'
    AND NOT EXISTS (SELECT FROM moderation.action u WHERE u.undoes = a.action_id) ORDER BY action_id DESC LIMIT 1
"""


Written = Callable[[], None]
"""Called for what was written: to be passed on once it has committed."""


class Transactions(Protocol):
    """Begins transactions: the database, or one that is open already."""

    def transaction(
        self, *, person_id: UUID | None = None, platform: bool = False
    ) -> AbstractAsyncContextManager[Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSanction:
    """What a moderator lays on somebody."""

    sanction: Sanction
    person_id: UUID
    reason: str
    slug: str | None = None
    """The room, where it holds in one."""
    case_id: UUID | None = None
    until: datetime | None = None
    """Another end than the kind's own."""
    card_id: UUID | None = None
    """Of card_off: this card alone."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The moderators' desk over one database."""

    database: Transactions
    written: Written

    async def decide(
        self,
        case_id: UUID,
        decision: Decision,
        *,
        reason: str,
        actor_id: UUID,
        now: datetime,
        with_alike: bool = False,
    ) -> dict[str, Any] | Refused:
        """Approve or remove what a case is about, and what says the same if wanted; the case as it then stands.

        Refused: not_found, not_allowed (one's own words), claimed (somebody else works on it), wrong_state (with the
        decision that stands).
        """
        alike: list[Case] = []
        async with self.database.transaction(platform=True) as connection:
            if with_alike:
                await hold_alike(connection, case_id)
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
            if refused := await claim_refusal(connection, case_id, actor_id, now=now):
                return refused
            await _decide(connection, case, decision, state, reason=reason, actor_id=actor_id, now=now)
            if with_alike and case.fold is not None:
                alike = await cases_alike(connection, case, but_of=actor_id, now=now)
            along = [
                await _decide(connection, each, decision, state, reason=reason, actor_id=actor_id, now=now)
                for each in alike
            ]
            view = await case_view(connection, case_id, now=now)
        self.written()
        assert view is not None
        return {**view, "decided_alike": len(along), "alike_action_ids": along}

    async def sanction(self, wanted: WantedSanction, *, actor_id: UUID, now: datetime) -> dict[str, Any] | Refused:
        """Lay a sanction on somebody; the action.

        Refused: not_found, not_allowed, invalid (slug, person_id, until), wrong_state (closed already, with the action
        that closed it).
        """
        sanction = wanted.sanction
        async with self.database.transaction(platform=True) as connection:
            subject = await connection.fetchrow(_MEMBER, wanted.person_id)
            place = None if wanted.slug is None else await place_of_slug(connection, wanted.slug)
            if subject is None or (wanted.slug is not None and place is None):
                return Refused(NOT_FOUND)
            case: dict[str, Any] = {"text": "", "spans": [], "rules": []}
            if wanted.case_id is not None:
                row = await connection.fetchrow(_CASE_ABOUT, wanted.case_id, wanted.person_id)
                if row is None:
                    return Refused(NOT_FOUND)
                case = dict(row)
            actor = Member(**dict(await connection.fetchrow(_ACTOR, actor_id)))
            refused = sanction_refusal(
                sanction,
                actor,
                Member(**dict(subject)),
                host_id=place.host_id if place is not None else None,
                end_fault=end_fault(sanction, wanted.until, now),
            )
            if refused is not None:
                return await _with_standing(connection, refused, wanted.person_id)
            action = await _action_of(
                connection, wanted, place, case, state=subject["state"], actor_id=actor_id, now=now
            )
            if isinstance(action, Refused):
                return action
            await add_action(connection, action, now=now)
            await lay(connection, sanction, action, place, now=now)
            view = await action_view(connection, action.action_id)
        self.written()
        assert view is not None
        return view

    async def undo(self, action_id: UUID, *, reason: str, actor_id: UUID, now: datetime) -> dict[str, Any] | Refused:
        """Turn an action back; the action, as it then stands.

        Refused: not_found, not_allowed (about oneself), wrong_state (undone already, or decided anew since).
        """
        async with self.database.transaction(platform=True) as connection:
            await hold_action(connection, action_id)
            action = await action_to_undo(connection, action_id)
            if action is None:
                return Refused(NOT_FOUND)
            case = await hold_case(connection, action.case_id) if action.case_id is not None else None
            if refused := undo_refusal(action.kind, actor_id, action.subject_id, is_undone=action.is_undone):
                return refused
            if refused := await stands_no_more(connection, action, case):
                return refused
            undo = action.undone_by(actor_id, uuid7(), reason=reason)
            if not await add_action(connection, undo, now=now):
                return Refused(WRONG_STATE, {"state": "undone"})
            await turn_back(connection, action, case, undo, now=now)
            view = await action_view(connection, action_id)
        self.written()
        assert view is not None
        return view


async def _decide(
    connection: Any, case: Case, decision: Decision, state: CaseState, *, reason: str, actor_id: UUID, now: datetime
) -> UUID:
    """The decision's id in the log."""
    is_first = not await has_actions(connection, case.case_id)
    appearance = appearance_after(decision, was_shown=case.shown)
    done = await carry_out(connection, case, appearance, {}, is_first=is_first, now=now)
    action_id = uuid7()
    facts = {**done.to_json(), "spans": case.spans, "rules": case.rules, "sampled": is_sampled(action_id)}
    action = NewAction(
        action_id=action_id,
        kind=decision.value,
        actor_id=actor_id,
        subject_id=case.subject_id,
        case_id=case.case_id,
        room_id=case.room_id,
        text=case.text,
        reason=reason,
        facts=facts,
    )
    await add_action(connection, action, now=now)
    decided = await connection.fetchval(_DECIDED, case.case_id, state.value, action.action_id, now)
    assert decided is not None, case.case_id
    await release_case(connection, case.case_id, actor_id)
    if case.kind is Kind.SUPPRESSION and decision is Decision.REMOVE:
        await restore_lines(connection, case, actor_id=actor_id, reason=action.reason, now=now)
    kind = kind_of_notice(case.kind, decision, done.did)
    if kind is not None and case.subject_id is not None:
        await tell(connection, case.subject_id, kind, facts_of_case(case, action.action_id, action.reason))
    return action_id


async def _action_of(
    connection: Any,
    wanted: WantedSanction,
    place: Place | None,
    case: Mapping[str, Any],
    *,
    state: str,
    actor_id: UUID,
    now: datetime,
) -> NewAction | Refused:
    """The log's entry for a sanction, with what lifting it takes. Refused: not_found (the card that is to be off)."""
    sanction = wanted.sanction
    is_alone = not await has_other_moderators(connection, actor_id, wanted.person_id)
    facts: dict[str, Any] = {
        "state": state,
        "until": sanction_until(sanction, now, wanted.until),
        **second_facts(sanction, now, is_alone=is_alone),
    }
    if sanction is Sanction.CARD_OFF:
        assert place is not None
        off = await cards_off(connection, place, wanted.card_id, now=now)
        if isinstance(off, Refused):
            return off
        facts |= off
    return NewAction(
        action_id=uuid7(),
        kind=sanction.value,
        actor_id=actor_id,
        subject_id=wanted.person_id,
        case_id=wanted.case_id,
        room_id=place.room_id if place is not None and sanction in OF_A_ROOM else None,
        text=case["text"],
        reason=wanted.reason,
        facts={**facts, "spans": case["spans"], "rules": case["rules"]},
    )


async def _with_standing(connection: Any, refused: Refused, person_id: UUID) -> Refused:
    """A refusal of what is so already, with the action that made it so."""
    if refused.code != WRONG_STATE:
        return refused
    closed_by = await connection.fetchval(_CLOSED_BY, person_id)
    standing = await action_view(connection, closed_by) if closed_by is not None else None
    return Refused(WRONG_STATE, {**refused.facts, "decision": standing})
