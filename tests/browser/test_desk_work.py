"""How moderators work together: who has which case, the views they keep, a second pair of eyes, the figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.desk_cases import HELD, ask, decide_until_drawn, report, say, someone, tagged
from tests.browser.site_pages import DESK, PHONE
from tests.browser.test_accessibility import AXE, EVERYTHING, violations
from tests.market import Market

pytestmark = pytest.mark.browser

SLOW_MS = 3 * PATIENCE_MS
COVERED = """() => {
    const decided = ".moderation__actions, article.case .said, .entry__button[aria-current]";
    const [word] = [...document.querySelectorAll(".toast")].filter((one) => one.checkVisibility());
    const { left, top, right, bottom } = word.getBoundingClientRect();
    const isUnder = (it) => left < it.right && it.left < right && top < it.bottom && it.top < bottom;
    return [...document.querySelectorAll(decided)].filter((one) => isUnder(one.getBoundingClientRect()))
        .map((one) => one.className);
}"""
"""What the short word lies over, of what one decides by and with."""
DAYS_3 = timedelta(days=3)
SHORT_PHONE = ViewportSize(width=PHONE["width"], height=420)
"""So short that the list is longer, however few wait."""
FADED = """() => {
    const one = document.activeElement, row = one.closest(".sideways");
    const [its, edges] = [one.getBoundingClientRect(), row.getBoundingClientRect()];
    const more = row.dataset.more ?? "";
    const before = ["before", "both"].includes(more), after = ["after", "both"].includes(more);
    return (before && its.left < edges.left + 43) || (after && its.right > edges.right - 43);
}"""
"""Whether the button with the focus lies where its row fades; a pixel is left to rounding."""


async def reported_case(market: Market, text: str, *, sender: int, reporter: int) -> str:
    """Have a line said and reported; its case's id."""
    slug = market.room("farm")["slug"]
    async with someone(market, slug, sender) as speaker:
        comment_id = await say(speaker, text)
        assert isinstance(comment_id, str), comment_id.code
        report(market, slug, comment_id, reporter=reporter)
    cases = ask(market, market.account("moderator"), "GET", "/api/moderation/queue?limit=100")["cases"]
    return str(next(case["case_id"] for case in cases if case["text"] == text))


def person_id(market: Market, index: int) -> str:
    return str(ask(market, market.account("viewer", index), "GET", "/api/me")["person"]["person_id"])


def close(market: Market, role: str, index: int) -> str:
    """Have somebody close a viewer's account; the action's id."""
    body = {"person_id": person_id(market, index), "kind": "close_account", "reason": "scam: 多人举报"}
    return str(ask(market, market.account(role), "POST", "/api/moderation/sanctions", body)["action_id"])


async def at_case(audience: Audience, role: str, case_id: str) -> Viewer:
    """A moderator with a case open before them."""
    desk = await audience.viewer(DESK)
    await desk.sign_in(role)
    await desk.page.goto(f"{audience.market.base_url}/moderation?case={case_id}")
    await expect(desk.page.locator(f'article.case[data-case-id="{case_id}"]')).to_be_visible(timeout=SLOW_MS)
    return desk


async def test_a_case_that_one_works_on_is_left_to_them_until_they_let_go(audience: Audience) -> None:
    case_id = await reported_case(audience.market, tagged("今天的光线真好 {}"), sender=72, reporter=73)
    first = await at_case(audience, "moderator", case_id)
    other = await at_case(audience, "admin", case_id)
    claimer = other.page.locator("article.case .claim")

    await first.page.keyboard.press("c")
    await expect(first.page.locator("article.case .claim")).to_contain_text("你在处理")
    await expect(claimer).to_contain_text("在处理", timeout=SLOW_MS)
    await expect(claimer.get_by_role("button")).to_have_count(0)
    await expect(other.page.locator(f'[data-case-id="{case_id}"] .entry__claimed')).to_contain_text("在处理")
    for key in ("r", "a"):
        await other.page.keyboard.press(key)
        await expect(other.page.locator(".toast", has_text="正在处理这一条").first).to_be_visible()
        await expect(other.page.get_by_role("dialog")).to_have_count(0)
        await expect(other.page.locator("article.case")).to_have_attribute("data-state", "open")

    await first.page.keyboard.press("c")
    await expect(first.page.locator("[data-claim=take]")).to_be_visible()
    # Whoever opens a case to act has it meanwhile, without a press of its own.
    await other.page.keyboard.press("r")
    await expect(other.page.get_by_role("dialog")).to_be_visible()
    await expect(first.page.locator("article.case .claim")).to_contain_text("在处理", timeout=SLOW_MS)
    await other.page.keyboard.press("Escape")
    await expect(first.page.locator("[data-claim=take]")).to_be_visible(timeout=SLOW_MS)
    await other.page.keyboard.press("r")
    await other.page.keyboard.press("5")
    await other.page.keyboard.press("Enter")
    await expect(other.page.locator(".toast", has_text="已删除")).to_be_visible()
    await expect(first.page.locator("article.case")).to_have_attribute("data-state", "removed", timeout=SLOW_MS)


