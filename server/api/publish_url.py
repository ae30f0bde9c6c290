"""Core: the address that a host's software sends to: the host by the name it knows this market by, at the RTMP port."""

from __future__ import annotations

import re
from typing import Final

APP: Final = "live"
"""RTMP's application, the only one there is."""

NAMELESS: Final = "localhost"
"""Said where the request doesn't name a host that can be an address's."""

_host = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]*)?")


def publish_url(host_header: str, rtmp_port: int) -> str:
    """The server's address as OBS asks for it, without the stream key; `host_header` is a request's Host."""
    found = _host.fullmatch(host_header)
    return f"rtmp://{found[1] if found else NAMELESS}:{rtmp_port}/{APP}"
