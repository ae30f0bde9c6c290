"""Core: AMF0, the value format of RTMP commands and stream metadata, read from hostile bytes and written.

Values are Python's own: number → float, string and long string → str, object, ECMA array and typed object → dict,
strict array → list, null, undefined and unsupported → None, date → float (ms since 1970). Reading is bounded before
anything is built: bytes, values and depth each have a limit, and a count that a peer declares allocates nothing.
References and the AVM+ switch to AMF3 are refused: no publisher sends them in commands.

Source: Adobe, Action Message Format AMF 0 (amf0-file-format-specification), section 2.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import TypeAlias

from media.rtmp.errors import Amf0Malformed, LimitExceeded

AmfValue: TypeAlias = "bool | float | str | dict[str, AmfValue] | list[AmfValue] | None"

AMF_BYTES_MAX = 64 * 1024
"""Bytes of one command or metadata message; OBS's connect has about 300, its onMetaData about 500."""
AMF_VALUES_MAX = 2048
AMF_DEPTH_MAX = 16


class Marker(IntEnum):
    """The byte before each value."""

    NUMBER = 0x00
    BOOLEAN = 0x01
    STRING = 0x02
    OBJECT = 0x03
    NULL = 0x05
    UNDEFINED = 0x06
    ECMA_ARRAY = 0x08
    OBJECT_END = 0x09
    STRICT_ARRAY = 0x0A
    DATE = 0x0B
    LONG_STRING = 0x0C
    UNSUPPORTED = 0x0D
    XML = 0x0F
    TYPED_OBJECT = 0x10


_SHORT_STRING_BYTES_MAX = 0xFFFF


def decode(payload: bytes) -> list[AmfValue]:
    """Read every value of `payload`, one after the other.

    Strings that are not UTF-8 come back with replacement characters, so that they match nothing.

    Raises: Amf0Malformed, LimitExceeded.
    """
    if len(payload) > AMF_BYTES_MAX:
        raise LimitExceeded("bytes of AMF0", AMF_BYTES_MAX)
    reader = _Reader(payload)
    values: list[AmfValue] = []
    while not reader.at_end():
        values.append(reader.value(depth=1))
    return values


def encode(*values: AmfValue | int) -> bytes:
    """Write `values` one after the other; a dict becomes an object, an int a number.

    Our own values only: one that is nested past AMF_DEPTH_MAX, or a key over 65,535 bytes, is a bug.
    """
    out = bytearray()
    for value in values:
        _write(out, value, depth=1)
    return bytes(out)


class _Reader:
    """A position in the bytes and what is left of the limits."""

    __slots__ = ("_data", "_position", "_values_left")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0
        self._values_left = AMF_VALUES_MAX

    def at_end(self) -> bool:
        return self._position >= len(self._data)

    def value(self, *, depth: int) -> AmfValue:
        self._values_left -= 1
        if self._values_left < 0:
            raise LimitExceeded("AMF0 values", AMF_VALUES_MAX)
        if depth > AMF_DEPTH_MAX:
            raise LimitExceeded("AMF0 depth", AMF_DEPTH_MAX)
        marker = self._take(1)[0]
        match marker:
            case Marker.NUMBER:
                return self._number()
            case Marker.BOOLEAN:
                return self._take(1) != b"\0"
            case Marker.STRING:
                return self._text(self._uint(2))
            case Marker.OBJECT:
                return self._properties(depth)
            case Marker.NULL | Marker.UNDEFINED | Marker.UNSUPPORTED:
                return None
            case Marker.ECMA_ARRAY:
                # The count is a hint that encoders get wrong; the end marker decides.
                self._take(4)
                return self._properties(depth)
            case Marker.STRICT_ARRAY:
                return self._items(depth)
            case Marker.DATE:
                milliseconds = self._number()
                self._take(2)  # a time zone, "reserved, should be zero"
                return milliseconds
            case Marker.LONG_STRING | Marker.XML:
                return self._text(self._uint(4))
            case Marker.TYPED_OBJECT:
                self._text(self._uint(2))
                return self._properties(depth)
        raise Amf0Malformed(f"AMF0 marker {marker:#04x} is unknown or not supported")

    def _properties(self, depth: int) -> dict[str, AmfValue]:
        properties: dict[str, AmfValue] = {}
        while True:
            key_bytes = self._uint(2)
            if key_bytes == 0 and self._peek() == Marker.OBJECT_END:
                self._take(1)
                return properties
            key = self._text(key_bytes)
            properties[key] = self.value(depth=depth + 1)

    def _items(self, depth: int) -> list[AmfValue]:
        count = self._uint(4)
        if count > self._values_left:
            raise LimitExceeded("AMF0 values", AMF_VALUES_MAX)
        return [self.value(depth=depth + 1) for _ in range(count)]

    def _number(self) -> float:
        number: float = struct.unpack(">d", self._take(8))[0]
        return number

    def _uint(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _text(self, size: int) -> str:
        return self._take(size).decode("utf-8", "replace")

    def _peek(self) -> int:
        return -1 if self.at_end() else self._data[self._position]

    def _take(self, size: int) -> bytes:
        end = self._position + size
        if end > len(self._data):
            raise Amf0Malformed("AMF0 value is cut short")
        taken = self._data[self._position : end]
        self._position = end
        return taken


def _write(out: bytearray, value: AmfValue | int, *, depth: int) -> None:
    assert depth <= AMF_DEPTH_MAX
    if value is None:
        out.append(Marker.NULL)
    elif isinstance(value, bool):
        out += bytes((Marker.BOOLEAN, value))
    elif isinstance(value, (int, float)):
        out.append(Marker.NUMBER)
        out += struct.pack(">d", value)
    elif isinstance(value, str):
        _write_text(out, value)
    elif isinstance(value, dict):
        out.append(Marker.OBJECT)
        for key, item in value.items():
            raw = key.encode("utf-8", "replace")
            assert 0 < len(raw) <= _SHORT_STRING_BYTES_MAX
            out += len(raw).to_bytes(2, "big") + raw
            _write(out, item, depth=depth + 1)
        out += b"\0\0\x09"
    else:
        out.append(Marker.STRICT_ARRAY)
        out += len(value).to_bytes(4, "big")
        for item in value:
            _write(out, item, depth=depth + 1)


def _write_text(out: bytearray, text: str) -> None:
    raw = text.encode("utf-8", "replace")
    if len(raw) <= _SHORT_STRING_BYTES_MAX:
        out.append(Marker.STRING)
        out += len(raw).to_bytes(2, "big")
    else:
        out.append(Marker.LONG_STRING)
        out += len(raw).to_bytes(4, "big")
    out += raw
