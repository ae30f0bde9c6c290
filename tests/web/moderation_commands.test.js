import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../server/web/app/api.js";
import { caseOf } from "./moderation_cases.js";

/** As much of a document as short words need to be said in. */
class FakeNode {
  childNodes = /** @type {FakeNode[]} */ ([]);
  attributes = /** @type {never[]} */ ([]);
  style = {};
  nodeType = 1;
  data = "";
  ownerDocument = { createElement: () => new FakeNode(), createElementNS: () => new FakeNode(), createTextNode: (/** @type {string} */ data) => Object.assign(new FakeNode(), { data }) };
  addEventListener = () => undefined;
  setAttribute = () => undefined;
  removeAttribute = () => undefined;
  remove = () => undefined;
  append = (/** @type {FakeNode} */ node) => this.insertBefore(node);
  appendChild = (/** @type {FakeNode} */ node) => this.insertBefore(node);
  /** @param {FakeNode} node */
  insertBefore(node) {
    this.childNodes.push(node);
    return node;
  }
  /** @returns {string} */
  get text() {
    return this.data + this.childNodes.map((node) => node.text).join("");
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
}
const root = new FakeNode();
Object.assign(globalThis, {
  document: { documentElement: {}, body: root, ...root.ownerDocument },
  addEventListener: () => undefined,
  matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
});
if (globalThis.navigator === undefined) Object.assign(globalThis, { navigator: { languages: ["zh"], onLine: true } });
const { commandsOf } = await import("../../server/web/app/components/moderation/desk_commands.js");

/** The commands about a case, whose claim ends when one says how, and the dialog that is open. */
function deskOf() {
  const one = caseOf("a", 1);
  /** @type {{ end: (outcome: any) => void, open: any }} */
  const on = { end: () => undefined, open: { kind: "none" } };
  /** @type {any} */
  const desk = {
    selected: { value: one },
    outrunId: { value: "a" },
    canUndo: { value: false },
    begin: () => new Promise((resolve) => (on.end = resolve)),
  };
  const setOpen = (/** @type {any} */ next) => (on.open = typeof next === "function" ? next(on.open) : next);
  /** @type {any} */
  const given = { desk, appeals: {}, seconds: {}, pane: "case", wide: true, nowMs: 0, find: { current: null }, setPane: () => undefined, setOpen };
  return { on, desk, ...commandsOf(given) };
}

const refused = { ok: false, error: new Problem(409, "claimed", {}) };
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a refused claim closes the dialog that it was for", async () => {
  const { on, run } = deskOf();
  run("remove");
  assert.equal(on.open.kind, "remove");
  on.end(refused);
  await settled();
  assert.equal(on.open.kind, "none");
});

test("a refused claim closes what was chosen in its dialog, too", async () => {
  const { on, run } = deskOf();
  run("sanction");
  on.open = { kind: "sanction", one: on.open.one, sanction: "mute_1d" };
  on.end(refused);
  await settled();
  assert.equal(on.open.kind, "none");
});

test("a refused claim leaves the dialog alone that was opened since", async () => {
  const { on, run } = deskOf();
  run("remove");
  run("shortcuts");
  on.end(refused);
  await settled();
  assert.equal(on.open.kind, "keys");
});

test("what was taken back is counted as it went", async () => {
  const error = new Problem(409, "wrong_state", {});
  for (const [went, said] of /** @type {[any, RegExp][]} */ ([
    [{ undone: 3, gone: 0, left: 0, error: null }, /3 项/],
    [{ undone: 2, gone: 1, left: 0, error }, /2 项.*1 项/],
    [{ undone: 1, gone: 0, left: 2, error }, /1 项.*2 项.*再撤销一次/],
  ])) {
    const { run, desk } = deskOf();
    desk.undoLast = async () => ({ stepId: 1, ...went });
    run("undo");
    await settled();
    assert.match(root.text, said);
  }
});
