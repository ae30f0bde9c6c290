"""Core: what a limited account may still do: speak slowly, without contacts, and show nothing of its own.

Which routes show something of one's own is the API's to know (server/api/limited.py).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec

from moderation.verdict import Action, Verdict

LINE_EVERY_S: Final = 10.0
SPEAKERS_REMEMBERED_MAX: Final = 10_000
CONTACT_RULES: Final = "CT"
"""How the ids of rules against contacts begin (moderation/packs/contact*.toml)."""


class Pace:
    """When limited accounts last spoke in the rooms of one owner."""

    def __init__(self) -> None:
        self._spoke_s: OrderedDict[tuple[str, str], float] = OrderedDict()

    def wait_s(self, room_id: str, person_id: str, now_s: float) -> float:
        """How long this person has to wait before the next line; at 0 the line counts as said now."""
        key = (room_id, person_id)
        wait_s = self._spoke_s.get(key, now_s - LINE_EVERY_S) + LINE_EVERY_S - now_s
        if wait_s > 0:
            return min(wait_s, LINE_EVERY_S)
        self._spoke_s[key] = now_s
        self._spoke_s.move_to_end(key)
        if len(self._spoke_s) > SPEAKERS_REMEMBERED_MAX:
            self._spoke_s.popitem(last=False)
        return 0.0


def without_contacts(verdict: Verdict) -> Verdict:
    """The verdict for a limited account: what merely hints at a contact is blocked."""
    if verdict.shown and any(hit.rule_id.startswith(CONTACT_RULES) for hit in verdict.rules):
        return msgspec.structs.replace(verdict, action=Action.BLOCK)
    return verdict
