"""Edge: organisations that people found themselves."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from moderation.verdict import Category, Role
from server.api.call import Call
from server.api.route import Route
from server.api.schemas.organisations import NewOrganisation, OrganisationView
from server.people.organisations import found_organisation

CATEGORIES: Final = {"merchant": Category.FARM, "employer": Category.JOBS}


async def new_organisation(call: Call) -> Any:
    body: NewOrganisation = call.any_body
    if refused := call.filter_refusal([body.name], Role.TITLE, CATEGORIES[body.kind]):
        return refused
    made = await found_organisation(call.database, body.kind, body.name, person_id=call.person_id, now=call.now)
    if not isinstance(made, UUID):
        return made
    await call.queue_flagged("name", made, of="organisation")
    return {"org_id": str(made), "name": body.name, "kind": body.kind, "role": "owner"}


ROUTES: Final = [
    Route(
        method="POST",
        path="/api/orgs",
        name="createOrganisation",
        summary="Found an organisation and own it",
        who="person",
        handler=new_organisation,
        body=NewOrganisation,
        answer=OrganisationView,
        status=201,
        codes=("filtered", "limit_reached", "not_found"),
        keyed="by_api",
    )
]
