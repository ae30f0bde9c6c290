"""Core: whether a line that a room's own people took down only complained: a bad review, a warning, a refund.

The words are those that shield complaints from the filter (moderation/packs/context.toml). Being too quick to say so
costs a moderator a glance; nothing is decided by it.
"""

from __future__ import annotations

import re
import tomllib
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Final

from moderation.folding import fold

TEXT_CHARS_MAX: Final = 500
_LISTS: Final = ("complaint", "warning")
_DENIALS: Final = "assurance"
_BETWEEN: Final = re.compile(r"[\W_]+")


class Likeness(Enum):
    """What a line that was taken down looks like."""

    COMPLAINT = "complaint"
    FILTERED = "filtered"
    """The filter had something against it too."""
    OTHER = "other"


def likeness(text: str, *, is_filtered: bool) -> Likeness:
    """What a line looks like; what the filter flagged or held is no mere complaint."""
    if is_filtered:
        return Likeness.FILTERED
    return Likeness.COMPLAINT if complains(text) else Likeness.OTHER


def complains(text: str) -> bool:
    """Whether a line complains or warns; "这不骗人" does neither."""
    words, denials = _patterns()
    plain = denials.sub("", _BETWEEN.sub("", fold(text[:TEXT_CHARS_MAX])))
    return words.search(plain) is not None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    pack = tomllib.loads((files("moderation") / "packs" / "context.toml").read_text("utf-8"))["lists"]
    words = "|".join(word for name in _LISTS for word in pack[name])
    return re.compile(words), re.compile("|".join(pack[_DENIALS]))
