"""Core: what a link to a room shows where it is shared: its title, a line on it, and a picture of the card it names.

Titles are what people wrote: they stand escaped in attributes and in the title, and nowhere else, so the page's policy
needs no word on them. Source: The Open Graph protocol, https://ogp.me.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SITE_NAME: Final = "集市"
LINE_CHARS_MAX: Final = 160

_title = re.compile(r"<title>.*?</title>", re.DOTALL)
_description = re.compile(r'<meta name="description" content="[^"]*">\n?')


@dataclass(frozen=True, slots=True)
class Preview:
    """What a shared link shows, in the words of those who sell."""

    title: str
    description: str
    image_url: str | None = None
    """Absolute, or below the site's own root."""


def room_preview(title: str, host_name: str, org_name: str, card: Mapping[str, Any] | None) -> Preview:
    """The preview of a room, or of the card in it (commerce/shelf/cards.py) that a link names."""
    if card is None:
        return Preview(title, _line(host_name, org_name))
    told = (
        (card.get("employer"), card.get("place")) if card["kind"] == "job" else (card.get("origin"), card["subtitle"])
    )
    return Preview(card["title"], _line(*told, title, host_name), card.get("image_url"))


def with_preview(shell: str, preview: Preview, *, origin: str) -> str:
    """The shell with the preview in its head; `origin` (scheme and host) completes the picture's address."""
    image_url = preview.image_url
    if image_url is not None and image_url.startswith("/"):
        image_url = origin + image_url
    head = [
        f"<title>{html.escape(preview.title)} · {SITE_NAME}</title>",
        _meta("name", "description", preview.description),
        _meta("property", "og:site_name", SITE_NAME),
        _meta("property", "og:type", "website"),
        _meta("property", "og:title", preview.title),
        _meta("property", "og:description", preview.description),
        _meta("name", "twitter:card", "summary" if image_url is None else "summary_large_image"),
    ]
    if image_url is not None:
        head.append(_meta("property", "og:image", image_url))
    # The text is put in by a function, which takes a backslash in it for what it is.
    return _title.sub(lambda _: "\n".join(head), _description.sub("", shell, count=1), count=1)


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{html.escape(content, quote=True)}">'


def _line(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)[:LINE_CHARS_MAX]
