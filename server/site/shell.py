"""Core: the page that all pages start from, made of server/web/shell.html for one page and one version of the assets.

Every asset the shell names is asked for below `/assets/{version}/`, where it is kept for good. A line marked
`data-pages="lobby watch"` is for those pages alone, and the style sheets become one.
"""

from __future__ import annotations

import re
from typing import Final

ALL_STYLES: Final = "styles/all.css"
"""Where the joined style sheets lie below /assets/."""

_for_pages = re.compile(r'^(.*?) data-pages="([a-z_ ]*)"(.*\n)', re.MULTILINE)
_style_sheet = re.compile(r'<link rel="stylesheet" href="/assets/(styles/[\w-]+\.css)">\n')


def style_sheets(shell: str) -> list[str]:
    """The sheets the shell names, below /assets/, in order."""
    return _style_sheet.findall(shell)


def render_shell(shell: str, *, page: str, version: str) -> str:
    """The shell of this page."""
    text = _for_pages.sub(lambda line: line[1] + line[3] if page in line[2].split() else "", shell)
    first_sheet, *_ = *style_sheets(text), ""
    text = _style_sheet.sub(lambda line: line[0].replace(line[1], ALL_STYLES) if line[1] == first_sheet else "", text)
    return text.replace('"/assets/', f'"/assets/{version}/')
