import assert from "node:assert/strict";
import { test } from "node:test";

import { DanmakuLanes } from "../../server/web/app/danmaku/lanes.js";

const options = { count: 3, widthPx: 400, crossingMs: 8000, gapPx: 20 };

test("lines said at once take one lane each, then there is none", () => {
  const lanes = new DanmakuLanes(options);
  assert.deepEqual([100, 100, 100, 100].map((width) => lanes.take(width, 0)), [0, 1, 2, -1]);
});

test("a lane is free again once the line before has entered with a gap", () => {
  const lanes = new DanmakuLanes({ ...options, count: 1 });
  lanes.take(100, 0); // 500 px in 8 s: has entered with its gap after 1,920 ms
  assert.equal(lanes.take(100, 1900), -1);
  assert.equal(lanes.take(100, 2000), 0);
});

test("a long line waits until it can't catch a short one", () => {
  const lanes = new DanmakuLanes({ ...options, count: 1 });
  lanes.take(60, 0);
  assert.equal(lanes.take(900, 2000), -1, "it would run into it");
  assert.equal(lanes.take(60, 2000), 0, "an equally fast one would not");
});

test("no two lines of a lane ever touch", () => {
  const lanes = new DanmakuLanes(options);
  /** @type {{ lane: number, startMs: number, widthPx: number }[]} */
  const flights = [];
  let seed = 7;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 150) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const widthPx = 40 + (seed % 500);
    const lane = lanes.take(widthPx, nowMs);
    if (lane >= 0) flights.push({ lane, startMs: nowMs, widthPx });
  }
  assert.ok(flights.length > 30);
  const left = (/** @type {typeof flights[number]} */ flight, /** @type {number} */ nowMs) =>
    400 - ((400 + flight.widthPx) * (nowMs - flight.startMs)) / 8000;
  for (const before of flights) {
    const after = flights.find((flight) => flight.lane === before.lane && flight.startMs > before.startMs);
    if (after === undefined) continue;
    for (let nowMs = after.startMs; nowMs < before.startMs + 8000; nowMs += 50) {
      assert.ok(left(before, nowMs) + before.widthPx <= left(after, nowMs) + 1, "caught up");
    }
  }
});

test("one's own line always gets a lane", () => {
  const lanes = new DanmakuLanes({ ...options, count: 2 });
  lanes.take(100, 0);
  lanes.take(100, 10);
  assert.equal(lanes.force(100, 20), 0, "the one entered longest ago");
});
