import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const APP = join(import.meta.dirname, "../../server/web/app");
/** Folders of words: the base, which every page has, and those of the parts. */
const PARTS = ["", ...readdirSync(join(APP, "messages"), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name)];
/** @param {string} part @param {string} language @returns {Promise<Record<string, string>>} */
const words = async (part, language) => (await import(join(APP, "messages", part, `${language}.js`))).default;
const BY_PART = await Promise.all(PARTS.map(async (part) => ({ part, zh: await words(part, "zh"), en: await words(part, "en") })));
const placeholders = (/** @type {string} */ text) => (text.match(/\{\w+\}/g) ?? []).sort();

test("both languages have the same messages with the same placeholders", () => {
  for (const { part, zh, en } of BY_PART) {
    assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort(), part);
    for (const [key, text] of Object.entries(zh)) {
      assert.ok(text !== "" && en[key] !== "", key);
      assert.deepEqual(placeholders(en[key]), placeholders(text), key);
    }
  }
});

test("a message stands in one part alone", () => {
  const keys = BY_PART.flatMap(({ zh }) => Object.keys(zh));
  assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) !== index), []);
});

test("no component has words of its own, and every message is used", () => {
  const files = readdirSync(APP, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js") && !name.includes("messages"));
  const sources = files.map((name) => readFileSync(join(APP, name), "utf8")).join("\n");
  const han = sources.split("\n").filter((line) => /\p{Script=Han}/u.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) && !line.includes("// "));
  assert.deepEqual(han, []);
  const composed = ["error.", "sign_in.fault_", "job.employment_", "orders.state_", "remove.", "room.report_", "room.reason_", "sign_in.why_"];
  const unused = BY_PART.flatMap(({ zh }) => Object.keys(zh)).filter((key) => !sources.includes(`"${key}"`) && !composed.some((prefix) => key.startsWith(prefix)));
  assert.deepEqual(unused, []);
});
