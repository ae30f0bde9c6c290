"""Edge: the moderators' desk, what people report to it, and what it decided about oneself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from moderation.cases import log
from moderation.cases.permission import Refused as DeskRefused
from moderation.cases.reading import Filter, case_view, list_by_priority, list_cases, open_cases
from moderation.cases.states import Decision, Kind, Reason, Sanction
from server.api.call import Call
from server.api.http.problem import PROBLEMS, Problem
from server.api.route import Route
from server.api.schemas.moderation import (
    ActionView,
    CaseView,
    Decide,
    LaySanction,
    LogQuery,
    LogView,
    QueueQuery,
    QueueView,
    RemoveComment,
    Report,
    ReportMade,
    Undo,
)
from server.casework.decisions import Desk, WantedSanction
from server.casework.reports import report
from server.live.topics import MODERATION_WRITTEN, OUTBOX_WRITTEN, Refused
from server.people.rooms import MODERATOR

_REPORTED: Final[Mapping[str, Kind]] = {"comment": Kind.LINE, "card": Kind.CARD, "host": Kind.HOST}


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


async def report_something(call: Call) -> Any:
    body: Report = call.any_body
    made = await report(
        call.services.database,
        call.services.requests,
        room=call.room,
        kind=_REPORTED[body.kind],
        target_id=body.target_id,
        reason=Reason(body.reason),
        note=body.note,
        reporter_id=call.person_id,
        now=call.now,
        audience=await call.audience(call.room),
    )
    return desk_answer(made) if isinstance(made, DeskRefused) else {"report_id": made}


async def queue(call: Call) -> Any:
    query: QueueQuery = call.any_query
    arrived = None if query.older_than_s is None else call.now - timedelta(seconds=query.older_than_s)
    which = Filter(query.kind, query.slug, query.action, query.rule, arrived)
    page_args: dict[str, Any] = {"limit": query.limit + 1, "now": call.now}
    async with call.services.database.transaction(platform=True) as connection:
        if query.order == "risk" and query.state == "open":
            cases = await list_by_priority(connection, which, after=query.before, **page_args)
        else:
            cases = await list_cases(connection, which, is_open=query.state == "open", before=query.before, **page_args)
        waiting = await open_cases(connection)
    page, next_before = page_of(cases, query.limit, "case_id")
    return {"cases": page, "open": waiting, "next_before": next_before}


async def get_case(call: Call) -> Any:
    case_id = call.uuid("case_id")
    if case_id is None:
        return Problem("not_found")
    async with call.services.database.transaction(platform=True) as connection:
        return await case_view(connection, case_id, now=call.now) or Problem("not_found")


async def decide(call: Call) -> Any:
    body: Decide = call.any_body
    case_id = call.uuid("case_id")
    if case_id is None:
        return Problem("not_found")
    return desk_answer(
        await _desk(call).decide(
            case_id,
            Decision(body.decision),
            reason=body.reason,
            actor_id=call.person_id,
            now=call.now,
            with_alike=body.decide_alike,
        )
    )


async def sanction(call: Call) -> Any:
    body: LaySanction = call.any_body
    wanted = WantedSanction(
        sanction=Sanction(body.kind),
        person_id=body.person_id,
        reason=body.reason,
        slug=body.slug,
        case_id=body.case_id,
        until=body.until,
        card_id=body.card_id,
    )
    return desk_answer(await _desk(call).sanction(wanted, actor_id=call.person_id, now=call.now))


async def undo(call: Call) -> Any:
    body: Undo = call.any_body
    action_id = call.uuid("action_id")
    if action_id is None:
        return Problem("not_found")
    return desk_answer(await _desk(call).undo(action_id, reason=body.reason, actor_id=call.person_id, now=call.now))


async def read_log(call: Call) -> Any:
    query: LogQuery = call.any_query
    async with call.services.database.transaction(platform=True) as connection:
        actions = await log.newest_actions(connection, before=query.before, limit=query.limit + 1)
    page, next_before = page_of(actions, query.limit, "action_id")
    return {"actions": page, "next_before": next_before}


def _desk(call: Call) -> Desk:
    return Desk(call.database, pass_on(call))


def pass_on(call: Call) -> Callable[[], None]:
    """Called for what was written, which those who carry effects and notices are told of once it has committed."""
    bus = call.services.bus

    def written() -> None:
        call.after.append(lambda: bus.publish(MODERATION_WRITTEN, b""))
        call.after.append(lambda: bus.publish(OUTBOX_WRITTEN, b""))

    return written


def desk_answer(outcome: Any) -> Any:
    """What the desk answered, as a body or a refusal."""
    return Problem(outcome.code, outcome.facts) if isinstance(outcome, DeskRefused) else outcome


def page_of(rows: list[dict[str, Any]], limit: int, key: str) -> tuple[list[dict[str, Any]], str | None]:
    """The page, and where the next begins: one row more than its limit was asked for."""
    page = rows[:limit]
    last: UUID | None = page[-1][key] if len(rows) > limit else None
    return page, None if last is None else str(last)


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
        codes=("filtered",),
    ),
    Route(
        method="POST",
        path="/api/rooms/{slug}/reports",
        name="report",
        summary="Say that something is wrong with a line, a card or the host; once per person and thing",
        who="person",
        handler=report_something,
        body=Report,
        answer=ReportMade,
        status=201,
        codes=("not_allowed", "rate_limited", "busy"),
    ),
    Route(
        method="GET",
        path="/api/moderation/queue",
        name="listCases",
        summary="What waits for a moderator, by urgency or newest first; or what was decided",
        who="moderator",
        handler=queue,
        query=QueueQuery,
        answer=QueueView,
    ),
    Route(
        method="GET",
        path="/api/moderation/cases/{case_id}",
        name="getCase",
        summary="One case",
        who="moderator",
        handler=get_case,
        answer=CaseView,
    ),
    Route(
        method="POST",
        path="/api/moderation/cases/{case_id}/decision",
        name="decideCase",
        summary="Let it stand, or take it down; of two moderators the second is told what the first decided",
        who="moderator",
        handler=decide,
        body=Decide,
        answer=CaseView,
        codes=("claimed", "wrong_state", "busy"),
        keyed="if_given",
    ),
    Route(
        method="POST",
        path="/api/moderation/sanctions",
        name="laySanction",
        summary="Warn, mute, ban from a room, limit or close an account; take a host's cards off, or out of the lobby",
        who="moderator",
        handler=sanction,
        body=LaySanction,
        answer=ActionView,
        status=201,
        codes=("not_found", "wrong_state", "busy"),
        keyed="if_given",
    ),
    Route(
        method="POST",
        path="/api/moderation/actions/{action_id}/undo",
        name="undoAction",
        summary="Turn an action back",
        who="moderator",
        handler=undo,
        body=Undo,
        answer=ActionView,
        codes=("wrong_state", "busy"),
        keyed="if_given",
    ),
    Route(
        method="GET",
        path="/api/moderation/log",
        name="listActions",
        summary="What people decided, newest first, those of hosts and room moderators included",
        who="moderator",
        handler=read_log,
        query=LogQuery,
        answer=LogView,
    ),
]
