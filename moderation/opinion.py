"""Core: what the linear model's score means: which action, for whom, and the words the sender is told.

The model alone flags or holds and never blocks. Asked about a text that rules would act on, it is told which, and
overrules them where the whole text is harmless: rules know words near each other, the model knows how warnings,
denials and quoted law sound. Advice against fraud, and short questions and complaints of viewers, it never flags. A
viewer's overclaim is at most looked at by a person, and so are cards and titles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from moderation.model import CLAIM, CONTACT, FRAUD, JOBS, Model, Scored
from moderation.spans import mark
from moderation.verdict import Action, Category, Role, RuleHit, Span, Verdict
from moderation.views import EMOJI, FOLDED, MERGED, TIGHT, Views

SHORT_TALK_CHARS_MAX = 60
"""Longer texts of a viewer are messages, whose 退款 or 吗 excuses nothing."""
EXCUSED = "?"
"""Added to the id of a rule that a word elsewhere in the text excuses: the model trusts it by itself."""
CALM_LISTS = ("advice",)
CALM_SHORT_LISTS = ("asking", "complaint", "warning")
CALM_SCORE_MAX = 0.9
"""A text that the model is surer of says 被骗 or 切勿 for another reason than to advise."""
_RISK_MAX = 0.9
_HARMLESS_MARGINS = {
    action.severity: margin for action, margin in zip(Action, (0.0, 0.3, 0.3, 0.3, 1.5, 2.5), strict=True)
}
"""How far below the flag threshold a text is thought harmless, by what the rules would do."""
_DOUBTFUL_MARGIN = 0.5
"""How far below it a text is shown, and looked at by a person."""
_ZERO = "零"
_SPELT = re.compile("[零一二三四五六七八九](?:[.]?[零一二三四五六七八九])+")
_DIGITS = str.maketrans("零一二三四五六七八九", "0123456789")
"""一八零元 is read as it is meant; numbers without a zero (三二一, 五五开) may be words."""
READ_VIEWS = frozenset({FOLDED, TIGHT, EMOJI, MERGED})
"""What the model can judge: it reads plain words only."""
_SURE_RULES = frozenset(
    {
        "CT001",
        "CT002",
        "CT003",
        "CT004",
        "CT005",
        "CT008",
        "CT012",
        "CT013",
        "EN001",
        "JS001",
        "OC002",
        "OC004",
        "OC006",
        "OC007",
    }
)
"""They rest on a number or address, on healing by name or on a deposit asked for: what takes their sting stands in the
rules' exemptions, and who swears to be no swindler sounds to the model like a warning."""
_TOLD_RULES = frozenset({"JS001", "OC002", "OC004"})
"""Those of them that rest on words: a viewer who tells of a deposit or a cure may have paid or taken it."""
_LISTED = frozenset({Role.CARD, Role.TITLE})
"""Honest adverts promise things, too: a person looks at these."""

_HITS = {
    FRAUD: RuleHit(
        rule_id="LM001",
        title_zh="疑似诈骗话术",
        title_en="Reads like a scam",
        article_zh="《反电信网络诈骗法》第二十五条",
        article_en="Anti-Telecom Fraud Law, art. 25",
        reason_zh="整段文字与常见诈骗话术相近, 标出的词句最为可疑。",
        reason_en="The text reads like common scams; the marked words weigh most.",
        action=Action.FLAG,
        weight=0.5,
    ),
    CLAIM: RuleHit(
        rule_id="LM002",
        title_zh="疑似夸大宣传",
        title_en="Reads like an overclaim",
        article_zh="《广告法》第十七条、第二十八条",
        article_en="Advertising Law, art. 17 and 28",
        reason_zh="整段文字与常见夸大宣传相近, 标出的词句最为可疑。",
        reason_en="The text reads like common overclaims; the marked words weigh most.",
        action=Action.FLAG,
        weight=0.4,
    ),
    JOBS: RuleHit(
        rule_id="LM003",
        title_zh="疑似求职陷阱",
        title_en="Reads like a job scam",
        article_zh="《人力资源市场暂行条例》第二十四条",
        article_en="Human Resources Market Regulation, art. 24",
        reason_zh="整段文字与常见求职陷阱相近, 标出的词句最为可疑。",
        reason_en="The text reads like common job scams; the marked words weigh most.",
        action=Action.FLAG,
        weight=0.5,
    ),
    CONTACT: RuleHit(
        rule_id="LM004",
        title_zh="疑似引导站外联系",
        title_en="Reads like a call to deal elsewhere",
        article_zh="《反电信网络诈骗法》第二十五条; 平台规则",
        article_en="Anti-Telecom Fraud Law, art. 25; platform rules",
        reason_zh="整段文字像是在引导他人到站外联系, 标出的词句最为可疑。",
        reason_en="The text reads like leading people off the platform; the marked words weigh most.",
        action=Action.FLAG,
        weight=0.4,
    ),
}


