"""AMF0: values and their exact bytes, read and written; limits; hostile bytes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.rtmp import amf0
from media.rtmp.amf0 import AMF_BYTES_MAX, AMF_DEPTH_MAX, AMF_VALUES_MAX, AmfValue
from media.rtmp.errors import Amf0Malformed, LimitExceeded

BOTH_WAYS: list[tuple[AmfValue, str]] = [
    (0.0, "00 0000000000000000"),
    (1.0, "00 3ff0000000000000"),
    (-1.5, "00 bff8000000000000"),
    (True, "01 01"),
    (False, "01 00"),
    ("", "02 0000"),
    ("live", "02 0004 6c697665"),
    ("集", "02 0003 e99b86"),
    (None, "05"),
    ({}, "03 000009"),
    ({"app": "x"}, "03 0003 617070 02 0001 78 000009"),
    ({"a": {"b": None}}, "03 0001 61 03 0001 62 05 000009 000009"),
    ([], "0a 00000000"),
    ([True, "x"], "0a 00000002 0101 02000178"),
    ("x" * 65536, "0c 00010000" + "78" * 65536),
]
READ_ONLY: list[tuple[AmfValue, str]] = [
    (None, "06"),
    (None, "0d"),
    (True, "01 07"),
    ({"a": 1.0}, "08 00000001 0001 61 00 3ff0000000000000 000009"),
    ({"a": None}, "08 ffffffff 0001 61 05 000009"),  # the count is a hint only
    (1000.0, "0b 408f400000000000 ffc4"),
    ("<a/>", "0f 00000004 3c612f3e"),
    ({"a": None}, "10 0003 466f6f 0001 61 05 000009"),
    ({"": None}, "03 0000 05 000009"),
    ("\ufffd", "02 0001 ff"),
    ({"a": False}, "03 0001 61 05 0001 61 0100 000009"),
]
MALFORMED = [
    "00 3ff0",
    "01",
    "02 0005 6162",
    "02 00",
    "03 0001 61",
    "03",
    "03 0000",
    "0a 00000001",
    "0c ffffffff 61",
    "04",
    "07 0000",
    "0e",
    "11 01",
    "ff",
]


@pytest.mark.parametrize(("value", "wire"), BOTH_WAYS)
def test_values_are_written_as_their_bytes(value: AmfValue, wire: str) -> None:
    assert amf0.encode(value) == bytes.fromhex(wire)


@pytest.mark.parametrize(("value", "wire"), BOTH_WAYS[:-1] + READ_ONLY)
def test_bytes_are_read_as_their_values(value: AmfValue, wire: str) -> None:
    read = amf0.decode(bytes.fromhex(wire))
    assert read == [value]
    assert type(read[0]) is type(value)


def test_a_long_string_is_read() -> None:
    assert amf0.decode(bytes.fromhex("0c 00000003 616263")) == ["abc"]


def test_values_follow_each_other() -> None:
    wire = amf0.encode("connect", 1, {"app": "live"}, None)
    assert amf0.decode(wire) == ["connect", 1.0, {"app": "live"}, None]
    assert amf0.decode(b"") == []


def test_numbers_that_are_no_numbers_are_read() -> None:
    (value,) = amf0.decode(bytes.fromhex("00 7ff8000000000000"))
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize("wire", MALFORMED)
def test_malformed_bytes_are_refused(wire: str) -> None:
    with pytest.raises(Amf0Malformed):
        amf0.decode(bytes.fromhex(wire))


def test_depth_is_limited() -> None:
    def nested(levels: int) -> bytes:
        return b"\x03\x00\x01a" * levels + b"\x05" + b"\x00\x00\x09" * levels

    amf0.decode(nested(AMF_DEPTH_MAX - 1))
    with pytest.raises(LimitExceeded, match="depth"):
        amf0.decode(nested(AMF_DEPTH_MAX))
    with pytest.raises(LimitExceeded, match="depth"):
        amf0.decode(b"\x0a\x00\x00\x00\x01" * 5000)


def test_values_are_limited() -> None:
    amf0.decode(b"\x05" * AMF_VALUES_MAX)
    with pytest.raises(LimitExceeded, match="values"):
        amf0.decode(b"\x05" * (AMF_VALUES_MAX + 1))
    with pytest.raises(LimitExceeded, match="values"):
        amf0.decode(b"\x0a\x7f\xff\xff\xff")


def test_bytes_are_limited() -> None:
    with pytest.raises(LimitExceeded, match="bytes"):
        amf0.decode(bytes(AMF_BYTES_MAX + 1))


texts = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts.filter(bool), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.lists(values, max_size=4))
def test_what_is_written_is_read_again(written: list[AmfValue]) -> None:
    assert amf0.decode(amf0.encode(*written)) == written
