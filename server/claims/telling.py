"""Edge: telling somebody that the order book contradicts what they said, within the change that shows it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from moderation.records import rules_told, spans_told, stored_text
from moderation.verdict import Verdict
from server.claims.words import RULES
from server.people.notices import tell

CLAIM_DOUBTED: Final = "claim_doubted"
"""The notice's kind (docs/notices.md)."""

_ROOM: Final = "SELECT slug, title FROM people.room WHERE room_id = $1"


async def tell_doubts(connection: Any, verdict: Verdict, *, person_id: UUID, room_id: UUID | None, text: str) -> None:
    """Tell the one who wrote `text` what in it the book has against it; nothing, where it has nothing."""
    rules = [rule for rule in rules_told(verdict) if rule["id"] in RULES]
    if not rules:
        return
    room = await connection.fetchrow(_ROOM, room_id) if room_id is not None else None
    facts = {
        "room_slug": None if room is None else room["slug"],
        "room_title": None if room is None else room["title"],
        "text": stored_text(text),
        "spans": [span for span in spans_told(verdict) if span[2] in RULES],
        "rules": [{name: rule[name] for name in ("id", "title", "article", "reason")} for rule in rules],
        "reason": "",
    }
    await tell(connection, person_id, CLAIM_DOUBTED, facts)
