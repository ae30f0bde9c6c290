"""One's own pages as people use them: where goods go is asked once and remembered, and an account can be left."""

from __future__ import annotations

import re
import secrets

import aiohttp
import pytest
from playwright.async_api import expect
from websockets.exceptions import ConnectionClosedError

from tests.browser.conftest import Audience, Viewer
from tests.browser.site_pages import DESK, PHONE
from tests.live_client import LiveClient

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
TITLE = "沙地蜜薯"


async def sign_up(viewer: Viewer) -> str:
    """Somebody new, who has nothing yet: their login."""
    login = f"new-{secrets.token_hex(4)}"
    page = viewer.page
    await page.goto(f"{viewer.market.base_url}/sign-in")
    await page.get_by_role("button", name="注册").first.click()
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=display_name]").fill("小满")
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("form button[type=submit]").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    return login


async def fill_address(viewer: Viewer, *, phone: str = "138 0000 0000") -> None:
    for name, text in {"name": "欧阳小满", "phone": phone, "region": "陕西省洛川县", "detail": "苹果路 8 号"}.items():
        await viewer.page.locator(f"form.address-form input[name={name}]").fill(text)


async def order(viewer: Viewer, login: str, key: str) -> None:
    """An order of this person's that waits to be paid, made without the picture."""
    base_url, slug = viewer.market.base_url, viewer.market.room("farm")["slug"]
    async with aiohttp.ClientSession(base_url, raise_for_status=True) as session:
        signed_in = await (await session.post("/api/sign-in", json={"login": login, "password": PASSWORD})).json()
        room = await (await session.get(f"/api/rooms/{slug}")).json()
        [card] = [card for card in room["cards"] if card["title"] == TITLE]
        wish = {
            "sku_id": card["skus"][0]["sku_id"],
            "quantity": 1,
            "room_slug": slug,
            "price_minor": card["skus"][0]["price_minor"],
        }
        headers = {"Authorization": f"Bearer {signed_in['token']}", "Idempotency-Key": key}
        await session.post("/api/orders", json=wish, headers=headers)


async def test_where_goods_go_is_asked_before_paying_and_remembered(audience: Audience) -> None:
    buyer = await audience.viewer(PHONE)
    login = await sign_up(buyer)
    await order(buyer, login, "first")
    await buyer.page.goto(f"{audience.market.base_url}/orders")
    await buyer.page.get_by_role("button", name="去付款").click()
    pay = buyer.page.get_by_role("button", name=re.compile("^支付 .*模拟"))
    await expect(buyer.page.get_by_text("先填收货地址")).to_be_visible()
    await expect(pay).to_be_disabled()
    await fill_address(buyer, phone="call me")
    await buyer.page.get_by_role("button", name="用这个地址").click()
    await expect(buyer.page.get_by_text("电话不对")).to_be_visible()
    await fill_address(buyer)
    await buyer.page.get_by_role("button", name="用这个地址").click()
    await expect(buyer.page.locator(".delivery")).to_contain_text("苹果路 8 号")
    await pay.click()
    await expect(buyer.page.get_by_text("付款成功")).to_be_visible()
    await expect(buyer.page.locator(".outcome")).to_contain_text("欧阳小满")
    await buyer.page.get_by_role("link", name="查看我的订单").click()
    await expect(buyer.page.locator("li.order").first).to_contain_text("苹果路 8 号")

    await order(buyer, login, "second")
    await buyer.page.reload()
    await buyer.page.get_by_role("button", name="去付款").click()
    await expect(buyer.page.locator(".delivery")).to_contain_text("苹果路 8 号")
    await expect(pay).to_be_enabled()

    await buyer.page.goto(f"{audience.market.base_url}/me/addresses")
    entry = buyer.page.locator(".addresses__entry")
    await expect(entry).to_contain_text("默认")
    await entry.get_by_role("button", name="删除这个地址").click()
    await expect(buyer.page.get_by_text("还没有收货地址")).to_be_visible()
    await buyer.page.get_by_role("button", name="撤销").click()
    await expect(entry).to_contain_text("苹果路 8 号")


async def test_an_account_is_left_for_good(audience: Audience) -> None:
    person = await audience.viewer(DESK)
    login = await sign_up(person)
    base_url = audience.market.base_url
    async with aiohttp.ClientSession(base_url) as session:
        signed_in = await (await session.post("/api/sign-in", json={"login": login, "password": PASSWORD})).json()
    elsewhere = LiveClient(base_url, audience.market.room("farm")["slug"], token=signed_in["token"], lanes="0")

    async def leave_while_watching() -> None:
        async with elsewhere:
            await leave(person)
            await elsewhere.until(lambda: elsewhere.of_kind("bye"))

    # The live connection elsewhere is ended, for good.
    with pytest.raises(ConnectionClosedError, match="account closed"):
        await leave_while_watching()
    assert elsewhere.of_kind("bye")[0][1:] == ["account_closed", None]
    async with (
        aiohttp.ClientSession(base_url) as session,
        session.post("/api/sign-in", json={"login": login, "password": PASSWORD}) as answer,
    ):
        assert (answer.status, (await answer.json())["code"]) == (401, "bad_credentials")


async def leave(person: Viewer) -> None:
    """Delete the account on its own page, after one wrong password."""
    page = person.page
    await page.goto(f"{person.market.base_url}/me")
    await page.get_by_role("button", name="注销账号").click()
    sheet = page.get_by_role("dialog", name="注销账号")
    await expect(sheet).to_contain_text("不能恢复")
    await sheet.locator("input[name=password]").fill("not the password")
    await sheet.get_by_role("button", name="注销账号").click()
    await expect(sheet.get_by_text("密码不对")).to_be_visible()
    await sheet.locator("input[name=password]").fill(PASSWORD)
    await sheet.get_by_role("button", name="注销账号").click()
    await expect(page.get_by_role("heading", name="账号已注销")).to_be_visible()
    await expect(page.get_by_role("link", name="登录")).to_be_visible()
