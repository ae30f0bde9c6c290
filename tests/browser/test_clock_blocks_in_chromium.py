"""The clock of the synthetic host, read in Chromium as its description says: from a canvas, at each shown frame."""

from __future__ import annotations

import asyncio
import base64
import threading
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from media.part import Init, Part
from media.stream import Stream
from media.synthetic import Host, Settings
from tests import media_sources as sources
from tests.browser.test_mse_accepts_parts import CHROMIUM_ARGS, PAGE

pytestmark = pytest.mark.browser

READ = """
async (tracks) => {
  const video = document.querySelector('video');
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((resolve) => source.addEventListener('sourceopen', resolve, {once: true}));
  const buffers = tracks.map(([type]) => source.addSourceBuffer(type));
  for (const [index, [, ...pieces]] of tracks.entries()) {
    for (const piece of pieces) {
      buffers[index].appendBuffer(Uint8Array.from(atob(piece), (letter) => letter.charCodeAt(0)));
      await new Promise((resolve) => buffers[index].addEventListener('updateend', resolve, {once: true}));
    }
  }
  const canvas = document.createElement('canvas');
  const read = () => {
    const width = video.videoWidth, height = video.videoHeight, strip = height / 45, cell = width / 80;
    canvas.width = width;
    canvas.height = Math.round(strip / 2);
    const context = canvas.getContext('2d', {willReadFrequently: true});
    const top = Math.round(height - strip * 0.75);
    context.drawImage(video, 0, top, width, canvas.height, 0, 0, width, canvas.height);
    const {data} = context.getImageData(0, 0, width, canvas.height);
    const levels = [];
    for (let index = 12; index < 68; index++) {
      const from = Math.round(cell * (index + 0.25)), to = from + Math.max(1, Math.round(cell / 2));
      let sum = 0;
      for (let y = 0; y < canvas.height; y++) {
        for (let x = from; x < to; x++) {
          const at = (y * width + x) * 4;
          sum += data[at] + 2 * data[at + 1] + data[at + 2];
        }
      }
      levels.push(sum / 4 / canvas.height / (to - from));
    }
    const magic = [1, 0, 1, 1, 0, 0, 1, 0];
    const mean = (bit) => magic.reduce((sum, one, i) => sum + (one === bit ? levels[i] : 0), 0) / 4;
    if (mean(1) - mean(0) < 40) return null;
    const bits = levels.map((level) => (level > (mean(1) + mean(0)) / 2 ? 1 : 0));
    if (magic.some((one, i) => bits[i] !== one)) return null;
    const bytes = Array.from({length: 6}, (_, i) => parseInt(bits.slice(8 + 8 * i, 16 + 8 * i).join(''), 2));
    let crc = 0;
    for (const byte of bytes.slice(0, 5)) {
      crc ^= byte;
      for (let i = 0; i < 8; i++) crc = (crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1) & 0xff;
    }
    return crc === bytes[5] ? bytes.slice(0, 5).reduce((all, byte) => all * 256 + byte, 0) : null;
  };
  const seen = [];
  const onFrame = (now, {mediaTime}) => {
    seen.push([mediaTime * 1000, read()]);
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);
  video.currentTime = video.buffered.start(0);
  await video.play();
  const deadline = performance.now() + 20000;
  while (seen.length < 30 && performance.now() < deadline && !video.error) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {seen, error: video.error && video.error.message};
}
"""


def filmed(path: Path) -> list[list[str]]:
    """Two seconds of the synthetic host, as a media type and its pieces for each track."""
    settings = Settings("farm", 640, 360, fps=25, video_kbps=600, seconds=2.5)
    Host(settings, threading.Event()).publish(str(path))
    items = sources.feed(Stream(first_init_id=1, first_sequence=0), sources.flv_tags(path.read_bytes()))
    tracks = []
    for track in ("video", "audio"):
        (init,) = sources.inits_of(items, track)
        data = [item.data for item in items if isinstance(item, Init | Part) and item.track == track]
        tracks.append([f'{track}/mp4; codecs="{init.codec}"', *(base64.b64encode(piece).decode() for piece in data)])
    return tracks


async def test_the_clock_is_read_from_the_screen(tmp_path: Path) -> None:
    tracks = await asyncio.to_thread(filmed, tmp_path / "farm.flv")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        try:
            page = await browser.new_page()
            await page.set_content(PAGE)
            result: dict[str, Any] = await page.evaluate(READ, tracks)
        finally:
            await browser.close()
    assert result["error"] is None
    clocks = [(media_ms, clock_ms) for media_ms, clock_ms in result["seen"] if clock_ms is not None]
    assert len(clocks) >= 0.9 * len(result["seen"]) >= 20
    offsets = [clock_ms - media_ms for media_ms, clock_ms in clocks]
    assert max(offsets) - min(offsets) < 200, "each picture carries the time at which it was drawn"
