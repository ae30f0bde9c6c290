"""A host's evening in the browser: opens a room, goes on air with the key that the page shows, puts up what there is to
sell, sells it, and reads afterwards how it went."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from typing import Any

import aiohttp
import imageio_ffmpeg
import pytest
from PIL import Image
from playwright.async_api import Locator, ViewportSize, expect

from tests.browser.conftest import Audience, Viewer
from tests.browser.site_pages import DESK, PHONE
from tests.waiting import eventually

pytestmark = pytest.mark.browser

AIR_PATIENCE_MS = 40_000
SENT_AWAY_S = 30.0
PASSWORD = "lantern-millet-harvest-9"
PHOTO_SIZE = (2_400, 1_800)
ADDRESS = {"name": "收货人", "phone": "13800138000", "region": "浙江省杭州市西湖区", "detail": "文三路 1 号"}


@contextlib.contextmanager
def encoder(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real ffmpeg that publishes there until it is sent away, or the block ends."""
    sources = ["-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-re", "-f", "lavfi", "-i", "sine=440"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-b:v", "900k"]
    process = subprocess.Popen(
        [imageio_ffmpeg.get_ffmpeg_exe(), *sources, *codecs, "-c:a", "aac", "-b:a", "96k", "-f", "flv", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def photo() -> bytes:
    """A photo larger than the market keeps, so that the page has to make it smaller."""
    picture = io.BytesIO()
    Image.radial_gradient("L").resize(PHOTO_SIZE).convert("RGB").save(picture, "JPEG")
    return picture.getvalue()


async def newcomer(audience: Audience, viewport: ViewportSize) -> Viewer:
    """Somebody who has just signed up, by the form."""
    viewer = await audience.viewer(viewport)
    page = viewer.page
    await page.goto(f"{audience.market.base_url}/sign-in?next=%2Fstudio")
    await page.get_by_role("button", name="注册", exact=True).click()
    await page.locator("input[name=login]").fill(f"host-{uuid.uuid4().hex[:12]}")
    await page.locator("input[name=display_name]").fill("山里人家")
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("form button[type=submit]").click()
    await expect(page.locator(".invitation")).to_be_visible()
    return viewer


async def open_room(host: Viewer, title: str) -> tuple[str, str]:
    """By the form, from nothing: the shop, the room, the key. The publish address with its key, and the slug."""
    page = host.page
    await page.get_by_role("button", name="开一间直播间").click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_label("店名").fill("山里人家小院")
    await sheet.get_by_label("直播间名字").fill(title)
    await sheet.get_by_role("button", name="建好直播间").click()
    await sheet.get_by_role("button", name="显示推流码").click()
    server = await sheet.locator("[data-copy=服务器]").inner_text()
    stream_key = await sheet.locator("[data-copy=推流码]").inner_text()
    await expect(sheet.get_by_role("img", name=re.compile("^OBS 的设置窗口"))).to_be_visible()
    await sheet.get_by_role("link", name="进入控制台").click()
    await expect(page.locator(".console")).to_be_visible()
    return f"{server}/{stream_key}", page.url.rsplit("/", 1)[1].split("#")[0]


async def add_product(host: Viewer, title: str, price: str, stock: str, *, with_photo: bool = False) -> Locator:
    """By the form; its row of the line-up."""
    page = host.page
    await page.get_by_role("button", name=re.compile("^添加")).first.click()
    await page.get_by_role("button", name="新建商品").click()
    sheet = page.get_by_role("dialog", name="新建商品")
    if with_photo:
        await sheet.locator("input[type=file]").set_input_files(
            {"name": "millet.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        )
        await expect(sheet.get_by_role("button", name="换一张")).to_be_visible()
    await sheet.get_by_label("商品名").fill(title)
    await sheet.get_by_label("价格").fill(price)
    await sheet.get_by_label("库存").fill(stock)
    await sheet.get_by_role("button", name="放上货架").click()
    await expect(sheet).to_have_count(0)
    row = page.locator(".line-up__row", has_text=title)
    await expect(row).to_be_visible()
    return row


async def as_person(audience: Audience, token: str, method: str, path: str, body: dict[str, Any]) -> Any:
    """A call of the API on behalf of that token."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, audience.market.base_url + path, json=body, headers=headers) as answer,
    ):
        text = await answer.text()
        assert answer.status < 300, text
        return json.loads(text or "null")


async def test_a_host_opens_a_room_goes_on_air_sells_and_reads_how_it_went(audience: Audience) -> None:
    host = await newcomer(audience, DESK)
    publish_url, slug = await open_room(host, "高山小米开镰了")
    page = host.page
    await expect(page.locator(".light")).to_contain_text("未开播")
    with encoder(publish_url) as sending:
        await expect(page.locator(".light--good")).to_contain_text("直播正常", timeout=AIR_PATIENCE_MS)
        await expect(page.locator(".figures")).to_contain_text("640×360")
        await expect(page.locator(".studio-preview--shown")).to_be_visible(timeout=AIR_PATIENCE_MS)

        row = await add_product(host, "高山小米 5 斤", "39.8", "20", with_photo=True)
        await expect(row.locator("img.thumb")).to_have_attribute("src", re.compile(r"^/photos/.+\.webp$"))
        await row.get_by_role("button", name="上架并讲解").click()
        await expect(row.get_by_role("button", name="讲解中")).to_have_attribute("aria-pressed", "true")

        buyer = await audience.viewer(PHONE)
        await buyer.sign_in("viewer", 11)
        await buyer.enter(slug)
        strip = buyer.page.locator("article.strip", has_text="高山小米 5 斤")
        await expect(strip).to_contain_text("39.80")
        await row.get_by_role("button", name=re.compile("^修改价格")).click()
        await row.get_by_label("价格").fill("35")
        await row.get_by_label("价格").press("Enter")
        await expect(strip).to_contain_text("35.00")

        await strip.get_by_role("button", name="去购买").click()
        await buyer.page.get_by_role("button", name="确认下单").click()
        sale = page.locator(".sale")
        await expect(sale).to_contain_text("待付款")
        await buyer.page.get_by_role("button", name=re.compile("^支付 .*模拟")).click()
        await expect(buyer.page.get_by_text("付款成功")).to_be_visible()
        await expect(sale).to_contain_text("已付款")
        await expect(sale).to_have_class(re.compile("sale--fresh"))
        await expect(page.locator(".totals")).to_contain_text("¥35.00")
        await expect(row).to_contain_text("剩 19 件")
        await send_to_an_address(audience, host, sale)

        await page.get_by_role("button", name="下播", exact=True).click()
        await page.get_by_role("dialog").get_by_role("button", name="下播", exact=True).click()
        summary = page.get_by_role("dialog", name="这一场播完了")
        await expect(summary).to_contain_text("¥35.00")
        await expect(summary.locator(".summary__products")).to_contain_text("高山小米 5 斤")
        await summary.get_by_role("button", name="好的").click()
        await eventually(lambda: sending.poll() is not None, timeout_s=SENT_AWAY_S)
    await expect(page.locator(".light")).to_contain_text("未开播")
    await expect(row.get_by_role("button", name="上架", exact=False).first).to_be_visible()
    await expect(page.locator(".shows")).to_contain_text("¥35.00")


async def send_to_an_address(audience: Audience, host: Viewer, sale: Locator) -> None:
    """The buyer names an address for the paid order, and the host reads it."""
    token = audience.market.account("viewer", 11)["token"]
    order_id = await sale.get_attribute("data-order-id")
    kept = await as_person(audience, token, "POST", "/api/me/addresses", {**ADDRESS, "is_default": True})
    await as_person(audience, token, "POST", f"/api/orders/{order_id}/address", {"address_id": kept["address_id"]})
    await host.page.get_by_label("只看已付款").check()
    await expect(sale).to_contain_text(ADDRESS["detail"], timeout=AIR_PATIENCE_MS)


async def test_the_line_up_is_put_in_order_by_keys_and_by_dragging_and_stays_so(audience: Audience) -> None:
    host = await newcomer(audience, DESK)
    await open_room(host, "果园赶集")
    page = host.page
    for title in ("甲苹果", "乙香梨", "丙蜜桃"):
        await add_product(host, title, "9.9", "5")
    titles = page.locator(".line-up__title")
    await expect(titles).to_have_text(["甲苹果", "乙香梨", "丙蜜桃"])

    handle = page.get_by_role("button", name=re.compile("^移动 甲苹果"))
    await handle.focus()
    await handle.press("ArrowDown")
    await expect(titles).to_have_text(["乙香梨", "甲苹果", "丙蜜桃"])
    await expect(page.locator("[data-said]")).to_have_text("甲苹果 移到第 2，共 3")
    await expect(handle).to_be_focused()

    box = await page.get_by_role("button", name=re.compile("^移动 丙蜜桃")).bounding_box()
    first = await page.locator(".line-up__row").first.bounding_box()
    assert box is not None
    assert first is not None
    await page.mouse.move(box["x"] + 10, box["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 10, first["y"] + 20, steps=8)
    await page.mouse.up()
    await expect(titles).to_have_text(["丙蜜桃", "乙香梨", "甲苹果"])
    await expect(page.locator("[data-said]")).to_have_text("丙蜜桃 移到第 1，共 3")
    async with page.expect_response(re.compile("/line-up$")):
        await page.reload()
    await expect(titles).to_have_text(["丙蜜桃", "乙香梨", "甲苹果"])


async def test_a_host_answers_a_viewer_by_phone_and_takes_a_line_away(audience: Audience) -> None:
    room = audience.market.room("farm")
    host = await audience.viewer(PHONE)
    await host.sign_in("host")
    await host.page.goto(f"{audience.market.base_url}/studio/rooms/{room['slug']}")
    await host.page.get_by_role("button", name=re.compile("聊天$")).click()
    viewer = await audience.viewer(PHONE)
    await viewer.sign_in("viewer", 12)
    await viewer.enter(room["slug"])
    await viewer.say("树上的果子甜吗")

    line = host.page.locator(".talk__line", has_text="树上的果子甜吗").last
    await line.get_by_role("button", name=re.compile("^回复")).click()
    await expect(host.page.locator(".talk__replying")).to_contain_text("树上的果子甜吗")
    await host.page.get_by_label("跟大家说句话").fill("甜得很")
    await host.page.get_by_role("button", name="发送").click()
    answer = host.page.locator(".talk__line--host", has_text="甜得很")
    await expect(answer.locator(".talk__answered")).to_contain_text("树上的果子甜吗")
    await expect(viewer.line("甜得很")).to_have_count(1)

    await viewer.say("我来捣个乱")
    nuisance = host.page.locator(".talk__line", has_text="我来捣个乱")
    await nuisance.get_by_role("button", name=re.compile("^移除")).click()
    await host.page.get_by_role("button", name="移除", exact=True).click()
    await expect(nuisance).to_have_count(0)
    await expect(viewer.line("我来捣个乱")).to_have_count(0)


async def test_words_that_the_filter_stops_are_marked_for_the_host(audience: Audience) -> None:
    host = await newcomer(audience, PHONE)
    await open_room(host, "老街饼铺")
    page = host.page
    await page.get_by_role("button", name=re.compile("货架$")).click()
    await page.get_by_role("button", name="添加商品").click()
    await page.get_by_role("button", name="新建商品").click()
    sheet = page.get_by_role("dialog", name="新建商品")
    await sheet.get_by_role("button", name="放上货架").click()
    await expect(sheet.get_by_text("请填商品名。")).to_be_visible()
    await expect(sheet.get_by_label("商品名")).to_be_focused()
    await sheet.get_by_label("商品名").fill("祖传药饼 包治百病 根治糖尿病")
    await sheet.get_by_label("价格").fill("１９．９")
    await sheet.get_by_label("库存").fill("8")
    await sheet.get_by_role("button", name="放上货架").click()
    await expect(sheet.locator(".refusal mark").first).to_be_visible()
    await sheet.get_by_label("商品名").fill("老街芝麻饼")
    await sheet.get_by_role("button", name="放上货架").click()
    await expect(page.locator(".line-up__row", has_text="老街芝麻饼")).to_contain_text("19.90")


async def test_a_room_that_is_not_mine_says_so(audience: Audience) -> None:
    stranger = await newcomer(audience, PHONE)
    await stranger.page.goto(f"{audience.market.base_url}/studio/rooms/{audience.market.room('farm')['slug']}")
    await expect(stranger.page.get_by_text("这不是你的直播间")).to_be_visible()
