"""Screenshots of every page, on a phone and at a desk, light and dark, from a demo market of its own: `make pictures`.

Which pages there are says the table in tests/browser/site_pages.py, which the accessibility test reads too; here are
only the scenes that need people in the room: a watched show, and a purchase from the card to the paid order.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final, Literal, get_args

from PIL import Image
from playwright.async_api import Browser, Page
from playwright.async_api import Error as BrowserError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from loadtest.chromium import chromium
from tests.browser.lived_in import live_in
from tests.browser.site_pages import DESK, PHONE, SITE_PAGES, SitePage, path_of
from tests.market import Market, open_market

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SIZES: Final = {"phone": PHONE, "desk": DESK}
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = get_args(Scheme)
SCENES: Final = ("watch", "filtered", "pay", "paid", "paid-orders")
PICTURE_BYTES_MAX: Final = 60_000
QUALITIES: Final = (90, 82, 74, 66, 58, 50, 40)
"""Of WebP; the best that stays within PICTURE_BYTES_MAX is taken."""
READY_TIMEOUT_MS: Final = 60_000
SETTLE_S: Final = 1.0
"""From a page that stands until what moves in has moved in."""
PICTURE_S: Final = 2.5
"""From entering a room until its picture plays."""
FLYING_S: Final = 2.6
"""From saying a line until it is over the middle of the picture."""
CHATTER: Final = ("脐橙看着真新鲜", "到杭州几天？", "10 斤装大概多少个？", "昨天收到了，很甜", "主播再看一眼果肉吧")
SPEAKERS: Final = 3
STOPPED_LINE: Final = "加我微信 vx12345 日赚800 先交押金"


async def sign_in(market: Market, page: Page, role: str, index: int = 0) -> None:
    """By the form."""
    account = market.account(role, index)
    await page.goto(f"{market.base_url}/sign-in")
    await page.locator("input[name=login]").fill(account["login"])
    await page.locator("input[name=password]").fill(account["password"])
    await page.locator("form button[type=submit]").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url, timeout=READY_TIMEOUT_MS)


class Speakers:
    """Viewers who say something, so that the pictures show a room with people in it."""

    def __init__(self, pages: list[Page]) -> None:
        self._pages = pages
        self._said = 0

    async def say(self) -> None:
        """The next line, by the next speaker."""
        page, text = self._pages[self._said % SPEAKERS], CHATTER[self._said % len(CHATTER)]
        self._said += 1
        await page.get_by_placeholder("说点什么…").fill(text)
        await page.get_by_role("button", name="发送").click()
        await page.locator("p.line", has_text=text).last.wait_for()


async def speakers(market: Market, browser: Browser) -> Speakers:
    """Signed in and in the farm's room, having said a few lines."""
    pages = []
    for index in range(SPEAKERS):
        page = await browser.new_page(locale="zh-CN", reduced_motion="reduce")
        await sign_in(market, page, "viewer", index + 1)
        await page.goto(f"{market.base_url}/rooms/{market.room('farm')['slug']}")
        pages.append(page)
    gathered = Speakers(pages)
    for _ in CHATTER:
        await gathered.say()
    return gathered


class Album:
    """Where the pictures go, and which of them are wanted."""

    def __init__(self, market: Market, folder: Path, only: Collection[str]) -> None:
        self.market = market
        self._folder = folder
        self._only = only

    def wants(self, name: str) -> bool:
        """Whether a page or scene of that name is to be taken."""
        return not self._only or name in self._only

    async def keep(self, page: Page, name: str, size: str, scheme: Scheme, settle_s: float = SETTLE_S) -> None:
        """What the page shows now."""
        if self.wants(name):
            await asyncio.sleep(settle_s)
            (self._folder / f"{name}-{size}-{scheme}.webp").write_bytes(small(await page.screenshot()))


def small(shot: bytes) -> bytes:
    """The same picture as WebP, as good as fits into PICTURE_BYTES_MAX."""
    with Image.open(io.BytesIO(shot)) as picture:
        for quality in QUALITIES:
            packed = io.BytesIO()
            picture.convert("RGB").save(packed, "WEBP", quality=quality, method=6)
            if packed.tell() <= PICTURE_BYTES_MAX:
                break
    return packed.getvalue()


