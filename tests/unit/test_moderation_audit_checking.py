"""Rows against what they tell, and the tree against its heads: what was done, what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from moderation.audit.checking import TreeCheck
from moderation.audit.entries import Entry, Fault, Finding, check_entry, commitment
from moderation.audit.heads import Head, HeadKey, TrustedKeys
from moderation.audit.tree import hash_leaf, root_of

KEY = HeadKey(bytes(range(32)))
KEYS = TrustedKeys([KEY.public_key])
ROW, SUBJECT, ACTOR = UUID(int=1), UUID(int=2), UUID(int=3)
SALTS = (b"s" * 32, b"a" * 32)
STORED = {
    "action_id": json.dumps(str(ROW)),
    "kind": '"remove"',
    "subject_id": json.dumps(str(SUBJECT)),
    "text": '"一句话"',
    "reason": '"看过了"',
    "facts": '{"spans": [[0, 1]]}',
    "actor_id": json.dumps(str(ACTOR)),
    "added_later": "null",
}


def entry() -> Entry:
    body = json.dumps(
        {
            "v": 1,
            "source": "action",
            "row": str(ROW),
            "fields": {"action_id": str(ROW), "kind": "remove"},
            "sealed": {
                "subject": {
                    name: commitment(SALTS[0], name, STORED[name]) for name in ("subject_id", "text", "reason", "facts")
                },
                "actor": {"actor_id": commitment(SALTS[1], "actor_id", STORED["actor_id"])},
            },
        }
    )
    return Entry(1, "action", ROW, body, SUBJECT, ACTOR, *SALTS, None, None, 0, hash_leaf(body.encode()), True)


def faults(findings: list[Finding]) -> list[tuple[Fault, tuple[str, ...]]]:
    return [(finding.fault, finding.fields) for finding in findings]


def test_a_row_as_it_was_told_is_well_whatever_was_added_to_its_table() -> None:
    assert check_entry(entry(), STORED, frozenset()) == []


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"kind": '"approve"'}, ("kind",)),
        ({"text": '"另一句"'}, ("text",)),
        ({"text": '""', "reason": '""'}, ("reason", "text")),
        ({"facts": "{}"}, ("facts",)),
    ],
)
def test_changed_fields_are_named(changed: dict[str, str], fields: tuple[str, ...]) -> None:
    assert faults(check_entry(entry(), STORED | changed, frozenset())) == [(Fault.EDITED, fields)]


def test_a_field_or_a_row_that_is_gone() -> None:
    without = {name: value for name, value in STORED.items() if name != "text"}
    assert faults(check_entry(entry(), without, frozenset())) == [(Fault.EDITED, ("text",))]
    assert faults(check_entry(entry(), None, frozenset())) == [(Fault.DELETED, ())]
    assert check_entry(replace(entry(), is_newest=False), None, frozenset()) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"body": "{}"},
        {"body": "nothing"},
        {"row_id": UUID(int=9)},
        {"source": "verdict"},
        {"leaf_hash": bytes(32)},
    ],
)
def test_the_logs_own_row(changed: dict[str, Any]) -> None:
    found = check_entry(replace(entry(), **changed), STORED, frozenset())
    assert faults(found) == [(Fault.EDITED, ())]


def test_whose_row_it_is_cannot_be_moved() -> None:
    found = check_entry(replace(entry(), subject_id=UUID(int=9)), STORED, frozenset())
    assert faults(found) == [(Fault.EDITED, ("audit:subject_id",))]


def test_an_erased_row_is_well_when_the_log_says_so() -> None:
    erased = replace(entry(), subject_salt=None, subject_id=None, subject_erased_by=7)
    blank = STORED | {"text": '""', "facts": "{}"}
    assert check_entry(erased, blank, frozenset({7})) == []
    assert faults(check_entry(erased, blank, frozenset())) == [(Fault.ERASED, ())]
    assert faults(check_entry(erased, STORED, frozenset({7}))) == [(Fault.EDITED, ("text", "facts"))]


# ---- The tree -------------------------------------------------------------------------------------------------------

HASHES = [hash_leaf(b"%d" % number) for number in range(10)]
SIZES = (4, 7, 10)
HEADS = [KEY.sign(size, root_of(HASHES[:size]), size) for size in SIZES]


def check(
    own: dict[int, bytes], *, heads: list[Head] = HEADS, kept: list[Head] | None = None, leaves: list[bytes] = HASHES
) -> list[tuple[Fault, int | None]]:
    tree = TreeCheck(KEYS, kept or [])
    begin = 0
    for head in heads:
        tree.feed(head, leaves[begin : head.tree_size], own)
        begin = head.tree_size
    tree.feed_unsigned(own, max(own, default=-1) + 1)
    tree.finish()
    return [(finding.fault, finding.leaf_index) for finding in tree.findings]


WHOLE = dict(enumerate(HASHES))


def test_a_whole_log_is_well_with_every_head_that_was_kept() -> None:
    kept = [KEY.sign(size, root_of(HASHES[:size]), 1) for size in range(1, 11)]
    assert check(WHOLE, kept=kept) == []
    assert check({}, heads=[], leaves=[]) == []


def without(*places: int) -> dict[int, bytes]:
    return {place: leaf for place, leaf in WHOLE.items() if place not in places}


@pytest.mark.parametrize(
    ("own", "found"),
    [
        (WHOLE | {5: bytes(32)}, [(Fault.EDITED, 5)]),
        (without(5), [(Fault.DELETED, 5)]),
        (without(8, 9), [(Fault.TRUNCATED, 8)]),
        (without(3, 9), [(Fault.TRUNCATED, 9), (Fault.DELETED, 3)]),
        (WHOLE | {1: HASHES[8], 8: HASHES[1]}, [(Fault.REORDERED, 1), (Fault.REORDERED, 8)]),
        (WHOLE | {11: bytes(32)}, [(Fault.DELETED, 10)]),
        ({}, [(Fault.TRUNCATED, 0)]),
    ],
    ids=["edited", "deleted", "cut", "cut and deleted", "reordered", "a gap after the last head", "all gone"],
)
def test_what_was_done_is_named(own: dict[int, bytes], found: list[tuple[Fault, int | None]]) -> None:
    assert check(own) == found


def test_the_heads_hashes_are_believed_only_where_they_give_the_root() -> None:
    edited = [*HASHES[:5], bytes(32), *HASHES[6:]]
    assert check(WHOLE, leaves=edited) == [(Fault.HEAD, None)]
    assert check(WHOLE | {5: bytes(32)}, leaves=edited)[0] == (Fault.TREE, 4)


def test_a_missing_head_is_told_and_accuses_no_row() -> None:
    tree = TreeCheck(KEYS, [])
    tree.feed(HEADS[0], HASHES[:4], WHOLE)
    tree.feed(HEADS[2], HASHES[7:], WHOLE)
    tree.finish()
    assert [finding.fault for finding in tree.findings] == [Fault.HEAD]


def test_kept_heads_speak_for_themselves() -> None:
    another, beyond = KEY.sign(5, bytes(32), 1), KEY.sign(99, bytes(32), 1)
    forged = HeadKey(bytes(32)).sign(5, bytes(32), 1)
    assert check(WHOLE, kept=[another]) == [(Fault.TREE, 4)]
    assert check(WHOLE, kept=[beyond]) == [(Fault.TRUNCATED, 10)]
    assert check(WHOLE, kept=[forged]) == [(Fault.HEAD, None)]


def test_forged_heads_are_told() -> None:
    forged = [*HEADS[:2], Head(10, HEADS[2].root, 1, KEY.key_id, bytes(64))]
    assert check(WHOLE, heads=forged) == [(Fault.HEAD, None)]
