"""The job side as people see it: posts say all they must and ask for no money, one tap to apply, each step told."""

from __future__ import annotations

import json
import re
import urllib.request
import uuid

import pytest
from playwright.async_api import Locator, ViewportSize, expect

from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.site_pages import DESK, PHONE
from tests.market import Market

pytestmark = pytest.mark.browser

SLOW_MS = 3 * PATIENCE_MS
SEEKER = 60
"""A viewer of the demo that no other test signs in as: the résumé here is their first."""
PHONE_NUMBER = "13900005678"
MASKED = "139****5678"
NOTE = "周六上午 9 点,厂门口找招聘主管"


def tagged(text: str) -> str:
    """The text with a tag that no other post of the market has, in letters that no rule minds."""
    return text + "".join(chr(0x4E00 + int(digit, 16) * 7) for digit in uuid.uuid4().hex[:5])


def push_card(market: Market, job_id: str) -> None:
    """Show the post in the job room, as its host."""
    token = market.account("employer")["token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid.uuid4().hex,
    }
    body = json.dumps({"job_id": job_id, "explaining": True}).encode()
    address = f"{market.base_url}/api/rooms/{market.room('jobs')['slug']}/cards"
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as response:
        assert response.status == 201


async def at_posts(audience: Audience, size: ViewportSize = DESK) -> Viewer:
    """An employer who looks at the organisation's posts."""
    employer = await audience.viewer(size)
    await employer.sign_in("employer")
    await employer.page.goto(f"{audience.market.base_url}/employer")
    await expect(employer.page.locator("table.table")).to_be_visible(timeout=SLOW_MS)
    return employer


async def write_post(employer: Viewer, **fields: str) -> None:
    """Open the form for a new post and fill in what is given."""
    await employer.page.get_by_role("button", name="发布岗位").click()
    for name, text in fields.items():
        await employer.page.locator(f"form [name={name}]").fill(text)
        if name in ("requirements", "benefits"):
            await employer.page.keyboard.press("Enter")


def whole_post(title: str) -> dict[str, str]:
    """All that a post must say."""
    return {
        "title": title,
        "headcount": "12",
        "place": "高新区 科创路 8 号",
        "description": "开电动叉车装卸、上架,货不超过两吨。",
        "base_min": "4000",
        "base_max": "4500",
        "pay_min": "6500",
        "pay_max": "8000",
        "requirements": "有叉车证",
        "benefits": "包住宿",
        "shift": "白班,月休 6 天",
    }


def row(viewer: Viewer, text: str) -> Locator:
    """The row of a table with this text."""
    return viewer.page.locator("tbody tr", has_text=text)


async def publish(employer: Viewer) -> None:
    await employer.page.get_by_role("button", name="发布", exact=True).click()


async def test_from_the_post_to_the_interview(audience: Audience) -> None:
    title = tagged("叉车司机")
    employer = await at_posts(audience)
    await write_post(employer, **whole_post(title))
    await publish(employer)
    await expect(row(employer, title)).to_contain_text("在招", timeout=SLOW_MS)
    job_id = await row(employer, title).get_attribute("data-row")
    assert job_id is not None
    push_card(audience.market, job_id)

    seeker = await audience.viewer(PHONE)
    await seeker.sign_in("viewer", SEEKER)
    await apply_from_the_card(seeker, audience.market.room("jobs")["slug"], title)
    await move_to_interview(employer, title)
    await sees_the_interview(seeker, title)
    await shares_the_number(seeker, employer)


