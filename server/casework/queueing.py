"""Edge: what the filter flags where it stands (card, post, title, name) is shown, and waits for a person to look.

A line of chat is queued by its room's owner; what is written through the API, by the handler that stored it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from moderation.cases.filing import NewCase, file_case
from moderation.cases.states import Kind, Why
from moderation.verdict import RuleHit, Span, Verdict

NameOf = Literal["person", "organisation"]

_WRITERS: Final[Mapping[Kind, str]] = {Kind.POST: "employer", Kind.NAME: "viewer"}


@dataclass(frozen=True, slots=True)
class Flagged:
    """Texts shown together, of which the filter flags some; each verdict with where in `text` its words begin."""

    text: str
    verdicts: Sequence[tuple[int, Verdict]]

    def verdict(self) -> Verdict:
        """All verdicts as one on the whole text: each rule once, the most severe score."""
        assert self.verdicts
        rules: dict[str, RuleHit] = {}
        spans: dict[tuple[int, int, str], Span] = {}
        for begin, verdict in self.verdicts:
            rules |= {hit.rule_id: hit for hit in verdict.rules if hit.rule_id not in rules}
            for span in verdict.spans:
                moved = Span(span.start + begin, span.end + begin, span.rule_id)
                spans.setdefault((moved.start, moved.end, moved.rule_id), moved)
        return msgspec.structs.replace(
            self.verdicts[0][1],
            rules=tuple(rules.values()),
            spans=tuple(spans[key] for key in sorted(spans)),
            score=max(verdict.score for _, verdict in self.verdicts),
        )


async def queue(
    connection: Any,
    flagged: Flagged,
    *,
    kind: Kind,
    target_id: UUID,
    subject_id: UUID,
    room_id: UUID | None,
    of: NameOf,
    card: Mapping[str, Any] | None,
    now: datetime,
    audience: int = 0,
) -> None:
    """File what was flagged, with the change that shows it."""
    facts: dict[str, Any] = {"of": of} if kind is Kind.NAME else {}
    case = NewCase(
        kind=kind,
        target_id=str(target_id),
        room_id=room_id,
        subject_id=subject_id,
        subject_role=_WRITERS.get(kind, "host"),
        text=flagged.text,
        why=Why.FLAG,
        shown=True,
        verdict=flagged.verdict(),
        audience=audience,
        facts=facts | ({"card": dict(card)} if card is not None else {}),
    )
    await file_case(connection, case, case_id=uuid7(), now=now)
