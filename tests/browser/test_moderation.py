"""The desk: what is reported or held reaches it; what is decided reaches every screen, and whom it is about."""

from __future__ import annotations

import json
import re
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import DESK, PATIENCE_MS, PHONE, Audience, Viewer
from tests.market import Market

pytestmark = pytest.mark.browser

HELD = "我有渠道更便宜，私信 {}"
SLOW_MS = 3 * PATIENCE_MS


def tagged(text: str) -> str:
    """The text with a tag that no other line of the market has, in letters that no rule minds."""
    letters = "".join(chr(0x4E00 + int(digit, 16) * 7) for digit in uuid.uuid4().hex[:6])
    return text.format(letters)


def ask(market: Market, account: dict[str, Any], method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Call the API as an account of the demo."""
    headers = {"Authorization": f"Bearer {account['token']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(market.base_url + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.loads(response.read() or b"null")


async def in_room(audience: Audience, index: int, slug: str) -> Viewer:
    """A signed-in viewer in the room."""
    viewer = await audience.viewer(PHONE)
    await viewer.sign_in("viewer", index)
    await viewer.enter(slug)
    return viewer


async def at_desk(audience: Audience, size: dict[str, int] = DESK) -> Viewer:
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
    """Go to the case of that text by the keyboard alone, once it is in the queue."""
    words = desk.page.get_by_role("searchbox")
    await desk.page.keyboard.press("/")
    await expect(words).to_be_focused()
    await desk.page.keyboard.type(text)
    for _ in range(20):
        if await entry(desk, text).count() > 0:
            break
        if await desk.page.locator(".queue__new button").count() > 0:
            await words.blur()
            await desk.page.keyboard.press("n")
            await desk.page.keyboard.press("/")
        await desk.page.wait_for_timeout(500)
    await expect(entry(desk, text)).to_have_count(1)
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator("article.case .said__text")).to_have_text(re.compile(re.escape(text)))


def report(market: Market, slug: str, reporter: int, comment_id: str, reason: str) -> None:
    ask(
        market,
        market.account("viewer", reporter),
        "POST",
        f"/api/rooms/{slug}/reports",
        {"kind": "comment", "target_id": comment_id, "reason": reason, "note": ""},
    )


async def say_and_report(speaker: Viewer, listener: Viewer, text: str, *, reporter: int, slug: str) -> None:
    """A line is said, seen by somebody else, and reported by them."""
    await speaker.say(text)
    await expect(listener.line(text)).to_have_count(1)
    comment_id = await listener.line(text).get_attribute("data-comment-id")
    assert comment_id is not None
    report(speaker.market, slug, reporter, comment_id, "scam")


async def test_a_reported_line_is_removed_with_the_keyboard_alone_and_its_sender_reads_why(audience: Audience) -> None:
    slug, text = audience.market.room("farm")["slug"], tagged("今天的果子颜色真好看 {}")
    speaker, listener = await in_room(audience, 60, slug), await in_room(audience, 61, slug)
    await say_and_report(speaker, listener, text, reporter=61, slug=slug)

    desk = await at_desk(audience)
    await find(desk, text)
    case = desk.page.locator("article.case")
    await expect(case.get_by_text("像是骗人的")).to_be_visible()
    await expect(desk.page.locator(".look__line--marked")).to_contain_text(text)

    await desk.page.keyboard.press("r")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await desk.page.keyboard.press("5")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator(".toast")).to_contain_text("已删除")
    for someone in (speaker, listener):
        await expect(someone.line(text)).to_have_count(0)
    await expect(desk.page.locator(".look__line", has_text=text)).to_have_count(0)

    await speaker.page.goto(f"{audience.market.base_url}/me/notices")
    told = speaker.page.locator(".told", has_text=text).first
    await expect(told).to_contain_text("刷屏、广告")
    await expect(speaker.page.get_by_text("你的发言被删除了").first).to_be_visible()


async def test_a_held_line_is_approved_and_appears_in_the_room(audience: Audience) -> None:
    slug, text = audience.market.room("farm")["slug"], tagged(HELD)
    speaker, listener = await in_room(audience, 62, slug), await in_room(audience, 63, slug)
    await speaker.say(text)
    await expect(speaker.page.get_by_role("alert").first).to_be_visible()
    await expect(listener.line(text)).to_have_count(0)

    desk = await at_desk(audience)
    await find(desk, text)
    case = desk.page.locator("article.case")
    await expect(case.locator("mark.marked").first).to_be_visible()
    await expect(case.locator(".rules__article").first).to_contain_text("依据")
    await desk.page.keyboard.press("a")
    await expect(desk.page.locator(".toast")).to_contain_text("已通过")
    await expect(listener.line(text)).to_have_count(1)

    await desk.page.keyboard.press("u")
    await expect(listener.line(text)).to_have_count(0)


async def test_a_mute_refuses_the_next_line_with_its_reason_until_it_is_undone(audience: Audience) -> None:
    slug, text = audience.market.room("farm")["slug"], tagged("果园的路好走吗 {}")
    speaker, listener = await in_room(audience, 64, slug), await in_room(audience, 65, slug)
    await say_and_report(speaker, listener, text, reporter=65, slug=slug)

    desk = await at_desk(audience)
    await find(desk, text)
    await desk.page.keyboard.press("1")
    await expect(desk.page.get_by_role("dialog")).to_be_visible()
    await desk.page.keyboard.press("3")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator(".toast")).to_contain_text("已禁言 10 分钟")

    await refused_or_said(speaker, listener, lambda: tagged("再说一句 {}"), refused=True)
    await expect(speaker.page.get_by_role("alert").filter(has_text="骂人、骚扰").first).to_be_visible()
    await desk.page.keyboard.press("u")
    await expect(desk.page.locator(".toast", has_text="已撤销")).to_be_visible()
    await refused_or_said(speaker, listener, lambda: tagged("又能说话了 {}"), refused=False)


async def refused_or_said(speaker: Viewer, listener: Viewer, line: Callable[[], str], *, refused: bool) -> None:
    """Speak until a mute that was laid or lifted has reached the room, which it has within seconds."""
    for _ in range(15):
        text = line()
        await speaker.say(text)
        answer = speaker.page.locator(".explanation[data-code=muted]")
        await expect(answer.or_(speaker.line(text)).first).to_be_visible()
        if refused == (await speaker.line(text).count() == 0):
            await expect(listener.line(text)).to_have_count(0 if refused else 1)
            return
        await speaker.page.wait_for_timeout(700)
    raise AssertionError("the mute did not reach the room" if refused else "the mute was not lifted")


async def test_two_moderators_at_once_the_second_sees_the_decision_that_stands(audience: Audience) -> None:
    slug, text = audience.market.room("farm")["slug"], tagged("橙子能放多久 {}")
    speaker, listener = await in_room(audience, 66, slug), await in_room(audience, 67, slug)
    await say_and_report(speaker, listener, text, reporter=67, slug=slug)
    desk = await at_desk(audience)
    await find(desk, text)
    # The page hears nothing more of the queue, as if the other had decided a blink ago.
    await desk.page.route("**/api/moderation/queue*", lambda route: route.abort())
    admin = audience.market.account("moderator")
    case_id = await desk.page.locator("article.case").get_attribute("data-case-id")
    ask(audience.market, admin, "POST", f"/api/moderation/cases/{case_id}/decision", {"decision": "approve"})
    await desk.page.keyboard.press("r")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_text("别的审核员先处理了").first).to_be_visible()
    await expect(desk.page.locator("article.case")).to_have_attribute("data-state", "approved")
    await expect(listener.line(text)).to_have_count(1)


async def test_on_a_phone_one_thumb_decides_and_undoes_and_others_may_not_be_here(audience: Audience) -> None:
    slug, text = audience.market.room("farm")["slug"], tagged("果子甜不甜呀 {}")
    speaker, listener = await in_room(audience, 68, slug), await in_room(audience, 69, slug)
    await say_and_report(speaker, listener, text, reporter=69, slug=slug)
    desk = await at_desk(audience, PHONE)
    await entry(desk, text).get_by_role("button").click(timeout=SLOW_MS)
    await expect(desk.page.locator("article.case")).to_be_visible()
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await desk.page.get_by_role("button", name="删除", exact=True).click()
    await desk.page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(listener.line(text)).to_have_count(0)
    await desk.page.locator(".toast").get_by_role("button", name="撤销").click()
    await expect(listener.line(text)).to_have_count(1)

    await speaker.page.goto(f"{audience.market.base_url}/moderation")
    await expect(speaker.page.get_by_role("heading", name="这里只给审核员用")).to_be_visible()
