"""Chromium's MediaSource takes every init and part: B-frames, an init change, a reconnect, uneven frame times."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.async_api import async_playwright

from media.part import Init, Part
from media.stream import Stream
from tests import media_sources as sources
from tests.media_sources import Tag, ffmpeg_flv, flv_tags

pytestmark = pytest.mark.browser

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
]
PAGE = "<!doctype html><video muted playsinline></video>"
PLAY = """
async (tracks) => {
  const video = document.querySelector('video');
  const events = [];
  for (const name of ['error', 'stalled', 'abort']) video.addEventListener(name, () => events.push('video ' + name));
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((resolve) => source.addEventListener('sourceopen', resolve, {once: true}));
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const append = async (buffer, data) => {
    buffer.appendBuffer(data);
    await new Promise((resolve) => buffer.addEventListener('updateend', resolve, {once: true}));
  };
  const ranges = (buffered) => [...Array(buffered.length).keys()].map((i) => [buffered.start(i), buffered.end(i)]);
  const buffers = Object.entries(tracks).map(([track, items]) => {
    const buffer = source.addSourceBuffer(`${track}/mp4; codecs="${items[0].codec}"`);
    if (buffer.mode !== 'segments') events.push(track + ' mode ' + buffer.mode);
    for (const name of ['error', 'abort']) buffer.addEventListener(name, () => events.push(track + ' ' + name));
    return [track, buffer, items];
  });
  for (const [track, buffer, items] of buffers) {
    let codec = items[0].codec;
    for (const item of items) {
      if (item.codec && item.codec !== codec) buffer.changeType(`${track}/mp4; codecs="${item.codec}"`);
      codec = item.codec || codec;
      await append(buffer, bytes(item.data));
    }
  }
  const buffered = Object.fromEntries(buffers.map(([track, buffer]) => [track, ranges(buffer.buffered)]));
  video.currentTime = Math.max(...Object.values(buffered).map((list) => list[0][0]));
  await video.play();
  const from = video.currentTime;
  const deadline = performance.now() + 20000;
  const last = video.buffered.length - 1;
  const until = video.buffered.start(last) + (last ? 0.5 : 1.5);
  while (video.currentTime < until && performance.now() < deadline && !video.error) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const next = ranges(video.buffered).find(([start]) => start > video.currentTime);
    const at = video.currentTime;
    const here = ranges(video.buffered).find(([start, end]) => start <= at && end > at + 0.1);
    if (next && !here) video.currentTime = next[0];
  }
  const quality = video.getVideoPlaybackQuality();
  return {
    events, buffered, error: video.error && video.error.message,
    advanced: video.currentTime - from, until: until - from,
    frames: quality.totalVideoFrames, width: video.videoWidth,
  };
}
"""


async def play(items: list[Any]) -> dict[str, Any]:
    """Append all of `items` to one SourceBuffer per track and play from where both begin."""
    tracks: dict[str, list[dict[str, str]]] = {}
    for item in items:
        assert isinstance(item, Init | Part), item
        codec = item.codec if isinstance(item, Init) else ""
        tracks.setdefault(item.track, []).append({"codec": codec, "data": base64.b64encode(item.data).decode()})
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        try:
            page = await browser.new_page()
            await page.set_content(PAGE)
            result: dict[str, Any] = await page.evaluate(PLAY, tracks)
            return result
        finally:
            await browser.close()


def presented_s(items: list[Any], track: str) -> tuple[float, float]:
    """First and last presentation time of a track, the last with its frame's duration."""
    timescale = 90_000 if track == "video" else 48_000
    samples = [sample for part in sources.parts_of(items, track) for sample in sources.read_part(part.data)]
    starts = [(sample.dts + sample.composition) / timescale for sample in samples]
    return min(starts), max(starts) + samples[-1].duration / timescale


@pytest.fixture(scope="module")
def tags() -> list[Tag]:
    return flv_tags(ffmpeg_flv(seconds=4, b_frames=3))


def assert_plays(result: dict[str, Any], *publishers: list[Any]) -> None:
    """No error, the time moves, and each publisher's items are one unbroken range per track."""
    assert result["error"] is None
    assert result["events"] == []
    assert result["advanced"] >= result["until"]
    assert result["frames"] > 0
    for track, ranges in result["buffered"].items():
        expected = [presented_s(items, track) for items in publishers]
        assert ranges == [[pytest.approx(start, abs=0.001), pytest.approx(end, abs=0.05)] for start, end in expected]


async def test_b_frames_and_sound_play_in_one_range(tags: list[Tag]) -> None:
    items = sources.feed(Stream(first_init_id=1, first_sequence=0), tags)
    assert_plays(await play(items), items)


async def test_an_init_change_and_a_reconnect_play_on(tags: list[Tag]) -> None:
    stream = Stream(first_init_id=1, first_sequence=0)
    larger = flv_tags(ffmpeg_flv(seconds=2, size="640x360", b_frames=0))
    first = sources.feed(stream, tags[: len(tags) // 4])
    second = sources.feed(stream, larger, sources.START_US + 4_000_000)
    assert len(sources.inits_of(first + second, "video")) == 2
    result = await play(first + second)
    assert_plays(result, first, second)
    assert result["width"] == 640


async def test_dropped_frames_leave_no_hole_that_would_cost_the_rest_of_the_group() -> None:
    """At 25 fps with every third second's frames thinned out, as by an uplink that can't keep up."""
    tags = flv_tags(ffmpeg_flv(seconds=4, b_frames=0, keyframe_frames=100))
    frames = [tag for tag in tags if tag.kind == "video" and tag.payload[1] == 1]
    gone = {id(frame) for index, frame in enumerate(frames) if 30 <= index < 70 and index % 10}
    items = sources.feed(Stream(first_init_id=1, first_sequence=0), [tag for tag in tags if id(tag) not in gone])
    assert_plays(await play(items), items)
