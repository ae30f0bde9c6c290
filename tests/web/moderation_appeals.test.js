import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../server/web/app/api.js";
import { standingOf } from "../../server/web/app/decisions.js";
import { AppealBook, merged, nextToAnswer } from "../../server/web/app/moderation/appeal_book.js";
import { gradesFor } from "../../server/web/app/moderation/grades.js";
import { actionOf, caseOf } from "./moderation_cases.js";

/** @typedef {import("../../server/web/app/moderation/desk_api.js").Appeal} Appeal */

/** @param {string} id @param {Partial<Appeal>} [facts] @returns {Appeal} */
const appealOf = (id, facts = {}) => ({
  appeal_id: id, state: "open", words: "", at: "2026-01-01T00:00:00Z", due_at: "2026-01-04T00:00:00Z", overdue: false, may_answer: true,
  person: { person_id: "p", display_name: "Name", state: "active" }, action: actionOf(`action-${id}`), answer: null, ...facts,
});
/** @param {readonly Appeal[]} appeals @param {string | null} [next] */
const pageOf = (appeals, next = null) => ({ appeals: [...appeals], open: appeals.length, overdue: 0, next_after: next });
/** @param {readonly Appeal[]} appeals */
const ids = (appeals) => appeals.map((one) => one.appeal_id).join("");

test("a fresh page leaves what is read in its place, and drops what others have answered", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => appealOf(id));
  const answered = appealOf("b", { state: "upheld" });
  assert.equal(ids(merged([a, answered], pageOf([a, c]), "open")), "abc", "what one answered oneself stays");
  assert.equal(ids(merged([a, b], pageOf([b, c]), "open")), "bc");
  assert.equal(ids(merged([a, b, c], pageOf([a], "a"), "open")), "abc", "what lies beyond the page is not gone");
  assert.equal(ids(merged([answered], pageOf([appealOf("c", { state: "rejected" }), answered]), "done")), "cb");
});

test("after an answer the next one that may be answered lies open", () => {
  const list = [appealOf("a"), appealOf("b"), appealOf("c", { may_answer: false }), appealOf("d")];
  assert.equal(nextToAnswer(list, "b"), "d");
  assert.equal(nextToAnswer(list, "d"), "a");
  assert.equal(nextToAnswer([appealOf("a")], "a"), null);
});

test("an appeal is answered with its reason, and one that somebody else answered brings the list anew", async () => {
  /** @type {unknown[]} */
  const sent = [];
  let waiting = [appealOf("a"), appealOf("b")];
  const book = new AppealBook({
    appeals: async () => pageOf(waiting),
    answerAppeal: async (id, decision, reason) => {
      sent.push([id, decision, reason]);
      if (id === "b") throw new Problem(409, "wrong_state", { state: "upheld" });
      return appealOf(id, { state: "upheld", may_answer: false });
    },
  });
  await book.renew();
  assert.equal(book.selectedId.value, "a");
  assert.deepEqual(await book.answer(waiting[0], "uphold", "fine"), { ok: true });
  assert.deepEqual([book.selectedId.value, book.openCount.value, book.appeals.value?.[0].state], ["b", 1, "upheld"]);
  const [, b] = waiting;
  waiting = [];
  assert.equal((await book.answer(b, "reject", "stands")).ok, false);
  assert.deepEqual(book.appeals.value, []);
  assert.deepEqual(sent, [["a", "uphold", "fine"], ["b", "reject", "stands"]]);
});

test("sanctions are offered where they make sense", () => {
  const visitor = caseOf("1", 0);
  assert.deepEqual(gradesFor(visitor), ["warn", "mute_10m", "mute_1d", "mute_room", "room_ban", "limited_account", "close_account"]);
  assert.ok(visitor.subject);
  assert.deepEqual(gradesFor({ ...visitor, subject: { ...visitor.subject, role: "host" } }), ["warn", "card_off", "limited_account", "stream_limited", "close_account"]);
  assert.deepEqual(gradesFor({ ...visitor, room: null, subject: { ...visitor.subject, state: "closed" } }), ["warn", "limited_account"]);
  assert.deepEqual(gradesFor({ ...visitor, subject: null }), []);
});

test("how a decision about oneself stands", () => {
  const stands = { appeal: null, undone_at: null, until: null };
  const appeal = { appeal_id: "a", words: "", at: "", due_at: "", answered_at: null, reason: "" };
  /** @param {Record<string, unknown>} facts */
  const standing = (facts) => standingOf(/** @type {any} */ ({ ...stands, ...facts }), Date.parse("2026-01-02T00:00:00Z"));
  assert.equal(standing({}), null);
  assert.equal(standing({ until: "2026-01-01T00:00:00Z" }), "over");
  assert.equal(standing({ until: "2026-01-03T00:00:00Z" }), null);
  assert.equal(standing({ undone_at: "2026-01-01T00:00:00Z" }), "undone");
  assert.equal(standing({ appeal: { ...appeal, state: "open" } }), "appealed");
  assert.equal(standing({ appeal: { ...appeal, state: "upheld" }, undone_at: "2026-01-01T00:00:00Z" }), "upheld");
  assert.equal(standing({ appeal: { ...appeal, state: "rejected" } }), "rejected");
});
