import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem, Unreachable } from "../../server/web/app/api.js";
import { Desk } from "../../server/web/app/moderation/desk.js";
import { LogBook } from "../../server/web/app/moderation/log_book.js";
import { Busy } from "../../server/web/app/moderation/queue.js";
import { actionOf, caseOf } from "./moderation_cases.js";

/** @typedef {import("../../server/web/app/moderation/desk_api.js").Case} Case */

/** A server of cases, as far as the desk sees of one; `script` puts answers in the place of its own. @param {Case[]} cases */
function serverOf(cases, /** @type {Record<string, (...given: any[]) => any>} */ script = {}) {
  const held = new Map(cases.map((one) => [one.case_id, one]));
  /** @type {any[]} */
  const asked = [];
  const state = (/** @type {string} */ id, /** @type {Partial<Case>} */ facts) => {
    const one = /** @type {Case} */ (held.get(id));
    held.set(id, { ...one, ...facts, version: one.version + 1 });
    return /** @type {Case} */ (held.get(id));
  };
  const own = {
    queue: async (/** @type {any} */ filter) => {
      const open = [...held.values()].filter((one) => (one.state === "open") === (filter.state === "open"));
      return { cases: open.sort((a, b) => b.created_at.localeCompare(a.created_at)), open: open.length, next_before: null };
    },
    fetchCase: async (/** @type {string} */ id) => /** @type {Case} */ (held.get(id)),
    decide: async (/** @type {string} */ id, /** @type {any} */ decision, /** @type {string} */ reason) =>
      state(id, { state: decision === "approve" ? "approved" : "removed", actions: [actionOf(`${decision}-${id}`, { kind: decision, case_id: id, reason })] }),
    sanction: async (/** @type {any} */ sanction) => actionOf(`${sanction.kind}-1`, { kind: sanction.kind, case_id: sanction.case_id }),
    undo: async (/** @type {string} */ id) => {
      const [, caseId] = id.split("-");
      if (held.has(caseId)) state(caseId, { state: "open" });
      return actionOf(id, { case_id: held.has(caseId) ? caseId : null, undone_at: "2026-01-01T00:01:00Z" });
    },
    log: async () => ({ actions: [], next_before: null }),
  };
  /** @type {any} */
  const api = {};
  for (const [name, answer] of Object.entries(own)) {
    api[name] = async (/** @type {any[]} */ ...given) => {
      asked.push([name, ...given]);
      return (script[name] ?? answer)(...given);
    };
  }
  return { api, asked, held, state };
}

const shown = (/** @type {Desk} */ desk) => desk.cases.value?.map((one) => one.case_id);
const selected = (/** @type {Desk} */ desk) => /** @type {Case} */ (desk.selected.value);

test("deciding goes on to the next case, and undo brings the decided one back where it stood", async () => {
  const { api, asked } = serverOf([caseOf("c", 3), caseOf("b", 2), caseOf("a", 1)]);
  const desk = new Desk(api);
  await desk.renew();
  desk.select("c");
  assert.deepEqual(await desk.decide(selected(desk), "remove", "scam"), { ok: true, stepId: 1 });
  assert.equal(desk.selectedId.value, "b");
  assert.deepEqual(shown(desk), ["c", "b", "a"]);
  assert.equal(desk.openCount.value, 2);
  assert.deepEqual(asked.at(-1), ["decide", "c", "remove", "scam", false]);
  assert.deepEqual(desk.steps.value.at(-1)?.actions.map((one) => one.kind), ["remove"]);
  await desk.undoLast("mistake");
  assert.equal(desk.cases.value?.[0].state, "open");
  assert.equal(desk.openCount.value, 3);
  assert.equal(desk.canUndo.value, false);
});

test("a removal that silences too is one step, undone as one, the last part first", async () => {
  const { api, asked } = serverOf([caseOf("a", 1)]);
  const desk = new Desk(api);
  await desk.renew();
  await desk.decide(/** @type {Case[]} */ (desk.cases.value)[0], "remove", "abuse", "mute_10m");
  assert.deepEqual(desk.steps.value.map((step) => step.actions.map((one) => one.kind)), [["remove", "mute_10m"]]);
  const sanction = asked.find(([name]) => name === "sanction");
  assert.deepEqual(sanction?.[1], { person_id: "person-a", kind: "mute_10m", case_id: "a", reason: "abuse", slug: "orchard" });
  await desk.undoLast("mistake");
  assert.deepEqual(asked.filter(([name]) => name === "undo").map(([, id]) => id), ["mute_10m-1", "remove-a"]);
  assert.deepEqual(desk.steps.value.map((step) => step.undone), [true]);
});

