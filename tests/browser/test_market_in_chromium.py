"""The market as people see it: real video, chat over two workers, buying, the filter's word, removal, pushed cards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

import loadtest
from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.site_pages import DESK, PHONE

pytestmark = pytest.mark.browser

GLASS = (Path(loadtest.__file__).parent / "glass.js").read_text()
SCAM = "加我微信 vx12345 日赚800 先交押金"


async def clocks_read(viewer: Viewer, pictures: int) -> list[float]:
    """The age in milliseconds of each picture shown, once there are so many."""
    ages: list[float] = await viewer.page.evaluate(
        """pictures => new Promise(resolve => {
             const look = () => glass.samples.length < pictures ? setTimeout(look, 50) : resolve(glass.samples);
             look();
           })""",
        pictures,
    )
    return ages


@pytest.mark.parametrize("kind", ["farm", "jobs"])
async def test_both_rooms_play_and_the_clock_in_the_picture_goes_on(audience: Audience, kind: str) -> None:
    viewer = await audience.viewer(PHONE)
    await viewer.page.add_init_script(GLASS)
    await viewer.enter(audience.market.room(kind)["slug"])
    ages = await clocks_read(viewer, 50)
    # A picture that stood still would grow older by what 50 pictures take: two seconds at 25 a second.
    assert min(ages) > 0, ages
    assert max(ages) < 5_000, ages
    assert await viewer.page.evaluate("document.querySelector('video').currentTime") > 0
    assert await viewer.page.evaluate("document.querySelector('video').muted") is True


async def test_the_lobby_shows_both_rooms_with_moving_pictures(audience: Audience) -> None:
    viewer = await audience.viewer(DESK)
    await viewer.page.goto(audience.market.base_url)
    for kind in ("farm", "jobs"):
        slug = audience.market.room(kind)["slug"]
        card = viewer.page.locator(f"a[href='/rooms/{slug}']").first
        await expect(card).to_be_visible()
    await viewer.page.evaluate(
        """() => new Promise((resolve, reject) => {
             const started = performance.now();
             const look = () => {
               const moving = [...document.querySelectorAll('video')].filter(video => video.currentTime > 0.5);
               if (moving.length === 2) resolve();
               else if (performance.now() - started > 20000) reject(new Error(`${moving.length} of 2 move`));
               else setTimeout(look, 100);
             };
             look();
           })"""
    )


async def test_chat_crosses_workers_and_a_removal_leaves_every_screen(audience: Audience) -> None:
    slug = audience.market.room("farm")["slug"]
    speaker = await audience.viewer(PHONE)
    await speaker.sign_in("viewer", 0)
    await speaker.enter(slug)
    listener = await audience.on_another_worker(speaker, slug)
    moderator = await audience.viewer(DESK)
    await moderator.sign_in("moderator")
    await moderator.enter(slug)

    await speaker.say("这个脐橙今天摘的吗?")
    for someone in (speaker, listener, moderator):
        await expect(someone.line("这个脐橙今天摘的吗?")).to_have_count(1)

    line = moderator.line("这个脐橙今天摘的吗?")
    await line.hover()
    await line.get_by_role("button", name="移除这条").click()
    await moderator.page.get_by_role("button", name="移除", exact=True).click()
    for someone in (moderator, speaker, listener):
        await expect(someone.line("这个脐橙今天摘的吗?")).to_have_count(0)
    latecomer = await audience.viewer(PHONE)
    await latecomer.enter(slug)
    await expect(latecomer.line("这个脐橙今天摘的吗?")).to_have_count(0)


async def test_a_scam_is_explained_to_its_sender_and_seen_by_nobody_else(audience: Audience) -> None:
    slug = audience.market.room("jobs")["slug"]
    sender = await audience.viewer(PHONE)
    await sender.sign_in("viewer", 1)
    await sender.enter(slug)
    listener = await audience.on_another_worker(sender, slug)

    await sender.say(SCAM)
    explanation = sender.page.get_by_role("alert")
    await expect(explanation).to_contain_text("这条没有发出,只有你看得到".replace(",", "，"))
    await expect(explanation.locator("mark").first).to_be_visible()
    assert (await explanation.locator(".explanation__reason").inner_text()).strip()
    await expect(sender.page.get_by_placeholder("说点什么…")).to_have_value(SCAM)

    # What is said afterwards arrives, so the refused line would have arrived before it.
    await sender.page.get_by_placeholder("说点什么…").fill("请问包吃住吗")
    await sender.page.get_by_role("button", name="发送").click()
    await expect(listener.line("请问包吃住吗")).to_have_count(1)
    await expect(listener.line("vx12345")).to_have_count(0)


async def stock_left(viewer: Viewer, title: str) -> int:
    note = viewer.page.locator("article.strip", has_text=title).locator(".strip__figures")
    found = re.search(r"剩 ?([\d,]+) 件", await note.inner_text())
    assert found, await note.inner_text()
    return int(found[1].replace(",", ""))


async def test_buying_from_the_card_to_my_orders_and_the_stock_falls_for_everybody(audience: Audience) -> None:
    slug, title = audience.market.room("farm")["slug"], "沙地蜜薯"
    buyer = await audience.viewer(DESK)
    await buyer.sign_in("viewer", 2)
    await buyer.enter(slug)
    watcher = await audience.on_another_worker(buyer, slug)
    before = await stock_left(watcher, title)

    await buyer.page.get_by_role("button", name=f"去购买 {title}").click()
    await buyer.page.get_by_role("button", name="增加一件").click()
    await buyer.page.get_by_role("button", name="确认下单").click()
    await buyer.page.get_by_role("button", name=re.compile("^支付 .*模拟")).click()
    await expect(buyer.page.get_by_text("付款成功")).to_be_visible()
    await expect(
        watcher.page.locator("article.strip", has_text=title).get_by_text(re.compile(f"剩 ?{before - 2} 件"))
    ).to_be_visible()

    await buyer.page.get_by_role("link", name="查看我的订单").click()
    order = buyer.page.locator("li.order", has_text=title).first
    await expect(order).to_contain_text("已付款")
    await expect(order).to_contain_text("¥39.80")


async def test_a_card_that_the_host_pushes_reaches_all_viewers(audience: Audience) -> None:
    slug, title = audience.market.room("farm")["slug"], "林下散养土鸡蛋"
    host = await audience.viewer(DESK)
    await host.sign_in("host")
    await host.enter(slug)
    watcher = await audience.on_another_worker(host, slug)
    shown = watcher.page.locator("article.strip", has_text=title)
    await expect(shown).to_have_count(1)

    await host.page.get_by_role("button", name="我的摊位").click()
    item = host.page.locator(".desk__item", has_text=title)
    await item.get_by_role("button", name="下架").click()
    await expect(shown).to_have_count(0)
    await item.get_by_role("button", name="上架").click()
    await expect(shown).to_have_count(1)


async def test_watching_is_anonymous_and_speaking_asks_to_sign_in(audience: Audience) -> None:
    viewer = await audience.viewer(PHONE)
    await viewer.enter(audience.market.room("farm")["slug"])
    await viewer.page.get_by_role("button", name="登录后聊天").click()
    await expect(viewer.page.locator("input[name=password]")).to_be_visible(timeout=PATIENCE_MS)
