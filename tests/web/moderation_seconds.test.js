import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../server/web/app/api.js";
import { endOf, ENDS_S, USUAL_S } from "../../server/web/app/moderation/grades.js";
import { SecondBook } from "../../server/web/app/moderation/second_book.js";
import { actionOf } from "./moderation_cases.js";

/** @typedef {import("../../server/web/app/moderation/desk_api.js").Action} Action */

/** @param {string} id @param {string} state @returns {Action} */
const severe = (id, state = "wanted") => actionOf(id, { kind: "close_account", second: { state, due_at: "2026-01-02T00:00:00Z", by_name: null, reason: null, at: null } });

/** @param {Action[]} waiting @param {string[]} own @param {Partial<import("../../server/web/app/moderation/desk_api.js").DeskApi>} [script] */
async function bookOf(waiting, own, script = {}) {
  /** @type {any} */
  const api = {
    seconds: async () => ({ actions: waiting, own }),
    second: async (/** @type {string} */ id, /** @type {boolean} */ agree) => severe(id, agree ? "agreed" : "dropped"),
    looks: async () => ({ looks: [{ action_id: "l1" }, { action_id: "l2" }] }),
    look: async (/** @type {string} */ _, /** @type {string} */ decision) => ({ agrees: decision === "remove", first: actionOf("l1") }),
    ...script,
  };
  const book = new SecondBook(api);
  await book.renew();
  return book;
}

test("one's own sanctions wait for somebody else", async () => {
  const book = await bookOf([severe("mine"), severe("theirs")], ["mine"]);
  assert.equal(book.waitingCount.value, 1);
  assert.deepEqual([severe("mine"), severe("theirs")].map((one) => book.maySecond(one)), [false, true]);
});

test("what one has answered stays in sight, and the next that waits is chosen", async () => {
  const book = await bookOf([severe("a"), severe("b")], []);
  assert.equal(book.selectedId.value, "a");
  assert.deepEqual(await book.second(severe("a"), true, "stands"), { ok: true });
  assert.deepEqual([book.actions.value?.map((one) => one.second?.state), book.selectedId.value, book.waitingCount.value], [["agreed", "wanted"], "b", 1]);
  await book.renew();
  assert.equal(book.actions.value?.length, 2);
});

test("when somebody was faster the list is asked for anew", async () => {
  let waiting = [severe("a")];
  const book = await bookOf(waiting, [], {
    seconds: async () => ({ actions: waiting, own: [] }),
    second: async () => {
      waiting = [];
      throw new Problem(409, "wrong_state", { state: "agreed" });
    },
  });
  assert.equal((await book.second(severe("a"), false, "fine")).ok, false);
  assert.deepEqual(book.actions.value, []);
});

test("of a decision looked at again one is told what the first decided, and only then", async () => {
  const book = await bookOf([], []);
  book.show("looks");
  const look = /** @type {import("../../server/web/app/moderation/second_book.js").Look} */ (book.selectedLook.value);
  assert.equal(look.answer, null);
  await book.look(look, "approve");
  assert.deepEqual([book.selectedLook.value?.answer?.agrees, book.looksCount.value], [false, 1]);
  await book.renew();
  assert.deepEqual(book.looks.value?.map((one) => one.answer === null), [false, true]);
  book.move(1);
  assert.equal(book.selectedId.value, "l2");
});

test("a sanction ends as usual, after a while, or at a moment ahead within a year", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  assert.deepEqual(endOf("", "", nowMs), { until: null, fault: "" });
  assert.deepEqual(endOf("86400", "", nowMs), { until: "2026-01-02T00:00:00.000Z", fault: "" });
  assert.deepEqual(endOf("at", "2026-02-01T00:00:00Z", nowMs), { until: "2026-02-01T00:00:00.000Z", fault: "" });
  assert.deepEqual(["", "2025-12-31T00:00:00Z", "2027-02-01T00:00:00Z"].map((moment) => endOf("at", moment, nowMs).fault), ["empty", "past", "far"]);
  for (const seconds of [...ENDS_S, ...Object.values(USUAL_S)]) assert.equal(endOf(String(seconds), "", nowMs).fault, "");
});
