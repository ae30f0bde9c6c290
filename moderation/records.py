"""Edge: decisions and removals written to the database, in a transaction that acts for the platform.

The caller opens the transaction and makes the identifiers; a row once written is never changed.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol
from uuid import UUID

import msgspec

from moderation.verdict import Utterance, Verdict

_INSERT_VERDICT = """
INSERT INTO moderation.verdict
    (verdict_id, room_id, sender_id, role, text, action, rules, spans, score, pack_version)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text::jsonb, $9, $10)
ON CONFLICT (verdict_id) DO NOTHING
"""
_INSERT_REMOVAL = """
INSERT INTO moderation.removal (removal_id, room_id, comment_id, comment_text, sender_id, moderator_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (room_id, comment_id) DO NOTHING
"""
_TEXT_CHARS_MAX = 5_000


class Connection(Protocol):
    """The part of an asyncpg connection that is used here."""

    def execute(self, query: str, *args: object) -> Awaitable[str]:
        """Run a statement and return its status, such as INSERT 0 1."""
        ...


def _stored(text: str) -> str:
    """The text as the database can hold it: no NUL, no lone surrogates, not too long."""
    return text[:_TEXT_CHARS_MAX].replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value is not None else None


def _rules_json(verdict: Verdict) -> str:
    rows = [
        {
            "id": hit.rule_id,
            "title": {"zh": hit.title_zh, "en": hit.title_en},
            "article": {"zh": hit.article_zh, "en": hit.article_en},
            "reason": {"zh": hit.reason_zh, "en": hit.reason_en},
            "action": hit.action.value,
        }
        for hit in verdict.rules
    ]
    return msgspec.json.encode(rows).decode()


def _spans_json(verdict: Verdict) -> str:
    return msgspec.json.encode([[span.start, span.end, span.rule_id] for span in verdict.spans]).decode()


async def record_verdict(connection: Connection, *, verdict_id: UUID, utterance: Utterance, verdict: Verdict) -> bool:
    """Write a decision; False if it was already written. The utterance's ids, where given, are UUIDs as text."""
    status = await connection.execute(
        _INSERT_VERDICT,
        verdict_id,
        _uuid(utterance.room_id),
        _uuid(utterance.sender_id),
        utterance.role.value,
        _stored(utterance.text),
        verdict.action.value,
        _rules_json(verdict),
        _spans_json(verdict),
        verdict.score,
        verdict.pack_version,
    )
    return status == "INSERT 0 1"


async def record_removal(
    connection: Connection,
    *,
    removal_id: UUID,
    room_id: UUID,
    comment_id: str,
    comment_text: str,
    sender_id: UUID | None,
    moderator_id: UUID,
    reason: str,
) -> bool:
    """Write that a person took a comment down; False if that comment already was."""
    status = await connection.execute(
        _INSERT_REMOVAL,
        removal_id,
        room_id,
        comment_id,
        _stored(comment_text),
        sender_id,
        moderator_id,
        _stored(reason),
    )
    return status == "INSERT 0 1"
