"""The desk: what is reported or held reaches it; what is decided reaches every screen, and whom it is about."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Locator, ViewportSize, expect

from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.desk_cases import HELD, QUEUE, ask, fill_queue, on_screen, report, say, someone, tagged
from tests.browser.site_pages import DESK, PHONE
from tests.browser.test_accessibility import AXE, EVERYTHING, violations
from tests.live_client import LiveClient, RefusedByServer
from tests.market import Market
from tests.waiting import eventually

pytestmark = pytest.mark.browser

SLOW_MS = 3 * PATIENCE_MS
SOON_S = 30.0


async def at_desk(audience: Audience, size: ViewportSize = DESK) -> Viewer:
    """A moderator whose queue has come."""
    moderator = await audience.viewer(size)
    await moderator.sign_in("moderator")
    await moderator.page.goto(f"{audience.market.base_url}/moderation")
    await expect(moderator.page.locator(".queue")).to_be_visible(timeout=SLOW_MS)
    return moderator


def entry(desk: Viewer, text: str) -> Locator:
    """The case in the queue, by what was said."""
    return desk.page.locator(".entry", has_text=text)


async def find(desk: Viewer, text: str) -> None:
    """Go to the case of that text by the keyboard alone."""
    words = desk.page.get_by_role("searchbox")
    await expect(entry(desk, text).or_(desk.page.locator(".queue__new button")).first).to_be_visible(timeout=SLOW_MS)
    await desk.page.keyboard.press("n")
    await desk.page.keyboard.press("/")
    await expect(words).to_be_focused()
    await desk.page.keyboard.type(text)
    await expect(entry(desk, text)).to_have_count(1)
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator("article.case .said__text")).to_have_text(re.compile(re.escape(text)))


async def said_and_reported(speaker: LiveClient, market: Market, slug: str, text: str, *, reporter: int) -> None:
    """A line that stands in the room and that somebody reported."""
    comment_id = await say(speaker, text)
    assert isinstance(comment_id, str), comment_id.code
    report(market, slug, comment_id, reporter=reporter)


async def test_a_reported_line_is_removed_with_the_keyboard_alone_and_its_sender_reads_why(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged("今天的果子颜色真好看 {}")
    speaker = await audience.viewer(PHONE)
    await speaker.sign_in("viewer", 60)
    await speaker.enter(slug)
    async with someone(market, slug, 61) as listener:
        await speaker.say(text)
        await eventually(lambda: on_screen(listener, text), timeout_s=SOON_S)
        comment_id = await speaker.line(text).get_attribute("data-comment-id")
        assert comment_id is not None
        report(market, slug, comment_id, reporter=61, note="到处刷")

        desk = await at_desk(audience)
        await find(desk, text)
        case = desk.page.locator("article.case")
        await expect(case.locator(".reports")).to_contain_text("到处刷")
        await expect(desk.page.locator(".look__line--marked")).to_contain_text(text)
        await desk.page.keyboard.press("r")
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.page.keyboard.press("5")
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.locator(".toast")).to_contain_text("已删除")

        await expect(speaker.line(text)).to_have_count(0)
        await expect(desk.page.locator(".look__line", has_text=text)).to_have_count(0)
        await eventually(lambda: not on_screen(listener, text), timeout_s=SOON_S)
    await expect(speaker.page.locator(".told-note")).to_contain_text("刷屏、广告")
    await speaker.page.goto(f"{market.base_url}/me/notices")
    await expect(speaker.page.locator(".told", has_text=text).first).to_contain_text("刷屏、广告")
    await expect(speaker.page.get_by_text("你的发言被删除了").first).to_be_visible()


async def test_a_held_line_is_approved_and_appears_in_the_room_and_undo_takes_it_away(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged(HELD)
    async with someone(market, slug, 62) as speaker, someone(market, slug, 63) as listener:
        refusal = await say(speaker, text)
        assert isinstance(refusal, RefusedByServer)
        assert not on_screen(listener, text)

        desk = await at_desk(audience)
        await find(desk, text)
        case = desk.page.locator("article.case")
        await expect(case.locator("mark.marked").first).to_be_visible()
        await expect(case.locator(".rules__title").first).to_be_visible()
        await desk.page.keyboard.press("a")
        await expect(desk.page.locator(".toast")).to_contain_text("已通过")
        await eventually(lambda: on_screen(listener, text), timeout_s=SOON_S)

        await desk.page.keyboard.press("u")
        await eventually(lambda: not on_screen(listener, text), timeout_s=SOON_S)


async def test_a_mute_refuses_the_next_line_with_its_reason_until_it_is_undone(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged("果园的路好走吗 {}")
    async with someone(market, slug, 64) as speaker:
        await said_and_reported(speaker, market, slug, text, reporter=65)
        desk = await at_desk(audience)
        await find(desk, text)
        await desk.page.keyboard.press("1")
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.page.keyboard.press("3")
        await desk.page.keyboard.press("Enter")
        await expect(desk.page.locator(".toast")).to_contain_text("已禁言 10 分钟")

        muted = await spoken_until(desk, speaker, refused=True)
        assert isinstance(muted, RefusedByServer)
        assert muted.code == "muted"
        assert muted.facts["reason"] == "abuse"
        await desk.page.keyboard.press("u")
        await expect(desk.page.locator(".toast", has_text="已撤销")).to_be_visible()
        assert isinstance(await spoken_until(desk, speaker, refused=False), str)


async def spoken_until(desk: Viewer, speaker: LiveClient, *, refused: bool) -> str | RefusedByServer:
    """Speak until a mute that was laid or lifted has reached the room, which takes it seconds; the last answer."""
    for number in range(30):
        answer = await say(speaker, tagged(f"第 {number} 句 {{}}"))
        is_muted = isinstance(answer, RefusedByServer) and answer.code == "muted"
        too_fast = isinstance(answer, RefusedByServer) and not is_muted
        if is_muted == refused and not too_fast:
            return answer
        await desk.page.wait_for_timeout(700)
    raise AssertionError("the mute did not reach the room" if refused else "the mute was not lifted")


async def test_two_moderators_at_once_the_second_sees_the_decision_that_stands(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged("橙子能放多久 {}")
    async with someone(market, slug, 66) as speaker:
        await said_and_reported(speaker, market, slug, text, reporter=67)
    desk = await at_desk(audience)
    await find(desk, text)
    # The page hears nothing more of the queue, as if the other had decided a blink ago.
    await desk.page.route("**/api/moderation/queue*", lambda route: route.abort())
    case_id = await desk.page.locator("article.case").get_attribute("data-case-id")
    decision = {"decision": "approve", "reason": "fine"}
    ask(market, market.account("moderator"), "POST", f"/api/moderation/cases/{case_id}/decision", decision)
    await desk.page.keyboard.press("r")
    await expect(desk.page.get_by_text("别的审核员先处理了").first).to_be_visible()
    await expect(desk.page.get_by_role("dialog")).to_have_count(0)
    await expect(desk.page.locator("article.case")).to_have_attribute("data-state", "approved")


async def test_on_a_phone_one_thumb_decides_and_undoes_and_others_may_not_be_here(audience: Audience) -> None:
    market = audience.market
    slug, text = market.room("farm")["slug"], tagged("果子甜不甜呀 {}")
    async with someone(market, slug, 68) as speaker, someone(market, slug, 70) as listener:
        await said_and_reported(speaker, market, slug, text, reporter=69)
        desk = await at_desk(audience, PHONE)
        await entry(desk, text).get_by_role("button").click(timeout=SLOW_MS)
        await expect(desk.page.locator("article.case")).to_be_visible()
        assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await desk.page.get_by_role("button", name="删除", exact=True).click()
        await desk.page.get_by_role("dialog").get_by_role("button", name="删除").click()
        await eventually(lambda: not on_screen(listener, text), timeout_s=SOON_S)
        await desk.page.locator(".toast").get_by_role("button", name="撤销").click()
        await eventually(lambda: on_screen(listener, text), timeout_s=SOON_S)
    stranger = await audience.viewer(PHONE)
    await stranger.sign_in("viewer", 71)
    await stranger.page.goto(f"{market.base_url}/moderation")
    await expect(stranger.page.get_by_role("heading", name="这里只给审核员用")).to_be_visible()


async def test_the_desk_at_work_has_no_violation(market: Market, browser: Browser) -> None:
    await fill_queue(market)
    cases = ask(market, market.account("moderator"), "GET", "/api/moderation/queue?limit=100")["cases"]
    case_id = next(case["case_id"] for case in cases if case["text"] == QUEUE[-1][0])
    context = await browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="zh-CN", viewport=DESK)
    desk = Viewer(market, context, await context.new_page())
    await desk.sign_in("moderator")
    found: list[str] = []

    async def look(name: str) -> None:
        await desk.page.evaluate("() => Promise.all(document.getAnimations().map(moving => moving.finished))")
        found.extend(f"{name}: {fault}" for fault in await violations(desk.page, EVERYTHING))

    for theme in ("light", "dark"):
        await desk.page.emulate_media(color_scheme=theme)
        await desk.page.set_viewport_size(DESK)
        await desk.page.goto(f"{market.base_url}/moderation?case={case_id}")
        await desk.page.add_script_tag(path=AXE)
        await expect(desk.page.locator(f'article.case[data-case-id="{case_id}"]')).to_be_visible(timeout=SLOW_MS)
        await look(f"case {theme}")
        for key in ("r", "1", "x", "?"):
            await desk.page.keyboard.press(key)
            await expect(desk.page.get_by_role("dialog")).to_be_visible()
            await look(f"dialog {key} {theme}")
            await desk.page.keyboard.press("Escape")
            await expect(desk.page.get_by_role("dialog")).to_have_count(0)
        await desk.page.set_viewport_size(PHONE)
        for way in ("[data-pane=queue]", ".entry__button", ".case__where .button", "[data-pane=log]"):
            await desk.page.locator(way).first.click()
            await look(f"phone {way} {theme}")
            assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), way
    await context.close()
    assert found == [], "\n".join(found)
