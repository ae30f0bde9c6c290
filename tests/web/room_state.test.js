import assert from "node:assert/strict";
import { test } from "node:test";

import { COMMENTS_KEPT, RoomState } from "../../server/web/app/live/room_state.js";

/** @param {string} id @returns {import("../../server/web/app/live/wire.js").Comment} */
const line = (id) => ({ comment_id: id, offset: 1, sender: "s", name: "n", role: "viewer", text: id, media_us: 0, wall_us: 0, reply_to: null });
const at = { epoch: "e", offset: 1 };

/** @param {Partial<import("../../server/web/app/live/wire.js").Snapshot>} [facts] @returns {import("../../server/web/app/live/wire.js").Snapshot} */
const snapshot = (facts = {}) => ({
  kind: "snapshot", control: at, chat: at, state: [], comments: [], viewers: 1, likes: 0, recovered: false, ...facts,
});
const ids = (/** @type {RoomState} */ state) => state.comments.value.map((comment) => comment.comment_id);

test("an older version never replaces a newer one, and null removes", () => {
  const state = new RoomState();
  const put = (/** @type {number} */ version, /** @type {any} */ value) =>
    state.applyMessage({ kind: "state", position: at, items: [{ key: "card:1", version, value }] });
  put(5, { card_id: "1", position: 1, explaining: false, title: "new" });
  put(4, { card_id: "1", position: 1, explaining: false, title: "old" });
  assert.equal(state.cards.value[0].title, "new");
  put(6, null);
  assert.deepEqual(state.cards.value, []);
  put(5, { card_id: "1", position: 1, explaining: false, title: "late" });
  assert.deepEqual(state.cards.value, [], "a removal has its version too");
});

test("the card being explained comes first", () => {
  const state = new RoomState();
  const card = (/** @type {string} */ id, /** @type {number} */ position, explaining = false) => ({ key: `card:${id}`, version: 1, value: { card_id: id, position, explaining } });
  state.applyMessage(snapshot({ state: [card("a", 2), card("b", 1), card("c", 3, true)] }));
  assert.deepEqual(state.cards.value.map((one) => one.card_id), ["c", "b", "a"]);
});

test("a pinned card stands before the one being explained", () => {
  const state = new RoomState();
  const card = (/** @type {string} */ id, /** @type {number} */ position, pinned = false, explaining = false) => ({ key: `card:${id}`, version: 1, value: { card_id: id, position, pinned, explaining } });
  state.applyMessage(snapshot({ state: [card("a", 1), card("b", 2, false, true), card("c", 3, true), card("d", 1)] }));
  assert.deepEqual(state.cards.value.map((one) => one.card_id), ["c", "b", "a", "d"]);
});

test("a retraction takes a line away, and keeps it away when it comes late", () => {
  const state = new RoomState();
  state.applyMessage(snapshot({ comments: [line("a"), line("b")] }));
  state.applyMessage({ kind: "retraction", position: at, comment_ids: ["a", "z"], code: "removed_by_moderator" });
  assert.deepEqual(ids(state), ["b"]);
  assert.deepEqual(state.applyMessage({ kind: "comments", position: at, comments: [line("z"), line("y")] }).map((one) => one.comment_id), ["y"]);
});

test("one's own line shows once, whichever comes first", () => {
  const state = new RoomState();
  state.applyMessage(snapshot());
  assert.equal(state.addOwn(line("mine"))?.mine, true);
  assert.deepEqual(state.applyMessage({ kind: "comments", position: at, comments: [line("mine")] }), []);
  state.applyMessage({ kind: "comments", position: at, comments: [line("other")] });
  assert.equal(state.addOwn(line("other")), null);
  assert.deepEqual(state.comments.value.map((one) => one.mine), [true, true]);
});

test("joining flies nothing; after a gap only what is new flies", () => {
  const state = new RoomState();
  assert.deepEqual(state.applyMessage(snapshot({ comments: [line("a")] })), []);
  assert.deepEqual(state.applyMessage(snapshot({ comments: [line("a"), line("b")] })).map((one) => one.comment_id), ["b"]);
});

test("only the newest lines are kept", () => {
  const state = new RoomState();
  state.applyMessage(snapshot());
  for (let n = 0; n < COMMENTS_KEPT + 50; n += 1) state.applyMessage({ kind: "comments", position: at, comments: [line(`c${n}`)] });
  assert.equal(state.comments.value.length, COMMENTS_KEPT);
  assert.equal(ids(state)[0], "c50");
});
