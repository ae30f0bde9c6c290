"""Appeals, from both sides: who was decided about reads why and appeals; another moderator than who decided answers."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.desk_cases import ask, on_screen, report, say, someone, tagged
from tests.browser.site_pages import DESK, PHONE
from tests.browser.test_accessibility import AXE, EVERYTHING, violations
from tests.market import Market
from tests.waiting import eventually

pytestmark = pytest.mark.browser

SLOW_MS = 3 * PATIENCE_MS
SOON_S = 30.0
WORDS = "我只是说果子新鲜，没有别的意思。"


async def removed_line(market: Market, text: str, *, sender: int, reporter: int) -> str:
    """Have a line said, reported and removed by the first moderator; the action's id."""
    slug = market.room("farm")["slug"]
    async with someone(market, slug, sender) as speaker:
        comment_id = await say(speaker, text)
        assert isinstance(comment_id, str), comment_id.code
        report(market, slug, comment_id, reporter=reporter)
    moderator = market.account("moderator")
    cases = ask(market, moderator, "GET", "/api/moderation/queue?limit=100")["cases"]
    [case] = [case for case in cases if case["text"] == text]
    path = f"/api/moderation/cases/{case['case_id']}/decision"
    decided: dict[str, Any] = ask(market, moderator, "POST", path, {"decision": "remove", "reason": "spam"})
    return str(decided["actions"][-1]["action_id"])


async def at_appeals(audience: Audience, role: str) -> Viewer:
    """A moderator with the appeals before them, opened by the keyboard."""
    desk = await audience.viewer(DESK)
    await desk.sign_in(role)
    await desk.page.goto(f"{audience.market.base_url}/moderation")
    await expect(desk.page.locator(".queue")).to_be_visible(timeout=SLOW_MS)
    await desk.page.keyboard.press("p")
    await expect(desk.page.locator("article.appeal").first).to_be_visible(timeout=SLOW_MS)
    return desk


