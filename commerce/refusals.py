"""Core: how commerce says no. A refusal is a value with a code and facts; clients put it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SOLD_OUT: Final = "sold_out"  # facts: available
PRICE_CHANGED: Final = "price_changed"  # facts: price_minor, currency, price_version
NOT_ON_SALE: Final = "not_on_sale"
QUANTITY: Final = "quantity"  # facts: quantity_min, quantity_max
NOT_FOUND: Final = "not_found"
WRONG_STATE: Final = "wrong_state"  # facts: state
IDEMPOTENCY_MISMATCH: Final = "idempotency_mismatch"
ALREADY_SHOWN: Final = "already_shown"  # facts: card_id
TOO_MANY_CARDS: Final = "too_many_cards"  # facts: cards_max
LIMIT_REACHED: Final = "limit_reached"  # facts: limit_max
INVALID: Final = "invalid"  # facts: fields, a code for each
RESUME_MISSING: Final = "resume_missing"
ALREADY_APPLIED: Final = "already_applied"  # facts: application_id
POST_CLOSED: Final = "post_closed"
BAD_SIGNATURE: Final = "bad_signature"
BAD_WEBHOOK: Final = "bad_webhook"

CODES: Final = frozenset(
    {
        SOLD_OUT,
        PRICE_CHANGED,
        NOT_ON_SALE,
        QUANTITY,
        NOT_FOUND,
        WRONG_STATE,
        IDEMPOTENCY_MISMATCH,
        ALREADY_SHOWN,
        TOO_MANY_CARDS,
        LIMIT_REACHED,
        INVALID,
        RESUME_MISSING,
        ALREADY_APPLIED,
        POST_CLOSED,
        BAD_SIGNATURE,
        BAD_WEBHOOK,
    }
)


@dataclass(frozen=True, slots=True)
class Refused:
    """The rules said no, and nothing was changed."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.code in CODES, self.code
