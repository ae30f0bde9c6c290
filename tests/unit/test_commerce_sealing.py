"""Sealed fields: what was written comes back in its place alone, and under its key alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.errors import Unreadable
from commerce.sealing import OVERHEAD_BYTES, VERSION, key_id, seal, unseal

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
PLACE = b"resume:1"


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_was_sealed_opens_in_its_place(plaintext: bytes, context: bytes) -> None:
    sealed = seal(KEY, plaintext, context=context)
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES
    assert unseal(KEY, sealed, context=context) == plaintext


def test_nothing_of_the_text_or_the_key_is_seen_and_no_two_are_alike() -> None:
    text = "13800138000 王芳".encode()
    first, second = seal(KEY, text, context=PLACE), seal(KEY, text, context=PLACE)
    assert first[len(VERSION) + 4 :] != second[len(VERSION) + 4 :]
    for sealed in (first, second):
        assert text not in sealed
        assert KEY not in sealed
    assert key_id(KEY) != key_id(OTHER_KEY)


@pytest.mark.parametrize(
    ("key", "context", "why"),
    [(OTHER_KEY, PLACE, "another JISHI_DATA_KEY"), (KEY, b"resume:2", "belongs elsewhere")],
)
def test_another_key_or_another_place_does_not_open(key: bytes, context: bytes, why: str) -> None:
    sealed = seal(KEY, b"secret", context=PLACE)
    with pytest.raises(Unreadable, match=why):
        unseal(key, sealed, context=context)


def test_a_change_of_any_byte_is_noticed() -> None:
    sealed = seal(KEY, b"secret", context=PLACE)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unreadable):
            unseal(KEY, changed, context=PLACE)
    for shorter in (b"", VERSION, sealed[:-1], sealed[: OVERHEAD_BYTES - 1]):
        with pytest.raises(Unreadable):
            unseal(KEY, shorter, context=PLACE)


def test_a_key_of_another_length_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        seal(b"short", b"", context=PLACE)
