"""A watching page lives through a change of publisher: a host's own encoder takes the room over, and gives it back."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections.abc import Iterator

import imageio_ffmpeg
import pytest

from tests.browser.conftest import PATIENCE_MS, Audience, Viewer
from tests.browser.site_pages import PHONE

pytestmark = pytest.mark.browser

SYNTHETIC_WIDTH, ENCODER_SIZE = 640, "1280x720"
STOP_TIMEOUT_S = 5.0


@contextlib.contextmanager
def encoder(address: str) -> Iterator[None]:
    """A real ffmpeg that publishes there, with B-frames, until the block ends."""
    picture = ["-f", "lavfi", "-i", f"testsrc2=size={ENCODER_SIZE}:rate=25"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
    video_codec = ["-c:v", "libx264", "-preset", "superfast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p"]
    rest = ["-b:v", "1500k", "-c:a", "aac", "-f", "flv", address]
    process = subprocess.Popen(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-re", *picture, "-re", *sound, *video_codec, *rest],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        assert process.poll() is None, f"ffmpeg ended by itself with {process.returncode}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def shows_moving_picture_of_width(viewer: Viewer, width: int) -> None:
    await viewer.page.evaluate(
        """([width, patience]) => new Promise((resolve, reject) => {
             const { video } = jishi, started = performance.now();
             let from = null;
             const look = () => {
               if (video.videoWidth !== width) from = null;
               else from ??= video.currentTime;
               if (from !== null && video.currentTime > from + 1) resolve();
               else if (performance.now() - started < patience) setTimeout(look, 50);
               else reject(new Error(`${video.videoWidth} wide, at ${video.currentTime}, since ${from}`));
             };
             look();
           })""",
        [width, PATIENCE_MS],
    )


async def test_an_encoder_takes_the_room_over_and_gives_it_back_while_a_page_watches(audience: Audience) -> None:
    room = audience.market.room("farm")
    viewer = await audience.viewer(PHONE)
    await viewer.enter(room["slug"])
    await shows_moving_picture_of_width(viewer, SYNTHETIC_WIDTH)
    with encoder(f"{room['publish_url']}/{room['stream_key']}"):
        await shows_moving_picture_of_width(viewer, int(ENCODER_SIZE.split("x")[0]))
    await shows_moving_picture_of_width(viewer, SYNTHETIC_WIDTH)
    assert await viewer.page.evaluate("jishi.stats().connects") == 1
