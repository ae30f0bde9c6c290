import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import en from "../../server/web/app/messages/en.js";
import zh from "../../server/web/app/messages/zh.js";

const APP = join(import.meta.dirname, "../../server/web/app");
const placeholders = (/** @type {string} */ text) => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same messages with the same placeholders", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const [key, text] of Object.entries(zh)) {
    const other = en[/** @type {keyof typeof en} */ (key)];
    assert.ok(text !== "" && other !== "", key);
    assert.deepEqual(placeholders(other), placeholders(text), key);
  }
});

test("no component has words of its own, and every message is used", () => {
  const files = readdirSync(APP, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js") && !name.includes("messages"));
  const sources = files.map((name) => readFileSync(join(APP, name), "utf8")).join("\n");
  const han = sources.split("\n").filter((line) => /\p{Script=Han}/u.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) && !line.includes("// "));
  assert.deepEqual(han, []);
  const composed = ["error.", "sign_in.fault_", "job.employment_", "orders.state_", "remove."];
  const unused = Object.keys(zh).filter((key) => !sources.includes(`"${key}"`) && !composed.some((prefix) => key.startsWith(prefix)));
  assert.deepEqual(unused, []);
});
