"""Edge: Debian's Chromium, headless, for load tests that look at the page as a viewer does."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # root has none; the pages are our own, from the loopback address
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


class ChromiumMissing(Exception):
    """There is no Chromium on this machine."""


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser.

    Raises: ChromiumMissing.
    """
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise ChromiumMissing("no Chromium here: on Debian, apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