/** A desk on which one press has decided three that say the same. @param {Record<string, (...given: any[]) => any>} script */
async function decidedAlike(script = {}) {
  const server = serverOf([caseOf("b", 2), caseOf("a", 1, { alike: 3 })], {
    decide: (id, decision) => {
      const actions = [actionOf(`${decision}-${id}`, { kind: decision, case_id: id })];
      return server.state(id, { state: "removed", actions, decided_alike: 2, alike_action_ids: ["remove-x", "remove-y"] });
    },
    ...script,
  });
  const desk = new Desk(server.api);
  await desk.renew();
  desk.select("a");
  desk.alikeOf.value = "a";
  await desk.decide(selected(desk), "remove", "scam");
  const undone = () => server.asked.filter(([name]) => name === "undo").map(([, id]) => id);
  return { desk, undone };
}

test("what was decided alike in one press is taken back by one press, once", async () => {
  const { desk, undone } = await decidedAlike();
  assert.equal(desk.steps.value.length, 1);
  const [went, meanwhile] = await Promise.all([desk.undoLast("mistake"), desk.undoLast("mistake")]);
  assert.deepEqual([went, meanwhile], [{ stepId: 1, undone: 3, gone: 0, left: 0, error: null }, null]);
  assert.deepEqual(undone(), ["remove-y", "remove-x", "remove-a"]);
  assert.equal(desk.cases.value?.find((one) => one.case_id === "a")?.state, "open");
  assert.deepEqual([desk.canUndo.value, await desk.undoLast("mistake"), undone().length], [false, null, 3]);
});

test("of what was decided alike, what somebody else has taken back is left to them, and the rest goes on", async () => {
  const refused = new Problem(409, "wrong_state", {});
  const { desk, undone } = await decidedAlike({
    undo: (id) => (id === "remove-x" ? Promise.reject(refused) : actionOf(id, { undone_at: "2026-01-01T00:01:00Z" })),
  });
  assert.deepEqual(await desk.undoLast("mistake"), { stepId: 1, undone: 2, gone: 1, left: 0, error: refused });
  assert.deepEqual([undone().length, desk.canUndo.value], [3, false]);
});

test("when the line fails on the way, the next press takes back what is left, and nothing twice", async () => {
  const gone = new Unreachable("gone");
  let answers = 1;
  const { desk, undone } = await decidedAlike({
    undo: (id) => (answers-- > 0 ? actionOf(id, { undone_at: "2026-01-01T00:01:00Z" }) : Promise.reject(gone)),
  });
  assert.deepEqual(await desk.undoLast("mistake"), { stepId: 1, undone: 1, gone: 0, left: 2, error: gone });
  assert.deepEqual([desk.canUndo.value, desk.busy.value], [true, false]);
  answers = 2;
  assert.deepEqual(await desk.undoLast("mistake"), { stepId: 1, undone: 2, gone: 0, left: 0, error: null });
  assert.deepEqual(undone(), ["remove-y", "remove-x", "remove-x", "remove-a"]);
});

test("a press is taken back by its number, whatever was decided since", async () => {
  const { api, asked } = serverOf([caseOf("b", 2), caseOf("a", 1)]);
  const desk = new Desk(api);
  await desk.renew();
  for (const id of ["b", "a"]) {
    desk.select(id);
    await desk.decide(selected(desk), "approve", "fine");
  }
  const [first] = desk.steps.value;
  await desk.undoStep(first.id, "mistake");
  assert.deepEqual(asked.filter(([name]) => name === "undo").map(([, id]) => id), ["approve-b"]);
  assert.deepEqual(desk.steps.value.map((step) => step.undone), [true, false]);
});

