"""Core: the verdict that follows from the rules that apply: the worst decides, and all are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from moderation.matching import Hits, Match
from moderation.rules import Rule
from moderation.spans import mark, widen
from moderation.verdict import ENGINE_VERSION, Action, RuleHit, Span, Verdict
from moderation.views import FOLDED, TEXT_CHARS_MAX, VIEW_NAMES, Views

TOO_LONG = RuleHit(
    rule_id="EN001",
    title_zh="文字过长",
    title_en="Text too long",
    article_zh="平台规则",
    article_en="Platform rules",
    reason_zh=f"文字超过 {TEXT_CHARS_MAX} 字, 无法完整检查, 已转人工查看。",
    reason_en=f"The text is longer than {TEXT_CHARS_MAX} characters, so a person has to look at it.",
    action=Action.HOLD,
    weight=0.5,
)


def conclude(views: Views, hits: Hits, matches: Sequence[Match], pack_version: str) -> Verdict:
    """The verdict of the rules that apply, worst first; there is one at least."""
    rules = tuple(_rule_hit(compiled.rule, action) for compiled, action, _ in matches)
    spans: list[Span] = []
    for compiled, _, filled in matches:
        ranges = [widen(hit, hits[slot]) for slot, hit in zip(compiled.slots, filled, strict=True)]
        spans += mark(views, ranges, compiled.rule.id)
    view = max((hit.view for hit in matches[0][2]), key=VIEW_NAMES.index)
    return _verdict(rules, spans, _score(rules), view, pack_version)


def too_long(pack_version: str) -> Verdict:
    """The verdict on a text too long to be looked at whole."""
    return _verdict((TOO_LONG,), (), TOO_LONG.weight, FOLDED, pack_version)


def with_opinion(verdict: Verdict, hit: RuleHit, spans: Sequence[Span], view: str, model_version: str) -> Verdict:
    """The verdict with the model's word before the rules'."""
    rules = (hit, *verdict.rules)
    told = _verdict(rules, (*verdict.spans, *spans), _score(rules), view, verdict.pack_version)
    return msgspec.structs.replace(told, engine_version=f"{ENGINE_VERSION}+{model_version}")


def eased(verdict: Verdict, action: Action) -> Verdict:
    """The verdict with no rule doing more than an action."""
    rules = tuple(
        msgspec.structs.replace(rule, action=min(rule.action, action, key=lambda each: each.severity))
        for rule in verdict.rules
    )
    return msgspec.structs.replace(verdict, action=action, rules=rules)


def _verdict(rules: tuple[RuleHit, ...], spans: Iterable[Span], score: float, view: str, pack_version: str) -> Verdict:
    worst = rules[0]
    return Verdict(
        action=worst.action,
        rules=rules,
        spans=tuple(sorted(spans, key=lambda span: (span.start, span.end, span.rule_id))),
        score=score,
        view=view,
        reason_zh=worst.reason_zh,
        reason_en=worst.reason_en,
        article=worst.article_zh,
        pack_version=pack_version,
    )


def _score(rules: Iterable[RuleHit]) -> float:
    innocent = 1.0
    for rule in rules:
        innocent *= 1 - rule.weight
    return round(1 - innocent, 4)


def _rule_hit(rule: Rule, action: Action) -> RuleHit:
    return RuleHit(
        rule_id=rule.id,
        title_zh=rule.title.zh,
        title_en=rule.title.en,
        article_zh=rule.law.zh,
        article_en=rule.law.en,
        reason_zh=rule.reason.zh,
        reason_en=rule.reason.en,
        action=action,
        weight=rule.weight,
    )
