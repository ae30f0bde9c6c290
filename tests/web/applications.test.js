import assert from "node:assert/strict";
import { test } from "node:test";

import { applicationFor, isEnded, wayOf } from "../../server/web/app/jobs/applications.js";

/** @typedef {import("../../server/web/app/jobs/applications.js").State} State */
const standing = (/** @type {State[]} */ ...states) => ({
  state: /** @type {State} */ (states.at(-1)),
  history: states.map((state) => ({ state, at: "2026-03-01T09:00:00Z", note: "" })),
});
const shown = (/** @type {State[]} */ ...states) => wayOf(standing(...states)).map((step) => `${step.state}:${step.standing}`).join(" ");

test("the way shows what is past, where it stands and what may come", () => {
  assert.equal(shown("submitted"), "submitted:now viewed:ahead contacted:ahead interview:ahead offered:ahead hired:ahead");
  assert.equal(shown("submitted", "viewed", "interview"), "submitted:done viewed:done contacted:done interview:now offered:ahead hired:ahead");
  assert.equal(shown("submitted", "viewed", "hired"), "submitted:done viewed:done contacted:done interview:done offered:done hired:now");
});

test("an application that ended otherwise ends where it stood", () => {
  assert.equal(shown("submitted", "viewed", "rejected"), "submitted:done viewed:done rejected:now");
  assert.equal(shown("submitted", "withdrawn"), "submitted:done withdrawn:now");
  assert.equal(wayOf({ state: "rejected", history: [] }).at(-1)?.state, "rejected");
});

test("what is over stays so", () => {
  assert.deepEqual((/** @type {State[]} */ (["submitted", "offered", "hired", "rejected", "withdrawn"])).map((state) => isEnded({ state })), [false, false, true, true, true]);
});

test("a post's application is found among one's own", () => {
  const mine = /** @type {any[]} */ ([{ job_id: "a" }, { job_id: "b" }]);
  assert.equal(applicationFor(mine, "b"), mine[1]);
  assert.equal(applicationFor(mine, "c"), null);
});
