"""Core: what is to be put right before a show: a room's words, goods and posts, as filter, order book and law see them.

An item passes; or it is shown and somebody should look at it (warn); or it can't be shown at all (block): then pushing
its card is refused, and the report says so beforehand. The same filter and the same book decide here and there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from commerce.jobs.drafts import REQUIRED, JobDraft, is_missing
from commerce.shelf.claim_facts import Goods, Judgement, Truth
from commerce.shelf.claims import Said
from moderation.verdict import Action, RuleHit, Verdict
from server.api.pre_stream_words import WORDS
from server.claims.judging import judgements, with_claims
from server.claims.words import RULES
from server.people.rooms import LATE_MAX, Room

DecideField = Callable[[str], Verdict]
"""The filter's verdict on a text that stands where the item's texts stand."""
Spans = Sequence[Sequence[int]]

_UNPROVEN: Final = frozenset({Said.OTHERS_PRICE, Said.LOWEST, Said.LOWEST_HERE, Said.FORMER_PRICE})
"""What the law asks a basis for, and the order book has none."""

ALL_FIELDS: Final = "all"
"""Named as the field where the texts offend together."""


class Level(Enum):
    """How an item stands, best first."""

    FINE = "pass"
    WARN = "warn"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right."""

    code: str
    level: Level
    place: str = ""
    """The item's field: title, description, skus and so on; empty where it is of the whole."""
    text: str = ""
    """The field's words, which the spans are of."""
    spans: Spans = ()
    rule: RuleHit | None = None

    def to_json(self) -> dict[str, Any]:
        what, todo = WORDS[self.code]
        told = None if self.rule is None else _rule_told(self.rule)
        return {
            "code": self.code,
            "verdict": self.level.value,
            "field": self.place,
            "text": self.text,
            "spans": self.spans,
            "rule": told,
            "what": {"zh": what[0], "en": what[1]} if told is None else told["title"],
            "todo": {"zh": todo[0], "en": todo[1]},
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """A thing of the show, with what was found."""

    kind: str
    """title, organisation, stream_key, schedule, line_up, product or job."""
    title: str
    findings: Sequence[Finding] = ()
    item_id: str | None = None
    """Of the line-up."""

    @property
    def level(self) -> Level:
        return worst_level(finding.level for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "item_id": self.item_id,
            "title": self.title,
            "verdict": self.level.value,
            "findings": [finding.to_json() for finding in self.findings],
        }


def report(checked: Sequence[Checked], now: datetime) -> dict[str, Any]:
    """The value of a `PreStreamReport`."""
    level = worst_level(each.level for each in checked)
    zh, en = WORDS[f"overall_{level.value}"][0]
    return {
        "verdict": level.value,
        "summary": {"zh": zh, "en": en},
        "counts": {each.value: sum(one.level is each for one in checked) for each in Level},
        "checked_at": now,
        "items": [each.to_json() for each in checked],
    }


def worst_level(levels: Iterable[Level]) -> Level:
    """The worst of some; pass, if there are none."""
    return max(levels, key=lambda level: level.rank, default=Level.FINE)


# ---- The room --------------------------------------------------------------------------------------------------------


def check_title(room: Room, decide: DecideField, shown: Sequence[Goods]) -> Checked:
    """The room's title, which may claim something of the goods in the line-up."""
    return Checked("title", room.title, list(check_texts([("title", room.title)], decide, None, shown)))


def check_organisation(room: Room, decide: DecideField) -> Checked:
    """The name that stands on every card and in the lobby."""
    return Checked("organisation", room.org_name, list(check_texts([("name", room.org_name)], decide, None, ())))


def check_stream_key(*, on_air: bool, was_on_air: bool) -> Checked:
    """Whether its stream key is known to work: a room's first one is known to nobody."""
    unused = not on_air and not was_on_air
    return Checked("stream_key", "", [Finding("never_on_air", Level.WARN)] if unused else [])


def check_schedule(room: Room, now: datetime, *, on_air: bool) -> Checked:
    """Whether an announced time still stands; announcing none is fine."""
    late = room.scheduled_at is not None and not on_air and now > room.scheduled_at + LATE_MAX
    return Checked("schedule", "", [Finding("schedule_over", Level.WARN)] if late else [])


def check_line_up(items: Sequence[Any]) -> Checked:
    """Whether there is anything to show."""
    return Checked("line_up", "", [] if items else [Finding("line_up_empty", Level.WARN)])


# ---- What is shown ---------------------------------------------------------------------------------------------------


def check_product(
    product: Mapping[str, Any], goods: Goods, decide: DecideField, *, item_id: str, removed: bool
) -> Checked:
    """A product of the line-up, as its seller sees it; `removed`: a moderator took its card off in this room."""
    on_sale = [sku for sku in product["skus"] if sku["state"] == "on_sale"]
    findings = [Finding(code, level) for code, level in _product_faults(product, on_sale, removed=removed)]
    texts = [(name, product[name]) for name in ("title", "description", "origin", "promise") if product[name]]
    texts += [("skus", sku["name"]) for sku in on_sale]
    findings += check_texts(texts, decide, goods, [goods])
    return Checked("product", product["title"], findings, item_id)


def _product_faults(
    product: Mapping[str, Any], on_sale: Sequence[Mapping[str, Any]], *, removed: bool
) -> Iterator[tuple[str, Level]]:
    if removed:
        yield "removed", Level.BLOCK
    if product["state"] != "on_sale" or not on_sale:
        yield "not_on_sale", Level.BLOCK
    elif not any(sku["available"] > 0 for sku in on_sale):
        yield "sold_out", Level.WARN
    if not product["origin"].strip():
        yield "no_origin", Level.WARN
    if product["image_url"] is None:
        yield "no_photo", Level.WARN
    if not product["description"].strip():
        yield "no_description", Level.WARN


def check_job(
    draft: JobDraft, state: str, decide: DecideField, now: datetime, *, item_id: str, removed: bool
) -> Checked:
    """A post of the line-up."""
    findings = [Finding("removed", Level.BLOCK)] if removed else []
    if state != "open":
        findings.append(Finding("post_not_open", Level.BLOCK))
    if draft.valid_until is not None and draft.valid_until <= now:
        findings.append(Finding("post_over", Level.BLOCK))
    findings += [Finding("post_lacks", Level.WARN, place=name) for name in REQUIRED if is_missing(getattr(draft, name))]
    texts = [(name, str(getattr(draft, name))) for name in ("title", "employer", "place", "shift", "description")]
    texts += [(name, label) for name in ("benefits", "requirements") for label in getattr(draft, name)]
    findings += check_texts([(name, text) for name, text in texts if text], decide, None, ())
    return Checked("job", draft.title, findings, item_id)


def check_texts(
    texts: Sequence[tuple[str, str]], decide: DecideField, meant: Goods | None, shown: Sequence[Goods]
) -> Iterator[Finding]:
    """What filter and order book say of an item's texts, each by itself and all together."""
    worst = Level.FINE
    for name, text in texts:
        found = judgements(text, meant, shown)
        verdict = with_claims(decide(text), text, found)
        worst = worst_level([worst, _level(verdict)])
        yield from _findings(name, text, verdict)
        yield from _unproven(name, text, verdict, found)
    if len(texts) > 1:
        whole = "\n".join(text for _, text in texts)
        verdict = decide(whole)
        # What is flagged of texts together, and of none of them, names nothing that one could change.
        if _level(verdict) is Level.BLOCK and worst is not Level.BLOCK:
            yield from _findings(ALL_FIELDS, whole, verdict)


def _level(verdict: Verdict) -> Level:
    """What is flagged is stored and shown all the same: a warning; whatever else is not allowed is refused."""
    if verdict.action is Action.ALLOW:
        return Level.FINE
    return Level.WARN if verdict.action is Action.FLAG else Level.BLOCK


def _findings(name: str, text: str, verdict: Verdict) -> Iterator[Finding]:
    for hit in verdict.rules:
        spans = [[span.start, span.end] for span in verdict.spans if span.rule_id == hit.rule_id]
        code = "claim_false" if hit.rule_id in RULES else "words"
        level = Level.WARN if code == "claim_false" else _level(verdict)
        yield Finding(code, level, name, text, spans, hit)


def _unproven(name: str, text: str, verdict: Verdict, found: Sequence[Judgement]) -> Iterator[Finding]:
    """Claims that nobody here can prove; where a rule speaks of the same words already, once is enough."""
    for each in found:
        start, end = each.claim.start, each.claim.end
        told = any(span.start < end and start < span.end for span in verdict.spans)
        if each.truth is Truth.UNKNOWN and each.claim.said in _UNPROVEN and not told:
            yield Finding("claim_unproven", Level.WARN, name, text, [[start, end]])


def _rule_told(hit: RuleHit) -> dict[str, Any]:
    return {
        "id": hit.rule_id,
        "title": {"zh": hit.title_zh, "en": hit.title_en},
        "article": {"zh": hit.article_zh, "en": hit.article_en},
        "reason": {"zh": hit.reason_zh, "en": hit.reason_en},
        "action": hit.action.value,
    }
