"""Core: which logins, display names and passwords an account may have."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from server.people.refusals import INVALID, Refused

LOGIN_CHARS_MIN: Final = 3
LOGIN_CHARS_MAX: Final = 64
DISPLAY_NAME_CHARS_MAX: Final = 32
PASSWORD_CHARS_MIN: Final = 8
"""OWASP ASVS 5.0, 6.2.1."""
PASSWORD_CHARS_MAX: Final = 128
"""At least 64 must be permitted (ASVS 5.0, 6.2.9); a bound keeps hashing's cost bounded."""

_login = re.compile(r"[a-z0-9][a-z0-9._@+-]*")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are drawn as nothing: a name of them is no name."""


def normal_login(login: str) -> str:
    """The one form in which a login is stored, looked up and counted."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def normal_display_name(name: str) -> str:
    """A name as it is shown: composed, without spaces around it."""
    return unicodedata.normalize("NFC", name).strip()


def account_refusal(login: str, display_name: str, password: str) -> Refused | None:
    """Why no account is made of these (in normal form), or None."""
    faults = {}
    if not LOGIN_CHARS_MIN <= len(login) <= LOGIN_CHARS_MAX:
        faults["login"] = "length"
    elif not _login.fullmatch(login):
        faults["login"] = "characters"
    faults |= _display_name_faults(display_name) | _password_faults(login, password)
    return Refused(INVALID, {"fields": faults}) if faults else None


def display_name_refusal(display_name: str) -> Refused | None:
    """Why nobody may be shown under this name (in normal form), or None."""
    faults = _display_name_faults(display_name)
    return Refused(INVALID, {"fields": faults}) if faults else None


def password_refusal(login: str, password: str) -> Refused | None:
    """Why this may not be the account's password, or None."""
    faults = _password_faults(login, password)
    return Refused(INVALID, {"fields": faults}) if faults else None


def _display_name_faults(display_name: str) -> dict[str, str]:
    if not 1 <= len(display_name) <= DISPLAY_NAME_CHARS_MAX:
        return {"display_name": "length"}
    if any(unicodedata.category(letter) in _UNSEEN or letter in _BLANK for letter in display_name):
        return {"display_name": "characters"}
    return {}


def _password_faults(login: str, password: str) -> dict[str, str]:
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        return {"password": "length"}
    if password.lower() == login or len(set(password)) < 3:
        return {"password": "too_simple"}
    return {}
