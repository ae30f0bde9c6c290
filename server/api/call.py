"""Edge: one call of one route, as its handler sees it: who asks, for what, with which body."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from aiohttp import web

from commerce.database import Database
from commerce.shelf.claim_facts import Goods
from moderation.cases.states import Kind
from moderation.verdict import Category, Role
from server.api.filtering import judge
from server.api.http.parsing import encode
from server.api.http.problem import Problem
from server.api.services import Services
from server.casework.queueing import Flagged, NameOf, queue
from server.casework.restrictions import ROOM_BANNED, refusal_facts
from server.claims.flagging import with_doubts
from server.claims.telling import tell_doubts
from server.people.rooms import Room
from server.people.tokens import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a handler is given. Which of the optional parts are there follows from the route's `who` and `body`."""

    services: Services
    request: web.Request
    now: datetime
    address: str
    """The client's, behind trusted proxies."""
    database: Database
    """Where what belongs to this call is written: for a route keyed by the API, the transaction of its key."""
    identity: Identity | None
    any_body: Any
    any_query: Any
    any_room: Room | None
    any_org_id: UUID | None
    roles: frozenset[str]
    """Of host and moderator, what the person is in the room."""
    any_key: str | None
    is_https: bool
    """Whether the client's own connection is encrypted, be it here or at a trusted proxy."""
    after: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done once this call's change has committed."""
    flagged: list[Flagged] = field(default_factory=list)
    """What the filter let this call show and wants a person to look at."""

    @property
    def person_id(self) -> UUID:
        """The signed-in person; only on routes that need one."""
        assert self.identity is not None
        return self.identity.person_id

    @property
    def room(self) -> Room:
        """The room that the path names; only on routes with {slug}."""
        assert self.any_room is not None
        return self.any_room

    @property
    def org_id(self) -> UUID:
        """The organisation that the path names, whose member asks; only on a member's routes."""
        assert self.any_org_id is not None
        return self.any_org_id

    @property
    def key(self) -> str:
        """The Idempotency-Key; only on keyed routes."""
        assert self.any_key is not None
        return self.any_key

    def uuid(self, name: str) -> UUID | None:
        """A part of the path as an id; None when it is none, which is then nothing known."""
        return self.as_uuid(self.request.match_info[name])

    @staticmethod
    def as_uuid(text: str) -> UUID | None:
        """A text as an id, or None."""
        try:
            return UUID(text)
        except ValueError:
            return None

    def ban_refusal(self, room: Room) -> Problem | None:
        """Why this person may not buy or apply in this room, or None."""
        ban = self.services.restrictions.ban(room.room_id, self.person_id, self.now)
        return None if ban is None else Problem(ROOM_BANNED, refusal_facts(ban))

    def filter_refusal(self, texts: Iterable[str], role: Role, category: Category) -> Problem | None:
        """Why the filter lets one of these texts not be shown, or None.

        What it shows and flags is kept for `queue_flagged`.
        """
        judged = judge(self.services.decide_text, texts, role, category, time.monotonic())
        if isinstance(judged, Flagged):
            self.flagged.append(judged)
            return None
        return judged

    def doubt_claims(self, texts: Iterable[str], meant: Goods | None, shown: Sequence[Goods]) -> None:
        """Keep for `queue_flagged` what the order book contradicts in texts that the filter let pass together."""
        self.flagged[:] = with_doubts(self.flagged, texts, meant, shown)

    async def queue_flagged(
        self,
        kind: Literal["card", "product", "post", "title", "name"],
        target_id: UUID,
        *,
        room: Room | None = None,
        of: NameOf = "person",
        subject_id: UUID | None = None,
        card: Mapping[str, Any] | None = None,
    ) -> None:
        """Have a moderator look at what this call stored and the filter flagged; nothing, where it flagged nothing.

        To be called once it is stored; on routes keyed by the API it commits with that. `of`: whose name it is;
        `subject_id`: who wrote it, if not who asks; `card`: its value as it is shown.
        """
        flagged, self.flagged[:] = list(self.flagged), []
        audience = await self.audience(room) if flagged and room is not None else 0
        for each in flagged:
            async with self.database.transaction() as connection:
                await queue(
                    connection,
                    each,
                    kind=Kind(kind),
                    target_id=target_id,
                    subject_id=subject_id or self.person_id,
                    room_id=room.room_id if room is not None else None,
                    of=of,
                    card=card,
                    now=self.now,
                    audience=audience,
                )
                await tell_doubts(
                    connection,
                    each.verdict(),
                    person_id=subject_id or self.person_id,
                    room_id=room.room_id if room is not None else None,
                    text=each.text,
                )

    async def audience(self, room: Room) -> int:
        """How many watch a room, as far as its owner says."""
        live = await self.services.rooms_live([room.room_id])
        return live[room.room_id].viewers if room.room_id in live else 0

    @staticmethod
    def respond(body: Any, *, status: int) -> web.Response:
        """A JSON answer, for handlers that add to it."""
        return web.Response(body=encode(body), status=status, content_type="application/json")
