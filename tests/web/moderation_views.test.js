import assert from "node:assert/strict";
import { test } from "node:test";

import { Unreachable } from "../../server/web/app/api.js";
import { Queue, WHOLE_QUEUE } from "../../server/web/app/moderation/queue.js";
import { filterOf, isSameFilter, narrowings, ViewBook, viewOf } from "../../server/web/app/moderation/view_book.js";
import { caseOf } from "./moderation_cases.js";

/** @typedef {import("../../server/web/app/moderation/desk_api.js").SavedView} SavedView */

const SCAMS = { ...WHOLE_QUEUE, rule: "JS001", older_than_s: "3600" };

test("a view is the filter it was made of", () => {
  const view = viewOf("scams", SCAMS);
  assert.deepEqual([view.rule, view.older_than_s, view.kind], ["JS001", 3600, null]);
  assert.ok(isSameFilter(filterOf(view), SCAMS));
  assert.ok(!isSameFilter(filterOf(view), WHOLE_QUEUE));
  assert.deepEqual([narrowings(SCAMS), narrowings({ ...WHOLE_QUEUE, order: "newest" })], [2, 0]);
});

test("views are kept by name, the newest of a name, and go when they are told to", async () => {
  /** @type {readonly SavedView[]} */
  let stored = [viewOf("old", WHOLE_QUEUE)];
  let fails = false;
  const book = new ViewBook({
    views: async () => ({ views: [...stored] }),
    keepViews: async (views) => {
      if (fails) throw new Unreachable("gone");
      stored = views;
      return { views: [...views] };
    },
  });
  await book.load();
  await book.keep(" scams ", WHOLE_QUEUE);
  await book.keep("scams", SCAMS);
  assert.deepEqual(stored.map(({ name, rule }) => [name, rule]), [["old", null], ["scams", "JS001"]]);
  await book.remove("old");
  assert.deepEqual(book.views.value?.map(({ name }) => name), ["scams"]);
  fails = true;
  assert.equal((await book.remove("scams")).ok, false);
  assert.deepEqual([book.views.value?.length, book.busy.value], [1, false]);
});

test("by risk, what comes takes its place among the others once asked for", async () => {
  let page = [caseOf("low", 1), caseOf("mid", 2)];
  /** @type {string[]} */
  const lookedUp = [];
  /** @type {any} */
  const api = {
    queue: async () => ({ cases: page, open: page.length, next_before: null }),
    fetchCase: async (/** @type {string} */ id) => {
      lookedUp.push(id);
      return caseOf(id, 1);
    },
  };
  let nowMs = 0;
  const queue = new Queue(api, () => nowMs);
  await queue.renew();
  queue.select("mid");
  page = [caseOf("high", 0), caseOf("mid", 2), caseOf("low", 1), caseOf("lowest", 9)];
  await queue.renew();
  assert.deepEqual(queue.cases.value?.map((one) => one.case_id), ["low", "mid"], "nothing moves by itself");
  queue.showFresh();
  assert.deepEqual([queue.cases.value?.map((one) => one.case_id), queue.selectedId.value], [["high", "mid", "low", "lowest"], "mid"]);
  page = [caseOf("high", 0), caseOf("mid", 2)];
  await queue.renew();
  nowMs = 4_000;
  await queue.renew();
  assert.deepEqual(lookedUp, ["low", "lowest"], "what says the same as another is not asked after each time");
  nowMs = 40_000;
  await queue.renew();
  assert.equal(lookedUp.length, 4);
});

test("rooms and rules to filter by are those that were seen, also while one filters", async () => {
  const rule = { id: "JS001", title: { zh: "z", en: "Deposit" }, article: { zh: "", en: "" }, reason: { zh: "", en: "" } };
  /** @type {any} */
  const api = { queue: async (/** @type {any} */ filter) => ({ cases: filter.rule === "" ? [caseOf("a", 1, { rules: [rule] })] : [], open: 1, next_before: null }) };
  const queue = new Queue(api);
  await queue.renew();
  await queue.narrow({ rule: "JS001" });
  assert.deepEqual([[...queue.rules.value.keys()], [...queue.rooms.value.keys()], queue.cases.value], [["JS001"], ["orchard"], []]);
});
