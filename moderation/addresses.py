"""Core: the web addresses in a code, as whatever opens them may understand them.

Readers of addresses differ: a browser takes a backslash for a slash, drops line ends, needs no slash after `http:` and
lets a name and an `@` stand before the host. So an address counts as ours only where no two of them could differ, and
as somebody else's where one of them might go there. Source: WHATWG URL Standard, 4.4.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

_HOST: Final = r"(?:[A-Za-z0-9-]{1,63}\.){0,10}[A-Za-z0-9-]{1,63}"
_AFTER: Final = r"\.?(?::[0-9]{1,5})?([/?#][!-?A-\[\]-~]*)?"
"""What may follow a host without a doubt: a port, a path; no white space, backslash or @."""

_PLAIN: Final = re.compile(rf"(https?://)?({_HOST}){_AFTER}", re.IGNORECASE)
_PLAIN_WITHIN: Final = re.compile(
    rf"(?<![!-~])(?:https?://)?({_HOST}){_AFTER}(?=\s|$|(?(2)[\u3400-\u9fff]|\Z))", re.IGNORECASE
)
_WEB: Final = re.compile(r"https?:[\\/]*([^\\/?#\s]+)", re.IGNORECASE)
_NAMED: Final = re.compile(
    r"(?<![A-Za-z0-9-])((?:[A-Za-z0-9-]{1,63}\.){1,10}([A-Za-z]{2,18}|xn--[A-Za-z0-9-]{1,59}))\.?"
    r"(?::[0-9]{1,5})?(?:([/?#\\@])|(?![A-Za-z0-9.-]))"
)
_NUMBERED: Final = re.compile(r"(?<![0-9.])((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?::[0-9]{1,5})?(?=[/?#\\])")
_DROPPED: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2060\ufeff]")
"""What readers of addresses leave out, wherever it stands."""

_COMMON_ENDS: Final = frozenset(
    (
        *("com", "cn", "net", "org", "top", "xyz", "cc", "vip", "shop", "site", "online", "club", "info", "io", "me"),
        *("app", "link", "live", "store", "fun", "icu", "wang", "work", "pro", "tv", "co"),
    )
)
"""Among words only what ends in one of these is a host; 第 2 批 No.A stands on parcels."""


def is_plainly_at(text: str, hosts: Collection[str]) -> bool:
    """Whether a text is an address of one of some hosts and nothing else, whoever reads it."""
    plain = _PLAIN.fullmatch(text.strip())
    return plain is not None and is_below(plain.group(2).lower(), hosts)


def hosts_in(text: str, own_hosts: Collection[str], known_hosts: Collection[str]) -> set[str]:
    """Every host that the text may lead to and that is not below `own_hosts`.

    `known_hosts` are hosts wherever they stand; what else looks like one must be written like an address.
    """
    dropped = unicodedata.normalize("NFKC", _DROPPED.sub("", text)).replace("。", ".")
    found = _hosts_of(text, own_hosts, known_hosts) | _hosts_of(dropped, own_hosts, known_hosts)
    return {host for host in found if not is_below(host, own_hosts)}


def plain_address(text: str) -> str | None:
    """Host and path of a text that is an address and nothing else; None where it is more, or another thing."""
    plain = _PLAIN.fullmatch(text.strip())
    if plain is None or not (plain.group(1) or "." in plain.group(2)):
        return None
    path = (plain.group(3) or "").partition("#")[0].partition("?")[0]
    return f"{plain.group(2).lower()}{path}"


def is_below(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of these, or stands below one."""
    return any(host == each or host.endswith(f".{each}") for each in hosts)


def _hosts_of(text: str, own_hosts: Collection[str], known_hosts: Collection[str]) -> set[str]:
    def without_own(found: re.Match[str]) -> str:
        return " " if is_below(found.group(1).lower(), own_hosts) else found.group()

    text = _PLAIN_WITHIN.sub(without_own, text)
    found = {host for web in _WEB.finditer(text) for host in _of_authority(web.group(1))}
    found |= {numbered.group(1) for numbered in _NUMBERED.finditer(text)}
    for named in _NAMED.finditer(text):
        host, end, after = named.group(1).lower(), named.group(2).lower(), named.group(3)
        if after or end in _COMMON_ENDS or is_below(host, known_hosts) or named.group() == text.strip():
            found.add(host)
    return found


def _of_authority(authority: str) -> set[str]:
    """The host, and what stands before it: readers don't agree on which is which."""
    pieces = (re.sub(r":[0-9]*$", "", each).rstrip(".").lower() for each in authority.split("@"))
    return {piece for piece in pieces if piece}
