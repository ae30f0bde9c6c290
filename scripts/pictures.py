"""Screenshots of every page into docs/pictures, from a demo market of its own: `make pictures`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from loadtest.chromium import chromium
from tests.market import Market, open_market

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SIZES: Final = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
SCHEMES: Final = ("light", "dark")
SETTLE_S: Final = 2.5
CHATTER: Final = ("脐橙看着真新鲜", "到杭州几天?", "10 斤装大概多少个?", "昨天收到了,很甜", "主播再看一眼果肉吧")


async def sign_in(market: Market, page: Page, index: int) -> None:
    account = market.account("viewer", index)
    await page.goto(f"{market.base_url}/sign-in")
    await page.locator("input[name=login]").fill(account["login"])
    await page.locator("input[name=password]").fill(account["password"])
    await page.locator("form button[type=submit]").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def chatter(market: Market, browser: Browser) -> None:
    """Some viewers say something, so that the pictures show a room with people in it."""
    for index, text in enumerate(CHATTER):
        page = await browser.new_page(locale="zh-CN")
        await sign_in(market, page, index + 1)
        await page.goto(f"{market.base_url}/rooms/{market.room('farm')['slug']}")
        await page.get_by_placeholder("说点什么…").fill(text)
        await page.get_by_role("button", name="发送").click()
        await page.locator("p.line", has_text=text).wait_for()
        await page.close()


async def shoot(market: Market, browser: Browser, size: str, scheme: str) -> None:
    """Every page in one size and colour scheme, as one person who goes through them."""
    context = await browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    page = await context.new_page()

    async def keep(name: str) -> None:
        await asyncio.sleep(SETTLE_S)
        await page.screenshot(path=PICTURES / f"{name}-{size}-{scheme}.png")

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
    await keep("watch")
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


async def main() -> None:
    """Open a market, fill it with a little life, and take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, open_market(Path(folder)) as market:
        async with chromium() as browser:
            await chatter(market, browser)
            for size in SIZES:
                for scheme in SCHEMES:
                    await shoot(market, browser, size, scheme)
                    print(f"{size} {scheme}: done", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
