"""Core: a path in words and as values. The words go to the account's owner too, so they name nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from moderation.links.graph import Path, Step
from moderation.links.identifiers import Kind
from moderation.verdict import Action, RuleHit, Verdict

RULE_ID: Final = "LK-CLOSED"
VERSION: Final = "links 1"

_KINDS_ZH: Final = {
    Kind.DEVICE: "同一设备",
    Kind.PHONE: "同一电话",
    Kind.ADDRESS_PHONE: "同一收货电话",
    Kind.PAYEE: "同一收款账户",
    Kind.BANK_CARD: "同一银行卡",
    Kind.NETWORK: "同一网络",
}
_KINDS_EN: Final = {
    Kind.DEVICE: "the same device",
    Kind.PHONE: "the same telephone",
    Kind.ADDRESS_PHONE: "the same telephone of an address",
    Kind.PAYEE: "the same payee account",
    Kind.BANK_CARD: "the same bank card",
    Kind.NETWORK: "the same network",
}


def step_value(step: Step) -> dict[str, Any]:
    """A step, without the hash."""
    return {
        "from_id": step.from_id,
        "to_id": step.to_id,
        "kind": step.kind.value,
        "strength": round(step.strength, 2),
        "shared_by": step.shared_by,
        "last_at": step.last_at,
    }


def path_value(path: Path) -> list[dict[str, Any]]:
    """A path, step by step."""
    return [step_value(step) for step in path.steps]


def comeback_verdict(paths: Sequence[Path]) -> Verdict:
    """Why a moderator is to look at an account: flagged, never more."""
    strongest = paths[0]
    zh = "，再".join(_KINDS_ZH[step.kind] for step in strongest.steps)
    en = ", then ".join(_KINDS_EN[step.kind] for step in strongest.steps)
    hit = RuleHit(
        rule_id=RULE_ID,
        title_zh="与已关闭的账号有关联",
        title_en="Linked to a closed account",
        article_zh="《反电信网络诈骗法》第二十二条",
        article_en="Anti-Telecom and Online Fraud Law, article 22",
        reason_zh=f"与一个因违规关闭的账号使用{zh}。这只是线索，由人判断。",
        reason_en=f"It shares {en} with an account that was closed for a violation. A lead: a person judges.",
        action=Action.FLAG,
        weight=strongest.strength,
    )
    return Verdict(
        action=Action.FLAG,
        rules=(hit,),
        spans=(),
        score=min(1.0, strongest.strength),
        view="links",
        reason_zh=hit.reason_zh,
        reason_en=hit.reason_en,
        article=hit.article_zh,
        pack_version=VERSION,
    )
