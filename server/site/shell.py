"""Core: the page that all pages start from, made of server/web/shell.html for one page and one version of the assets.

Every asset the shell names is asked for below `/assets/{version}/`, where it is kept for good. A line marked
`data-pages="lobby watch"` is for those pages alone, one marked `data-pages="!watch"` for all but that, and the style
sheets of a page become one. What the watch page shows only when asked to (its sheets) is styled by a further one,
which it fetches when its picture is there: see LATER.
"""

from __future__ import annotations

import re
from typing import Final

LATER: Final = "watch_later"
"""Not a page: what is marked for it, the watch page fetches after its own."""
WATCH: Final = "watch"

_for_pages = re.compile(r'^(.*?) data-pages="(!?)([a-z_ ]*)"(.*\n)', re.MULTILINE)
_style_sheet = re.compile(r'<link rel="stylesheet" href="/assets/(styles/[\w-]+\.css)">\n')


def page_styles(page: str) -> str:
    """Where the joined style sheets of a page lie below /assets/."""
    return f"styles/for/{page}.css"


def style_sheets(shell: str, *, page: str) -> list[str]:
    """The sheets the shell names for a page, below /assets/, in order; for LATER those that the watch page lacks."""
    sheets = _style_sheet.findall(_only_for(shell, page))
    return [sheet for sheet in sheets if page != LATER or sheet not in style_sheets(shell, page=WATCH)]


def render_shell(shell: str, *, page: str, version: str) -> str:
    """The shell of this page."""
    text = _only_for(shell, page)
    first_sheet, *_ = *_style_sheet.findall(text), ""
    joined = page_styles(page)
    text = _style_sheet.sub(lambda line: line[0].replace(line[1], joined) if line[1] == first_sheet else "", text)
    return text.replace('"/assets/', f'"/assets/{version}/')


def _only_for(shell: str, page: str) -> str:
    def kept(line: re.Match[str]) -> str:
        before, but, pages, after = line.groups()
        return before + after if (page in pages.split()) != bool(but) else ""

    return _for_pages.sub(kept, shell)
