"""Core: what a person is told about a decision on their words or account: kinds and facts of docs/notices.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from moderation.cases.filing import NewCase
from moderation.cases.holding import Case
from moderation.cases.log import NewAction
from moderation.cases.states import Appearance, Decision, Kind
from moderation.records import rules_told, spans_told

_REMOVED: Final[Mapping[Kind, str]] = {
    Kind.LINE: "line_removed",
    Kind.CARD: "card_removed",
    Kind.PRODUCT: "card_removed",
    Kind.POST: "post_removed",
    Kind.TITLE: "title_removed",
    Kind.NAME: "name_removed",
    Kind.HOST: "report_upheld",
    Kind.SUPPRESSION: "suppression_upheld",
    Kind.MOMENT: "moment_upheld",
}


def kind_of_notice(kind: Kind, decision: Decision, did: Appearance) -> str | None:
    """What its author is told; None for approving what was seen all along, of which they never knew."""
    if decision is Decision.REMOVE:
        return _REMOVED[kind]
    return "line_approved" if did is Appearance.SHOW else None


def facts_of_case(case: Case, action_id: UUID, reason: str) -> dict[str, Any]:
    """What a notice about a case says."""
    return {
        "room_slug": case.slug,
        "room_title": case.title,
        "text": case.text,
        "spans": case.spans,
        "rules": [_rule(rule) for rule in case.rules],
        "reason": reason,
        "action_id": str(action_id),
        "case_id": str(case.case_id),
    }


def facts_of_hold(case: NewCase, case_id: UUID, slug: str, title: str) -> dict[str, Any]:
    """What a notice about a line that waits for a person says."""
    assert case.verdict is not None
    return {
        "room_slug": slug,
        "room_title": title,
        "text": case.text,
        "spans": spans_told(case.verdict),
        "rules": [_rule(rule) for rule in rules_told(case.verdict)],
        "reason": "",
        "action_id": None,
        "case_id": str(case_id),
    }


def facts_of_removal(action: NewAction, slug: str, title: str) -> dict[str, Any]:
    """What a notice about a removal by a room's own host or moderator says."""
    return {
        "room_slug": slug,
        "room_title": title,
        "text": action.text,
        "spans": [],
        "rules": [],
        "reason": action.reason,
        "action_id": str(action.action_id),
        "by": action.actor_role.value,
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: rule[name] for name in ("id", "title", "article", "reason")}