async def test_on_a_phone_a_case_is_taken_and_let_go_with_a_thumb(audience: Audience) -> None:
    text = tagged("果园离市区远吗 {}")
    await reported_case(audience.market, text, sender=72, reporter=73)
    desk = await audience.viewer(SHORT_PHONE)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{audience.market.base_url}/moderation")
    entry = desk.page.locator(".entry", has_text=text).get_by_role("button")
    await expect(entry).to_be_visible(timeout=SLOW_MS)
    await entry.evaluate("button => button.scrollIntoView({ block: 'center', behavior: 'instant' })")
    left_at = await desk.page.evaluate("scrollY")
    assert left_at > 0, "nothing was scrolled"
    await entry.click(timeout=SLOW_MS)
    claim = desk.page.locator("article.case .claim")
    await claim.get_by_role("button", name="我来处理").click()
    assert await desk.page.evaluate("scrollY") == 0, "the case is read from its top"
    await expect(claim).to_contain_text("你在处理")
    await desk.page.locator(".actions").get_by_role("button", name="更多处理").click()
    await desk.page.get_by_role("dialog").get_by_role("button", name="放开").click()
    await expect(claim.get_by_role("button", name="我来处理")).to_be_visible()
    await desk.page.go_back()
    await expect(desk.page.locator(".queue")).to_be_visible()
    await desk.page.wait_for_function("top => Math.abs(scrollY - top) <= 1", arg=left_at)
    await entry.click()
    await desk.page.get_by_role("button", name="看直播间").click()
    await expect(desk.page.locator(".look")).to_be_visible()
    await desk.page.get_by_role("button", name="收起直播间").click()
    await desk.page.get_by_role("button", name="回到列表").click()
    await expect(desk.page.locator(".queue")).to_be_visible()


async def test_on_a_phone_what_is_reached_by_keys_lies_clear_of_the_fading_edge(audience: Audience) -> None:
    market, admin = audience.market, audience.market.account("admin")
    before = ask(market, admin, "GET", "/api/moderation/views")
    view = {"state": "open", "order": "risk", "kind": "card", "slug": None, "action": None, "rule": None}
    names = ["招聘的卡片", "等了一小时的", "等了一天的", "农场的直播间", "别人举报的", "夜里来的"]
    views = [{**view, "name": name, "older_than_s": 3600 * at} for at, name in enumerate(names, 1)]
    ask(market, admin, "PUT", "/api/moderation/views", {"views": views})
    desk = await audience.viewer(PHONE)
    await desk.sign_in("admin")
    await desk.page.goto(f"{market.base_url}/moderation")
    row = desk.page.locator(".views")
    await expect(row).to_have_attribute("data-more", "after", timeout=SLOW_MS)
    await row.get_by_role("button").first.focus()
    for key in ["Tab"] * len(names) + ["Shift+Tab"] * len(names):
        await desk.page.keyboard.press(key)
        assert await desk.page.evaluate("document.activeElement.matches('.views__one')")
        await desk.page.wait_for_function(f"() => !({FADED})()")
    ask(market, admin, "PUT", "/api/moderation/views", before)


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh-CN"), (DESK, "en-US"), (PHONE, "en-US")])
async def test_what_says_the_same_is_decided_by_one_press_and_undone_by_one(
    audience: Audience, size: ViewportSize, language: str
) -> None:
    market, text = audience.market, tagged(HELD)
    for index in (80, 81, 82):
        async with someone(market, market.room("farm")["slug"], index) as speaker:
            await say(speaker, text)

    def waiting() -> list[str]:
        cases = ask(market, market.account("moderator"), "GET", "/api/moderation/queue?limit=100")["cases"]
        return [case["case_id"] for case in cases if case["text"] == text]

    first, *_ = before = waiting()
    assert len(before) == 3
    desk = await audience.viewer(size, language)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{market.base_url}/moderation?case={first}")
    if size == PHONE:
        await desk.page.locator(f'button[data-case-id="{first}"]').click(timeout=SLOW_MS)
    case = desk.page.locator(f'article.case[data-case-id="{first}"]')
    await case.get_by_role("switch").click(timeout=SLOW_MS)
    await desk.page.locator(".moderation__actions .button--leaf").click()
    word = desk.page.locator(".toast:visible")
    await expect(word).to_contain_text("2")
    assert await desk.page.evaluate(COVERED) == []
    assert waiting() == []
    await word.locator(".toast__undo").click()
    await expect(word).to_contain_text("3")
    assert await desk.page.evaluate(COVERED) == []
    assert sorted(waiting()) == sorted(before)


