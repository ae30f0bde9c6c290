"""Core: organisations, as the API takes and shows them."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from server.api.http.parsing import Body


class NewOrganisation(Body, frozen=True):
    """Found an organisation: a merchant sells in farm rooms, an employer offers jobs in jobs rooms."""

    kind: Literal["merchant", "employer"]
    name: Annotated[str, Meta(min_length=1, max_length=64)]


class OrganisationView(Struct, frozen=True):
    """An organisation, with what whoever asked is in it."""

    org_id: UUID
    name: str
    kind: Literal["merchant", "employer"]
    role: Literal["owner", "host", "clerk"]
