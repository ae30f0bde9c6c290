"""Core: leads about a closed account as files for whoever follows them up: JSON and CSV, each with its signature.

Signatures are Ed25519 by a key that is derived from JISHI_SECRET_KEY for this alone. Identifiers are told as the hashes
that are kept; the numbers behind them are not in our hands in the clear.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT: Final = "jishi lead 1"
COLUMNS: Final = ("part", "at", "kind", "id", "name", "text", "detail")
_KEY_PURPOSE: Final = b"jishi lead exports v1"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run."""


class LeadKey:
    """The key that signs leads."""

    def __init__(self, secret_key: bytes) -> None:
        """`secret_key` is JISHI_SECRET_KEY: 32 bytes."""
        assert len(secret_key) >= 32, "a secret key has 32 bytes"
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_PURPOSE).derive(secret_key)
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._private.public_key().public_bytes_raw()

    def sign(self, file: bytes) -> str:
        """A file's signature, as the text of the file beside it."""
        return self._private.sign(file).hex() + "\n"


def is_signed(file: bytes, signature: str, public_key: bytes) -> bool:
    """Whether the key signed the file. Raises: ValueError for what is no key."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    try:
        key.verify(bytes.fromhex(signature.strip()), file)
    except (InvalidSignature, ValueError):
        return False
    return True


def write_json(lead: Mapping[str, Any]) -> bytes:
    """The whole lead."""
    return msgspec.json.format(msgspec.json.encode({"format": FORMAT, **lead}), indent=2) + b"\n"


def write_csv(lead: Mapping[str, Any]) -> bytes:
    """The same as a table, for spreadsheets: UTF-8 with its mark, and no cell that would be run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(lead):
        writer.writerow([_cell(row.get(column)) for column in COLUMNS])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _rows(lead: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    account = lead["account"]
    rows: list[Mapping[str, Any]] = [
        {
            "part": "account",
            "at": account["closed_at"],
            "kind": "closed",
            "id": account["person_id"],
            "name": account["display_name"],
            "text": account["closed_reason"],
            "detail": account["login"],
        }
    ]
    for each in lead["identifiers"]:
        rows.append({"part": "identifier", "at": each["last_at"], "kind": each["kind"], "id": each["digest"]})
    for each in lead["linked"]:
        way = " > ".join(f"{step['kind']} {step['strength']}" for step in each["path"])
        person = each["person"]
        rows.append(
            {
                "part": "linked",
                "kind": person["state"],
                "id": person["person_id"],
                "name": person["display_name"],
                "detail": f"{each['strength']}: {way}",
            }
        )
    for each in lead["rooms"]:
        rows.append({"part": "room", "kind": each["kind"], "id": each["slug"], "name": each["title"]})
    for part in ("decisions", "words"):
        for each in lead[part]:
            rows.append(
                {
                    "part": part.removesuffix("s"),
                    "at": each["at"],
                    "kind": each["kind"],
                    "id": each["id"],
                    "name": each["room_slug"],
                    "text": each["text"],
                    "detail": each["reason"],
                }
            )
    return rows


def _cell(value: Any) -> str:
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