async def test_a_filter_is_kept_as_a_view_found_on_the_next_visit_and_deleted(audience: Audience) -> None:
    text = tagged("橙子是有机的吗 {}")
    await reported_case(audience.market, text, sender=72, reporter=73)
    desk = await audience.viewer(DESK)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{audience.market.base_url}/moderation")
    await expect(desk.page.locator(".entry").first).to_be_visible(timeout=SLOW_MS)
    await desk.page.keyboard.press("f")
    sheet = desk.page.get_by_role("dialog")
    await sheet.get_by_label("来由").select_option("report")
    await sheet.get_by_label("等了多久").select_option("86400")
    await sheet.get_by_label("把现在的筛选存成").fill("搁了一天的")
    await sheet.get_by_role("button", name="存下", exact=True).click()
    await expect(sheet.locator(".filter__name", has_text="搁了一天的")).to_be_visible()
    await sheet.get_by_role("button", name="看结果").click()
    await expect(desk.page.get_by_text("这样筛选，没有要看的")).to_be_visible()

    await desk.page.reload()
    await expect(desk.page.locator(".entry", has_text=text)).to_be_visible(timeout=SLOW_MS)
    view = desk.page.locator(".views__one", has_text="搁了一天的")
    await view.click()
    await expect(view).to_have_attribute("aria-pressed", "true")
    await expect(desk.page.get_by_text("这样筛选，没有要看的")).to_be_visible()
    await desk.page.locator(".views__one", has_text="全部").click()
    await expect(desk.page.locator(".entry", has_text=text)).to_be_visible()
    await desk.page.keyboard.press("f")
    await sheet.get_by_role("button", name="删掉视图“搁了一天的”").click()
    await expect(desk.page.locator(".views__one", has_text="搁了一天的")).to_have_count(0)
    kept = ask(audience.market, audience.market.account("moderator"), "GET", "/api/moderation/views")["views"]
    assert "搁了一天的" not in [each["name"] for each in kept]


async def test_a_sanction_ends_when_its_moderator_says(audience: Audience) -> None:
    market = audience.market
    case_id = await reported_case(market, tagged("这批果子酸不酸 {}"), sender=74, reporter=73)
    desk = await at_case(audience, "moderator", case_id)
    await desk.page.keyboard.press("s")
    await desk.page.locator("[data-grade=limited_account]").click()
    sheet = desk.page.get_by_role("dialog")
    await expect(sheet.get_by_label("到什么时候")).to_have_value("")
    await sheet.get_by_label("到什么时候").select_option("at")
    await sheet.get_by_label("到这时为止").fill("2020-01-01T00:00")
    await sheet.get_by_role("button", name="限制账号").click()
    await expect(sheet.get_by_text("要选现在以后的时间。")).to_be_visible()
    await sheet.get_by_label("到什么时候").select_option(str(int(DAYS_3.total_seconds())))
    await sheet.get_by_role("button", name="限制账号").click()
    await expect(desk.page.locator(".toast", has_text="账号已限制")).to_be_visible()
    [told, *_] = ask(market, market.account("viewer", 74), "GET", "/api/me/decisions")["decisions"]
    assert told["kind"] == "limited_account"
    ends_in = datetime.fromisoformat(told["until"]) - datetime.now(UTC)
    assert DAYS_3 - timedelta(minutes=5) < ends_in <= DAYS_3


