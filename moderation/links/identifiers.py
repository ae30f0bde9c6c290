"""Core: what an account can be known again by, and the keyed hashes that are kept of it instead.

An identifier is brought into one form, and only HMAC-SHA256 of that form is stored, under a key derived from
JISHI_DATA_KEY: who has the table alone can't try all telephone numbers. Numbers from anywhere share one domain, so that
the number on a résumé is found again in an address.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VALUE_CHARS_MAX: Final = 200
DEVICE_CHARS: Final = 22
"""16 random bytes, as the cookie has them."""
_KEY_PURPOSE: Final = b"jishi account links v1"


class Kind(Enum):
    """Where an identifier comes from."""

    DEVICE = "device"
    """The random key in a browser's cookie, given at its first sign-in."""
    PHONE = "phone"
    """Of the résumé; nobody has called it."""
    ADDRESS_PHONE = "address_phone"
    """Of an address: whoever takes the parcel, so often a relative or a shop."""
    PAYEE = "payee"
    """The account that money is paid out to."""
    BANK_CARD = "bank_card"
    NETWORK = "network"
    """The address that a sign-in came from: a village may share one, so it never links by itself."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How far sharing an identifier links two accounts."""

    strength: float
    """From 0 to 1, seen today."""
    half_life: timedelta
    """After which it says half as much."""
    accounts_max: int
    """Shared by more, it is a shop's till or a family's telephone, and weak."""


WEIGHTS: Final[Mapping[Kind, Weight]] = {
    Kind.DEVICE: Weight(1.0, timedelta(days=180), 5),
    Kind.PHONE: Weight(0.8, timedelta(days=365), 4),
    Kind.ADDRESS_PHONE: Weight(0.4, timedelta(days=365), 4),
    Kind.PAYEE: Weight(1.0, timedelta(days=730), 4),
    Kind.BANK_CARD: Weight(1.0, timedelta(days=730), 4),
    Kind.NETWORK: Weight(0.15, timedelta(days=7), 8),
}

DOMAINS: Final[Mapping[Kind, str]] = {
    kind: "phone" if kind in (Kind.PHONE, Kind.ADDRESS_PHONE) else kind.value for kind in Kind
}
LISTED_DOMAINS: Final[Mapping[str, Kind]] = {
    "phone": Kind.PHONE,
    "payee": Kind.PAYEE,
    "bank_card": Kind.BANK_CARD,
    "device": Kind.DEVICE,
}
"""What an outside list may name in front of a value, as in `phone:13800000001`."""

_SEPARATORS: Final = re.compile(r"[\s().\-·_]+")
_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_MAINLAND: Final = re.compile(r"(?:\+|00)?86(1[3-9][0-9]{9})")
_CARD: Final = re.compile(r"[0-9]{12,19}")
_DEVICE: Final = re.compile(rf"[A-Za-z0-9_-]{{{DEVICE_CHARS}}}")
_PLAIN_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier, hashed."""

    kind: Kind
    digest: bytes


class Hasher:
    """Hashes identifiers under one key."""

    def __init__(self, data_key: bytes) -> None:
        """`data_key` is JISHI_DATA_KEY: 32 bytes."""
        assert len(data_key) == 32, "the data key is 32 bytes"
        self._key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_KEY_PURPOSE).derive(data_key)

    def identifier(self, kind: Kind, value: str) -> Identifier | None:
        """The identifier that a value is; None where it is none of that kind."""
        normal = normal_value(kind, value)
        return None if normal is None else Identifier(kind, self._digest(kind, normal))

    def listed(self, line: str) -> list[Identifier]:
        """What a line of an outside list may be: named as in `phone:…`, or whatever its form allows."""
        text = line.strip()
        if _PLAIN_MOBILE.fullmatch(text):  # most lines of most lists, and the quickest to tell
            return [Identifier(kind, self._digest(kind, text)) for kind in (Kind.PHONE, Kind.PAYEE)]
        domain, colon, value = text.partition(":")
        if colon and domain.lower() in LISTED_DOMAINS:
            kinds: tuple[Kind, ...] = (LISTED_DOMAINS[domain.lower()],)
        else:
            kinds, value = (Kind.PHONE, Kind.BANK_CARD, Kind.PAYEE), text
        found = [self.identifier(kind, value) for kind in kinds]
        return [identifier for identifier in found if identifier is not None]

    def _digest(self, kind: Kind, normal: str) -> bytes:
        return hmac.digest(self._key, f"{DOMAINS[kind]}\0{normal}".encode(), "sha256")


def normal_value(kind: Kind, value: str) -> str | None:
    """The one form of an identifier; None where the value is none of that kind."""
    if not value or len(value) > VALUE_CHARS_MAX:
        return None
    match kind:
        case Kind.PHONE | Kind.ADDRESS_PHONE:
            phone = _SEPARATORS.sub("", unicodedata.normalize("NFKC", value))
            if mainland := _MAINLAND.fullmatch(phone):
                return mainland[1]
            return phone if _PHONE.fullmatch(phone) else None
        case Kind.BANK_CARD:
            card = _SEPARATORS.sub("", unicodedata.normalize("NFKC", value))
            return card if _CARD.fullmatch(card) and _is_luhn(card) else None
        case Kind.DEVICE:
            return value if _DEVICE.fullmatch(value) else None
        case Kind.PAYEE:
            payee = unicodedata.normalize("NFKC", value).strip().casefold()
            return payee if payee.isprintable() and payee else None
        case Kind.NETWORK:
            return _network(value)


def is_device_key(text: str) -> bool:
    """Whether a cookie's value is a device key of ours, by its form."""
    return _DEVICE.fullmatch(text) is not None


def _network(text: str) -> str | None:
    """The address; of IPv6 the part that a household has."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _is_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
