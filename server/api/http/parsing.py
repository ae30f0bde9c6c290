"""Core: request bodies into structs: every field known, of its type and within its limits, or told by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from server.api.http.problem import Problem

BODY_BYTES_MAX: Final = 64 * 1024
"""A larger body is refused before it is read to its end."""

KEY_CHARS_MAX: Final = 255
"""Characters of an Idempotency-Key, as Stripe has it."""

T = TypeVar("T")

# The one character that JSON can say and PostgreSQL cannot keep; an even run of backslashes before it is only text.
_escaped_nul = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_field_path = re.compile(r" - at `\$\.?([^`]*)`$")
_index = re.compile(r"\[(\d+|\.\.\.)\]")
_unknown_field = re.compile(r"unknown field `([^`]*)`")
_missing_field = re.compile(r"missing required field `([^`]*)`")


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of request bodies: a field that is not known is refused by its name."""


class Nothing(Body, frozen=True):
    """An empty object, or no body."""


def parse(body: bytes, kind: type[T]) -> T | Problem:
    """The body as this kind of struct. Refused: malformed (no JSON), invalid (facts.fields: name → code)."""
    if _escaped_nul.search(body):
        return Problem("malformed")
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        return Problem("invalid", {"fields": faulty_fields(str(error))})
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Problem("malformed")


def parse_query(query: Mapping[str, str], kind: type[T]) -> T | Problem:
    """An address's query as this kind of struct. Refused: invalid (facts.fields: name → code)."""
    try:
        return msgspec.convert(dict(query), kind, strict=False)
    except msgspec.ValidationError as error:
        return Problem("invalid", {"fields": faulty_fields(str(error))})


def faulty_fields(message: str) -> dict[str, str]:
    """What msgspec found wrong, as a field's path (`skus.0.name`) and a code: unknown, missing or value."""
    path = _index.sub(r".\1", found.group(1)) if (found := _field_path.search(message)) else ""
    for pattern, fault in ((_unknown_field, "unknown"), (_missing_field, "missing")):
        if found := pattern.search(message):
            return {".".join(filter(None, (path, found.group(1)))): fault}
    return {path or "body": "value"}


def idempotency_key(header: str | None) -> str | Problem:
    """The key that a creating request came with. Refused: idempotency_key_missing, invalid."""
    if not header:
        return Problem("idempotency_key_missing")
    if len(header) > KEY_CHARS_MAX or not header.isprintable():
        return Problem("invalid", {"fields": {"Idempotency-Key": "length"}})
    return header


def encode(value: Any) -> bytes:
    """A response's JSON."""
    return msgspec.json.encode(value)
