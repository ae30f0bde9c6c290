"""Core: what an employer wants to post, and what is wrong with it or still missing.

What must be there is what the five-ministry notice of January 2026 on recruitment information asks of every post: the
employer, how many are wanted, what is required of them, what they will do, where, the base pay, and until when it
holds. Base pay is a part of the total, so a total below it is a slip, or bait.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from commerce.shelf.offers import (
    DESCRIPTION_CHARS_MAX,
    EMPLOYER_CHARS_MAX,
    HEADCOUNT_MAX,
    LABEL_CHARS_MAX,
    LABELS_MAX,
    PAY_UNITS,
    PRICE_MINOR_MAX,
    TITLE_CHARS_MAX,
    Faults,
)

VALID_YEAR_MAX: Final = 2200
"""No post holds longer: the last years that a date can say overflow when they are moved to another time zone."""
EMPLOYMENTS: Final = ("full_time", "part_time", "temporary", "intern", "dispatch")

_TEXTS: Final = {
    "title": TITLE_CHARS_MAX,
    "employer": EMPLOYER_CHARS_MAX,
    "place": TITLE_CHARS_MAX,
    "shift": TITLE_CHARS_MAX,
    "description": DESCRIPTION_CHARS_MAX,
}
_AMOUNTS: Final = ("base_min_minor", "base_max_minor", "pay_min_minor", "pay_max_minor")
REQUIRED: Final = (
    "title",
    "employer",
    "headcount",
    "place",
    *_AMOUNTS,
    "employment",
    "requirements",
    "description",
    "valid_until",
)
"""Without these a post is not published."""


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A post as it is written: everything but the title may still be missing (empty, or None)."""

    title: str
    employer: str = ""
    headcount: int | None = None
    place: str = ""
    base_min_minor: int | None = None
    """The least base pay, for each `pay_unit`, in minor units of `currency`."""
    base_max_minor: int | None = None
    pay_min_minor: int | None = None
    """The least that comes together in all, base pay included."""
    pay_max_minor: int | None = None
    currency: str = "CNY"
    pay_unit: str = "month"
    employment: str = ""
    shift: str = ""
    benefits: Sequence[str] = field(default_factory=tuple)
    requirements: Sequence[str] = field(default_factory=tuple)
    description: str = ""
    valid_until: datetime | None = None

    def faults(self, now: datetime, *, is_draft: bool = False) -> Faults:
        """What is wrong with it, by field; empty where nothing is. Of a draft, nothing but a title is missing.

        Codes: `missing`, `length`, `range`, `order` (the most is less than the least), `below_base`, `choice`, `count`,
        `past`.
        """
        values = asdict(self)
        required = ("title",) if is_draft else REQUIRED
        faults = {name: "missing" for name in required if is_missing(values[name])}
        faults |= {name: "length" for name, most in _TEXTS.items() if len(values[name]) > most}
        faults |= self._pay_faults()
        if self.pay_unit not in PAY_UNITS:
            faults["pay_unit"] = "choice"
        if self.employment and self.employment not in EMPLOYMENTS:
            faults["employment"] = "choice"
        if self.headcount is not None and not 0 < self.headcount <= HEADCOUNT_MAX:
            faults["headcount"] = "range"
        if self.valid_until is not None:
            if self.valid_until.year > VALID_YEAR_MAX:
                faults["valid_until"] = "range"
            elif self.valid_until <= now:
                faults["valid_until"] = "past"
        for name, labels in (("benefits", self.benefits), ("requirements", self.requirements)):
            if len(labels) > LABELS_MAX:
                faults[name] = "count"
            elif any(not 1 <= len(label.strip()) <= LABEL_CHARS_MAX for label in labels):
                faults[name] = "length"
        return faults

    def _pay_faults(self) -> Faults:
        amounts: Mapping[str, int | None] = {name: getattr(self, name) for name in _AMOUNTS}
        faults = {
            name: "range" for name, minor in amounts.items() if minor is not None and not 0 < minor <= PRICE_MINOR_MAX
        }
        for least, most, code in (
            ("base_min_minor", "base_max_minor", "order"),
            ("pay_min_minor", "pay_max_minor", "order"),
            ("base_min_minor", "pay_min_minor", "below_base"),
            ("base_max_minor", "pay_max_minor", "below_base"),
        ):
            low, high = amounts[least], amounts[most]
            if low is not None and high is not None and high < low:
                faults.setdefault(most, code)
        return faults

    def texts(self) -> Iterator[str]:
        """Every line of it that others may read."""
        yield from (text for text in (self.title, self.employer, self.place, self.shift, self.description) if text)
        yield from self.benefits
        yield from self.requirements


def is_missing(value: Any) -> bool:
    """Whether a field of a post says nothing."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ((), [])