/** A desk with two cases decided, where each thing asked of the server under that name waits for `go`. @param {"undo" | "decide"} slow */
async function decidedTwo(slow) {
  /** @type {(() => void)[]} */
  const waiting = [];
  const isSlow = { on: false };
  const server = serverOf([caseOf("c", 3), caseOf("b", 2), caseOf("a", 1)]);
  const own = server.api[slow];
  server.api[slow] = async (/** @type {any[]} */ ...given) => {
    if (isSlow.on) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    return own(...given);
  };
  const desk = new Desk(server.api);
  await desk.renew();
  const decided = [];
  for (const id of ["c", "b"]) {
    desk.select(id);
    decided.push(await desk.decide(selected(desk), "approve", "fine"));
  }
  isSlow.on = true;
  const go = () => {
    isSlow.on = false;
    waiting.splice(0).forEach((end) => end());
  };
  const asked = (/** @type {string} */ name) => server.asked.filter(([each]) => each === name).map(([, id]) => id);
  return { desk, decided, go, asked };
}

test("a decision says by which number it is taken back", async () => {
  const { desk, decided } = await decidedTwo("undo");
  assert.deepEqual(decided, [{ ok: true, stepId: 1 }, { ok: true, stepId: 2 }]);
  assert.deepEqual(await desk.sanction(selected(desk), "mute_10m", "abuse"), { ok: true, stepId: 3 });
});

test("what is decided while something is taken back is not done, and not said to be", async () => {
  const { desk, go, asked } = await decidedTwo("undo");
  const undoing = desk.undoLast("mistake");
  desk.select("a");
  for (const work of [desk.decide(selected(desk), "remove", "scam"), desk.sanction(selected(desk), "close_account", "scam"), desk.undo("remove-x", "mistake"), desk.openCase("c")]) {
    const outcome = await work;
    assert.ok(!outcome.ok && outcome.error instanceof Busy && outcome.error.isUndo);
  }
  assert.deepEqual([asked("decide"), asked("sanction"), asked("fetchCase"), desk.selectedId.value], [["c", "b"], [], [], "a"]);
  go();
  assert.equal((await undoing)?.undone, 1);
  assert.deepEqual(await desk.decide(selected(desk), "remove", "scam"), { ok: true, stepId: 3 });
});

test("an undo that is pressed while another runs has its turn after it", async () => {
  const { desk, go, asked } = await decidedTwo("undo");
  const undoing = ["first", "second", "second again"].map((_, index) => desk.undoStep(index === 0 ? 1 : 2, "mistake"));
  go();
  assert.deepEqual((await Promise.all(undoing)).map((went) => went?.undone), [1, 1, undefined]);
  assert.deepEqual(asked("undo"), ["approve-c", "approve-b"]);
  assert.deepEqual([desk.busy.value, desk.canUndo.value], [false, false]);
});

test("an undo that is pressed while a decision is on its way takes that one back", async () => {
  const { desk, go, asked } = await decidedTwo("decide");
  desk.select("a");
  const deciding = desk.decide(selected(desk), "remove", "scam");
  const undoing = desk.undoLast("mistake");
  const outcome = await desk.decide(selected(desk), "approve", "fine");
  assert.ok(!outcome.ok && outcome.error instanceof Busy && !outcome.error.isUndo);
  go();
  assert.deepEqual([await deciding, await undoing], [{ ok: true, stepId: 3 }, { stepId: 3, undone: 1, gone: 0, left: 0, error: null }]);
  assert.deepEqual(asked("undo"), ["remove-a"]);
});

test("closing an account is for no room", async () => {
  const { api, asked } = serverOf([caseOf("a", 1)]);
  const desk = new Desk(api);
  await desk.renew();
  await desk.sanction(/** @type {Case[]} */ (desk.cases.value)[0], "close_account", "scam");
  assert.equal("slug" in asked.find(([name]) => name === "sanction")?.[1], false);
});

test("when another moderator was faster, the decision that stands is shown, and one stays at the case", async () => {
  const server = serverOf([caseOf("b", 2), caseOf("a", 1)], {
    decide: () => {
      server.state("b", { state: "approved" });
      throw new Problem(409, "wrong_state", {});
    },
  });
  const desk = new Desk(server.api);
  await desk.renew();
  desk.select("b");
  const outcome = await desk.decide(selected(desk), "remove", "scam");
  assert.equal(outcome.ok, false);
  assert.equal(desk.outrunId.value, "b");
  assert.equal(selected(desk).state, "approved");
  assert.equal(desk.steps.value.length, 0);
  desk.move(1);
  assert.equal(desk.outrunId.value, null);
});