async def test_a_sender_appeals_on_a_phone_and_another_moderator_brings_the_line_back(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged("这一筐果子真新鲜 {}")
    async with someone(market, slug, 41) as listener:
        action_id = await removed_line(market, text, sender=40, reporter=41)
        await eventually(lambda: not on_screen(listener, text), timeout_s=SOON_S)

        sender = await audience.viewer(PHONE)
        await sender.sign_in("viewer", 40)
        await sender.page.goto(f"{market.base_url}/me/notices")
        await sender.page.locator(f'a[href="/me/decisions#{action_id}"]').click()
        decision = sender.page.locator(f'article.decided[id="{action_id}"]')
        await expect(decision).to_contain_text(text)
        await expect(decision).to_contain_text("刷屏、广告")
        assert await sender.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await decision.get_by_role("button", name="申诉").click()
        await sender.page.get_by_role("dialog").locator("textarea").fill(WORDS)
        await sender.page.get_by_role("button", name="提交申诉").click()
        await expect(decision).to_contain_text("申诉中")
        await expect(decision).to_contain_text(re.compile("最晚 .* 答复"))
        await expect(decision.get_by_role("button", name="申诉")).to_have_count(0)

        own = await at_appeals(audience, "moderator")
        mine = own.page.locator("article.appeal", has_text=text)
        await expect(mine).to_contain_text("这是你做的决定，要由别的审核员来答复。")
        await expect(mine.get_by_role("button", name="申诉成立")).to_have_count(0)

        desk = await at_appeals(audience, "admin")
        appeal = desk.page.locator("article.appeal", has_text=text)
        await expect(appeal).to_contain_text(WORDS)
        for _ in range(await desk.page.locator("article.appeal").count()):
            if await appeal.get_attribute("aria-current") == "true":
                break
            await desk.page.keyboard.press("j")
        await expect(appeal).to_have_attribute("aria-current", "true")
        await desk.page.keyboard.press("a")
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.page.keyboard.press("2")
        await desk.page.keyboard.press("Enter")
        await expect(appeal).to_have_attribute("data-state", "upheld")
        await eventually(lambda: on_screen(listener, text), timeout_s=SOON_S)

    await sender.page.reload()
    await expect(decision).to_contain_text("申诉成立，已撤销")
    await sender.page.goto(f"{market.base_url}/me/notices")
    await expect(sender.page.get_by_text("你的申诉成立，处理已撤销").first).to_be_visible()


async def test_who_is_closed_out_reads_why_and_appeals_where_signing_in_was_tried(audience: Audience) -> None:
    market = audience.market
    text = tagged("果园周末开门吗 {}")
    await removed_line(market, text, sender=42, reporter=43)
    moderator, account = market.account("moderator"), market.account("viewer", 42)
    person_id = ask(market, account, "GET", "/api/me")["person"]["person_id"]
    sanction = {"person_id": person_id, "kind": "close_account", "reason": "scam: 多人举报"}
    ask(market, moderator, "POST", "/api/moderation/sanctions", sanction)

    sender = await audience.viewer(PHONE)
    await sender.page.goto(f"{market.base_url}/sign-in")
    await sender.page.locator("input[name=login]").fill(account["login"])
    await sender.page.locator("input[name=password]").fill(account["password"])
    await sender.page.locator("form button[type=submit]").click()
    decision = sender.page.locator("article.decided")
    await expect(decision).to_contain_text("多人举报")
    await decision.get_by_role("button", name="申诉").click()
    await sender.page.get_by_role("button", name="提交申诉").click()
    await expect(decision).to_contain_text("申诉中")
    appeals = ask(market, market.account("admin"), "GET", "/api/moderation/appeals")["appeals"]
    [appeal] = [appeal for appeal in appeals if appeal["person"]["person_id"] == person_id]
    answer = {"decision": "uphold", "reason": "fine"}
    ask(market, market.account("admin"), "POST", f"/api/moderation/appeals/{appeal['appeal_id']}/decision", answer)
    await sender.page.get_by_role("button", name="换一个账号登录").click()
    await sender.sign_in("viewer", 42)


async def test_a_moderator_gives_the_suggested_warning_and_the_person_reads_it(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged("主播歇会儿吧 {}")
    async with someone(market, slug, 44) as speaker:
        comment_id = await say(speaker, text)
        assert isinstance(comment_id, str), comment_id.code
        report(market, slug, comment_id, reporter=45)
    cases = ask(market, market.account("moderator"), "GET", "/api/moderation/queue?limit=100")["cases"]
    [case] = [case for case in cases if case["text"] == text]
    desk = await audience.viewer(DESK)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{market.base_url}/moderation?case={case['case_id']}")
    await expect(desk.page.locator("article.case .said__text")).to_have_text(text, timeout=SLOW_MS)
    await expect(desk.page.locator(".subject")).to_contain_text("累计 0 分")
    await desk.page.keyboard.press("s")
    await expect(desk.page.locator("[data-grade=warn]")).to_contain_text("建议")
    await desk.page.keyboard.press("1")
    await expect(desk.page.get_by_role("dialog", name="警告")).to_be_visible()
    await desk.page.keyboard.press("3")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator(".toast")).to_contain_text("已警告")
    await expect(desk.page.locator(".subject")).to_contain_text("累计 1 分")
    warned = await audience.viewer(PHONE)
    await warned.sign_in("viewer", 44)
    await warned.page.goto(f"{market.base_url}/me/notices")
    await expect(warned.page.get_by_text("你收到一次警告")).to_be_visible()


async def test_appeals_have_no_violation_on_either_side(market: Market, browser: Browser) -> None:
    action_id = await removed_line(market, tagged("箱子结实不结实 {}"), sender=46, reporter=47)
    ask(market, market.account("viewer", 46), "POST", f"/api/me/decisions/{action_id}/appeal", {"words": WORDS})
    await removed_line(market, tagged("今天还有货吗 {}"), sender=46, reporter=47)
    context = await browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="zh-CN", viewport=PHONE)
    viewer = Viewer(market, context, await context.new_page())
    found: list[str] = []
    theme: Literal["light", "dark"]

    async def look(name: str) -> None:
        await viewer.page.evaluate("() => Promise.all(document.getAnimations().map(moving => moving.finished))")
        found.extend(f"{name}: {fault}" for fault in await violations(viewer.page, EVERYTHING))
        assert await viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    await viewer.sign_in("viewer", 46)
    for theme in ("light", "dark"):
        await viewer.page.emulate_media(color_scheme=theme)
        await viewer.page.goto(f"{market.base_url}/me/decisions")
        await viewer.page.add_script_tag(path=AXE)
        await expect(viewer.page.locator("article.decided").first).to_be_visible(timeout=SLOW_MS)
        await look(f"decisions {theme}")
        await viewer.page.locator(".decided__foot button").first.click()
        await expect(viewer.page.get_by_role("dialog")).to_be_visible()
        await look(f"appeal {theme}")
    await context.clear_cookies()
    await viewer.sign_in("admin")
    for theme in ("light", "dark"):
        await viewer.page.emulate_media(color_scheme=theme)
        await viewer.page.goto(f"{market.base_url}/moderation")
        await viewer.page.add_script_tag(path=AXE)
        await viewer.page.locator("[data-pane=appeals]").click(timeout=SLOW_MS)
        await expect(viewer.page.locator("article.appeal").first).to_be_visible(timeout=SLOW_MS)
        await look(f"appeals {theme}")
    await context.close()
    assert found == [], "\n".join(found)
