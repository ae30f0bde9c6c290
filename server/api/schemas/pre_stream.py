"""Core: the report before a show, as the API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from server.api.schemas.moderation import Bilingual, RuleView

Level = Literal["pass", "warn", "block"]


class FindingView(Struct, frozen=True):
    """Something to put right."""

    code: Literal[
        "words",
        "claim_false",
        "claim_unproven",
        "removed",
        "not_on_sale",
        "sold_out",
        "no_origin",
        "no_photo",
        "no_description",
        "post_not_open",
        "post_over",
        "post_lacks",
        "never_on_air",
        "schedule_over",
        "line_up_empty",
    ]
    verdict: Level
    field: str
    """Of the item; `all` where its texts offend together; empty where it is of the whole."""
    text: str
    """The field's words, if it is about words."""
    spans: list[Annotated[list[int], Meta(min_length=2, max_length=2)]]
    """[start, end] in code points of `text`."""
    rule: RuleView | None
    what: Bilingual
    todo: Bilingual


class CheckedView(Struct, frozen=True):
    """A thing of the show; `block`: it can't be shown as it is."""

    kind: Literal["title", "organisation", "stream_key", "schedule", "line_up", "product", "job"]
    item_id: UUID | None
    """Of the line-up, for products and jobs."""
    title: str
    verdict: Level
    findings: list[FindingView]


class LevelCounts(Struct, frozen=True, rename={"passed": "pass"}):
    passed: int
    warn: int
    block: int


class PreStreamReport(Struct, frozen=True):
    """What is to be put right before a show."""

    verdict: Level
    summary: Bilingual
    counts: LevelCounts
    """Of items."""
    checked_at: datetime
    items: list[CheckedView]