test("what others decide is seen in its place, and what comes waits", async () => {
  const { api, held, state } = serverOf([caseOf("b", 2), caseOf("a", 1)]);
  const desk = new Desk(api);
  await desk.renew();
  desk.select("a");
  state("b", { state: "removed" });
  held.set("c", caseOf("c", 3));
  await desk.renew();
  assert.deepEqual(shown(desk), ["b", "a"]);
  assert.equal(desk.cases.value?.[0].state, "removed");
  assert.deepEqual(desk.fresh.value.map((one) => one.case_id), ["c"]);
  desk.showFresh();
  assert.deepEqual(shown(desk), ["c", "a"]);
  assert.equal(desk.selectedId.value, "a");
});

test("with nothing left to read, what comes is shown at once", async () => {
  const { api, held } = serverOf([caseOf("a", 1)]);
  const desk = new Desk(api);
  await desk.renew();
  desk.select("a");
  await desk.decide(selected(desk), "approve", "fine");
  held.set("b", caseOf("b", 2));
  await desk.renew();
  assert.deepEqual([shown(desk), desk.selectedId.value], [["b", "a"], "b"]);
});

test("an answer to an older question is dropped", async () => {
  /** @type {(page: any) => void} */
  let answerFirst = () => {};
  const { api } = serverOf([caseOf("a", 1)], {
    queue: (filter) =>
      filter.kind === "" ? new Promise((resolve) => (answerFirst = resolve)) : { cases: [caseOf("card", 1)], open: 1, next_before: null },
  });
  const desk = new Desk(api);
  const first = desk.renew();
  await desk.narrow({ kind: "card" });
  answerFirst({ cases: [caseOf("a", 1)], open: 9, next_before: null });
  await first;
  assert.deepEqual([shown(desk), desk.openCount.value], [["card"], 1]);
});

test("why the queue can't be shown: nobody signed in, not a moderator, no answer; and that it is over again", async () => {
  for (const [error, trouble] of /** @type {const} */ ([
    [new Problem(401, "not_signed_in", {}), "not_signed_in"],
    [new Problem(403, "not_allowed", {}), "not_allowed"],
    [new Problem(503, "unavailable", {}), "failing"],
    [new Unreachable("gone"), "failing"],
  ])) {
    let fails = true;
    const desk = new Desk(serverOf([], { queue: () => (fails ? Promise.reject(error) : { cases: [], open: 0, next_before: null }) }).api);
    await desk.renew();
    assert.deepEqual([desk.trouble.value, desk.cases.value], [trouble, null]);
    fails = false;
    await desk.renew();
    assert.deepEqual([desk.trouble.value, shown(desk)], ["", []]);
  }
});

test("a failed decision leaves everything as it is, and nothing to undo", async () => {
  const { api } = serverOf([caseOf("a", 1)], { decide: () => Promise.reject(new Unreachable("gone")) });
  const desk = new Desk(api);
  await desk.renew();
  desk.select("a");
  assert.equal((await desk.decide(selected(desk), "approve", "")).ok, false);
  assert.deepEqual([selected(desk).state, desk.canUndo.value, desk.busy.value], ["open", false, false]);
});

test("an undo that another has done already is over", async () => {
  const { api } = serverOf([caseOf("a", 1)], { undo: () => Promise.reject(new Problem(409, "wrong_state", {})) });
  const desk = new Desk(api);
  await desk.renew();
  await desk.decide(/** @type {Case[]} */ (desk.cases.value)[0], "approve", "fine");
  const went = await desk.undoLast("mistake");
  assert.deepEqual([went?.undone, went?.gone, went?.left], [0, 1, 0]);
  assert.deepEqual([desk.canUndo.value, await desk.undoLast("mistake")], [false, null]);
});

test("the log keeps what was read below what is new, with what has been undone since", async () => {
  const pages = [
    { actions: [actionOf("b"), actionOf("a")], next_before: "p2" },
    { actions: [actionOf("z")], next_before: null },
    { actions: [actionOf("c"), actionOf("b", { undone_at: "2026-01-01T00:01:00Z" })], next_before: "p1" },
  ];
  const book = new LogBook(serverOf([], { log: () => pages.shift() }).api);
  await book.renew();
  await book.older();
  await book.renew();
  assert.deepEqual(book.actions.value?.map((one) => one.action_id), ["c", "b", "a", "z"]);
  assert.notEqual(book.actions.value?.[1].undone_at, null);
  assert.equal(book.nextBefore.value, null);
});
