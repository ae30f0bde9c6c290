"""Edge: an account's risk card, for moderators."""

from __future__ import annotations

from typing import Any, Final

from server.api.call import Call
from server.api.http.problem import Problem
from server.api.route import Route
from server.api.schemas.links import RiskView
from server.casework.risk import risk_of


async def risk(call: Call) -> Any:
    person_id = call.uuid("person_id")
    if person_id is None:
        return Problem("not_found")
    return await risk_of(call.services.database, person_id, now=call.now) or Problem("not_found")


ROUTES: Final = [
    Route(
        method="GET",
        path="/api/moderation/people/{person_id}/risk",
        name="riskOf",
        summary="What speaks against an account, and which accounts it is linked to, each with its path",
        who="moderator",
        handler=risk,
        answer=RiskView,
    ),
]
