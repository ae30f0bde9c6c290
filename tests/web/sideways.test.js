import assert from "node:assert/strict";
import { test } from "node:test";

import { followFocus, moreOf } from "../../server/web/app/components/sideways.js";

test("a row says at which of its edges it goes on", () => {
  const at = (/** @type {number} */ scrollLeft, scrollWidth = 600) => moreOf({ scrollLeft, clientWidth: 358, scrollWidth });
  assert.deepEqual([at(0), at(120), at(242)], ["after", "both", "before"]);
  assert.deepEqual([at(0, 358), at(0, 359), at(0.6, 358)], ["", "", ""]);
});

/** A row 358 px wide of buttons of 100 px each, of which as many lie under its fading edges as the row is scrolled. @param {number} count */
function rowOf(count) {
  const row = /** @type {any} */ (new EventTarget());
  const most = count * 100 - 358;
  let scrollLeft = 0;
  Object.defineProperty(row, "scrollLeft", { get: () => scrollLeft, set: (to) => (scrollLeft = Math.min(most, Math.max(0, to))) });
  row.getBoundingClientRect = () => ({ left: 16, right: 374 });
  const focus = (/** @type {number} */ index, byKeys = true) => {
    const left = 16 + index * 100 - scrollLeft;
    const target = { getBoundingClientRect: () => ({ left, right: left + 100 }), matches: (/** @type {string} */ selector) => selector === ":focus-visible" && byKeys };
    row.dispatchEvent(Object.defineProperty(new Event("focusin"), "target", { value: target }));
    return scrollLeft;
  };
  return { row, focus };
}

test("what is reached by keys lies clear of the fading edges", () => {
  const { row, focus } = rowOf(6);
  const unfollow = followFocus(row);
  // The edges are at 358, of which 44 fade; neither end has more than there is.
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((index) => focus(index)), [0, 0, 0, 86, 186, 242]);
  assert.deepEqual([4, 3, 2, 1, 0].map((index) => focus(index)), [242, 242, 156, 56, 0]);
  unfollow();
  assert.equal(focus(5), 0);
});

test("a row stays still under what is pressed", () => {
  const { row, focus } = rowOf(6);
  followFocus(row);
  assert.equal(focus(3, false), 0);
});
