"""Core: a text's claims against the order book, joined with what the filter says of the text.

A false claim is shown, and a person looks at it. What the filter only suspects, staged scarcity or an invented price,
the book knows: where it bears the words out nobody has to look at them, and where it doesn't, it says so itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from commerce.shelf.claim_facts import Goods, Judgement, Truth, judged
from commerce.shelf.claims import claims_in
from moderation.verdict import Action, RuleHit, Span, Verdict, allowed, worst
from server.claims.words import SCORE, rule_of

SUSPECTED: Final = frozenset({"OC012", "OC013", "OC023"})
"""Rules of the packs about what the book may know: former prices, scarcity, last pieces."""

FELT: Final = frozenset({"LM001", "LM002"})
"""Rules of the model, which reads the drift of a whole text: fraud, overclaims."""

MOST_SHARE: Final = 0.5
"""Of a text's characters: where claims are so much of it, its drift is theirs."""

VIEW: Final = "order_book"
"""What is named as the view of the text, where nothing but the book speaks against it."""


def judgements(text: str, meant: Goods | None, shown: Sequence[Goods]) -> list[Judgement]:
    """Every claim that a text makes, with what the book says to it."""
    return [judged(claim, meant, shown) for claim in claims_in(text)]


def with_claims(verdict: Verdict, text: str, found: Sequence[Judgement]) -> Verdict:
    """The filter's verdict on a text, and what the book says to its claims; never milder than a hold was."""
    verdict = without_suspected(verdict, text, found)
    false = [each for each in found if each.truth is Truth.FALSE]
    if not false:
        return verdict
    hits: dict[str, RuleHit] = {}
    spans = []
    for each in false:
        hit = rule_of(each)
        hits.setdefault(hit.rule_id, hit)
        spans.append(Span(each.claim.start, each.claim.end, hit.rule_id))
    ours = tuple(hits.values())
    if not verdict.rules:
        first = ours[0]
        verdict = msgspec.structs.replace(
            verdict, view=VIEW, reason_zh=first.reason_zh, reason_en=first.reason_en, article=first.article_zh
        )
    return msgspec.structs.replace(
        verdict,
        action=worst([verdict.action, Action.FLAG]),
        # What the book contradicts says more than that a text looks staged; what is held or blocked says more still.
        rules=(*ours, *verdict.rules) if verdict.shown else (*verdict.rules, *ours),
        spans=(*verdict.spans, *spans),
        score=max(verdict.score, SCORE),
    )


def eased(verdict: Verdict, text: str, found: Sequence[Judgement]) -> Verdict:
    """The filter's verdict on a host's line, flagged where little but claims that the book knows held it."""
    rule_ids = {hit.rule_id for hit in verdict.rules}
    if verdict.action is Action.HOLD and rule_ids <= SUSPECTED | FELT and _is_mostly_known(text, found):
        return msgspec.structs.replace(verdict, action=Action.FLAG)
    return verdict


def _is_mostly_known(text: str, found: Sequence[Judgement]) -> bool:
    known = {
        place for each in found if each.truth is not Truth.UNKNOWN for place in range(each.claim.start, each.claim.end)
    }
    return bool(known) and len(known) >= MOST_SHARE * sum(char.isalnum() for char in text)


def without_suspected(verdict: Verdict, text: str, found: Sequence[Judgement]) -> Verdict:
    """The filter's verdict without what it only suspects of claims on which the book has its word."""
    if verdict.action is not Action.FLAG:
        return verdict
    known = [each for each in found if each.truth is not Truth.UNKNOWN]
    is_mostly_known = _is_mostly_known(text, found)

    def is_known(span: Span) -> bool:
        if span.rule_id in FELT:
            return is_mostly_known
        return span.rule_id in SUSPECTED and any(
            each.claim.start < span.end and span.start < each.claim.end for each in known
        )

    kept = tuple(span for span in verdict.spans if not is_known(span))
    dropped = {span.rule_id for span in verdict.spans} - {span.rule_id for span in kept}
    if not dropped:
        return verdict
    rules = tuple(hit for hit in verdict.rules if hit.rule_id not in dropped)
    if not rules:
        return allowed(verdict.pack_version)
    first = rules[0]
    return msgspec.structs.replace(
        verdict,
        rules=rules,
        spans=kept,
        reason_zh=first.reason_zh,
        reason_en=first.reason_en,
        article=first.article_zh,
    )
