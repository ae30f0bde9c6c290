"""Core: what of texts that are stored the order book contradicts, joined with what the filter flagged of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from commerce.shelf.claim_facts import Goods
from commerce.shelf.claims import claims_in
from moderation.verdict import Action, allowed
from server.casework.queueing import Flagged
from server.claims.judging import VIEW, judgements, with_claims


def makes_claims(texts: Iterable[str]) -> bool:
    """Whether the goods are worth asking for."""
    return bool(claims_in("\n".join(texts)))


def with_doubts(
    flagged: Sequence[Flagged], texts: Iterable[str], meant: Goods | None, shown: Sequence[Goods]
) -> list[Flagged]:
    """What a person is to look at: what the filter flagged, and false claims of `texts`, which are shown together."""
    whole = "\n".join(texts)
    found = judgements(whole, meant, shown)
    if not found:
        return list(flagged)
    same = next((each for each in flagged if each.text == whole), None)
    verdict = with_claims(allowed(VIEW) if same is None else same.verdict(), whole, found)
    rest = [each for each in flagged if each is not same]
    return rest if verdict.action is Action.ALLOW else [*rest, Flagged(whole, [(0, verdict)])]
