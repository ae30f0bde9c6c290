import assert from "node:assert/strict";
import { test } from "node:test";

import { found, mergeQueue, neighbour, nextOpen, withCase, withFresh, withOlder } from "../../server/web/app/moderation/queue_merge.js";
import { caseOf } from "./moderation_cases.js";

const ids = (/** @type {readonly { case_id: string }[]} */ cases) => cases.map((one) => one.case_id);
const page = (/** @type {any[]} */ cases, /** @type {string | null} */ next = null) => ({ cases, next_before: next });

test("what comes waits beside the list, and nothing that is being read moves", () => {
  const shown = [caseOf("b", 2), caseOf("a", 1)];
  const merged = mergeQueue(shown, page([caseOf("d", 4), caseOf("c", 3), caseOf("b", 2), caseOf("a", 1)]));
  assert.deepEqual(ids(merged.shown), ["b", "a"]);
  assert.deepEqual(ids(merged.fresh), ["d", "c"]);
  assert.deepEqual(merged.gone, []);
});

test("a newer version takes the place of an older one, never the reverse", () => {
  const shown = [caseOf("a", 1, { version: 3, state: "removed" })];
  assert.equal(mergeQueue(shown, page([caseOf("a", 1, { version: 2 })])).shown[0].state, "removed");
  assert.equal(mergeQueue(shown, page([caseOf("a", 1, { version: 4, state: "approved" })])).shown[0].state, "approved");
  assert.equal(withCase(shown, caseOf("a", 1, { version: 1 }))[0].version, 3);
});

test("an open case that the page should hold and doesn't is one that somebody decided", () => {
  const shown = [caseOf("c", 3), caseOf("b", 2), caseOf("x", 2.5, { state: "removed" }), caseOf("a", 1)];
  assert.deepEqual(mergeQueue(shown, page([caseOf("c", 3)])).gone, ["b", "a"], "the page is the whole queue");
  assert.deepEqual(mergeQueue(shown, page([caseOf("c", 3), caseOf("bb", 1.5)], "1")).gone, ["b"], "what is older than the page may be on the next");
  assert.deepEqual(mergeQueue(shown, page([])).gone, ["c", "b", "a"]);
});

test("what has come goes on top once asked for, and what is settled leaves then", () => {
  const shown = [caseOf("c", 3, { state: "removed" }), caseOf("b", 2, { state: "approved" }), caseOf("a", 1)];
  assert.deepEqual(ids(withFresh(shown, [caseOf("d", 4)], "c", "open")), ["d", "c", "a"], "the one that lies open stays");
  assert.deepEqual(ids(withFresh(shown, [], null, "done")), ["c", "b", "a"]);
  assert.deepEqual(ids(withFresh(shown, [caseOf("a", 1)], null, "open")), ["a"], "each once");
});

test("older pages follow, each case once", () => {
  assert.deepEqual(ids(withOlder([caseOf("b", 2)], [caseOf("b", 2), caseOf("a", 1)])), ["b", "a"]);
});

test("stepping stops at the ends, and begins at the end one comes from", () => {
  const cases = [caseOf("a", 3), caseOf("b", 2), caseOf("c", 1)];
  assert.equal(neighbour(cases, "a", 1), "b");
  assert.equal(neighbour(cases, "c", 1), "c");
  assert.equal(neighbour(cases, "a", -1), "a");
  assert.equal(neighbour(cases, null, 1), "a");
  assert.equal(neighbour(cases, "gone", -1), "c");
  assert.equal(neighbour([], null, 1), null);
});

test("after a decision the next open case below, or else the nearest above", () => {
  const done = { state: "approved" };
  assert.equal(nextOpen([caseOf("a", 3), caseOf("b", 2, done), caseOf("c", 1)], "a"), "c");
  assert.equal(nextOpen([caseOf("a", 3), caseOf("b", 2), caseOf("c", 1, done)], "c"), "b");
  assert.equal(nextOpen([caseOf("a", 3, done), caseOf("b", 2)], "b"), null);
});

test("one finds by text, name and room", () => {
  const cases = [caseOf("a", 1, { text: "Add WeChat" }), caseOf("b", 2)];
  assert.deepEqual(ids(found(cases, " wechat ")), ["a"]);
  assert.deepEqual(ids(found(cases, "name b")), ["b"]);
  assert.deepEqual(ids(found(cases, "orchard")), ["a", "b"]);
  assert.deepEqual(ids(found(cases, "")), ["a", "b"]);
});