async def new_page(browser: Browser, size: str, scheme: Scheme) -> Page:
    """One person's browser."""
    return await browser.new_page(
        viewport=SIZES[size],
        color_scheme=scheme,
        locale="zh-CN",
    )


async def shoot_pages(album: Album, browser: Browser, size: str, scheme: Scheme) -> None:
    """Every page of the table, each person's in one browser."""
    wanted = [page for page in SITE_PAGES if album.wants(page.name)]
    for role, index in sorted({(page.role or "", page.index) for page in wanted}):
        page = await new_page(browser, size, scheme)
        if role:
            await sign_in(album.market, page, role, index)
        for site_page in (one for one in wanted if (one.role or "", one.index) == (role, index)):
            await shoot_page(album, page, site_page, size, scheme)
        await page.context.close()


async def shoot_page(album: Album, page: Page, site_page: SitePage, size: str, scheme: Scheme) -> None:
    """One of them; a page that does not come is said, and missing."""
    if site_page.role:
        chosen = json.dumps({"elder": site_page.elder})
        await page.evaluate("chosen => localStorage.setItem('jishi.comfort', chosen)", chosen)
    await page.goto(album.market.base_url + path_of(site_page, album.market))
    try:
        await page.locator(site_page.ready).first.wait_for(timeout=READY_TIMEOUT_MS)
        for selector in site_page.presses:
            await page.locator(selector).first.click()
        await album.keep(
            page, site_page.name, size, scheme, PICTURE_S if site_page.path.startswith("/rooms") else SETTLE_S
        )
    except BrowserError as fault:
        print(f"{site_page.name} {size} {scheme}: {str(fault).splitlines()[0]}", flush=True)


async def shoot_scenes(album: Album, browser: Browser, people: Speakers, size: str, scheme: Scheme) -> None:
    """A show with people in it, and a purchase, as one person who goes through them."""
    page = await new_page(browser, size, scheme)
    farm = f"{album.market.base_url}/rooms/{album.market.room('farm')['slug']}"
    await sign_in(album.market, page, "viewer")
    await page.goto(farm)
    await page.locator("article.strip").first.wait_for()
    await asyncio.sleep(PICTURE_S)
    await people.say()
    await people.say()
    await album.keep(page, "watch", size, scheme, FLYING_S)
    await page.get_by_role("button", name="去购买").first.click()
    await page.get_by_role("button", name="确认下单").click()
    await page.get_by_role("button", name="支付").wait_for()
    await album.keep(page, "pay", size, scheme)
    await page.get_by_role("button", name="支付").click()
    await page.get_by_text("付款成功").wait_for()
    await album.keep(page, "paid", size, scheme)
    await page.goto(f"{album.market.base_url}/orders")
    await page.locator(".order").first.wait_for()
    await album.keep(page, "paid-orders", size, scheme)
    await page.goto(farm)
    await page.get_by_placeholder("说点什么…").fill(STOPPED_LINE)
    await page.get_by_role("button", name="发送").click()
    await page.get_by_role("alert").first.wait_for()
    await album.keep(page, "filtered", size, scheme, PICTURE_S)
    await page.context.close()


async def main(folder: Path, only: Collection[str]) -> None:
    """Open a market, fill it with a little life, and take the pictures."""
    with tempfile.TemporaryDirectory() as data, open_market(Path(data)) as market:
        album = Album(market, folder, only)
        await live_in(market)
        async with chromium() as browser:
            people = await speakers(market, browser) if any(map(album.wants, SCENES)) else None
            for size in SIZES:
                for scheme in SCHEMES:
                    await shoot_pages(album, browser, size, scheme)
                    if people is not None:
                        await shoot_scenes(album, browser, people, size, scheme)
                    print(f"{size} {scheme}: done", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=PICTURES, help="where the pictures go")
    parser.add_argument("only", metavar="NAME", nargs="*", help="these pages and scenes; all when none is named")
    given = parser.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(given.into, given.only))