async def test_what_one_moderator_closes_another_agrees_with_or_drops(audience: Audience) -> None:
    market = audience.market
    agreed, dropped = close(market, "admin", 75), close(market, "admin", 76)
    own = close(market, "moderator", 77)
    desk = await audience.viewer(DESK)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{market.base_url}/moderation")
    await expect(desk.page.locator(".queue")).to_be_visible(timeout=SLOW_MS)
    await desk.page.keyboard.press("o")

    def card(action_id: str) -> Any:
        return desk.page.locator(f'article.appeal[data-action-id="{action_id}"]')

    await expect(card(own)).to_contain_text("要由别的审核员来看", timeout=SLOW_MS)
    await expect(card(own).get_by_role("button", name="同意")).to_have_count(0)
    for action_id, key, state in ((agreed, "a", "agreed"), (dropped, "r", "dropped")):
        await card(action_id).click(position={"x": 8, "y": 8})
        await expect(card(action_id)).to_have_attribute("aria-current", "true")
        await desk.page.keyboard.press(key)
        await expect(desk.page.get_by_role("dialog")).to_be_visible()
        await desk.page.keyboard.press("Enter")
        await expect(card(action_id)).to_have_attribute("data-state", state)
    log = ask(market, market.account("admin"), "GET", "/api/moderation/log?limit=100")["actions"]
    undone = {action["action_id"]: action["undone_at"] is not None for action in log}
    assert (undone[agreed], undone[dropped]) == (False, True)
    ask(market, market.account("moderator"), "POST", f"/api/moderation/actions/{own}/undo", {"reason": "mistake"})


async def test_a_decision_is_looked_at_again_without_knowing_it(audience: Audience) -> None:
    market = audience.market
    text = tagged("箱子里有没有泡沫 {}")
    action_id = decide_until_drawn(market, await reported_case(market, text, sender=72, reporter=73))
    desk = await audience.viewer(PHONE)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{market.base_url}/moderation#seconds")
    await desk.page.locator(".seconds input[value=looks]").check(timeout=SLOW_MS)
    look = desk.page.locator(f'article.appeal[data-action-id="{action_id}"]')
    await expect(look).to_contain_text(text)
    await expect(look).not_to_contain_text("已通过")
    await look.get_by_role("button", name="我会删除").click()
    await expect(look).to_contain_text("和原来的决定不一样")
    await expect(look).to_contain_text("原来：已通过")
    assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_those_that_say_the_same_are_decided_together(audience: Audience) -> None:
    market, text = audience.market, tagged("快去隔壁直播间看看 {}")
    slug = market.room("farm")["slug"]
    for sender in (80, 81):
        async with someone(market, slug, sender) as speaker:
            comment_id = await say(speaker, text)
            assert isinstance(comment_id, str), comment_id.code
            report(market, slug, comment_id, reporter=73)
    desk = await audience.viewer(DESK)
    await desk.sign_in("moderator")
    await desk.page.goto(f"{market.base_url}/moderation")
    entry = desk.page.locator(".entry", has_text=text)
    await expect(entry).to_have_count(1, timeout=SLOW_MS)
    await expect(entry).to_contain_text("共 2 条一样的")
    await entry.get_by_role("button").click()
    await desk.page.get_by_role("switch", name="一样的 2 条一起处理").check()
    await desk.page.keyboard.press("a")
    await expect(desk.page.locator(".toast", has_text="还有一样的 1 条")).to_be_visible()
    query = "/api/moderation/queue?state=done&limit=10"
    done = ask(market, market.account("moderator"), "GET", query)["cases"]
    assert [case["state"] for case in done if case["text"] == text] == ["approved", "approved"]


