"""Every page by axe-core: each role's pages, on a phone and at a desk, light and dark; no violation is let pass.

axe-core comes from npm for the tests alone; it is put into the page past its content security policy, which is what
keeps it out otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Viewer
from tests.browser.site_pages import DESK, PHONE, SITE_PAGES, SitePage, path_of
from tests.market import Market

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
EVERYTHING = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
WHO = sorted({(page.role or "", page.index) for page in SITE_PAGES})


@pytest.mark.parametrize(("role", "index"), WHO)
async def test_no_page_has_a_violation(market: Market, browser: Browser, role: str, index: int) -> None:
    context = await browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="zh-CN")
    viewer = Viewer(market, context, await context.new_page())
    if role:
        await viewer.sign_in(role, index)
    found: list[str] = []
    for site_page in (page for page in SITE_PAGES if (page.role or "", page.index) == (role, index)):
        for size in (PHONE, DESK):
            await viewer.page.set_viewport_size(size)
            await open_page(viewer.page, market, site_page)
            await viewer.page.add_script_tag(path=AXE)
            for theme, rules in (("light", EVERYTHING), ("dark", COLOURS)):
                await choose(viewer.page, theme=theme, elder=site_page.elder)
                where = f"{site_page.name} {size['width']} {theme}"
                found += [f"{where}: {fault}" for fault in await violations(viewer.page, rules)]
            sideways = await viewer.page.evaluate(SIDEWAYS)
            found += [f"{site_page.name} {size['width']}: scrolls {sideways} px sideways"] if sideways > 0 else []
    await context.close()
    assert found == [], "\n".join(found)
    assert viewer.faults == []


async def open_page(page: Page, market: Market, site_page: SitePage) -> None:
    """Go there, wait until it stands, press what is to be pressed."""
    await page.goto(market.base_url + path_of(site_page, market))
    await expect(page.locator(site_page.ready).first).to_be_visible()
    await expect(page.locator(".loading, .skeleton")).to_have_count(0)
    for selector in site_page.presses:
        await page.locator(selector).first.click()
        await expect(page.locator(site_page.opens)).to_be_visible()


async def choose(page: Page, *, theme: str, elder: bool) -> None:
    """What the settings page would do, and that it is done."""
    await page.evaluate(
        "detail => dispatchEvent(new CustomEvent('jishi-comfort', {detail}))",
        {"theme": theme, "elder": elder, "motion": "calm"},
    )
    assert await page.evaluate("document.documentElement.dataset.theme") == theme


async def violations(page: Page, rules: dict[str, Any]) -> Sequence[str]:
    """What axe-core finds, a line for each element."""
    result = await page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{violation['id']}: {json.dumps(node['target'], ensure_ascii=False)} {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
