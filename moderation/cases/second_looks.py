"""Core: which decisions are looked at again by somebody else who does not know what was decided.

A fixed share, chosen by the decision's id alone, so that nobody can tell beforehand and anybody can check afterwards.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final
from uuid import UUID

SHARE: Final = 0.1
LOOKED_AT_WITHIN: Final = timedelta(days=7)
"""What nobody has looked at by then is looked at no more."""

_PARTS: Final = 1 << 32


def is_sampled(action_id: UUID) -> bool:
    """Whether this decision is looked at again."""
    place = int.from_bytes(hashlib.sha256(b"second look" + action_id.bytes).digest()[:4])
    return place < SHARE * _PARTS
