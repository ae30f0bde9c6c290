import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { endOf, GRADES, USUAL_S } from "../../server/web/app/moderation/grades.js";

const STATES = readFileSync(join(import.meta.dirname, "../../moderation/cases/states.py"), "utf8");
const UNIT_S = /** @type {Record<string, number>} */ ({ minutes: 60, hours: 3_600, days: 86_400 });

/** @param {RegExp} pattern @returns {string} what of the server's table stands in its group */
function stated(pattern) {
  const found = pattern.exec(STATES);
  assert.ok(found, `the server's table is read: ${pattern}`);
  return found[1];
}

/** @param {string} length as `days=7` @returns {number} */
function secondsOf(length) {
  const [unit, count] = length.split("=");
  assert.ok(unit in UNIT_S, length);
  return Number(count) * UNIT_S[unit];
}

/** The server's sanctions, mildest first: the name in its code, and the kind that is sent. */
const SANCTIONS = [...stated(/^class Sanction\(Enum\):([\s\S]*?)^class /m).matchAll(/^ {4}([A-Z0-9_]+) = "(\w+)"/gm)].map(([, name, kind]) => ({ name, kind }));

test("the sanctions are the server's, in its order", () => {
  assert.deepEqual(GRADES, SANCTIONS.map(({ kind }) => kind));
});

test("a sanction whose end one may choose usually lasts as long as the server has it last", () => {
  const atWill = [...stated(/^ENDS_AT_WILL: Final = frozenset\(([\s\S]*?)^\)/m).matchAll(/Sanction\.(\w+)/g)].map(([, name]) => name);
  const lasts = stated(/^LASTS: .*= \{([\s\S]*?)^\}/m);
  const usual = SANCTIONS.filter(({ name }) => atWill.includes(name)).map(({ name, kind }) => {
    const [, length] = new RegExp(`Sanction\\.${name}: timedelta\\((\\w+=\\d+)\\)`).exec(lasts) ?? [];
    assert.ok(length, `${name} ends by itself`);
    return [kind, secondsOf(length)];
  });
  assert.equal(usual.length, atWill.length);
  assert.deepEqual(USUAL_S, Object.fromEntries(usual));
});

test("an end may lie as far ahead as the server lets it, and no further", () => {
  const farthestS = secondsOf(stated(/^LASTS_MAX: Final = timedelta\((\w+=\d+)\)/m));
  assert.deepEqual([endOf(String(farthestS), "", 0).fault, endOf(String(farthestS + 1), "", 0).fault], ["", "far"]);
});