def _as_digits(spelt: re.Match[str]) -> str:
    return spelt[0].translate(_DIGITS)


def as_read(merged: str) -> str:
    """A text with split characters merged, as the model reads it."""
    return _SPELT.sub(_as_digits, merged) if _ZERO in merged else merged


def asked(
    model: Model,
    views: Views,
    role: Role,
    category: Category,
    rules: Sequence[RuleHit] = (),
    *,
    excused: bool = False,
) -> Scored | None:
    """What the model says about a text to which rules apply, or would but for an excuse; None for nothing."""
    mark = EXCUSED if excused else ""
    ids = [rule.rule_id + mark for rule in rules]
    return model.judge(as_read(views.merged().text), role, category, questioned="?" in views.folded.text, rules=ids)


def harmless_margin(view: str, rules: Sequence[RuleHit]) -> float:
    """How far below the flag threshold the model must find a text for rules to be dropped; endless where they stand,
    or, of a viewer, flag at least.

    The model reads plain words only: what rules found under a heavier disguise, or by a detector, it can't judge.
    """
    if view not in READ_VIEWS or any(rule.rule_id in _SURE_RULES for rule in rules):
        return float("inf")
    return max(_HARMLESS_MARGINS[rule.action.severity] for rule in rules)


def overruled(scored: Scored, verdict: Verdict, role: Role) -> Action | None:
    """What becomes of a text that rules would act on and the model finds harmless; None where the rules stand."""
    margin = harmless_margin(verdict.view, verdict.rules) if verdict.rules else 0.0
    sure = {rule.rule_id for rule in verdict.rules} & _SURE_RULES
    told = role is Role.VIEWER and verdict.view in READ_VIEWS and sure <= _TOLD_RULES
    if margin == float("inf") and not told:
        return None
    if scored.score < -margin:
        return Action.ALLOW
    mild = verdict.action.severity <= Action.FLAG.severity
    return Action.FLAG if not mild and scored.score < -_DOUBTFUL_MARGIN else None


def opinion(scored: Scored, views: Views, role: Role, *, calm: bool = False) -> tuple[RuleHit, list[Span]]:
    """The model's word as a rule hit, and the spans that weigh most in the original; `calm` texts are never held."""
    known = _HITS[scored.family]
    mild = calm or role in (Role.SPEECH, Role.SCREEN)
    mild |= role in _LISTED or (role is Role.VIEWER and scored.family == CLAIM)
    action = Action.HOLD if scored.hold and not mild else Action.FLAG
    view = views.merged()
    spans = mark(views, [view.folded_span(start, end) for start, end in scored.spans], known.rule_id)
    weight = round(min(known.weight + 0.1 * scored.score, _RISK_MAX), 4)
    hit = RuleHit(
        known.rule_id,
        known.title_zh,
        known.title_en,
        known.article_zh,
        known.article_en,
        known.reason_zh,
        known.reason_en,
        action,
        weight,
    )
    return hit, spans
