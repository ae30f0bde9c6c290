"""Edge: how old the picture is when a viewer sees it, and how long a joiner waits for the first one.

    jishi loadtest glass [--base-url http://127.0.0.1:8080] [--room SLUG] [--joins 20] [--seconds 20] [--json]

A real Chromium joins a room of the demo market afresh `joins` times, then watches for `seconds`. The synthetic host
draws the time into every picture before it is encoded; the page reads it back when the picture is shown. So the figure
holds drawing, encoding, RTMP, the server, the WebSocket, the decoder and the player's target latency: host and viewer
share one clock because they share one machine. Without --base-url the running demo's demo.json is read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, ViewportSize
from playwright.async_api import Error as BrowserError

from loadtest.chromium import ChromiumMissing, chromium
from loadtest.figures import CpuTimes, percentile

PHONE: ViewportSize = {"width": 390, "height": 844}
FIRST_PICTURE_TIMEOUT_S = 15.0
SETTLE_S = 3.0
"""After joining, the player moves to its target latency; what it shows until then belongs to the join."""
BUSY_MAX = 0.95
SCRIPT = Path(__file__).with_name("glass.js").read_text()


def main(argv: list[str]) -> int:
    """The command; exit code 1 when it can't measure, 0 otherwise, also when the bar is missed."""
    options = _parse(argv)
    try:
        base_url, room = _target(options)
        figures = asyncio.run(measure(base_url, room, options.joins, options.seconds))
    except (OSError, KeyError, ValueError, ChromiumMissing, BrowserError) as failure:
        print(f"glass: {str(failure).splitlines()[0]}", file=sys.stderr)
        return 1
    print(json.dumps(figures) if options.json else _as_text(figures))
    return 0


async def measure(base_url: str, room: str, joins: int, seconds: float) -> dict[str, Any]:
    """All figures of one run."""
    before = CpuTimes.now()
    async with chromium() as browser:
        waits = [await _join(browser, base_url, room) for _ in range(joins)]
        samples, unreadable, dropped = await _watch(browser, base_url, room, seconds)
    busy = CpuTimes.now().busy_since(before)
    from_socket = [wait[0] for wait in waits]
    from_navigation = [wait[1] for wait in waits]
    return {
        "room": room,
        "joins": joins,
        "first_picture_p50_ms": round(percentile(from_socket, 50), 1),
        "first_picture_p95_ms": round(percentile(from_socket, 95), 1),
        "first_picture_from_navigation_p50_ms": round(percentile(from_navigation, 50), 1),
        "first_picture_from_navigation_p95_ms": round(percentile(from_navigation, 95), 1),
        "pictures": len(samples),
        "unreadable": unreadable,
        "dropped": dropped,
        "p50_ms": round(percentile(samples, 50), 1),
        "p95_ms": round(percentile(samples, 95), 1),
        "p99_ms": round(percentile(samples, 99), 1),
        "machine_busy": round(busy, 3),
        "void": busy > BUSY_MAX or unreadable > len(samples),
    }


async def _open(browser: Browser, base_url: str, room: str) -> Page:
    page = await browser.new_page(viewport=PHONE)
    await page.add_init_script(SCRIPT)
    await page.goto(f"{base_url}/rooms/{room}", wait_until="commit")
    async with asyncio.timeout(FIRST_PICTURE_TIMEOUT_S):
        await page.evaluate("glass.firstPicture")
    return page


async def _join(browser: Browser, base_url: str, room: str) -> tuple[float, float]:
    """Milliseconds to the first picture, from opening the WebSocket and from starting the navigation."""
    page = await _open(browser, base_url, room)
    try:
        socket_ms, picture_ms = await page.evaluate("[glass.socketMs, glass.firstPictureMs]")
        return picture_ms - socket_ms, picture_ms
    finally:
        await page.close()


async def _watch(browser: Browser, base_url: str, room: str, seconds: float) -> tuple[list[float], int, int]:
    page = await _open(browser, base_url, room)
    await asyncio.sleep(SETTLE_S)
    await page.evaluate("glass.samples.length = 0; glass.unreadable = 0")
    await asyncio.sleep(seconds)
    samples, unreadable, dropped = await page.evaluate("[glass.samples, glass.unreadable, glass.dropped]")
    if not samples:
        raise ValueError("no picture with a clock was shown: is a synthetic host on air in this room?")
    return samples, unreadable, dropped


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="jishi loadtest glass", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--base-url", help="of a running market (default: the demo in JISHI_DATA_DIR)")
    parser.add_argument("--room", help="slug (default: the demo's farm room)")
    parser.add_argument("--joins", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if options.joins < 1 or options.seconds <= 0:
        parser.error("--joins and --seconds must be positive")
    return options


def _target(options: argparse.Namespace) -> tuple[str, str]:
    """Base URL and room, from the options or from the demo that runs here.

    Raises: ValueError, OSError.
    """
    if options.base_url and options.room:
        return options.base_url, options.room
    path = Path(os.environ.get("JISHI_DATA_DIR", ".jishi")) / "demo.json"
    if not path.exists():
        raise ValueError(f"no {path}: start the market with make run, or give --base-url and --room")
    demo = json.loads(path.read_text())
    room = next(room["slug"] for room in demo["rooms"] if room["kind"] == "farm")
    return options.base_url or demo["base_url"], options.room or room


def _as_text(figures: dict[str, Any]) -> str:
    return "\n".join(f"{name:40} {value}" for name, value in figures.items())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
