"""A demo market for the browser tests, and viewers who look at it in Debian's Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import msgpack
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, WebSocket, expect

from loadtest.chromium import chromium
from tests.browser.site_pages import DESK, PHONE
from tests.market import Market, open_market

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    with open_market(tmp_path_factory.mktemp("market"), JISHI_WATCH="qr") as opened:
        yield opened


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


class Viewer:
    """One person's browser: a context of its own, with the page that is open in it."""

    def __init__(self, market: Market, context: BrowserContext, page: Page) -> None:
        self.market = market
        self.context = context
        self.page = page
        self.worker = ""
        """Name of the edge worker that serves the page's newest live connection."""
        self.faults: list[str] = []
        page.on("websocket", self._watch_socket)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: self.faults.append(line.text) if "Content Security" in line.text else None)

    def _watch_socket(self, socket: WebSocket) -> None:
        def received(payload: str | bytes) -> None:
            assert isinstance(payload, bytes)
            if payload[1:7] == b"\xa5hello":
                self.worker = msgpack.unpackb(payload)[2].rsplit("-", 1)[0]

        socket.on("framereceived", received)

    async def enter(self, slug: str) -> None:
        """Go into a room and wait until it shows its state."""
        await self.page.goto(f"{self.market.base_url}/rooms/{slug}")
        await expect(self.page.locator(".watch")).to_be_visible()
        await expect(self.page.locator("article.strip").first).to_be_visible()

    async def sign_in(self, role: str, index: int = 0) -> None:
        """Sign in by the form, as an account of the demo."""
        account = self.market.account(role, index)
        await self.page.goto(f"{self.market.base_url}/sign-in")
        await self.page.locator("input[name=login]").fill(account["login"])
        await self.page.locator("input[name=password]").fill(account["password"])
        await self.page.locator("form button[type=submit]").click()
        await self.page.wait_for_url(lambda url: "/sign-in" not in url, timeout=PATIENCE_MS)

    async def say(self, text: str) -> None:
        """Type a line and send it."""
        await self.page.get_by_placeholder("说点什么…").fill(text)
        await self.page.get_by_role("button", name="发送").click()

    def line(self, text: str) -> Locator:
        """The line in the list of comments."""
        return self.page.locator("p.line", has_text=text)


class Audience:
    """Makes viewers, and sees at the end that no page had a fault."""

    def __init__(self, market: Market, browser: Browser) -> None:
        self.market = market
        self._browser = browser
        self._viewers: list[Viewer] = []

    async def viewer(self, viewport: ViewportSize = PHONE, language: str = "zh-CN") -> Viewer:
        context = await self._browser.new_context(viewport=viewport, locale=language)
        viewer = Viewer(self.market, context, await context.new_page())
        self._viewers.append(viewer)
        return viewer

    async def on_another_worker(self, than: Viewer, slug: str) -> Viewer:
        """A viewer in the room whose connection another worker serves."""
        for _ in range(40):
            viewer = await self.viewer(DESK)
            await viewer.enter(slug)
            if viewer.worker and viewer.worker != than.worker:
                return viewer
            await viewer.context.close()
        raise AssertionError(f"40 connections all went to {than.worker}")

    def faults(self) -> list[str]:
        return [fault for viewer in self._viewers for fault in viewer.faults]


@pytest_asyncio.fixture
async def audience(market: Market, browser: Browser) -> AsyncIterator[Audience]:
    gathered = Audience(market, browser)
    yield gathered
    assert gathered.faults() == []
