"""The shell of one page and one version of the assets."""

from __future__ import annotations

from server.site.shell import LATER, page_styles, render_shell, style_sheets

SHELL = """<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/styles/tokens.css">
<link rel="stylesheet" href="/assets/styles/watch.css" data-pages="watch">
<link rel="stylesheet" href="/assets/styles/sheet.css" data-pages="!watch">
<script type="importmap">{"imports": {"preact": "/assets/vendor/preact.mjs"}}</script>
<link rel="modulepreload" href="/assets/app/main.js">
<link rel="modulepreload" href="/assets/app/lobby.js" data-pages="lobby">
<link rel="modulepreload" href="/assets/app/price.js" data-pages="lobby watch">
"""


def test_each_page_gets_its_lines_and_every_asset_its_version() -> None:
    assert render_shell(SHELL, page="watch", version="00ff") == (
        """<link rel="icon" href="/assets/00ff/icon.svg">
<link rel="stylesheet" href="/assets/00ff/styles/for/watch.css">
<script type="importmap">{"imports": {"preact": "/assets/00ff/vendor/preact.mjs"}}</script>
<link rel="modulepreload" href="/assets/00ff/app/main.js">
<link rel="modulepreload" href="/assets/00ff/app/price.js">
"""
    )
    assert "lobby.js" in render_shell(SHELL, page="lobby", version="00ff")


def test_each_page_has_its_style_sheets_in_order_and_one_file_of_them() -> None:
    assert style_sheets(SHELL, page="watch") == ["styles/tokens.css", "styles/watch.css"]
    assert style_sheets(SHELL, page="lobby") == ["styles/tokens.css", "styles/sheet.css"]
    assert style_sheets(SHELL, page=LATER) == ["styles/sheet.css"]
    assert page_styles("lobby") in render_shell(SHELL, page="lobby", version="00ff")


def test_a_shell_without_assets_stays_as_it_is() -> None:
    assert render_shell("<p>hello</p>", page="watch", version="00ff") == "<p>hello</p>"
