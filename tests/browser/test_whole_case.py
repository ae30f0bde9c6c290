"""A whole case, as the people in it see it: a scammer in disguise held, reported, muted, heard, closed and known again.

What each of them has before them at every turn is kept as pictures in the test's own folder, light and dark.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Final, Literal, get_args

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.desk_cases import on_screen, someone, tagged
from tests.browser.site_pages import DESK, PHONE
from tests.live_client import LiveClient
from tests.market import Market
from tests.waiting import eventually

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
SLOW_MS: Final = 3 * PATIENCE_MS
SOON_S: Final = 30.0
PASSWORD: Final = "correct horse staple"
DISGUISED: Final = "有渠.道更.便.宜，私.信我 {}"
"""What a plain word list does not see for the points in it."""
STILL: Final = "() => Promise.allSettled(document.getAnimations().map(moving => moving.finished))"
REPORTERS: Final = (34, 35)
LISTENER: Final = 36


class Pictures:
    """What was before people's eyes, by turn."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def take(self, viewer: Viewer, name: str) -> None:
        self._count += 1
        scheme: Scheme
        for scheme in get_args(Scheme):
            await viewer.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await viewer.page.evaluate(STILL)
            await viewer.page.screenshot(path=self._folder / f"{self._count:02}-{name}-{scheme}.png")
        assert await viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        await viewer.page.emulate_media(color_scheme="light", reduced_motion=None)


async def sign_up(viewer: Viewer, name: str) -> dict[str, str]:
    """Make an account by the form; what one signs in to it with."""
    account = {"login": f"whole-{uuid.uuid4().hex[:10]}", "password": PASSWORD}
    page = viewer.page
    await page.goto(f"{viewer.market.base_url}/sign-in")
    await page.get_by_role("button", name="注册", exact=True).click()
    await page.locator("input[name=login]").fill(account["login"])
    await page.locator("input[name=display_name]").fill(name)
    await page.locator("input[name=password]").fill(account["password"])
    await page.locator("form button[type=submit]").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url, timeout=PATIENCE_MS)
    return account


async def report_line(viewer: Viewer, text: str) -> None:
    """Report somebody's line as one does it on a phone."""
    await viewer.line(text).get_by_role("button").click()
    await viewer.page.get_by_role("button", name="举报这条").click()
    await viewer.page.get_by_role("dialog").get_by_text("疑似诈骗").click()
    await viewer.page.get_by_role("button", name="提交举报").click()
    await expect(viewer.page.get_by_text("审核员会来看")).to_be_visible()


async def at_desk(audience: Audience, role: str) -> Viewer:
    desk = await audience.viewer(DESK)
    await desk.sign_in(role)
    await desk.page.goto(f"{audience.market.base_url}/moderation")
    await expect(desk.page.locator(".queue")).to_be_visible(timeout=SLOW_MS)
    return desk


async def find_case(desk: Viewer, text: str) -> Locator:
    """Go to the case of that text by the keyboard."""
    case = desk.page.locator(".entry", has_text=text)
    await desk.page.get_by_role("searchbox").fill("")
    await desk.page.keyboard.press("Escape")
    await expect(case.or_(desk.page.locator(".queue__new button")).first).to_be_visible(timeout=SLOW_MS)
    await desk.page.keyboard.press("n")
    await desk.page.keyboard.press("/")
    await desk.page.get_by_role("searchbox").fill(text)
    await expect(case).to_have_count(1, timeout=SLOW_MS)
    await desk.page.keyboard.press("Enter")
    opened = desk.page.locator("article.case")
    await expect(opened.locator(".said__text")).to_have_text(re.compile(re.escape(text)))
    return opened


async def choose_scam(page: Page) -> None:
    """The first reason in the dialog, by its digit, and do it."""
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("1")
    await page.keyboard.press("Enter")


