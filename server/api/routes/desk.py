"""Edge: the moderators' desk beside its cases: claims, kept views, figures, second opinions; and a room's deletions."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from moderation.cases.appealing import count_appeals
from moderation.cases.claims import Claim, claim_case, release_case
from moderation.cases.deletions import count_deletions
from moderation.cases.desk_views import read_views, write_views
from moderation.cases.figures import desk_figures
from moderation.cases.seconding import decisions_to_look_at, waiting_for_second
from moderation.cases.states import Decision
from server.api.call import Call
from server.api.http.parsing import Nothing
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.routes.moderation import desk_answer, pass_on
from server.api.schemas.desk import (
    ClaimView,
    Deletions,
    Figures,
    Look,
    LookAnswer,
    LooksView,
    SavedViews,
    SavedViewsView,
    Second,
    SecondsView,
)
from server.api.schemas.moderation import ActionView
from server.casework.seconding import SecondDesk

SECONDS_LISTED_MAX: Final = 100
LOOKS_LISTED_MAX: Final = 20


async def claim(call: Call) -> Any:
    case_id = call.uuid("case_id")
    if case_id is None:
        return Problem("not_found")
    async with call.services.database.transaction(platform=True) as connection:
        claimed = await claim_case(connection, case_id, call.person_id, now=call.now)
    if not isinstance(claimed, Claim):
        return desk_answer(claimed)
    return ClaimView(case_id, claimed.moderator_id, claimed.name, claimed.until)


async def release(call: Call) -> Any:
    case_id = call.uuid("case_id")
    if case_id is None:
        return Problem("not_found")
    async with call.services.database.transaction(platform=True) as connection:
        await release_case(connection, case_id, call.person_id)
    return None


async def kept_views(call: Call) -> Any:
    async with call.services.database.transaction(platform=True) as connection:
        return {"views": await read_views(connection, call.person_id)}


async def keep_views(call: Call) -> Any:
    body: SavedViews = call.any_body
    if len({view.name for view in body.views}) < len(body.views):
        return Problem("invalid", {"fields": {"views": "same_name_twice"}})
    async with call.services.database.transaction(platform=True) as connection:
        await write_views(connection, call.person_id, msgspec.to_builtins(body.views), now=call.now)
    return {"views": body.views}


async def figures(call: Call) -> Any:
    async with call.services.database.transaction(platform=True) as connection:
        told = await desk_figures(connection, now=call.now)
        waiting = await count_appeals(connection, now=call.now)
    return {**told, "appeals": {**told["appeals"], **waiting}}


async def seconds(call: Call) -> Any:
    async with call.services.database.transaction(platform=True) as connection:
        actions, own = await waiting_for_second(connection, call.person_id, limit=SECONDS_LISTED_MAX)
    return {"actions": actions, "own": own}


async def second(call: Call) -> Any:
    body: Second = call.any_body
    action_id = call.uuid("action_id")
    if action_id is None:
        return Problem("not_found")
    return desk_answer(
        await _desk(call).second(action_id, agree=body.agree, reason=body.reason, actor_id=call.person_id, now=call.now)
    )


async def looks(call: Call) -> Any:
    async with call.services.database.transaction(platform=True) as connection:
        found = await decisions_to_look_at(connection, call.person_id, limit=LOOKS_LISTED_MAX, now=call.now)
    return {"looks": found}


async def look(call: Call) -> Any:
    body: Look = call.any_body
    action_id = call.uuid("action_id")
    if action_id is None:
        return Problem("not_found")
    decision = Decision(body.decision)
    return desk_answer(
        await _desk(call).look(action_id, decision, reason=body.reason, actor_id=call.person_id, now=call.now)
    )


async def deletions(call: Call) -> Any:
    async with call.services.database.transaction(platform=True) as connection:
        return await count_deletions(connection, call.room.room_id, now=call.now)


def _desk(call: Call) -> SecondDesk:
    return SecondDesk(call.database, pass_on(call))


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/moderation/cases/{case_id}/claim",
        name="claimCase",
        summary="Work on a case for two minutes, or two more; nobody else decides it meanwhile",
        who="moderator",
        handler=claim,
        body=Nothing,
        answer=ClaimView,
        codes=("claimed", "wrong_state", "busy"),
    ),
    Route(
        method="DELETE",
        path="/api/moderation/cases/{case_id}/claim",
        name="releaseCase",
        summary="Work on a case no more",
        who="moderator",
        handler=release,
        status=204,
    ),
    Route(
        method="GET",
        path="/api/moderation/views",
        name="listViews",
        summary="The views of the queue that I keep",
        who="moderator",
        handler=kept_views,
        answer=SavedViewsView,
    ),
    Route(
        method="PUT",
        path="/api/moderation/views",
        name="keepViews",
        summary="Keep these views of the queue in place of those before",
        who="moderator",
        handler=keep_views,
        body=SavedViews,
        answer=SavedViewsView,
    ),
    Route(
        method="GET",
        path="/api/moderation/figures",
        name="getFigures",
        summary="How the desk does: what waits, how long decisions take, and how many stand",
        who="moderator",
        handler=figures,
        answer=Figures,
    ),
    Route(
        method="GET",
        path="/api/moderation/seconds",
        name="listSeconds",
        summary="Severe sanctions that hold provisionally and want a second moderator",
        who="moderator",
        handler=seconds,
        answer=SecondsView,
    ),
    Route(
        method="POST",
        path="/api/moderation/actions/{action_id}/second",
        name="secondAction",
        summary="Complete a severe sanction of another moderator, or drop it",
        who="moderator",
        handler=second,
        body=Second,
        answer=ActionView,
        codes=("own_decision", "wrong_state", "busy"),
        keyed="if_given",
    ),
    Route(
        method="GET",
        path="/api/moderation/second-looks",
        name="listLooks",
        summary="Decisions of others to look at again, without what was decided",
        who="moderator",
        handler=looks,
        answer=LooksView,
    ),
    Route(
        method="POST",
        path="/api/moderation/second-looks/{action_id}",
        name="lookAgain",
        summary="Say what one would have decided; disagreement is counted and changes nothing by itself",
        who="moderator",
        handler=look,
        body=Look,
        answer=LookAnswer,
        codes=("own_decision", "wrong_state", "busy"),
    ),
    Route(
        method="GET",
        path="/api/rooms/{slug}/deletions",
        name="countDeletions",
        summary="How many lines were taken down in the room, by whom, and what they looked like",
        who="anyone",
        handler=deletions,
        answer=Deletions,
    ),
]
