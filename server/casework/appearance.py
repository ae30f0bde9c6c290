"""Edge: what a decision does to what people see, in the decision's own transaction, and how that is turned back.

Rows (cards, posts, names) change here and now; what lies outside the database (a line on the screens) becomes an
effect, which the clerk does as soon as the decision has committed. `did` says what was really done: undoing turns back
that and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.takedown import Thing, put_back, put_cards_back, take_card_down, take_down
from moderation.cases.effects import RELEASE, RETRACT, add_effect
from moderation.cases.holding import Case
from moderation.cases.states import Appearance, Kind

REMOVED_BY_MODERATOR: Final = "removed_by_moderator"

_ON_SCREEN: Final = "UPDATE moderation.case_file SET screen_id = $2 WHERE case_id = $1"
_TITLE: Final = "SELECT title FROM people.room WHERE room_id = $1 FOR NO KEY UPDATE"
_NEUTRAL_TITLE: Final = """
UPDATE people.room r SET title = left(o.name, 60) FROM people.organisation o
WHERE r.room_id = $1 AND o.org_id = r.org_id RETURNING r.title
"""
_SET_TITLE: Final = "UPDATE people.room SET title = $2 WHERE room_id = $1 AND title = $3 RETURNING room_id"
_NAMES: Final = {
    "person": ("people.person", "display_name", "person_id"),
    "organisation": ("people.organisation", "name", "org_id"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was really done, as kept with the action."""

    did: Appearance
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What turning it back takes."""

    def to_json(self) -> dict[str, Any]:
        return {"did": self.did.value, **self.facts}


NOTHING: Final = Done(Appearance.LEAVE)


async def carry_out(
    connection: Any, case: Case, appearance: Appearance, facts: Mapping[str, Any], *, is_first: bool, now: datetime
) -> Done:
    """Show or hide what the case is about. `facts`: of the action that hid it, when this is to show it again."""
    if appearance is Appearance.LEAVE:
        return NOTHING
    show = appearance is Appearance.SHOW
    match case.kind:
        case Kind.LINE:
            return await (_show_line(connection, case, is_first, now) if show else _hide_line(connection, case, now))
        case Kind.CARD:
            return await _card(connection, case, facts, show=show, now=now)
        case Kind.PRODUCT:
            return await _thing(connection, "product", case, facts, show=show, now=now)
        case Kind.POST:
            return await _thing(connection, "post", case, facts, show=show, now=now)
        case Kind.TITLE:
            return await (_title_back(connection, case, facts) if show else _title_off(connection, case))
        case Kind.NAME:
            return await (_name_back(connection, case, facts) if show else _name_off(connection, case))
        case Kind.HOST | Kind.SUPPRESSION | Kind.MOMENT:
            return NOTHING


# ---- Lines -----------------------------------------------------------------------------------------------------------


async def release_line(
    connection: Any,
    *,
    room_id: UUID,
    comment_id: str,
    person_id: UUID,
    text: str,
    line: Mapping[str, Any],
    now: datetime,
) -> None:
    """Have a line shown under this id, which no client has seen taken down."""
    payload = {"comment_id": comment_id, "person_id": person_id, "text": text, **line}
    await add_effect(connection, RELEASE, room_id, payload, due_at=now)


async def retract_line(connection: Any, *, room_id: UUID, comment_id: str, code: str, now: datetime) -> None:
    """Have a line taken off every screen."""
    await add_effect(connection, RETRACT, room_id, {"comment_id": comment_id, "code": code}, due_at=now)


async def _show_line(connection: Any, case: Case, is_first: bool, now: datetime) -> Done:
    line = case.facts.get("line")
    if line is None or case.room_id is None or case.subject_id is None or case.screen_id is not None:
        return NOTHING  # its sender was erased, or it is on screen
    # A held line keeps the id it was given; one that was on screen and taken down comes back under another.
    screen_id = case.target_id if is_first and not case.shown else str(uuid7())
    await release_line(
        connection,
        room_id=case.room_id,
        comment_id=screen_id,
        person_id=case.subject_id,
        text=case.text,
        line=line,
        now=now,
    )
    await connection.execute(_ON_SCREEN, case.case_id, screen_id)
    return Done(Appearance.SHOW)


async def _hide_line(connection: Any, case: Case, now: datetime) -> Done:
    if case.room_id is None or case.screen_id is None:
        return NOTHING  # its host was quicker
    await retract_line(connection, room_id=case.room_id, comment_id=case.screen_id, code=REMOVED_BY_MODERATOR, now=now)
    await connection.execute(_ON_SCREEN, case.case_id, None)
    return Done(Appearance.HIDE)


# ---- The shelf -------------------------------------------------------------------------------------------------------


async def _card(connection: Any, case: Case, facts: Mapping[str, Any], *, show: bool, now: datetime) -> Done:
    if show:
        back = await put_cards_back(connection, [UUID(each) for each in facts.get("cards", [])], now=now)
        return Done(Appearance.SHOW) if back else NOTHING
    off = await take_card_down(connection, UUID(case.target_id), now=now)
    return Done(Appearance.HIDE, {"cards": [str(each) for each in off]}) if off else NOTHING


async def _thing(
    connection: Any, thing: Thing, case: Case, facts: Mapping[str, Any], *, show: bool, now: datetime
) -> Done:
    thing_id = UUID(case.target_id)
    if show:
        cards = [UUID(each) for each in facts.get("cards", [])]
        restored = await put_back(connection, thing, thing_id, cards, now=now)
        return Done(Appearance.SHOW) if restored else NOTHING
    withdrawn, off = await take_down(connection, thing, thing_id, now=now)
    return Done(Appearance.HIDE, {"cards": [str(each) for each in off]}) if withdrawn else NOTHING


# ---- Titles and names ------------------------------------------------------------------------------------------------


async def _title_off(connection: Any, case: Case) -> Done:
    """A room without its title is called as its organisation."""
    before = await connection.fetchval(_TITLE, UUID(case.target_id))
    if before is None:
        return NOTHING
    after = await connection.fetchval(_NEUTRAL_TITLE, UUID(case.target_id))
    return Done(Appearance.HIDE, {"before": before, "after": after})


async def _title_back(connection: Any, case: Case, facts: Mapping[str, Any]) -> Done:
    """Unless it was changed since."""
    back = await connection.fetchval(_SET_TITLE, UUID(case.target_id), facts["before"], facts["after"])
    return Done(Appearance.SHOW) if back else NOTHING


async def _name_off(connection: Any, case: Case) -> Done:
    """Somebody without a name is called by some of the id."""
    table, column, key = _NAMES[case.facts.get("of", "person")]
    name_id = UUID(case.target_id)
    query = f"SELECT {column} FROM {table} WHERE {key} = $1 FOR NO KEY UPDATE"  # noqa: S608 - constants of this module
    before = await connection.fetchval(query, name_id)
    if before is None:
        return NOTHING
    after = f"用户{case.target_id[-6:]}" if key == "person_id" else f"机构{case.target_id[-6:]}"
    await connection.execute(f"UPDATE {table} SET {column} = $2 WHERE {key} = $1", name_id, after)  # noqa: S608
    return Done(Appearance.HIDE, {"before": before, "after": after})


async def _name_back(connection: Any, case: Case, facts: Mapping[str, Any]) -> Done:
    """Unless it was changed since."""
    table, column, key = _NAMES[case.facts.get("of", "person")]
    query = f"UPDATE {table} SET {column} = $2 WHERE {key} = $1 AND {column} = $3 RETURNING {key}"  # noqa: S608
    back = await connection.fetchval(query, UUID(case.target_id), facts["before"], facts["after"])
    return Done(Appearance.SHOW) if back else NOTHING
