import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../server/web/app/api.js";
import { actionOf, caseOf } from "./moderation_cases.js";

/** As much of a document as short words need to be said in. */
class FakeNode {
  childNodes = /** @type {FakeNode[]} */ ([]);
  attributes = /** @type {never[]} */ ([]);
  style = {};
  nodeType = 1;
  data = "";
  ownerDocument = { createElement: () => new FakeNode(), createElementNS: () => new FakeNode(), createTextNode: (/** @type {string} */ data) => Object.assign(new FakeNode(), { data }) };
  parentNode = /** @type {FakeNode | null} */ (null);
  named = /** @type {Record<string, string>} */ ({});
  heard = /** @type {Record<string, (event: { type: string }) => void>} */ ({});
  addEventListener = (/** @type {string} */ type, /** @type {any} */ listener) => (this.heard[type] = listener);
  setAttribute = (/** @type {string} */ name, /** @type {string} */ value) => (this.named[name] = value);
  removeAttribute = () => undefined;
  append = (/** @type {FakeNode} */ node) => this.insertBefore(node);
  appendChild = (/** @type {FakeNode} */ node) => this.insertBefore(node);
  /** @param {FakeNode} node @param {FakeNode | null} [before] */
  insertBefore(node, before = null) {
    node.remove();
    this.childNodes.splice(before === null ? this.childNodes.length : this.childNodes.indexOf(before), 0, node);
    node.parentNode = this;
    return node;
  }
  removeChild(/** @type {FakeNode} */ node) {
    node.remove();
  }
  remove() {
    const among = this.parentNode?.childNodes ?? [];
    if (among.includes(this)) among.splice(among.indexOf(this), 1);
    this.parentNode = null;
  }
  press() {
    this.heard.click.call(this, { type: "click" });
  }
  get nextSibling() {
    const among = this.parentNode?.childNodes ?? [];
    return among[among.indexOf(this) + 1] ?? null;
  }
  /** @returns {FakeNode[]} this and all below it */
  get all() {
    return [this, ...this.childNodes.flatMap((node) => node.all)];
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
const { OpenDialog } = await import("../../server/web/app/components/moderation/desk_dialogs.js");
const { Busy } = await import("../../server/web/app/moderation/queue.js");

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
    decidedAlike: { value: 0 },
    begin: () => new Promise((resolve) => (on.end = resolve)),
  };
  const setOpen = (/** @type {any} */ next) => (on.open = typeof next === "function" ? next(on.open) : next);
  /** @type {any} */
  const given = { desk, appeals: {}, seconds: {}, pane: "case", wide: true, nowMs: 0, find: { current: null }, setPane: () => undefined, setOpen };
  return { on, desk, ...commandsOf(given) };
}

const refused = { ok: false, error: new Problem(409, "claimed", {}) };
/** All short words that are shown, the newest last. */
const shown = () => root.all.filter((node) => /^toast /.test(node.named.class));
const lastWords = () => shown().at(-1)?.text ?? "";
/** The button that undoes what the newest words are of. */
const undoButton = () => shown().at(-1)?.all.find((node) => node.named.class === "toast__undo");
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

test("what came in the way of something else is not done, and one is told what is under way", async () => {
  for (const [isUndo, said] of /** @type {const} */ ([[true, /上一步还在撤销/], [false, /上一项还没处理完/]])) {
    const { conclude, run, desk } = deskOf();
    assert.equal(conclude({ ok: false, error: new Busy(isUndo) }, "done"), false);
    await settled();
    assert.match(lastWords(), said);
    conclude({ ok: true }, "between");
    desk.decide = async () => ({ ok: false, error: new Busy(isUndo) });
    run("approve");
    await settled();
    assert.match(lastWords(), said);
  }
});

test("the words on what was done offer to take that back, and nothing where nothing can be", async () => {
  const { conclude, desk } = deskOf();
  /** @type {number[]} */
  const undone = [];
  desk.undoStep = async (/** @type {number} */ stepId) => {
    undone.push(stepId);
    return null;
  };
  assert.equal(conclude({ ok: true, stepId: 7 }, "seventh"), true);
  await settled();
  assert.match(lastWords(), /seventh/);
  undoButton()?.press();
  await settled();
  assert.deepEqual(undone, [7]);
  assert.match(lastWords(), /已经撤销过了/);
  conclude({ ok: true, stepId: null }, "nothing");
  await settled();
  assert.match(lastWords(), /nothing/);
  assert.equal(undoButton(), undefined);
});

test("the sheet stays open whose deed has to wait", async () => {
  const { conclude, tell, desk } = deskOf();
  const busy = { ok: false, error: new Busy(true) };
  Object.assign(desk, { outrunId: { value: null }, decide: async () => busy, sanction: async () => busy, undo: async () => busy });
  const one = caseOf("a", 1);
  for (const open of [{ kind: "remove", one }, { kind: "sanction", one, sanction: "close_account" }, { kind: "undo", action: actionOf("remove-a") }]) {
    conclude({ ok: true }, "between");
    const sheet = /** @type {any} */ (OpenDialog(/** @type {any} */ ({ open, desk, conclude, tell })));
    assert.equal(await sheet.props.onYes("scam", { mute: null, until: null }), false, open.kind);
    await settled();
    assert.match(lastWords(), /上一步还在撤销/);
  }
});
