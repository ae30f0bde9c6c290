"""What makes a visit pleasant: one's own settings, answering and reporting, following, sharing, buying in peace."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Audience, Viewer
from tests.browser.site_pages import DESK, PHONE

pytestmark = pytest.mark.browser


async def choose(viewer: Viewer, group: str, option: str) -> None:
    """One of a few, on the settings page."""
    await viewer.page.get_by_role("group", name=group).get_by_role("radio", name=option, exact=True).check()


async def test_settings_hold_before_anything_is_drawn(audience: Audience) -> None:
    viewer = await audience.viewer(PHONE)
    await viewer.page.goto(f"{audience.market.base_url}/me/settings")
    await choose(viewer, "明暗", "深色")
    await choose(viewer, "字号", "特大")
    await choose(viewer, "动画", "少一些")
    await viewer.page.get_by_role("switch", name="打开长辈模式").check()
    await choose(viewer, "语言", "English")
    await expect(viewer.page.get_by_role("heading", name="Settings")).to_be_visible()

    # Without any module of the page, all that is chosen is there: nothing flashes.
    await viewer.page.route("**/app/main.js", lambda route: route.abort())
    await viewer.page.goto(audience.market.base_url)
    shown = await viewer.page.evaluate("({...document.documentElement.dataset})")
    assert shown == {"theme": "dark", "text": "largest", "motion": "calm", "elder": ""}
    assert await viewer.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    await viewer.page.unroute("**/app/main.js")
    await viewer.page.goto(audience.market.base_url)
    await expect(viewer.page.get_by_role("heading", name="Today's market")).to_be_visible()


async def test_a_line_is_answered_and_reported(audience: Audience) -> None:
    slug = audience.market.room("farm")["slug"]
    asker = await audience.viewer(DESK)
    await asker.sign_in("viewer", 20)
    await asker.enter(slug)
    other = await audience.viewer(PHONE)
    await other.sign_in("viewer", 21)
    await other.enter(slug)

    await asker.say("脐橙几天能到成都")
    await other.line("脐橙几天能到成都").last.get_by_role("button").click()
    await other.page.get_by_role("button", name="回复这条").click()
    await other.say("我上次是三天")
    answer = asker.page.locator("p.line--to-me", has_text="我上次是三天")
    await expect(answer).to_contain_text("回复 ")

    await other.line("脐橙几天能到成都").last.get_by_role("button").click()
    await other.page.get_by_role("button", name="举报这条").click()
    await other.page.get_by_role("button", name="提交举报").click()
    await expect(other.page.get_by_role("alert").filter(has_text="请先选一个原因")).to_be_visible()
    await other.page.get_by_role("radio", name="其他").check()
    await other.page.get_by_role("button", name="提交举报").click()
    await expect(other.page.get_by_text("审核员会来看")).to_be_visible()


async def test_flying_comments_are_as_the_viewer_likes_them(audience: Audience) -> None:
    viewer = await audience.viewer(DESK)
    await viewer.sign_in("viewer", 22)
    await viewer.enter(audience.market.room("farm")["slug"])
    layer = viewer.page.locator(".stage__danmaku")
    await viewer.page.get_by_role("button", name="弹幕设置和更多").click()
    await viewer.page.get_by_role("slider", name=re.compile("不透明度")).fill("40")
    await choose(viewer, "弹幕字号", "大")
    await viewer.page.get_by_role("button", name="关闭", exact=True).click()
    assert await layer.evaluate("layer => layer.style.opacity") == "0.4"
    await viewer.say("看看果肉")
    await expect(layer.locator(".danmaku", has_text="看看果肉")).to_be_attached()
    await viewer.page.get_by_role("button", name="关闭弹幕").click()
    await expect(layer.locator(".danmaku")).to_have_count(0)
    await viewer.say("再看一眼")
    await expect(viewer.line("再看一眼")).to_be_visible()
    await expect(layer.locator(".danmaku")).to_have_count(0)


async def test_following_a_host_and_opening_a_shared_card(audience: Audience) -> None:
    slug = audience.market.room("farm")["slug"]
    viewer = await audience.viewer(PHONE)
    await viewer.sign_in("viewer", 23)
    await viewer.enter(slug)
    await viewer.page.get_by_role("button", name="关注", exact=True).click()
    await expect(viewer.page.get_by_role("button", name="已关注")).to_be_visible()
    await viewer.page.reload()
    await expect(viewer.page.get_by_role("button", name="已关注")).to_be_visible()

    await viewer.page.get_by_role("button", name="分享").click()
    await viewer.page.get_by_role("radio", name="沙地蜜薯").check()
    link = await viewer.page.locator(".share__link").inner_text()
    guest = await audience.viewer(PHONE)
    await guest.page.goto(link)
    await expect(guest.page.get_by_role("dialog", name="选好下单")).to_contain_text("沙地蜜薯")


async def test_the_easy_mode_counts_nothing_down_and_asks_before_paying(audience: Audience) -> None:
    viewer = await audience.viewer(PHONE)
    await viewer.sign_in("viewer", 24)
    await viewer.page.evaluate("localStorage.setItem('jishi.comfort', JSON.stringify({elder: true}))")
    await viewer.context.request.post(
        f"{audience.market.base_url}/api/me/addresses",
        headers={
            "Authorization": f"Bearer {audience.market.account('viewer', 24)['token']}",
            "Idempotency-Key": "an-address-for-the-easy-mode",
        },
        data={"name": "收件人", "phone": "13800000000", "region": "浙江省 杭州市 西湖区", "detail": "示例路 1 号"},
        fail_on_status_code=True,
    )
    await viewer.enter(audience.market.room("farm")["slug"])
    await viewer.page.get_by_role("button", name="去购买 高山脐橙").click()
    await viewer.page.get_by_role("button", name="确认下单").click()
    await expect(viewer.page.get_by_text("不着急")).to_be_visible()
    await expect(viewer.page.get_by_role("timer")).to_have_count(0)
    pay = viewer.page.get_by_role("button", name=re.compile("^支付 "))
    await pay.click()
    question = viewer.page.get_by_role("dialog", name="确定付款吗？")
    await expect(question).to_contain_text("高山脐橙")
    await question.get_by_role("button", name="再想想").click()
    await expect(viewer.page.get_by_text("付款成功")).to_have_count(0)
    await pay.click()
    await question.get_by_role("button", name="确定，付 ").click()
    await expect(viewer.page.get_by_text("付款成功")).to_be_visible()


async def test_without_a_network_the_page_says_so_and_renews_itself_when_it_is_back(audience: Audience) -> None:
    viewer = await audience.viewer(PHONE)
    await viewer.sign_in("viewer", 25)
    await viewer.page.goto(f"{audience.market.base_url}/orders")
    await expect(viewer.page.get_by_text("还没有订单")).to_be_visible()
    await viewer.context.set_offline(True)
    await expect(viewer.page.get_by_text("没有网络。")).to_be_visible()
    await viewer.context.set_offline(False)
    await expect(viewer.page.get_by_text("没有网络。")).to_have_count(0)
