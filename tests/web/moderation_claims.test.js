import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem, Unreachable } from "../../server/web/app/api.js";
import { Desk } from "../../server/web/app/moderation/desk.js";
import { actionOf, caseOf } from "./moderation_cases.js";

const UNTIL = "2026-01-01T00:02:00Z";

/** A desk over these cases, and what it asks for. @param {readonly string[]} ids @param {Record<string, (...given: any[]) => any>} [script] */
async function deskOf(ids, script = {}) {
  const cases = ids.map((id, place) => caseOf(id, 10 - place));
  /** @type {string[]} */
  const asked = [];
  const own = {
    queue: () => ({ cases, open: cases.length, next_before: null }),
    fetchCase: (/** @type {string} */ id) => caseOf(id, 1, { claimed_by: "other", claimed_by_name: "Other", claimed_until: UNTIL }),
    claim: (/** @type {string} */ id) => ({ case_id: id, claimed_by: "me", claimed_by_name: "Me", claimed_until: UNTIL }),
    release: () => null,
    decide: (/** @type {string} */ id, /** @type {any} */ kind) => caseOf(id, 1, { state: "removed", version: 2, actions: [actionOf("a", { kind, case_id: id })] }),
  };
  /** @type {any} */
  const api = {};
  for (const [name, answer] of Object.entries(own)) {
    api[name] = async (/** @type {any[]} */ ...given) => {
      if (name !== "queue") asked.push(`${name} ${given[0]}`);
      return (script[name] ?? answer)(...given);
    };
  }
  const desk = new Desk(api);
  await desk.renew();
  desk.select(ids[0]);
  const of = (/** @type {string} */ id) => /** @type {import("../../server/web/app/moderation/desk_api.js").Case} */ (desk.cases.value?.find((one) => one.case_id === id));
  return { desk, asked, of };
}

test("what one begins to act on is one's own, and given up when one leaves off", async () => {
  const { desk, asked, of } = await deskOf(["a"]);
  assert.deepEqual(await desk.begin(of("a")), { ok: true });
  assert.deepEqual([desk.claim.heldId.value, of("a").claimed_by], ["a", "me"]);
  await desk.claim.leaveOff();
  assert.deepEqual([desk.claim.heldId.value, of("a").claimed_by], [null, null]);
  assert.deepEqual(asked, ["claim a", "release a"]);
});

test("what was taken by hand stays one's own until it is let go or decided", async () => {
  const { desk, asked, of } = await deskOf(["a", "b"]);
  await desk.begin(of("a"), { byHand: true });
  await desk.begin(of("a"));
  await desk.claim.leaveOff();
  assert.equal(desk.claim.heldId.value, "a");
  await desk.decide(of("a"), "remove", "scam");
  assert.equal(desk.claim.heldId.value, null);
  await desk.claim.leaveOff();
  assert.deepEqual(asked, ["claim a", "claim a", "decide a"]);
});

test("one works on one case at a time", async () => {
  const { desk, asked, of } = await deskOf(["a", "b"]);
  await desk.begin(of("a"), { byHand: true });
  await desk.begin(of("b"));
  assert.deepEqual([desk.claim.heldId.value, of("a").claimed_by, of("b").claimed_by], ["b", null, "me"]);
  assert.deepEqual(asked, ["claim a", "claim b", "release a"]);
});

test("a case that another holds is refused, and shown as theirs", async () => {
  const refusal = new Problem(409, "claimed", { claimed_by_name: "Other", claimed_until: UNTIL });
  const { desk, of } = await deskOf(["a"], { claim: () => Promise.reject(refusal) });
  assert.deepEqual(await desk.begin(of("a")), { ok: false, error: refusal });
  assert.deepEqual([desk.claim.heldId.value, of("a").claimed_by_name], [null, "Other"]);
});

test("a decision waits for the claim that is on its way, whichever way it goes", async () => {
  /** @type {(answer: any) => void} */
  let answer = () => {};
  const { desk, asked, of } = await deskOf(["a"], { claim: () => new Promise((resolve) => (answer = resolve)) });
  const begun = desk.begin(of("a"));
  const decided = desk.decide(of("a"), "remove", "scam");
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(asked, ["claim a"]);
  answer({ case_id: "a", claimed_by: "me", claimed_by_name: "Me", claimed_until: UNTIL });
  await Promise.all([begun, decided]);
  assert.deepEqual(asked, ["claim a", "decide a"]);
});

test("a lease that can't be renewed is one's own no more; without an answer it still may be", async () => {
  let error = /** @type {Error} */ (new Unreachable("gone"));
  let fails = false;
  const { desk, of } = await deskOf(["a"], { claim: () => (fails ? Promise.reject(error) : { case_id: "a", claimed_by: "me", claimed_by_name: "Me", claimed_until: UNTIL }) });
  await desk.begin(of("a"), { byHand: true });
  fails = true;
  await desk.claim.renew();
  assert.equal(desk.claim.heldId.value, "a");
  error = new Problem(409, "claimed", {});
  await desk.claim.renew();
  assert.equal(desk.claim.heldId.value, null);
});

test("those that say the same are decided together only where one said so", async () => {
  /** @type {any[]} */
  const sent = [];
  const { desk, of } = await deskOf(["a", "b"], {
    decide: (...given) => {
      sent.push(given[3]);
      return caseOf(given[0], 1, { state: "approved", version: 2, decided_alike: given[3] ? 2 : 0 });
    },
  });
  const [a, b] = [{ ...of("a"), alike: 3 }, { ...of("b"), alike: 3 }];
  desk.alikeOf.value = "a";
  await desk.decide(a, "approve", "fine");
  assert.equal(desk.decidedAlike.value, 2);
  await desk.decide(b, "approve", "fine");
  assert.deepEqual([sent, desk.decidedAlike.value], [[true, false], 0]);
});
