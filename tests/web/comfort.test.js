import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { keptMe, rolesOf } from "../../server/web/app/me.js";
import { comfortFrom, USUAL } from "../../server/web/app/comfort.js";

const FIRST_PAINT = readFileSync(join(import.meta.dirname, "../../server/web/app/first_paint.js"), "utf8");

test("what was stored is taken as far as it is a choice of today's", () => {
  assert.deepEqual(comfortFrom({}), USUAL);
  assert.deepEqual(comfortFrom(null), USUAL);
  assert.deepEqual(comfortFrom({ theme: "sepia", text: 3, motion: null, elder: "yes", danmaku: { on: 1, opacity: "x", size: "huge" } }), USUAL);
  const chosen = { theme: "dark", text: "largest", motion: "calm", elder: true, danmaku: { on: false, opacity: 60, size: "large", area: "full" } };
  assert.deepEqual(comfortFrom(chosen), chosen);
  assert.equal(comfortFrom({ danmaku: { opacity: -3 } }).danmaku.opacity, 20);
  assert.equal(comfortFrom({ danmaku: { opacity: 1e9 } }).danmaku.opacity, 100);
});

/**
 * The plain script, run as a page would.
 * @param {string | null} stored null where storage is closed @param {{ dark?: boolean, still?: boolean }} [system]
 */
function firstPaint(stored, { dark = false, still = false } = {}) {
  /** @type {Record<string, string>} */
  const dataset = {};
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  const media = (/** @type {string} */ query) => ({ matches: query.includes("dark") ? dark : still, addEventListener: () => {} });
  const localStorage = {
    getItem: () => {
      if (stored === null) throw new Error("closed");
      return stored;
    },
  };
  const addEventListener = (/** @type {string} */ name, /** @type {any} */ listener) => {
    listeners[name] = listener;
  };
  runInNewContext(FIRST_PAINT, { document: { documentElement: { dataset }, querySelectorAll: () => [] }, matchMedia: media, localStorage, addEventListener, JSON });
  return { dataset, change: (/** @type {unknown} */ detail) => listeners["jishi-comfort"]({ detail }) };
}

test("before the first paint the page has what the visitor chose, or else what the system says", () => {
  assert.deepEqual(firstPaint("{}").dataset, { theme: "light" });
  assert.deepEqual(firstPaint("{}", { dark: true, still: true }).dataset, { theme: "dark", motion: "calm" });
  assert.deepEqual(firstPaint(JSON.stringify({ theme: "light", motion: "full" }), { dark: true, still: true }).dataset, { theme: "light" });
  assert.deepEqual(firstPaint(JSON.stringify({ theme: "dark", text: "large", motion: "calm", elder: true })).dataset, { theme: "dark", text: "large", motion: "calm", elder: "" });
  for (const broken of ["", "null", "[", "7", null]) assert.deepEqual(firstPaint(broken).dataset, { theme: "light" }, String(broken));
});

test("a later change is applied at once, and taken back", () => {
  const page = firstPaint("{}");
  page.change({ ...USUAL, elder: true, text: "largest" });
  assert.deepEqual(page.dataset, { theme: "light", elder: "", text: "largest" });
  page.change(USUAL);
  assert.deepEqual(page.dataset, { theme: "light" });
});

const PERSON = { person_id: "p1", login: "a", display_name: "A", kind: "member" };

test("the ways shown follow from memberships and rooms", () => {
  const none = { host: false, employer: false, moderator: false };
  assert.deepEqual(rolesOf(null), none);
  assert.deepEqual(rolesOf({ person: PERSON, memberships: [], room_roles: [] }), none);
  assert.deepEqual(rolesOf({ person: PERSON, memberships: [{ org_id: "o", name: "n", kind: "merchant", role: "owner" }], room_roles: [] }), { ...none, host: true });
  assert.deepEqual(rolesOf({ person: PERSON, memberships: [{ org_id: "o", name: "n", kind: "employer", role: "clerk" }], room_roles: [] }), { ...none, employer: true });
  assert.deepEqual(rolesOf({ person: PERSON, memberships: [], room_roles: [{ slug: "s", role: "host" }] }), { ...none, host: true });
  assert.deepEqual(rolesOf({ person: { ...PERSON, kind: "moderator" }, memberships: [], room_roles: [] }), { ...none, moderator: true });
});

test("what was kept of a person is used for that person, and not for long", () => {
  const me = { person: PERSON, memberships: [], room_roles: [] };
  assert.deepEqual(keptMe({ me, at_ms: 1_000 }, "p1", 2_000), me);
  assert.equal(keptMe({ me, at_ms: 1_000 }, "p2", 2_000), null);
  assert.equal(keptMe({ me, at_ms: 1_000 }, "p1", 1_000 + 5 * 60_000), null);
  assert.equal(keptMe(null, "p1", 0), null);
});