async def test_a_scammer_is_held_reported_muted_heard_closed_and_known_again(
    audience: Audience, tmp_path: Path
) -> None:
    market, pictures = audience.market, Pictures(tmp_path)
    slug = market.room("farm")["slug"]
    name, shown, held = tagged("甲 {}"), tagged("这家的果子我也常买 {}"), tagged(DISGUISED)
    scammer = await audience.viewer(PHONE)
    account = await sign_up(scammer, name)
    async with someone(market, slug, LISTENER) as listener:
        await speaks_in_disguise(scammer, listener, slug, shown, held, pictures)
        await is_reported_by_two(audience, slug, shown, held, pictures)
        desk = await at_desk(audience, "moderator")
        other = await at_desk(audience, "admin")
        await is_muted(desk, other, scammer, shown, held, pictures)
        await is_heard(other, scammer, listener, slug, name, pictures)
        await is_closed(market, desk, other, scammer, account, slug, pictures)
    await comes_back(desk, scammer, slug, name, pictures)


async def speaks_in_disguise(
    scammer: Viewer, listener: LiveClient, slug: str, shown: str, held: str, pictures: Pictures
) -> None:
    """A harmless line stands; the disguised one only its sender sees, who is told that and why."""
    await scammer.enter(slug)
    await scammer.say(shown)
    await eventually(lambda: on_screen(listener, shown), timeout_s=SOON_S)
    await scammer.say(held)
    await expect(scammer.page.locator(".told-note, .filtered").first).to_be_visible(timeout=SLOW_MS)
    await pictures.take(scammer, "held")
    assert not on_screen(listener, held)


async def is_reported_by_two(audience: Audience, slug: str, shown: str, held: str, pictures: Pictures) -> None:
    """Two viewers report the line that they see; the held one they don't."""
    for index in REPORTERS:
        viewer = await audience.viewer(PHONE)
        await viewer.sign_in("viewer", index)
        await viewer.enter(slug)
        await expect(viewer.line(held)).to_have_count(0)
        await report_line(viewer, shown)
        if index == REPORTERS[0]:
            await pictures.take(viewer, "reported")
        await viewer.context.close()


async def is_muted(desk: Viewer, other: Viewer, scammer: Viewer, shown: str, held: str, pictures: Pictures) -> None:
    """A moderator takes the case, which the other sees, mutes its speaker and takes both lines down."""
    case = await find_case(desk, shown)
    await expect(case.locator(".reports__one")).to_have_count(2)
    await desk.page.keyboard.press("c")
    await expect(case.locator(".claim")).to_contain_text("你在处理")
    await expect(other.page.locator(".entry", has_text=shown)).to_contain_text("在处理", timeout=SLOW_MS)
    await pictures.take(desk, "claimed")
    await pictures.take(other, "claimed-by-another")
    await desk.page.keyboard.press("2")
    await choose_scam(desk.page)
    await expect(desk.page.locator(".toast", has_text="已禁言一天")).to_be_visible()
    await desk.page.keyboard.press("r")
    await choose_scam(desk.page)
    await expect(desk.page.locator(".toast", has_text="已删除")).to_be_visible()
    case = await find_case(desk, held)
    await expect(case.locator("mark.marked").first).to_be_visible()
    await expect(case.locator(".rules__title").first).to_be_visible()
    await pictures.take(desk, "held-case")
    await desk.page.keyboard.press("r")
    await choose_scam(desk.page)
    await expect(case).to_have_attribute("data-state", "removed")
    await expect(scammer.line(shown)).to_have_count(0)


