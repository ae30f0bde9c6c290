"""Edge: laying a sanction and lifting it again, within the decision that says so: what then holds, and what is told.

Each kind has one row that makes it hold (a restriction, or the account's state), so that every worker learns of it and
an undo knows what to turn back. What outlives the transaction is an effect, which the clerk does once it has committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from commerce.takedown import put_cards_back, shown_by, take_card_down, take_room_cards_down
from moderation.cases.effects import LAPSE, MUTES, REVOKE, add_effect
from moderation.cases.log import Action, NewAction
from moderation.cases.permission import NOT_FOUND, Refused
from moderation.cases.restrictions import MUTE, Restriction, add_restriction, lift_restriction
from moderation.cases.seconds import provisional_until
from moderation.cases.states import MUTES as MUTE_KINDS
from moderation.cases.states import REASON_CHARS_MAX, Sanction
from moderation.records import stored_text
from server.people.closing import close_account, reopen_account
from server.people.notices import tell

_ROOM: Final = "SELECT room_id, slug, title, host_id FROM people.room WHERE {which} = $1"
_ROOM_BY_SLUG: Final = _ROOM.format(which="slug")
_ROOM_BY_ID: Final = _ROOM.format(which="room_id")
_NOTICES: Final[Mapping[Sanction, str]] = {
    **dict.fromkeys(MUTE_KINDS, "muted"),
    Sanction.CLOSE_ACCOUNT: "account_closed",
}
_LIFTED: Final[Mapping[Sanction, str]] = {
    **dict.fromkeys(MUTE_KINDS, "mute_lifted"),
    Sanction.CLOSE_ACCOUNT: "account_reopened",
}
SANCTIONED: Final = "sanctioned"
SANCTION_LIFTED: Final = "sanction_lifted"
"""Notices of all the other kinds."""


@dataclass(frozen=True, slots=True)
class Place:
    """The room that a sanction holds in."""

    room_id: UUID
    slug: str
    title: str
    host_id: UUID


async def place_of_slug(connection: Any, slug: str) -> Place | None:
    """The room of that name."""
    row = await connection.fetchrow(_ROOM_BY_SLUG, slug)
    return None if row is None else Place(**dict(row))


async def place_of_id(connection: Any, room_id: UUID | None) -> Place | None:
    """The room of that id."""
    row = None if room_id is None else await connection.fetchrow(_ROOM_BY_ID, room_id)
    return None if row is None else Place(**dict(row))


async def cards_off(connection: Any, place: Place, card_id: UUID | None, *, now: datetime) -> dict[str, Any] | Refused:
    """Take a card, or every card, off a room; the action's facts, by which they come back. Refused: not_found."""
    if card_id is None:
        off = await take_room_cards_down(connection, place.room_id, now=now)
        return {"cards": [str(each) for each in off], "card": None}
    card = await shown_by(connection, card_id, room_id=place.room_id)
    if card is None:
        return Refused(NOT_FOUND)
    off = await take_card_down(connection, card_id, now=now)
    return {"cards": [str(each) for each in off], "card": card}


async def lay(connection: Any, sanction: Sanction, action: NewAction, place: Place | None, *, now: datetime) -> None:
    """Have the sanction of a written action hold, and tell the person."""
    assert action.subject_id is not None
    until: datetime | None = action.facts.get("until")
    provisional = provisional_until(until, action.facts)
    if "second_due_at" in action.facts:
        await add_effect(connection, LAPSE, action.action_id, {}, due_at=action.facts["second_due_at"])
    if sanction is Sanction.CLOSE_ACCOUNT:
        await close_account(connection, action.subject_id, now=now)
        await add_effect(connection, REVOKE, action.subject_id, {}, due_at=now)
    elif sanction is not Sanction.WARN:
        kind = MUTE if sanction in MUTE_KINDS else sanction.value
        restriction = Restriction(
            action_id=action.action_id,
            kind=kind,
            person_id=action.subject_id,
            room_id=place.room_id if place is not None else None,
            until=provisional,
            reason=stored_text(action.reason, REASON_CHARS_MAX),
        )
        await add_restriction(connection, restriction, card=action.facts.get("card"))
        await add_effect(connection, MUTES, action.subject_id, {}, due_at=now)
    facts = {
        "kind": sanction.value,
        **_where(place),
        "until": until,
        "provisional_until": action.facts.get("second_due_at"),
        "reason": action.reason,
        "text": action.text,
        "spans": action.facts["spans"],
        "rules": action.facts["rules"],
        "action_id": str(action.action_id),
    }
    await tell(connection, action.subject_id, _NOTICES.get(sanction, SANCTIONED), msgspec.to_builtins(facts))


async def lift(connection: Any, action: Action, reason: str, *, now: datetime) -> None:
    """Let the sanction of an action hold no more, and tell the person."""
    assert action.subject_id is not None
    sanction = Sanction(action.kind)
    if sanction is Sanction.CLOSE_ACCOUNT:
        if not await reopen_account(connection, action.subject_id, state=action.facts.get("state", "active")):
            return
    elif sanction is not Sanction.WARN:
        await lift_restriction(connection, action.action_id, now=now)
        await add_effect(connection, MUTES, action.subject_id, {}, due_at=now)
    if sanction is Sanction.CARD_OFF:
        await put_cards_back(connection, [UUID(each) for each in action.facts.get("cards", [])], now=now)
    place = await place_of_id(connection, action.room_id)
    facts = {"kind": action.kind, **_where(place), "reason": reason, "action_id": str(action.action_id)}
    await tell(connection, action.subject_id, _LIFTED.get(sanction, SANCTION_LIFTED), facts)


def _where(place: Place | None) -> dict[str, Any]:
    return {
        "room_slug": place.slug if place is not None else None,
        "room_title": place.title if place is not None else None,
    }