async def test_the_figures_are_those_of_the_desk(audience: Audience) -> None:
    market = audience.market
    case_id = await reported_case(market, tagged("能不能挑大果 {}"), sender=72, reporter=73)
    decision = {"decision": "approve", "reason": "fine"}
    ask(market, market.account("moderator"), "POST", f"/api/moderation/cases/{case_id}/decision", decision)
    desk = await audience.viewer(DESK)
    await desk.sign_in("admin")
    await desk.page.goto(f"{market.base_url}/moderation")
    await expect(desk.page.locator(".queue")).to_be_visible(timeout=SLOW_MS)
    await desk.page.keyboard.press("g")
    tiles = desk.page.locator(".tally__tile")
    await expect(tiles).to_have_count(4)
    told = ask(market, market.account("admin"), "GET", "/api/moderation/figures")
    await expect(tiles.nth(0)).to_contain_text(str(told["open"]))
    await expect(tiles.nth(2)).to_contain_text(str(told["decided"]))
    await expect(desk.page.locator(".tally .table [data-row=line]")).to_contain_text("一半在")
    await expect(desk.page.locator(".tally__group", has_text="申诉")).to_contain_text("成立")
    for moderator in told["moderators"]:
        await expect(desk.page.locator(f'[data-row="{moderator["person_id"]}"]')).to_contain_text(moderator["name"])


async def test_viewers_read_how_many_lines_were_taken_down_in_a_room(audience: Audience) -> None:
    market = audience.market
    slug = market.room("jobs")["slug"]
    async with someone(market, slug, 78) as speaker:
        comment_id = await say(speaker, tagged("上周说的工资到现在没发，大家当心 {}"))
        assert isinstance(comment_id, str), comment_id.code
    employer = market.account("employer")
    ask(market, employer, "POST", f"/api/rooms/{slug}/comments/{comment_id}/removal", {"reason": "spam"})
    told = ask(market, employer, "GET", f"/api/rooms/{slug}/deletions")
    [by_host] = [each for each in told["by"] if each["by"] == "host"]
    viewer = await audience.viewer(PHONE)
    await viewer.enter(slug)
    await viewer.page.get_by_role("button", name="弹幕设置和更多").click()
    deletions = viewer.page.locator(".deletions")
    await expect(deletions).to_contain_text(f"主播删了 {by_host['total']} 条")
    await expect(deletions).to_contain_text("像是差评、投诉")


async def test_the_desk_at_this_work_has_no_violation(market: Market, browser: Browser) -> None:
    case_id = await reported_case(market, tagged("冷链还是常温发 {}"), sender=79, reporter=73)
    close(market, "admin", 79)
    look_id = decide_until_drawn(market, await reported_case(market, tagged("能开发票吗 {}"), sender=72, reporter=73))
    context = await browser.new_context(bypass_csp=True, reduced_motion="reduce", locale="zh-CN")
    desk = Viewer(market, context, await context.new_page())
    await desk.sign_in("moderator")
    found: list[str] = []

    async def look(name: str) -> None:
        await desk.page.evaluate("() => Promise.all(document.getAnimations().map(moving => moving.finished))")
        found.extend(f"{name}: {fault}" for fault in await violations(desk.page, EVERYTHING))
        assert await desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    for theme in ("light", "dark"):
        await desk.page.emulate_media(color_scheme=theme)
        for size in (DESK, PHONE):
            where = f"{size['width']} {theme}"
            await desk.page.set_viewport_size(size)
            await desk.page.goto(f"{market.base_url}/moderation?case={case_id}")
            await desk.page.add_script_tag(path=AXE)
            if size == PHONE:
                await desk.page.locator(f'.entry__button[data-case-id="{case_id}"]').click(timeout=SLOW_MS)
            take = desk.page.locator("[data-claim=take]")
            await expect(take).to_be_visible(timeout=SLOW_MS)
            await take.click()
            await expect(desk.page.locator("[data-claim=release]")).to_be_visible()
            await look(f"claimed {where}")
            await desk.page.keyboard.press("s")
            await desk.page.locator("[data-grade=limited_account]").click()
            await desk.page.get_by_label("到什么时候").select_option("at")
            await look(f"end {where}")
            await desk.page.keyboard.press("Escape")
            await desk.page.locator("[data-claim=release]").click()
            await desk.page.locator("[data-pane=seconds]").click()
            await expect(desk.page.locator("article.appeal").first).to_be_visible(timeout=SLOW_MS)
            await look(f"seconds {where}")
            await desk.page.locator(".seconds input[value=looks]").check()
            await expect(desk.page.locator(f'[data-action-id="{look_id}"]')).to_be_visible()
            await look(f"looks {where}")
    await context.close()
    assert found == [], "\n".join(found)
