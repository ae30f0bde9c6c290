"""Screenshots of the pages, from a demo market of its own: `make pictures`.

Into docs/pictures go those that are kept, one of each page and what README shows; `--all FOLDER` takes every page in
every size and colour scheme, to be looked at.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from loadtest.chromium import chromium
from tests.market import Market, open_market

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SIZES: Final = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
SCHEMES: Final = ("light", "dark")
KEPT: Final = (
    *(f"{name}-phone-light" for name in ("lobby", "sign-in", "watch", "watch-jobs", "buy", "pay", "paid", "orders")),
    "filtered-phone-light",
    "watch-phone-dark",
    "lobby-desk-light",
    "watch-desk-light",
    "watch-jobs-desk-dark",
)
SETTLE_S: Final = 2.5
FLYING_S: Final = 2.6
"""From saying a line until it is over the middle of the picture."""
CHATTER: Final = ("脐橙看着真新鲜", "到杭州几天？", "10 斤装大概多少个？", "昨天收到了，很甜", "主播再看一眼果肉吧")
SPEAKERS: Final = 3


async def sign_in(market: Market, page: Page, index: int) -> None:
    account = market.account("viewer", index)
    await page.goto(f"{market.base_url}/sign-in")
    await page.locator("input[name=login]").fill(account["login"])
    await page.locator("input[name=password]").fill(account["password"])
    await page.locator("form button[type=submit]").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


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
        await sign_in(market, page, index + 1)
        await page.goto(f"{market.base_url}/rooms/{market.room('farm')['slug']}")
        pages.append(page)
    gathered = Speakers(pages)
    for _ in CHATTER:
        await gathered.say()
    return gathered


async def shoot(
    market: Market, browser: Browser, people: Speakers, size: str, scheme: str, *, into: Path, only: Collection[str]
) -> None:
    """Every page in one size and colour scheme, as one person who goes through them."""
    context = await browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    page = await context.new_page()

    async def keep(name: str, settle_s: float = SETTLE_S) -> None:
        file = f"{name}-{size}-{scheme}"
        if not only or file in only:
            await asyncio.sleep(settle_s)
            await page.screenshot(path=into / f"{file}.png")
            shrink(into / f"{file}.png")

    farm, jobs = (f"{market.base_url}/rooms/{market.room(kind)['slug']}" for kind in ("farm", "jobs"))
    await page.goto(market.base_url)
    await keep("lobby")
    await page.goto(f"{market.base_url}/sign-in")
    await keep("sign-in")
    await page.goto(jobs)
    await keep("watch-jobs")
    await sign_in(market, page, 0)
    await page.goto(farm)
    await page.locator("article.strip").first.wait_for()
    await asyncio.sleep(SETTLE_S)
    await people.say()
    await people.say()
    await keep("watch", FLYING_S)
    await page.get_by_role("button", name="去购买").first.click()
    await keep("buy")
    await page.get_by_role("button", name="确认下单").click()
    await page.get_by_role("button", name="支付").wait_for()
    await keep("pay")
    await page.get_by_role("button", name="支付").click()
    await page.get_by_text("付款成功").wait_for()
    await keep("paid")
    await page.goto(f"{market.base_url}/orders")
    await keep("orders")
    await page.goto(farm)
    await page.get_by_placeholder("说点什么…").fill("加我微信 vx12345 日赚800 先交押金")
    await page.get_by_role("button", name="发送").click()
    await page.get_by_role("alert").wait_for()
    await keep("filtered")
    await context.close()


def shrink(picture: Path) -> None:
    """The same picture in 256 colours: a third of the bytes, and hard to tell apart."""
    with Image.open(picture) as shot:
        colours = shot.convert("RGB")
    palette = colours.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
    colours.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(picture, optimize=True)


async def main(into: Path, only: Collection[str]) -> None:
    """Open a market, fill it with a little life, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, open_market(Path(folder)) as market:
        async with chromium() as browser:
            people = await speakers(market, browser)
            for size in SIZES:
                for scheme in SCHEMES:
                    if not only or any(name.endswith(f"-{size}-{scheme}") for name in only):
                        await shoot(market, browser, people, size, scheme, into=into, only=only)
                        print(f"{size} {scheme}: done", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--all", metavar="FOLDER", type=Path, help="every page, size and scheme, into this folder")
    everything = parser.parse_args().all
    (everything or PICTURES).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(everything or PICTURES, () if everything else KEPT))
