import assert from "node:assert/strict";
import { test } from "node:test";

import { moreOf } from "../../server/web/app/components/sideways.js";

test("a row says at which of its edges it goes on", () => {
  const at = (/** @type {number} */ scrollLeft, scrollWidth = 600) => moreOf({ scrollLeft, clientWidth: 358, scrollWidth });
  assert.deepEqual([at(0), at(120), at(242)], ["after", "both", "before"]);
  assert.deepEqual([at(0, 358), at(0, 359), at(0.6, 358)], ["", "", ""]);
});
