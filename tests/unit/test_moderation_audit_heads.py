"""Signed heads: exact bytes, files of them, and whose word is taken; proofs as files."""

from __future__ import annotations

import json
import struct

import pytest

from moderation.audit.heads import HEAD_CHARS_MAX, Head, HeadKey, TrustedKeys, read_head, read_heads, write_head
from moderation.audit.proofs import (
    Inclusion,
    consistency,
    inclusion,
    is_later,
    proof_fault,
    read_inclusion,
    told,
)
from moderation.audit.tree import consistency_ranges, hash_leaf, inclusion_ranges, proof_from, root_of
from moderation.errors import HeadInvalid

KEY, OTHER = HeadKey(bytes(range(32))), HeadKey(bytes(32))
KEYS = TrustedKeys([KEY.public_key])
BODIES = [f'{{"row": {number}}}' for number in range(7)]
HASHES = [hash_leaf(body.encode()) for body in BODIES]
HEAD = KEY.sign(7, root_of(HASHES), 1_763_800_000_000)


def test_what_is_signed_is_rfc_6962s_structure() -> None:
    version, kind, time_ms, size, root = struct.unpack(">BBQQ32s", HEAD.signed_bytes())
    assert (version, kind, time_ms, size, root) == (0, 1, 1_763_800_000_000, 7, root_of(HASHES))
    assert KEYS.is_signed(HEAD)


def test_the_key_is_not_the_one_of_tokens_and_each_secret_has_its_own() -> None:
    assert KEY.public_key != OTHER.public_key
    assert KEY.key_id != OTHER.key_id


@pytest.mark.parametrize(
    "forged",
    [
        Head(8, HEAD.root, HEAD.signed_ms, HEAD.key_id, HEAD.signature),
        Head(7, bytes(32), HEAD.signed_ms, HEAD.key_id, HEAD.signature),
        Head(7, HEAD.root, 1, HEAD.key_id, HEAD.signature),
        Head(7, HEAD.root, HEAD.signed_ms, OTHER.key_id, HEAD.signature),
        Head(7, HEAD.root, HEAD.signed_ms, HEAD.key_id, b"short"),
        OTHER.sign(7, HEAD.root, HEAD.signed_ms),
    ],
)
def test_a_forged_head_is_not_believed(forged: Head) -> None:
    assert not KEYS.is_signed(forged)


def test_a_head_of_an_older_key_is_believed_when_it_is_named() -> None:
    old = OTHER.sign(3, bytes(32), 1)
    assert TrustedKeys([KEY.public_key, OTHER.public_key]).is_signed(old)
    with pytest.raises(ValueError, match="32 bytes"):
        TrustedKeys([b"short"])


def test_heads_are_lines() -> None:
    heads = [KEY.sign(size, bytes(32), size) for size in (1, 2, 3)]
    text = "".join(f"{write_head(head)}\n" for head in heads)
    assert read_heads(text) == heads
    assert read_heads(f"{text}\n") == heads
    assert read_heads(text + '{"tree_size": 4, "roo') == heads  # cut off while it was written
    with pytest.raises(HeadInvalid, match="line 1"):
        read_heads("nothing\n" + text)


@pytest.mark.parametrize(
    "changed",
    [
        {"tree_size": 0},
        {"tree_size": -1},
        {"tree_size": 1 << 63},
        {"tree_size": "7"},
        {"signed_ms": -1},
        {"root": "00"},
        {"root": "no hexadecimal"},
        {"signature": None},
        {"key_id": "x" * HEAD_CHARS_MAX},
    ],
)
def test_a_line_that_is_no_head_is_refused(changed: dict[str, object]) -> None:
    line = json.dumps(json.loads(write_head(HEAD)) | changed)
    with pytest.raises(HeadInvalid):
        read_head(line)


# ---- Proofs ---------------------------------------------------------------------------------------------------------


def proof(index: int = 3) -> Inclusion:
    path = proof_from(inclusion_ranges(index, 7), HASHES.__getitem__)
    return inclusion(BODIES[index], index, path, HEAD)


def test_a_proof_is_read_as_it_was_written_and_holds() -> None:
    text = json.dumps([told(proof())]).encode()
    (again,) = read_inclusion(text)
    assert proof_fault(again, KEYS, [HEAD]) is None
    assert proof_fault(read_inclusion(json.dumps(told(proof())).encode())[0], KEYS, []) is None


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"leaf": BODIES[4]}, "does not stand there"),
        ({"leaf_index": 4}, "does not stand there"),
        ({"path": []}, "does not stand there"),
        ({"head": json.loads(write_head(OTHER.sign(7, HEAD.root, 1)))}, "not signed by this key"),
    ],
)
def test_a_changed_proof_proves_nothing(changed: dict[str, object], fault: str) -> None:
    (changed_proof,) = read_inclusion(json.dumps(told(proof()) | changed).encode())
    assert fault in str(proof_fault(changed_proof, KEYS, []))


def test_a_proof_under_another_history_is_not_the_holders() -> None:
    kept = KEY.sign(7, bytes(32), 1)
    assert "not the one that was kept" in str(proof_fault(proof(), KEYS, [kept]))


@pytest.mark.parametrize("path", [["zz"], ["00"]])
def test_a_path_that_is_none_is_refused(path: list[str]) -> None:
    (changed,) = read_inclusion(json.dumps(told(proof()) | {"path": path}).encode())
    with pytest.raises(HeadInvalid):
        proof_fault(changed, KEYS, [])
    with pytest.raises(HeadInvalid):
        read_inclusion(b"[{}]")


def test_a_later_head_goes_on_from_the_one_that_was_kept() -> None:
    old = KEY.sign(5, root_of(HASHES[:5]), 1)
    made = consistency(5, old.root, proof_from(consistency_ranges(5, 7), HASHES.__getitem__), HEAD)
    assert is_later(made, old)
    assert not is_later(made, KEY.sign(4, root_of(HASHES[:4]), 1))
    assert not is_later(made, KEY.sign(5, bytes(32), 1))
