"""Core: signed notifications, as the Standard Webhooks specification has them.

A notification carries `webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature`: space-separated
`v1,<base64>` of HMAC-SHA256 over `id.timestamp.body`. Several signatures, and several secrets here, let a secret be
changed without a gap. The raw bytes are verified before anything reads them.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TOLERANCE_S: Final = 300
"""How far a notification's time may lie from ours, before or after."""

BODY_BYTES_MAX: Final = 64 * 1024
SIGNATURES_MAX: Final = 8
"""Signatures looked at in one header."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # how every secret begins, not one
SECRET_BYTES_MIN: Final = 24
_ID_CHARS_MAX: Final = 255


@dataclass(frozen=True, slots=True)
class Verified:
    """A notification whose sender knows a secret of ours."""

    event_id: str
    sent_at_s: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Forged:
    """A notification that is not to be believed, and why (for the log, not for its sender)."""

    why: str


def secret_key(secret: str) -> bytes:
    """The key of a secret as it is written: `whsec_` and base64.

    Raises: ValueError when it is not, or shorter than 24 bytes.
    """
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"a webhook secret starts with {SECRET_PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a webhook secret is base64 after its prefix") from None
    if len(key) < SECRET_BYTES_MIN:
        raise ValueError(f"a webhook secret has at least {SECRET_BYTES_MIN} bytes")
    return key


def write_secret(key: bytes) -> str:
    """A secret as it is written, from at least 24 random bytes."""
    assert len(key) >= SECRET_BYTES_MIN
    return SECRET_PREFIX + base64.b64encode(key).decode()


def sign(secret: str, event_id: str, sent_at_s: int, body: bytes) -> dict[str, str]:
    """The three headers of a notification."""
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(sent_at_s),
        "webhook-signature": "v1," + base64.b64encode(_mac(secret, event_id, str(sent_at_s), body)).decode(),
    }


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now_s: float) -> Verified | Forged:
    """Whether one of `secrets` signed this, within the tolerance. `headers` finds names in lower case."""
    event_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "").split(" ")[:SIGNATURES_MAX]
    if not 1 <= len(event_id) <= _ID_CHARS_MAX or not event_id.isascii():
        return Forged("no usable id")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return Forged("no usable timestamp")
    if abs(now_s - int(timestamp)) > TOLERANCE_S:
        return Forged("timestamp out of tolerance")
    if len(body) > BODY_BYTES_MAX:
        return Forged("body too large")
    given = [signature for text in signatures if (signature := _read(text)) is not None]
    # Every pair is compared, so that the time taken says nothing about which matched.
    matches = [
        hmac.compare_digest(_mac(secret, event_id, timestamp, body), signature)
        for secret in secrets
        for signature in given
    ]
    return Verified(event_id, int(timestamp), body) if any(matches) else Forged("no signature of ours")


def _mac(secret: str, event_id: str, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(secret_key(secret), f"{event_id}.{timestamp}.".encode() + body, "sha256")


def _read(text: str) -> bytes | None:
    version, _, signature = text.partition(",")
    if version != "v1":
        return None
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError:
        return None
