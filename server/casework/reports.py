"""Edge: what viewers report: a line, a card or the host of a room, filed as a case with what was seen at the time."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commerce.shelf.cards import shown_texts
from commerce.shelf.showcase import list_cards
from moderation.cases.effects import EVIDENCE, add_effect
from moderation.cases.filing import NewCase, add_report, earlier_report, file_case, report_refusal
from moderation.cases.permission import NOT_ALLOWED, NOT_FOUND, Refused
from moderation.cases.states import Kind, Reason, Why
from server.bus.errors import RequestTimeout
from server.bus.requests import Requests
from server.casework.removals import line_facts
from server.database.database import Database
from server.live import topics
from server.live.topics import Around, AroundRequest, CommentFacts, CommentRequest
from server.people.rooms import Room

OWNER_TIMEOUT_S: Final = 2.0
EVIDENCE_AFTER: Final = timedelta(seconds=15)
"""When what was said after a line is kept with its case."""


async def report(
    database: Database,
    requests: Requests,
    *,
    room: Room,
    kind: Kind,
    target_id: str,
    reason: Reason,
    note: str,
    reporter_id: UUID,
    now: datetime,
    audience: int = 0,
) -> UUID | Refused:
    """Report a line, card or host; the report's id, which is the first one's where the same person reports it again.

    Refused: not_found, not_allowed (oneself), rate_limited. Raises: BusError when the room's owner does not answer.
    """
    async with database.transaction(platform=True) as connection:
        earlier = await earlier_report(connection, reporter_id=reporter_id, kind=kind, target_id=target_id)
        if earlier is not None:
            return earlier
        if refused := await report_refusal(connection, reporter_id=reporter_id, now=now):
            return refused
    match kind:
        case Kind.LINE:
            case = await _line(requests, room, target_id)
        case Kind.CARD:
            case = await _card(database, room, target_id)
        case _:
            case = _host(room, target_id)
    if case is None:
        return Refused(NOT_FOUND)
    if case.subject_id == reporter_id:
        return Refused(NOT_ALLOWED)
    case = dataclasses.replace(case, audience=audience)
    async with database.transaction(platform=True) as connection:
        case_id = await file_case(connection, case, case_id=uuid7(), now=now)
        await keep_evidence(connection, case, case_id, now=now)
        return await add_report(
            connection, report_id=uuid7(), case_id=case_id, reporter_id=reporter_id, reason=reason, note=note, now=now
        )


async def keep_evidence(connection: Any, case: NewCase, case_id: UUID, *, now: datetime) -> None:
    """Have what is said after a line kept with its case, in a while."""
    if case.kind is Kind.LINE and "line" in case.facts:
        payload = {"case_id": case_id, "comment_id": case.target_id, "wall_us": case.facts["line"]["wall_us"]}
        await add_effect(connection, EVIDENCE, case.room_id, payload, due_at=now + EVIDENCE_AFTER)


def evidence(around: Around, *, but: str | None = None) -> list[dict[str, Any]]:
    """Lines as they are kept with a case, but for the one that it is about."""
    return [
        {
            "comment_id": line.comment_id,
            "person_id": line.person_id,
            "name": line.name,
            "text": line.text,
            "wall_us": line.wall_us,
        }
        for line in around.lines
        if line.comment_id != but
    ]


async def ask_owner(requests: Requests, room_id: UUID, question: topics.RoomCommand) -> topics.OwnerAnswer:
    """What the room's owner says.

    Raises: RequestTimeout, RequestFailed.
    """
    payload = topics.encoder.encode(question)
    answer = await requests.ask(topics.room_ask(str(room_id)), payload, timeout_s=OWNER_TIMEOUT_S)
    decoded: topics.OwnerAnswer = topics.answer_decoder.decode(answer)
    return decoded


async def _line(requests: Requests, room: Room, comment_id: str) -> NewCase | None:
    said = await ask_owner(requests, room.room_id, CommentRequest(comment_id))
    if not isinstance(said, CommentFacts):
        return None
    try:
        around = await ask_owner(requests, room.room_id, AroundRequest(said.wall_us))
    except RequestTimeout:
        around = Around([])
    return NewCase(
        kind=Kind.LINE,
        target_id=comment_id,
        room_id=room.room_id,
        subject_id=UUID(said.person_id),
        subject_role=said.role,
        text=said.text,
        why=Why.REPORT,
        shown=True,
        facts={"line": line_facts(said)},
        around=evidence(around, but=comment_id) if isinstance(around, Around) else [],
    )


async def _card(database: Database, room: Room, card_id: str) -> NewCase | None:
    cards = await list_cards(database, room_id=room.room_id)
    card = next((card for card in cards if card["card_id"] == card_id.lower()), None)
    if card is None:
        return None
    return card_case(room, card, why=Why.REPORT)


def card_case(room: Room, card: dict[str, Any], *, why: Why, subject_id: UUID | None = None) -> NewCase:
    """A case about a card, with the card as it is seen now; its subject is the room's host if nobody else is known."""
    return NewCase(
        kind=Kind.CARD,
        target_id=card["card_id"],
        room_id=room.room_id,
        subject_id=subject_id or room.host_id,
        subject_role="host",
        text="\n".join(shown_texts(card)),
        why=why,
        shown=True,
        facts={"card": card},
    )


def _host(room: Room, target_id: str) -> NewCase | None:
    if target_id.lower() != str(room.host_id):
        return None
    return NewCase(
        kind=Kind.HOST,
        target_id=str(room.host_id),
        room_id=room.room_id,
        subject_id=room.host_id,
        subject_role="host",
        text=room.host_name,
        why=Why.REPORT,
        shown=True,
    )
