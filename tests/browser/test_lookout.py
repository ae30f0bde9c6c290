"""A host holds a code into the camera: the desk has the case within seconds, and plays the clip in which it is seen."""

from __future__ import annotations

import contextlib
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.conftest import PATIENCE_MS, Audience
from tests.browser.desk_cases import ask
from tests.browser.site_pages import DESK
from tests.market import Market
from tests.picture_sources import scene
from tests.waiting import eventually

pytestmark = pytest.mark.browser

SLOW_MS = 3 * PATIENCE_MS
SEEN_S = 60.0
HOST = 95
"""A viewer of the demo who opens a shop for this."""


@contextlib.contextmanager
def camera(picture: Path, address: str) -> Iterator[None]:
    """A real ffmpeg that films one picture, with a keyframe every two seconds, until the block ends."""
    source = ["-re", "-loop", "1", "-framerate", "10", "-i", str(picture), "-re", "-f", "lavfi", "-i", "sine=440"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    process = subprocess.Popen(
        [imageio_ffmpeg.get_ffmpeg_exe(), *source, *codecs, "-f", "flv", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def publish_address(market: Market) -> str:
    """Of a room that is opened for this."""
    host = market.account("viewer", HOST)
    org = ask(market, host, "POST", "/api/orgs", {"kind": "merchant", "name": "山里人家"})
    room = ask(market, host, "POST", "/api/rooms", {"org_id": org["org_id"], "title": "山里的小米"})
    key = ask(market, host, "POST", f"/api/rooms/{room['slug']}/stream-key", {})["stream_key"]
    return f"{market.room('farm')['publish_url']}/{key}"


def cases_about(market: Market, text: str) -> int:
    """How many cases of the queue are about this."""
    cases = ask(market, market.account("moderator"), "GET", "/api/moderation/queue?kind=moment&limit=100")["cases"]
    return sum(case["text"] == text for case in cases)


async def test_a_code_that_a_host_holds_up_is_a_case_whose_clip_the_desk_plays(
    audience: Audience, tmp_path: Path
) -> None:
    market, code = audience.market, f"https://u.wechat.com/{uuid.uuid4().hex[:12]}"
    picture = tmp_path / "held up.png"
    Image.fromarray(scene(code)).save(picture)
    with camera(picture, publish_address(market)):
        await eventually(lambda: cases_about(market, code) == 1, timeout_s=SEEN_S, poll_s=0.3)

        desk = await audience.viewer(DESK)
        await desk.sign_in("moderator")
        await desk.page.goto(f"{market.base_url}/moderation")
        await desk.page.locator(".entry", has_text=code).click(timeout=SLOW_MS)
        case = desk.page.locator("article.case")
        await expect(case.locator(".said__text")).to_have_text(code, timeout=SLOW_MS)
        await expect(case.locator(".rules, .case__part").filter(has_text="QR002").first).to_be_visible()
        await case.locator("[data-clip=qr] button").click()
        film = case.locator("video.clip__video")
        await expect(film).to_be_visible(timeout=SLOW_MS)
        await film.evaluate("film => film.readyState >= 2 || new Promise((ready) => (film.oncanplay = ready))")
        assert await film.evaluate("film => [film.videoWidth, film.videoHeight, film.error]") == [640, 360, None]
        assert await film.evaluate("film => film.duration") >= 0.1
        await expect(case.locator(".clip a[download]")).to_be_visible()

    figures = market.get("/metrics")[1]
    assert 'jishi_watch_found_total{channel="qr"}' in figures
