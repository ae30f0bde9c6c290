"""Core: accounts and sessions, as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from server.api.http.parsing import Body
from server.api.schemas.limits import Text64, Text255


class SignUp(Body, frozen=True):
    """Make an account and sign in."""

    login: Text64
    display_name: Text64
    password: Text255


class SignIn(Body, frozen=True):
    """Open a session."""

    login: Text64
    password: Text255


class PersonView(Struct, frozen=True):
    person_id: UUID
    login: str
    display_name: str
    kind: Literal["member", "moderator", "admin"]


class SessionView(Struct, frozen=True):
    """A session; the refresh token is in the cookie jishi_refresh."""

    token: str
    expires_at: datetime
    person: PersonView


class MembershipView(Struct, frozen=True):
    org_id: UUID
    name: str
    kind: Literal["merchant", "employer"]
    role: Literal["owner", "host", "clerk"]


class RoomRoleView(Struct, frozen=True):
    slug: str
    role: Literal["host", "moderator"]


class MeView(Struct, frozen=True):
    person: PersonView
    memberships: list[MembershipView]
    room_roles: list[RoomRoleView]
