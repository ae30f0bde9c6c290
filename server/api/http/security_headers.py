"""Core: what every answer tells the browser to forbid.

Pages load scripts, styles and media from their own origin alone; the only inline script is the import map, allowed by
the hash of its exact text. Chat is put into text nodes; this policy is what stands behind that.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

_inline_script = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)

ALWAYS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""On every answer."""

API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""On answers that are no page: nothing in them may run or load anything."""


def page_policy(page: bytes) -> str:
    """The Content-Security-Policy of a page, with the hashes of the inline scripts it has."""
    scripts = " ".join(["'self'", *(f"'{script_hash(script)}'" for script in _inline_script.findall(page))])
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def script_hash(script: bytes) -> str:
    """A script's source expression (CSP level 3, section 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script).digest()).decode()
