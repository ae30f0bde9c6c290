import assert from "node:assert/strict";
import { test } from "node:test";

import { backoffMs, FIRST_MS, LONGEST_MS } from "../../server/web/app/live/backoff.js";
import { ServerClock } from "../../server/web/app/live/server_clock.js";

test("waits double up to a bound and are spread over half of it", () => {
  assert.deepEqual([0, 1, 2].map((attempt) => backoffMs(attempt, 0)), [FIRST_MS / 2, FIRST_MS, FIRST_MS * 2]);
  assert.equal(backoffMs(50, 0.999_999), LONGEST_MS);
  assert.ok(backoffMs(3, 0.1) < backoffMs(3, 0.9));
});

test("the quickest round trip tells the server's clock", () => {
  const clock = new ServerClock();
  assert.equal(clock.known, false);
  clock.addSample(1_000_000, 6_050_000, 1_100_000);
  clock.addSample(2_000_000, 7_001_000, 2_002_000);
  clock.addSample(3_000_000, 8_300_000, 3_400_000);
  assert.equal(clock.offsetUs, 5_000_000);
  assert.equal(clock.roundTripUs, 2_000);
});
