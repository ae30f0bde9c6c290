import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

const APP = join(import.meta.dirname, "../../server/web/app");
const STATIC = /(?:^|[;}\n])\s*(?:import|export)\s*(?:[\w*{}\s,$]+?\s*from\s*)?"(\.[^"]+)"/g;
const LATER = /\bimport\("(\.[^"]+)"\)/g;
const QUOTED = /"(\w+\.\w+)"/g;

/** @param {string} file below app/ */
const sourceOf = (file) => readFileSync(join(APP, file), "utf8").replace(/\/\*\*[\s\S]*?\*\//g, "");

/** @param {string} file @param {RegExp} pattern @returns {string[]} what it imports so, below app/ */
const imported = (file, pattern) => [...sourceOf(file).matchAll(pattern)].map(([, name]) => normalize(join(dirname(file), name))).filter((name) => !name.startsWith(".."));

/** @param {string} entry @returns {Set<string>} it with all that is there before it runs */
function wholeOf(entry) {
  const found = new Set([entry]);
  for (const file of found) for (const name of imported(file, STATIC)) found.add(name);
  return found;
}

/** @param {string} file @returns {Promise<Record<string, string>>} */
const wordsIn = async (file) => (await import(join(APP, file))).default;

test("whoever says something brings the words for it, also what is fetched later", async () => {
  const base = await wordsIn("messages/zh.js");
  const parts = readdirSync(join(APP, "messages"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const everyKey = new Set((await Promise.all(parts.map(({ name }) => wordsIn(`messages/${name}/zh.js`)))).flatMap(Object.keys));
  const pages = readdirSync(join(APP, "pages")).map((name) => `pages/${name}`);
  const later = readdirSync(APP, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js") && !name.startsWith("messages"))
    .flatMap((name) => imported(name, LATER));
  /** @type {string[]} */
  const dumb = [];
  for (const entry of new Set([...pages, ...later])) {
    const files = [...wholeOf(entry)];
    const known = new Set(Object.keys(base));
    for (const file of files.filter((name) => /^messages\/\w+\/zh\.js$/.test(name))) for (const key of Object.keys(await wordsIn(file))) known.add(key);
    for (const file of files) {
      for (const [, key] of sourceOf(file).matchAll(QUOTED)) if (everyKey.has(key) && !known.has(key)) dumb.push(`${entry} → ${relative("", file)}: ${key}`);
    }
  }
  assert.deepEqual([...new Set(dumb)], []);
});