async def is_heard(
    other: Viewer, scammer: Viewer, listener: LiveClient, slug: str, name: str, pictures: Pictures
) -> None:
    """The muted one reads why and appeals in one press; another moderator upholds it, and the mute is gone at once."""
    await scammer.page.goto(f"{scammer.market.base_url}/me/notices")
    muted = scammer.page.locator(".notices__item[data-kind=muted]")
    await expect(muted).to_contain_text("像是骗人的")
    await pictures.take(scammer, "told")
    await muted.locator("a").click()
    decision = scammer.page.locator("article.decided[data-kind=mute_1d]")
    await expect(decision).to_contain_text("像是骗人的")
    await decision.get_by_role("button", name="申诉").click()
    await scammer.page.get_by_role("button", name="提交申诉").click()
    await expect(decision).to_contain_text("申诉中")
    await pictures.take(scammer, "appealed")

    await other.page.keyboard.press("p")
    appeal = other.page.locator("article.appeal", has_text=name)
    await expect(appeal).to_be_visible(timeout=SLOW_MS)
    await appeal.get_by_role("button", name="申诉成立").click()
    await pictures.take(other, "upholding")
    await other.page.keyboard.press("Enter")
    await expect(appeal).to_have_attribute("data-state", "upheld")

    await scammer.page.reload()
    await expect(decision).to_contain_text("申诉成立，已撤销")
    await pictures.take(scammer, "upheld")
    await scammer.enter(slug)
    again = tagged("谢谢审核员 {}")
    for _ in range(20):
        await scammer.say(again)
        if await scammer.line(again).count() > 0:
            break
        await scammer.page.wait_for_timeout(700)  # a lifted mute reaches the room within seconds
    await eventually(lambda: on_screen(listener, again), timeout_s=SOON_S)


async def is_closed(
    market: Market, desk: Viewer, other: Viewer, scammer: Viewer, account: dict[str, str], slug: str, pictures: Pictures
) -> None:
    """Later the same again: one moderator closes the account, another agrees; its owner reads it at signing in."""
    once_more = tagged(DISGUISED)
    await scammer.say(once_more)
    case = await find_case(desk, once_more)
    await desk.page.keyboard.press("s")
    await pictures.take(desk, "grades")
    await desk.page.locator("[data-grade=close_account]").click()
    await choose_scam(desk.page)
    await expect(desk.page.locator(".toast", has_text="已封号")).to_be_visible()
    await desk.page.keyboard.press("r")
    await choose_scam(desk.page)
    await expect(case).to_have_attribute("data-state", "removed")

    await other.page.keyboard.press("o")
    sanction = other.page.locator("article.appeal[data-state=wanted]", has_text=once_more)
    await expect(sanction).to_be_visible(timeout=SLOW_MS)
    await sanction.get_by_role("button", name="看风险和关联账号").click()
    await expect(sanction.locator(".risk")).to_be_visible()
    await pictures.take(other, "second")
    await sanction.get_by_role("button", name="同意", exact=True).click()
    await other.page.keyboard.press("Enter")
    await expect(other.page.locator("article.appeal[data-state=agreed]", has_text=once_more)).to_be_visible()

    await scammer.page.goto(f"{market.base_url}/sign-in")
    await scammer.page.locator("input[name=login]").fill(account["login"])
    await scammer.page.locator("input[name=password]").fill(account["password"])
    await scammer.page.locator("form button[type=submit]").click()
    await expect(scammer.page.locator("article.decided")).to_contain_text("像是骗人的")
    await pictures.take(scammer, "closed")


async def comes_back(desk: Viewer, scammer: Viewer, slug: str, name: str, pictures: Pictures) -> None:
    """A new account on the same device: nothing is done to it, but a moderator sees the way from one to the other."""
    new_name = tagged("乙 {}")
    await sign_up(scammer, new_name)
    case = await find_case(desk, new_name)
    risk = desk.page.locator(".risk")
    await expect(risk).to_contain_text(f"可能是已封的“{name}”换了账号回来。")
    await expect(risk).to_contain_text("同一台设备")
    await expect(risk).to_contain_text("账号已封")
    await expect(desk.page.locator(".subject")).not_to_contain_text("账号已封")
    await risk.scroll_into_view_if_needed()
    await pictures.take(desk, "linked")
    # A link is a lead: they go on like anybody else until they do something.
    text = tagged("新来的，大家好 {}")
    await scammer.enter(slug)
    await scammer.say(text)
    await expect(scammer.line(text)).to_be_visible()
    await case.page.keyboard.press("a")
    await expect(case).to_have_attribute("data-state", "approved")
    await expect(case.locator(".standing")).to_contain_text("没有问题")