async def apply_from_the_card(seeker: Viewer, slug: str, title: str) -> None:
    """With no résumé yet: the sheet says all that the post says, asks for three fields, sends, and knows it later."""
    page = seeker.page
    await seeker.enter(slug)
    await page.get_by_role("button", name=f"看岗位详情 {title}").first.click()
    sheet = page.locator("dialog.sheet--job")
    for fact in ("¥6,500–8,000", "¥4,000–4,500", "招 12 人", "开电动叉车", "集市不向求职者收任何费用"):
        await expect(sheet.get_by_text(fact).first).to_be_visible(timeout=SLOW_MS)
    await sheet.get_by_role("button", name="一键投递").click()
    await sheet.get_by_role("button", name="保存并继续").click()
    await expect(sheet.locator("[aria-invalid=true]")).to_have_count(3)
    for name, text in (("name", "求职者甲"), ("phone", "139 0000 5678"), ("city", "成都 郫都区")):
        await sheet.locator(f"input[name={name}]").fill(text)
    await sheet.get_by_role("button", name="保存并继续").click()
    await expect(sheet.get_by_text(MASKED)).to_be_visible(timeout=SLOW_MS)
    await sheet.get_by_role("button", name="一键投递").click()
    await expect(sheet.get_by_role("heading", name="已投递")).to_be_visible(timeout=SLOW_MS)
    await sheet.get_by_role("button", name="继续看直播").click()
    await page.get_by_role("button", name=f"看岗位详情 {title}").first.click()
    await expect(sheet.get_by_text("你已投递过这个岗位")).to_be_visible(timeout=SLOW_MS)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def move_to_interview(employer: Viewer, title: str) -> None:
    """Open the applicant, whose number is masked, and invite them."""
    page = employer.page
    await page.reload()
    await row(employer, title).get_by_role("link", name=re.compile("看投递")).click()
    await page.get_by_role("button", name="查看 求职者甲 的简历").click(timeout=SLOW_MS)
    sheet = page.locator("dialog.sheet--applicant")
    await expect(sheet.locator(".resume-view__number")).to_have_text(MASKED, timeout=SLOW_MS)
    assert PHONE_NUMBER not in await page.content()
    await sheet.get_by_label("约面试").check()
    await sheet.locator("textarea[name=note]").fill(NOTE)
    await sheet.get_by_role("button", name="改为“约面试”").click()
    await expect(sheet.locator(".history__step").first).to_contain_text(NOTE, timeout=SLOW_MS)


async def sees_the_interview(seeker: Viewer, title: str) -> None:
    """In the room at once, and under my applications with who has seen the résumé."""
    await expect(seeker.page.locator(".toast", has_text="约面试")).to_be_visible(timeout=SLOW_MS)
    await seeker.page.goto(f"{seeker.market.base_url}/applications")
    mine = seeker.page.locator(".application", has_text=title)
    await expect(mine.locator(".steps [aria-current=step]")).to_have_text("约面试", timeout=SLOW_MS)
    await expect(mine).to_contain_text(NOTE)
    await mine.get_by_role("button", name="进度和操作").click()
    await expect(mine.locator(".seen")).to_contain_text("打开看过", timeout=SLOW_MS)


async def shares_the_number(seeker: Viewer, employer: Viewer) -> None:
    """The applicant's switch is what unmasks it."""
    await seeker.page.get_by_role("switch").check()
    await expect(seeker.page.get_by_text("对方看得到全号")).to_be_visible(timeout=SLOW_MS)
    await employer.page.reload()
    await expect(employer.page.locator(".resume-view__number")).to_have_text(PHONE_NUMBER, timeout=SLOW_MS)


async def test_what_is_missing_is_named_and_a_post_that_asks_for_a_deposit_is_refused_with_its_reason(
    audience: Audience,
) -> None:
    title = tagged("流水线普工")
    employer = await at_posts(audience, PHONE)
    await write_post(employer, title=title)
    await publish(employer)
    missing = employer.page.get_by_role("alert")
    for name in ("招几个人", "工作地点", "底薪从", "综合收入到", "任职要求", "工作内容"):
        await expect(missing).to_contain_text(name)

    fields = whole_post(title) | {"description": "流水线组装。入职先交押金 300 元,离职退还。"}
    for name, text in fields.items():
        await employer.page.locator(f"form [name={name}]").fill(text)
        if name == "requirements":
            await employer.page.keyboard.press("Enter")
    await publish(employer)
    refusal = employer.page.locator(".refusal")
    await expect(refusal.locator("mark").first).to_be_visible(timeout=SLOW_MS)
    await expect(refusal).to_contain_text("押金")
    await expect(refusal.locator(".refusal__article")).to_contain_text("条")
    assert (await refusal.locator("p").nth(2).inner_text()).strip()

    await employer.page.get_by_role("button", name="存草稿").click()
    await expect(row(employer, title)).to_contain_text("草稿", timeout=SLOW_MS)
    await row(employer, title).get_by_role("button", name=re.compile("^发布")).click()
    await expect(employer.page.locator("form [name=title]")).to_have_value(title, timeout=SLOW_MS)
    await expect(refusal.locator("mark").first).to_be_visible()
