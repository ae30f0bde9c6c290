"""Edge: the filter's decisions written to the database, in a transaction that acts for the platform.

The caller opens the transaction and makes the identifiers; a row once written is never changed. What people decide is
in moderation/cases.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec

from moderation.verdict import Utterance, Verdict

_INSERT_VERDICT = """
INSERT INTO moderation.verdict
    (verdict_id, room_id, sender_id, role, text, action, rules, spans, score, pack_version)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text::jsonb, $9, $10)
ON CONFLICT (verdict_id) DO NOTHING
"""
TEXT_CHARS_MAX: Final = 5_000


class Connection(Protocol):
    """The part of an asyncpg connection that is used here."""

    def execute(self, query: str, *args: object) -> Awaitable[str]:
        """Run a statement and return its status, such as INSERT 0 1."""
        ...


def stored_text(text: str, chars_max: int = TEXT_CHARS_MAX) -> str:
    """The text as the database can hold it: no NUL, no lone surrogates, not too long."""
    return text[:chars_max].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value is not None else None


def rules_told(verdict: Verdict) -> list[dict[str, Any]]:
    """The rules that applied, as they are kept and told."""
    return [
        {
            "id": hit.rule_id,
            "title": {"zh": hit.title_zh, "en": hit.title_en},
            "article": {"zh": hit.article_zh, "en": hit.article_en},
            "reason": {"zh": hit.reason_zh, "en": hit.reason_en},
            "action": hit.action.value,
        }
        for hit in verdict.rules
    ]


def spans_told(verdict: Verdict) -> list[list[Any]]:
    """The marked parts, as they are kept and told: [[start, end, rule id]], in code points."""
    return [[span.start, span.end, span.rule_id] for span in verdict.spans]


def as_json(value: Any) -> str:
    """A value for a parameter written `$n::text::jsonb`."""
    return msgspec.json.encode(value).decode()


async def record_verdict(connection: Connection, *, verdict_id: UUID, utterance: Utterance, verdict: Verdict) -> bool:
    """Write a decision; False if it was already written. The utterance's ids, where given, are UUIDs as text."""
    status = await connection.execute(
        _INSERT_VERDICT,
        verdict_id,
        _uuid(utterance.room_id),
        _uuid(utterance.sender_id),
        utterance.role.value,
        stored_text(utterance.text),
        verdict.action.value,
        as_json(rules_told(verdict)),
        as_json(spans_told(verdict)),
        verdict.score,
        verdict.pack_version,
    )
    return status == "INSERT 0 1"
