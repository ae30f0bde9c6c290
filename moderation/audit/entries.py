"""Core: rows of the log against the rows that they tell, and what is said of those that don't agree.

A body names its fields: in the clear, or as a commitment. So it holds for the columns that its table had when it was
written, whatever was added to the table since. Values are compared as jsonb writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from moderation.audit.tree import hash_leaf

TABLES: Final[Mapping[str, tuple[str, str]]] = {
    "verdict": ("moderation.verdict", "verdict_id"),
    "action": ("moderation.action", "action_id"),
    "report": ("moderation.report", "report_id"),
    "appeal": ("moderation.appeal", "appeal_id"),
    "appeal_answer": ("moderation.appeal_answer", "appeal_id"),
    "second": ("moderation.second", "action_id"),
    "second_look": ("moderation.second_look", "action_id"),
    "lead_export": ("moderation.lead_export", "export_id"),
}
"""Where the rows stand that a source tells, and their key."""
TAKING: Final = ("erasure", "expiry")
"""What takes words and salts: of a person, and of what is older than it is kept."""
HIDING: Final = ("mask", "hold", "block", "ratelimit")
"""Verdicts that are told; the others hid nothing."""

_BLANK: Final[tuple[Any, ...]] = (None, "", [], {})
_KEPT_AFTER_ERASURE: Final = ("reason",)
"""A moderator's own words outlive the erasure of whom they are about."""


class Fault(Enum):
    """What was done to the log."""

    EDITED = "edited"
    DELETED = "deleted"
    ADDED = "added"
    """A row that is not in the log."""
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    ERASED = "erased_unsaid"
    """Words or salts that are gone without an erasure that the log tells."""
    LIFTED = "lifted_unsaid"
    """A sanction that holds no more without a decision."""
    TREE = "tree"
    """The rows don't give a signed root."""
    HEAD = "head"
    """A head that is forged, missing or of an unknown key."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    what: str
    """In words."""
    leaf_index: int | None = None
    source: str | None = None
    row_id: UUID | None = None
    fields: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "fault": self.fault.value,
            "what": self.what,
            "leaf_index": self.leaf_index,
            "source": self.source,
            "row_id": str(self.row_id) if self.row_id is not None else None,
            "fields": list(self.fields),
        }


class Sealed(msgspec.Struct, frozen=True):
    """Commitments, in hexadecimal, by field and by whose salt they were made with."""

    subject: dict[str, str] = {}
    actor: dict[str, str] = {}


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leaf says."""

    v: int
    source: str
    row: UUID
    fields: dict[str, Any]
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log as the database has it."""

    entry_no: int
    source: str
    row_id: UUID
    body: str
    subject_id: UUID | None
    actor_id: UUID | None
    subject_salt: bytes | None
    actor_salt: bytes | None
    subject_erased_by: int | None
    actor_erased_by: int | None
    leaf_index: int | None
    leaf_hash: bytes
    is_newest: bool
    """Whether no later entry tells the same row."""

    def hashed(self) -> bytes:
        """The hash of what the row says now."""
        return hash_leaf(self.body.encode())


def commitment(salt: bytes, name: str, value_text: str) -> str:
    """The commitment to a field's value, as jsonb writes it."""
    return sha256(salt + name.encode() + b"\x00" + value_text.encode()).hexdigest()


def read_body(text: str) -> Body | None:
    """What a leaf says; None for what nobody of us wrote."""
    try:
        body = msgspec.json.decode(text, type=Body)
    except msgspec.DecodeError:
        return None
    return body if body.v == 1 else None


def check_entry(entry: Entry, row: Mapping[str, str] | None, erasures: frozenset[int]) -> list[Finding]:
    """What is wrong with an entry and the row that it tells.

    `row`: each field's value as jsonb writes it; None where the row is gone. `erasures`: the entries of all erasures.
    """
    body = read_body(entry.body)
    if body is None or (body.source, body.row) != (entry.source, entry.row_id):
        return [_finding(Fault.EDITED, entry, "the log's own row does not say what it is about")]
    findings = []
    if entry.hashed() != entry.leaf_hash:
        findings.append(_finding(Fault.EDITED, entry, "the log's own row was edited"))
    findings += _unsaid(entry, erasures)
    if entry.source in TAKING or not entry.is_newest:
        return findings
    if entry.source not in TABLES:
        return [*findings, _finding(Fault.EDITED, entry, "this source is not known")]
    if row is None:
        return [*findings, _finding(Fault.DELETED, entry, f"the {entry.source} is gone")]
    return findings + _compared(entry, body, row)


def _unsaid(entry: Entry, erasures: frozenset[int]) -> list[Finding]:
    """Salts that nothing in the log says were taken."""
    return [
        _finding(Fault.ERASED, entry, f"the {whose}'s salt is gone, and no erasure says so")
        for whose, salt, erased_by in (
            ("subject", entry.subject_salt, entry.subject_erased_by),
            ("actor", entry.actor_salt, entry.actor_erased_by),
        )
        if salt is None and erased_by not in erasures
    ]


def _compared(entry: Entry, body: Body, row: Mapping[str, str]) -> list[Finding]:
    changed = [name for name, value in body.fields.items() if name not in row or _value(row[name]) != value]
    filled = []
    for whose, salt, owner_id in (
        (body.sealed.subject, entry.subject_salt, entry.subject_id),
        (body.sealed.actor, entry.actor_salt, entry.actor_id),
    ):
        for name, kept in whose.items():
            if salt is not None:
                if name not in row or commitment(salt, name, row[name]) != kept:
                    changed.append(name)
            elif not _may_outlive(name) and _value(row.get(name, "null")) not in _BLANK:
                filled.append(name)
            if name in _OWNERS and salt is not None and _value(row.get(name, "null")) != _text(owner_id):
                changed.append(f"audit:{name}")
    findings = []
    if changed:
        words = f"the {entry.source} was edited: {', '.join(sorted(set(changed)))}"
        findings.append(_finding(Fault.EDITED, entry, words, tuple(sorted(set(changed)))))
    if filled:
        words = f"the {entry.source} has words that were erased: {', '.join(filled)}"
        findings.append(_finding(Fault.EDITED, entry, words, tuple(filled)))
    return findings


_OWNERS: Final = ("subject_id", "sender_id", "reporter_id", "person_id", "actor_id")


def _may_outlive(name: str) -> bool:
    return name.endswith("_id") or name in _KEPT_AFTER_ERASURE


def _text(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id is not None else None


def _value(text: str) -> Any:
    return msgspec.json.decode(text)


def _finding(fault: Fault, entry: Entry, what: str, fields: tuple[str, ...] = ()) -> Finding:
    return Finding(fault, what, entry.leaf_index, entry.source, entry.row_id, fields)
