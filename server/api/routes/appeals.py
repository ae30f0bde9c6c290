"""Edge: what was decided about oneself, appealing against it, and the moderators who answer."""

from __future__ import annotations

from typing import Any, Final

from moderation.cases.appealing import count_appeals, list_appeals
from moderation.cases.appeals import Answer
from moderation.cases.mine import list_mine
from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.routes.moderation import desk_answer, page_of, pass_on
from server.api.schemas.moderation import (
    AnswerAppeal,
    AppealMade,
    AppealsQuery,
    AppealsView,
    AppealView,
    DecisionsQuery,
    MakeAppeal,
    MyDecisions,
)
from server.casework.appeals import AppealDesk


async def my_decisions(call: Call) -> Any:
    query: DecisionsQuery = call.any_query
    async with call.services.database.transaction(person_id=call.person_id) as connection:
        decisions = await list_mine(
            connection, call.person_id, before=query.before, limit=query.limit + 1, now=call.now
        )
    page, next_before = page_of(decisions, query.limit, "decision_id")
    return {"decisions": page, "next_before": next_before}


async def appeal(call: Call) -> Any:
    """Its words are for the moderators alone, and no filter stands before them."""
    body: MakeAppeal = call.any_body
    action_id = call.uuid("action_id")
    if action_id is None:
        return Problem("not_found")
    made = await _desk(call).appeal(action_id, body.words, person_id=call.person_id, now=call.now)
    return desk_answer(made)


async def appeals(call: Call) -> Any:
    query: AppealsQuery = call.any_query
    async with call.services.database.transaction(platform=True) as connection:
        listed = await list_appeals(
            connection,
            is_open=query.state == "open",
            after=query.after,
            limit=query.limit + 1,
            reader_id=call.person_id,
            now=call.now,
        )
        counts = await count_appeals(connection, now=call.now)
    page, next_after = page_of(listed, query.limit, "appeal_id")
    return {"appeals": page, **counts, "next_after": next_after}


async def answer(call: Call) -> Any:
    body: AnswerAppeal = call.any_body
    appeal_id = call.uuid("appeal_id")
    if appeal_id is None:
        return Problem("not_found")
    answered = await _desk(call).answer(
        appeal_id, Answer(body.decision), reason=body.reason, actor_id=call.person_id, now=call.now
    )
    return desk_answer(answered)


def _desk(call: Call) -> AppealDesk:
    return AppealDesk(call.database, pass_on(call))


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/me/decisions",
        name="listMyDecisions",
        summary="What was decided about my words and account, newest first",
        who="appellant",
        handler=my_decisions,
        query=DecisionsQuery,
        answer=MyDecisions,
    ),
    Route(
        method="POST",
        path="/api/me/decisions/{action_id}/appeal",
        name="appeal",
        summary="Appeal against a decision about me: once, within 20 days; somebody else answers within 72 hours",
        who="appellant",
        handler=appeal,
        body=MakeAppeal,
        answer=AppealMade,
        status=201,
        codes=("wrong_state", "rate_limited", "busy"),
    ),
    Route(
        method="GET",
        path="/api/moderation/appeals",
        name="listAppeals",
        summary="Appeals that wait, the longest first; or those that don't any more",
        who="moderator",
        handler=appeals,
        query=AppealsQuery,
        answer=AppealsView,
    ),
    Route(
        method="POST",
        path="/api/moderation/appeals/{appeal_id}/decision",
        name="answerAppeal",
        summary="Uphold an appeal, which undoes the decision at once, or reject it; never against one's own decision",
        who="moderator",
        handler=answer,
        body=AnswerAppeal,
        answer=AppealView,
        codes=("own_decision", "wrong_state", "busy"),
        keyed="if_given",
    ),
]
